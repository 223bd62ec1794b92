/* SPDX-License-Identifier: GPL-2.0 */
/* Keys in a message, encrypted and authenticated: KEMAC, RFC 3830 section 6.2. */
#ifndef LIBKSRTP_MIKEY_KEMAC_H
#define LIBKSRTP_MIKEY_KEMAC_H

#include <linux/ksrtp.h>

#include "mikey_message.h"

#define MIKEY_PLAIN_MAX	8192

/**
 * struct mikey_opened - the keys of a message, in the clear
 * @n: how many keys
 * @key: the keys, whose bytes are those of @plain
 * @offset: of each, in the message; as if it were not encrypted
 * @id: who they are from, where KEMAC begins with that; bytes of @plain
 * @plain: to be wiped
 */
struct mikey_opened {
	unsigned int n;
	struct mikey_key key[KSRTP_KEYS_MAX];
	size_t offset[KSRTP_KEYS_MAX];
	struct bytes id;
	unsigned char plain[MIKEY_PLAIN_MAX];
};

/* What authenticates a message: all of it, or as with RSA, KEMAC alone. */
enum mikey_cover { MIKEY_WHOLE, MIKEY_ALONE };

int mikey_open(const struct mikey_message *message, struct bytes secret,
	       enum mikey_cover cover, struct mikey_opened *opened,
	       struct complaint *complaint);
int mikey_seal(struct mikey_draft *draft, const struct mikey_message *message,
	       struct bytes secret, enum mikey_encr encr, enum mikey_mac mac,
	       enum mikey_cover cover, struct bytes plain,
	       struct complaint *complaint);

#endif
