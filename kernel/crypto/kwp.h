/* SPDX-License-Identifier: GPL-2.0 */
/* AES key wrap with padding, RFC 5649: what EKT (RFC 8870) encrypts keys with. */
#ifndef _KSRTP_KWP_H
#define _KSRTP_KWP_H

#include "compat.h"

#define KSRTP_KWP_BLOCK	8	/* what the algorithm moves at a time, in bytes */

/* Largest plaintext: length, master key, SSRC and rollover counter. */
#define KSRTP_KWP_PLAIN_MAX	(1 + 64 + 4 + 4)

/* Length of the ciphertext of a plaintext of @len bytes, at least one. */
#define KSRTP_KWP_LEN(len)						\
	(((len) + KSRTP_KWP_BLOCK - 1) / KSRTP_KWP_BLOCK *		\
	 KSRTP_KWP_BLOCK + KSRTP_KWP_BLOCK)

#define KSRTP_KWP_MAX	KSRTP_KWP_LEN(KSRTP_KWP_PLAIN_MAX)

int ksrtp_kwp_wrap(const struct ksrtp_aes *aes, const u8 *plain,
		   unsigned int len, u8 *out);
int ksrtp_kwp_unwrap(const struct ksrtp_aes *aes, const u8 *in,
		     unsigned int len, u8 *plain);

#endif /* _KSRTP_KWP_H */
