# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Debian's packages: apt on this machine, and apt for any other suite and
# architecture, which has lists of its own in the cache and installs nothing.
# Sourced by common.sh.
: "${cache:?}"

# Run apt quietly; with old or missing package lists, fetch them and try again.
apt_get()
{
	local log=$cache/apt.log

	DEBIAN_FRONTEND=noninteractive apt-get -y -o DPkg::Lock::Timeout=600 --no-install-recommends "$@" \
		>"$log" 2>&1 </dev/null && return
	apt_update
	DEBIAN_FRONTEND=noninteractive apt-get -y -o DPkg::Lock::Timeout=600 --no-install-recommends "$@" \
		>"$log" 2>&1 </dev/null && return
	tail -n 5 "$log" >&2
	return 1
}

apt_update()
{
	say "reading the package lists${apt_suite+ of $apt_suite}"
	if ! apt-get update >"$cache/apt.log" 2>&1 ||
	   grep -q '^[WE]: Failed' "$cache/apt.log"; then
		die "apt-get update failed: $(grep '^[WE]:' "$cache/apt.log" | head -n 1)"
	fi
}

# apt_install PACKAGE...: those that are missing, and not a word otherwise.
apt_install()
{
	local package missing=()

	for package; do
		[ "$(dpkg-query -Wf '${db:Status-Status}' "$package" \
			2>/dev/null)" = installed ] || missing+=("$package")
	done
	[ ${#missing[@]} -gt 0 ] || return 0
	[ "$(id -u)" = 0 ] ||
		die "missing, and only root can install: ${missing[*]}"
	say "installing ${missing[*]}"
	apt_get install "${missing[@]}" || die "cannot install ${missing[*]}"
}

# debian_mirror SUITE: its base address, from apt's configuration: that of any
# suite of Debian 12 is that of all, but for security.
debian_mirror()
{
	local like=bookworm

	[[ $1 != *-security ]] || like=bookworm-security
	# shellcheck disable=SC2016 # apt's own variables
	apt-get indextargets --format '$(REPO_URI) $(CODENAME)' |
		sed -n "s|/* $like\$||p" | grep -m 1 . ||
		die "apt knows no mirror of $like; this needs Debian 12"
}

# in_suite SUITE[:ARCH] COMMAND...: COMMAND, with apt for that suite alone, of
# which nothing is installed.  Its lists are as old as this machine's.
in_suite()
{
	local apt_suite=${1%:*} arch=${1#*:} dir mirror

	[ "$arch" != "$1" ] || arch=amd64
	dir=$cache/apt/$apt_suite-$arch
	shift
	if [ ! -f "$dir/conf" ]; then
		mirror=$(debian_mirror "$apt_suite")
		mkdir -p "$dir/lists/partial" "$dir/archives/partial"
		: >"$dir/status"
		echo "deb $mirror $apt_suite main" >"$dir/sources.list"
		cat >"$dir/conf" <<-END
		APT::Architecture "$arch";
		APT::Architectures { "$arch"; };
		APT::Sandbox::User "root";
		Acquire::Check-Valid-Until "false";
		Acquire::Languages "none";
		Dir::State::lists "$dir/lists";
		Dir::State::status "$dir/status";
		Dir::Cache "$dir";
		Dir::Etc::sourcelist "$dir/sources.list";
		Dir::Etc::sourceparts "/dev/null";
		END
	fi
	local -x APT_CONFIG=$dir/conf
	if [ ! -f "$dir/updated" ] || [ /var/lib/apt/lists -nt "$dir/updated" ]; then
		apt_update
		touch "$dir/updated"
	fi
	"$@"
}

# field PACKAGE NAME: a field of the version that apt would install.
field()
{
	apt-cache show --no-all-versions "$1" 2>/dev/null |
		sed -n "s/^$2: //p" | head -n 1
}

# package_version PACKAGE: its version, reading the lists if apt has none.
package_version()
{
	[ "$(field "$1" Version)" ] || apt_update
	field "$1" Version | grep . || die "no package $1"
}

# download PACKAGE DIR: leave its .deb in DIR, and print where it is.
download()
{
	say "downloading $1"
	mkdir -p "$2"
	rm -f "$2/${1%%=*}"_*.deb
	(cd "$2" && apt_get -o APT::Sandbox::User=root download "$1") ||
		die "cannot download $1"
	ls "$2/${1%%=*}"_*.deb
}

# download_pool SUITE NAME VERSION ARCH DIR: a package that the index of the
# suite has dropped already and the pool perhaps not; nothing vouches for it
# but the mirror.  Exit status 4 when it is gone there too.
download_pool()
{
	local file=$2_$3_$4.deb

	say "downloading $2 from the pool"
	mkdir -p "$5"
	(cd "$5" && /usr/lib/apt/apt-helper -o APT::Sandbox::User=root download-file \
		"$(debian_mirror "$1")/pool/main/l/linux/${file//+/%2B}" "$file" \
		>"$cache/apt.log" 2>&1) && echo "$5/$file" && return
	if grep -q '^ *404 ' "$cache/apt.log"; then
		say "$2 is not in Debian's archive any more"
		exit 4
	fi
	die "cannot download $2: $(grep '^E:' "$cache/apt.log" | head -n 1)"
}
