#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Numbers of namespaces and devices are used again at once: what happened in a namespace that
# is gone has its name, and not that of the one that has its inode now.
. "${0%/*}/lib.sh"

dir=$(mktemp -d)
at_exit "rm -rf $dir"
at_exit '(ip netns delete rp-old; ip netns delete rp-new) 2>/dev/null'

inode() { stat -Lc %i "/run/netns/$1"; }

# In both the device is number 7, and flows tell of it by that alone.
old_one()
{
	ip netns add rp-old && ip -n rp-old link add olddev index 7 type dummy &&
	ip -n rp-old link set lo up && ip -n rp-old link set olddev up &&
	ip -n rp-old address add 10.1.1.1/24 dev olddev
}

# The kernel lets go of a namespace some time after it has gone.
both()
{
	local was i

	ip netns exec rp-old ip route get 10.1.1.9 oif olddev >/dev/null || return
	was=$(inode rp-old)
	ip netns delete rp-old
	for ((i = 0; i < 100; i++)); do
		ip netns add rp-new
		[ "$(inode rp-new)" != "$was" ] || break
		ip netns delete rp-new
		sleep 0.1
	done
	[ "$(inode rp-new)" = "$was" ] || return
	ip -n rp-new link add newdev index 7 type dummy && ip -n rp-new link set newdev up &&
	ip -n rp-new address add 10.2.2.1/24 dev newdev &&
	ip netns exec rp-new ip route get 10.2.2.9 oif newdev >/dev/null &&
	ip -n rp-new link set newdev down && ip -n rp-new link set newdev name wandev &&
	ip -n rp-new link set wandev up &&
	ip netns exec rp-new ip route get 10.2.2.8 oif wandev >/dev/null
}

export -f inode both

# told FILE ADDRESS: namespace and device demanded, of those who asked for ADDRESS
told()
{
	jq -r --arg dst "$2" 'select(.flow.dst == $dst and .kind == "output") |
			      "\(.netns.name) \(.flow.oif)"' "$1" | sort -u
}

plan 10
check "the module loads" load_module
check "a namespace is there" old_one
check "an inode is used again while it is recorded" routeprobe record -o "$dir/rec" -- bash -c both
routeprobe report -j -i "$dir/rec" >"$dir/recorded" 2>"$dir/log"
check_equal "what is gone has its own name" "rp-old olddev" "$(told "$dir/recorded" 10.1.1.9)"
check_equal "and what is there has its own" "rp-new newdev" "$(told "$dir/recorded" 10.2.2.9)"
check_equal "also by another name" "rp-new wandev" "$(told "$dir/recorded" 10.2.2.8)"
routeprobe report -j >"$dir/live" 2>>"$dir/log"
check_equal "so has what the buffer holds" "null olddev" "$(told "$dir/live" 10.1.1.9)"
check_equal "of both" "rp-new newdev" "$(told "$dir/live" 10.2.2.9)"
# What the end of a namespace brings is still of it.
check_equal "nothing after the end has the name of the next" "" \
	"$(jq -r 'select(.netns.name == "rp-new") | .flow.dst // .dev // empty' \
		"$dir/recorded" | grep -E '^10\.1\.1|olddev')"
ip netns delete rp-new
check "the module unloads" unload_module
finish
