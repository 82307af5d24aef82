#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# In a box, under the kernel that it was made with: DKMS from the tree, what a
# build says that cannot be, signing, the packages, and the arrival of a newer
# kernel.
#
# usage: first_kernel.sh SUITE
. ./lib.sh

# ---- the tree, which the reader of the package reads ----

dpkg-deb -x routeprobe_*.deb reader
headers=linux-headers-${kernel//+/[+]}	# as an expression
try "dkms add" dkms add "$tree"

try "without headers, dkms names the package" \
	without "/lib/modules/$kernel/build" \
	fails_with "$headers" dkms_build
try "without headers, make names the package" \
	without "/lib/modules/$kernel/build" \
	fails_with "$headers" make -C "$tree" modules

# Where the headers look for it, which is not always where `gcc` is.
compiler=$(command -v "$(make -s -f - <<-END
	include /lib/modules/$kernel/build/.kernelvariables
	all:; @echo \$(CC)
END
)")
try "without its compiler, dkms's log names the package" \
	without "$compiler" fails_with 'install the package gcc-[0-9]' dkms_build
header=$(echo /usr/src/linux-headers-*-common/include/net/ip_fib.h)
try "with half of the headers, dkms's log names the package" \
	without "$header" fails_with "install the package $headers" dkms_build

try "dkms build" dkms_build
try "dkms install" dkms install "routeprobe/$version"
try "dkms status" installed "$kernel"
try "signed with DKMS's own key" \
	signed "$kernel" "DKMS module signing key" /var/lib/dkms/mok.pub
try "a story" story reader/usr/sbin/routeprobe
try "dkms remove" dkms remove "routeprobe/$version" --all
rm -r "/usr/src/routeprobe-$version"
try "dkms remove leaves nothing" nothing_left

# ---- the packages, and a key of one's own as INSTALL.md has it ----

try "make a key" openssl req -new -x509 -newkey rsa:2048 -nodes -days 3650 \
	-subj /CN=routeprobe/ -outform DER -keyout /root/mok.key -out /root/mok.der
cat >>/etc/dkms/framework.conf <<-END
	mok_signing_key=/root/mok.key
	mok_certificate=/root/mok.der
END
try "install the packages" apt-get -y install ./*.deb
try "packages: dkms status" installed "$kernel"
try "packages: signed with a key of one's own" \
	signed "$kernel" routeprobe /root/mok.der
try "packages: a story" story /usr/sbin/routeprobe
try "packages: the units tell the journal of a failure" unit_tells
try "packages: the man pages" man -w routeprobe routeprobe-why routeprobe-thaw routeprobe-module

# ---- a newer kernel ----

try "install a newer kernel" apt-get -y install -t "$1-backports" \
	linux-image-cloud-amd64 linux-headers-cloud-amd64
newer=$(readlink /vmlinuz)
newer=${newer#boot/vmlinuz-}
try "it will be booted" [ "$newer" != "$kernel" ]
try "dkms has built for it by itself" installed "$newer"
try "and signed" signed "$newer" routeprobe /root/mok.der
exit $failed
