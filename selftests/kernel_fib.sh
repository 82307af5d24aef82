#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The kernel's own tests of the FIB say the same with routeprobe armed as without.
. "${0%/*}/lib.sh"

# results TEST: a line each, "NAME: OK" or "NAME: FAIL".
results()
{
	"${0%/*}/../net/$1" 2>&1 |
		sed -nE 's/^ *TEST: (.*[^ ]) *\[ *([A-Z]+) *\]$/\1: \2/p; s/^Tests passed:.*/end/p'
}

# A test that fails without routeprobe is the kernel's, or the guest's: then it has to
# fail with it, too.
same()
{
	local without with

	without=$(results "$1")
	load_module
	with=$(results "$1")
	unload_module
	if [ "${without##*$'\n'}" != end ]; then
		note "$without"
		fail "$1 comes to its end"
	elif [ "$without" = "$with" ]; then
		pass "$1: $(grep -c ': OK$' <<<"$without") passed, $(grep -c ': FAIL$' <<<"$without") failed"
	else
		note "< without routeprobe, > with it"
		note "$(diff <(echo "$without") <(echo "$with"))"
		fail "$1"
	fi
}

plan 2
at_exit unload_module
same fib_rule_tests.sh
same fib_tests.sh
finish
