/* SPDX-License-Identifier: GPL-2.0 */
/* EKTFields: what follows an SRTP packet with EKT, RFC 8870 section 4.1. */
#ifndef _KSRTP_EKTFIELD_H
#define _KSRTP_EKTFIELD_H

#include <linux/types.h>

#include "crypto/kwp.h"

/* Behind the ciphertext: SPI, epoch, length and message type. */
#define KSRTP_EKT_TRAILER_LEN	7

/* Longest field of a type that is not understood. */
#define KSRTP_EKT_EXTENSION_MAX	(1024 + 3)

/* Length of a full field with a master key of this length, in bytes. */
#define KSRTP_EKT_FULL_LEN(key_len)					\
	(KSRTP_KWP_LEN(1 + (key_len) + 4 + 4) + KSRTP_EKT_TRAILER_LEN)

/**
 * struct ksrtp_ektfield - an EKTField
 * @len: its length in bytes
 * @full: it has a key; otherwise the members below are not set
 * @spi: number of the EKT key
 * @epoch: how often the sender has changed its master key under it
 * @cipher: ciphertext, in the packet
 * @cipher_len: its length in bytes
 */
struct ksrtp_ektfield {
	unsigned int len;
	bool full;
	u16 spi;
	u16 epoch;
	const u8 *cipher;
	unsigned int cipher_len;
};

/**
 * struct ksrtp_ektplain - plaintext of a full EKTField
 * @key: master key
 * @key_len: its length in bytes
 * @ssrc: SSRC that it is for
 * @roc: rollover counter of that
 */
struct ksrtp_ektplain {
	u8 key[64];
	u8 key_len;
	u32 ssrc;
	u32 roc;
};

int ksrtp_ektfield_parse(const u8 *data, unsigned int len,
			 struct ksrtp_ektfield *field);
int ksrtp_ektfield_open(const struct ksrtp_ektfield *field,
			const struct ksrtp_aes *aes,
			struct ksrtp_ektplain *plain);
int ksrtp_ektfield_write(u8 *out, const struct ksrtp_aes *aes, u16 spi,
			 u16 epoch, const struct ksrtp_ektplain *plain);
unsigned int ksrtp_ektfield_write_short(u8 *out);

#endif /* _KSRTP_EKTFIELD_H */
