#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The kernel's own tests of the FIB say the same with routeprobe armed as without.
. "${0%/*}/lib.sh"

# results TEST: a line each, "NAME: OK" or "NAME: FAIL", and what closes them.
results()
{
	"${0%/*}/../net/$1" 2>&1 | sed -nE 's/^ *TEST: (.*[^ ]) *\[ *([A-Z]+) *\]$/\1: \2/p; /^Tests (pass|fail)ed:/p'
}

# A test that fails without routeprobe is the kernel's, or the guest's; it has to fail
# with it, too.
same()
{
	local without with

	without=$(results "$1")
	load_module
	with=$(results "$1")
	unload_module
	if [ "$(wc -l <<<"$without")" -le 2 ]; then
		fail "$1: it has no results: $without"
	elif [ "$without" = "$with" ]; then
		pass "$1: $(tail -n 2 <<<"$without" | tr -s ' ' | paste -sd' ')"
	else
		note "$(diff <(echo "$without") <(echo "$with"))"
		fail "$1: the same, < without routeprobe, > with it"
	fi
}

plan 2
at_exit unload_module
same fib_rule_tests.sh
same fib_tests.sh
finish
