/* SPDX-License-Identifier: GPL-2.0 */
/* Master key and salt, as given by the user. */
#ifndef KSRTP_KEY_TEXT_H
#define KSRTP_KEY_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/master_key.h"
#include "lib/value.h"
#include "util/args.h"

struct nlmsghdr;

/* The text: hex, base64, or SDES's inline: form. */
struct key_text {
	char text[KEY_TEXT_MAX];
	/* or the serial number of a key that only the kernel can read */
	uint32_t serial;
	bool given;
};

bool key_parse(struct key_text *key, struct args *args);
bool ekt_key_parse(struct key_text *key, struct args *args);
void ekt_key_read(struct value *value, struct key_text *text);
void key_read(struct key *key, struct key_text *text,
	      const struct suite *suite);
void key_put(const struct key *key, struct nlmsghdr *nlh, uint16_t key_attr,
	     uint16_t salt_attr);
void lifetime_parse(struct args *args, uint64_t *rtp, uint64_t *rtcp);

#endif
