// SPDX-License-Identifier: GPL-2.0
#include <stddef.h>
#include <string.h>
#include <strings.h>

#include <linux/ksrtp.h>

#include "lifetime.h"
#include "registry.h"

#define SUITE(_name, _key_len, _salt_len) {				\
	.id = KSRTP_SUITE_##_name,					\
	.name = #_name,							\
	.key_len = _key_len,						\
	.salt_len = _salt_len,						\
}

/*
 * SRTP Crypto Suite Registrations: RFC 4568, 6188, 7714, 5669. RFC 5669 has no
 * length of the salt for CCM and GCM; it is RFC 7714's.
 */
static const struct suite sdes_suites[] = {
	SUITE(AES_CM_128_HMAC_SHA1_80, 16, 14),
	SUITE(AES_CM_128_HMAC_SHA1_32, 16, 14),
	SUITE(F8_128_HMAC_SHA1_80, 16, 14),
	SUITE(AES_192_CM_HMAC_SHA1_80, 24, 14),
	SUITE(AES_192_CM_HMAC_SHA1_32, 24, 14),
	SUITE(AES_256_CM_HMAC_SHA1_80, 32, 14),
	SUITE(AES_256_CM_HMAC_SHA1_32, 32, 14),
	SUITE(AEAD_AES_128_GCM, 16, 12),
	SUITE(AEAD_AES_256_GCM, 32, 12),
	SUITE(SEED_CTR_128_HMAC_SHA1_80, 16, 14),
	SUITE(SEED_128_CCM_80, 16, 12),
	SUITE(SEED_128_GCM_96, 16, 12),
	/* drafts of RFC 7714, not registered */
	SUITE(AEAD_AES_128_GCM_8, 16, 12),
	SUITE(AEAD_AES_256_GCM_8, 32, 12),
};

#define PROFILE(_number, _name, _lifetime, ...) {			\
	.number = _number,						\
	.name = _name,							\
	.rtp_lifetime = _lifetime,					\
	.suite = SUITE(__VA_ARGS__),					\
}

/*
 * DTLS-SRTP Protection Profiles: RFC 5764, 7714, 8723, 8269. RFC 5764 has no
 * key lengths for NULL; implementations use those of AES, which derives the
 * session keys.
 */
static const struct profile profiles[] = {
	PROFILE(0x0001, "SRTP_AES128_CM_HMAC_SHA1_80", 1ULL << 31,
		AES_CM_128_HMAC_SHA1_80, 16, 14),
	PROFILE(0x0002, "SRTP_AES128_CM_HMAC_SHA1_32", 1ULL << 31,
		AES_CM_128_HMAC_SHA1_32, 16, 14),
	PROFILE(0x0005, "SRTP_NULL_HMAC_SHA1_80", 1ULL << 31,
		NULL_HMAC_SHA1_80, 16, 14),
	PROFILE(0x0006, "SRTP_NULL_HMAC_SHA1_32", 1ULL << 31,
		NULL_HMAC_SHA1_32, 16, 14),
	PROFILE(0x0007, "SRTP_AEAD_AES_128_GCM", RTP_LIFETIME_MAX,
		AEAD_AES_128_GCM, 16, 12),
	PROFILE(0x0008, "SRTP_AEAD_AES_256_GCM", RTP_LIFETIME_MAX,
		AEAD_AES_256_GCM, 32, 12),
	PROFILE(0x0009, "SRTP_DOUBLE_AEAD_AES_128_GCM_AEAD_AES_128_GCM",
		RTP_LIFETIME_MAX,
		DOUBLE_AEAD_AES_128_GCM_AEAD_AES_128_GCM, 32, 24),
	PROFILE(0x000a, "SRTP_DOUBLE_AEAD_AES_256_GCM_AEAD_AES_256_GCM",
		RTP_LIFETIME_MAX,
		DOUBLE_AEAD_AES_256_GCM_AEAD_AES_256_GCM, 64, 24),
	PROFILE(0x000b, "SRTP_ARIA_128_CTR_HMAC_SHA1_80", RTP_LIFETIME_MAX,
		ARIA_128_CTR_HMAC_SHA1_80, 16, 14),
	PROFILE(0x000c, "SRTP_ARIA_128_CTR_HMAC_SHA1_32", RTP_LIFETIME_MAX,
		ARIA_128_CTR_HMAC_SHA1_32, 16, 14),
	PROFILE(0x000d, "SRTP_ARIA_256_CTR_HMAC_SHA1_80", RTP_LIFETIME_MAX,
		ARIA_256_CTR_HMAC_SHA1_80, 32, 14),
	PROFILE(0x000e, "SRTP_ARIA_256_CTR_HMAC_SHA1_32", RTP_LIFETIME_MAX,
		ARIA_256_CTR_HMAC_SHA1_32, 32, 14),
	PROFILE(0x000f, "SRTP_AEAD_ARIA_128_GCM", RTP_LIFETIME_MAX,
		AEAD_ARIA_128_GCM, 16, 12),
	PROFILE(0x0010, "SRTP_AEAD_ARIA_256_GCM", RTP_LIFETIME_MAX,
		AEAD_ARIA_256_GCM, 32, 12),
};

/* OpenSSL's names for some of them. */
static const struct {
	const char *alias, *name;
} aliases[] = {
	{ "SRTP_AES128_CM_SHA1_80", "SRTP_AES128_CM_HMAC_SHA1_80" },
	{ "SRTP_AES128_CM_SHA1_32", "SRTP_AES128_CM_HMAC_SHA1_32" },
};

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

/* Any suite of the kernel. */
const struct suite *registry_suite(uint32_t id)
{
	size_t i;

	for (i = 0; i < COUNT(sdes_suites); i++)
		if (id && id == sdes_suites[i].id)
			return &sdes_suites[i];
	for (i = 0; i < COUNT(profiles); i++)
		if (id && id == profiles[i].suite.id)
			return &profiles[i].suite;
	return NULL;
}

/* A suite of SDES. */
const struct suite *registry_sdes(const char *name)
{
	size_t i;

	for (i = 0; i < COUNT(sdes_suites); i++)
		if (!strcasecmp(name, sdes_suites[i].name))
			return &sdes_suites[i];
	return NULL;
}

const struct profile *registry_profile(uint32_t number)
{
	size_t i;

	for (i = 0; i < COUNT(profiles); i++)
		if (number == profiles[i].number)
			return &profiles[i];
	return NULL;
}

/* The name may be given without the registry's prefix. */
const struct profile *registry_profile_named(const char *name)
{
	static const char prefix[] = "SRTP_";
	size_t i;

	for (i = 0; i < COUNT(aliases); i++)
		if (!strcasecmp(name, aliases[i].alias))
			name = aliases[i].name;
	for (i = 0; i < COUNT(profiles); i++)
		if (!strcasecmp(name, profiles[i].name) ||
		    !strcasecmp(name, profiles[i].name + strlen(prefix)))
			return &profiles[i];
	return NULL;
}
