#compdef routeprobe
# SPDX-License-Identifier: GPL-2.0
#
# Completion for zsh, as for bash: the program knows what may come, but for directories.

_routeprobe()
{
	local -a offers

	case $words[CURRENT-1] in
	-i|--input|--output|--dir)
		;;
	-b|--batch)
		_files
		return ;;
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
