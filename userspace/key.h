/* SPDX-License-Identifier: GPL-2.0 */
/* Master key and salt, from wherever the user keeps them. */
#ifndef KSRTP_KEY_H
#define KSRTP_KEY_H

#include <linux/ksrtp.h>

#include "suite.h"

#define KEY_MATERIAL_MAX (KSRTP_MASTER_KEY_MAX + KSRTP_MASTER_SALT_MAX)
#define KEY_TEXT_MAX 256

/* As given: hex, base64, or SDES's inline: form. */
struct key_text {
	char text[KEY_TEXT_MAX];
	bool given;
};

void key_read_file(struct key_text *key, const char *file);
void key_read_word(struct key_text *key, const char *word);
void key_decode(const struct key_text *key, const struct suite *suite,
		unsigned char *material);

#endif
