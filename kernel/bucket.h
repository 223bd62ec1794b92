/* SPDX-License-Identifier: GPL-2.0 */
/* Budgets: bounds on work that packets ask for before they prove authentic. */
#ifndef _KSRTP_BUCKET_H
#define _KSRTP_BUCKET_H

#include <linux/jiffies.h>
#include <linux/minmax.h>
#include <linux/types.h>

/**
 * struct ksrtp_bucket - how much may still be spent
 * @left: what is left; each unit counts for HZ, so that a jiffy earns whole ones
 * @most: what can be saved, in units
 * @rate: what is earned in a second, in units
 * @then: when it was counted, in jiffies
 *
 * The caller holds whatever lock guards it.
 */
struct ksrtp_bucket {
	u32 left;
	u32 most;
	u32 rate;
	u32 then;
};

/**
 * ksrtp_bucket_init() - begin with all that can be saved
 * @bucket: what to set up
 * @most: what can be saved, in units
 * @rate: what is earned in a second, in units
 * @now: jiffies
 *
 * Context: any.
 */
static inline void ksrtp_bucket_init(struct ksrtp_bucket *bucket, u32 most,
				     u32 rate, u32 now)
{
	bucket->left = most * HZ;
	bucket->most = most;
	bucket->rate = rate;
	bucket->then = now;
}

static inline void ksrtp_bucket_earn(struct ksrtp_bucket *bucket, u64 amount)
{
	bucket->left = min_t(u64, bucket->left + amount,
			     (u64)bucket->most * HZ);
}

/**
 * ksrtp_bucket_take() - spend a unit
 * @bucket: where from
 * @reserve: how many units have to be left
 * @now: jiffies
 *
 * Context: any.
 * Return: false if there is too little.
 */
static inline bool ksrtp_bucket_take(struct ksrtp_bucket *bucket, u32 reserve,
				     u32 now)
{
	ksrtp_bucket_earn(bucket, (u64)(now - bucket->then) * bucket->rate);
	bucket->then = now;
	if (bucket->left < (u64)(reserve + 1) * HZ)
		return false;
	bucket->left -= HZ;
	return true;
}

/**
 * ksrtp_bucket_return() - give back a unit that was spent well
 * @bucket: where to
 *
 * Context: any.
 */
static inline void ksrtp_bucket_return(struct ksrtp_bucket *bucket)
{
	ksrtp_bucket_earn(bucket, HZ);
}

#endif /* _KSRTP_BUCKET_H */
