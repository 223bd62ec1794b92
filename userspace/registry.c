// SPDX-License-Identifier: GPL-2.0
#include <stddef.h>
#include <strings.h>

#include <linux/ksrtp.h>

#include "registry.h"

#define SUITE(_name, _key_len, _salt_len) {				\
	.id = KSRTP_SUITE_##_name,					\
	.name = #_name,							\
	.key_len = _key_len,						\
	.salt_len = _salt_len,						\
}

#define FOREIGN(_name) { .name = #_name }

/* SRTP Crypto Suite Registrations: RFC 4568, 6188, 7714, 5669 */
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
	FOREIGN(SEED_CTR_128_HMAC_SHA1_80),
	FOREIGN(SEED_128_CCM_80),
	FOREIGN(SEED_128_GCM_96),
};

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

const struct suite *registry_sdes(const char *name)
{
	size_t i;

	for (i = 0; i < COUNT(sdes_suites); i++)
		if (!strcasecmp(name, sdes_suites[i].name))
			return &sdes_suites[i];
	return NULL;
}
