/* SPDX-License-Identifier: GPL-2.0 */
/* Bursts: things that may happen often, counted always and told now and then. */
#ifndef _KSRTP_BURST_H
#define _KSRTP_BURST_H

#include <linux/atomic.h>
#include <linux/jiffies.h>

/**
 * struct ksrtp_burst - something that may happen often
 * @untold: how often it did since it was told
 * @told: when it was told, in jiffies
 */
struct ksrtp_burst {
	atomic_t untold;
	u32 told;
};

/* How long to keep quiet after telling. */
#define KSRTP_BURST_QUIET	HZ

/**
 * ksrtp_burst_tell() - count an event, and say whether to tell of it
 * @burst: what has happened
 *
 * Context: any.
 * Return: how often it has happened since it was told, or 0 to keep quiet.
 */
static inline u32 ksrtp_burst_tell(struct ksrtp_burst *burst)
{
	u32 told = READ_ONCE(burst->told);
	u32 now = jiffies;

	atomic_inc(&burst->untold);
	/* where jiffies begin anew, a first event may have to wait as well */
	if (now - told < KSRTP_BURST_QUIET)
		return 0;
	/* of those who come at once, one tells */
	if (cmpxchg(&burst->told, told, now) != told)
		return 0;
	return atomic_xchg(&burst->untold, 0);
}

#endif /* _KSRTP_BURST_H */
