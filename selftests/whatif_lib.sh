# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# For tests of routeprobe whatif against what really happens: it says from a recording what
# a command would do; then the command is run, the same traffic is recorded once more, and
# each flow must have become what was said.
#
# A test has configure, for the network, and load, for its traffic.
# shellcheck source=lib.sh
. "${0%/*}/lib.sh"

dir=${2:-$(mktemp -d)}
enough=35	# flows that have to be compared

hi() { ip -n rp-h "$@"; }

# record NAME
record()
{
	in_netns rp-h routeprobe record -o "$dir/$1" -- "$0" load "$dir" 2>>"$dir/log"
}

# whatif NAME WORD...: what the recording NAME says of a command, as NAME.json; STATUS
whatif()
{
	local name=$1

	shift
	routeprobe whatif -i "$dir/$name" --json -a netns rp-h "$@" >"$dir/$name.json" \
		2>"$dir/$name.err" </dev/null
}

# surprises NAME: flows of the recording NAME that are otherwise than was said from a
surprises()
{
	# shellcheck disable=SC2016 # for jq
	jq -rn --slurpfile said "$dir/a.json" --slurpfile is "$dir/$1.json" '
		def key: [.asked, .family, .flow] | tojson;
		def error: if . == "drop" or . == "EXDEV" then "EINVAL" else . end;
		def flows: map(select(.kind == "whatif"));
		def hops: .nexthops | map(del(.weight));
		($said | flows | map({ key: key, value: . }) | from_entries) as $said |
		$is | flows[] | $said[key] as $told | .recorded as $now |
		select($told and $told.effect != "unsure") |
		select(($now.verdict | error) != ($told.after.verdict | error) or
		       ($now.verdict == "ok" and ($now | hops) - ($told.after | hops) != [])) |
		"\(.asked) \(.flow | tojson): said \($told.after | tojson), is \($now | tojson)"'
}

# effects: destinations of flows that would fail, move or begin to work, as was said from a
effects()
{
	jq -r 'select(.kind == "whatif" and .effect != "unsure" and .effect != "stays") |
	       "\(.effect) \(.flow.dst)"' "$dir/a.json" | sort -u | xargs
}

# compared NAME: of how many flows something was said that could be wrong
compared()
{
	# shellcheck disable=SC2016 # for jq
	jq -rn --slurpfile said "$dir/a.json" --slurpfile is "$dir/$1.json" '
		def keys_of: map(select(.kind == "whatif" and .effect != "unsure") |
				 [.asked, .flow] | tojson) | unique;
		($said | keys_of) as $said | ($is | keys_of) as $is | $is - ($is - $said) | length'
}

# round NAME EFFECTS WORD...: what is said of a command, or of several with -b, from the
# recording a; then it is done, and a recording b made.
round()
{
	local name=$1 wanted=$2 status=0 many

	shift 2
	whatif a "$@" || status=$?
	check_equal "$name: it says what becomes of which flows" "1 $wanted" \
		"$status $(effects)"
	if [ "$1" = -b ]; then
		hi -batch "$2" || note "$* failed"
	else
		hi "${@:3}" || note "$* failed"
	fi
	rm -rf "$dir/b"
	record b
	whatif b -- ip route show || note "nothing should change: $(cat "$dir/b.err")"
	many=$(compared b)
	[ "$many" -gt $enough ] || note "those are too few"
	check_equal "$name: that is what happens to $many flows" 1 \
		"$((many > enough))$(surprises b)"
}

# again: the network as it was
again() { network_down && network_up && configure; }

# begin WORD...: a test by its own command line
begin_whatif()
{
	if [ $# = 2 ]; then
		"$1"
		exit
	fi
	at_exit "rm -rf $dir"
	at_exit network_down
	at_exit unload_module
	if ! modprobe dummy || ! modprobe vrf; then
		skip_all "no dummy, or no VRF"
	fi
	load_module records_per_cpu=65536 && network_up && configure || exit 1
}
