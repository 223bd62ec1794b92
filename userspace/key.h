/* SPDX-License-Identifier: GPL-2.0 */
/* Master key and salt, from wherever the user keeps them. */
#ifndef KSRTP_KEY_H
#define KSRTP_KEY_H

#include <stdbool.h>
#include <stdint.h>

#include "args.h"
#include "suite.h"

struct nlmsghdr;

/* Holds the longest key and salt, 88 bytes, in hex behind "inline:". */
#define KEY_TEXT_MAX 256

/* As given: hex, base64, or SDES's inline: form. */
struct key_text {
	char text[KEY_TEXT_MAX];
	bool given;
};

/* Words on the command line can be seen by others; lines of a batch cannot. */
extern bool key_words_private;

bool key_parse(struct key_text *key, struct args *args);
bool key_fits(const struct suite *suite, unsigned int key_len,
	      unsigned int salt_len);
void key_put(const struct key_text *key, const struct suite *suite,
	     struct nlmsghdr *nlh, uint16_t key_attr, uint16_t salt_attr);
void key_warn(int fd, const char *file);

#endif
