// SPDX-License-Identifier: GPL-2.0
/* Any words as a filter, over an empty decision. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fib/names.h"
#include "fuzz.h"
#include "lib/map.h"
#include "story/decision.h"
#include "story/filter.h"
#include "story/story.h"

int rp_fuzz_one(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1), *rest = text, *words[64];
	struct rp_node node = { .rec = { .kind = RP_KIND_OUTPUT } };
	struct rp_map reasons = { 0 };
	struct rp_decision d;
	struct rp_filter f;
	struct rp_fib fib;
	int n = 0;

	memcpy(text, data, size);
	text[size] = '\0';
	while (n < 64 && (words[n] = strsep(&rest, " \t")))
		n++;
	TAILQ_INIT(&node.inner);
	node.rec.has = RP_HAS_FLOW;
	rp_decision_make(&d, &node);
	rp_fib_init(&fib);
	rp_map_set(&reasons, 16, "IP_RPFILTER");
	if (!rp_filter_parse(&f, &reasons, n, words))
		rp_filter_match(&f, &d, &fib);
	rp_map_clear(&reasons);
	rp_fib_exit(&fib);
	free(text);
	return 0;
}
