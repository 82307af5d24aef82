#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A snapshot of the FIB: whole while links come and go, or said not to be; and no record
# is lost for it.
. "${0%/*}/lib.sh"

dir=$(mktemp -d)
links=200	# more than the kernel tells in one piece
routes=5000
dumps=10
ring=2048

plan 4
at_exit "rm -rf $dir"
at_exit network_down
at_exit unload_module
network_up && load_module "records_per_cpu=$ring" || exit 1

for ((i = 0; i < links; i++)); do
	echo "link add steady$i type dummy"
done | ip -n rp-h -batch - || exit 1
# In bursts: a kernel that is never left alone has no whole answer.
for ((i = 0; i < 10; i++)); do
	echo "link add hasty type dummy"
	echo "link del hasty"
done >"$dir/burst"
while [ -e "$dir/burst" ]; do
	ip -n rp-h -batch "$dir/burst"
	sleep 0.5
done &
whole=0 silent=0
for ((i = 0; i < dumps; i++)); do
	routeprobe dump "$dir/$i" 2>/dev/null
	if [ "$(grep -c steady "$dir/$i/fib.json")" = $links ] &&
	   ! grep -q '"partial"' "$dir/$i/fib.json"; then
		whole=$((whole + 1))
	elif ! grep -q '"partial"' "$dir/$i/fib.json"; then
		silent=$((silent + 1))
	fi
done
mv "$dir/burst" "$dir/done"
wait
note "$whole of $dumps are whole"
check "links that come and go leave some snapshots whole" test $whole -gt 0
check_equal "and none that lacks something without a word" 0 $silent

for ((i = 0; i < routes; i++)); do
	echo "route add 100.64.$((i >> 8)).$((i & 255)) via 10.0.1.2"
done | ip -n rp-h -batch - || exit 1
# shellcheck disable=SC2016 # for the shell in the namespace
ip netns exec rp-h bash -c 'while :; do echo >/dev/udp/10.0.1.2/2001; done' 2>/dev/null &
sender=$!
sleep 1
routeprobe record -j -o "$dir/r" -- true >"$dir/said" 2>/dev/null
kill $sender
wait $sender
note "$(<"$dir/said")"
check "a snapshot takes longer than the buffer has room for" \
	test "$(jq .records "$dir/said")" -gt $((2 * ring))
check_equal "and nothing is lost meanwhile" 0 "$(jq .lost "$dir/said")"
finish
