#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What routeprobe whatif says of IPv4, and that it touches nothing; see whatif_lib.sh.
# shellcheck source=whatif_lib.sh
. "${0%/*}/whatif_lib.sh"

destinations=(10.0.1.2 10.0.2.2 10.0.1.1 192.0.2.1 198.51.100.1 198.51.100.2 203.0.113.1 203.0.113.2
	      203.0.113.3 203.0.113.4)

# Two defaults, a rule by mark, a VRF, two next hops, a route that refuses
configure()
{
	hi -batch - <<-END &&
		route add default via 10.0.1.2
		route add default via 10.0.2.2 metric 100
		route add 203.0.113.0/24 nexthop via 10.0.1.2 nexthop via 10.0.2.2
		route add prohibit 192.0.2.0/24
		route add 198.51.100.0/24 via 10.0.2.2 table 100
		rule add pref 1000 fwmark 7/0xf lookup 100
		rule add pref 1001 to 198.51.100.2 uidrange 0-10 lookup 100
		link add vred type vrf table 10
		link add hd type dummy
		link set hd master vred
		addr add 10.8.0.1/24 dev hd
		link set vred up
		link set hd up
		route add 10.8.1.0/24 via 10.8.0.2 table 10
	END
	in_netns rp-h sysctl -qw net.ipv4.ip_forward=1 &&
	ip -n rp-a route add default via 10.0.1.1 &&
	in_netns rp-h ping -c 1 10.0.1.2 >/dev/null && in_netns rp-h ping -c 1 10.0.2.2 >/dev/null
}

# As a command that is recorded: what is sent, and what is forwarded
load()
{
	"${0%/*}/traffic" sendto 2001 $((3 * ${#destinations[@]})) "${destinations[@]}" >/dev/null
	ping -c 1 -W 1 -m 7 198.51.100.7 >/dev/null
	ping -c 1 -W 1 -I vred 10.8.1.1 >/dev/null
	nsenter --net=/run/netns/rp-a "${0%/*}/traffic" sendto 2002 6 10.0.2.2 198.51.100.9 >/dev/null
	:
}

# What there is, but for counters and states of neighbours
configuration()
{
	hi -d link
	hi addr
	hi rule
	hi route show table all
	ip link
	ip netns
}

# refused NAME WORDS WORD...: trouble, WORDS on stderr, and nothing on stdout
refused()
{
	local name=$1 words=$2 status=0

	shift 2
	whatif a "$@" || status=$?
	check_equal "$name is trouble" "2 0 1" \
		"$status $(wc -c <"$dir/a.json") $(grep -cF -- "$words" "$dir/a.err")"
}

# as_nobody WORD...: whatif by a user whose recording it is; of rules by uid he knows one uid
as_nobody()
{
	cp -r "$dir/a" "$dir/nobody" && chown -R 65534 "$dir/nobody" && chmod 711 "$dir" || return
	chroot --userspec=65534:65534 / routeprobe whatif -i "$dir/nobody" --json netns rp-h "$@" \
		>"$dir/a.json" 2>"$dir/a.err" </dev/null
}

[ $# = 2 ] || plan 27
begin_whatif "$@"
needs ip_route_output_key_hash_rcu ip_route_input_slow fib_table_lookup
# Debian's 5.10 lets no user have a namespace, unless it is told to.
users=/proc/sys/kernel/unprivileged_userns_clone
if [ -e $users ]; then
	at_exit "echo $(<$users) >$users"
	echo 1 >$users
fi
record a
before=$(configuration)
whatif a -- ip route show
check_equal "what changes nothing changes nothing" "0 " "$? $(effects)"
note "$(tail -n 3 "$dir/a.err")"
check "and of most flows that is sure" test "$(jq 'select(.effect == "stays") | .kind' "$dir/a.json" | wc -l)" -gt 35
refused "an unknown route" "RTNETLINK answers: No such process" -- ip route del 10.77.0.0/16
refused "a gateway that nothing leads to" "Nexthop has invalid gateway" -- \
	ip route add 10.77.0.0/16 via 10.78.0.1
refused "a device that leaves" "nothing leaves the sandbox" -- ip link set ha netns 1
printf '%s\n' "route del default via 10.0.1.2" "route del default via 10.0.2.2" >"$dir/batch"
printf '%s\n' "link set ha down" "link set hx down" >"$dir/bad"
refused "a batch of which a line fails" "Command failed -:2" -b "$dir/bad"
check_equal "a user may ask, too" "1 moves 198.51.100.1 moves 198.51.100.9 1" \
	"$(as_nobody -- ip route del default via 10.0.1.2; echo "$? $(effects) $(grep -c 'lacks rule.*uid' "$dir/a.err")")"
check_equal "nothing of the box was touched" "$before" "$(configuration)"

multipath=$(printf 'moves 203.0.113.%d ' 1 2 3 4)
multipath=${multipath% }
round "a default goes" "moves 198.51.100.1 moves 198.51.100.9" -- ip route del default via 10.0.1.2
whatif a -- ip route show
check "it would not be what was said of another" test "$(surprises b)"
hi route add default via 10.0.1.2
round "both defaults go" "fails 198.51.100.1 fails 198.51.100.9" -b "$dir/batch"
hi -batch - <<-END
	route add default via 10.0.1.2
	route add default via 10.0.2.2 metric 100
END
round "a rule by mark goes" "moves 198.51.100.7" -- ip rule del pref 1000
hi rule add pref 1000 fwmark 7/0xf lookup 100
round "a rule refuses" "fails 198.51.100.1" -- ip rule add pref 900 to 198.51.100.1 prohibit
hi rule del pref 900
round "a next hop goes" "$multipath" -- ip route change 203.0.113.0/24 via 10.0.1.2
hi route change 203.0.113.0/24 nexthop via 10.0.1.2 nexthop via 10.0.2.2
round "a refusal goes" "works 192.0.2.1" -- ip route del prohibit 192.0.2.0/24
hi route add prohibit 192.0.2.0/24
round "a route of a VRF goes" "moves 10.8.1.1" -- ip route del 10.8.1.0/24 table 10
hi route add 10.8.1.0/24 via 10.8.0.2 table 10
round "an address goes" "fails 198.51.100.7 moves 10.0.2.1 moves 10.0.2.2 moves 198.51.100.2 moves 198.51.100.7 $multipath" -- ip addr del 10.0.2.1/24 dev hb
again
round "a device goes down" "moves 10.0.2.2 moves 198.51.100.2 moves 198.51.100.7 $multipath" -- ip link set hb down
[ "$ktap_failed" = 0 ] || note "$(cat "$dir/log")"
finish
