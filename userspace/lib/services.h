/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_LIB_SERVICES_H
#define RP_LIB_SERVICES_H

#include <stdbool.h>
#include <stdint.h>

/* Where names of ports stand; not by getservbyname(), which a static program lacks. */
extern const char *rp_services_file;

/* @proto: "tcp"; NULL: any, and then the first that stands there */
bool rp_services_port(const char *name, const char *proto, uint32_t *port);

#endif
