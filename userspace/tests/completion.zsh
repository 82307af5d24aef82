# SPDX-License-Identifier: GPL-2.0
#
# What routeprobe.zsh offers, with zsh's own functions replaced by such that print.
#
# usage: zsh -f completion.zsh PROGRAM FUNCTION     prints what is wrong
program=$1
code=$(<$2)

compadd() { print -r -- ${(P)2} }
_files() { print -r -- files $1 }

# expect WHAT WORD...: what is offered for the last word has this in it.
expect()
{
	local wanted=$1 said
	local -a words=($program "${@[2,-1]}")
	local CURRENT=$#words

	said=$(eval $code)
	[[ " $said " == *" $wanted "* ]] || print -r -- "${@[2,-1]}: \"$wanted\" is not in: $said"
}

expect report re
expect --json why --js
expect dport why dpo
expect verdict top --by ver
expect lo report oif ""
expect "files -/" report -i ""
