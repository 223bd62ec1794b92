/* SPDX-License-Identifier: GPL-2.0 */
/* KEMAC, the encrypted and authenticated keys of a message, RFC 3830 section 6.2. */
#ifndef LIBKSRTP_MIKEY_KEMAC_H
#define LIBKSRTP_MIKEY_KEMAC_H

#include <linux/ksrtp.h>

#include "message.h"

#define MIKEY_PLAIN_MAX	8192

/**
 * struct mikey_opened - decrypted keys of a message
 * @n: number of keys
 * @key: the keys; their bytes are in @plain
 * @offset: offset of each key in the message, as if it were not encrypted
 * @id: sender's ID, if KEMAC begins with one; its bytes are in @plain
 * @plain: decrypted payloads; must be wiped
 */
struct mikey_opened {
	unsigned int n;
	struct mikey_key key[KSRTP_KEYS_MAX];
	size_t offset[KSRTP_KEYS_MAX];
	struct bytes id;
	unsigned char plain[MIKEY_PLAIN_MAX];
};

/* What the MAC covers: the message, or with RSA, KEMAC only. */
enum mikey_cover { MIKEY_WHOLE, MIKEY_ALONE };

int mikey_open(const struct mikey_message *message, struct bytes secret,
	       enum mikey_cover cover, struct mikey_opened *opened,
	       struct complaint *complaint);
int mikey_authenticate(const struct mikey_message *message,
		       const struct mikey_message *offer, struct bytes secret,
		       struct complaint *complaint);
int mikey_seal(struct mikey_draft *draft, const struct mikey_message *message,
	       struct bytes secret, enum mikey_encr encr, enum mikey_mac mac,
	       enum mikey_cover cover, struct bytes plain,
	       struct complaint *complaint);

#endif
