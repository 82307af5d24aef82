#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The file hist: every record is in it once, where its duration belongs.
. "${0%/*}/lib.sh"

# From the records themselves: "KIND BELOW CALLS" lines.  What has no duration took none.
from_events()
{
	awk '/^[0-9]/ {
		ns = 0
		if (match($0, / in [0-9.]+us/))
			ns = int(substr($0, RSTART + 4) * 1000 + .5)
		for (below = 1; below <= ns && below < 2 ^ 39; below *= 2)
			;
		match($0, / [a-z-]+:( |$)/)
		calls[substr($0, RSTART + 1, RLENGTH - 3) " " below]++
	}
	END { for (i in calls) print i, calls[i] }' "$RP_DEBUGFS/events" | sort
}

from_hist()
{
	awk -F'\t' '/^[0-9]/ {
		n = split($3, words, " ")
		for (i = 1; i <= n; i++) {
			split(words[i], bucket, ":")
			print $2, bucket[1], bucket[2]
		}
	}' "$1" | sort
}

# The same of all probes of a kind together
by_kind()
{
	awk 'FNR == NR { split($0, field, "\t"); kind[field[2]] = field[3]; next }
		{ calls[kind[$1] " " $2] += $3 }
		END { for (i in calls) print i, calls[i] }' "$RP_DEBUGFS/probes" - | sort
}

# probe SYMBOL: calls in the file hist, and recorded
in_both()
{
	from_hist "$RP_DEBUGFS/hist" | awk '{ n[$1] += $3 } END { for (i in n) print i, n[i] }' | sort
}

recorded()
{
	awk -F'\t' '/^[0-9]/ && $6 { print $2, $6 }' "$RP_DEBUGFS/probes" | sort
}

# Of what takes no time the reader shows none.
timed() { from_hist "$RP_DEBUGFS/hist" | awk '$2 != 1'; }

from_json()
{
	routeprobe hist --json "$@" |
		jq -r '.probe as $p | .buckets[] | "\($p) \(.below_ns) \(.calls)"' | sort
}

dir=$(mktemp -d)
plan 7
at_exit "rm -rf $dir"
at_exit unload_module
load_module enable=0 || exit 1
check_equal "before the first call nothing is there" "" "$(routeprobe hist)"
echo 1 >"$RP_PARAMETERS/enable"
"${0%/*}/traffic" -c 0 sendto 2001 500 127.0.0.1 127.0.0.2 >/dev/null
"${0%/*}/traffic" -c 1 sendto 2001 500 127.0.0.1 127.0.0.2 >/dev/null
ip route get 203.0.113.1 2>/dev/null
echo 0 >"$RP_PARAMETERS/enable"
check_equal "each record is where its duration belongs" "$(from_events)" \
	"$(from_hist "$RP_DEBUGFS/hist" | by_kind)"
check "and there were some" test "$(from_events | wc -l)" -gt 2
check_equal "the reader says the same" "$(timed)" "$(from_json)"
check "a dump has it" routeprobe dump "$dir/dump"
check_equal "and the reader of it too" "$(timed)" "$(from_json -i "$dir/dump")"
echo 1 >"$RP_PARAMETERS/enable"
echo 64 >"$RP_PARAMETERS/records_per_cpu"
"${0%/*}/traffic" sendto 2001 500 127.0.0.1 >/dev/null
echo 0 >"$RP_PARAMETERS/enable"
check_equal "what was overwritten still counts" "$(recorded)" "$(in_both)"
finish
