#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# In a box, under the kernel that came later: what DKMS built by itself works,
# and goes without a trace.
. ./lib.sh

newest() { printf '%s\n' /boot/vmlinuz-* | sort -V | tail -n 1; }

echo "# booted $kernel"
try "the newer kernel runs" [ "/boot/vmlinuz-$kernel" = "$(newest)" ]
try "dkms status" installed "$kernel"
try "a story" story /usr/sbin/routeprobe

# Nobody enrolled the key of this box: what INSTALL.md says a user meets then.
try "lock the kernel down" sh -c 'echo integrity >/sys/kernel/security/lockdown'
try "an unknown key is refused under lockdown" \
	fails_with 'Key was rejected by service|Operation not permitted' modprobe routeprobe

# The package's own script hands both kernels to `dkms remove --all`.
try "purge the packages" apt-get -y purge routeprobe routeprobe-dkms
try "purge leaves nothing" nothing_left
exit $failed
