# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the tests stand on: KTAP results, the module, and a small network.
#
#	. "$(dirname "$0")/lib.sh"
#	plan 2
#	check "the module loads" load_module
#	check "it says its version" grep -q ^routeprobe "$RP_DEBUGFS/version"
#	finish
#
# A test leaves no module, namespace or background process behind, whatever
# happened: what must be undone goes to at_exit.

RP_DEBUGFS=/sys/kernel/debug/routeprobe
RP_PARAMETERS=/sys/module/routeprobe/parameters
# shellcheck disable=SC2034 # for the tests
readonly RP_DEBUGFS RP_PARAMETERS

# ---- results: KTAP on stdout, exit status 0 passed, 1 failed, 4 skipped ----

ktap_count=0
ktap_failed=0
ktap_lacks=

plan()
{
	echo "TAP version 13"
	echo "1..$1"
}

pass()
{
	if [ "$ktap_lacks" ]; then
		skip "$1" "no probe on $ktap_lacks"
	else
		echo "ok $((ktap_count += 1)) $1"
	fi
}

skip() { echo "ok $((ktap_count += 1)) $1 # SKIP $2"; }

fail()
{
	if [ "$ktap_lacks" ]; then
		pass "$1"
		return
	fi
	echo "not ok $((ktap_count += 1)) $1"
	ktap_failed=1
}

# check NAME COMMAND...: one result; what COMMAND printed is shown if it fails.
check()
{
	local name=$1 said

	shift
	if said=$("$@" 2>&1); then
		pass "$name"
		return
	fi
	note "$*"
	note "$said"
	fail "$name"
}

# check_equal NAME EXPECTED ACTUAL
check_equal()
{
	if [ "$2" = "$3" ]; then
		pass "$1"
		return
	fi
	note "expected: $2"
	note "     got: $3"
	fail "$1"
}

# needs SYMBOL...: results from here on are skipped on a kernel that does not let
# one of these be probed, as the loaded module knows.
needs()
{
	ktap_lacks=$(awk -F'\t' -v wanted=" $* " '$5 ~ /^absent/ && index(wanted, " " $2 " ") {
		print $2 }' "$RP_DEBUGFS/probes" | xargs)
}

# note TEXT: a remark for whoever reads the log.
note() { echo "# ${1//$'\n'/$'\n'# }"; }

# skip_all REASON: this kernel cannot run the test.
skip_all()
{
	echo "TAP version 13"
	echo "1..0 # SKIP $1"
	exit 4
}

finish() { exit "$ktap_failed"; }

# ---- clean-up: the last thing registered is undone first ----

at_exit_list=

# at_exit COMMAND: as one string, run when the test ends.
at_exit() { at_exit_list="$1; $at_exit_list"; }

trap 'eval "$at_exit_list"' EXIT
trap 'exit 1' HUP INT TERM

# ---- the module ----

# The groups of probes that everyone wants.
# shellcheck disable=SC2034 # by those who include this
usual=output,lookup,input,change,signal

# load_module [PARAMETER=VALUE]...
load_module()
{
	if [ -n "${ROUTEPROBE_KO-}" ]; then
		insmod "$ROUTEPROBE_KO" "$@"
	else
		modprobe routeprobe "$@"
	fi
}

unload_module()
{
	[ ! -d /sys/module/routeprobe ] || rmmod routeprobe
}

# ---- another witness: the kernel's own kprobe, which counts and does nothing else ----

tracing=/sys/kernel/tracing

# kernel_counts SYMBOL
kernel_counts()
{
	at_exit kernel_forgets
	echo "p:witness/calls $1" >>"$tracing/kprobe_events" &&
	echo 0 >"$tracing/tracing_on" &&
	echo 1 >"$tracing/events/witness/calls/enable"
}

# Calls since then, those too that it missed itself, once nobody asks any more.  A namespace
# goes some time after its name, and the kernel looks up its addresses then; ksoftirqd may be
# behind with ICMP errors.
kernel_counted()
{
	local before='' now=-1

	until [ "$now" = "$before" ]; do
		before=$now
		sleep 1
		now=$(awk '$1 == "calls" { print $2 + $3 }' "$tracing/kprobe_profile")
	done
	echo "$now"
}

kernel_forgets()
{
	echo 0 >"$tracing/events/witness/calls/enable"
	echo >"$tracing/kprobe_events"
	echo 1 >"$tracing/tracing_on"
}

# wait_for SECONDS COMMAND...: until it succeeds.
wait_for()
{
	local end=$((SECONDS + $1))

	shift
	until "$@"; do
		[ $SECONDS -lt $end ] || return
		sleep 0.1
	done
}

# ---- the network ----
#
#	          rp-h, the host under test
#	     ha 10.0.1.1/24      hb 10.0.2.1/24
#	          |                   |
#	     ah 10.0.1.2/24      bh 10.0.2.2/24
#	     rp-a, neighbour A   rp-b, neighbour B
#
# Each name is a network namespace, each column a veth pair.  rp_filter is off
# everywhere.

network_up()
{
	local all default

	[ -d /sys/module/veth ] || modprobe veth || return
	ip -batch - <<-END || return
		netns add rp-h
		netns add rp-a
		netns add rp-b
	END
	# Namespaces begin with what the first one has.
	read -r all </proc/sys/net/ipv4/conf/all/rp_filter
	read -r default </proc/sys/net/ipv4/conf/default/rp_filter
	[ "$all$default" = 00 ] || rp_filter_off || return
	ip -n rp-h -batch - <<-END || return
		link add ha type veth peer name ah netns rp-a
		link add hb type veth peer name bh netns rp-b
		addr add 10.0.1.1/24 dev ha
		addr add 10.0.2.1/24 dev hb
		link set ha up
		link set hb up
		link set lo up
	END
	peer_up rp-a ah 10.0.1.2/24 && peer_up rp-b bh 10.0.2.2/24 && wait_for 20 both_carriers
}

# What was up before its peer drops all packets until a worker has seen its carrier.
both_carriers() { [ "$(ip -n rp-h -br link show up | grep -c ' UP ')" = 2 ]; }

rp_filter_off()
{
	local n

	for n in rp-h rp-a rp-b; do
		# shellcheck disable=SC2016 # for the shell in the namespace
		in_netns $n sh -c 'for f in /proc/sys/net/ipv4/conf/*/rp_filter; do
			echo 0 >$f; done' || return
	done
}

# peer_up NETNS DEV ADDRESS
peer_up()
{
	ip -n "$1" -batch - <<-END
		addr add $3 dev $2
		link set $2 up
		link set lo up
	END
}

network_down()
{
	local n

	for n in rp-h rp-a rp-b; do
		[ ! -e /run/netns/$n ] || echo "netns del $n"
	done | ip -batch -
}

# netns_inode NETNS: the number that records have
netns_inode() { command stat -Lc %i "/run/netns/$1"; }

# in_netns NAME COMMAND...: unlike `ip netns exec`, this leaves /sys as it is,
# so that debugfs can be read.
in_netns()
{
	local name=$1

	shift
	nsenter --net="/run/netns/$name" -- "$@"
}

# ---- IPv6: 2001:db8:1::/64 between H and A, 2001:db8:2::/64 between H and B ----

has_local() { ip -6 -n "$1" route show table local | grep -qF "local $2 "; }

# add_address NETNS ADDRESS DEV: and wait until it can be used.
add_address()
{
	ip -n "$1" addr add "$2/64" dev "$3" nodad && wait_for 10 has_local "$1" "$2"
}

# Besides what network_up made
network6_up()
{
	add_address rp-h 2001:db8:1::1 ha && add_address rp-h 2001:db8:2::1 hb &&
	add_address rp-a 2001:db8:1::2 ah && add_address rp-b 2001:db8:2::2 bh &&
	ip -6 -n rp-a route add default via 2001:db8:1::1 &&
	ip -6 -n rp-b route add default via 2001:db8:2::1
}

# set_six NAME VALUE: of net.ipv6 in rp-h
set_six() { in_netns rp-h sh -c "echo $2 >/proc/sys/net/ipv6/$1"; }

# link_local NETNS DEV: its address, once it is known to be nobody else's
link_local()
{
	ip -n "$1" -6 -br addr show dev "$2" scope link -tentative |
		awk '{ sub("/.*", "", $3); print $3 }'
}

has_link_local() { [ "$(link_local "$1" "$2")" ]; }

# advertise LIFETIME: A tells H that it is a router, for so many seconds.
advertise()
{
	wait_for 10 has_link_local rp-a ah
	# shellcheck disable=SC2016 # for perl
	in_netns rp-a perl -e '
		use Socket qw(:all);
		my ($lifetime, $dev) = @ARGV;
		socket(S, AF_INET6, SOCK_RAW, 58) or die;
		setsockopt(S, 41, 18, pack("i", 255)) or die;	# IPV6_MULTICAST_HOPS
		setsockopt(S, 41, 17, pack("i", $dev)) or die;	# IPV6_MULTICAST_IF
		send(S, pack("CCnCCnNN", 134, 0, 0, 64, 0, $lifetime, 0, 0), 0,
		     pack_sockaddr_in6(0, inet_pton(AF_INET6, "ff02::1"), $dev)) or die;
	' "$1" "$(in_netns rp-a cat /proc/net/dev_snmp6/ah | awk '$1 == "ifIndex" { print $2 }')"
}
