// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>

#include "alerts.h"

/* RFC 6347, section 4.1: type, version, epoch, sequence number, length */
#define HEADER 13
#define EPOCH_AT 3
#define LENGTH_AT 11
#define EPOCH_AND_NUMBER 8

/* Longest record that is read. */
#define ALERTS_READ 2048

#define TAG 16
#define ALERT 2
#define TYPE_CHANGE 20
#define TYPE_ALERT 21
#define TYPE_HANDSHAKE 22
#define LEVEL_WARNING 1
#define LEVEL_FATAL 2
#define CLOSE_NOTIFY 0
#define NO_RENEGOTIATION 100
#define CLIENT_HELLO 1
#define HELLO_REQUEST 0
#define FINISHED 20
#define MASTER 48

/* Lengths of a cipher's key and of its IV; RFC 5288 and 7905. */
struct lengths {
	size_t key, iv, explicit;
};

static bool lengths_of(int cipher, struct lengths *lengths)
{
	switch (cipher) {
	case NID_aes_128_gcm:
		*lengths = (struct lengths){ 16, 4, 8 };
		return true;
	case NID_aes_256_gcm:
		*lengths = (struct lengths){ 32, 4, 8 };
		return true;
	case NID_chacha20_poly1305:
		*lengths = (struct lengths){ 32, 12, 0 };
		return true;
	default:
		return false;
	}
}

/* The key block (RFC 5246, section 6.3), without MAC keys, which AEADs lack. */
static bool expand(SSL *ssl, unsigned char *block, size_t len)
{
	const EVP_MD *md =
		SSL_CIPHER_get_handshake_digest(SSL_get_current_cipher(ssl));
	static EVP_KDF *kdf;
	EVP_KDF_CTX *context;
	unsigned char master[MASTER], randoms[2 * SSL3_RANDOM_SIZE];
	bool good;

	if (!kdf)
		kdf = EVP_KDF_fetch(NULL, "TLS1-PRF", NULL);
	context = kdf ? EVP_KDF_CTX_new(kdf) : NULL;
	SSL_get_server_random(ssl, randoms, SSL3_RANDOM_SIZE);
	SSL_get_client_random(ssl, randoms + SSL3_RANDOM_SIZE,
			      SSL3_RANDOM_SIZE);
	good = context && md &&
	       SSL_SESSION_get_master_key(SSL_get_session(ssl), master,
					  sizeof(master)) == sizeof(master);
	if (good) {
		OSSL_PARAM params[] = {
			OSSL_PARAM_utf8_string(OSSL_KDF_PARAM_DIGEST,
					       (char *)EVP_MD_get0_name(md), 0),
			OSSL_PARAM_octet_string(OSSL_KDF_PARAM_SECRET, master,
						sizeof(master)),
			OSSL_PARAM_octet_string(OSSL_KDF_PARAM_SEED,
						"key expansion", 13),
			OSSL_PARAM_octet_string(OSSL_KDF_PARAM_SEED, randoms,
						sizeof(randoms)),
			OSSL_PARAM_END
		};

		good = EVP_KDF_derive(context, block, len, params) == 1;
	}
	OPENSSL_cleanse(master, sizeof(master));
	EVP_KDF_CTX_free(context);
	return good;
}

/* Take from an association what alerts need. It is not changed. */
int alerts_take(struct alerts *alerts, SSL *ssl, bool client)
{
	int cipher = SSL_CIPHER_get_cipher_nid(SSL_get_current_cipher(ssl));
	unsigned char block[2 * (ALERTS_KEY + ALERTS_IV)];
	struct alerts_way *ways[] = { &alerts->write, &alerts->read };
	struct lengths lengths = { 0 };
	unsigned int i;

	if (SSL_version(ssl) != DTLS1_2_VERSION ||
	    !lengths_of(cipher, &lengths) ||
	    !expand(ssl, block, 2 * (lengths.key + lengths.iv))) {
		ERR_clear_error();
		return -ENOTSUP;
	}
	/* what the client writes comes first */
	for (i = 0; i < 2; i++) {
		struct alerts_way *way = ways[client ? i : !i];

		memcpy(way->key, block + i * lengths.key, lengths.key);
		memcpy(way->iv, block + 2 * lengths.key + i * lengths.iv,
		       lengths.iv);
	}
	alerts->cipher = cipher;
	OPENSSL_cleanse(block, sizeof(block));
	return 0;
}

/* Epoch and sequence number are the record's part of the nonce. */
static void make_nonce(const struct alerts_way *way,
		       const unsigned char *record,
		       const struct lengths *lengths, unsigned char *nonce)
{
	unsigned int i;

	memcpy(nonce, way->iv, lengths->iv);
	if (lengths->explicit) {
		memcpy(nonce + lengths->iv, record + HEADER, lengths->explicit);
		return;
	}
	for (i = 0; i < 8; i++)
		nonce[ALERTS_IV - 8 + i] ^= record[EPOCH_AT + i];
}

static const EVP_CIPHER *cipher_of(const struct alerts *alerts)
{
	return EVP_get_cipherbynid(alerts->cipher);
}

/*
 * Encrypt or decrypt the content of a record in place; a tag follows it. Returns
 * false if the tag is wrong.
 */
static bool transform(const struct alerts *alerts, unsigned char *record,
		      size_t content, bool writes)
{
	const struct alerts_way *way = writes ? &alerts->write : &alerts->read;
	EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
	unsigned char nonce[ALERTS_IV], header[HEADER];
	unsigned char *at, *tag;
	struct lengths lengths = { 0 };
	bool good;
	int len;

	lengths_of(alerts->cipher, &lengths);
	at = record + HEADER + lengths.explicit;
	tag = at + content;
	make_nonce(way, record, &lengths, nonce);
	/* RFC 5246, section 6.2.3.3: sequence number, type, version, length */
	memcpy(header, record + EPOCH_AT, 8);
	memcpy(header + 8, record, 3);
	header[11] = content >> 8;
	header[12] = content;
	good = context &&
	       EVP_CipherInit_ex(context, cipher_of(alerts), NULL, way->key,
				 nonce, writes) == 1 &&
	       (writes || EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG,
					      TAG, tag) == 1) &&
	       EVP_CipherUpdate(context, NULL, &len, header, HEADER) == 1 &&
	       EVP_CipherUpdate(context, at, &len, at, content) == 1 &&
	       EVP_CipherFinal_ex(context, tag, &len) == 1 &&
	       (!writes || EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG,
					       TAG, tag) == 1);
	EVP_CIPHER_CTX_free(context);
	ERR_clear_error();
	return good;
}

static size_t fragment_length(const unsigned char *record)
{
	return record[LENGTH_AT] << 8 | record[LENGTH_AT + 1];
}

static enum alerts_found read_alert(const unsigned char *alert, size_t len,
				    const char **what)
{
	if (len != ALERT)
		return ALERTS_NOTHING;
	if (alert[1] == CLOSE_NOTIFY)
		return ALERTS_CLOSE;
	*what = SSL_alert_desc_string_long(alert[1]);
	return alert[0] == LEVEL_FATAL ? ALERTS_FATAL : ALERTS_NOTHING;
}

static enum alerts_found read_handshake(const unsigned char *message)
{
	switch (*message) {
	case FINISHED:
		return ALERTS_REPEATED;
	case CLIENT_HELLO:
	case HELLO_REQUEST:
		return ALERTS_HELLO;
	default:
		return ALERTS_NOTHING;
	}
}

/*
 * A record without protection: part of a repeated handshake, unless another one
 * begins, as of a peer that knows nothing of this one.
 */
static enum alerts_found read_first_epoch(const unsigned char *bytes, size_t len)
{
	if (bytes[0] == TYPE_CHANGE)
		return ALERTS_REPEATED;
	return bytes[0] == TYPE_HANDSHAKE && len > HEADER &&
	       bytes[HEADER] != CLIENT_HELLO ? ALERTS_REPEATED : ALERTS_NOTHING;
}

static enum alerts_found read_record(const struct alerts *alerts,
				     const unsigned char *bytes, size_t len,
				     const char **what)
{
	unsigned char record[ALERTS_READ];
	struct lengths lengths = { 0 };
	size_t content;

	if (!lengths_of(alerts->cipher, &lengths) || bytes[EPOCH_AT])
		return ALERTS_NOTHING;
	if (!bytes[EPOCH_AT + 1])
		return read_first_epoch(bytes, len);
	if (bytes[EPOCH_AT + 1] != 1 || len > sizeof(record) ||
	    len <= HEADER + lengths.explicit + TAG ||
	    (bytes[0] != TYPE_ALERT && bytes[0] != TYPE_HANDSHAKE))
		return ALERTS_NOTHING;
	content = len - HEADER - lengths.explicit - TAG;
	memcpy(record, bytes, len);
	if (!transform(alerts, record, content, false))
		return ALERTS_NOTHING;
	return bytes[0] == TYPE_ALERT ?
	       read_alert(record + HEADER + lengths.explicit, content, what) :
	       read_handshake(record + HEADER + lengths.explicit);
}

/*
 * Look for an alert or a handshake message in a datagram. All else is ignored,
 * as are protected records that the peer has not sent. @what is the name of a
 * fatal alert.
 */
enum alerts_found alerts_read(const struct alerts *alerts,
			      const unsigned char *bytes, size_t len,
			      const char **what)
{
	enum alerts_found found;
	size_t size;

	for (; len >= HEADER; bytes += size, len -= size) {
		size = HEADER + fragment_length(bytes);
		if (size > len)
			break;
		found = read_record(alerts, bytes, size, what);
		if (found)
			return found;
	}
	return ALERTS_NOTHING;
}

/*
 * Write a record with a warning. Its number is far beyond those of the
 * handshake, and each kind has one of its own: what is sent again is the same
 * record, so no nonce has two plaintexts.
 */
static size_t make_alert(const struct alerts *alerts, unsigned char *record,
			 const unsigned char *number, unsigned char what)
{
	struct lengths lengths = { 0 };
	size_t len;

	if (!lengths_of(alerts->cipher, &lengths))
		return 0;
	len = lengths.explicit + ALERT + TAG;
	record[0] = TYPE_ALERT;
	record[1] = DTLS1_2_VERSION >> 8;
	record[2] = DTLS1_2_VERSION & 0xff;
	memcpy(record + EPOCH_AT, number, EPOCH_AND_NUMBER);
	record[LENGTH_AT] = 0;
	record[LENGTH_AT + 1] = len;
	memcpy(record + HEADER, number, lengths.explicit);
	record[HEADER + lengths.explicit] = LEVEL_WARNING;
	record[HEADER + lengths.explicit + 1] = what;
	return transform(alerts, record, ALERT, true) ? HEADER + len : 0;
}

/*
 * Write a record with close_notify, the last one of the association; returns its
 * length, 0 if there is no memory.
 */
size_t alerts_close(const struct alerts *alerts, unsigned char *record)
{
	static const unsigned char number[] = { 0, 1, 1, 0, 0, 0, 0, 0 };

	return make_alert(alerts, record, number, CLOSE_NOTIFY);
}

/* Likewise one that refuses another handshake. */
size_t alerts_refuse(const struct alerts *alerts, unsigned char *record)
{
	static const unsigned char number[] = { 0, 1, 0, 1, 0, 0, 0, 0 };

	return make_alert(alerts, record, number, NO_RENEGOTIATION);
}
