# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the scripts here share.  Whoever they started ends with them.
trap 'kill $(jobs -p) 2>/dev/null; wait' EXIT

# until_true SECONDS COMMAND...
until_true()
{
	local end=$((SECONDS + $1))

	shift
	until "$@"; do
		[ $SECONDS -lt $end ] || return 1
		sleep 0.5
	done
}

# give_up DIR WORD...: what went wrong, and what the programs said of it
give_up()
{
	echo "${@:2}"
	tail -n 5 "$1"/*.log
	exit 1
}
