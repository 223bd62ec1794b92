// SPDX-License-Identifier: GPL-2.0
/* Tests of the transforms: published packets, and all that may go wrong. */

#include <linux/completion.h>
#include <linux/random.h>
#ifdef CONFIG_X86
#include <asm/fpu/api.h>
#endif

#include "compat.h"
#include "crypto/kdf.h"
#include "crypto/keys.h"
#include "tests.h"
#include "wire.h"

#define PAYLOAD_MAX	64
#define HEADER_MAX	12
#define OVERHEAD_MAX	40
#define PACKET_MAX	(HEADER_MAX + PAYLOAD_MAX + OVERHEAD_MAX)
#define GUARD		0x6b

/* One packet, and what its completion told. */
struct packet {
	struct completion done;
	unsigned int calls;
	int err;
	struct ksrtp_work work;
};

/**
 * struct fixture - what a case works with, released however it ends
 * @suite: its suite
 * @policy: how to protect
 * @keys: keys of SRTP and of SRTCP made from a master key, or NULL
 * @given: session keys as given
 * @set_up: @given is set
 * @fpu_busy: call transforms as if they had interrupted a user of the FPU
 * @deferred: how many packets completed later
 */
struct fixture {
	const struct ksrtp_suite *suite;
	struct ksrtp_policy policy;
	struct ksrtp_keys *keys[2];
	struct ksrtp_keys_set given;
	bool set_up;
	bool fpu_busy;
	unsigned int deferred;
};

static int transform_init(struct kunit *test)
{
	test->priv = kunit_kzalloc(test, sizeof(struct fixture), GFP_KERNEL);
	return test->priv ? 0 : -ENOMEM;
}

static void transform_exit(struct kunit *test)
{
	struct fixture *f = test->priv;

	if (!f)
		return;
	if (f->set_up)
		f->suite->transform->teardown(&f->given.main);
	ksrtp_keys_destroy(f->keys[0]);
	ksrtp_keys_destroy(f->keys[1]);
}

/* Begin with a suite, and nothing else said. */
static void use_suite(struct fixture *f, const struct ksrtp_suite *suite)
{
	f->suite = suite;
	ksrtp_policy_init(&f->policy);
	f->policy.suite = suite;
}

/* Tell a packet how to protect. */
static void use_keys(struct kunit *test, struct ksrtp_work *work,
		     const struct ksrtp_keys_set *keys, bool rtcp)
{
	struct fixture *f = test->priv;

	work->keys = keys;
	work->policy = &f->policy;
	work->rtcp = rtcp;
	work->mki = "";
	ksrtp_policy_trailer(&f->policy, 0, rtcp, 0, &work->trailer);
}

/* What protection adds to a packet. */
static unsigned int overhead(const struct ksrtp_work *work)
{
	const struct ksrtp_suite *suite = work->policy->suite;
	unsigned int len = ksrtp_trailer_len(&work->trailer);

	if (ksrtp_suite_is_double(suite) && !work->rtcp)
		len += suite->rtp_tag_len + 1;
	return len;
}

static void packet_done(struct ksrtp_work *work, int err)
{
	struct packet *p = container_of(work, struct packet, work);

	p->err = err;
	p->calls++;
	complete(&p->done);
}

static struct packet *new_packet(struct kunit *test, unsigned int reqsize)
{
	struct packet *p;

	p = kunit_kzalloc(test, sizeof(*p) + reqsize, GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, p);
	init_completion(&p->done);
	p->work.done = packet_done;
	return p;
}

/* Some accelerated drivers cannot work at once while the FPU is busy. */
static void fpu_begin(const struct fixture *f)
{
#ifdef CONFIG_X86
	if (f->fpu_busy)
		kernel_fpu_begin();
#endif
}

static void fpu_end(const struct fixture *f)
{
#ifdef CONFIG_X86
	if (f->fpu_busy)
		kernel_fpu_end();
#endif
}

/* Run a transform to its end, at once or later. */
static int run(struct kunit *test, struct packet *p, bool protect)
{
	struct fixture *f = test->priv;
	const struct ksrtp_transform *transform = f->suite->transform;
	int err;

	reinit_completion(&p->done);
	p->calls = 0;
	fpu_begin(f);
	if (protect)
		err = transform->protect(&p->work);
	else
		err = transform->unprotect(&p->work);
	fpu_end(f);
	if (err != -EINPROGRESS) {
		KUNIT_EXPECT_EQ(test, p->calls, 0U);
		return err;
	}
	f->deferred++;
	wait_for_completion(&p->done);
	KUNIT_EXPECT_EQ(test, p->calls, 1U);
	KUNIT_EXPECT_NE(test, p->err, -EINPROGRESS);
	return p->err;
}

/* Session keys as given, in hexadecimal. */
static void set_up(struct kunit *test, enum ksrtp_suite_id id, const char *key,
		   const char *auth, const char *salt)
{
	const struct ksrtp_suite *suite = ksrtp_suite_get(id);
	struct fixture *f = test->priv;
	struct ksrtp_derived *derived;

	derived = kunit_kzalloc(test, sizeof(*derived), GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, derived);
	KUNIT_ASSERT_EQ(test, ksrtp_unhex(test, key, derived->key,
					  sizeof(derived->key)),
			suite->key_len);
	ksrtp_unhex(test, auth, derived->auth, sizeof(derived->auth));
	KUNIT_ASSERT_EQ(test, ksrtp_unhex(test, salt, derived->salt,
					  sizeof(derived->salt)),
			suite->salt_len);
	if (f->set_up)
		f->suite->transform->teardown(&f->given.main);
	memset(&f->given, 0, sizeof(f->given));
	use_suite(f, suite);
	f->set_up = true;
	KUNIT_ASSERT_EQ(test, suite->transform->setup(&f->given.main, suite,
						      derived), 0);
}

/* Keys from a master key, in hexadecimal; the inner AEAD has another. */
static void create_keys(struct kunit *test, const struct ksrtp_suite *suite,
			const char *master_key, const char *master_salt)
{
	u8 key[KSRTP_MASTER_KEY_MAX], salt[KSRTP_MASTER_SALT_MAX];
	struct fixture *f = test->priv;
	struct ksrtp_kdf outer = {}, inner = {};
	unsigned int i;

	KUNIT_ASSERT_EQ(test, ksrtp_unhex(test, master_key, key, sizeof(key)),
			suite->key_len);
	KUNIT_ASSERT_EQ(test, ksrtp_unhex(test, master_salt, salt,
					  sizeof(salt)), suite->salt_len);
	use_suite(f, suite);
	KUNIT_EXPECT_EQ(test, ksrtp_kdf_setup(&outer, suite, key, salt, false),
			0);
	key[0] ^= 1;
	KUNIT_EXPECT_EQ(test, ksrtp_kdf_setup(&inner, suite, key, salt, false),
			0);
	for (i = 0; i < 2; i++) {
		ksrtp_keys_destroy(f->keys[i]);
		f->keys[i] = ksrtp_keys_create(suite, &outer,
					       ksrtp_suite_is_double(suite) ?
					       &inner : NULL, false, i);
		if (IS_ERR(f->keys[i])) {
			KUNIT_EXPECT_EQ(test, PTR_ERR(f->keys[i]), 0L);
			f->keys[i] = NULL;
		}
	}
	ksrtp_kdf_teardown(&outer);
	ksrtp_kdf_teardown(&inner);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, f->keys[0]);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, f->keys[1]);
}

/* Not all kernels have ARIA, SEED and CCM. */
static bool available(const struct ksrtp_suite *suite)
{
	return crypto_has_skcipher(suite->prf, 0, 0) &&
	       (!ksrtp_suite_is_aead(suite) ||
		/* crypto_has_aead() came after 6.1 */
		crypto_has_alg(suite->cipher, CRYPTO_ALG_TYPE_AEAD,
			       CRYPTO_ALG_TYPE_MASK));
}

static void need(struct kunit *test, enum ksrtp_suite_id id)
{
	const struct ksrtp_suite *suite = ksrtp_suite_get(id);

	if (!available(suite))
		kunit_skip(test, "this kernel lacks a cipher of %s",
			   suite->name);
}

/* A packet as published, plain and protected. */
struct vector {
	const char *plain;
	const char *protected;
	u64 index;
	bool rtcp;
};

static void check_vector(struct kunit *test,
			 const struct ksrtp_keys_set *keys,
			 const struct vector *v)
{
	struct fixture *f = test->priv;
	u8 plain[192], protected[192];
	unsigned int plain_len, protected_len;
	struct packet *p;

	p = new_packet(test, f->suite->transform->reqsize(&keys->main));
	plain_len = ksrtp_unhex(test, v->plain, plain, sizeof(plain));
	protected_len = ksrtp_unhex(test, v->protected, protected,
				    sizeof(protected));
	p->work.data = kunit_kzalloc(test, sizeof(protected), GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, p->work.data);
	use_keys(test, &p->work, keys, v->rtcp);
	p->work.index = v->index;
	p->work.clear_len = v->rtcp ? KSRTP_RTCP_HEADER_LEN :
				      KSRTP_RTP_HEADER_LEN;
	p->work.ssrc = v->rtcp ? ksrtp_rtcp_ssrc(plain) : ksrtp_rtp_ssrc(plain);

	memcpy(p->work.data, plain, plain_len);
	p->work.len = plain_len;
	KUNIT_EXPECT_EQ(test, run(test, p, true), 0);
	KUNIT_EXPECT_EQ(test, p->work.len, protected_len);
	KUNIT_EXPECT_MEMEQ(test, p->work.data, protected, protected_len);

	memcpy(p->work.data, protected, protected_len);
	p->work.len = protected_len;
	KUNIT_EXPECT_EQ(test, run(test, p, false), 0);
	KUNIT_EXPECT_EQ(test, p->work.len, plain_len);
	KUNIT_EXPECT_MEMEQ(test, p->work.data, plain, plain_len);
}

#define GCM_KEY_128	"000102030405060708090a0b0c0d0e0f"
#define GCM_KEY_256	GCM_KEY_128 "101112131415161718191a1b1c1d1e1f"
#define GCM_SALT	"517569642070726f2071756f"	/* Quid pro quo */

/* Gallia est omnis divisa in partes tres */
#define GCM_RTP								\
	"8040f17b8041f8d35501a0b2"					\
	"47616c6c696120657374206f6d6e6973"				\
	"2064697669736120696e207061727465"				\
	"732074726573"

/* As in section 17.1 and 17.2; section 17 itself shows a different one. */
#define GCM_RTCP							\
	"81c8000d4d617273"						\
	"4e5450314e545032525450200000042a"				\
	"0000e9304c756e61deadbeefdeadbeef"				\
	"deadbeefdeadbeefdeadbeef"

static void gcm_rfc7714_16_1(struct kunit *test)
{
	static const struct vector v = {
		.plain = GCM_RTP,
		.protected = "8040f17b8041f8d35501a0b2"
			     "f24de3a3fb34de6cacba861c9d7e4bca"
			     "be633bd50d294e6f42a5f47a51c7d19b"
			     "36de3adf8833"
			     "899d7f27beb16a9152cf765ee4390cce",
		.index = 0xf17b,
	};
	struct fixture *f = test->priv;

	set_up(test, KSRTP_SUITE_AEAD_AES_128_GCM, GCM_KEY_128, "", GCM_SALT);
	check_vector(test, &f->given, &v);
}

static void gcm_rfc7714_16_2(struct kunit *test)
{
	static const struct vector v = {
		.plain = GCM_RTP,
		.protected = "8040f17b8041f8d35501a0b2"
			     "32b1de78a822fe12ef9f78fa332e33aa"
			     "b18012389a58e2f3b50b2a0276ffae0f"
			     "1ba63799b87b"
			     "7aa3db36dfffd6b0f9bb7878d7a76c13",
		.index = 0xf17b,
	};
	struct fixture *f = test->priv;

	set_up(test, KSRTP_SUITE_AEAD_AES_256_GCM, GCM_KEY_256, "", GCM_SALT);
	check_vector(test, &f->given, &v);
}

static void gcm_rfc7714_17_1(struct kunit *test)
{
	static const struct vector v = {
		.plain = GCM_RTCP,
		.protected = "81c8000d4d617273"
			     "63e94885dcdab67ca727d7662f6b7e99"
			     "7ff5c0f76c06f32dc676a5f1730d6fda"
			     "4ce09b4686303ded0bb9275b"
			     "c84aa45896cf4d2fc5abf87245d9eade"
			     "800005d4",
		.index = 0x5d4,
		.rtcp = true,
	};
	struct fixture *f = test->priv;

	set_up(test, KSRTP_SUITE_AEAD_AES_128_GCM, GCM_KEY_128, "", GCM_SALT);
	check_vector(test, &f->given, &v);
}

static void gcm_rfc7714_17_2(struct kunit *test)
{
	static const struct vector v = {
		.plain = GCM_RTCP,
		.protected = "81c8000d4d617273"
			     "d50ae4d1f5ce5d304ba297e47d470c28"
			     "2c3ece5dbffe0a50a2eaa5c1110555be"
			     "8415f658c61de0476f1b6fad"
			     "1d1eb30c4446839f57ff6f6cb26ac3be"
			     "800005d4",
		.index = 0x5d4,
		.rtcp = true,
	};
	struct fixture *f = test->priv;

	set_up(test, KSRTP_SUITE_AEAD_AES_256_GCM, GCM_KEY_256, "", GCM_SALT);
	check_vector(test, &f->given, &v);
}

/* RFC 5669 appendix A */
#define LONG_HEADER	"8008315ebf2e6fe020e8f5eb"
#define LONG_RTP	LONG_HEADER					\
	"f57af5fd4ae19562976ec57a5a7ad55a"				\
	"5af5c5e5c5fdf5c55ad57a4a7272d572"				\
	"62e9729566ed66e97ac54a4a5a7ad5e1"				\
	"5ae5fdd5fd5ac5d56ae56ad5c572d54a"				\
	"e54ac55a956afd6aed5a4ac562957a95"				\
	"16991691d572fd14e97ae962ed7a9f4a"				\
	"955af572e162f57a956666e17ae1f54a"				\
	"95f566d54a66e16e4afd6a9f7ae1c5c5"				\
	"5ae5d56afde916c5e94a6ec56695e14a"				\
	"fde1148416e94ad57ac5146ed59d1cc5"

#define NO_SALT		"000000000000000000000000"

/*
 * The tag published is one over the packet before encryption, without rollover
 * counter. This one is over the packet as encrypted, RFC 3711 section 4.2. Its
 * key has 16 bytes; the four zeros behind them change nothing in an HMAC.
 */
static void seed_rfc5669_a1(struct kunit *test)
{
	static const struct vector v = {
		.plain = LONG_RTP,
		.protected = LONG_HEADER
			     "df5a89291e7e383e9beff765e691a737"
			     "49c9e33139ad3001cd8da73ad07f69a2"
			     "805a70358b5c7c8c60ed359f95cf5e08"
			     "f713c53ff7b808250d79a19ccb8d1073"
			     "4e3cb72ed1f0a4e85b002b248049ab07"
			     "63dbe571bec52cf9153fdf2019e421ef"
			     "779cd6f4bd1c8211da8c272e2fce4393"
			     "4b9eabb87362510f254149f992599036"
			     "f5e43102327db1ac5e78adc4f66546ed"
			     "7abfb5a4db320fb7b9c52a61bc554e44"
			     "1d82cc2b73bb1517626c",
		.index = 0x315e,
	};
	struct fixture *f = test->priv;

	need(test, KSRTP_SUITE_SEED_CTR_128_HMAC_SHA1_80);
	set_up(test, KSRTP_SUITE_SEED_CTR_128_HMAC_SHA1_80,
	       "0c5ffd37a11edc42c325287fc0604f2e",
	       "f93563311b354748c978913795530631",
	       "cd3a7c42c671e0067a2a2639b43a");
	check_vector(test, &f->given, &v);
}

static void seed_rfc5669_a2(struct kunit *test)
{
	static const struct vector v = {
		.plain = LONG_RTP,
		.protected = LONG_HEADER
			     "486843a881df215a8574650ddabf5dbb"
			     "2650f06f51252bccaeb4012899d6d71e"
			     "30c64dad5ead5d8ba65ffe9d79aaf30d"
			     "c9e6334490c07e7533d704114a9006ec"
			     "b3b3bff59ecf585485bc0bd286ed434c"
			     "fd684d19a1ad514ca5f37b71d93288c0"
			     "7cf4d5e9b83db8becc8c692a7279b6a9"
			     "ac62ba970fc54f46dcc926d434c0b5ad"
			     "8678fbf0e7a03037924dae342ef64fa6"
			     "5b8eaea260fecb477a57e3919c5dab82"
			     "b0a8274cf6a8bb6cc466",
		.index = 0x315e,
	};
	struct fixture *f = test->priv;

	need(test, KSRTP_SUITE_SEED_128_CCM_80);
	set_up(test, KSRTP_SUITE_SEED_128_CCM_80,
	       "974bee725d44fc3992267b284c3c6750", "",
	       NO_SALT);
	check_vector(test, &f->given, &v);
}

static void seed_rfc5669_a3(struct kunit *test)
{
	static const struct vector v = {
		.plain = LONG_RTP,
		.protected = LONG_HEADER
			     "8a5363682c6b1bbf13c0b09cf747a551"
			     "2543cb2f129b8bd0e92dfadf735cda8f"
			     "88c4bbf90288f5e58d20c4f1bb0d5844"
			     "6ea009103ee57ba99cdeabaaa18d4a9a"
			     "05ddb46e7e5290a5a2284fe50b1f6fe9"
			     "ad3f1348c354181e85b24f1a552a1193"
			     "cf0e13eed5ab95ae854fb4f5b0edb2d3"
			     "ee5eb238c8f4bfb136b2eb6cd7876042"
			     "0680ce1879100014f140a15e07e70133"
			     "ed9cbb6d57b75d574acb0087eefbac99"
			     "36cd9ae602be3ee2cd8d5d9d",
		.index = 0x315e,
	};
	struct fixture *f = test->priv;

	need(test, KSRTP_SUITE_SEED_128_GCM_96);
	set_up(test, KSRTP_SUITE_SEED_128_GCM_96,
	       "e91e5e75da65554a48181f3846349562", "",
	       NO_SALT);
	check_vector(test, &f->given, &v);
}

/* Blocks of the keystream, at the begin and the end of its segment. */
static const u16 keystream_blocks[] = { 0, 1, 2, 0xfeff, 0xff00, 0xff01 };

/* The keystream is what zeros become; 1044512 bytes, as both RFCs have it. */
static void check_keystream(struct kunit *test, enum ksrtp_suite_id id,
			    const char *key, const char *const *blocks)
{
	const unsigned int len = 1044512;
	struct fixture *f = test->priv;
	struct packet *p;
	unsigned int i;
	u8 block[16];

	set_up(test, id, key, "", "f0f1f2f3f4f5f6f7f8f9fafbfcfd");
	p = new_packet(test, f->suite->transform->reqsize(&f->given.main));
	p->work.data = kunit_kzalloc(test, HEADER_MAX + len + OVERHEAD_MAX,
				     GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, p->work.data);
	use_keys(test, &p->work, &f->given, false);
	p->work.clear_len = KSRTP_RTP_HEADER_LEN;
	p->work.len = KSRTP_RTP_HEADER_LEN + len;
	KUNIT_ASSERT_EQ(test, run(test, p, true), 0);
	for (i = 0; i < ARRAY_SIZE(keystream_blocks); i++) {
		ksrtp_unhex(test, blocks[i], block, sizeof(block));
		KUNIT_EXPECT_MEMEQ_MSG(test, p->work.data +
				       KSRTP_RTP_HEADER_LEN +
				       16 * keystream_blocks[i],
				       block, 16, "block %#x",
				       keystream_blocks[i]);
	}
}

static void cm_rfc3711_b2(struct kunit *test)
{
	static const char *const blocks[] = {
		"e03ead0935c95e80e166b16dd92b4eb4",
		"d23513162b02d0f72a43a2fe4a5f97ab",
		"41e95b3bb0a2e8dd477901e4fca894c0",
		"ec8cdf7398607cb0f2d21675ea9ea1e4",
		"362b7c3c6773516318a077d7fc5073ae",
		"6a2cc3787889374fbeb4c81b17ba6c44",
	};

	check_keystream(test, KSRTP_SUITE_AES_CM_128_HMAC_SHA1_80,
			"2b7e151628aed2a6abf7158809cf4f3c", blocks);
}

static void cm_rfc6188_7_1(struct kunit *test)
{
	static const char *const blocks[] = {
		"92bdd28a93c3f52511c677d08b5515a4",
		"9da71b2378a854f67050756ded165bac",
		"63c4868b7096d88421b563b8c94c9a31",
		"cea518c90fd91ced9cbb18c078a54711",
		"3dbc4814f4da5f00a08772b63c6a046d",
		"6eb246913062a16891433e97dd01a57f",
	};

	check_keystream(test, KSRTP_SUITE_AES_256_CM_HMAC_SHA1_80,
			"57f82fe3613fd170a85ec93c40b1f092"
			"2ec4cb0dc025b58272147cc438944a98", blocks);
}

/*
 * Whole packets with the master keys of RFC 3711 appendix B.3 and RFC 6188
 * section 7.2, which have none: those at index 0x1234 and 1 are libsrtp's, the
 * others were computed with OpenSSL.
 */
#define CM_KEY_128	"e1f97a0d3e018be0d64fa32c06de4139"
#define CM_SALT_128	"0ec675ad498afeebb6960b3aabe6"
#define CM_KEY_192	"eab234764e517b2d3d160d587d8c8621"		\
			"9740f65f99b6bcf7"
#define CM_KEY_256	"f0f04914b513f2763a1b1fa130f10e29"		\
			"98f6f6e43e4309d1e622a0e332b9f1b6"
#define CM_SALT_256	"3b04803de51ee7c96423ab5b78d2"
#define CM_RTP		"800f1234decafbadcafebabe"			\
			"abababababababababababababababab"
#define CM_RTCP		"81c8000bcafebabe"				\
			"abababababababababababababababab"

static void cm_128_packets(struct kunit *test)
{
	static const struct vector rtp_80 = {
		.plain = CM_RTP,
		.protected = "800f1234decafbadcafebabe"
			     "4e55dc4ce79978d88ca4d215949d2402"
			     "b78d6acc99ea179b8dbb",
		.index = 0x1234,
	};
	static const struct vector rtp_32 = {
		.plain = CM_RTP,
		.protected = "800f1234decafbadcafebabe"
			     "4e55dc4ce79978d88ca4d215949d2402"
			     "b78d6acc",
		.index = 0x1234,
	};
	static const struct vector rtcp = {
		.plain = CM_RTCP,
		.protected = "81c8000bcafebabe"
			     "7128035be487b9bdbef89041f977a5a8"
			     "80000001993e08cd54d6c1230798",
		.index = 1,
		.rtcp = true,
	};
	struct fixture *f = test->priv;

	create_keys(test, ksrtp_suite_get(KSRTP_SUITE_AES_CM_128_HMAC_SHA1_80),
		    CM_KEY_128, CM_SALT_128);
	check_vector(test, &f->keys[0]->set, &rtp_80);
	check_vector(test, &f->keys[1]->set, &rtcp);
	create_keys(test, ksrtp_suite_get(KSRTP_SUITE_AES_CM_128_HMAC_SHA1_32),
		    CM_KEY_128, CM_SALT_128);
	check_vector(test, &f->keys[0]->set, &rtp_32);
	check_vector(test, &f->keys[1]->set, &rtcp);
}

static void cm_256_packets(struct kunit *test)
{
	static const struct vector rtp = {
		.plain = CM_RTP,
		.protected = "800f1234decafbadcafebabe"
			     "f1d9de17ff251ff1aa007774b0b4b40d"
			     "a08d9d9a5b3a55d8873b",
		.index = 0x1234,
	};
	/* all of the index counts, rollover counter included */
	static const struct vector rtp_far = {
		.plain = CM_RTP,
		.protected = "800f1234decafbadcafebabe"
			     "9509680d56d29ab94107d27b2d593626"
			     "d53c90f81e85a067057c",
		.index = 0x123456781234ULL,
	};
	static const struct vector rtcp_last = {
		.plain = CM_RTCP,
		.protected = "81c8000bcafebabe"
			     "9c631165a051c6a0a770203d761c835f"
			     "ffffffffe6540daafdf84e60825d",
		.index = 0x7fffffff,
		.rtcp = true,
	};
	struct fixture *f = test->priv;

	create_keys(test, ksrtp_suite_get(KSRTP_SUITE_AES_256_CM_HMAC_SHA1_80),
		    CM_KEY_256, CM_SALT_256);
	check_vector(test, &f->keys[0]->set, &rtp);
	check_vector(test, &f->keys[0]->set, &rtp_far);
	check_vector(test, &f->keys[1]->set, &rtcp_last);
}

/* The packet under work, as it was plain and as it was protected. */
struct subject {
	struct packet *p;
	u8 *data;
	u8 plain[PACKET_MAX];
	unsigned int plain_len;
	u8 protected[PACKET_MAX];
	unsigned int protected_len;
};

static int try_unprotect(struct kunit *test, struct subject *s)
{
	memcpy(s->data, s->protected, s->protected_len);
	s->p->work.len = s->protected_len;
	return run(test, s->p, false);
}

/* Protect and unprotect; what lies around the packet stays as it is. */
static void check_there_and_back(struct kunit *test, struct subject *s)
{
	struct ksrtp_work *work = &s->p->work;
	unsigned int payload = s->plain_len - work->clear_len;

	memset(s->data - 4, GUARD, PACKET_MAX + 8);
	memcpy(s->data, s->plain, s->plain_len);
	work->len = s->plain_len;
	KUNIT_ASSERT_EQ(test, run(test, s->p, true), 0);
	KUNIT_ASSERT_EQ(test, work->len, s->plain_len + overhead(work));
	s->protected_len = work->len;
	memcpy(s->protected, s->data, s->protected_len);
	KUNIT_EXPECT_MEMEQ(test, s->data, s->plain, work->clear_len);
	if (payload >= 8 && work->policy->suite->cipher)
		KUNIT_EXPECT_NE(test, memcmp(s->data + work->clear_len,
					     s->plain + work->clear_len,
					     payload), 0);
	KUNIT_EXPECT_EQ(test, s->data[-1], GUARD);
	KUNIT_EXPECT_EQ(test, s->data[s->protected_len], GUARD);

	KUNIT_ASSERT_EQ(test, try_unprotect(test, s), 0);
	KUNIT_EXPECT_EQ(test, work->len, s->plain_len);
	KUNIT_EXPECT_MEMEQ(test, s->data, s->plain, s->plain_len);
	KUNIT_EXPECT_EQ(test, s->data[-1], GUARD);
	KUNIT_EXPECT_EQ(test, s->data[s->protected_len], GUARD);
}

/* No byte can be changed, nor what comes with the packet. */
static void check_tampering(struct kunit *test, struct subject *s)
{
	struct fixture *f = test->priv;
	struct ksrtp_work *work = &s->p->work;
	unsigned int i;

	for (i = 0; i < s->protected_len; i++) {
		s->protected[i] ^= 1 << i % 8;
		KUNIT_EXPECT_EQ_MSG(test, try_unprotect(test, s), -EBADMSG,
				    "%s, %u bytes, byte %u", f->suite->name,
				    s->protected_len, i);
		s->protected[i] ^= 1 << i % 8;
	}
	if (!work->rtcp) {
		work->index ^= 1ULL << 16;
		KUNIT_EXPECT_EQ(test, try_unprotect(test, s), -EBADMSG);
		work->index ^= 1ULL << 16 | 1ULL << 47;
		KUNIT_EXPECT_EQ(test, try_unprotect(test, s), -EBADMSG);
		work->index ^= 1ULL << 47;
	}
	/* SRTCP's keys have no inner AEAD that could be asked for */
	if (work->clear_len + OVERHEAD_MAX <= s->protected_len &&
	    !ksrtp_suite_is_double(f->suite)) {
		use_keys(test, work, work->keys, !work->rtcp);
		KUNIT_EXPECT_EQ(test, try_unprotect(test, s), -EBADMSG);
		use_keys(test, work, work->keys, !work->rtcp);
	}
	/* as it was, it is good again */
	KUNIT_EXPECT_EQ(test, try_unprotect(test, s), 0);
}

static void check_lengths(struct kunit *test, struct subject *s, bool rtcp)
{
	struct fixture *f = test->priv;
	struct ksrtp_work *work = &s->p->work;
	unsigned int len;

	use_keys(test, work, &f->keys[rtcp]->set, rtcp);
	work->clear_len = rtcp ? KSRTP_RTCP_HEADER_LEN : KSRTP_RTP_HEADER_LEN;
	for (len = 0; len <= PAYLOAD_MAX; len++) {
		/* at all alignments */
		work->data = s->data;
		s->plain_len = work->clear_len + len;
		get_random_bytes(s->plain, s->plain_len);
		/* neither CSRCs nor extension */
		s->plain[0] = 0x80;
		get_random_bytes(&work->ssrc, sizeof(work->ssrc));
		get_random_bytes(&work->index, sizeof(work->index));
		work->index &= rtcp ? KSRTP_SRTCP_INDEX_MASK : (1ULL << 48) - 1;
		/* the inner AEAD goes by the header */
		if (!rtcp)
			put_unaligned_be16(work->index, s->plain + 2);
		work->inner_index = work->index;
		check_there_and_back(test, s);
		check_tampering(test, s);
		s->data = s->data - len % 4 + (len + 1) % 4;
	}
}

/* Keys of a suite, of whatever value. */
static void create_any_keys(struct kunit *test, const struct ksrtp_suite *suite)
{
	create_keys(test, suite, suite->key_len == 16 ? CM_KEY_128 :
		    suite->key_len == 24 ? CM_KEY_192 : CM_KEY_256,
		    suite->salt_len == 14 ? CM_SALT_128 : GCM_SALT);
}

/* All lengths up to some blocks, SRTP and SRTCP, with the keys there are. */
static void check_keys(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct subject *s;
	u8 *buffer;

	s = kunit_kzalloc(test, sizeof(*s), GFP_KERNEL);
	buffer = kunit_kzalloc(test, PACKET_MAX + 16, GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, s);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, buffer);
	s->p = new_packet(test, f->keys[0]->reqsize);
	s->data = buffer + 4;
	check_lengths(test, s, false);
	s->data = buffer + 4;
	check_lengths(test, s, true);
}

static void check_suite(struct kunit *test, enum ksrtp_suite_id id)
{
	create_any_keys(test, ksrtp_suite_get(id));
	check_keys(test);
}

static void round_trips(struct kunit *test)
{
	unsigned int id;

	for (id = 1; id <= KSRTP_SUITE_MAX; id++)
		if (available(ksrtp_suite_get(id)))
			check_suite(test, id);
}

/* At least each packet with a payload, SRTP and SRTCP, there and back. */
static void check_deferred(struct kunit *test)
{
	struct fixture *f = test->priv;

	check_keys(test);
	kunit_info(test, "%s, %u packets completed later\n",
		   ksrtp_keys_cipher_driver(f->keys[0]), f->deferred);
	KUNIT_EXPECT_TRUE(test, f->deferred >= 4 * PAYLOAD_MAX);
}

/* Suites are static because keys, which are freed later, point to them. */
static void round_trip_cm_later(struct kunit *test)
{
	static struct ksrtp_suite suite;
	struct fixture *f = test->priv;

	suite = *ksrtp_suite_get(KSRTP_SUITE_AES_CM_128_HMAC_SHA1_80);
	suite.cipher = LATER_CTR;
	suite.prf = LATER_CTR;
	create_any_keys(test, &suite);
	KUNIT_EXPECT_TRUE(test, f->keys[0]->async);
	check_deferred(test);
}

static void round_trip_gcm_later(struct kunit *test)
{
	static struct ksrtp_suite suite;
	struct fixture *f = test->priv;

	suite = *ksrtp_suite_get(KSRTP_SUITE_AEAD_AES_256_GCM);
	suite.cipher = LATER_GCM;
	create_any_keys(test, &suite);
	KUNIT_EXPECT_TRUE(test, f->keys[0]->async);
	check_deferred(test);
}

/* The kernel's own drivers, when they cannot work at once. */
static void check_fpu_busy(struct kunit *test, enum ksrtp_suite_id id)
{
	struct fixture *f = test->priv;

	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		kunit_skip(test, "packets are threads' work, which waits for the FPU");
	create_any_keys(test, ksrtp_suite_get(id));
	if (!f->keys[0]->async || !IS_ENABLED(CONFIG_X86))
		kunit_skip(test, "%s always works at once",
			   ksrtp_keys_cipher_driver(f->keys[0]));
	f->fpu_busy = true;
	check_deferred(test);
}

static void round_trip_cm_fpu_busy(struct kunit *test)
{
	check_fpu_busy(test, KSRTP_SUITE_AES_CM_128_HMAC_SHA1_80);
}

static void round_trip_gcm_fpu_busy(struct kunit *test)
{
	check_fpu_busy(test, KSRTP_SUITE_AEAD_AES_256_GCM);
}

/* CSRCs and extensions stay in clear and are authenticated. */
static void long_header(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct subject *s;
	unsigned int id;
	u8 *buffer;

	s = kunit_kzalloc(test, sizeof(*s), GFP_KERNEL);
	buffer = kunit_kzalloc(test, PACKET_MAX + 16, GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, s);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, buffer);
	s->data = buffer + 4;
	for (id = 1; id <= KSRTP_SUITE_MAX; id++) {
		const struct ksrtp_suite *suite = ksrtp_suite_get(id);

		if (!available(suite))
			continue;
		create_any_keys(test, suite);
		s->p = new_packet(test, f->keys[0]->reqsize);
		s->p->work.data = s->data;
		use_keys(test, &s->p->work, &f->keys[0]->set, false);
		s->plain_len = ksrtp_unhex(test, "92001234decafbadcafebabe"
					   "0102030405060708"
					   "bede000110aa0000"
					   "abababababababababababababab",
					   s->plain, sizeof(s->plain));
		s->p->work.clear_len = ksrtp_rtp_header_len(s->plain,
							    s->plain_len);
		KUNIT_EXPECT_EQ(test, s->p->work.clear_len, 28U);
		s->p->work.ssrc = ksrtp_rtp_ssrc(s->plain);
		s->p->work.index = 0x71234;
		s->p->work.inner_index = s->p->work.index;
		check_there_and_back(test, s);
		check_tampering(test, s);
	}
}

/* Neither SSRC nor index nor key may give the same keystream twice. */
static void keystreams_differ(struct kunit *test)
{
	static const struct {
		u64 index;
		u32 ssrc;
		bool rtcp;
	} cases[] = {
		{ 0, 0, false }, { 1, 0, false }, { 0x10000, 0, false },
		{ 1ULL << 32, 0, false }, { 1ULL << 47, 0, false },
		{ 0, 1, false }, { 0, 0x10000, false }, { 0, 1U << 31, false },
		{ 0, 0, true }, { 1, 0, true }, { 1 << 30, 0, true },
		{ 0, 1, true }, { 0, 1U << 31, true },
	};
	u8 streams[ARRAY_SIZE(cases)][16];
	struct fixture *f = test->priv;
	unsigned int id, i, j, ssrc_at;
	struct packet *p;
	u8 *data;

	data = kunit_kzalloc(test, PACKET_MAX, GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, data);
	for (id = 1; id <= KSRTP_SUITE_MAX; id++) {
		const struct ksrtp_suite *suite = ksrtp_suite_get(id);

		if (!suite->cipher || !available(suite))
			continue;
		create_any_keys(test, suite);
		p = new_packet(test, f->keys[0]->reqsize);
		for (i = 0; i < ARRAY_SIZE(cases); i++) {
			/* f8 goes by the header itself */
			memset(data, 0, PACKET_MAX);
			ssrc_at = 8;
			if (cases[i].rtcp)
				ssrc_at = 4;
			put_unaligned_be16(cases[i].index, data + 2);
			put_unaligned_be32(cases[i].ssrc, data + ssrc_at);
			p->work.data = data;
			p->work.index = cases[i].index;
			p->work.ssrc = cases[i].ssrc;
			p->work.inner_index = cases[i].index;
			use_keys(test, &p->work, &f->keys[cases[i].rtcp]->set,
				 cases[i].rtcp);
			p->work.clear_len = 12;
			p->work.len = 12 + 16;
			KUNIT_EXPECT_EQ(test, run(test, p, true), 0);
			memcpy(streams[i], data + 12, 16);
		}
		for (i = 0; i < ARRAY_SIZE(cases); i++)
			for (j = 0; j < i; j++)
				KUNIT_EXPECT_NE_MSG(test, memcmp(streams[i],
								 streams[j],
								 16), 0,
						    "suite %u, cases %u, %u",
						    id, i, j);
	}
}

/* Where the receiver finds the SRTCP index. */
static void srtcp_index_place(struct kunit *test)
{
	unsigned int id;

	for (id = 1; id <= KSRTP_SUITE_MAX; id++) {
		const struct ksrtp_suite *suite = ksrtp_suite_get(id);

		KUNIT_EXPECT_EQ(test, suite->transform->srtcp_index_last,
				ksrtp_suite_is_aead(suite));
	}
}

static struct kunit_case transform_cases[] = {
	KUNIT_CASE(cm_rfc3711_b2),
	KUNIT_CASE(cm_rfc6188_7_1),
	KUNIT_CASE(cm_128_packets),
	KUNIT_CASE(cm_256_packets),
	KUNIT_CASE(gcm_rfc7714_16_1),
	KUNIT_CASE(gcm_rfc7714_16_2),
	KUNIT_CASE(gcm_rfc7714_17_1),
	KUNIT_CASE(gcm_rfc7714_17_2),
	KUNIT_CASE(seed_rfc5669_a1),
	KUNIT_CASE(seed_rfc5669_a2),
	KUNIT_CASE(seed_rfc5669_a3),
	KUNIT_CASE(round_trips),
	KUNIT_CASE(round_trip_cm_later),
	KUNIT_CASE(round_trip_gcm_later),
	KUNIT_CASE(round_trip_cm_fpu_busy),
	KUNIT_CASE(round_trip_gcm_fpu_busy),
	KUNIT_CASE(long_header),
	KUNIT_CASE(keystreams_differ),
	KUNIT_CASE(srtcp_index_place),
	{}
};

struct kunit_suite ksrtp_transform_tests = {
	.name = "ksrtp-transform",
	.init = transform_init,
	.exit = transform_exit,
	.test_cases = transform_cases,
};
