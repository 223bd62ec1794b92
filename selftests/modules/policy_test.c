// SPDX-License-Identifier: GPL-2.0
/* Tests of trailers, and of RFC 8723's original header blocks. */

#include "crypto/ohb.h"
#include "policy.h"
#include "tests.h"

/* What follows the payload, under every policy. */
static void policy_trailers(struct kunit *test)
{
	static const struct {
		enum ksrtp_suite_id suite;
		enum ksrtp_rcc_mode rcc_mode;
		u16 rcc_rate;
		bool unauthenticated;
		u8 mki_len;
		bool rtcp;
		u16 seq;
		u8 tag_len, roc_len, index_len;
		bool short_srtcp_tag;
	} cases[] = {
		{ KSRTP_SUITE_AES_CM_128_HMAC_SHA1_80, KSRTP_RCC_OFF, 1,
		  false, 0, false, 0, 10, 0, 0 },
		{ KSRTP_SUITE_AES_CM_128_HMAC_SHA1_32, KSRTP_RCC_OFF, 1,
		  false, 4, false, 0, 4, 0, 0 },
		{ KSRTP_SUITE_AES_CM_128_HMAC_SHA1_32, KSRTP_RCC_OFF, 1,
		  false, 128, true, 0, 10, 0, 4 },
		{ KSRTP_SUITE_AEAD_AES_128_GCM, KSRTP_RCC_OFF, 1,
		  false, 1, true, 0, 16, 0, 4 },
		{ KSRTP_SUITE_AES_CM_128_HMAC_SHA1_80, KSRTP_RCC_OFF, 1,
		  true, 2, false, 0, 0, 0, 0 },
		/* SRTCP is always authenticated, and has its own index */
		{ KSRTP_SUITE_AES_CM_128_HMAC_SHA1_80, KSRTP_RCC_OFF, 1,
		  true, 2, true, 0, 10, 0, 4 },
		{ KSRTP_SUITE_AES_CM_128_HMAC_SHA1_80, KSRTP_RCC_M3, 5,
		  false, 0, true, 5, 10, 0, 4 },
		/* RFC 4771 section 5, its five cases */
		{ KSRTP_SUITE_AES_CM_128_HMAC_SHA1_80, KSRTP_RCC_M1, 5,
		  false, 0, false, 10, 10, 4, 0 },
		{ KSRTP_SUITE_AES_CM_128_HMAC_SHA1_80, KSRTP_RCC_M1, 5,
		  false, 0, false, 11, 0, 0, 0 },
		{ KSRTP_SUITE_AES_CM_128_HMAC_SHA1_80, KSRTP_RCC_M2, 5,
		  false, 0, false, 0, 10, 4, 0 },
		{ KSRTP_SUITE_AES_CM_128_HMAC_SHA1_80, KSRTP_RCC_M2, 65535,
		  false, 0, false, 65534, 10, 0, 0 },
		{ KSRTP_SUITE_AES_CM_128_HMAC_SHA1_80, KSRTP_RCC_M3, 65535,
		  false, 0, false, 65535, 4, 4, 0 },
		{ KSRTP_SUITE_AES_CM_128_HMAC_SHA1_80, KSRTP_RCC_M3, 2,
		  false, 3, false, 1, 0, 0, 0 },
		/* as peers have it that do not follow RFC 3711 section 5.2 */
		{ KSRTP_SUITE_AES_CM_128_HMAC_SHA1_32, KSRTP_RCC_OFF, 1,
		  false, 4, true, 0, 4, 0, 4, true },
		{ KSRTP_SUITE_AES_256_CM_HMAC_SHA1_32, KSRTP_RCC_OFF, 1,
		  true, 0, true, 0, 4, 0, 4, true },
		{ KSRTP_SUITE_AES_256_CM_HMAC_SHA1_32, KSRTP_RCC_OFF, 1,
		  false, 0, false, 0, 4, 0, 0, true },
	};
	struct ksrtp_trailer trailer;
	struct ksrtp_policy policy;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		ksrtp_policy_init(&policy);
		policy.suite = ksrtp_suite_get(cases[i].suite);
		policy.rcc_mode = cases[i].rcc_mode;
		policy.rcc_rate = cases[i].rcc_rate;
		policy.unauthenticated_srtp = cases[i].unauthenticated;
		policy.short_srtcp_tag = cases[i].short_srtcp_tag;
		ksrtp_policy_trailer(&policy, cases[i].mki_len, cases[i].rtcp,
				     cases[i].seq, &trailer);
		KUNIT_EXPECT_EQ(test, trailer.tag_len, cases[i].tag_len);
		KUNIT_EXPECT_EQ(test, trailer.roc_len, cases[i].roc_len);
		KUNIT_EXPECT_EQ(test, trailer.index_len, cases[i].index_len);
		KUNIT_EXPECT_EQ(test, trailer.mki_len, cases[i].mki_len);
		KUNIT_EXPECT_EQ(test, ksrtp_trailer_len(&trailer),
				(unsigned int)cases[i].tag_len +
				cases[i].index_len + cases[i].mki_len);
	}
}

/* Every configuration byte: what is valid is written as it was read. */
static void ohb_configurations(struct kunit *test)
{
	u8 payload[8] = { 1, 2, 3, 4, 0x60, 0x12, 0x34, 0 };
	u8 again[KSRTP_OHB_MAX];
	struct ksrtp_ohb ohb;
	unsigned int config;
	bool valid;

	for (config = 0; config < 256; config++) {
		payload[7] = config;
		/* reserved bits, and a marker's value without the marker */
		valid = !(config & 0xf0) && (config & 0x0c) != 0x08;
		/* without a sequence number the payload type is the byte 0x34 */
		KUNIT_EXPECT_EQ(test, ksrtp_ohb_parse(payload, 8, &ohb), valid);
		if (!valid)
			continue;
		KUNIT_EXPECT_EQ(test, ohb.len, 1 + !!(config & 2) +
					       2 * !!(config & 1));
		KUNIT_EXPECT_EQ(test, ksrtp_ohb_write(&ohb, again), ohb.len);
		KUNIT_EXPECT_MEMEQ(test, again, payload + 8 - ohb.len, ohb.len);
		/* it does not reach beyond the payload */
		KUNIT_EXPECT_EQ(test, ksrtp_ohb_parse(payload + 7, 1, &ohb),
				!(config & 3));
	}
	KUNIT_EXPECT_FALSE(test, ksrtp_ohb_parse(payload, 0, &ohb));
}

/* What a middle box changes is told, what it does not is not. */
static void ohb_changes(struct kunit *test)
{
	u8 original[12] = { 0x80, 0x80 | 96, 0x12, 0x34 };
	u8 changed[12] = { 0x80, 97, 0x56, 0x78 };
	struct ksrtp_ohb ohb = {};

	ksrtp_ohb_complete(&ohb, original);
	KUNIT_EXPECT_EQ(test, ohb.pt, 96);
	KUNIT_EXPECT_EQ(test, ohb.seq, 0x1234);
	KUNIT_EXPECT_TRUE(test, ohb.marker);
	/* a second middle box does not make its own header the original */
	ksrtp_ohb_complete(&ohb, changed);
	KUNIT_EXPECT_EQ(test, ohb.pt, 96);

	ksrtp_ohb_reduce(&ohb, changed);
	KUNIT_EXPECT_TRUE(test, ohb.has_pt && ohb.has_seq && ohb.has_marker);
	ksrtp_ohb_apply(&ohb, changed);
	KUNIT_EXPECT_MEMEQ(test, changed, original, sizeof(original));
	ksrtp_ohb_reduce(&ohb, original);
	KUNIT_EXPECT_FALSE(test, ohb.has_pt || ohb.has_seq || ohb.has_marker);
}

static struct kunit_case policy_cases[] = {
	KUNIT_CASE(policy_trailers),
	KUNIT_CASE(ohb_configurations),
	KUNIT_CASE(ohb_changes),
	{}
};

struct kunit_suite ksrtp_policy_tests = {
	.name = "ksrtp-policy",
	.test_cases = policy_cases,
};
