// SPDX-License-Identifier: GPL-2.0
/* The table of suites. A new suite is a new row and at most one transform. */

#include <linux/kernel.h>
#include <linux/stddef.h>

#include "suite.h"
#include "transform.h"

#define KSRTP_CM_SUITE(_id, _key_len, _rtp_tag_len, _dtls_profile)	\
	[KSRTP_SUITE_##_id] = {						\
		.id = KSRTP_SUITE_##_id,				\
		.name = #_id,						\
		.transform = &ksrtp_transform_cm,			\
		.cipher = "ctr(aes)",					\
		.prf = "ctr(aes)",					\
		.auth = "hmac(sha1)",					\
		.key_len = _key_len,					\
		.salt_len = 14,						\
		.auth_key_len = 20,					\
		.rtp_tag_len = _rtp_tag_len,				\
		/* SRTCP is never shortened, RFC 3711 section 5.2 */	\
		.rtcp_tag_len = 10,					\
		.dtls_profile = _dtls_profile,				\
	}

#define KSRTP_GCM_SUITE(_id, _key_len, _dtls_profile)			\
	[KSRTP_SUITE_##_id] = {						\
		.id = KSRTP_SUITE_##_id,				\
		.name = #_id,						\
		.transform = &ksrtp_transform_gcm,			\
		.cipher = "gcm(aes)",					\
		.prf = "ctr(aes)",					\
		.key_len = _key_len,					\
		.salt_len = 12,						\
		.rtp_tag_len = 16,					\
		.rtcp_tag_len = 16,					\
		.dtls_profile = _dtls_profile,				\
	}

static const struct ksrtp_suite ksrtp_suites[] = {
	KSRTP_CM_SUITE(AES_CM_128_HMAC_SHA1_80, 16, 10, 0x0001),
	KSRTP_CM_SUITE(AES_CM_128_HMAC_SHA1_32, 16, 4, 0x0002),
	KSRTP_CM_SUITE(AES_256_CM_HMAC_SHA1_80, 32, 10, 0),
	KSRTP_CM_SUITE(AES_256_CM_HMAC_SHA1_32, 32, 4, 0),
	KSRTP_GCM_SUITE(AEAD_AES_128_GCM, 16, 0x0007),
	KSRTP_GCM_SUITE(AEAD_AES_256_GCM, 32, 0x0008),
};

static_assert(ARRAY_SIZE(ksrtp_suites) == KSRTP_SUITE_MAX + 1);

/**
 * ksrtp_suite_get() - look a suite up
 * @id: its number in netlink
 *
 * Context: any.
 * Return: the suite, or NULL if there is none of that number.
 */
const struct ksrtp_suite *ksrtp_suite_get(u32 id)
{
	if (id >= ARRAY_SIZE(ksrtp_suites) || !ksrtp_suites[id].name)
		return NULL;
	return &ksrtp_suites[id];
}
