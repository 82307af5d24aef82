// SPDX-License-Identifier: GPL-2.0
/*
 * Names of what rp_record.err holds: errnos, and drop reasons, whose numbers are
 * others on the next kernel.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "compat.h"
#include "error.h"

#define RP_ERROR(name)	\
	[E##name] = "E" #name

/* The kernel has such a table too, if it was configured to, and not for modules. */
static const char *const rp_error_names[] = {
	RP_ERROR(PERM), RP_ERROR(NOENT), RP_ERROR(SRCH), RP_ERROR(INTR), RP_ERROR(IO),
	RP_ERROR(NXIO), RP_ERROR(2BIG), RP_ERROR(NOEXEC), RP_ERROR(BADF), RP_ERROR(CHILD),
	RP_ERROR(AGAIN), RP_ERROR(NOMEM), RP_ERROR(ACCES), RP_ERROR(FAULT), RP_ERROR(NOTBLK),
	RP_ERROR(BUSY), RP_ERROR(EXIST), RP_ERROR(XDEV), RP_ERROR(NODEV), RP_ERROR(NOTDIR),
	RP_ERROR(ISDIR), RP_ERROR(INVAL), RP_ERROR(NFILE), RP_ERROR(MFILE), RP_ERROR(NOTTY),
	RP_ERROR(TXTBSY), RP_ERROR(FBIG), RP_ERROR(NOSPC), RP_ERROR(SPIPE), RP_ERROR(ROFS),
	RP_ERROR(MLINK), RP_ERROR(PIPE), RP_ERROR(DOM), RP_ERROR(RANGE), RP_ERROR(DEADLK),
	RP_ERROR(NAMETOOLONG), RP_ERROR(NOLCK), RP_ERROR(NOSYS), RP_ERROR(NOTEMPTY),
	RP_ERROR(LOOP), RP_ERROR(NOMSG), RP_ERROR(IDRM), RP_ERROR(CHRNG), RP_ERROR(L2NSYNC),
	RP_ERROR(L3HLT), RP_ERROR(L3RST), RP_ERROR(LNRNG), RP_ERROR(UNATCH), RP_ERROR(NOCSI),
	RP_ERROR(L2HLT), RP_ERROR(BADE), RP_ERROR(BADR), RP_ERROR(XFULL), RP_ERROR(NOANO),
	RP_ERROR(BADRQC), RP_ERROR(BADSLT), RP_ERROR(BFONT), RP_ERROR(NOSTR), RP_ERROR(NODATA),
	RP_ERROR(TIME), RP_ERROR(NOSR), RP_ERROR(NONET), RP_ERROR(NOPKG), RP_ERROR(REMOTE),
	RP_ERROR(NOLINK), RP_ERROR(ADV), RP_ERROR(SRMNT), RP_ERROR(COMM), RP_ERROR(PROTO),
	RP_ERROR(MULTIHOP), RP_ERROR(DOTDOT), RP_ERROR(BADMSG), RP_ERROR(OVERFLOW),
	RP_ERROR(NOTUNIQ), RP_ERROR(BADFD), RP_ERROR(REMCHG), RP_ERROR(LIBACC), RP_ERROR(LIBBAD),
	RP_ERROR(LIBSCN), RP_ERROR(LIBMAX), RP_ERROR(LIBEXEC), RP_ERROR(ILSEQ), RP_ERROR(RESTART),
	RP_ERROR(STRPIPE), RP_ERROR(USERS), RP_ERROR(NOTSOCK), RP_ERROR(DESTADDRREQ),
	RP_ERROR(MSGSIZE), RP_ERROR(PROTOTYPE), RP_ERROR(NOPROTOOPT), RP_ERROR(PROTONOSUPPORT),
	RP_ERROR(SOCKTNOSUPPORT), RP_ERROR(OPNOTSUPP), RP_ERROR(PFNOSUPPORT),
	RP_ERROR(AFNOSUPPORT), RP_ERROR(ADDRINUSE), RP_ERROR(ADDRNOTAVAIL), RP_ERROR(NETDOWN),
	RP_ERROR(NETUNREACH), RP_ERROR(NETRESET), RP_ERROR(CONNABORTED), RP_ERROR(CONNRESET),
	RP_ERROR(NOBUFS), RP_ERROR(ISCONN), RP_ERROR(NOTCONN), RP_ERROR(SHUTDOWN),
	RP_ERROR(TOOMANYREFS), RP_ERROR(TIMEDOUT), RP_ERROR(CONNREFUSED), RP_ERROR(HOSTDOWN),
	RP_ERROR(HOSTUNREACH), RP_ERROR(ALREADY), RP_ERROR(INPROGRESS), RP_ERROR(STALE),
	RP_ERROR(UCLEAN), RP_ERROR(NOTNAM), RP_ERROR(NAVAIL), RP_ERROR(ISNAM), RP_ERROR(REMOTEIO),
	RP_ERROR(DQUOT), RP_ERROR(NOMEDIUM), RP_ERROR(MEDIUMTYPE), RP_ERROR(CANCELED),
	RP_ERROR(NOKEY), RP_ERROR(KEYEXPIRED), RP_ERROR(KEYREVOKED), RP_ERROR(KEYREJECTED),
	RP_ERROR(OWNERDEAD), RP_ERROR(NOTRECOVERABLE), RP_ERROR(RFKILL), RP_ERROR(HWPOISON),
};

#define RP_ERROR_REASON(name)	\
	[SKB_DROP_REASON_##name] = #name,

static const char *const rp_error_reason_names[] = {
	[0] = NULL,	/* not dropped; all there is where there are no reasons */
	RP_COMPAT_REASONS(RP_ERROR_REASON)
};

unsigned int rp_error_reasons(void)
{
	return ARRAY_SIZE(rp_error_reason_names);
}

/* NULL: it has none, being of a part of the kernel that keeps its own. */
const char *rp_error_reason(unsigned int reason)
{
	return reason < ARRAY_SIZE(rp_error_reason_names) ? rp_error_reason_names[reason] : NULL;
}

const char *rp_error_name(s32 err)
{
	unsigned int number = -(u32)err;

	if (err > 0)
		return rp_error_reason(err);
	return number < ARRAY_SIZE(rp_error_names) ? rp_error_names[number] : NULL;
}

static unsigned int rp_error_find(const char *const *names, unsigned int count, const char *name)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		if (names[i] && !strcasecmp(names[i], name))
			return i;
	return 0;
}

/* As rp_record.err has it. */
bool rp_error_number(const char *name, s32 *err)
{
	*err = -rp_error_find(rp_error_names, ARRAY_SIZE(rp_error_names), name) ?:
		rp_error_find(rp_error_reason_names, ARRAY_SIZE(rp_error_reason_names), name);
	return *err;
}
