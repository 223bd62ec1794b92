/* SPDX-License-Identifier: GPL-2.0 */
/* Master key and salt, from wherever the user keeps them. */
#ifndef KSRTP_KEY_H
#define KSRTP_KEY_H

#include <stdbool.h>
#include <stdint.h>

#include <linux/ksrtp.h>

#include "args.h"
#include "suite.h"

struct nlmsghdr;

/* Holds the longest keys and salts of both directions, 176 bytes, in hex. */
#define KEY_TEXT_MAX 512

/* As given: hex, base64, or SDES's inline: form. */
struct key_text {
	char text[KEY_TEXT_MAX];
	bool given;
};

/* Decoded: the master key, and the master salt behind it. */
struct key {
	unsigned char material[KSRTP_MASTER_KEY_MAX + KSRTP_MASTER_SALT_MAX];
	unsigned int key_len, salt_len;
};

bool key_parse(struct key_text *key, struct args *args);
bool key_fits(const struct suite *suite, unsigned int key_len,
	      unsigned int salt_len);
void key_decode(struct key *key, const struct key_text *text,
		const struct suite *suite);
void key_put(const struct key *key, struct nlmsghdr *nlh, uint16_t key_attr,
	     uint16_t salt_attr);

#endif
