// SPDX-License-Identifier: GPL-2.0
/* The table of suites. A new suite needs a new row and at most one transform. */

#include <linux/kernel.h>
#include <linux/stddef.h>

#include "suite.h"
#include "transform.h"

#define KSRTP_SUITE(_id)						\
	.id = KSRTP_SUITE_##_id,					\
	.name = #_id

#define KSRTP_DTLS(_name, _profile)					\
	.dtls_name = "SRTP_" _name,					\
	.dtls_profile = _profile

/* HMAC-SHA1; the SRTCP tag always has full length, RFC 3711 section 5.2 */
#define KSRTP_HMAC(_rtp_tag_len)					\
	.parts = 1,							\
	.salt_len = 14,							\
	.auth_key_len = 20,						\
	.rtp_tag_len = _rtp_tag_len,					\
	.rtcp_tag_len = 10

/*
 * Counter mode, RFC 3711 section 4.1.1, RFC 6188, RFC 8269 section 2, RFC 5669
 * section 2.1
 */
#define KSRTP_CM(_cipher, _key_len)					\
	.transform = &ksrtp_transform_cm,				\
	.cipher = "ctr(" _cipher ")",					\
	.prf = "ctr(" _cipher ")",					\
	.header_cipher = "ctr(" _cipher ")",				\
	.key_len = _key_len

/* An AEAD; keys are derived by its cipher in counter mode */
#define KSRTP_AEAD(_transform, _mode, _cipher, _parts, _key_len, _tag_len) \
	.transform = &_transform,					\
	.cipher = _mode "(" _cipher ")",				\
	.prf = "ctr(" _cipher ")",					\
	.header_cipher = "ctr(" _cipher ")",				\
	.parts = _parts,						\
	.key_len = _key_len,						\
	.salt_len = 12,							\
	.rtp_tag_len = _tag_len,					\
	.rtcp_tag_len = _tag_len

/* Galois/counter mode, RFC 7714, RFC 8269 section 3, RFC 8723 */
#define KSRTP_GCM(_transform, _cipher, _parts, _key_len)		\
	KSRTP_AEAD(_transform, "gcm", _cipher, _parts, _key_len, 16)

static const struct ksrtp_suite ksrtp_suites[] = {
	[KSRTP_SUITE_AES_CM_128_HMAC_SHA1_80] = {
		KSRTP_SUITE(AES_CM_128_HMAC_SHA1_80),
		KSRTP_DTLS("AES128_CM_HMAC_SHA1_80", 0x0001),
		KSRTP_CM("aes", 16), KSRTP_HMAC(10),
	},
	[KSRTP_SUITE_AES_CM_128_HMAC_SHA1_32] = {
		KSRTP_SUITE(AES_CM_128_HMAC_SHA1_32),
		KSRTP_DTLS("AES128_CM_HMAC_SHA1_32", 0x0002),
		KSRTP_CM("aes", 16), KSRTP_HMAC(4),
		/* libre and FFmpeg */
		.rtcp_tag_varies = true,
	},
	[KSRTP_SUITE_AES_192_CM_HMAC_SHA1_80] = {
		KSRTP_SUITE(AES_192_CM_HMAC_SHA1_80),
		KSRTP_CM("aes", 24), KSRTP_HMAC(10),
	},
	[KSRTP_SUITE_AES_192_CM_HMAC_SHA1_32] = {
		KSRTP_SUITE(AES_192_CM_HMAC_SHA1_32),
		KSRTP_CM("aes", 24), KSRTP_HMAC(4),
	},
	[KSRTP_SUITE_AES_256_CM_HMAC_SHA1_80] = {
		KSRTP_SUITE(AES_256_CM_HMAC_SHA1_80),
		KSRTP_CM("aes", 32), KSRTP_HMAC(10),
	},
	[KSRTP_SUITE_AES_256_CM_HMAC_SHA1_32] = {
		KSRTP_SUITE(AES_256_CM_HMAC_SHA1_32),
		KSRTP_CM("aes", 32), KSRTP_HMAC(4),
		/* libre */
		.rtcp_tag_varies = true,
	},
	[KSRTP_SUITE_NULL_HMAC_SHA1_80] = {
		KSRTP_SUITE(NULL_HMAC_SHA1_80),
		KSRTP_DTLS("NULL_HMAC_SHA1_80", 0x0005),
		.transform = &ksrtp_transform_cm,
		.prf = "ctr(aes)",
		.key_len = 16,
		KSRTP_HMAC(10),
	},
	[KSRTP_SUITE_NULL_HMAC_SHA1_32] = {
		KSRTP_SUITE(NULL_HMAC_SHA1_32),
		KSRTP_DTLS("NULL_HMAC_SHA1_32", 0x0006),
		.transform = &ksrtp_transform_cm,
		.prf = "ctr(aes)",
		.key_len = 16,
		KSRTP_HMAC(4),
	},
	[KSRTP_SUITE_F8_128_HMAC_SHA1_80] = {
		KSRTP_SUITE(F8_128_HMAC_SHA1_80),
		.transform = &ksrtp_transform_f8,
		/* f8 chains blocks as CBC does, see transform_f8.c */
		.cipher = "cbc(aes)",
		.prf = "ctr(aes)",
		.header_cipher = "ctr(aes)",
		.key_len = 16,
		KSRTP_HMAC(10),
	},
	[KSRTP_SUITE_ARIA_128_CTR_HMAC_SHA1_80] = {
		KSRTP_SUITE(ARIA_128_CTR_HMAC_SHA1_80),
		KSRTP_DTLS("ARIA_128_CTR_HMAC_SHA1_80", 0x000b),
		KSRTP_CM("aria", 16), KSRTP_HMAC(10),
	},
	[KSRTP_SUITE_ARIA_128_CTR_HMAC_SHA1_32] = {
		KSRTP_SUITE(ARIA_128_CTR_HMAC_SHA1_32),
		KSRTP_DTLS("ARIA_128_CTR_HMAC_SHA1_32", 0x000c),
		KSRTP_CM("aria", 16), KSRTP_HMAC(4),
	},
	[KSRTP_SUITE_ARIA_256_CTR_HMAC_SHA1_80] = {
		KSRTP_SUITE(ARIA_256_CTR_HMAC_SHA1_80),
		KSRTP_DTLS("ARIA_256_CTR_HMAC_SHA1_80", 0x000d),
		KSRTP_CM("aria", 32), KSRTP_HMAC(10),
	},
	[KSRTP_SUITE_ARIA_256_CTR_HMAC_SHA1_32] = {
		KSRTP_SUITE(ARIA_256_CTR_HMAC_SHA1_32),
		KSRTP_DTLS("ARIA_256_CTR_HMAC_SHA1_32", 0x000e),
		KSRTP_CM("aria", 32), KSRTP_HMAC(4),
	},
	[KSRTP_SUITE_AEAD_AES_128_GCM] = {
		KSRTP_SUITE(AEAD_AES_128_GCM),
		KSRTP_DTLS("AEAD_AES_128_GCM", 0x0007),
		KSRTP_GCM(ksrtp_transform_gcm, "aes", 1, 16),
	},
	[KSRTP_SUITE_AEAD_AES_256_GCM] = {
		KSRTP_SUITE(AEAD_AES_256_GCM),
		KSRTP_DTLS("AEAD_AES_256_GCM", 0x0008),
		KSRTP_GCM(ksrtp_transform_gcm, "aes", 1, 32),
	},
	[KSRTP_SUITE_AEAD_ARIA_128_GCM] = {
		KSRTP_SUITE(AEAD_ARIA_128_GCM),
		KSRTP_DTLS("AEAD_ARIA_128_GCM", 0x000f),
		KSRTP_GCM(ksrtp_transform_gcm, "aria", 1, 16),
	},
	[KSRTP_SUITE_AEAD_ARIA_256_GCM] = {
		KSRTP_SUITE(AEAD_ARIA_256_GCM),
		KSRTP_DTLS("AEAD_ARIA_256_GCM", 0x0010),
		KSRTP_GCM(ksrtp_transform_gcm, "aria", 1, 32),
	},
	[KSRTP_SUITE_DOUBLE_AEAD_AES_128_GCM_AEAD_AES_128_GCM] = {
		KSRTP_SUITE(DOUBLE_AEAD_AES_128_GCM_AEAD_AES_128_GCM),
		KSRTP_DTLS("DOUBLE_AEAD_AES_128_GCM_AEAD_AES_128_GCM", 0x0009),
		KSRTP_GCM(ksrtp_transform_double, "aes", 2, 16),
	},
	[KSRTP_SUITE_DOUBLE_AEAD_AES_256_GCM_AEAD_AES_256_GCM] = {
		KSRTP_SUITE(DOUBLE_AEAD_AES_256_GCM_AEAD_AES_256_GCM),
		KSRTP_DTLS("DOUBLE_AEAD_AES_256_GCM_AEAD_AES_256_GCM", 0x000a),
		KSRTP_GCM(ksrtp_transform_double, "aes", 2, 32),
	},
	[KSRTP_SUITE_SEED_CTR_128_HMAC_SHA1_80] = {
		KSRTP_SUITE(SEED_CTR_128_HMAC_SHA1_80),
		KSRTP_CM("seed", 16), KSRTP_HMAC(10),
	},
	/*
	 * RFC 5669 leaves open how long the master salts of these two are, and
	 * where SRTCP's tag is. Both are as in RFC 7714.
	 */
	[KSRTP_SUITE_SEED_128_CCM_80] = {
		KSRTP_SUITE(SEED_128_CCM_80),
		KSRTP_AEAD(ksrtp_transform_gcm, "ccm", "seed", 1, 16, 10),
	},
	[KSRTP_SUITE_SEED_128_GCM_96] = {
		KSRTP_SUITE(SEED_128_GCM_96),
		KSRTP_AEAD(ksrtp_transform_gcm, "gcm", "seed", 1, 16, 12),
	},
	/* of drafts of RFC 7714; the tag is as short in SRTCP, with all peers */
	[KSRTP_SUITE_AEAD_AES_128_GCM_8] = {
		KSRTP_SUITE(AEAD_AES_128_GCM_8),
		KSRTP_AEAD(ksrtp_transform_gcm, "gcm", "aes", 1, 16, 8),
	},
	[KSRTP_SUITE_AEAD_AES_256_GCM_8] = {
		KSRTP_SUITE(AEAD_AES_256_GCM_8),
		KSRTP_AEAD(ksrtp_transform_gcm, "gcm", "aes", 1, 32, 8),
	},
};

static_assert(ARRAY_SIZE(ksrtp_suites) == KSRTP_SUITE_MAX + 1);

/**
 * ksrtp_suite_get() - find a suite
 * @id: its netlink number
 *
 * Context: any.
 * Return: the suite, or NULL if there is none with this number.
 */
const struct ksrtp_suite *ksrtp_suite_get(u32 id)
{
	if (id >= ARRAY_SIZE(ksrtp_suites) || !ksrtp_suites[id].name)
		return NULL;
	return &ksrtp_suites[id];
}
