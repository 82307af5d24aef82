/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LINUX_TIME64_H
#define _LINUX_TIME64_H

#define NSEC_PER_USEC	1000ULL
#define NSEC_PER_SEC	1000000000ULL

#endif
