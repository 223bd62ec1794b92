// SPDX-License-Identifier: GPL-2.0
/*
 * EKTFields, RFC 8870 section 4.1. They are read from the end of the packet: the last
 * byte says what kind it is, and the two before it how long.
 */

#include <linux/err.h>
#include <linux/string.h>

#include "ektfield.h"

/* Message types. From the last on, fields have a length and may be skipped. */
#define KSRTP_EKT_SHORT		0
#define KSRTP_EKT_FULL		2
#define KSRTP_EKT_EXTENSION	3

/* Where the ciphertext of the shortest master key ends. */
#define KSRTP_EKT_FULL_MIN	(2 * KSRTP_KWP_BLOCK + KSRTP_EKT_TRAILER_LEN)

/**
 * ksrtp_ektfield_parse() - find the EKTField of a packet
 * @data: the packet
 * @len: its length in bytes
 * @field: filled in
 *
 * A field of an unknown type is skipped, as RFC 8870 section 4.1 says.
 *
 * Context: any.
 * Return: 0, or -EBADMSG if there is no well-formed field.
 */
int ksrtp_ektfield_parse(const u8 *data, unsigned int len,
			 struct ksrtp_ektfield *field)
{
	const u8 *end = data + len;

	*field = (struct ksrtp_ektfield){ .len = 1 };
	if (!len || end[-1] == 1)
		return -EBADMSG;
	if (end[-1] == KSRTP_EKT_SHORT)
		return 0;
	if (len < 3)
		return -EBADMSG;
	field->len = get_unaligned_be16(end - 3);
	if (field->len > len || field->len <= 3)
		return -EBADMSG;
	if (end[-1] >= KSRTP_EKT_EXTENSION)
		return field->len <= KSRTP_EKT_EXTENSION_MAX ? 0 : -EBADMSG;
	if (field->len < KSRTP_EKT_FULL_MIN ||
	    field->len > KSRTP_KWP_MAX + KSRTP_EKT_TRAILER_LEN ||
	    (field->len - KSRTP_EKT_TRAILER_LEN) % KSRTP_KWP_BLOCK)
		return -EBADMSG;
	field->full = true;
	field->spi = get_unaligned_be16(end - 7);
	field->epoch = get_unaligned_be16(end - 5);
	field->cipher = end - field->len;
	field->cipher_len = field->len - KSRTP_EKT_TRAILER_LEN;
	return 0;
}

/**
 * ksrtp_ektfield_open() - decrypt a full EKTField
 * @field: the field
 * @aes: its EKT key
 * @plain: filled in; the caller wipes it
 *
 * RFC 8870 section 4.3.2, steps 3 and 4.
 *
 * Context: any.
 * Return: 0, or -EBADMSG if it is not authentic, or not what section 4.1 says.
 */
int ksrtp_ektfield_open(const struct ksrtp_ektfield *field,
			const struct ksrtp_aes *aes,
			struct ksrtp_ektplain *plain)
{
	u8 buf[KSRTP_KWP_MAX - KSRTP_KWP_BLOCK];
	int len, err = -EBADMSG;

	len = ksrtp_kwp_unwrap(aes, field->cipher, field->cipher_len, buf);
	if (len > 9 && buf[0] == len - 9 && buf[0] <= sizeof(plain->key)) {
		plain->key_len = buf[0];
		memcpy(plain->key, buf + 1, plain->key_len);
		plain->ssrc = get_unaligned_be32(buf + 1 + plain->key_len);
		plain->roc = get_unaligned_be32(buf + 5 + plain->key_len);
		err = 0;
	}
	memzero_explicit(buf, sizeof(buf));
	return err;
}

/**
 * ksrtp_ektfield_write() - write a full EKTField
 * @out: where to put it, KSRTP_EKT_FULL_LEN() bytes
 * @aes: EKT key
 * @spi: its number
 * @epoch: how often the master key has changed under it
 * @plain: what to tell
 *
 * RFC 8870 section 4.3.1.
 *
 * Context: any.
 * Return: its length in bytes, or -EINVAL.
 */
int ksrtp_ektfield_write(u8 *out, const struct ksrtp_aes *aes, u16 spi,
			 u16 epoch, const struct ksrtp_ektplain *plain)
{
	u8 buf[KSRTP_KWP_PLAIN_MAX];
	int len;

	buf[0] = plain->key_len;
	memcpy(buf + 1, plain->key, plain->key_len);
	put_unaligned_be32(plain->ssrc, buf + 1 + plain->key_len);
	put_unaligned_be32(plain->roc, buf + 5 + plain->key_len);
	len = ksrtp_kwp_wrap(aes, buf, 9 + plain->key_len, out);
	memzero_explicit(buf, sizeof(buf));
	if (len < 0)
		return len;
	put_unaligned_be16(spi, out + len);
	put_unaligned_be16(epoch, out + len + 2);
	put_unaligned_be16(len + KSRTP_EKT_TRAILER_LEN, out + len + 4);
	out[len + 6] = KSRTP_EKT_FULL;
	return len + KSRTP_EKT_TRAILER_LEN;
}

/**
 * ksrtp_ektfield_write_short() - write a short EKTField, which has no key
 * @out: where to put it
 *
 * Context: any.
 * Return: its length in bytes.
 */
unsigned int ksrtp_ektfield_write_short(u8 *out)
{
	*out = KSRTP_EKT_SHORT;
	return 1;
}
