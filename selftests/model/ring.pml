/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The memory order of module/ring.c, for spin: one ring, its writer and one
 * reader, on a machine that orders nothing but what W1..W4 and R1..R4 ask for.
 * The script beside this file runs it, as it is and with one thing at a time
 * taken out.
 *
 * What is modelled is not a machine, but which stores a load may see.  The writer
 * reads nothing that others write, so its stores are the same whatever happens.
 * Readers write nothing that others read, so one stands for any number.  Hence
 * the writer goes first, and logs its stores in program order; then the reader
 * runs, and each of its loads sees *any* store to its location in that log, be it
 * long overwritten or from the far future, unless it is older than one that must
 * be seen.  Those are:
 *
 *   - What a store implies.  Who sees it must see nothing more; when it is a
 *     release, all stores before it; when an smp_wmb() came before it, all stores
 *     before that.  This binds the loads after an acquire that saw the store, and
 *     those after an smp_rmb() when any load before that saw it.
 *   - What the same location has shown to an earlier READ_ONCE() or
 *     smp_load_acquire().  Not so for R3, which is a plain copy.
 *
 * The kernel's memory model promises that much, and more; so whatever holds here
 * holds there.  There are no other orders here: neither dependencies, nor that of
 * the writer's stores among each other, nor that of the loads of a copy.
 *
 * A record is two words, and both hold its number when it is whole: each byte of
 * a real one is like either of them.  Left out are resizing, which no writer and
 * no reader ever meets, and counters read in halves (compat.h wants 64 bits).
 */
#ifndef SLOTS
#define SLOTS	2
#endif
#define RECORDS	(2 * SLOTS + 1)		/* twice round, and one more */

/* What ring.c has, and can be taken out here by -DNAME=0. */
#ifndef WMB
#define WMB	1
#endif
#ifndef RMB
#define RMB	1
#endif
#ifndef W1
#define W1	1
#endif
#ifndef W4_RELEASE
#define W4_RELEASE 1
#endif
#ifndef R1_ACQUIRE
#define R1_ACQUIRE 1
#endif
#ifndef R4
#define R4	1
#endif
/* What ring.c does without. */
#ifndef W3_RELEASE
#define W3_RELEASE 0
#endif
#ifndef R2_ACQUIRE
#define R2_ACQUIRE 0
#endif

/* As many as rp_ring_oldest() believes to be there. */
#ifndef HELD
#define HELD	SLOTS
#endif
#define OLDEST(next)	((next) > HELD -> (next) - HELD : 1)

/* Locations */
#define NEXT		0
#define SLOT(seq)	((seq) % SLOTS)
#define SEQ(seq)	(1 + SLOT(seq))
#define A(seq)		(1 + SLOTS + SLOT(seq))
#define B(seq)		(1 + 2 * SLOTS + SLOT(seq))
#define LOCATIONS	(1 + 3 * SLOTS)

/* The log.  It begins with one store to each location: what was there before. */
#define STORES		(LOCATIONS + 7 * RECORDS)
byte location[STORES];
byte value[STORES];
byte writer[STORES];	/* for which record; 0: there before */
byte implies[STORES];	/* all up to this one: must be seen by who sees it */
byte stores;
byte fenced;		/* the last one before the last smp_wmb() */

inline store(loc, val, record, release)
{
	location[stores] = loc;
	value[stores] = val;
	writer[stores] = record;
	implies[stores] = (release -> stores : fenced);
	stores++
}

inline smp_wmb()
{
	fenced = stores - 1
}

inline write_all()
{
	store(NEXT, 1, 0, 0);
	for (i : 1 .. LOCATIONS - 1) {
		store(i, 0, 0, 0)
	}
	known = stores - 1;			/* by all readers */
	fenced = known;
	for (i : 1 .. RECORDS) {
		if
		:: W1	-> store(SEQ(i), 0, i, 0)
		:: else
		fi;
		if
		:: WMB	-> smp_wmb()
		:: else
		fi;
		store(A(i), 0, i, 0);			/* W2: memset() */
		store(B(i), 0, i, 0);
		store(A(i), i, i, 0);
		store(B(i), i, i, 0);
		store(SEQ(i), i, i, W3_RELEASE);	/* W3 */
		store(NEXT, i + 1, i, W4_RELEASE)	/* W4 */
	}
}

/* What the reader's coming loads must see, */
byte known;		/* all stores up to this one */
byte heard;		/* these too, once there is an smp_rmb() */
byte seen[LOCATIONS];	/* and, of one location, this or a newer one */

/*
 * Goes through the log and leaves in at the store that a load of loc sees.  What
 * must be seen cannot be passed over, so nothing older is left.
 */
inline choose(loc)
{
	for (i : 0 .. stores - 1) {
		if
		:: location[i] == loc -> at = i
		:: location[i] != loc || (i > known && i > seen[loc])
		fi
	}
	i = 0;
	heard = (implies[at] > heard -> implies[at] : heard)
}

inline load(loc, acquire)
{
	choose(loc);
	seen[loc] = at;
	if
	:: acquire && implies[at] > known -> known = implies[at]
	:: else
	fi
}

inline copy(to, loc)
{
	choose(loc);
	to = value[at]
}

inline smp_rmb()
{
	known = (heard > known -> heard : known)
}

byte i, at;
byte seq = 1;		/* the record wanted next */
byte read, lost;

/* Nothing is lost but what has been overwritten. */
inline lose(overwritten)
{
	assert(overwritten);
	lost++;
	seq++
}

/*
 * rp_ring_find(), and what rp_ring_read() and rp_ring_peek() do with it.  A reader
 * that finds nothing may come again, or not.
 */
active proctype reader()
{
	byte next, a, b;

	d_step { write_all() };
find:
	atomic { load(NEXT, R1_ACQUIRE); next = value[at]; at = 0 };	/* R1 */
	do
	:: seq < OLDEST(next) -> lose(next > seq + SLOTS)
	:: else -> break
	od;
	if
	:: seq >= next -> next = 0; goto find
	:: seq >= next -> goto end
	:: else
	fi;
	next = 0;

	atomic { load(SEQ(seq), R2_ACQUIRE) };				/* R2 */
	if
	:: value[at] != seq -> lose(writer[at] > seq); at = 0; goto find
	:: else -> at = 0
	fi;
	atomic { copy(a, A(seq)); copy(b, B(seq)); at = 0 };		/* R3 */
	if
	:: RMB -> smp_rmb()
	:: else
	fi;
	atomic { load(SEQ(seq), 0) };					/* R4 */
	if
	:: R4 && value[at] != seq -> skip
	:: else -> assert(a == seq && b == seq); read++; seq++
	fi;
	a = 0; b = 0; at = 0;
	goto find;
end:
	assert(read + lost == seq - 1)
}
