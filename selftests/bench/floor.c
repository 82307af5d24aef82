// SPDX-License-Identifier: GPL-2.0
/*
 * What it costs to be called at all: handlers that count and do nothing else, on
 * the two functions that every routing decision goes through.  Loaded with
 * mechanism=WORD; the parameter hits says how often they were called.
 */
#include <linux/ftrace.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/string.h>
#include <linux/tracepoint.h>
#include <net/ip_fib.h>
#include <net/route.h>

#define FLOOR_FUNCTIONS	2

static const char *const floor_functions[FLOOR_FUNCTIONS] = {
	"ip_route_output_key_hash_rcu", "fib_table_lookup",
};

static unsigned long floor_hits;
module_param_named(hits, floor_hits, ulong, 0444);

static char *floor_mechanism;
module_param_named(mechanism, floor_mechanism, charp, 0444);
MODULE_PARM_DESC(mechanism, "tracepoint (of the second function alone), ftrace, wrapper, kprobe or kretprobe");

static void floor_hit(void)
{
	WRITE_ONCE(floor_hits, floor_hits + 1);
}
NOKPROBE_SYMBOL(floor_hit);

static void floor_tracepoint(void *data, u32 tb_id, const void *flp, const void *nhc, int err)
{
	floor_hit();
}

static int floor_kprobe(struct kprobe *kp, struct pt_regs *regs)
{
	floor_hit();
	return 0;
}
NOKPROBE_SYMBOL(floor_kprobe);

static int floor_kretprobe(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	floor_hit();
	return 0;
}
NOKPROBE_SYMBOL(floor_kretprobe);

static struct tracepoint *floor_tp;

static void floor_find_tracepoint(struct tracepoint *tp, void *data)
{
	if (!strcmp(tp->name, "fib_table_lookup"))
		floor_tp = tp;
}

static int floor_attach_tracepoint(void)
{
	for_each_kernel_tracepoint(floor_find_tracepoint, NULL);
	return floor_tp ? tracepoint_probe_register(floor_tp, floor_tracepoint, NULL) : -ENOENT;
}

static void floor_detach_tracepoint(void)
{
	tracepoint_probe_unregister(floor_tp, floor_tracepoint, NULL);
	tracepoint_synchronize_unregister();
}

static struct kprobe floor_kps[FLOOR_FUNCTIONS];
static struct kprobe *floor_kpps[FLOOR_FUNCTIONS] = { &floor_kps[0], &floor_kps[1] };

static int floor_attach_kprobe(void)
{
	int i;

	for (i = 0; i < FLOOR_FUNCTIONS; i++) {
		floor_kps[i].symbol_name = floor_functions[i];
		floor_kps[i].pre_handler = floor_kprobe;
	}
	return register_kprobes(floor_kpps, FLOOR_FUNCTIONS);
}

static void floor_detach_kprobe(void)
{
	unregister_kprobes(floor_kpps, FLOOR_FUNCTIONS);
}

static struct kretprobe floor_krps[FLOOR_FUNCTIONS];
static struct kretprobe *floor_krpps[FLOOR_FUNCTIONS] = { &floor_krps[0], &floor_krps[1] };

static int floor_attach_kretprobe(void)
{
	int i;

	for (i = 0; i < FLOOR_FUNCTIONS; i++) {
		floor_krps[i].kp.symbol_name = floor_functions[i];
		floor_krps[i].handler = floor_kretprobe;
		floor_krps[i].maxactive = 64;
	}
	return register_kretprobes(floor_krpps, FLOOR_FUNCTIONS);
}

static void floor_detach_kretprobe(void)
{
	unregister_kretprobes(floor_krpps, FLOOR_FUNCTIONS);
}

#ifdef CONFIG_FUNCTION_TRACER
/* The last argument is a struct pt_regs before 5.11. */
static void floor_ftrace(unsigned long ip, unsigned long parent, struct ftrace_ops *ops,
			 void *regs)
{
	floor_hit();
}

static struct ftrace_ops floor_ops = { .func = (void *)floor_ftrace };

static int floor_attach_ftrace(void)
{
	char name[64];
	int i, err = 0;

	for (i = 0; i < FLOOR_FUNCTIONS && !err; i++) {
		strscpy(name, floor_functions[i], sizeof(name));
		err = ftrace_set_filter(&floor_ops, name, strlen(name), 0);
	}
	return err ?: register_ftrace_function(&floor_ops);
}

static void floor_detach_ftrace(void)
{
	unregister_ftrace_function(&floor_ops);
	ftrace_free_filter(&floor_ops);
}
#endif

#if defined(CONFIG_X86_64) && defined(CONFIG_DYNAMIC_FTRACE_WITH_ARGS) && \
	defined(CONFIG_HAVE_STATIC_CALL)
#define FLOOR_WRAPPERS
#include <linux/static_call.h>

static void notrace floor_go_to(struct ftrace_regs *fregs, void *wrapper)
{
#ifdef ftrace_regs_set_instruction_pointer	/* 6.2 */
	ftrace_regs_set_instruction_pointer(fregs, (unsigned long)wrapper);
#else
	ftrace_instruction_pointer_set(fregs, (unsigned long)wrapper);
#endif
}

/* A function in place of the probed one, which calls its body: see module/detour.h. */
#define FLOOR_WRAPPER(fn, type, params, names)						\
DEFINE_STATIC_CALL_NULL(floor_body_##fn, fn);						\
static noinline notrace type floor_wrapper_##fn params					\
{											\
	type ret = static_call(floor_body_##fn) names;					\
											\
	floor_hit();									\
	return ret;									\
}											\
static void notrace floor_to_##fn(unsigned long ip, unsigned long parent,		\
				  struct ftrace_ops *ops, struct ftrace_regs *fregs)	\
{											\
	floor_go_to(fregs, floor_wrapper_##fn);						\
}											\
static void floor_set_##fn(void *body)							\
{											\
	static_call_update(floor_body_##fn, (typeof(fn) *)body);				\
}

FLOOR_WRAPPER(ip_route_output_key_hash_rcu, struct rtable *,
	      (struct net *net, struct flowi4 *fl4, struct fib_result *res,
	       const struct sk_buff *skb), (net, fl4, res, skb))
FLOOR_WRAPPER(fib_table_lookup, int,
	      (struct fib_table *tb, const struct flowi4 *flp, struct fib_result *res,
	       int flags), (tb, flp, res, flags))

static struct ftrace_ops floor_wrappers[FLOOR_FUNCTIONS] = {
	{ .func = floor_to_ip_route_output_key_hash_rcu, .flags = FTRACE_OPS_FL_IPMODIFY },
	{ .func = floor_to_fib_table_lookup, .flags = FTRACE_OPS_FL_IPMODIFY },
};

static void floor_detach_wrapper(void)
{
	int i;

	for (i = 0; i < FLOOR_FUNCTIONS; i++) {
		unregister_ftrace_function(&floor_wrappers[i]);
		ftrace_free_filter(&floor_wrappers[i]);
	}
	synchronize_rcu_tasks();
	synchronize_rcu();
}

/* A kprobe that is never enabled knows where ftrace patches. */
static void *floor_body(const char *name)
{
	struct kprobe kp = { .symbol_name = name, .flags = KPROBE_FLAG_DISABLED };

	if (register_kprobe(&kp))
		return NULL;
	unregister_kprobe(&kp);
	return kp.addr + MCOUNT_INSN_SIZE;
}

static int floor_attach_wrapper(void)
{
	void *output = floor_body(floor_functions[0]), *lookup = floor_body(floor_functions[1]);
	void *body[FLOOR_FUNCTIONS] = { output, lookup };
	int i, err = output && lookup ? 0 : -ENOENT;

	if (err)
		return err;
	floor_set_ip_route_output_key_hash_rcu(output);
	floor_set_fib_table_lookup(lookup);
	for (i = 0; i < FLOOR_FUNCTIONS && !err; i++)
		err = ftrace_set_filter_ip(&floor_wrappers[i],
					   (unsigned long)body[i] - MCOUNT_INSN_SIZE, 0, 0) ?:
		      register_ftrace_function(&floor_wrappers[i]);
	if (err)
		floor_detach_wrapper();
	return err;
}
#endif

static const struct {
	const char *name;
	int (*attach)(void);
	void (*detach)(void);
} floor_mechanisms[] = {
	{ "tracepoint", floor_attach_tracepoint, floor_detach_tracepoint },
#ifdef CONFIG_FUNCTION_TRACER
	{ "ftrace", floor_attach_ftrace, floor_detach_ftrace },
#endif
#ifdef FLOOR_WRAPPERS
	{ "wrapper", floor_attach_wrapper, floor_detach_wrapper },
#endif
	{ "kprobe", floor_attach_kprobe, floor_detach_kprobe },
	{ "kretprobe", floor_attach_kretprobe, floor_detach_kretprobe },
};

static int floor_chosen;

static int __init floor_init(void)
{
	for (; floor_chosen < ARRAY_SIZE(floor_mechanisms); floor_chosen++)
		if (floor_mechanism &&
		    !strcmp(floor_mechanism, floor_mechanisms[floor_chosen].name))
			return floor_mechanisms[floor_chosen].attach();
	return -EINVAL;
}
module_init(floor_init);

static void __exit floor_exit(void)
{
	floor_mechanisms[floor_chosen].detach();
}
module_exit(floor_exit);

MODULE_DESCRIPTION("empty probes, to compare with");
MODULE_LICENSE("GPL");
