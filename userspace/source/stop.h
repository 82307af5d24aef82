/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_SOURCE_STOP_H
#define RP_SOURCE_STOP_H

#include <stdbool.h>
#include <stdint.h>

/* SIGINT, SIGTERM and SIGHUP end the work in good order. */
void rp_stop_init(void);
/* The signal that came first, 0: none did */
int rp_stop_signal(void);
/* SIGUSR1 asks for a dump, until it is taken note of. */
void rp_stop_init_dump(void);
bool rp_stop_dump_wanted(void);
/* Sleeps longer the longer nothing happened; @idle false starts over. */
void rp_stop_sleep(bool idle);
/*
 * The same for who wants many records at a look and none of them soon: sleeps until
 * @wanted are likely to be there; not at all when @found was more.
 */
void rp_stop_pace(uint64_t found, uint64_t wanted);

#endif
