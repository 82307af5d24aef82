#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# One question at a time, on the network of lib.sh: what routeprobe tells of the
# decision, its steps, and of changes.
. "${0%/*}/lib.sh"

hi() { ip -n rp-h "$@"; }
sysctl_h() { echo "$2" | in_netns rp-h tee "/proc/sys/net/ipv4/$1" >/dev/null; }

# What is printed of a decision, as jq programs.
answer='"\(.verdict) \(.table // "-") \(.route.dst // "-") \(.gateway // "-") \(.dev // "-") \(.prefsrc // "-")"'
rule='"\(.verdict) rule \(.rule.priority // "-") table \(.table // "-") \(.gateway // "-")"'
steps='.verdict + ":" + ([.steps[] | select(.kind != "output") | " \(.kind) \(.rule.priority // .table // "") \(.verdict)"] | join(","))'
# Not the ARP requests of neighbours, which the kernel looks up on the way in, too.
of_ip='select(.comm == "ip") | '
asked='.flow | "\(.dst) \(.src) \(.tos) \(.ipproto) \(.sport) \(.dport) \(.mark)"'
change='"\(.event) \(.table) \(.route.dst // "-") \(.gateway // "-") \(.comm) \(.verdict)"'

# says NAME EXPECTED KIND FIELDS COMMAND...: run it in rp-h; FIELDS of each
# decision of KIND that was made there meanwhile, a line each, must be EXPECTED.
says()
{
	local name=$1 expected=$2 kind=$3 fields=$4 dir

	shift 4
	dir=$(mktemp -d)
	in_netns rp-h routeprobe record -o "$dir/r" -- "$@" >"$dir/log" 2>&1
	routeprobe report -i "$dir/r" --json netns rp-h 2>>"$dir/log" |
		jq -r --arg kind "$kind" "select(.kind == \$kind) | $fields" \
			>"$dir/said" 2>>"$dir/log"
	check_equal "$name" "$expected" "$(cat "$dir/said")"
	[ "$expected" = "$(cat "$dir/said")" ] || note "$(cat "$dir/log")"
	rm -rf "$dir"
}

# route_get NAME EXPECTED FIELDS WORD...: of `ip route get`.
route_get()
{
	local name=$1 expected=$2 fields=$3

	shift 3
	says "$name" "$expected" output "$fields" ip route get "$@"
}

# Without rules the kernel asks the tables main and default, and no rule.
tables()
{
	needs ip_route_output_key_hash_rcu fib_table_lookup
	route_get "connected" "ok main 10.0.1.0/24 - ha 10.0.1.1" "$answer" 10.0.1.2
	route_get "an address of our own" "ok local 10.0.1.1 - lo 10.0.1.1" "$answer" 10.0.1.1
	route_get "no route" "ENETUNREACH: lookup main next" "$steps" 198.51.100.1
	hi route add unreachable 198.51.100.1
	hi route add prohibit 198.51.100.2
	hi route add blackhole 198.51.100.3
	hi route add throw 198.51.100.4
	hi route add default via 10.0.1.2
	route_get "unreachable" "EHOSTUNREACH: lookup main reject" "$steps" 198.51.100.1
	route_get "prohibit" "EACCES: lookup main reject" "$steps" 198.51.100.2
	route_get "blackhole" "EINVAL: lookup main reject" "$steps" 198.51.100.3
	route_get "throw" "ENETUNREACH: lookup main next" "$steps" 198.51.100.4
	route_get "by gateway" "ok main default 10.0.1.2 ha 10.0.1.1" "$answer" 8.8.8.8
	route_get "a source that is not ours: only the source was looked up" \
		"ENETUNREACH: lookup local hit" "$steps" 8.8.8.8 from 192.0.2.99
	route_get "the flow as asked" "8.8.8.8 10.0.1.1 16 udp 1053 53 5" "$asked" 8.8.8.8 \
		from 10.0.1.1 tos 0x10 ipproto udp sport 1053 dport 53 mark 5
	route_get "a source is chosen, and none was asked for" "null 10.0.1.1" \
		'"\(.flow.src) \(.prefsrc)"' 8.8.8.8
	hi route add 203.0.113.0/24 nexthop via 10.0.1.2 nexthop via 10.0.2.2
	route_get "a leg of a multipath route" "$(ip_says 203.0.113.9)" \
		'"\(.gateway) \(.dev) \(.prefsrc)"' 203.0.113.9
	hi route add 203.0.114.0/24 via inet6 fe80::1 dev hb
	route_get "a gateway of the other family" "inet6 fe80::1 hb" \
		'"\(.via.family) \(.via.host) \(.dev)"' 203.0.114.1
	hi route del default
	route_get "no route, but a device: taken to be on link" "ok - - - hb 10.0.2.1" \
		"$answer" 9.9.9.9 oif hb
}

# ip_says DST: the leg that the kernel chooses each time, by its hash.
ip_says() { hi -j route get "$1" | jq -r '.[0] | "\(.gateway) \(.dev) \(.prefsrc)"'; }

# With a rule the kernel asks them all, and local and main are no longer merged.
rules()
{
	local probes="ip_route_output_key_hash_rcu fib_table_lookup fib4_rule_action fib_rules_lookup"

	needs "$probes"
	hi route add default via 10.0.1.2
	hi route add default via 10.0.2.2 table 100
	hi rule add pref 800 to 192.0.2.1 unreachable
	hi rule add pref 801 to 192.0.2.2 prohibit
	hi rule add pref 900 fwmark 2 lookup 200
	hi rule add pref 1000 fwmark 1 lookup 100
	route_get "a rule's table" "ok rule 1000 table 100 10.0.2.2" "$rule" 8.8.8.8 mark 1
	route_get "no rule matches but the last" "ok rule 32766 table main 10.0.1.2" "$rule" \
		8.8.8.8
	needs "$probes" fib4_rule_suppress
	route_get "a rule with an empty table is passed over" "ok: rules 32766 hit, rule 0 next, lookup local next, rule 900 next, rule 32766 hit, lookup main hit, suppress 32766 hit" \
		"$steps" 8.8.8.8 mark 2
	needs "$probes"
	route_get "a rule that is unreachable asks no table" \
		"ENETUNREACH: rules 800 reject, rule 0 next, lookup local next, rule 800 reject" \
		"$steps" 192.0.2.1
	route_get "a rule that prohibits" "EACCES rule 801 table - -" "$rule" 192.0.2.2
	hi route add throw 8.8.4.4 table 100
	route_get "a throw route goes on with the next rule" "ok rule 32766 table main 10.0.1.2" \
		"$rule" 8.8.4.4 mark 1
	hi rule add pref 700 lookup main suppress_prefixlength 0
	needs "$probes" fib4_rule_suppress
	route_get "a default route is suppressed" "ok: rules 32766 hit, rule 0 next, lookup local next, rule 700 hit, lookup main hit, suppress 700 next, rule 32766 hit, lookup main hit, suppress 32766 hit" \
		"$steps" 8.8.8.8
	needs "$probes"
	hi rule add pref 600 uidrange 1000-1000 prohibit
	says "a rule by uid" "EACCES rule 600 table - -" output "$rule" \
		setpriv --reuid 1000 ip route get 8.8.8.8
}

# Since 6.14 the functions on the way in say why by a drop reason, and nobody gets
# to see their errnos any more: `ip route get` is told EINVAL of all of them.
#
# errno_or_reason ERRNO REASON: "ERRNO" or "drop REASON", whichever it is here.
errno_or_reason()
{
	case $(in_netns rp-h ip route get 10.0.1.1 from 10.0.2.99 iif ha 2>&1) in
	*"Invalid cross-device link"*) echo "$1" ;;
	*"Invalid argument"*) echo "drop $2" ;;
	esac
}

# What the tracepoint of dropped packets calls the reasons.
traced_reasons()
{
	grep -o '{ [0-9]*, "[A-Z0-9_]*" }' /sys/kernel/tracing/events/skb/kfree_skb/format |
		sed 's/{ \(.*\), "\(.*\)" }/\1 \2/; / MAX$/d'
}

events_say()
{
	sed -n "s/.* input: .*$1 > $2 .* => \(.*\) in [0-9.]*us .*/\1/p" \
		"$RP_DEBUGFS/events" | sort -u
}

refused()
{
	local named="drop reasons have the names that the kernel traces them by" reasons
	local why="$of_ip"'[.verdict, .drop_reason // empty] | join(" ")'
	local step="$of_ip"'.steps[] | select(.kind == "validate") | [.error, .drop_reason // empty]'

	needs ip_route_input_slow fib_validate_source
	sysctl_h conf/ha/rp_filter 1
	says "a martian source" "$(errno_or_reason EINVAL IP_LOCALNET)" input "$why" \
		ip route get 10.0.1.1 from 127.0.0.5 iif ha
	says "rp_filter" "$(errno_or_reason EXDEV IP_RPFILTER)" input "$why" \
		ip route get 10.0.1.1 from 10.0.2.99 iif ha
	says "rp_filter is the step that refuses" "$(errno_or_reason EXDEV IP_RPFILTER)" input \
		"$step | join(\" \")" ip route get 10.0.1.1 from 10.0.2.99 iif ha
	check_equal "events say the same" "$(errno_or_reason EXDEV IP_RPFILTER)" \
		"$(events_say 10.0.2.99 10.0.1.1)"
	reasons=$(cat "$RP_DEBUGFS/reasons")
	if [ "$(errno_or_reason none)$reasons" = none ]; then
		skip "$named" "the headers of this kernel list none, and it returns errnos"
	else
		check_equal "$named" "$(traced_reasons)" "$reasons"
	fi
}

input()
{
	local outer="$of_ip"'"\(.verdict) \(.route.dst // "-") \(.dev // "-")"'

	needs ip_route_input_slow fib_table_lookup
	says "for us" "ok 10.0.1.1 lo" input "$outer" ip route get 10.0.1.1 from 10.0.1.2 iif ha
	says "a packet that comes in has no owner" "softirq null" input \
		'select(.flow.ipproto == "icmp") | "\(.context) \(.comm)"' ping -c 1 10.0.1.2
	says "to be forwarded, but forwarding is off" EHOSTUNREACH input "$of_ip.verdict" \
		ip route get 10.0.2.2 from 10.0.1.2 iif ha
	sysctl_h ip_forward 1
	says "forwarded" "ok 10.0.2.0/24 hb" input "$outer" \
		ip route get 10.0.2.2 from 10.0.1.2 iif ha
}

changes()
{
	needs fib_table_insert fib_table_delete
	says "a route is added" "insert 300 192.168.0.0/16 10.0.1.2 ip ok" change "$change" \
		ip route add 192.168.0.0/16 via 10.0.1.2 table 300
	says "but not twice" "insert 300 192.168.0.0/16 10.0.1.2 ip EEXIST" change \
		"$change" ip route add 192.168.0.0/16 via 10.0.1.2 table 300
	says "it is deleted" "delete 300 192.168.0.0/16 - ip ok" change "$change" \
		ip route del 192.168.0.0/16 table 300
	says "but only once" "delete 300 192.168.0.0/16 - ip ESRCH" change "$change" \
		ip route del 192.168.0.0/16 table 300
	hi route add 192.168.0.0/16 via 10.0.2.2 table 300
	needs fib_table_flush
	says "a link that goes down takes its routes along" "300 1 ip" change \
		'select(.table == "300") | "\(.table) \(.count) \(.comm)"' ip link set hb down
}

plan 36
at_exit network_down
at_exit unload_module
load_module && network_up || exit 1
tables
rules
input
refused
changes
finish
