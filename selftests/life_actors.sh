# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
#
# The actors of a hostile life, for life.sh: each function is one action.

# An `ip` for changes of rp-h, that lives as long as the actor; or until it stumbles
# over a word, as it does when that names a device that is gone.
ip_start()
{
	[ -p "$dir/to.$name" ] || mkfifo "$dir/to.$name" "$dir/from.$name"
	exec 5>&- 6<&-
	ip -n rp-h -force -batch - <"$dir/to.$name" 2>"$dir/from.$name" &
	ip_pid=$!
	exec 5>"$dir/to.$name" 6<"$dir/from.$name"
}

# burst FUNCTION: some of the lines that it says.  They are done when a last one,
# that is none, is complained of.
burst()
{
	local i said status

	kill -0 "$ip_pid" || ip_start
	for ((i = 0; i < 20; i++)); do
		"$1"
		echo "$line"
	done >&5
	echo end-of-burst >&5
	while read -rt "$patience" -u 6 said || { status=$?; false; }; do
		[[ $said != *end-of-burst* ]] || return
	done
	[ "$status" = 1 ] || complain "$name: ip hangs"
}

ask()
{
	local to='10.0.1.2 10.0.2.2 198.51.100.7 198.51.100.20 203.0.113.9 8.8.8.8 127.0.0.1'
	local kind mark=

	one_of sendto connect
	kind=$word
	random 3
	[ "$r" = 0 ] || mark="-m $r"
	random 300
	# shellcheck disable=SC2086 # lists of words
	in_netns rp-h "$here/traffic" $mark $kind $((2000 + ${name#*.})) $((r + 100)) $to
}

# rp-h forwards, or answers that it cannot.
forward()
{
	random 300
	in_netns rp-a "$here/traffic" sendto 2010 $((r + 100)) 10.0.1.1 10.0.2.2 198.51.100.7 8.8.8.8
}

one_route()
{
	local op prefix table

	one_of add add replace append del del
	op=$word
	random 32
	one_of "198.51.100.$r" 203.0.113.0/24 198.51.100.0/27 default
	prefix=$word
	one_of main main 100 300
	table=$word
	one_of "via 10.0.1.2" "via 10.0.2.2" "nexthop via 10.0.1.2 nexthop via 10.0.2.2 weight 3" \
	       "dev ha" "dev hb scope link" blackhole unreachable prohibit throw
	case $op:$word in
	del:*)	line="route del $prefix table $table" ;;
	*:blackhole|*:unreachable|*:prohibit|*:throw)
		line="route $op $word $prefix table $table" ;;
	*)	line="route $op $prefix table $table $word" ;;
	esac
	random 100
	[ "$r" != 0 ] || line="route flush table 100"
}

one_rule()
{
	local op

	one_of add add del
	op=$word
	one_of "lookup 100" "fwmark 1 lookup 100" "fwmark 2 prohibit" "to 198.51.100.7 unreachable" \
	       "lookup main suppress_prefixlength 0" "iif ha lookup 300" "to 203.0.113.0/24 blackhole"
	random 8
	line="rule $op pref $((100 + r)) $word"
}

one_link()
{
	one_of "link set ha down" "link set hb down" "link set ha up" "link set hb up" \
	       "link set ha up" "link set hb up" "addr del 10.0.1.1/24 dev ha" \
	       "addr add 10.0.1.1/24 dev ha" "addr add 10.0.2.1/24 dev hb" \
	       "addr del 10.0.2.1/24 dev hb" "link add rp-dummy type dummy" \
	       "addr add 10.9.0.1/16 dev rp-dummy" "link del rp-dummy" \
	       "link add rp-vrf type vrf table 100" "link set rp-dummy up master rp-vrf" \
	       "link set rp-vrf up" "link del rp-vrf" "route get 10.9.1.1 oif rp-vrf"
	line=$word
}

routes() { burst one_route; }
rules() { burst one_rule; }
links() { burst one_link; }

# What refuses packets, and what has routes asked for again.
firewall()
{
	local hook rule ruleset="flush ruleset"

	one_of "filter hook input" "filter hook forward" "filter hook output" "route hook output"
	hook=$word
	one_of drop reject accept "meta mark set 1" "meta mark set 2"
	rule=$word
	random 4
	[ "$r" = 0 ] || ruleset+="; table ip t {
		chain c { type $hook priority -150; ip daddr & 0.0.0.1 == 0 $rule; }; }"
	in_netns rp-h nft "$ruleset"
	random 700
	pause "$r"
}

# With a link to rp-h, which goes with it.
namespaces()
{
	ip -n rp-h -force -batch - <<-END
		netns add rp-x
		link add hx type veth peer name xh netns rp-x
		link set hx up
	END
	ip -n rp-x -force -batch - <<-END
		link set xh up
		addr add 10.0.7.1/24 dev xh
		route add default via 10.0.7.2
		route get 8.8.8.8
		route get 10.0.7.9
	END
	ip netns del rp-x
}

# Not while lookups are counted: a tracepoint says nothing on a CPU that is no
# longer online, where packets that came before are still worked off.
processors()
{
	local online=/sys/devices/system/cpu/cpu1/online life

	read -r life <"$dir/life"
	if [ ! "$life" ] || [ ! -w "$online" ]; then
		pause 500
		return
	fi
	random 1500
	pause "$r"
	echo 0 >"$online"
	random 700
	pause "$r"
	echo 1 >"$online"
}

# All that a parameter can change, and nothing that time does, into $force.
in_force()
{
	local name value line lines
	local IFS=$'\t'

	force=
	for name in "$RP_PARAMETERS"/*; do
		read -r value <"$name"
		force+=" ${name##*/}=$value"
	done
	mapfile -t lines <"$RP_DEBUGFS/probes"
	for line in "${lines[@]}"; do
		# shellcheck disable=SC2206 # to be split
		line=($line)
		force+=" ${line[1]}=${line[4]}"
	done
}

# By $force: a probe is not left out for want of memory, and some are armed, or none.
all_armed()
{
	[[ $force != *absent:12* ]] || return
	case $force in
	*enable=1*)	[[ $force = *=armed* ]] ;;
	*)		[[ $force != *=armed* ]] ;;
	esac
}

write_parameter() { echo "$2" >"$RP_PARAMETERS/$1"; }

# $dir/life says what it may do: "" nothing, "rude" whatever happens, or the number
# of a life, in which a value is in force or changes nothing.
settings()
{
	local life before parameter force interval

	random 150
	pause "$r"
	one_of 0 0 0 1 1 1 3 9 27 81 243
	interval=$word
	one_of enable probes filter freeze freeze_after stacks records_per_cpu maxactive
	parameter=$word
	case $parameter in
	filter)		 one_of "" "error any" "to 10.0.0.0/8 error EHOSTUNREACH,EINVAL" \
				"comm traffic mark 1" "oif lo iif ha" "to nowhere" "nonsense" ;;
	freeze)		 one_of off off thaw now "error any" "to 10.0.2.0/24" "nonsense" ;;
	freeze_after)	 one_of 0 1 500 500 -1 ;;
	enable|stacks)	 one_of 0 1 1 2 ;;
	probes)		 one_of all all output lookup,signal input,change,cache \
				fib_table_lookup nonsense ;;
	records_per_cpu) one_of 64 64 100 512 4096 8192 5 ;;
	maxactive)	 one_of 1 2 64 64 300 0 ;;
	esac
	read -r life <"$dir/life"
	[ "$life" ] || return
	in_force
	before=$force
	if failing "$interval" param_attr_store write_parameter "$parameter" "$word"; then
		in_force
		[ "$life" = rude ] || all_armed ||
			complain "life $life: $parameter=$word: accepted, but:$force"
	else
		in_force
		[ "$life" = rude ] || [ "$before" = "$force" ] || complain \
			"life $life: $parameter=$word failed, and changed$before to$force"
	fi
}

# Readers that do not live to the end, and now and then cannot even begin.
victim()
{
	local pid interval

	random 400
	pause "$r"
	one_of 0 0 0 0 1 3
	interval=$word
	random 100000
	one_of "$here/life_reader $r" "$here/life_reader -e $r" "cat $RP_DEBUGFS/events" \
	       "tail -f $RP_DEBUGFS/events" "cat $RP_DEBUGFS/cpu0" "grep -r . $RP_DEBUGFS/" routeprobe
	failing "$interval" full_proxy_open exec_later "$word"
	random 900
	pause $((r + 50))
	kill -KILL "$pid"
	wait "$pid"
}

# exec_later COMMAND: in $pid, and by now it has opened its files, or not.
exec_later()
{
	# shellcheck disable=SC2086 # a list of words
	(exec $1) &
	pid=$!
	pause 500
}

snoop()
{
	one_of stats probes callers version events
	mapfile -t <"$RP_DEBUGFS/$word"
	random 300
	pause "$r"
}
