#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# No failure is lost for a collector that was away, and one comes twice at most: the
# reader and two of rsyslog in a namespace of their own, where nothing but a loopback is.
#
# usage: unshare -n ecosystem/collector.sh READER RECORDING FAILURES ROOT DIR
#
# ROOT has rsyslog's packages unpacked.
set -u
reader=$1 recording=$2 failures=$3 root=$4 dir=$5
top=$(cd "$(dirname "$0")/../.." && pwd)
away=${AWAY:-60}	# seconds
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

# start NAME: as it is shipped, but for names and places.
start()
{
	mkdir -p "$dir/$1"
	{
		echo "global(workDirectory=\"$dir/$1\" maxMessageSize=\"64k\")"
		sed "s,collector\.example,127.0.0.1,; s,/var/log/,$dir/,; s,Interval\(Max\)\?=\"[0-9]*,Interval\1=\"1," \
			"$top/userspace/rsyslog/$1.conf"
	} >"$dir/$1.conf"
	LD_LIBRARY_PATH=$(echo "$root"/{,usr/}lib/*-linux-gnu | tr ' ' :) \
		"$root/usr/sbin/rsyslogd" -n -f "$dir/$1.conf" -i "$dir/$1.pid" \
		-M "$(echo "$root"/usr/lib/*/rsyslog)" >>"$dir/$1.log" 2>&1 &
}

arrived() { wc -l <"$dir/routeprobe-fleet.json"; }
written() { wc -l <"$dir/routeprobe.json"; }
all_arrived() { [ "$(written)" -ge "$1" ] && [ "$(arrived)" -ge "$(written)" ]; }
all_written() { [ "$(written)" -ge "$1" ]; }

lost() { give_up "$dir" "$1: $(written) written, $(arrived) arrived"; }

ip link set lo up
mkdir -p "$dir"
cp -r "$recording" "$dir/module"
half=$((256 * (1 + failures)))	# the change and half of the failures, two records each
: >"$dir/module/cpu0"
: >"$dir/routeprobe-fleet.json"
"$reader" why -f --json --dir "$dir/module" >>"$dir/routeprobe.json" 2>"$dir/why.log" &
start collector
collector=$!
start sender
head -c $half "$recording/cpu0" >>"$dir/module/cpu0"
until_true 120 all_arrived $((failures / 3)) || lost "nothing arrives"
# What it has taken and not yet confirmed would be sent again.
sleep 5
kill "$collector"
wait "$collector"
before=$(arrived)
tail -c +$((half + 1)) "$recording/cpu0" >>"$dir/module/cpu0"
until_true 120 all_written "$failures" || lost "the reader does not tell all"
sleep "$away"
[ "$before" = "$(arrived)" ] || lost "the collector was not away"
start collector
until_true 120 all_arrived "$failures" || lost "something is lost"
sleep 5		# what came twice would come now
echo "$before of $failures had arrived when the collector went"
[ "$(arrived)" -le $((failures + 1)) ] || lost "more than one came twice"
# As it was written, and from whom.
diff <(jq -cS . "$dir/routeprobe.json" | sort) \
	<(jq -cS 'del(.host)' "$dir/routeprobe-fleet.json" | sort -u) >"$dir/diff" ||
	{ head -n 5 "$dir/diff" | cut -c -300; exit 1; }
jq -e -n 'all(inputs; .host != null)' "$dir/routeprobe-fleet.json" >/dev/null
