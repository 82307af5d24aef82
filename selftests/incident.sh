#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What demo.sh closes with: the change that took the route, who made it, and
# that every lookup failed from then on while the application was told nothing.
. "${0%/*}/lib.sh"

load_module && needs fib_table_lookup fib_table_flush call_fib4_notifiers
unload_module
said=$("${0%/*}/demo.sh" | grep '^=>')
change='^=> The change: [0-9:.]* rp-h ip\[[0-9]*\] change ok table main: 1 route flushed: 203\.0\.113\.0/24 '
counts='^=> ([0-9]{1,2}) routes were asked for, \1 times there was none; the application was told 0 times\.$'

plan 3
check "the change is named, with the task that made it" grep -q "$change" <<<"$said"
check "every lookup failed, and nobody was told" grep -qE "$counts" <<<"$said"
check "there were some" grep -qE '^=> ([5-9]|[1-9][0-9]) routes' <<<"$said"
[ "$ktap_failed" = 0 ] || note "$said"
finish
