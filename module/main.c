// SPDX-License-Identifier: GPL-2.0
/*
 * routeprobe: why did this flow get that route, or none?
 */
#include <linux/module.h>

#include "files/dir.h"
#include "param.h"
#include "probe.h"
#include "ring.h"
#include "routeprobe_version.h"
#include "stack.h"

/*
 * The files come last: once one is open, the module cannot go.  On the way out
 * nothing is recorded any more before they go, and nothing reads the rings when
 * they are freed.
 */
static int __init rp_main_init(void)
{
	int err;

	err = rp_probe_init();
	if (err)
		return err;
	err = rp_param_start();
	if (err)
		goto err_ring;
	err = rp_debugfs_init(rp_param_gid());
	if (err)
		goto err_param;

	pr_info("version %s, read /sys/kernel/debug/%s/events\n", ROUTEPROBE_VERSION,
		KBUILD_MODNAME);
	return 0;

err_param:
	rp_param_stop();
err_ring:
	rp_stack_switch(false);
	rp_ring_free();
	rp_probe_exit();
	return err;
}

static void __exit rp_main_exit(void)
{
	rp_param_stop();
	rp_debugfs_exit();
	rp_stack_switch(false);
	rp_ring_free();
	rp_probe_exit();
}

module_init(rp_main_init);
module_exit(rp_main_exit);

MODULE_DESCRIPTION("Records IPv4 and IPv6 routing decisions, with their causes");
MODULE_VERSION(ROUTEPROBE_VERSION);
MODULE_LICENSE("GPL");
