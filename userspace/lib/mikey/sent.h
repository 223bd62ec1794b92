/* SPDX-License-Identifier: GPL-2.0 */
/* Secrets of messages made here, which the messages do not have. */
#ifndef LIBKSRTP_MIKEY_SENT_H
#define LIBKSRTP_MIKEY_SENT_H

#include <stdint.h>

#include "lib/bytes.h"

#define MIKEY_SECRET_MAX	256
#define MIKEY_SENT_MAX		64

/* An envelope key, or the private value of Diffie-Hellman. */
struct mikey_secret {
	uint32_t csb_id;
	unsigned int len;		/* 0: none */
	unsigned char key[MIKEY_SECRET_MAX];
};

/**
 * struct mikey_sent - secrets of messages made here
 * @secret: ring of secrets
 * @n: number of secrets added so far
 */
struct mikey_sent {
	struct mikey_secret secret[MIKEY_SENT_MAX];
	unsigned int n;
};

void mikey_sent_add(struct mikey_sent *sent, const struct mikey_secret *secret);
const struct mikey_secret *mikey_sent_next(const struct mikey_sent *sent,
					   uint32_t csb_id,
					   const struct mikey_secret *after);

#endif
