/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Rate limits: count every event, report at most one a period; and an allowance of
 * work for each second.
 */
#ifndef _KSRTP_RATELIMIT_H
#define _KSRTP_RATELIMIT_H

#include <linux/atomic.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>

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

/**
 * struct ksrtp_allowance - work that may be done so often in a second
 * @second: the second that @spent is for
 * @spent: how often it was asked for in that second
 */
struct ksrtp_allowance {
	u32 second;
	atomic_t spent;
};

/**
 * ksrtp_allowance_spend() - is there anything left of an allowance?
 * @allowance: the allowance
 * @most: how often the work may be done in a second
 *
 * Context: any.
 * Return: true if the work may be done.
 */
static inline bool ksrtp_allowance_spend(struct ksrtp_allowance *allowance,
					 int most)
{
	u32 second = ktime_get_seconds();
	u32 old = READ_ONCE(allowance->second);

	if (old != second && cmpxchg(&allowance->second, old, second) == old)
		atomic_set(&allowance->spent, 0);
	return atomic_inc_return(&allowance->spent) <= most;
}

#endif /* _KSRTP_RATELIMIT_H */
