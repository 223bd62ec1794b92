// SPDX-License-Identifier: GPL-2.0
/* Tests of suites, key derivation and session keys. */

#include "crypto/kdf.h"
#include "crypto/keys.h"
#include "tests.h"

/* IANA's registries: SDES crypto suites and DTLS-SRTP protection profiles. */
static const struct {
	enum ksrtp_suite_id id;
	const char *name;
	u8 parts, key_len, salt_len, auth_key_len, rtp_tag_len, rtcp_tag_len;
	u16 dtls_profile;
} suite_cases[] = {
	{ KSRTP_SUITE_AES_CM_128_HMAC_SHA1_80, "AES_CM_128_HMAC_SHA1_80",
	  1, 16, 14, 20, 10, 10, 0x0001 },
	{ KSRTP_SUITE_AES_CM_128_HMAC_SHA1_32, "AES_CM_128_HMAC_SHA1_32",
	  1, 16, 14, 20, 4, 10, 0x0002 },
	{ KSRTP_SUITE_AES_256_CM_HMAC_SHA1_80, "AES_256_CM_HMAC_SHA1_80",
	  1, 32, 14, 20, 10, 10, 0 },
	{ KSRTP_SUITE_AES_256_CM_HMAC_SHA1_32, "AES_256_CM_HMAC_SHA1_32",
	  1, 32, 14, 20, 4, 10, 0 },
	{ KSRTP_SUITE_AEAD_AES_128_GCM, "AEAD_AES_128_GCM",
	  1, 16, 12, 0, 16, 16, 0x0007 },
	{ KSRTP_SUITE_AEAD_AES_256_GCM, "AEAD_AES_256_GCM",
	  1, 32, 12, 0, 16, 16, 0x0008 },
	{ KSRTP_SUITE_AES_192_CM_HMAC_SHA1_80, "AES_192_CM_HMAC_SHA1_80",
	  1, 24, 14, 20, 10, 10, 0 },
	{ KSRTP_SUITE_AES_192_CM_HMAC_SHA1_32, "AES_192_CM_HMAC_SHA1_32",
	  1, 24, 14, 20, 4, 10, 0 },
	{ KSRTP_SUITE_NULL_HMAC_SHA1_80, "NULL_HMAC_SHA1_80",
	  1, 16, 14, 20, 10, 10, 0x0005 },
	{ KSRTP_SUITE_NULL_HMAC_SHA1_32, "NULL_HMAC_SHA1_32",
	  1, 16, 14, 20, 4, 10, 0x0006 },
	{ KSRTP_SUITE_F8_128_HMAC_SHA1_80, "F8_128_HMAC_SHA1_80",
	  1, 16, 14, 20, 10, 10, 0 },
	{ KSRTP_SUITE_ARIA_128_CTR_HMAC_SHA1_80, "ARIA_128_CTR_HMAC_SHA1_80",
	  1, 16, 14, 20, 10, 10, 0x000b },
	{ KSRTP_SUITE_ARIA_128_CTR_HMAC_SHA1_32, "ARIA_128_CTR_HMAC_SHA1_32",
	  1, 16, 14, 20, 4, 10, 0x000c },
	{ KSRTP_SUITE_ARIA_256_CTR_HMAC_SHA1_80, "ARIA_256_CTR_HMAC_SHA1_80",
	  1, 32, 14, 20, 10, 10, 0x000d },
	{ KSRTP_SUITE_ARIA_256_CTR_HMAC_SHA1_32, "ARIA_256_CTR_HMAC_SHA1_32",
	  1, 32, 14, 20, 4, 10, 0x000e },
	{ KSRTP_SUITE_AEAD_ARIA_128_GCM, "AEAD_ARIA_128_GCM",
	  1, 16, 12, 0, 16, 16, 0x000f },
	{ KSRTP_SUITE_AEAD_ARIA_256_GCM, "AEAD_ARIA_256_GCM",
	  1, 32, 12, 0, 16, 16, 0x0010 },
	{ KSRTP_SUITE_DOUBLE_AEAD_AES_128_GCM_AEAD_AES_128_GCM,
	  "DOUBLE_AEAD_AES_128_GCM_AEAD_AES_128_GCM",
	  2, 16, 12, 0, 16, 16, 0x0009 },
	{ KSRTP_SUITE_DOUBLE_AEAD_AES_256_GCM_AEAD_AES_256_GCM,
	  "DOUBLE_AEAD_AES_256_GCM_AEAD_AES_256_GCM",
	  2, 32, 12, 0, 16, 16, 0x000a },
	{ KSRTP_SUITE_SEED_CTR_128_HMAC_SHA1_80, "SEED_CTR_128_HMAC_SHA1_80",
	  1, 16, 14, 20, 10, 10, 0 },
	{ KSRTP_SUITE_SEED_128_CCM_80, "SEED_128_CCM_80",
	  1, 16, 12, 0, 10, 10, 0 },
	{ KSRTP_SUITE_SEED_128_GCM_96, "SEED_128_GCM_96",
	  1, 16, 12, 0, 12, 12, 0 },
	{ KSRTP_SUITE_AEAD_AES_128_GCM_8, "AEAD_AES_128_GCM_8",
	  1, 16, 12, 0, 8, 8, 0 },
	{ KSRTP_SUITE_AEAD_AES_256_GCM_8, "AEAD_AES_256_GCM_8",
	  1, 32, 12, 0, 8, 8, 0 },
};

static void suite_table(struct kunit *test)
{
	const struct ksrtp_suite *suite;
	unsigned int i;

	KUNIT_EXPECT_EQ(test, ARRAY_SIZE(suite_cases), KSRTP_SUITE_MAX);
	for (i = 0; i < ARRAY_SIZE(suite_cases); i++) {
		suite = ksrtp_suite_get(suite_cases[i].id);
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, suite);
		KUNIT_EXPECT_EQ(test, suite->id, suite_cases[i].id);
		KUNIT_EXPECT_STREQ(test, suite->name, suite_cases[i].name);
		KUNIT_EXPECT_EQ(test, suite->parts, suite_cases[i].parts);
		KUNIT_EXPECT_EQ(test, suite->key_len, suite_cases[i].key_len);
		KUNIT_EXPECT_EQ(test, suite->salt_len, suite_cases[i].salt_len);
		KUNIT_EXPECT_EQ(test, suite->auth_key_len,
				suite_cases[i].auth_key_len);
		KUNIT_EXPECT_EQ(test, suite->rtp_tag_len,
				suite_cases[i].rtp_tag_len);
		KUNIT_EXPECT_EQ(test, suite->rtcp_tag_len,
				suite_cases[i].rtcp_tag_len);
		KUNIT_EXPECT_EQ(test, suite->dtls_profile,
				suite_cases[i].dtls_profile);
		KUNIT_EXPECT_EQ(test, !!suite->dtls_name,
				!!suite->dtls_profile);
	}
}

static void suite_unknown(struct kunit *test)
{
	KUNIT_EXPECT_PTR_EQ(test, ksrtp_suite_get(0), NULL);
	KUNIT_EXPECT_PTR_EQ(test, ksrtp_suite_get(KSRTP_SUITE_MAX + 1), NULL);
	KUNIT_EXPECT_PTR_EQ(test, ksrtp_suite_get(U32_MAX), NULL);
}

/*
 * What a master key gives. The RFCs derive SRTP's session keys for AES-CM; the
 * others were computed with OpenSSL, by the same rule.
 */
struct kdf_vector {
	const char *master_key;
	const char *master_salt;
	const char *key[2];
	const char *auth[2];
	const char *salt[2];
	bool aes_256;
};

#define KEY_128		"e1f97a0d3e018be0d64fa32c06de4139"
#define SALT_128	"0ec675ad498afeebb6960b3a"
#define KEY_192		"eab234764e517b2d3d160d587d8c8621"		\
			"9740f65f99b6bcf7"
#define KEY_256		"f0f04914b513f2763a1b1fa130f10e29"		\
			"98f6f6e43e4309d1e622a0e332b9f1b6"
#define SALT_256	"3b04803de51ee7c96423ab5b"

/* RFC 3711 appendix B.3 */
static const struct kdf_vector kdf_cm_128 = {
	.master_key = KEY_128,
	.master_salt = SALT_128 "abe6",
	.key = { "c61e7a93744f39ee10734afe3ff7a087",
		 "4c1aa45a81f73d61c800bbb00fbb1eaa" },
	.auth = { "cebe321f6ff7716b6fd4ab49af256a156d38baa4",
		  "8d54534feb49ae8e7993a6bd0b844fc323a93dfd" },
	.salt = { "30cbbc08863d8c85d49db34a9ae1",
		  "9581c7ad87b3e530bf3e4454a8b3" },
};

/* RFC 6188 section 7.2 */
static const struct kdf_vector kdf_cm_256 = {
	.master_key = KEY_256,
	.master_salt = SALT_256 "78d2",
	.key = { "5ba1064e30ec51613cad926c5a28ef73"
		 "1ec7fb397f70a960653caf06554cd8c4",
		 "8ee75f2de53606ebfb9aabce0b530213"
		 "ce0966976277ff918700903dcc406073" },
	.auth = { "fd9c32d39ed5fbb5a9dc96b30818454d1313dc05",
		  "0235c1262ca7178cf9d8180fa6574a1d997fdc7a" },
	.salt = { "fa31791685ca444a9e07c6c64e93",
		  "b174376e041b45cd4031056e44ba" },
};

/* RFC 7714 section 11, which has no vectors */
static const struct kdf_vector kdf_gcm_128 = {
	.master_key = KEY_128,
	.master_salt = SALT_128,
	.key = { "238c882f36f000301573e69383502d9d",
		 "8bd2cdf1fc9db302554e0fc9a5ccb4a6" },
	.auth = { "", "" },
	.salt = { "f2fee04070fc3f65d706e2e4", "9bb741139a5207f61f898db2" },
};

static const struct kdf_vector kdf_gcm_256 = {
	.master_key = KEY_256,
	.master_salt = SALT_256,
	.key = { "11bbe9220dd2807adf84c602b10c6156"
		 "71c7386298c7f0805e4dad5aecdfddab",
		 "bfb109bb0e7b3185647a1beb1db42866"
		 "b45be648d1a02c484cb4a23a78ab9e9d" },
	.auth = { "", "" },
	.salt = { "2f4b64a82bf4ceca0baac3a9", "b6e9567cb2d425d825dbace8" },
};

/* RFC 6188 section 3, and what libsrtp up to 2.7 has instead */
static const struct kdf_vector kdf_cm_192[] = {
	{
		.master_key = KEY_192,
		.master_salt = SALT_256 "78d2",
		.key = { "fb1d64208e53ccfed5a5cdc1f535e32ebb023a0242b91da7",
			 "2cb0c33af7e4f51b3b168ccb8eb2892c660c8e47f289d4ca" },
		.auth = { "68cadfc563b7bc8148e38e6c7b35362435de4431",
			  "e34948a383e984657fcea73cc57417f651fcf875" },
		.salt = { "81f984475c3daa62e09c384cc3f6",
			  "73846ac03f69f18ffde7512a6a02" },
	},
	{
		.master_key = KEY_192,
		.master_salt = SALT_256 "78d2",
		.key = { "c9678820ffaa5f15b1d1f91315810c5c106514b3b7473e20",
			 "8d04c666df77bbb3229a0b69c0465f8bad5ae3be9d969ae9" },
		.auth = { "c9ed1f021b1c43300c17bad05148570423c06aaf",
			  "1e7196fff33f93c3125c91836121909b94b901e7" },
		.salt = { "bf878df643f9f765a94b3c160e00",
			  "b8da1f9d3105de165782430c6944" },
		.aes_256 = true,
	},
};

static void check_kdf(struct kunit *test, enum ksrtp_suite_id id,
		      const struct kdf_vector *v)
{
	const struct ksrtp_suite *suite = ksrtp_suite_get(id);
	u8 key[KSRTP_MASTER_KEY_MAX], salt[KSRTP_MASTER_SALT_MAX];
	struct ksrtp_derived *derived;
	struct ksrtp_kdf kdf = {};
	u8 expected[64];
	unsigned int i;

	derived = kunit_kzalloc(test, sizeof(*derived), GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, derived);
	KUNIT_ASSERT_EQ(test, ksrtp_unhex(test, v->master_key, key,
					  sizeof(key)), suite->key_len);
	KUNIT_ASSERT_EQ(test, ksrtp_unhex(test, v->master_salt, salt,
					  sizeof(salt)), suite->salt_len);
	KUNIT_ASSERT_EQ(test, ksrtp_kdf_setup(&kdf, suite, key, salt,
					      v->aes_256), 0);
	for (i = 0; i < 2; i++) {
		memset(derived, 0xaa, sizeof(*derived));
		KUNIT_EXPECT_EQ(test, ksrtp_kdf_derive(&kdf, suite, i, 0,
						       derived), 0);
		KUNIT_EXPECT_EQ(test, ksrtp_unhex(test, v->key[i], expected,
						  sizeof(expected)),
				suite->key_len);
		KUNIT_EXPECT_MEMEQ(test, derived->key, expected,
				   suite->key_len);
		KUNIT_EXPECT_EQ(test, ksrtp_unhex(test, v->auth[i], expected,
						  sizeof(expected)),
				suite->auth_key_len);
		KUNIT_EXPECT_MEMEQ(test, derived->auth, expected,
				   suite->auth_key_len);
		KUNIT_EXPECT_EQ(test, ksrtp_unhex(test, v->salt[i], expected,
						  sizeof(expected)),
				suite->salt_len);
		KUNIT_EXPECT_MEMEQ(test, derived->salt, expected,
				   suite->salt_len);
	}
	ksrtp_kdf_teardown(&kdf);
}

static void kdf_rfc3711_b3(struct kunit *test)
{
	check_kdf(test, KSRTP_SUITE_AES_CM_128_HMAC_SHA1_80, &kdf_cm_128);
	check_kdf(test, KSRTP_SUITE_AES_CM_128_HMAC_SHA1_32, &kdf_cm_128);
}

/*
 * With a rate the packet index takes part: computed with OpenSSL, by the rule
 * of RFC 3711 section 4.3.1.
 */
static void kdf_epochs(struct kunit *test)
{
	const struct ksrtp_suite *suite =
		ksrtp_suite_get(KSRTP_SUITE_AES_CM_128_HMAC_SHA1_80);
	static const struct {
		u64 epoch;
		bool rtcp;
		const char *key;
		const char *salt;
	} cases[] = {
		{ 0x1ULL, false, "53870b4b8e2af0c6f0cc8b1544c34138",
		  "c6da1bbcdc3f429cd82f2593eb60" },
		{ 0xffffffffffffULL, false, "e846dc15e72536be947a7f4c9c23b23e",
		  "5b4671c48790e8404923dc86024c" },
		{ 0x123456789ULL, false, "39e95d0d00ff85099320a7a41f65e9c3",
		  "31cb193e5e7e45c64a7d2a22041b" },
		{ 0x1ULL, true, "d389b3909f083c1e0dc82b96b04adc0a",
		  "1e14d3edad101319241139c0c7de" },
		{ 0x7fffffffULL, true, "19636dbb6985aa4783b3e63bfc64ea6b",
		  "b069f5e3e7b1eecfbd575bdca57f" },
	};
	struct ksrtp_derived *derived;
	struct ksrtp_kdf kdf = {};
	u8 key[16], salt[14];
	unsigned int i;

	derived = kunit_kzalloc(test, sizeof(*derived), GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, derived);
	ksrtp_unhex(test, KEY_128, key, sizeof(key));
	ksrtp_unhex(test, SALT_128 "abe6", salt, sizeof(salt));
	KUNIT_ASSERT_EQ(test, ksrtp_kdf_setup(&kdf, suite, key, salt, false),
			0);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		KUNIT_EXPECT_EQ(test, ksrtp_kdf_derive(&kdf, suite,
						       cases[i].rtcp,
						       cases[i].epoch,
						       derived), 0);
		ksrtp_unhex(test, cases[i].key, key, sizeof(key));
		ksrtp_unhex(test, cases[i].salt, salt, sizeof(salt));
		KUNIT_EXPECT_MEMEQ(test, derived->key, key, sizeof(key));
		KUNIT_EXPECT_MEMEQ(test, derived->salt, salt, sizeof(salt));
	}
	ksrtp_kdf_teardown(&kdf);
}

static void kdf_rfc6188_7_2(struct kunit *test)
{
	check_kdf(test, KSRTP_SUITE_AES_256_CM_HMAC_SHA1_80, &kdf_cm_256);
	check_kdf(test, KSRTP_SUITE_AES_256_CM_HMAC_SHA1_32, &kdf_cm_256);
}

static void kdf_aes_192(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(kdf_cm_192); i++) {
		check_kdf(test, KSRTP_SUITE_AES_192_CM_HMAC_SHA1_80,
			  &kdf_cm_192[i]);
		check_kdf(test, KSRTP_SUITE_AES_192_CM_HMAC_SHA1_32,
			  &kdf_cm_192[i]);
	}
}

static void kdf_rfc7714_11(struct kunit *test)
{
	check_kdf(test, KSRTP_SUITE_AEAD_AES_128_GCM, &kdf_gcm_128);
	check_kdf(test, KSRTP_SUITE_AEAD_AES_256_GCM, &kdf_gcm_256);
}

/* Keys of a suite, from a master key of whatever value. */
static struct ksrtp_keys *make_keys(const struct ksrtp_suite *suite, bool rtcp)
{
	static const u8 master[KSRTP_MASTER_KEY_MAX] = { 1, 2, 3 };
	struct ksrtp_kdf kdf = {};
	struct ksrtp_keys *keys;
	int err;

	err = ksrtp_kdf_setup(&kdf, suite, master, master, false);
	keys = err ? ERR_PTR(err) :
		     ksrtp_keys_create(suite, &kdf,
				       ksrtp_suite_is_double(suite) ? &kdf :
				       NULL, true, rtcp);
	ksrtp_kdf_teardown(&kdf);
	return keys;
}

static void keys_create(struct kunit *test)
{
	const struct ksrtp_suite *suite;
	struct ksrtp_keys *rtp, *rtcp;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(suite_cases); i++) {
		suite = ksrtp_suite_get(suite_cases[i].id);
		rtp = make_keys(suite, false);
		/* not all kernels have these */
		if (PTR_ERR_OR_ZERO(rtp) == -ENOENT &&
		    (strstr(suite->name, "ARIA") || strstr(suite->name, "SEED")))
			continue;
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, rtp);
		rtcp = make_keys(suite, true);
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, rtcp);
		KUNIT_EXPECT_PTR_EQ(test, rtp->suite, suite);
		KUNIT_EXPECT_EQ(test, !!rtp->set.inner,
				ksrtp_suite_is_double(suite));
		KUNIT_EXPECT_FALSE(test, !!rtcp->set.inner);
		KUNIT_EXPECT_EQ(test, !!rtp->set.header,
				!!suite->header_cipher);
		KUNIT_EXPECT_TRUE(test, ksrtp_keys_cipher_driver(rtp));
		KUNIT_EXPECT_EQ(test, !!ksrtp_keys_auth_driver(rtp),
				suite->auth_key_len != 0);
		kunit_info(test, "%s: %s, %s%s\n", suite->name,
			   ksrtp_keys_cipher_driver(rtp),
			   ksrtp_keys_auth_driver(rtp) ?: "-",
			   rtp->async ? ", asynchronous" : "");
		/* SRTP's keys are never SRTCP's */
		if (suite->cipher &&
		    suite->id != KSRTP_SUITE_F8_128_HMAC_SHA1_80)
			KUNIT_EXPECT_NE(test, memcmp(rtp->set.main.salt,
						     rtcp->set.main.salt,
						     suite->salt_len), 0);
		ksrtp_keys_destroy(rtp);
		ksrtp_keys_destroy(rtcp);
	}
	ksrtp_keys_destroy(NULL);
}

/* A kernel that lacks an algorithm says so, and all is taken down again. */
static void keys_missing_algorithm(struct kunit *test)
{
	const struct ksrtp_suite *cm, *gcm;
	struct ksrtp_suite suite;
	struct ksrtp_keys *keys;

	cm = ksrtp_suite_get(KSRTP_SUITE_AES_CM_128_HMAC_SHA1_80);
	gcm = ksrtp_suite_get(KSRTP_SUITE_AEAD_AES_128_GCM);

	suite = *cm;
	suite.prf = "ksrtp-no-such-prf";
	keys = make_keys(&suite, false);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(keys), -ENOENT);

	suite = *cm;
	suite.cipher = "ksrtp-no-such-cipher";
	keys = make_keys(&suite, false);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(keys), -ENOENT);

	suite = *gcm;
	suite.cipher = "ksrtp-no-such-aead";
	keys = make_keys(&suite, false);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(keys), -ENOENT);
}

static struct kunit_case kdf_cases[] = {
	KUNIT_CASE(suite_table),
	KUNIT_CASE(suite_unknown),
	KUNIT_CASE(kdf_rfc3711_b3),
	KUNIT_CASE(kdf_epochs),
	KUNIT_CASE(kdf_rfc6188_7_2),
	KUNIT_CASE(kdf_aes_192),
	KUNIT_CASE(kdf_rfc7714_11),
	KUNIT_CASE(keys_create),
	KUNIT_CASE(keys_missing_algorithm),
	{}
};

struct kunit_suite ksrtp_kdf_tests = {
	.name = "ksrtp-kdf",
	.test_cases = kdf_cases,
};
