// SPDX-License-Identifier: GPL-2.0
/* Tests of flows: masks and masks. */

#include <linux/bits.h>
#include <linux/socket.h>

#include "flow.h"
#include "tests.h"

/* A flow with all members exact and no two bytes alike. */
static struct ksrtp_flow full_flow(void)
{
	struct ksrtp_flow flow = {
		.local_port = cpu_to_be16(0x1122),
		.remote_port = cpu_to_be16(0x3344),
		.ifindex = 0x55,
		.family = AF_INET6,
	};
	unsigned int i;

	for (i = 0; i < 16; i++) {
		flow.local.s6_addr[i] = 0x80 + i;
		flow.remote.s6_addr[i] = 0x90 + i;
	}
	return flow;
}

/* What the mask @mask leaves of full_flow(), said in another way. */
static struct ksrtp_flow partial_flow(unsigned int mask)
{
	struct ksrtp_flow flow = full_flow();

	if (!(mask & KSRTP_MASK_FAMILY))
		flow.family = 0;
	if (!(mask & KSRTP_MASK_IFINDEX))
		flow.ifindex = 0;
	if (!(mask & KSRTP_MASK_LOCAL_PORT))
		flow.local_port = 0;
	if (!(mask & KSRTP_MASK_LOCAL))
		memset(&flow.local, 0, sizeof(flow.local));
	if (!(mask & KSRTP_MASK_REMOTE_PORT))
		flow.remote_port = 0;
	if (!(mask & KSRTP_MASK_REMOTE))
		memset(&flow.remote, 0, sizeof(flow.remote));
	return flow;
}

static void flow_shape(struct kunit *test)
{
	struct ksrtp_flow flow;
	unsigned int mask;

	for (mask = 0; mask < KSRTP_MASKS; mask++) {
		flow = partial_flow(mask);
		KUNIT_EXPECT_EQ(test, ksrtp_flow_mask(&flow), mask);
	}
}

/* Any word of an address makes it exact; IPv4's are in the first. */
static void flow_shape_address(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < 16; i++) {
		struct ksrtp_flow flow = {};

		flow.local.s6_addr[i] = 1;
		KUNIT_EXPECT_EQ(test, ksrtp_flow_mask(&flow),
				(unsigned int)KSRTP_MASK_LOCAL);
		memset(&flow, 0, sizeof(flow));
		flow.remote.s6_addr[i] = 0x80;
		KUNIT_EXPECT_EQ(test, ksrtp_flow_mask(&flow),
				(unsigned int)KSRTP_MASK_REMOTE);
	}
}

static void flow_mask(struct kunit *test)
{
	struct ksrtp_flow flow = full_flow();
	struct ksrtp_flow expected, masked;
	unsigned int mask;

	/* an SSRC is no member of masks, and is put in by who looks for it */
	flow.has_ssrc = 1;
	flow.ssrc = 0xffffffff;
	for (mask = 0; mask < KSRTP_MASKS; mask++) {
		expected = partial_flow(mask);
		memset(&masked, 0xff, sizeof(masked));
		ksrtp_flow_reduce(&flow, mask, &masked);
		KUNIT_EXPECT_MEMEQ_MSG(test, &masked, &expected,
				       sizeof(masked), "mask %#x", mask);
		KUNIT_EXPECT_EQ(test, ksrtp_flow_mask(&masked), mask);
	}
}

/* A wildcard stays one, whatever is asked for. */
static void flow_mask_wildcards(struct kunit *test)
{
	struct ksrtp_flow flow, masked;
	unsigned int has, asked;

	for (has = 0; has < KSRTP_MASKS; has++) {
		flow = partial_flow(has);
		for (asked = 0; asked < KSRTP_MASKS; asked++) {
			ksrtp_flow_reduce(&flow, asked, &masked);
			KUNIT_EXPECT_EQ(test, ksrtp_flow_mask(&masked),
					has & asked);
		}
	}
}

/* The greatest mask wins, so the order of the bits is a promise. */
static void flow_shape_order(struct kunit *test)
{
	KUNIT_EXPECT_GT(test, KSRTP_MASK_REMOTE,
			KSRTP_MASK_REMOTE_PORT | KSRTP_MASK_LOCAL |
			KSRTP_MASK_LOCAL_PORT | KSRTP_MASK_IFINDEX |
			KSRTP_MASK_FAMILY);
	KUNIT_EXPECT_GT(test, KSRTP_MASK_REMOTE_PORT,
			KSRTP_MASK_LOCAL | KSRTP_MASK_LOCAL_PORT |
			KSRTP_MASK_IFINDEX | KSRTP_MASK_FAMILY);
	KUNIT_EXPECT_GT(test, KSRTP_MASK_LOCAL, KSRTP_MASK_LOCAL_PORT |
			KSRTP_MASK_IFINDEX | KSRTP_MASK_FAMILY);
	KUNIT_EXPECT_GT(test, KSRTP_MASK_LOCAL_PORT,
			KSRTP_MASK_IFINDEX | KSRTP_MASK_FAMILY);
	KUNIT_EXPECT_GT(test, KSRTP_MASK_IFINDEX, KSRTP_MASK_FAMILY);
}

/* Whoever makes sessions knows no addresses that collide. */
static void flow_hash(struct kunit *test)
{
	unsigned int n, same = 0;
	struct ksrtp_flow flow;
	u32 hash, first = 0;

	for (n = 0; n < 1024; n++) {
		/* alike, if words were only turned and added up */
		flow = full_flow();
		flow.local.s6_addr32[0] = (__force __be32)rol32(n, 5);
		flow.local.s6_addr32[1] = (__force __be32)n;
		flow.remote.s6_addr32[0] = (__force __be32)rol32(n, 15);
		flow.remote.s6_addr32[3] = (__force __be32)n;
		hash = ksrtp_flow_hash(&flow, 1);
		if (!n)
			first = hash;
		else if ((hash & 255) == (first & 255))
			same++;
		KUNIT_EXPECT_NE(test, hash, ksrtp_flow_hash(&flow, 2));
	}
	/* 4 are to be expected */
	KUNIT_EXPECT_GT(test, 32U, same);
}

/* Consecutive addresses do not heap up, whatever the secret numbers are. */
static void flow_hash_consecutive(struct kunit *test)
{
	/* with this one there were 67 in one place of 16384 */
	static const u64 unlucky = 0x274c7ce9a9c4b73c;
	u64 secret = ksrtp_flow_secret[1];
	struct ksrtp_flow flow = full_flow();
	unsigned int n, longest = 0;
	u8 *count, *at;

	count = kunit_kzalloc(test, 16384, GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, count);
	memset(&flow.local, 0, sizeof(flow.local));
	ksrtp_flow_secret[1] = unlucky;
	for (n = 0; n < 12288; n++) {
		flow.local.s6_addr32[0] = htonl(0x0a000001 + n);
		at = &count[ksrtp_flow_hash(&flow, 0) % 16384];
		(*at)++;
		longest = max_t(unsigned int, longest, *at);
	}
	ksrtp_flow_secret[1] = secret;
	/* more than 16 in one place, and the kernel's table takes no more there */
	KUNIT_EXPECT_GT(test, 17U, longest);
}

static struct kunit_case flow_cases[] = {
	KUNIT_CASE(flow_shape),
	KUNIT_CASE(flow_shape_address),
	KUNIT_CASE(flow_mask),
	KUNIT_CASE(flow_mask_wildcards),
	KUNIT_CASE(flow_shape_order),
	KUNIT_CASE(flow_hash),
	KUNIT_CASE(flow_hash_consecutive),
	{}
};

struct kunit_suite ksrtp_flow_tests = {
	.name = "ksrtp-flow",
	.test_cases = flow_cases,
};
