// SPDX-License-Identifier: GPL-2.0
/*
 * Decisions as packets, in the form of draft-ietf-opsawg-pcapng: of each the headers that
 * its flow tells, never what a program sent, and the story as the packet's comment.  An
 * interface is a network namespace.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/ip_icmp.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <string.h>

#include <routeprobe.h>
#include <routeprobe_version.h>

#include "fib/names.h"
#include "lib/names.h"
#include "out/pcapng.h"
#include "out/why_words.h"
#include "source/source.h"
#include "story/decision.h"
#include "story/story.h"
#include "why/why.h"
#include "words/format.h"

#define RP_PCAPNG_SECTION	0x0a0d0d0aU
#define RP_PCAPNG_MAGIC		0x1a2b3c4dU	/* in the byte order of who wrote it */
#define RP_PCAPNG_INTERFACE	1U
#define RP_PCAPNG_PACKET	6U
#define RP_PCAPNG_RAW		101	/* LINKTYPE_RAW: the version says which IP */

#define RP_PCAPNG_COMMENT	1	/* options of any block, */
#define RP_PCAPNG_FLAGS		2	/* of a packet, */
#define RP_PCAPNG_NAME		2	/* of an interface, */
#define RP_PCAPNG_TSRESOL	9
#define RP_PCAPNG_USERAPPL	4	/* and of a section */

#define RP_PCAPNG_INBOUND	1
#define RP_PCAPNG_OUTBOUND	2
#define RP_PCAPNG_NETNS_MAX	(1 << 16)	/* interfaces; others share the last */
#define RP_PCAPNG_KEY		48
#define RP_PCAPNG_TTL		64	/* what the kernel would set, as nothing is known */

struct rp_pcapng_netns {
	const char *key;		/* its inode, and how long it was the namespace's */
	bool told;
	uint32_t number;
};

/* ---- blocks ---- */

static void rp_pcapng_u16(struct rp_buf *b, uint16_t value)
{
	rp_buf_put(b, (const char *)&value, sizeof(value));
}

static void rp_pcapng_u32(struct rp_buf *b, uint32_t value)
{
	rp_buf_put(b, (const char *)&value, sizeof(value));
}

static void rp_pcapng_data(struct rp_buf *b, const void *data, size_t len)
{
	rp_buf_put(b, data, len);
	rp_buf_put(b, "\0\0\0", -len & 3);
}

static void rp_pcapng_option(struct rp_buf *b, uint16_t code, const void *data, size_t len)
{
	rp_pcapng_u16(b, code);
	rp_pcapng_u16(b, len);
	rp_pcapng_data(b, data, len);
}

static void rp_pcapng_open(struct rp_buf *b, uint32_t type)
{
	b->len = 0;
	rp_pcapng_u32(b, type);
	rp_pcapng_u32(b, 0);
}

/* The length stands at both ends. */
static void rp_pcapng_close(struct rp_buf *b, FILE *out)
{
	uint32_t len;

	rp_pcapng_u32(b, 0);	/* no more options */
	len = b->len + sizeof(len);
	rp_pcapng_u32(b, len);
	memcpy(b->data + sizeof(uint32_t), &len, sizeof(len));
	rp_buf_flush(b, out);
}

static void rp_pcapng_section(FILE *out)
{
	static const char us[] = "routeprobe " ROUTEPROBE_VERSION;
	struct rp_buf b = { .len = 0 };

	rp_pcapng_open(&b, RP_PCAPNG_SECTION);
	rp_pcapng_u32(&b, RP_PCAPNG_MAGIC);
	rp_pcapng_u16(&b, 1);			/* version 1.0 */
	rp_pcapng_u16(&b, 0);
	rp_pcapng_u32(&b, UINT32_MAX);		/* how long the section is: */
	rp_pcapng_u32(&b, UINT32_MAX);		/* nobody knows yet */
	rp_pcapng_option(&b, RP_PCAPNG_USERAPPL, us, sizeof(us) - 1);
	rp_pcapng_close(&b, out);
	rp_buf_exit(&b);
}

/* ---- interfaces ---- */

static void rp_pcapng_interface(struct rp_pcapng *p, const char *name)
{
	static const uint8_t nanoseconds = 9;

	rp_pcapng_open(&p->block, RP_PCAPNG_INTERFACE);
	rp_pcapng_u16(&p->block, RP_PCAPNG_RAW);
	rp_pcapng_u16(&p->block, 0);
	rp_pcapng_u32(&p->block, 0);		/* packets of any length */
	rp_pcapng_option(&p->block, RP_PCAPNG_NAME, name, strlen(name));
	rp_pcapng_option(&p->block, RP_PCAPNG_TSRESOL, &nanoseconds, 1);
	rp_pcapng_close(&p->block, p->out);
}

static uint32_t rp_pcapng_number(struct rp_pcapng *p, uint32_t netns)
{
	struct rp_fib *fib = &p->why->reading.fib;
	struct rp_pcapng_netns *entry;
	char key[RP_PCAPNG_KEY];
	struct rp_text name;

	snprintf(key, sizeof(key), "%u %llu", netns,
		 (unsigned long long)rp_fib_life(fib, netns).until_ns);
	entry = rp_tally_get(&p->netns, key);
	if (!entry)
		return p->netns.count - 1;
	if (!entry->told) {
		entry->told = true;
		entry->number = p->netns.count - 1;
		rp_pcapng_interface(p, rp_format_netns(&name, fib, netns));
	}
	return entry->number;
}

/* ---- packets ---- */

static size_t rp_pcapng_transport(char *to, const struct rp_flow *flow)
{
	const uint8_t *icmp = (const uint8_t *)&flow->dport;
	struct tcphdr tcp = { .source = flow->sport, .dest = flow->dport, .doff = 5, .syn = 1 };
	struct udphdr udp = { .source = flow->sport, .dest = flow->dport, .len = htons(8) };

	switch (flow->proto) {
	case IPPROTO_TCP:
		memcpy(to, &tcp, sizeof(tcp));
		return sizeof(tcp);
	case IPPROTO_UDP:
		memcpy(to, &udp, sizeof(udp));
		return sizeof(udp);
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		memset(to, 0, sizeof(struct icmphdr));
		memcpy(to, icmp, 2);	/* type and code */
		return sizeof(struct icmphdr);
	default:
		return 0;
	}
}

static uint16_t rp_pcapng_checksum(const void *header, size_t len)
{
	const uint16_t *word = header;
	uint32_t sum = 0;

	for (; len; len -= sizeof(*word))
		sum += *word++;
	sum = (sum >> 16) + (sum & 0xffff);
	return ~(sum + (sum >> 16));
}

/* An unknown protocol is none that follows. */
static uint8_t rp_pcapng_proto(const struct rp_flow *flow)
{
	return flow->proto ? flow->proto : IPPROTO_NONE;
}

static size_t rp_pcapng_ipv4(char *to, const struct rp_flow *flow, const union rp_addr *src)
{
	struct iphdr ip = {
		.version = 4, .ihl = 5, .tos = flow->tos, .ttl = RP_PCAPNG_TTL,
		.protocol = rp_pcapng_proto(flow), .saddr = src->v4, .daddr = flow->dst.v4,
	};
	size_t len = sizeof(ip) + rp_pcapng_transport(to + sizeof(ip), flow);

	ip.tot_len = htons(len);
	ip.check = rp_pcapng_checksum(&ip, sizeof(ip));
	memcpy(to, &ip, sizeof(ip));
	return len;
}

static size_t rp_pcapng_ipv6(char *to, const struct rp_flow *flow, const union rp_addr *src)
{
	size_t len = rp_pcapng_transport(to + sizeof(struct ip6_hdr), flow);
	struct ip6_hdr ip6 = {
		.ip6_flow = htonl(6U << 28 | (uint32_t)flow->tos << 20) | flow->label,
		.ip6_plen = htons(len), .ip6_nxt = rp_pcapng_proto(flow),
		.ip6_hlim = RP_PCAPNG_TTL,
	};

	memcpy(&ip6.ip6_src, src->b, sizeof(ip6.ip6_src));
	memcpy(&ip6.ip6_dst, flow->dst.b, sizeof(ip6.ip6_dst));
	memcpy(to, &ip6, sizeof(ip6));
	return sizeof(ip6) + len;
}

static size_t rp_pcapng_packet(char *to, const struct rp_decision *d)
{
	const union rp_addr *src = &d->flow->src;

	if (d->rtable && !src->w[0] && !src->w[1])
		src = &d->rtable->prefsrc;
	return d->rec->family == AF_INET6 ? rp_pcapng_ipv6(to, d->flow, src) :
					    rp_pcapng_ipv4(to, d->flow, src);
}

/* ---- the story ---- */

static void rp_pcapng_comment(struct rp_pcapng *p, const struct rp_decision *d)
{
	struct rp_source *src = &p->why->reading.src;
	struct rp_fib *fib = &p->why->reading.fib;
	struct rp_buf *b = &p->comment;
	struct rp_name name;
	struct rp_text text;

	b->len = 0;
	rp_buf_text(b, rp_names_kind(rp_decision_kind(d->rec), &name));
	rp_buf_char(b, ' ');
	rp_buf_text(b, rp_names_error(d->rec->err, rp_source_reason(src, d->rec->err), &name));
	rp_buf_text(b, " for ");
	rp_buf_text(b, rp_format_owner(&text, d->rec));
	rp_buf_text(b, " from ");
	rp_buf_text(b, rp_source_caller(src, d->rec->caller));
	if (d->rule) {
		rp_buf_text(b, "\nrule ");
		rp_buf_text(b, rp_format_rule(&text, fib, &d->rule->rule));
	}
	if (d->table) {
		rp_buf_text(b, "\ntable ");
		rp_buf_text(b, rp_format_table(&text, fib, d->table));
	}
	if (d->route) {
		rp_buf_text(b, "\nroute ");
		rp_buf_text(b, rp_format_route(&text, fib, d->netns, d->rec->family, d->route));
	}
}

/* The packet before: nothing more will be said of it. */
static void rp_pcapng_flush(struct rp_pcapng *p)
{
	uint32_t flags = p->direction;

	if (!p->block.len)
		return;
	rp_pcapng_option(&p->block, RP_PCAPNG_COMMENT, p->comment.data, p->comment.len);
	rp_pcapng_option(&p->block, RP_PCAPNG_FLAGS, &flags, sizeof(flags));
	rp_pcapng_close(&p->block, p->out);
}

void rp_pcapng_story(void *pcapng, const struct rp_decision *d)
{
	char packet[sizeof(struct ip6_hdr) + sizeof(struct tcphdr)];
	struct rp_pcapng *p = pcapng;
	uint64_t time_ns;
	uint32_t number;
	size_t len;

	if (!d->flow || !rp_story_is_decision(d->rec))
		return;
	rp_pcapng_flush(p);
	number = rp_pcapng_number(p, d->netns);
	time_ns = rp_session_realtime(&p->why->reading.src.session, d->rec->time_ns);
	len = rp_pcapng_packet(packet, d);
	rp_pcapng_open(&p->block, RP_PCAPNG_PACKET);
	rp_pcapng_u32(&p->block, number);
	rp_pcapng_u32(&p->block, time_ns >> 32);
	rp_pcapng_u32(&p->block, time_ns);
	rp_pcapng_u32(&p->block, len);		/* what is here, */
	rp_pcapng_u32(&p->block, len);		/* and what there was */
	rp_pcapng_data(&p->block, packet, len);
	p->direction = rp_decision_kind(d->rec) == RP_KIND_INPUT ? RP_PCAPNG_INBOUND :
								    RP_PCAPNG_OUTBOUND;
	rp_pcapng_comment(p, d);
}

void rp_pcapng_failure(void *pcapng, const struct rp_why_group *group,
		       const struct rp_decision *d)
{
	char summary[RP_WHY_SUMMARY_LEN];
	struct rp_pcapng *p = pcapng;

	if (!p->block.len || !d->flow)
		return;
	rp_why_format_summary(summary, p->why, group);
	rp_buf_char(&p->comment, '\n');
	rp_buf_text(&p->comment, summary);
}

void rp_pcapng_begin(void *pcapng, struct rp_why *why, FILE *out)
{
	struct rp_pcapng *p = pcapng;

	*p = (struct rp_pcapng) { .why = why, .out = out };
	rp_tally_init(&p->netns, sizeof(struct rp_pcapng_netns));
	p->netns.max = RP_PCAPNG_NETNS_MAX;
	rp_pcapng_section(out);
}

void rp_pcapng_finish(void *pcapng)
{
	struct rp_pcapng *p = pcapng;

	rp_pcapng_flush(p);
}

void rp_pcapng_end(void *pcapng)
{
	struct rp_pcapng *p = pcapng;

	rp_buf_exit(&p->block);
	rp_buf_exit(&p->comment);
	rp_tally_exit(&p->netns, NULL);
}
