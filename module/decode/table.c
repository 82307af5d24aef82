// SPDX-License-Identifier: GPL-2.0
/*
 * The probe table.  To add a probe: an id in include/uapi/routeprobe.h (append
 * only), a line in RP_TABLE(), and in a file of this folder a pair of functions and a row, as
 * decode.h has it.  Nothing else changes, the reader included.
 *
 * Rules for a row:
 *  - the symbol is a tracepoint or a whole function: never one with a suffix (.isra,
 *    .constprop, .part), whose arguments may be others than the source says;
 *  - the function has an RP_ASSERT_PROTO() or an RP_ASSERT_MEMBER() beside it, unless
 *    it is static and nothing public has its type, which is said there;
 *  - every probe may be missing on some kernel: use says what is lost then.
 */
#include "decode/decode.h"
#include "routeprobe_words.h"

#define RP_TABLE_GROUP(id, word)	\
	[RP_GROUP_##id] = (word),

const char *const rp_group_names[__RP_GROUP_MAX] = { RP_GROUPS(RP_TABLE_GROUP) };

const char *const rp_kind_names[__RP_KIND_MAX] = { RP_KIND_NAMES };

#define RP_TABLE_ENTRY(id, fn)		\
	[RP_PROBE_##id] = &rp_row_##fn,

const struct rp_row *const rp_rows[__RP_PROBE_MAX] = { RP_TABLE(RP_TABLE_ENTRY) };
