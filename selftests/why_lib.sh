# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Failures as rows of a table: what is set up, what changes, who asks, and what
# routeprobe must say of it.
#
#	. "${0%/*}/why_lib.sh"
#	cases()
#	{
#		row "an unreachable route" "" "hi route add unreachable 198.51.100.1" \
#			"udp 198.51.100.1" "route-type both < route-add dst 198.51.100.1 comm ip"
#	}
#	run_cases "$@"
#
# row NAME BEFORE CHANGE PROBE EXPECTED.  A row has the network of lib.sh to itself.
# BEFORE is done, then CHANGE and PROBE while routeprobe records.
#
# PROBE is what ask.c takes, asked in rp-h; or in rp-a, if that is its first word: then
# rp-h has to forward it, or to receive it.  "get WORD..." is `ip route get`, "ping DST"
# is ping.
#
# EXPECTED is the one line that `routeprobe why` has for the destination in rp-h:
#
#	ORIGIN VERDICT [KEY VALUE]... [< EVENT [KEY VALUE]...]
#
# with keys of its JSON, behind < those of the cause, which there must not be if the row
# has none; or "-": there is no failure.  Key "typed" is what the command to type next says.
# VERDICT says who else saw it, in the same run:
#
#	both	it is the error of the application and of `ip route get`
#	app	it is that of the application; `ip route get` finds a route
#	get	it is that of `ip route get`; the application was told another, or nothing
#	other	it is that of the application; `ip route get` was told another
#	refused:ERRNO:REASON
#		`ip route get` was told an error, and the kernel says this one of the two
#	dropped:ERRNO:REASON
#		the same, and neither was told anything
#	sent:NAME
#		it is that of an ICMP error; the application was told another by the device
#	NAME	this error, or drop reason, and neither was told anything
# shellcheck source=lib.sh
. "${0%/*}/lib.sh"

hi() { ip -n rp-h "$@"; }
ai() { ip -n rp-a "$@"; }
bi() { ip -n rp-b "$@"; }
# set_h NAME VALUE: of net.ipv4, with slashes
set_h() { in_netns rp-h sh -c "echo $2 >/proc/sys/net/ipv4/$1"; }
set_a() { in_netns rp-a sh -c "echo $2 >/proc/sys/net/ipv4/$1"; }
nft_h() { in_netns rp-h nft "$@"; }
nft_a() { in_netns rp-a nft "$@"; }
mac() { ip -n "$1" -br link show "$2" | awk '{ print $3 }'; }

# Somebody to connect to at A, until the row ends
serve()
{
	in_netns rp-a "${0%/*}/tcp_peer" server 10.0.1.2 8080 &
	row_server=$!
	wait_for 10 eval "in_netns rp-a ss -Hltn | grep -q :8080"
}

# Until the carrier's loss, or its return, has got around.
until_linkdown() { wait_for 10 eval "hi route show | grep -q 'dev $1 .*linkdown'"; }

# Neighbours that do not answer are given up after 0.3 s, not 3.
impatient() { set_h "neigh/$1/retrans_time_ms" 100; }

# name_of WHAT-A-PROGRAM-SAID: the error, or "ok" if it said nothing of one.
name_of()
{
	case $1 in
	*"No route to host"*|*"Host Unreachable"*) echo EHOSTUNREACH ;;
	*"Network is unreachable"*|*"Net Unreachable"*) echo ENETUNREACH ;;
	*"Permission denied"*|*"Packet filtered"*) echo EACCES ;;
	*"Operation not permitted"*) echo EPERM ;;
	*"Invalid argument"*) echo EINVAL ;;
	*"Invalid cross-device link"*) echo EXDEV ;;
	*"Message too long"*) echo EMSGSIZE ;;
	*"Cannot assign requested address"*) echo EADDRNOTAVAIL ;;
	*"Error:"*|*"RTNETLINK"*) echo "$1" ;;
	*) echo ok ;;
	esac
}

# ask WORD...: what the application is told, in one word, into $row_dir/app.
ask()
{
	local netns=rp-h said

	case $1 in
	rp-*) netns=$1; shift ;;
	esac
	case $1 in
	get)	said=$(hi route "$@" 2>&1)
		name_of "$said" ;;
	ping)	said=$(in_netns "$netns" ping -c 1 -W 3 "$2" 2>&1)
		name_of "$said" ;;
	*)	said=$(in_netns "$netns" "${0%/*}/ask" "$@" 2>&1)
		grep -oE 'E[A-Z]+|silence|^ask: .*' <<<"$said" | grep -m 1 . || echo ok ;;
	esac >"$row_dir/app"
	echo "$* => $said" >>"$row_dir/log"
}

# What `ip route get` is to be asked for a probe: those of its words that it knows.
get_words()
{
	local words=() kind=$1 dst=$2

	case $kind in
	rp-*)	shift
		words=(from 10.0.1.2 iif ha)
		kind=$1 dst=$2
		[[ $dst != *:* ]] || words=(from 2001:db8:1::2 iif ha) ;;
	esac
	shift 2
	[[ $dst != *%* ]] || words+=(oif "${dst#*%}")
	dst=${dst%\%*}
	while [ $# -ge 2 ]; do
		case $1 in
		from)	[ "${words[0]-}" != from ] || words=(iif ha)
			words+=("$1" "$2") ;;
		oif|mark|uid|tos) words+=("$1" "$2") ;;
		mcastif) words+=(oif "$2") ;;
		sport|dport) words+=(ipproto "$kind" "$1" "$2") ;;
		esac
		shift 2
	done
	echo "$dst" "${words[@]}"
}

# Since 6.14 the functions on the way in say why by a drop reason, and `ip route get`
# is told EINVAL of all of them.
drop_reasons=
tell_drop_reasons()
{
	network_up && set_h conf/ha/rp_filter 1 || exit 1
	case $(hi route get 10.0.1.1 from 10.0.2.99 iif ha 2>&1) in
	*"Invalid argument"*) drop_reasons=yes ;;
	esac
}

# refused_by WORD:ERRNO:REASON: what it is here.
refused_by()
{
	local errno reason

	IFS=: read -r _ errno reason <<<"$1"
	if [ "$drop_reasons" ]; then
		echo "drop drop_reason $reason"
	else
		echo "$errno"
	fi
}

# told VERDICT: the error that who saw it was told, or, and it fails, why the row is wrong.
told()
{
	local app get said=

	app=$(<"$row_dir/app")
	get=$(<"$row_dir/get")
	case $1:$app:$get in
	-:ok:ok|-:silence:ok) return ;;
	both:ok:*|both:silence:*|app:ok:*|app:silence:*|get:*:ok|refused:*:ok) ;;
	both:*:"$app") said=$app ;;
	both:*)	;;
	app:*:ok) said=$app ;;
	other:ok:*|other:silence:*|other:*:ok|other:*:"$app") ;;
	other:*) said=$app ;;
	refused:*|dropped:*:ok:ok|dropped:*:silence:ok) said=$(refused_by "$1") ;;
	sent:*:ok:ok|sent:*:silence:ok) ;;
	sent:*:ok) said=${1#sent:} ;;
	get:*)	said=$get ;;
	*:ok:ok|*:silence:ok) said=$1 ;;
	esac
	echo "${said:-"$1, but the application was told $app and ip route get $get"}"
	[ "$said" ]
}

# Type the command that $row_dir/json has, and put the error there.
type_next()
{
	local next said

	next=$(sed -n 's/^{"kind":"why".*"next":"\(ip -n rp-h [^"]*route get [^"]*\)".*/\1/p;q' \
		"$row_dir/json")
	[ "$next" ] || return
	said=$(eval "$next" 2>&1)
	echo "$next => $said" >>"$row_dir/log"
	sed -i "1s/}\$/,\"typed\":\"$(name_of "$said")\"}/" "$row_dir/json"
}

# weigh NAME RECORDING NETNS DST EXPECTED...: what routeprobe says of it, to be judged in
# the end, since jq takes longer to start than most rows to happen.  All is in $row_dir.
weigh()
{
	local name=$1 recording=$2 netns=$3 dst=$4 verdict

	shift 4
	routeprobe why -i "$recording" --json netns "$netns" to "$dst" \
		>"$row_dir/json" 2>>"$row_dir/log"
	[[ " $* " != *" typed "* ]] || type_next
	if [ "$1" = - ]; then
		set --
		verdict=$(told -)
		echo "${verdict:--}" >"$row_dir/expected"
	elif verdict=$(told "$2"); then
		# shellcheck disable=SC2086 # a list of words
		set -- "$1" $verdict "${@:3}"
		echo "$*" >"$row_dir/expected"
	else
		echo "$verdict" >"$row_dir/expected"
	fi
	echo "$name" >"$row_dir/name"
	{
		printf '{"row": "%s", "words": [' "$row_dir"
		[ $# = 0 ] || printf '"%s"' "$1" "${@:2}" | sed 's/""/", "/g'
		echo ']}'
		cat "$row_dir/json"
	} >>"$weighed"
}

# The words of EXPECTED with the values that routeprobe has.  If there are none, where each
# failure comes from, and "-" at the end, which tells that there was an answer.
# shellcheck disable=SC2016 # for jq
said_program='
def pairs($o; $words): range(0; $words | length; 2) as $i | $words[$i],
	($o | getpath($words[$i] / ".") // "-" | tostring);
def said($words): . as $o | ($words | index("<")) as $cause |
	if $words == [] then .origin // "-" else
		[.origin, .verdict, pairs($o; $words[2:$cause])]
		+ if $cause then ["<", .cause.event, pairs(.cause; $words[$cause + 2:])]
		  else [.cause // empty | "<", tojson] end
		| join(" ") end;
foreach inputs as $i ({}; if $i.words then $i else .why = $i end;
	select(.why.kind == "why" or .words == [] and .why.kind == "end") | .words as $words | .row + "\t" + (.why | said($words)))'

# What is missing may be among the calls that the recording says the probes missed: a
# timer that comes while one runs finds all of them deaf.  What is wrong may not.
missed_in() { sed -n 's/^{"kind":"end".*"missed":\([0-9]*\).*/\1/p' "$1"; }

# Each row as it was weighed
judge()
{
	local -A said=()
	local dir line

	while IFS=$'\t' read -r dir line; do
		said[$dir]+=${said[$dir]:+$'\n'}$line
	done < <(jq -nr "$said_program" "$weighed")
	while read -r dir; do
		line=$(<"$dir/expected")
		[ "$line" = "${said[$dir]-}" ] || note "$(cat "$dir/log" "$dir/json")"
		if [ "${said[$dir]-}" ] || [ "$(missed_in "$dir/json")" = 0 ]; then
			check_equal "$(<"$dir/name")" "$line" "${said[$dir]-}"
		else
			pass "$(<"$dir/name"): not seen, of $(missed_in "$dir/json") calls missed by probes"
		fi
	done < <(sed -n 's/^{"row": "\([^"]*\)".*/\1/p' "$weighed")
	: >"$weighed"
}

row_dir='' row_server=''
row()
{
	local name=$1 before=$2 change=$3 probe=$4 expected said words

	# shellcheck disable=SC2254,SC2053 # a pattern
	[[ $name == ${row_only:-*} ]] || return
	read -ra expected <<<"$5"
	network_down && network_up || exit 1
	row_dir=$(mktemp -d "$rows/XXXXXX")
	eval "$before" >>"$row_dir/log" 2>&1 || echo "before: failed" >>"$row_dir/log"
	routeprobe record -o "$row_dir/r" -- "$0" row "$row_dir" "$change" "$probe" \
		>>"$row_dir/log" 2>&1
	read -ra words < <(eval "get_words $probe")
	case $probe in
	get*)	cp "$row_dir/app" "$row_dir/get" ;;
	*)	said=$(hi route get "${words[@]}" 2>&1)
		echo "get ${words[*]} => $said" >>"$row_dir/log"
		name_of "$said" >"$row_dir/get" ;;
	esac
	weigh "$name" "$row_dir/r" rp-h "${words[0]}" "${expected[@]}"
	rm -r "$row_dir/r"
	if [ "$row_server" ]; then
		kill "$row_server" && wait "$row_server"
		row_server=
	fi
}

# weigh_here: what weigh and judge work with, until the test ends
weigh_here()
{
	rows=$(mktemp -d) && weighed=$rows/weighed && at_exit "rm -rf $rows"
}

# run_cases [PATTERN]: the rows of cases(), or those with a name that matches.
run_cases()
{
	if [ "${1-}" = row ]; then
		row_dir=$2
		eval "$3" && eval "ask $4"
		exit
	fi
	row_only=${1-}
	plan "$(grep -cE '^	(row|seen|chosen|frozen|flooded|full) "' "$0")"
	weigh_here
	at_exit network_down
	at_exit unload_module
	load_module probes=$usual,netfilter,ipsec || exit 1
	cases
	judge
	finish
}
