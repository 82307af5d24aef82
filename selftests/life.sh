#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A hostile life: one module after the other, while actors ask for routes, change
# them, flap links, make and destroy namespaces, take processors away, write the
# parameters, read, and are killed reading; and allocations fail in between.
#
# usage: life.sh [SECONDS [SEED]]	(or LIFE_SECONDS and LIFE_SEED)
#
# What every actor does follows from SEED alone, when it does it does not.  Now
# and then all are held, to count: what was made is recorded, missed or filtered,
# and every reader has read it or was told what it lost.
#
# Under the checkers, in an emulator, a process takes longer to start than all that
# it does then: so what can is done by bash itself, or by programs that stay.
#
# Meant for a kernel with KASAN, lockdep, kmemleak and FAILSLAB (see vm/), but
# runs on any.  What the checkers write to the kernel's log is for others to see.
. "${0%/*}/lib.sh"
# shellcheck source=life_actors.sh
. "${0%/*}/life_actors.sh"

here=${0%/*}
seconds=${1:-${LIFE_SECONDS:-120}}
seed=${2:-${LIFE_SEED:-$(od -An -N3 -tu4 /dev/urandom | tr -d ' ')}}
patience=200	# seconds that nothing may take, with all checkers in an emulator
failslab=/sys/kernel/debug/failslab
kmemleak=/sys/kernel/debug/kmemleak
lookup_event=/sys/kernel/tracing/events/fib/fib_table_lookup

# A name is a function and, behind a dot, what tells it from others.
actors="ask.1 ask.2 forward routes rules links firewall namespaces processors settings
	victim.1 victim.2 snoop"

# ---- chance: the same seed, the same choices ----

# random LIMIT: sets $r, 0 <= r < LIMIT.
random()
{
	chance=$(((chance * 1103515245 + 12345) & 0x7fffffff))
	r=$(((chance >> 8) % $1))
}

# seed_chance NAME
seed_chance()
{
	local sum

	sum=$(echo "$seed $1" | cksum)
	chance=$((${sum%% *} & 0x7fffffff))
}

# one_of WORD...: sets $word.
one_of()
{
	random $#
	shift "$r"
	word=$1
}

# pause MILLISECONDS, without a process.
pause()
{
	local time

	printf -v time %d.%03d $(($1 / 1000)) $(($1 % 1000))
	read -rt "$time" -u 8 || :
}

# Also said at once, by whomever: for whoever waits for the end in vain.
complain()
{
	echo "$*" >>"$dir/complaints"
	note "$*" >&9
}

# ---- allocations that fail ----

# A function of the kernel: its first address, and the first behind it.
symbol_range()
{
	awk -v name="$1" 'found && $1 != start { print "0x" start, "0x" $1; exit }
			  !found && $3 == name && NF == 3 { found = 1; start = $1 }' /proc/kallsyms
}

# Only below functions that lead to the module, for the rest of the kernel may
# warn when it has no memory, as ftrace does, which arms and disarms probes.
faults_up()
{
	local symbol

	[ -e $failslab/require-start ] || return
	for symbol in do_one_initcall param_attr_store full_proxy_open; do
		symbol_range $symbol >"$dir/range.$symbol"
		[ -s "$dir/range.$symbol" ] || return
	done
	for symbol in ftrace_set_filter_ip register_ftrace_function unregister_ftrace_function; do
		symbol_range $symbol
	done | tr ' ' '\n' | sort >"$dir/range.ftrace"
	[ "$(wc -l <"$dir/range.ftrace")" = 6 ] || return
	at_exit "echo 0 >$failslab/probability"
	head -n 1 "$dir/range.ftrace" >$failslab/reject-start &&
	tail -n 1 "$dir/range.ftrace" >$failslab/reject-end &&
	echo 0 >$failslab/verbose &&
	echo N >$failslab/ignore-gfp-wait &&
	echo Y >$failslab/task-filter &&
	echo 100 >$failslab/probability
}

# failing INTERVAL FUNCTION COMMAND...: where faults can be had, one allocation below
# FUNCTION fails, the first whose number is a multiple of INTERVAL; none if that is 0.
failing()
{
	local interval=$1 where=$2 start end status times

	shift 2
	if [ ! "$faults" ] || [ "$interval" = 0 ]; then
		"$@"
		return
	fi
	read -r start end <"$dir/range.$where"
	{
		flock 7
		echo "$start" >$failslab/require-start
		echo "$end" >$failslab/require-end
		echo "$interval" >$failslab/interval
		echo 1 >$failslab/times
		echo 1 >"/proc/$BASHPID/make-it-fail"
		"$@"
		status=$?
		echo 0 >"/proc/$BASHPID/make-it-fail"
		read -r times <$failslab/times
		[ "$times" != 0 ] || echo "$where" >>"$dir/failed"
	} 7>"$dir/faults"
	return $status
}

# ---- holding them all ----

# An actor, until $dir/hold says "end".  While it says a number, the actor says
# the same number to fd 4, and waits for a word of its own.
act()
{
	local name=$1 actions=0 hold ip_pid=''

	exec >/dev/null 2>&1 3<>"$dir/word.$name"
	trap - EXIT
	trap '' PIPE
	renice -n 10 $BASHPID
	seed_chance "$name"
	while :; do
		read -r hold <"$dir/hold"
		case $hold in
		[0-9]*)	echo "$hold $name" >&4
			read -r hold <&3 ;;
		esac
		case $hold in
		end)	break ;;
		go)	"${name%.*}"
			actions=$((actions + 1)) ;;
		esac
	done
	exec 5>&- 6<&-
	wait
	echo $actions >"$dir/actions.$name"
}

hold()
{
	local name said
	local -A going=()

	for name in $actors; do
		going[$name]=1
	done
	holds=$((holds + 1))
	echo $holds >"$dir/hold"
	while [ ${#going[@]} != 0 ]; do
		read -rt "$patience" -u 4 said || {
			complain "life $life: does not end: ${!going[*]}"
			return 1
		}
		[ "${said% *}" != $holds ] || unset "going[${said#* }]"
	done
}

# let_all WORD: go, or end; also those that are not held, who will not ask.
let_all()
{
	local name

	echo "$1" >"$dir/hold"
	for name in $actors; do
		echo "$1" 1<>"$dir/word.$name"
	done
}

# ---- counting, while they are held ----

# What the tracepoint saw, into $hits.
hits()
{
	local line lines

	mapfile -t lines <"$lookup_event/hist"
	for line in "${lines[@]}"; do
		[[ $line != *Hits:* ]] || hits=${line##* }
	done
}

# The counters, into $recorded, $filtered and $missed, and those of
# fib_table_lookup() into $lookup_seen and $lookup_missed.
count()
{
	local line lines
	local IFS=$'\t'

	recorded=0 filtered=0 missed=0
	mapfile -t lines <"$RP_DEBUGFS/probes"
	for line in "${lines[@]:1}"; do
		# shellcheck disable=SC2206 # to be split
		line=($line)
		recorded=$((recorded + line[5]))
		filtered=$((filtered + line[6]))
		missed=$((missed + line[7]))
		[ "${line[1]}" = fib_table_lookup ] || continue
		lookup_missed=${line[7]}
		lookup_seen=$((line[5] + line[6] + line[7]))
	done
}

# What came while its CPU had no ring, into $unbuffered.
unbuffered()
{
	local line lines

	unbuffered=0
	mapfile -t lines <"$RP_DEBUGFS/stats"
	for line in "${lines[@]}"; do
		[[ $line != *_unbuffered\ * ]] || unbuffered=$((unbuffered + ${line#* }))
	done
}

# Nothing is armed: what was recorded is in a ring, or was.
check_counters()
{
	local -A stats
	local key value lines sum=0

	made=
	mapfile -t lines <"$RP_DEBUGFS/stats"
	for value in "${lines[@]}"; do
		key=${value% *}
		value=${value#* }
		stats[$key]=$value
		case $key in
		*_made)	made+="${made:+ }${key//[!0-9]/} $value"
			sum=$((sum + value)) ;;
		esac
	done
	count
	[ "$recorded $filtered $missed" = \
	  "${stats[recorded]} ${stats[filtered]} ${stats[missed]}" ] ||
		complain "life $life: stats and probes differ"
	[ "$recorded" = $sum ] || complain "life $life: $recorded recorded, $sum made"
}

# Against the kernel's own tracepoint, which had counted $hits_before when
# fib_table_lookup() was not probed yet, $hits_from when it was for sure, $hits_to
# when it still was, and $hits by now.  The kernel counts what a probe missed
# without a lock: two calls may become one.  Nobody changed records_per_cpu in between,
# so there was always a ring.
check_lookups()
{
	local seen=$((lookup_seen - seen_before)) few

	unbuffered
	[ "$unbuffered" = "$unbuffered_before" ] ||
		complain "life $life: $((unbuffered - unbuffered_before)) unbuffered"

	few=$((seen + lookup_missed - missed_before))
	if [ $seen -gt $((hits - hits_before)) ] || [ $few -lt $((hits_to - hits_from)) ]; then
		complain "life $life: $seen lookups counted," \
			"$((lookup_missed - missed_before)) of them missed, but there were" \
			"from $((hits_to - hits_from)) to $((hits - hits_before))"
	fi
	lookups=$((lookups + seen))
}

start_reader()
{
	random 1000000
	"$here/life_reader" "$@" $r >"$dir/reader.${#readers[@]}" 2>&1 &
	readers+=($!)
}

# They read to the end, and come to the same end as the module.
finish_readers()
{
	local reader said status

	kill "${readers[@]}" 2>/dev/null
	for reader in "${!readers[@]}"; do
		wait_for $patience eval "! kill -0 ${readers[reader]} 2>/dev/null" || {
			complain "life $life: reader $reader does not end"
			kill -KILL "${readers[reader]}"
		}
		status=0
		wait "${readers[reader]}" || status=$?
		mapfile -t said <"$dir/reader.$reader"
		[ "$status ${said[*]}" = "0 $made" ] || complain \
			"life $life: reader $reader says: ${said[*]} (exit status $status); made: $made"
		read_to_end=$((read_to_end + 1))
	done
	readers=()
}

# ---- lives ----

# A module that could not be loaded leaves nothing behind.
failed_load()
{
	local force

	one_of 1 1 3 9 27 81 243 729
	[ $life -gt 1 ] || word=1	# one for sure, however short all this is
	if failing "$word" do_one_initcall load_module "$@" 2>/dev/null; then
		in_force
		all_armed || complain "life $life: loaded, but:$force"
		unload_in_time
		return
	fi
	nothing_left ||
		complain "life $life: a failed load left something behind"
}

nothing_left()
{
	local kprobes

	mapfile -t kprobes </sys/kernel/debug/kprobes/list
	[ ! -e "$RP_DEBUGFS" ] && [ ! -e /sys/module/routeprobe ] && [ ${#kprobes[@]} = 0 ]
}

unload_in_time()
{
	wait_for $patience rmmod routeprobe 2>/dev/null ||
		complain "life $life: rmmod is refused for ever"
}

# Nothing else changes what is probed: then all lookups have to be there.
begin_counting()
{
	hold || return
	write_parameter enable 0
	write_parameter probes all
	write_parameter maxactive 256
	count
	missed_before=$lookup_missed
	seen_before=$lookup_seen
	unbuffered
	unbuffered_before=$unbuffered
	hits
	hits_before=$hits
	write_parameter enable 1
	hits
	hits_from=$hits
	let_all go
}

one_life()
{
	local args

	random 6
	args=("records_per_cpu=$((64 << r))")
	one_of enable=1 enable=0 maxactive=1 probes=lookup,change 'filter="error any"'
	args+=("$word")
	life=$((life + 1))
	random 3
	counted=
	if [ "$r" = 0 ] || [ $life = 1 ]; then counted=1; fi

	echo rude >"$dir/life"
	[ ! "$faults" ] || failed_load "${args[@]}"
	[ ! "$counted" ] || echo >"$dir/life"
	load_module "${args[@]}" || complain "life $life: cannot be loaded"
	start_reader
	start_reader
	start_reader -e
	if [ "$counted" ]; then
		begin_counting || return
	else
		echo $life >"$dir/life"
	fi
	random 4000
	pause $((r + 500))

	hold || return
	hits
	hits_to=$hits
	write_parameter enable 0
	hits
	check_counters
	[ ! "$counted" ] || check_lookups
	finish_readers
	echo rude >"$dir/life"
	let_all go
	unload_in_time
	nothing_left || complain "life $life: something is left behind"
	note "life $life: ${args[*]}${counted:+, counted}, $recorded recorded, $missed missed"
}

# What was begun has to end.  By then a failure is known, and nothing may be left.
end_actors()
{
	local name

	let_all end
	for name in "${!acting[@]}"; do
		wait_for $patience test -s "$dir/actions.$name" || {
			complain "$name does not end"
			kill -KILL "${acting[$name]}"
		}
		unset "acting[$name]"
	done
	[ ${#readers[@]} = 0 ] || kill -KILL "${readers[@]}"
	readers=()
}

# ---- the end ----

acted()
{
	local name

	for name in $actors; do
		echo "$name: $(cat "$dir/actions.$name") actions"
		[ "$(cat "$dir/actions.$name")" -gt 0 ] || return
	done
}

next_life()
{
	load_module && ip route get 127.0.0.1 && grep -q "> 127.0.0.1 " "$RP_DEBUGFS/events" &&
	rmmod routeprobe
}

# A checker that found something stops to look, and taints what it found.
watching()
{
	[ ! -e /proc/lockdep_stats ] || grep -q 'debug_locks: *1$' /proc/lockdep_stats || return
	[ "$(tainted)" = "$tainted" ]
}

# But for modules: out of tree, unsigned.
tainted() { echo $(($(cat /proc/sys/kernel/tainted) & ~0x3000)); }

# Objects are young for five seconds, and pointers may move during a scan.
no_leak()
{
	pause 6000
	echo scan >"$kmemleak"
	echo scan >"$kmemleak"
	cat "$kmemleak"
	[ -z "$(cat "$kmemleak")" ]
}

plan 9
note "again: LIFE_SECONDS=$seconds LIFE_SEED=$seed ${0##*/}"
[[ $seconds$seed =~ ^[0-9]+$ ]] || { note "not numbers: $seconds $seed"; exit 1; }
dir=$(mktemp -d)
exec 9>&1
mkfifo "$dir/never"
exec 8<>"$dir/never"
mkfifo "$dir/held"
exec 4<>"$dir/held"
readers=()
declare -A acting=()
life=0 holds=0 lookups=0 read_to_end=0 faults=''
: >"$dir/complaints"
: >"$dir/failed"
tainted=$(tainted)
at_exit "rm -rf $dir"
at_exit network_down
at_exit unload_module
at_exit "[ ! -e /run/netns/rp-x ] || ip netns del rp-x"
at_exit end_actors
! faults_up || faults=1
network_up && modprobe -a dummy vrf || exit 1
in_netns rp-h sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward'
ip -n rp-a route add default via 10.0.1.1
at_exit "echo '!hist:keys=tb_id' >$lookup_event/trigger"
echo 'hist:keys=tb_id' >$lookup_event/trigger || exit 1
if [ -e "$kmemleak" ]; then
	echo scan=off >"$kmemleak"	# takes a processor for long, and is asked for in the end
	echo clear >"$kmemleak"
fi

echo >"$dir/life"
echo go >"$dir/hold"
for name in $actors; do
	mkfifo "$dir/word.$name"
	act "$name" &
	acting[$name]=$!
done

seed_chance lives
began=$SECONDS
while [ $((SECONDS - began)) -lt "$seconds" ] && [ ! -s "$dir/complaints" ] && watching; do
	one_life
done
echo >"$dir/life"
end_actors
unload_module

note "$(acted)"
check "$life lives of seed $seed: every actor acted, and ended" acted
check_equal "no life gave cause for a complaint" "" "$(cat "$dir/complaints")"
check "$lookups lookups were held against the tracepoint" test $lookups -gt 0
check "$read_to_end readers read to the end" test $read_to_end -gt 0
if [ "$faults" ]; then
	check "allocations failed below: $(sort "$dir/failed" | uniq -c | xargs)" test -s "$dir/failed"
else
	skip "allocations failed" "no FAILSLAB, or no filter by stack trace"
fi
check "no directory and no kprobe is left" nothing_left
check "the next life is as good as the first" next_life
check "no checker stopped" watching
if [ -e "$kmemleak" ]; then
	check "no memory is leaked" no_leak
else
	skip "no memory is leaked" "no kmemleak"
fi
finish
