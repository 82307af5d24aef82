#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What why --journal tells is found by journalctl, here and, by systemd-journal-upload, in
# another journal that was away for a time: nothing is lost.
#
# usage: unshare -mn ecosystem/journal.sh READER RECORDING FAILURES ROOT DIR
#
# ROOT has systemd's packages unpacked.  Its journald gets a /run of its own.
set -u
reader=$1 recording=$2 failures=$3 root=$4 dir=$5
url=127.0.0.1:19532
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

# program NAME ARGUMENT...: of systemd's, with the libraries that came with it
program()
{
	LD_LIBRARY_PATH=$(echo "$root"/{,usr/}lib/*-linux-gnu{,/systemd} "$root"/{,usr/}lib/systemd |
		tr ' ' :) exec "$root/lib/systemd/$1" "${@:2}"
}

journald()
{
	mount -t tmpfs none /run && mkdir -p /run/systemd/journald.conf.d /run/log/journal || return
	printf '%s\n' '[Journal]' Storage=volatile ReadKMsg=no RateLimitBurst=0 \
		>/run/systemd/journald.conf.d/test.conf
	program systemd-journald >>"$dir/journald.log" 2>&1 &
	until_true 30 test -S /run/systemd/journal/socket
}

collect()
{
	program systemd-journal-remote --listen-http=$url --output="$dir/remote/remote.journal" \
		--split-mode=none >>"$dir/remote.log" 2>&1 &
	collector=$!
	until_true 30 listening
}

listening() { ss -Hltn "src = $url" | grep -q .; }

# What is new since the last time that it arrived, and the last of that once more
upload()
{
	(program systemd-journal-upload --url="http://$url" --save-state="$dir/state" \
		--directory=/run/log/journal --follow=no) >>"$dir/upload.log" 2>&1
}

# Entries of ours, as journalctl finds them by a field
here() { journalctl -q -o cat --directory=/run/log/journal ROUTEPROBE_ORIGIN=no-route; }
there() { journalctl -q -o cat --directory="$dir/remote" ROUTEPROBE_ORIGIN=no-route; }
all() { [ "$("$2" | wc -l)" -ge "$1" ]; }
the_same() { upload && diff <(here | sort) <(there | sort -u) >"$dir/diff"; }

ip link set lo up
mkdir -p "$dir/remote"
cp -r "$recording" "$dir/module"
half=$((256 * (1 + failures)))	# the change and half of the failures, two records each
: >"$dir/module/cpu0"
journald || give_up "$dir" "journald does not start"
"$reader" why -f --journal --dir "$dir/module" >/dev/null 2>"$dir/why.log" &
collect || give_up "$dir" "systemd-journal-remote does not start"
head -c $half "$recording/cpu0" >>"$dir/module/cpu0"
until_true 60 all "$((failures / 3))" here || give_up "$dir" "not all are in the journal"
until_true 60 the_same || give_up "$dir" "not all arrive"
kill "$collector"
wait "$collector"
tail -c +$((half + 1)) "$recording/cpu0" >>"$dir/module/cpu0"
until_true 60 all "$failures" here || give_up "$dir" "not all are in the journal"
! upload || give_up "$dir" "the collector was not away"
collect || give_up "$dir" "systemd-journal-remote does not start again"
until_true 60 the_same || give_up "$dir" "not all arrive later"
all "$failures" there
