// SPDX-License-Identifier: GPL-2.0
/* A file fib.json: its names, and all that it configures, asked for afterwards. */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "fib/config.h"
#include "fib/model.h"
#include "fib/names.h"
#include "fuzz.h"

#define FUZZ_NETNS	4026532001U

static void fuzz_route(void *ctx, const struct rp_record *leg)
{
	rp_model_know_route(ctx, leg);
}

static void fuzz_rule(void *ctx, uint32_t netns, const struct rp_fib_rule *rule)
{
	rp_model_know_rule(ctx, netns, rule, false);
}

static void fuzz_link(void *ctx, uint32_t netns, const struct rp_fib_link *link)
{
	rp_model_know_link(ctx, netns, link);
}

static void fuzz_setting(void *ctx, uint32_t netns, const struct rp_fib_setting *setting)
{
	(void)ctx;
	(void)netns;
	FUZZ_MUST(setting->id > RP_SETTING_NONE && setting->id < __RP_SETTING_MAX);
}

static void fuzz_ask(struct rp_model *m, unsigned int family, const char *dst)
{
	struct rp_flow flow = { .iif = 1 };
	struct rp_model_query q = { .netns = FUZZ_NETNS, .family = family, .flow = &flow,
				    .at_ns = UINT64_MAX };
	struct rp_model_loser losers[RP_MODEL_LOSERS];
	struct rp_model_answer a;

	rp_addr_parse(&flow.dst, family, dst);
	rp_model_lookup(m, &q, &a);
	FUZZ_MUST(a.word != RP_MODEL_FOUND ||
		  rp_addr_covers(&a.route.dst, a.route.dst_len, &flow.dst));
	rp_model_losers(m, &q, &a, losers);
}

int rp_fuzz_one(const uint8_t *data, size_t size)
{
	FILE *file = size ? fmemopen((void *)data, size, "r") : NULL;
	struct rp_model model;
	const struct rp_fib_visitor visitor = {
		.route = fuzz_route, .rule = fuzz_rule, .link = fuzz_link,
		.setting = fuzz_setting, .ctx = &model,
	};
	struct rp_fib fib;

	if (!file)
		return 0;
	rp_fib_init(&fib);
	rp_model_init(&model, &fib);
	model.snapshot = true;
	rp_fib_read(&fib, file);
	fib.visitor = &visitor;
	rp_fib_read(&fib, file);
	fib.visitor = NULL;
	rp_fib_netns(&fib, FUZZ_NETNS);
	rp_fib_link(&fib, FUZZ_NETNS, 7);
	rp_fib_table(&fib, 100);
	fuzz_ask(&model, AF_INET, "203.0.113.1");
	fuzz_ask(&model, AF_INET6, "2001:db8::1");
	rp_model_exit(&model);
	rp_fib_exit(&fib);
	fclose(file);
	return 0;
}
