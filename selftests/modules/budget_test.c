// SPDX-License-Identifier: GPL-2.0
/* Tests of budgets: what may be spent before a packet has proved authentic. */

#include "bucket.h"
#include "tests.h"

#define MOST	8
#define RATE	4

/* Spend until nothing is to be had; returns how much it was. */
static unsigned int spend(struct ksrtp_bucket *bucket, u32 reserve, u32 now)
{
	unsigned int n = 0;

	while (n < 100 && ksrtp_bucket_take(bucket, reserve, now))
		n++;
	return n;
}

static void budget_bounds(struct kunit *test)
{
	struct ksrtp_bucket bucket;
	u32 now = 5;

	ksrtp_bucket_init(&bucket, MOST, RATE, now);
	KUNIT_EXPECT_EQ(test, spend(&bucket, 0, now), MOST);
	KUNIT_EXPECT_FALSE(test, ksrtp_bucket_take(&bucket, 0, now));
	/* not sooner, though asked for in every jiffy: nothing is rounded */
	for (; now < 5 + 10 * HZ; now++)
		KUNIT_ASSERT_EQ(test, spend(&bucket, 0, now),
				(now - 5) * RATE / HZ -
				(now == 5 ? 0 : (now - 6) * RATE / HZ));
	/* no more than can be saved, however long it takes */
	KUNIT_EXPECT_EQ(test, spend(&bucket, 0, now + 1000 * HZ), MOST);
	KUNIT_EXPECT_EQ(test, spend(&bucket, 0, now + U32_MAX), MOST);
}

static void budget_reserves(struct kunit *test)
{
	struct ksrtp_bucket bucket;

	ksrtp_bucket_init(&bucket, MOST, RATE, 0);
	KUNIT_EXPECT_EQ(test, spend(&bucket, MOST, 0), 0);
	KUNIT_EXPECT_EQ(test, spend(&bucket, MOST - 3, 0), 3);
	KUNIT_EXPECT_EQ(test, spend(&bucket, 1, 0), MOST - 4);
	KUNIT_EXPECT_FALSE(test, ksrtp_bucket_take(&bucket, 1, 0));
	KUNIT_EXPECT_EQ(test, spend(&bucket, 0, 0), 1);
}

static void budget_returns(struct kunit *test)
{
	struct ksrtp_bucket bucket;
	unsigned int i;

	ksrtp_bucket_init(&bucket, MOST, RATE, 0);
	/* what is spent well may be spent for ever */
	for (i = 0; i < 10 * MOST; i++) {
		KUNIT_ASSERT_TRUE(test, ksrtp_bucket_take(&bucket, 0, 0));
		ksrtp_bucket_return(&bucket);
	}
	/* and makes nobody richer */
	ksrtp_bucket_return(&bucket);
	KUNIT_EXPECT_EQ(test, spend(&bucket, 0, 0), MOST);
	ksrtp_bucket_return(&bucket);
	KUNIT_EXPECT_EQ(test, spend(&bucket, 0, 0), 1);
}

static void budget_wraps(struct kunit *test)
{
	struct ksrtp_bucket bucket;

	ksrtp_bucket_init(&bucket, MOST, RATE, U32_MAX);
	KUNIT_EXPECT_EQ(test, spend(&bucket, 0, U32_MAX), MOST);
	/* across the wrap of jiffies: a second from its last one */
	KUNIT_EXPECT_EQ(test, spend(&bucket, 0, HZ - 1), RATE);
}

static struct kunit_case budget_cases[] = {
	KUNIT_CASE(budget_bounds),
	KUNIT_CASE(budget_reserves),
	KUNIT_CASE(budget_returns),
	KUNIT_CASE(budget_wraps),
	{}
};

struct kunit_suite ksrtp_bucket_tests = {
	.name = "ksrtp-budget",
	.test_cases = budget_cases,
};
