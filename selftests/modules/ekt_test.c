// SPDX-License-Identifier: GPL-2.0
/* Tests of EKTFields, RFC 8870, and of the key wrap in them, RFC 5649. */

#include "crypto/kwp.h"
#include "ektfield.h"
#include "tests.h"

/* RFC 5649 section 6. */
static const struct {
	const char *kek, *plain, *cipher;
} kwp_cases[] = {
	{ "5840df6e29b02af1ab493b705bf16ea1ae8338f4dcc176a8",
	  "c37b7e6492584340bed12207808941155068f738",
	  "138bdeaa9b8fa7fc61f97742e72248ee5ae6ae5360d1ae6a5f54f373fa543b6a" },
	{ "5840df6e29b02af1ab493b705bf16ea1ae8338f4dcc176a8",
	  "466f7250617369", "afbeb0f07dfbf5419200f2ccb50bb24f" },
};

static void kwp_vectors(struct kunit *test)
{
	u8 kek[32], plain[KSRTP_KWP_MAX], cipher[KSRTP_KWP_MAX];
	unsigned int len, cipher_len, i, bit;
	struct ksrtp_aes aes;
	u8 got[KSRTP_KWP_MAX];

	for (i = 0; i < ARRAY_SIZE(kwp_cases); i++) {
		len = ksrtp_unhex(test, kwp_cases[i].kek, kek, sizeof(kek));
		KUNIT_ASSERT_EQ(test, ksrtp_aes_setup(&aes, kek, len), 0);
		len = ksrtp_unhex(test, kwp_cases[i].plain, plain,
				  sizeof(plain));
		cipher_len = ksrtp_unhex(test, kwp_cases[i].cipher, cipher,
					 sizeof(cipher));
		KUNIT_ASSERT_EQ(test, ksrtp_kwp_wrap(&aes, plain, len, got),
				(int)cipher_len);
		KUNIT_EXPECT_EQ(test, memcmp(got, cipher, cipher_len), 0);
		KUNIT_ASSERT_EQ(test, ksrtp_kwp_unwrap(&aes, cipher, cipher_len,
						       got), (int)len);
		KUNIT_EXPECT_EQ(test, memcmp(got, plain, len), 0);
		/* no bit of it may be another */
		for (bit = 0; bit < 8 * cipher_len; bit++) {
			cipher[bit / 8] ^= 1 << bit % 8;
			KUNIT_ASSERT_EQ(test,
					ksrtp_kwp_unwrap(&aes, cipher,
							 cipher_len, got),
					-EBADMSG);
			cipher[bit / 8] ^= 1 << bit % 8;
		}
	}
}

/* What is wrapped can be unwrapped, of any length; other lengths cannot. */
static void kwp_lengths(struct kunit *test)
{
	u8 plain[KSRTP_KWP_PLAIN_MAX], cipher[KSRTP_KWP_MAX + 8];
	u8 got[KSRTP_KWP_MAX];
	struct ksrtp_aes aes;
	unsigned int len;
	int n;

	memset(plain, 0xa5, sizeof(plain));
	KUNIT_ASSERT_EQ(test, ksrtp_aes_setup(&aes, plain, 16), 0);
	for (len = 1; len <= sizeof(plain); len++) {
		n = ksrtp_kwp_wrap(&aes, plain, len, cipher);
		KUNIT_ASSERT_EQ(test, n, (int)KSRTP_KWP_LEN(len));
		KUNIT_ASSERT_EQ(test, ksrtp_kwp_unwrap(&aes, cipher, n, got),
				(int)len);
		KUNIT_EXPECT_EQ(test, memcmp(got, plain, len), 0);
		KUNIT_EXPECT_EQ(test, ksrtp_kwp_unwrap(&aes, cipher, n - 1, got),
				-EBADMSG);
		KUNIT_EXPECT_EQ(test, ksrtp_kwp_unwrap(&aes, cipher, n - 8, got),
				-EBADMSG);
	}
	KUNIT_EXPECT_EQ(test, ksrtp_kwp_wrap(&aes, plain, 0, cipher), -EINVAL);
	KUNIT_EXPECT_EQ(test, ksrtp_kwp_wrap(&aes, plain, sizeof(plain) + 1,
					     cipher), -EINVAL);
	KUNIT_EXPECT_EQ(test, ksrtp_kwp_unwrap(&aes, cipher, 0, got), -EBADMSG);
	KUNIT_EXPECT_EQ(test, ksrtp_kwp_unwrap(&aes, cipher, sizeof(cipher), got),
			-EBADMSG);
}

/*
 * Fields that OpenSSL has encrypted. EKT key 00 01 02..., SPI 1234, epoch 5678;
 * master key 40 41 42..., SSRC deadbeef, rollover counter 00010203.
 */
static const struct {
	unsigned int kek_len, key_len;
	const char *field;
} field_cases[] = {
	{ 16, 16,
	  "8593fdeca2140c8f2e48a6e3cbe8db74779d43b78f5f7759c4c57cd8"
	  "3588884fab2abdb4b591d6ee12345678002f02" },
	{ 32, 32,
	  "38e4d4caa61ce70ac593e5470e92a888d063ea6c175d5ba4a83436a1"
	  "78114693b9124125de2a2468557b5f75b3379f3349fcc402a2fbcfee"
	  "12345678003f02" },
	{ 16, 64,
	  "98e5bff3241cb6b5b9da406f812e0b93781a70b6a6375515494e6514"
	  "79712dc6f0d0780b2f91f104e541004ce110d914dbb007c057af53cd"
	  "98e990b71a2783d7d32f97f4468f82070e802500e67115e6ad0cef31"
	  "c7c8ff3512345678005f02" },
};

static void field_vectors(struct kunit *test)
{
	u8 data[KSRTP_EKT_FULL_LEN(64)], got[KSRTP_EKT_FULL_LEN(64)], kek[32];
	struct ksrtp_ektplain plain, again = {};
	struct ksrtp_ektfield field;
	struct ksrtp_aes aes;
	unsigned int len, i, j;

	for (i = 0; i < sizeof(kek); i++)
		kek[i] = i;
	for (i = 0; i < ARRAY_SIZE(field_cases); i++) {
		plain = (struct ksrtp_ektplain){
			.key_len = field_cases[i].key_len,
			.ssrc = 0xdeadbeef,
			.roc = 0x00010203,
		};
		for (j = 0; j < plain.key_len; j++)
			plain.key[j] = 0x40 + j;
		len = ksrtp_unhex(test, field_cases[i].field, data,
				  sizeof(data));
		KUNIT_EXPECT_EQ(test, len, KSRTP_EKT_FULL_LEN(plain.key_len));
		ksrtp_aes_setup(&aes, kek, field_cases[i].kek_len);
		KUNIT_ASSERT_EQ(test, ksrtp_ektfield_write(got, &aes, 0x1234,
							   0x5678, &plain),
				(int)len);
		KUNIT_EXPECT_EQ(test, memcmp(got, data, len), 0);
		KUNIT_ASSERT_EQ(test, ksrtp_ektfield_parse(data, len, &field),
				0);
		KUNIT_EXPECT_TRUE(test, field.full);
		KUNIT_EXPECT_EQ(test, field.len, len);
		KUNIT_EXPECT_EQ(test, field.spi, 0x1234);
		KUNIT_EXPECT_EQ(test, field.epoch, 0x5678);
		memset(&again, 0, sizeof(again));
		KUNIT_ASSERT_EQ(test, ksrtp_ektfield_open(&field, &aes, &again),
				0);
		KUNIT_EXPECT_EQ(test, memcmp(&again, &plain, sizeof(plain)), 0);
		/* cut at the front, it is none */
		KUNIT_EXPECT_EQ(test, ksrtp_ektfield_parse(data + 1, len - 1,
							   &field), -EBADMSG);
	}
}

/* The end of a packet, and the length of the field there, or 0 for none. */
static const struct {
	const char *end;
	unsigned int len;
} end_cases[] = {
	{ "00", 1 }, { "ffff00", 1 }, { "01", 0 }, { "02", 0 }, { "03", 0 },
	{ "000302", 0 }, { "000303", 0 }, { "ff000403", 4 }, { "ff0004ff", 4 },
	{ "ff000503", 0 }, { "000003", 0 }, { "ffff02", 0 },
	{ "000102030405060708090a0b0c0d0e0f12345678001702", 23 },
	{ "000102030405060708090a0b0c0d0e12345678001602", 0 },
};

static void field_ends(struct kunit *test)
{
	struct ksrtp_ektfield field;
	unsigned int len, i;
	u8 data[64];
	int err;

	for (i = 0; i < ARRAY_SIZE(end_cases); i++) {
		len = ksrtp_unhex(test, end_cases[i].end, data, sizeof(data));
		err = ksrtp_ektfield_parse(data, len, &field);
		KUNIT_EXPECT_EQ_MSG(test, err, end_cases[i].len ? 0 : -EBADMSG,
				    "end %s", end_cases[i].end);
		if (end_cases[i].len)
			KUNIT_EXPECT_EQ_MSG(test, field.len, end_cases[i].len,
					    "end %s", end_cases[i].end);
	}
	KUNIT_EXPECT_EQ(test, ksrtp_ektfield_parse(data, 0, &field), -EBADMSG);
	KUNIT_EXPECT_EQ(test, ksrtp_ektfield_write_short(data), 1U);
	KUNIT_EXPECT_EQ(test, data[0], 0);
}

static struct kunit_case ekt_cases[] = {
	KUNIT_CASE(kwp_vectors),
	KUNIT_CASE(kwp_lengths),
	KUNIT_CASE(field_vectors),
	KUNIT_CASE(field_ends),
	{}
};

struct kunit_suite ksrtp_ekt_tests = {
	.name = "ksrtp-ekt",
	.test_cases = ekt_cases,
};
