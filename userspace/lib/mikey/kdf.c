// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "kdf.h"
#include "lib/complaint.h"

/* The input key is processed in blocks of this many bytes. */
#define PIECE 32

/* Constant, CS ID, CSB ID and the longest RAND. */
#define LABEL_MAX (4 + 1 + 4 + 255)

/* SHA-1 of MIKEY-1, or SHA-256 of RFC 6043 section 6.1. */
struct hash {
	const EVP_MD *md;
	unsigned int len;
};

static struct hash hash_of(bool sha256)
{
	return sha256 ? (struct hash) { EVP_sha256(), 32 } :
			(struct hash) { EVP_sha1(), 20 };
}

static int hmac(struct hash hash, struct bytes key, struct bytes bytes,
		unsigned char *mac, struct complaint *c)
{
	static const unsigned char none[1];

	/* OpenSSL takes a NULL key as "keep the key" */
	if (HMAC(hash.md, key.len ? key.at : none, key.len, bytes.at, bytes.len,
		 mac, NULL))
		return 0;
	return complain(c, EIO, "OpenSSL failed to compute HMAC");
}

/**
 * mikey_hmac() - compute a MAC
 * @alg: MIKEY_MAC_SHA1 or MIKEY_MAC_SHA256
 * @key: the key
 * @bytes: the input
 * @mac: receives mikey_mac_len() bytes
 * @complaint: receives the error
 *
 * Return: 0, or -EIO if OpenSSL fails
 */
int mikey_hmac(unsigned int alg, struct bytes key, struct bytes bytes,
	       unsigned char *mac, struct complaint *complaint)
{
	return hmac(hash_of(alg == MIKEY_MAC_SHA256), key, bytes, mac,
		    complaint);
}

/*
 * XOR P(s, label, m) of section 4.1.2 into @out. A_0 is the label, A_i is
 * HMAC(s, A_(i-1)), and each part is HMAC(s, A_i || label).
 */
static int add_piece(struct hash hash, struct bytes piece, struct bytes label,
		     unsigned char *out, size_t len, struct complaint *c)
{
	unsigned char input[EVP_MAX_MD_SIZE + LABEL_MAX], part[EVP_MAX_MD_SIZE];
	struct bytes a = label;
	size_t at, i;
	int ret = 0;

	for (at = 0; !ret && at < len; at += hash.len) {
		ret = hmac(hash, piece, a, input, c);
		if (ret)
			break;
		memcpy(input + hash.len, label.at, label.len);
		a = (struct bytes) { input, hash.len };
		ret = hmac(hash, piece,
			   (struct bytes) { input, hash.len + label.len }, part,
			   c);
		for (i = 0; !ret && i < hash.len && at + i < len; i++)
			out[at + i] ^= part[i];
	}
	explicit_bzero(input, sizeof(input));
	explicit_bzero(part, sizeof(part));
	return ret;
}

/**
 * mikey_derive() - derive a key
 * @message: provides PRF, CSB ID and RAND
 * @inkey: the input key
 * @constant: purpose of the key, MIKEY_TEK to MIKEY_SALT_KEY
 * @cs_id: its crypto session, from 1, or MIKEY_NO_CS
 * @out: receives the key
 * @len: length of the key, in bytes
 * @complaint: receives the error
 *
 * RFC 3830 sections 4.1.2 to 4.1.4; RFC 6043 section 6.1.
 *
 * Return: 0; -EINVAL without RAND or input key; or a negative errno
 */
int mikey_derive(const struct mikey_message *message, struct bytes inkey,
		 uint32_t constant, unsigned int cs_id, unsigned char *out,
		 size_t len, struct complaint *complaint)
{
	const struct mikey_payload *rand = mikey_find(message, MIKEY_RAND);
	struct hash hash = hash_of(message->prf == MIKEY_PRF_SHA256);
	unsigned char label[LABEL_MAX];
	struct writer writer = { .begin = label, .size = sizeof(label) };
	struct bytes piece;
	size_t at;
	int ret = 0;

	if (!rand || !rand->data.len)
		return wrong(complaint, "RAND payload is missing; key derivation needs it");
	if (!inkey.len)
		return wrong(complaint, "key is empty; others are derived from it");
	writer_number(&writer, 4, constant);
	writer_number(&writer, 1, cs_id);
	writer_number(&writer, 4, message->csb_id);
	writer_bytes(&writer, rand->data);
	memset(out, 0, len);
	for (at = 0; !ret && at < inkey.len; at += PIECE) {
		piece.at = inkey.at + at;
		piece.len = inkey.len - at < PIECE ? inkey.len - at : PIECE;
		ret = add_piece(hash, piece,
				(struct bytes) { label, writer.len }, out, len,
				complaint);
	}
	return ret;
}
