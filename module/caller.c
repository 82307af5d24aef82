// SPDX-License-Identifier: GPL-2.0
/*
 * Numbers for return addresses, so that a record holds no kernel address: who
 * may read the number need not be trusted with the address, and a recording
 * can be read elsewhere.  A table that only grows needs no lock: a slot goes
 * from 0 to an address once, by cmpxchg(), and its index is the number.
 */
#include <linux/atomic.h>
#include <linux/hash.h>
#include <linux/kprobes.h>
#include <linux/log2.h>

#include "caller.h"

#define RP_CALLER_TRIES	16	/* bounds the search when the table fills up */

static unsigned long rp_callers[RP_CALLERS];

/**
 * rp_caller_id() - the number of a return address
 * @addr: not 0
 *
 * Return: 1 to RP_CALLERS, or 0 when no slot near its place is free.
 */
u32 rp_caller_id(unsigned long addr)
{
	u32 slot = hash_long(addr, ilog2(RP_CALLERS));
	int try;

	for (try = 0; try < RP_CALLER_TRIES; try++, slot = (slot + 1) % RP_CALLERS) {
		unsigned long seen = READ_ONCE(rp_callers[slot]);

		if (!seen)
			seen = cmpxchg(&rp_callers[slot], 0, addr) ?: addr;
		if (seen == addr)
			return slot + 1;
	}
	return 0;
}
NOKPROBE_SYMBOL(rp_caller_id);

/* The address of number @id from 1 to RP_CALLERS, 0: not given away yet. */
unsigned long rp_caller_addr(u32 id)
{
	return READ_ONCE(rp_callers[id - 1]);
}
