/* SPDX-License-Identifier: GPL-2.0 */
/* Key derivation, RFC 3830 section 4.1. */
#ifndef LIBKSRTP_MIKEY_KDF_H
#define LIBKSRTP_MIKEY_KDF_H

#include "message.h"

/* Keys derived from a TGK for a crypto session, section 4.1.3. */
#define MIKEY_TEK		0x2AD01C64
#define MIKEY_TEK_SALT		0x39A2C14B

/* Keys derived from a pre-shared or envelope key for a message, section 4.1.4. */
#define MIKEY_ENCR_KEY		0x150533E1
#define MIKEY_AUTH_KEY		0x2D22AC75
#define MIKEY_SALT_KEY		0x29B88916

/* CS ID for keys that protect the message itself. */
#define MIKEY_NO_CS		0xFF

int mikey_derive(const struct mikey_message *message, struct bytes inkey,
		 uint32_t constant, unsigned int cs_id, unsigned char *out,
		 size_t len, struct complaint *complaint);
int mikey_hmac(unsigned int alg, struct bytes key, struct bytes bytes,
	       unsigned char *mac, struct complaint *complaint);

#endif
