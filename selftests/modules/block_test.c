// SPDX-License-Identifier: GPL-2.0
/* Tests of blocks of indexes: limits and reports. */

#include <linux/limits.h>

#include "block.h"
#include "tests.h"

static void block_unlimited(struct kunit *test)
{
	struct ksrtp_block block;
	bool tell = true;
	u64 due = 0;

	ksrtp_block_init(&block);
	ksrtp_block_open(&block, 7, 0);
	KUNIT_EXPECT_EQ(test, block.limit, KSRTP_BLOCK_NONE);
	KUNIT_EXPECT_TRUE(test, ksrtp_block_pass(&block, 0, 0, 7, &due, &tell));
	KUNIT_EXPECT_FALSE(test, tell);
	KUNIT_EXPECT_EQ(test, due, KSRTP_BLOCK_NONE);
	KUNIT_EXPECT_TRUE(test, ksrtp_block_pass(&block, 0, 5, 7, &due, &tell));
	KUNIT_EXPECT_TRUE(test, tell);
	KUNIT_EXPECT_EQ(test, due, 12);
}

/*
 * Count through blocks of all sizes, each raised once when that is asked for: no
 * index is refused below the limit or used above it, and each block is asked for
 * once.
 */
static void block_count(struct kunit *test, u32 size, u32 report)
{
	u64 first = 65536 - size / 2, due = 0, index;
	unsigned int asked = 0, bad = 0;
	struct ksrtp_block block;
	bool tell, ok;

	ksrtp_block_init(&block);
	for (index = first; index < first + 5 * size; index++) {
		tell = false;
		ok = true;
		if (index >= due) {
			ksrtp_block_open(&block, index, size);
			ok = ksrtp_block_pass(&block, size, report, index,
					      &due, &tell);
		}
		bad += ok != (index < block.limit);
		bad += !ok && index < block.limit;
		/* at half, or when nothing is left */
		if (tell && block.asked == block.limit &&
		    asked <= (u32)(index - first) / size) {
			asked++;
			block.limit += size;
			due = ksrtp_block_next(&block, size, report, index);
		}
	}
	KUNIT_EXPECT_EQ_MSG(test, bad, 0, "size %u report %u", size, report);
	KUNIT_EXPECT_EQ_MSG(test, asked, 5, "size %u report %u", size, report);
}

static void block_sizes(struct kunit *test)
{
	static const u32 reports[] = { 0, 1, 3, 1000, U32_MAX };
	u32 size;
	int i;

	for (size = 2; size <= 64; size++)
		for (i = 0; i < ARRAY_SIZE(reports); i++)
			block_count(test, size, reports[i]);
}

static void block_refusal(struct kunit *test)
{
	struct ksrtp_block block;
	u64 due = 0;
	bool tell;

	ksrtp_block_init(&block);
	ksrtp_block_open(&block, 100, 1);
	KUNIT_EXPECT_EQ(test, block.limit, 101);
	ksrtp_block_open(&block, 200, 9);
	KUNIT_EXPECT_EQ(test, block.limit, 101);
	KUNIT_EXPECT_TRUE(test, ksrtp_block_pass(&block, 1, 0, 100, &due,
						 &tell));
	KUNIT_EXPECT_EQ(test, due, 101);
	KUNIT_EXPECT_FALSE(test, ksrtp_block_pass(&block, 1, 0, 101, &due,
						  &tell));
	KUNIT_EXPECT_TRUE(test, tell);
	KUNIT_EXPECT_FALSE(test, ksrtp_block_pass(&block, 1, 0, 5000, &due,
						  &tell));
	KUNIT_EXPECT_FALSE(test, tell);
	KUNIT_EXPECT_EQ(test, due, 101);
	/* nothing at all */
	block.limit = 0;
	KUNIT_EXPECT_FALSE(test, ksrtp_block_pass(&block, 4, 0, 0, &due,
						  &tell));
	/* the largest there are do not wrap around */
	block.limit = 1ULL << 48;
	KUNIT_EXPECT_EQ(test, ksrtp_block_next(&block, U32_MAX, U32_MAX,
					       (1ULL << 48) - 1), 1ULL << 48);
}

static struct kunit_case block_cases[] = {
	KUNIT_CASE(block_unlimited),
	KUNIT_CASE(block_sizes),
	KUNIT_CASE(block_refusal),
	{}
};

struct kunit_suite ksrtp_block_tests = {
	.name = "ksrtp-block",
	.test_cases = block_cases,
};
