// SPDX-License-Identifier: GPL-2.0
/* Sysctls by their names. */
#include <string.h>
#include <sys/socket.h>

#include "fib/config.h"
#include "lib/names.h"
#include "words/setting.h"

/* A dot in a device's name is a slash to sysctl(8). */
static void rp_setting_dev(struct rp_text *t, struct rp_fib *fib, uint32_t netns,
			   const struct rp_route *route)
{
	struct rp_text dev;
	char *dot;

	rp_format_dev(&dev, fib, netns, route->oif, route->dev);
	while ((dot = strchr(dev.text, '.')))
		*dot = '/';
	rp_format_add(t, "conf.%s.", dev.text);
}

const char *rp_format_setting(struct rp_text *t, struct rp_fib *fib, uint32_t netns,
			      const struct rp_record *rec)
{
	const struct rp_setting *setting = &rec->setting;
	struct rp_name name;

	*t = (struct rp_text) { "", 0 };
	rp_format_add(t, "net.ipv%d.", rec->family == AF_INET6 ? 6 : 4);
	if (rec->family == AF_INET && setting->id == RP_SETTING_FORWARDING &&
	    setting->scope == RP_SCOPE_ALL) {
		rp_format_add(t, "ip_forward");
		return t->text;
	}
	if (setting->scope == RP_SCOPE_DEV)
		rp_setting_dev(t, fib, netns, &rec->route);
	else if (setting->scope != RP_SCOPE_NETNS)
		rp_format_add(t, setting->scope == RP_SCOPE_ALL ? "conf.all." : "conf.default.");
	rp_format_add(t, "%s", rp_names_setting(setting->id, &name));
	return t->text;
}

const char *rp_format_sysctl(struct rp_text *t, struct rp_fib *fib, uint32_t netns,
			     const struct rp_fib_setting *setting)
{
	const struct rp_record rec = {
		.family = setting->family, .route.oif = setting->index,
		.setting = { .id = setting->id, .scope = setting->scope },
	};

	return rp_format_setting(t, fib, netns, &rec);
}
