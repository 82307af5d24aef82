# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Completion for bash: the program knows what may come.

_routeprobe()
{
	local begun=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}

	COMPREPLY=()
	case $before in
	-i|--input|--output|--dir)
		;;
	-b|--batch)
		mapfile -t COMPREPLY < <(compgen -f -- "$begun")
		return ;;
	*)
		mapfile -t COMPREPLY < <("${COMP_WORDS[0]}" complete \
			"${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null) ;;
	esac
	[ ${#COMPREPLY[@]} != 0 ] || mapfile -t COMPREPLY < <(compgen -d -- "$begun")
}

complete -F _routeprobe routeprobe
