// SPDX-License-Identifier: GPL-2.0
/* Signals that end the work, and the pause between two looks at the rings. */
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

#include "lib/util.h"
#include "source/stop.h"

/*
 * The pause grows while nothing happens: 20 ms at most, in which even a busy
 * CPU does not fill its ring.
 */
#define RP_STOP_SLEEP_MIN_MS	1
#define RP_STOP_SLEEP_MAX_MS	20

static atomic_int rp_stop_received;
static atomic_bool rp_stop_dump;

static void rp_stop_handler(int sig)
{
	if (!rp_stop_received)
		rp_stop_received = sig;
}

static void rp_stop_dump_handler(int sig)
{
	(void)sig;
	rp_stop_dump = true;
}

static void rp_stop_on(int sig, void (*handler)(int sig))
{
	struct sigaction action;

	/*
	 * What nohup(1) ignores stays so.  A script ignores SIGINT for what it runs in the
	 * background, which is to end by it all the same.
	 */
	if (sig == SIGHUP && !sigaction(sig, NULL, &action) && action.sa_handler == SIG_IGN)
		return;
	memset(&action, 0, sizeof(action));
	action.sa_handler = handler;
	sigaction(sig, &action, NULL);
}

void rp_stop_init(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	size_t i;

	for (i = 0; i < RP_ARRAY_SIZE(signals); i++)
		rp_stop_on(signals[i], rp_stop_handler);
}

void rp_stop_init_dump(void)
{
	rp_stop_on(SIGUSR1, rp_stop_dump_handler);
}

bool rp_stop_dump_wanted(void)
{
	return atomic_exchange(&rp_stop_dump, false);
}

int rp_stop_signal(void)
{
	return rp_stop_received;
}

void rp_stop_sleep(bool idle)
{
	static int pause_ms;

	if (!idle) {
		pause_ms = 0;
		return;
	}
	pause_ms = pause_ms ? 2 * pause_ms : RP_STOP_SLEEP_MIN_MS;
	if (pause_ms > RP_STOP_SLEEP_MAX_MS)
		pause_ms = RP_STOP_SLEEP_MAX_MS;
	poll(NULL, 0, pause_ms);
}

#define RP_STOP_PACE_MIN_US	50U
#define RP_STOP_PACE_MAX_US	8000U	/* four fifths of a ring, at 1.6 million records a second */

void rp_stop_pace(uint64_t found, uint64_t wanted)
{
	static uint64_t pause_us = 1000;
	uint64_t next = found ? pause_us * wanted / found : UINT64_MAX;
	struct timespec pause = { 0 };

	if (next > 2 * pause_us)
		next = 2 * pause_us;
	if (next < RP_STOP_PACE_MIN_US)
		next = RP_STOP_PACE_MIN_US;
	pause_us = next < RP_STOP_PACE_MAX_US ? next : RP_STOP_PACE_MAX_US;
	if (found > wanted)
		return;
	pause.tv_nsec = 1000 * pause_us;
	nanosleep(&pause, NULL);
}
