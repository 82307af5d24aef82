#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The module parameters: what they accept, what they refuse, with which words,
# and that a refused value changes nothing.
. "${0%/*}/lib.sh"

param() { cat "$RP_PARAMETERS/$1"; }
set_param() { echo "$2" >"$RP_PARAMETERS/$1"; }
# How each armed probe is attached
hooks() { awk -F'\t' '$5 == "armed" { print $2, $9 }' "$RP_DEBUGFS/probes"; }
armed() { awk -F'\t' '$5 == "armed" { print $2 }' "$RP_DEBUGFS/probes" | paste -sd,; }
log_tail() { dmesg | grep 'routeprobe: ' | tail -n 1 | sed 's/.*routeprobe: //'; }

# accepted PARAMETER VALUE READ-BACK
accepted()
{
	if set_param "$1" "$2" 2>/dev/null; then
		check_equal "$1=$2" "$3" "$(param "$1")"
	else
		fail "$1=$2: refused"
	fi
}

# refused PARAMETER VALUE LOG-LINE
refused()
{
	local before

	before=$(param "$1")
	if set_param "$1" "$2" 2>/dev/null; then
		fail "$1=$2 is refused"
	else
		check_equal "$1=$2 says why" "$3" "$(log_tail)"
	fi
	check_equal "$1=$2 changes nothing" "$before" "$(param "$1")"
}

# as GROUP COMMAND...: no root, and of no other group
as() { setpriv --reuid 65534 --regid "$1" --clear-groups "${@:2}"; }

# Others cannot enter debugfs, but its directory below another one.
shared=$(mktemp -d)
share() { chmod 755 "$shared" && mount --bind "$RP_DEBUGFS" "$shared"; }
refused_to() { ! as "$1" cat "$shared/$2" >/dev/null 2>&1; }

not_loaded()
{
	local name="insmod $1 is refused"

	if load_module "$1" 2>/dev/null; then
		fail "$name"
		unload_module
	else
		check "$name" test ! -e "$RP_DEBUGFS"
	fi
}

all_but_change=ip_route_output_key_hash_rcu,fib_table_lookup
all_but_change+=,fib4_rule_action,fib4_rule_suppress,fib_rules_lookup
all_but_change+=,ip_route_input_slow,fib_validate_source,ip_route_use_hint,ip_mc_validate_source
all_but_change+=,ip6_route_output_flags,ip6_dst_lookup_flow,fib6_rule_lookup,ip6_forward
all_but_change+=,fib6_table_lookup,fib6_rule_action,fib6_rule_suppress
words="neither all, output, lookup, input, change, signal, cache, netfilter, ipsec, nor the name of a probe"

plan 73
at_exit unload_module
at_exit "rmdir $shared"

not_loaded probes=nonsense
not_loaded records_per_cpu=0
not_loaded records_per_cpu=9999999
not_loaded maxactive=0
not_loaded enable=perhaps
not_loaded gid=4294967295
not_loaded gid=adm
check "and says why" \
	grep -q 'routeprobe: gid: "adm" is not a number from 0 to 4294967294' <(dmesg)
check "insmod gid=77" load_module gid=77
check_equal "all files are of that group" "$(find "$RP_DEBUGFS" -type f | wc -l)" \
	"$(find "$RP_DEBUGFS" -type f -perm 0440 -gid 77 | wc -l)"
check "and can be shared" share
ip route get 127.0.0.1 >/dev/null
check "the group reads them" as 77 grep -q 'output: .* > 127\.0\.0\.1 ' "$shared/events"
check "another does not" refused_to 78 events
umount "$shared"
unload_module
check "insmod hook=nonsense loads all the same" load_module hook=nonsense
check "and says what is used instead" \
	grep -q 'routeprobe: hook: "nonsense" is neither auto nor kprobe, auto is used' <(dmesg)
unload_module

check "insmod with all parameters" load_module probes=input,fib_table_flush \
	records_per_cpu=100 maxactive=7 enable=1
needs ip_route_input_slow fib_validate_source fib_table_flush
check_equal "probes is in force" \
	ip_route_input_slow,fib_validate_source,fib_table_flush,ip_route_use_hint,ip_mc_validate_source,fib6_rule_lookup,ip6_forward \
	"$(armed)"
needs
check_equal "records_per_cpu is rounded up" 128 "$(param records_per_cpu)"
check_equal "maxactive is in force" 7 "$(param maxactive)"

accepted probes output,lookup,input output,lookup,input
needs "${all_but_change//,/ }"
check_equal "exactly these probes are armed" "$all_but_change" "$(armed)"
needs fib_table_lookup
accepted probes fib_table_lookup fib_table_lookup
check_equal "one probe is armed" fib_table_lookup "$(armed)"
needs
accepted probes all all
refused probes fib_table_lookup,nonsense "probes: \"nonsense\" is $words"
refused probes "" "probes: \"\" is $words"
refused probes "output lookup" "probes: \"output lookup\" is $words"
refused probes ip_route_output_key_hash_rcu.cold \
	"probes: \"ip_route_output_key_hash_rcu.cold\" is $words"

accepted enable 0 0
check_equal "disarmed, nothing is armed" "" "$(armed)"
check_equal "disarmed, nothing is registered" 0 "$(wc -l </sys/kernel/debug/kprobes/list)"
accepted probes lookup lookup
check_equal "disarmed, choosing probes arms none" "" "$(armed)"
accepted enable 1 1
needs fib_table_lookup fib4_rule_action fib4_rule_suppress fib_rules_lookup
check_equal "enabled, the chosen ones are armed" \
	fib_table_lookup,fib4_rule_action,fib4_rule_suppress,fib_rules_lookup,fib6_table_lookup,fib6_rule_action,fib6_rule_suppress \
	"$(armed)"
needs
accepted enable off 0
accepted enable Y 1
usual_hooks=$(hooks)
refused enable 2 'enable: "2" is neither 0 nor 1'
refused enable yes,no 'enable: "yes,no" is neither 0 nor 1'
accepted stacks 1 1
refused stacks 2 'stacks: "2" is neither 0 nor 1'
accepted stacks off 0

accepted hook kprobe kprobe
needs ip_route_output_key_hash_rcu
check_equal "no detour is left" "" "$(hooks | grep -E 'wrapper|ftrace')"
needs
accepted hook auto auto
check_equal "and it is back, if the kernel lets us" "$usual_hooks" "$(hooks)"
refused hook jprobe 'hook: "jprobe" is neither auto nor kprobe, auto is used'

accepted maxactive 1 1
accepted maxactive 100 100
refused maxactive 0 'maxactive: "0" is not a number from 1 to 16384'
refused maxactive 20k 'maxactive: "20k" is not a number from 1 to 16384'
accepted records_per_cpu 64 64
accepted records_per_cpu 1000 1024
check_equal "rounding is noted" "records_per_cpu: 1000 rounded up to 1024" "$(log_tail)"
refused records_per_cpu 63 'records_per_cpu: "63" is not a number from 64 to 1048576'
refused records_per_cpu -1 'records_per_cpu: "-1" is not a number from 64 to 1048576'

# More than this machine has left, or as much as there may be.
needed=$((1048576 * 192 * $(nproc) / 1024))
if [ "$needed" -gt "$(awk '/^MemAvailable/ { print $2 }' /proc/meminfo)" ]; then
	refused records_per_cpu 1048576 \
		"records_per_cpu: no memory for 1048576 records per CPU"
else
	accepted records_per_cpu 1048576 1048576
	accepted records_per_cpu 64 64
fi

status() { routeprobe status | awk '$1 == "kprobes" { $1 = ""; print substr($0, 2) }'; }
sysctl() { echo "$2" >/proc/sys/kernel/"$1"; }

# recorded PROBE
recorded() { awk -F'\t' -v name="$1" '$2 == name { print $6 }' "$RP_DEBUGFS/probes"; }

# truth UNDO: what status has to say, from whether a lookup leaves a record.
truth()
{
	local before

	before=$(recorded ip_route_output_key_hash_rcu)
	ip route get 127.0.0.1 >/dev/null
	if [ "$(recorded ip_route_output_key_hash_rcu)" -gt "$before" ]; then
		echo fire
	else
		echo "silenced; undo it: $1"
	fi
}

echo "$usual" >"$RP_PARAMETERS/probes"
check_equal "kprobes fire" fire "$(status)"
# Refused since 7.3, and where a detour of ours stands on ftrace; without effect where
# kprobes do not.
(sysctl ftrace_enabled 0) 2>/dev/null
check_equal "and it is said when they do not" "$(truth "sysctl kernel.ftrace_enabled=1")" \
	"$(status)"
sysctl ftrace_enabled 1
echo 0 >/sys/kernel/debug/kprobes/enabled
check_equal "for whichever reason" \
	"silenced; undo it: echo 1 >/sys/kernel/debug/kprobes/enabled" "$(status)"
echo 1 >/sys/kernel/debug/kprobes/enabled

finish
