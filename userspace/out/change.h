/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_OUT_CHANGE_H
#define RP_OUT_CHANGE_H

#include <stdint.h>

struct rp_buf;
struct rp_past;
struct rp_print;
struct rp_record;

/* "comm" and "pid", or "context" */
void rp_json_who(struct rp_buf *b, const struct rp_record *rec);
/* A time of both clocks */
void rp_json_time(struct rp_print *p, struct rp_buf *b, const char *monotonic,
		  const char *realtime, uint64_t time_ns);
/* What changed, who did it and when, inside an object */
void rp_json_change(struct rp_print *p, struct rp_buf *b, uint32_t netns,
		    const struct rp_past *past);

#endif
