# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the tests in a box share.  They run where the host put the packages and
# the unpacked tarball, and print "ok NAME" or "not ok NAME".
# shellcheck disable=SC2034 # variables for who sources this
export LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive

tree=$(echo "$PWD"/routeprobe-*/)
tree=${tree%/}
version=${tree##*/routeprobe-}
kernel=$(uname -r)
failed=0

# try NAME COMMAND...: ok when the command succeeds; else what it said is shown.
try()
{
	local name=$1 said status=0

	shift
	said=$("$@" 2>&1 </dev/null) || status=$?
	if [ $status = 0 ]; then
		echo "ok $name"
	else
		echo "$said" | tail -n 60 | sed 's/^/# /'
		echo "# exit status $status: $*"
		echo "not ok $name"
		failed=1
	fi
}

# fails_with PATTERN COMMAND...: the command fails, and says why.
fails_with()
{
	local pattern=$1 said

	shift
	if said=$("$@" 2>&1); then
		echo "$said"
		echo "this should have failed"
		return 1
	fi
	echo "$said"
	grep -qE -e "$pattern" <<<"$said"
}

# without FILE COMMAND...: run the command while FILE is not there.
without()
{
	local file=$1 status=0

	shift
	mv "$file" "$file.away" || return
	"$@" || status=$?
	mv "$file.away" "$file" || return
	return $status
}

# A build by DKMS, and the log that it points to when it fails.
dkms_build()
{
	dkms build "routeprobe/$version" && return
	cat "/var/lib/dkms/routeprobe/$version/build/make.log"
	return 1
}

# installed KERNEL: DKMS has built and installed the module for it.
installed()
{
	dkms status -m routeprobe -v "$version" -k "$1"
	dkms status -m routeprobe -v "$version" -k "$1" | grep -q ': installed' &&
	modinfo -k "$1" -F filename routeprobe | grep "^/lib/modules/$1/updates/dkms/"
}

# signed KERNEL NAME CERTIFICATE: the module is, by whom, and with which key.
signed()
{
	local serial

	serial=$(openssl x509 -inform DER -in "$3" -noout -serial) || return
	modinfo -k "$1" routeprobe
	[ "$(modinfo -k "$1" -F signer routeprobe)" = "$2" ] &&
	[ "serial=$(modinfo -k "$1" -F sig_key routeprobe | tr -d :)" = "$serial" ]
}

# story READER: what the package's own test makes of it.
story() { PATH=$(dirname "$1"):$PATH "$tree/.debian/tests/story"; }

# until_true SECONDS COMMAND...
until_true()
{
	local end=$((SECONDS + $1))

	shift
	until "$@"; do
		[ $SECONDS -lt $end ] || return 1
		sleep 1
	done
}

# The unit sends a failure to the journal, and takes the module along when it stops.
unit_tells()
{
	systemctl start routeprobe-why && ip route add unreachable 198.51.100.1 &&
	until_true 60 unit_told && systemctl stop routeprobe &&
	[ ! -e /sys/module/routeprobe ] && ! systemctl --failed --plain --no-legend | grep routeprobe
}

unit_told()
{
	(: >/dev/udp/198.51.100.1/9) 2>/dev/null
	journalctl -o cat ROUTEPROBE_VERDICT=EHOSTUNREACH | grep '198\.51\.100\.1'
}

# No file of the disk is named after the project, and depmod knows of no module.
nothing_left()
{
	! find / -xdev -name '*routeprobe*' | grep . &&
	! grep routeprobe /lib/modules/*/modules.dep
}
