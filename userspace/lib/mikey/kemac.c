// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "kdf.h"
#include "kemac.h"
#include "lib/complaint.h"

#define ENCR_KEY_LEN	16
#define SALT_LEN	14
#define WRAP_BLOCK	8

/*
 * IV of AES-CM: (S xor (0x0000 || CSB ID || T)) || 0x0000, section 4.2.3. A counter
 * is padded with leading zeroes.
 */
static int make_iv(const struct mikey_message *message, struct bytes secret,
		   unsigned char iv[16], struct complaint *c)
{
	const struct mikey_payload *stamp = mikey_find(message, MIKEY_T);
	unsigned char terms[16];
	struct writer writer = { .begin = terms, .size = sizeof(terms) };
	unsigned int i;
	int ret;

	if (!stamp)
		return wrong(c, "encrypted, but the message has no T payload");
	ret = mikey_derive(message, secret, MIKEY_SALT_KEY, MIKEY_NO_CS, iv,
			   SALT_LEN, c);
	if (ret)
		return ret;
	writer_number(&writer, 2, 0);
	writer_number(&writer, 4, message->csb_id);
	writer_number(&writer, 8, bytes_number(stamp->data));
	writer_number(&writer, 2, 0);
	memset(iv + SALT_LEN, 0, 16 - SALT_LEN);
	for (i = 0; i < SALT_LEN; i++)
		iv[i] ^= terms[i];
	return 0;
}

/* Encrypt or decrypt with OpenSSL. */
static int run(const EVP_CIPHER *cipher, const unsigned char *key,
	       const unsigned char *iv, bool encrypt, struct bytes in,
	       unsigned char *out, int *len, struct complaint *c)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int more = 0, ok;

	*len = 0;
	if (!ctx)
		return complain(c, ENOMEM, "%s", strerror(ENOMEM));
	/* OpenSSL allows key wrap only with this flag */
	EVP_CIPHER_CTX_set_flags(ctx, EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
	ok = EVP_CipherInit_ex(ctx, cipher, NULL, key, iv, encrypt) &&
	     EVP_CipherUpdate(ctx, out, len, in.at, in.len) &&
	     EVP_CipherFinal_ex(ctx, out + *len, &more);
	*len += more;
	EVP_CIPHER_CTX_free(ctx);
	return ok ? 0 : wrong_by(c, MIKEY_ERROR_AUTH,
				 "cannot be decrypted with this key");
}

static int crypt(const struct mikey_message *message, struct bytes secret,
		 unsigned int alg, bool encrypt, struct bytes in,
		 unsigned char *out, int *len, struct complaint *c)
{
	unsigned char key[ENCR_KEY_LEN], iv[16];
	int ret;

	ret = mikey_derive(message, secret, MIKEY_ENCR_KEY, MIKEY_NO_CS, key,
			   sizeof(key), c);
	if (!ret && alg == MIKEY_ENCR_AES_CM)
		ret = make_iv(message, secret, iv, c);
	if (!ret && alg == MIKEY_ENCR_AES_CM)
		ret = run(EVP_aes_128_ctr(), key, iv, encrypt, in, out, len, c);
	else if (!ret)
		ret = run(EVP_aes_128_wrap(), key, NULL, encrypt, in, out, len,
			  c);
	explicit_bzero(key, sizeof(key));
	explicit_bzero(iv, sizeof(iv));
	return ret;
}

static int make_mac(const struct mikey_message *message, struct bytes secret,
		    unsigned int alg, struct bytes covered, unsigned char *mac,
		    struct complaint *c)
{
	unsigned char key[EVP_MAX_MD_SIZE];
	size_t len = mikey_mac_len(alg);
	int ret;

	/* key and MAC have the same length, section 4.2.4 */
	ret = mikey_derive(message, secret, MIKEY_AUTH_KEY, MIKEY_NO_CS, key,
			   len, c);
	if (!ret)
		ret = mikey_hmac(alg, (struct bytes) { key, len }, covered, mac,
				 c);
	explicit_bzero(key, sizeof(key));
	return ret;
}

static int check_mac(const struct mikey_message *message,
		     const struct mikey_payload *kemac, struct bytes secret,
		     struct bytes covered, struct complaint *c)
{
	unsigned char mac[EVP_MAX_MD_SIZE];
	int ret = make_mac(message, secret, kemac->mac_alg, covered, mac, c);

	if (!ret && CRYPTO_memcmp(mac, kemac->mac.at, kemac->mac.len))
		ret = wrong_by(c, MIKEY_ERROR_AUTH,
			       "MAC does not match this message and key");
	return ret;
}

/* With RSA, the MAC covers KEMAC as the last payload, section 3.2. */
static int check_alone(const struct mikey_message *message,
		       const struct mikey_payload *kemac, struct bytes secret,
		       struct complaint *c)
{
	size_t len = kemac->end - kemac->offset - kemac->mac.len;
	unsigned char copy[MIKEY_PLAIN_MAX + 16];
	int ret;

	if (len > sizeof(copy))
		return wrong(c, "longer than %d bytes", MIKEY_PLAIN_MAX);
	memcpy(copy, message->bytes.at + kemac->offset, len);
	copy[0] = MIKEY_LAST;
	ret = check_mac(message, kemac, secret, (struct bytes) { copy, len },
			c);
	/* keys may be unencrypted */
	explicit_bzero(copy, sizeof(copy));
	return ret;
}

static int check(const struct mikey_message *message,
		 const struct mikey_payload *kemac, struct bytes secret,
		 enum mikey_cover cover, struct complaint *c)
{
	if (kemac->mac_alg == MIKEY_MAC_NULL)
		return 0;
	if (cover == MIKEY_ALONE)
		return check_alone(message, kemac, secret, c);
	if (kemac->end != message->bytes.len)
		return wrong(c, "not the last payload, but its MAC covers the whole message");
	return check_mac(message, kemac, secret, (struct bytes) {
				 message->bytes.at,
				 message->bytes.len - kemac->mac.len,
			 }, c);
}

/* KEMAC contains the sender's ID, if RSA is used, and keys. */
static int read_keys(struct mikey_opened *opened, struct reader *reader,
		     unsigned int type, struct complaint *c)
{
	struct mikey_payload payload;
	int ret;

	while (type != MIKEY_LAST) {
		ret = mikey_payload_read(&payload, type, reader, c);
		if (ret)
			return ret;
		type = payload.next;
		if (payload.type == MIKEY_ID && !opened->id.at)
			opened->id = payload.data;
		if (payload.type == MIKEY_EXT || payload.type == MIKEY_ID)
			continue;
		if (payload.type != MIKEY_KEY)
			return wrong(c, "%s at byte %zu is not key data",
				     mikey_payload_name(payload.type),
				     payload.offset);
		if (opened->n == KSRTP_KEYS_MAX)
			return wrong(c, "more than %d keys", KSRTP_KEYS_MAX);
		opened->offset[opened->n] = payload.offset;
		opened->key[opened->n++] = payload.key;
	}
	if (reader_left(reader))
		return wrong(c, "%zu bytes after the last key, at byte %zu",
			     reader_left(reader), reader_offset(reader));
	return opened->n ? 0 : wrong(c, "no key");
}

static int open_kemac(const struct mikey_message *message,
		      const struct mikey_payload *kemac, struct bytes secret,
		      enum mikey_cover cover, struct mikey_opened *opened,
		      struct complaint *c)
{
	struct bytes plain = { opened->plain, kemac->data.len };
	struct reader reader;
	int len, ret;

	if (kemac->data.len > MIKEY_PLAIN_MAX)
		return wrong(c, "longer than %d bytes", MIKEY_PLAIN_MAX);
	if (!secret.len && (kemac->alg || kemac->mac_alg))
		return wrong_by(c, MIKEY_ERROR_AUTH,
				"needs a pre-shared key, and none is given");
	if (secret.len && !kemac->mac_alg)
		return wrong_by(c, MIKEY_ERROR_AUTH,
				"no MAC, but a pre-shared key is given");
	ret = check(message, kemac, secret, cover, c);
	if (ret)
		return ret;
	if (kemac->alg == MIKEY_ENCR_NULL) {
		memcpy(opened->plain, kemac->data.at, kemac->data.len);
	} else {
		if (kemac->alg == MIKEY_ENCR_AES_KW &&
		    (kemac->data.len % WRAP_BLOCK ||
		     kemac->data.len < 3 * WRAP_BLOCK))
			return wrong(c, "%zu bytes cannot be a wrapped key",
				     kemac->data.len);
		ret = crypt(message, secret, kemac->alg, false, kemac->data,
			    opened->plain, &len, c);
		plain.len = len;
	}
	if (ret)
		return ret;
	reader = reader_of(plain, kemac->data_offset);
	return read_keys(opened, &reader, cover == MIKEY_ALONE ? MIKEY_ID :
								 MIKEY_KEY, c);
}

/**
 * mikey_open() - verify and decrypt the keys of a message
 * @message: the message
 * @secret: the pre-shared or envelope key; empty for none
 * @cover: what the MAC covers
 * @opened: receives the keys; must be wiped in any case
 * @complaint: receives the error, with payload and offset
 *
 * With a @secret, a message without MAC is refused.
 * RFC 3830 sections 3.1, 4.2.3, 4.2.4 and 6.2.
 *
 * Return: 0, or a negative errno
 */
int mikey_open(const struct mikey_message *message, struct bytes secret,
	       enum mikey_cover cover, struct mikey_opened *opened,
	       struct complaint *complaint)
{
	const struct mikey_payload *kemac;
	int ret = mikey_only(message, MIKEY_KEMAC, &kemac, complaint);
	size_t here;

	opened->n = 0;
	opened->id = (struct bytes) { NULL, 0 };
	if (ret)
		return ret;
	if (!kemac)
		return wrong(complaint, "KEMAC payload is missing; it has the keys");
	here = complaint_enter(complaint, " KEMAC at byte %zu", kemac->offset);
	ret = open_kemac(message, kemac, secret, cover, opened, complaint);
	if (!ret)
		complaint_leave(complaint, here);
	return ret;
}

/**
 * mikey_authenticate() - verify a message by a KEMAC without keys
 * @message: the message
 * @offer: the offer that it answers, or itself; provides CSB ID and RAND
 * @secret: the pre-shared key
 * @complaint: receives the error, with payload and offset
 *
 * RFC 4650 section 4.2. Its numbers of algorithms contradict RFC 3830 section 6.2,
 * whose are in use.
 *
 * Return: 0, or a negative errno
 */
int mikey_authenticate(const struct mikey_message *message,
		       const struct mikey_message *offer, struct bytes secret,
		       struct complaint *complaint)
{
	const struct mikey_payload *kemac;
	int ret = mikey_only(message, MIKEY_KEMAC, &kemac, complaint);
	size_t here;

	if (ret)
		return ret;
	if (!kemac)
		return wrong(complaint, "KEMAC payload is missing; it has the MAC");
	here = complaint_enter(complaint, " KEMAC at byte %zu", kemac->offset);
	if (kemac->data.len)
		ret = wrong(complaint, "has keys; with Diffie-Hellman it has a MAC only");
	else if (!kemac->mac_alg)
		ret = wrong_by(complaint, MIKEY_ERROR_AUTH, "no MAC");
	else if (!secret.len)
		ret = wrong_by(complaint, MIKEY_ERROR_AUTH,
			       "needs a pre-shared key, and none is given");
	else if (kemac->end != message->bytes.len)
		ret = wrong(complaint, "not the last payload, but its MAC covers the whole message");
	else
		ret = check_mac(offer, kemac, secret, (struct bytes) {
					message->bytes.at,
					message->bytes.len - kemac->mac.len,
				}, complaint);
	if (!ret)
		complaint_leave(complaint, here);
	return ret;
}

/**
 * mikey_seal() - append KEMAC to a message
 * @draft: the message
 * @message: @draft in parsed form, with RAND and T
 * @secret: the pre-shared or envelope key; empty for none
 * @encr: encryption algorithm
 * @mac: MAC algorithm
 * @cover: what the MAC covers
 * @plain: key data payloads
 * @complaint: receives the error
 *
 * Return: 0, or a negative errno
 */
int mikey_seal(struct mikey_draft *draft, const struct mikey_message *message,
	       struct bytes secret, enum mikey_encr encr, enum mikey_mac mac,
	       enum mikey_cover cover, struct bytes plain,
	       struct complaint *complaint)
{
	struct writer *writer = &draft->writer;
	unsigned char *room;
	size_t begin = cover == MIKEY_ALONE ? writer->len : 0, covered;
	int ret = 0, len;

	mikey_draft_payload(draft, MIKEY_KEMAC);
	writer_number(writer, 1, encr);
	writer_number(writer, 2, plain.len + (encr == MIKEY_ENCR_AES_KW ?
					      WRAP_BLOCK : 0));
	if (encr == MIKEY_ENCR_NULL) {
		writer_bytes(writer, plain);
	} else {
		if (encr == MIKEY_ENCR_AES_KW && plain.len % WRAP_BLOCK)
			return wrong(complaint, "%zu bytes of keys cannot be wrapped; a multiple of 8 can",
				     plain.len);
		room = writer_room(writer, plain.len +
				   (encr == MIKEY_ENCR_AES_KW ? WRAP_BLOCK : 0));
		if (room)
			ret = crypt(message, secret, encr, true, plain, room,
				    &len, complaint);
	}
	writer_number(writer, 1, mac);
	covered = writer->len;
	room = writer_room(writer, mikey_mac_len(mac));
	if (!ret && room && mac)
		ret = make_mac(message, secret, mac, (struct bytes) {
				       writer->begin + begin, covered - begin,
			       }, room, complaint);
	return ret;
}
