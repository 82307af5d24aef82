// SPDX-License-Identifier: GPL-2.0
/* Why a rule was passed over, in the words of `ip rule`. */
#include <arpa/inet.h>

#include "fib/names.h"
#include "lib/addr.h"
#include "lib/names.h"
#include "lib/util.h"
#include "words/format.h"
#include "words/selector.h"

const char *rp_selector_name(enum rp_model_selector selector)
{
	static const char *const names[] = {
		[RP_MODEL_IIF]		= "iif",
		[RP_MODEL_OIF]		= "oif",
		[RP_MODEL_MARK]		= "fwmark",
		[RP_MODEL_L3MDEV]	= "l3mdev",
		[RP_MODEL_UID]		= "uidrange",
		[RP_MODEL_FROM]		= "from",
		[RP_MODEL_TO]		= "to",
		[RP_MODEL_TOS]		= "tos",
		[RP_MODEL_PROTO]	= "ipproto",
		[RP_MODEL_SPORT]	= "sport",
		[RP_MODEL_DPORT]	= "dport",
		[RP_MODEL_NOT]		= "not",
	};

	return selector < RP_ARRAY_SIZE(names) ? names[selector] : NULL;
}

static void rp_selector_add_mark(struct rp_text *t, const struct rp_fib_rule *rule,
				 uint32_t mark)
{
	rp_format_add(t, "fwmark 0x%x", rule->mark);
	if (rule->mask != UINT32_MAX)
		rp_format_add(t, "/0x%x", rule->mask);
	rp_format_add(t, ", flow has ");
	if (mark)
		rp_format_add(t, "0x%x", mark);
	else
		rp_format_add(t, "none");
}

static void rp_selector_add_prefix(struct rp_text *t, unsigned int family,
				   enum rp_model_selector by, const union rp_addr *prefix,
				   unsigned int len, const union rp_addr *addr)
{
	const struct rp_route route = { .dst = *prefix, .dst_len = len };
	struct rp_text part;

	rp_format_add(t, "%s %s, ", rp_selector_name(by),
		      rp_format_prefix(&part, family, &route));
	rp_format_add(t, "flow has %s",
		      rp_addr_is_any(addr) ? "none" : rp_format_ip(&part, family, addr));
}

static void rp_selector_add_dev(struct rp_text *t, struct rp_fib *fib, uint32_t netns,
				enum rp_model_selector by, const char *wanted, uint32_t index)
{
	struct rp_text dev;

	rp_format_add(t, "%s %s, flow has %s", rp_selector_name(by), wanted,
		      index ? rp_format_dev(&dev, fib, netns, index, NULL) : "none");
}

static void rp_selector_add_range(struct rp_text *t, enum rp_model_selector by,
				  uint32_t start, uint32_t end, uint32_t value)
{
	rp_format_add(t, "%s %u", rp_selector_name(by), start);
	if (end != start)
		rp_format_add(t, "-%u", end);
	rp_format_add(t, ", flow has %u", value);
}

static void rp_selector_add_proto(struct rp_text *t, uint8_t wanted, uint8_t proto)
{
	struct rp_name name;

	rp_format_add(t, "ipproto %s, ", rp_names_ipproto(wanted, &name));
	rp_format_add(t, "flow has %s", proto ? rp_names_ipproto(proto, &name) : "none");
}

const char *rp_format_selector(struct rp_text *t, struct rp_fib *fib, uint32_t netns,
			       const struct rp_fib_rule *rule, enum rp_model_selector by,
			       const struct rp_flow *flow)
{
	t->len = 0;
	t->text[0] = '\0';
	switch (by) {
	case RP_MODEL_MARK:
		rp_selector_add_mark(t, rule, flow->mark);
		break;
	case RP_MODEL_FROM:
		rp_selector_add_prefix(t, rule->family, by, &rule->src, rule->src_len, &flow->src);
		break;
	case RP_MODEL_TO:
		rp_selector_add_prefix(t, rule->family, by, &rule->dst, rule->dst_len, &flow->dst);
		break;
	case RP_MODEL_IIF:
		rp_selector_add_dev(t, fib, netns, by, rule->iif, flow->iif);
		break;
	case RP_MODEL_OIF:
		rp_selector_add_dev(t, fib, netns, by, rule->oif, flow->oif);
		break;
	case RP_MODEL_UID:
		rp_selector_add_range(t, by, rule->uid_start, rule->uid_end, flow->uid);
		break;
	case RP_MODEL_SPORT:
		rp_selector_add_range(t, by, rule->sport_start, rule->sport_end,
				      ntohs(flow->sport));
		break;
	case RP_MODEL_DPORT:
		rp_selector_add_range(t, by, rule->dport_start, rule->dport_end,
				      ntohs(flow->dport));
		break;
	case RP_MODEL_TOS:
		rp_format_add(t, "tos 0x%02x, flow has 0x%02x", rule->tos, flow->tos);
		break;
	case RP_MODEL_PROTO:
		rp_selector_add_proto(t, rule->proto, flow->proto);
		break;
	case RP_MODEL_L3MDEV:
		rp_format_add(t, "l3mdev, flow is in no VRF");
		break;
	case RP_MODEL_NOT:
		rp_format_add(t, "not, and flow has it");
		break;
	case RP_MODEL_SOME:
		rp_format_add(t, "its selectors are not recorded");
		break;
	default:
		rp_format_add(t, "not known");
	}
	return t->text;
}
