/* SPDX-License-Identifier: GPL-2.0 */
/* Bursts: things that may happen often, counted always and told now and then. */
#ifndef _KSRTP_RATELIMIT_H
#define _KSRTP_RATELIMIT_H

#include <linux/atomic.h>
#include <linux/jiffies.h>

/**
 * struct ksrtp_ratelimit - something that may happen often
 * @untold: how often it did since it was told
 * @told: when it was told, in jiffies
 */
struct ksrtp_ratelimit {
	atomic_t untold;
	u32 told;
};

/* How long to keep quiet after telling. */
#define KSRTP_RATELIMIT_QUIET	HZ

/**
 * ksrtp_ratelimit_tell() - count an event, and say whether to tell of it
 * @limit: what has happened
 *
 * Context: any.
 * Return: how often it has happened since it was told, or 0 to keep quiet.
 */
static inline u32 ksrtp_ratelimit_tell(struct ksrtp_ratelimit *limit)
{
	u32 told = READ_ONCE(limit->told);
	u32 now = jiffies;

	atomic_inc(&limit->untold);
	/* where jiffies begin anew, a first event may have to wait as well */
	if (now - told < KSRTP_RATELIMIT_QUIET)
		return 0;
	/* of those who come at once, one tells */
	if (cmpxchg(&limit->told, told, now) != told)
		return 0;
	return atomic_xchg(&limit->untold, 0);
}

#endif /* _KSRTP_RATELIMIT_H */
