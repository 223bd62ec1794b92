/* SPDX-License-Identifier: GPL-2.0 */
/* Bursts: things that may happen often, counted always and told now and then. */
#ifndef _KSRTP_BURST_H
#define _KSRTP_BURST_H

#include <linux/atomic.h>
#include <linux/jiffies.h>

/**
 * struct ksrtp_burst - something that may happen often
 * @untold: how often it did since it was told
 * @next: when it may be told again, in jiffies; 0 if it never was
 */
struct ksrtp_burst {
	atomic64_t untold;
	unsigned long next;
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
static inline u64 ksrtp_burst_tell(struct ksrtp_burst *burst)
{
	unsigned long next = READ_ONCE(burst->next);

	atomic64_inc(&burst->untold);
	if (next && time_before(jiffies, next))
		return 0;
	/* of those who come at once, one tells */
	if (cmpxchg(&burst->next, next, (jiffies + KSRTP_BURST_QUIET) ?: 1) != next)
		return 0;
	return atomic64_xchg(&burst->untold, 0);
}

#endif /* _KSRTP_BURST_H */
