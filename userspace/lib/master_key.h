/* SPDX-License-Identifier: GPL-2.0 */
/* A master key followed by its master salt, as text or as bytes. */
#ifndef LIBKSRTP_MASTER_KEY_H
#define LIBKSRTP_MASTER_KEY_H

#include <linux/ksrtp.h>
#include <stdbool.h>

#include "registry.h"

struct complaint;

/* Holds the longest keys and salts of both directions, 176 bytes, in hex. */
#define KEY_TEXT_MAX 512

struct key {
	unsigned char material[KSRTP_MASTER_KEY_MAX + KSRTP_MASTER_SALT_MAX];
	unsigned int key_len, salt_len;
};

bool key_fits(const struct suite *suite, unsigned int key_len,
	      unsigned int salt_len);
int key_decode(struct key *key, const char *text, const struct suite *suite,
	       struct complaint *complaint);

#endif
