/* SPDX-License-Identifier: GPL-2.0 */
/* Keys of both directions from a key agreement. */
#ifndef LIBKSRTP_AGREEMENT_H
#define LIBKSRTP_AGREEMENT_H

#include <stdbool.h>
#include <stddef.h>

#include "description.h"
#include "registry.h"

/* Size of keys and salts of both roles. */
#define MATERIAL_MAX (2 * (KSRTP_MASTER_KEY_MAX + KSRTP_MASTER_SALT_MAX))

enum protocol { DTLS = 1, ZRTP };

struct agreement {
	enum protocol protocol;		/* 0: none */
	bool first;			/* we are client, or initiator */
	const struct suite *suite;
	uint64_t rtp_lifetime;		/* the profile's */
};

const struct suite *agreement_zrtp_suite(const char *cipher,
					 const char *auth_tag);
const char *agreement_name(enum protocol protocol);
int agreement_take(const struct agreement *agreement,
		   const unsigned char *material, struct ksrtp_session *session,
		   struct complaint *complaint);

#endif
