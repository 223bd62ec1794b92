/* SPDX-License-Identifier: GPL-2.0 */
/* Rate limit: count every event, report at most one a period. */
#ifndef _KSRTP_RATELIMIT_H
#define _KSRTP_RATELIMIT_H

#include <linux/atomic.h>
#include <linux/jiffies.h>

/**
 * struct ksrtp_ratelimit - an event that may happen often
 * @untold: number of events since the last report
 * @told: time of the last report, in jiffies
 */
struct ksrtp_ratelimit {
	atomic_t untold;
	u32 told;
};

/* Time between two reports. */
#define KSRTP_RATELIMIT_QUIET	HZ

/**
 * ksrtp_ratelimit_tell() - count an event, and decide whether to report it
 * @limit: the event
 *
 * Context: any.
 * Return: number of events since the last report, or 0 not to report now.
 */
static inline u32 ksrtp_ratelimit_tell(struct ksrtp_ratelimit *limit)
{
	u32 told = READ_ONCE(limit->told);
	u32 now = jiffies;

	atomic_inc(&limit->untold);
	/* when jiffies wrap around, a first event may have to wait as well */
	if (now - told < KSRTP_RATELIMIT_QUIET)
		return 0;
	/* of concurrent events, one is reported */
	if (cmpxchg(&limit->told, told, now) != told)
		return 0;
	return atomic_xchg(&limit->untold, 0);
}

#endif /* _KSRTP_RATELIMIT_H */
