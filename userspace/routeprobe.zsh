#compdef routeprobe
# SPDX-License-Identifier: GPL-2.0
#
# Completion for zsh, by the same words as that for bash: the program knows its commands,
# options and filter words; devices, namespaces and directories stand here.

_routeprobe()
{
	local -a offers

	case $words[CURRENT-1] in
	oif|iif)
		offers=(/sys/class/net/*(N:t)) ;;
	netns)
		offers=(/run/netns/*(N:t)) ;;
	-i|--input|--output|--dir)
		;;
	*)
		offers=(${(f)"$($words[1] complete "${(@)words[2,CURRENT]}" 2>/dev/null)"}) ;;
	esac
	if (( $#offers )); then
		compadd -a offers
	else
		_files -/
	fi
}

_routeprobe "$@"
