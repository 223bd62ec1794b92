/* SPDX-License-Identifier: GPL-2.0 */
/* Suites as IANA's registries know them, which needs no kernel to be asked. */
#ifndef KSRTP_REGISTRY_H
#define KSRTP_REGISTRY_H

#include <stdint.h>

#include "suite.h"

/* A protection profile of DTLS-SRTP. */
struct profile {
	uint16_t number;
	const char *name;
	struct suite suite;
	uint64_t rtp_lifetime;	/* packets that a key may protect */
};

const struct profile *registry_profile(const char *text);

/* A suite of SDES; without an id if the kernel does not have it. */
const struct suite *registry_sdes(const char *name);

#endif
