// SPDX-License-Identifier: GPL-2.0
/* Why a route was not taken. */
#include "lib/util.h"
#include "words/format.h"
#include "words/lost.h"

static const struct {
	const char *name, *words;
} rp_losts[] = {
	[RP_LOST_SHORTER]	= { "prefix",	"shorter prefix" },
	[RP_LOST_METRIC]	= { "metric",	"higher metric" },
	[RP_LOST_TOS]		= { "tos",	NULL },
	[RP_LOST_SCOPE]		= { "scope",	"its scope is too wide for the flow" },
	[RP_LOST_DOWN]		= { "down",	"dead next hop" },
	[RP_LOST_DEV]		= { "dev",	"another device was asked for" },
	[RP_LOST_LATER]		= { "later",	"it came later" },
	[RP_LOST_FROM]		= { "from",	"for other sources" },
	[RP_LOST_PREF]		= { "pref",	"lower preference" },
	[RP_LOST_EXPIRED]	= { "expired",	"it is too old" },
};

const char *rp_lost_name(enum rp_model_lost by)
{
	return by < RP_ARRAY_SIZE(rp_losts) ? rp_losts[by].name : NULL;
}

const char *rp_format_lost(struct rp_text *t, const struct rp_model_loser *loser,
			   const struct rp_flow *flow)
{
	t->len = 0;
	t->text[0] = '\0';
	if (loser->by == RP_LOST_TOS)
		rp_format_add(t, "tos 0x%02x, flow has 0x%02x", loser->route.tos, flow->tos);
	else if (rp_lost_name(loser->by))
		rp_format_put(t, rp_losts[loser->by].words);
	return t->text;
}
