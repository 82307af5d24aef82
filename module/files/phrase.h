/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _RP_PHRASE_H
#define _RP_PHRASE_H

#include <linux/types.h>

struct rp_record;
struct seq_file;
union rp_addr;

/* Names by number; some may be missing. */
struct rp_names {
	const char *const *text;
	unsigned int count;
};

#define RP_NAMES(...) {									\
	.text	= (const char *const []){ __VA_ARGS__ },				\
	.count	= sizeof((const char *const []){ __VA_ARGS__ }) / sizeof(char *),	\
}

/* NULL: there is none. */
const char *rp_phrase_find(const struct rp_names *names, u32 value);
/* A blank, @word, and the name, or the number if it has none */
void rp_phrase_name(struct seq_file *m, const char *word, const struct rp_names *names, u32 value);
/* A blank and the name of each bit that has one */
void rp_phrase_flags(struct seq_file *m, const struct rp_names *names, u32 flags);

bool rp_phrase_is_zero(const union rp_addr *addr);
void rp_phrase_addr(struct seq_file *m, u8 family, const void *addr);

/*
 * Parts of a record, each with a blank before it, and without what goes without saying:
 *
 * flow		udp 10.0.0.1:5000 > 198.51.100.1:53 oif 3
 * rule		rule 1000 lookup 100; one that comes or goes with its selectors
 * route	default via 10.0.0.254 dev eth0 table main proto dhcp
 * dev		dev eth0
 * hop		via 10.0.0.254 dev eth0
 * nexthop	id 10 via 10.0.0.254 dev eth0
 * address	10.0.0.1/24 dev eth0
 */
void rp_phrase_flow(struct seq_file *m, const struct rp_record *rec);
void rp_phrase_rule(struct seq_file *m, const struct rp_record *rec);
void rp_phrase_passed(struct seq_file *m, const struct rp_record *rec);
void rp_phrase_route(struct seq_file *m, const struct rp_record *rec);
void rp_phrase_dev(struct seq_file *m, const struct rp_record *rec);
void rp_phrase_hop(struct seq_file *m, const struct rp_record *rec);
void rp_phrase_nexthop(struct seq_file *m, const struct rp_record *rec);
void rp_phrase_setting(struct seq_file *m, const struct rp_record *rec);
void rp_phrase_address(struct seq_file *m, const struct rp_record *rec);

#endif
