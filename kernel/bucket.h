/* SPDX-License-Identifier: GPL-2.0 */
/* Token buckets: bound the work done for packets before they are authentic. */
#ifndef _KSRTP_BUCKET_H
#define _KSRTP_BUCKET_H

#include <linux/jiffies.h>
#include <linux/minmax.h>
#include <linux/types.h>

/**
 * struct ksrtp_bucket - a token bucket
 * @left: tokens left, times HZ, so that each jiffy earns a whole number
 * @most: capacity in tokens
 * @rate: tokens earned in a second
 * @then: time of the last update, in jiffies
 *
 * The caller does the locking.
 */
struct ksrtp_bucket {
	u32 left;
	u32 most;
	u32 rate;
	u32 then;
};

/**
 * ksrtp_bucket_init() - set up a full bucket
 * @bucket: bucket to set up
 * @most: capacity in tokens
 * @rate: tokens earned in a second
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
 * ksrtp_bucket_take() - take a token
 * @bucket: the bucket
 * @reserve: number of tokens that must be left
 * @now: jiffies
 *
 * Context: any.
 * Return: false if there are too few.
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
 * ksrtp_bucket_return() - return a token
 * @bucket: the bucket
 *
 * Context: any.
 */
static inline void ksrtp_bucket_return(struct ksrtp_bucket *bucket)
{
	ksrtp_bucket_earn(bucket, HZ);
}

#endif /* _KSRTP_BUCKET_H */
