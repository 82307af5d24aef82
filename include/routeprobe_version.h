/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
#ifndef ROUTEPROBE_VERSION_H
#define ROUTEPROBE_VERSION_H

/* The one version string: modinfo, `routeprobe --version`, debugfs `version`.
 * dkms.conf cannot include it and repeats it; `make check` compares the two.
 */
#define ROUTEPROBE_VERSION	"0.1.0"

#endif
