/* SPDX-License-Identifier: GPL-2.0 */
/* Suites of IANA's registries, known without asking the kernel. */
#ifndef LIBKSRTP_REGISTRY_H
#define LIBKSRTP_REGISTRY_H

#include <stdint.h>

struct suite {
	uint32_t id;
	const char *name;
	unsigned int key_len;
	unsigned int salt_len;
};

/* A protection profile of DTLS-SRTP. */
struct profile {
	uint16_t number;
	const char *name;
	struct suite suite;
	uint64_t rtp_lifetime;	/* packets that a key may protect */
};

const struct suite *registry_suite(uint32_t id);
const struct suite *registry_sdes(const char *name);
const struct profile *registry_profile(uint32_t number);
const struct profile *registry_profile_named(const char *name);

#endif
