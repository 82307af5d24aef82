# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The kernels that can be built for and booted, and where Debian keeps them.
# Sourced by common.sh.
kernel_arch='' kernel_flavour='' kernel_sources='' kernel_words='' kernel_packages=''

# Newest first: name, architecture, flavour, source.  The name begins with the
# version, which stands for the newest release of it that a source has.  Sources
# are tried in order: a suite; "here", this machine's own apt; or
# pool/SUITE/STEM/VERSION, a release whose headers the index of SUITE has
# dropped and the pool may still have; "source", built here from Debian's
# linux-source; or =KERNEL, the very packages of that one, and behind it the words
# that it is booted with besides.
kernel_table()
{
	cat <<-END
	7.3         amd64  cloud-amd64  trixie-backports
	7.3-full    amd64  cloud-amd64  =7.3 preempt=full threadirqs
	7.3-rt      amd64  rt-amd64     trixie-backports
	7.2         amd64  cloud-amd64  forky sid trixie-backports
	7.0         amd64  cloud-amd64  pool/trixie-backports/7.0.13+deb13/7.0.13-1~bpo13+1
	6.18        amd64  cloud-amd64  pool/trixie-backports/6.18.15+deb13/6.18.15-1~bpo13+1
	6.12        amd64  cloud-amd64  trixie-security trixie
	6.12-rt     amd64  rt-amd64     trixie-security trixie
	6.12-bpo    amd64  cloud-amd64  bookworm-backports
	6.1         amd64  cloud-amd64  here
	6.1-rt      amd64  rt-amd64     here
	6.1-generic amd64  amd64        here
	5.10        amd64  cloud-amd64  bullseye-security bullseye
	7.3-arm64   arm64  cloud-arm64  trixie-backports
	6.12-arm64  arm64  cloud-arm64  trixie-security trixie
	6.1-arm64   arm64  cloud-arm64  bookworm-security bookworm
	kasan       amd64  kasan        source
	kcsan       amd64  kcsan        source
	nofentry    amd64  nofentry     source
	END
}

# kernel_names [CONDITION]: all, or those whose row fulfils it, in awk's words.
# shellcheck disable=SC2120
kernel_names() { kernel_table | awk "${1-1} { print \$1 }" | xargs; }

# kernel_get KERNEL: set kernel_arch, kernel_flavour, kernel_sources, kernel_words
# and kernel_packages, the kernel that the packages are named for.
kernel_get()
{
	kernel_row "$1"
	kernel_words='' kernel_packages=$1
	[[ $kernel_sources = =* ]] || return 0
	# shellcheck disable=SC2034 # for vm/run
	read -r kernel_packages kernel_words <<<"${kernel_sources#=}"
	kernel_row "$kernel_packages"
}

kernel_row()
{
	local name

	while read -r name kernel_arch kernel_flavour kernel_sources; do
		[ "$name" != "$1" ] || return 0
	done < <(kernel_table)
	die "unknown kernel '$1'; known are: $(kernel_names)"
}

# newest_release VERSION FLAVOUR: of those that apt has headers for.
newest_release()
{
	apt-cache pkgnames "linux-headers-$1" | sed -nE \
		"s/^linux-headers-(${1//./\\.}\.[0-9]+(-[0-9]+)?(\+[a-z0-9.+]+)?-$2)\$/\1/p" |
		sort -V | tail -n 1 | grep .
}

# kernel_find KERNEL: print its release and the source that has it.
kernel_find()
{
	local source release version=${1%%-*}

	kernel_get "$1"
	for source in $kernel_sources; do
		case $source in
		source)	echo "$kernel_flavour source"; return ;;
		pool/*)	IFS=/ read -r _ _ release _ <<<"$source"
			echo "$release-$kernel_flavour $source"; return ;;
		here)	newest_release "$version" "$kernel_flavour" >/dev/null || apt_update
			release=$(newest_release "$version" "$kernel_flavour") ;;
		*)	release=$(in_suite "$source:$kernel_arch" newest_release \
				"$version" "$kernel_flavour") ;;
		esac && { echo "$release $source"; return; }
	done
	die "no Linux $version for $kernel_flavour in: $kernel_sources"
}

# kernel_download SOURCE ARCH PACKAGE DIR: print where the .deb is.
kernel_download()
{
	local suite version

	case $1 in
	here)	download "$3" "$4" ;;
	pool/*)	IFS=/ read -r _ suite _ version <<<"$1"
		if [ "$(in_suite "$suite:$2" field "$3" Version)" = "$version" ]; then
			in_suite "$suite:$2" download "$3" "$4"
		else
			case $3 in
			*-common|*-common-rt) set -- "$1" all "$3" "$4" ;;
			esac
			download_pool "$suite" "$3" "$version" "$2" "$4"
		fi ;;
	*)	in_suite "$1:$2" download "$3" "$4" ;;
	esac
}

# also_needs DEB PATTERN: the packages among its dependencies that match.
also_needs()
{
	dpkg-deb -f "$1" Depends | tr ',|' '\n' | sed 's/^ *//; s/ .*//' | grep -E "^($2)\$" || :
}
