// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>

#include "certificate.h"
#include "lib/complaint.h"
#include "lib/sdp.h"

/* Validity in seconds, as browsers' certificates have. Nobody checks it. */
#define LASTS (30L * 86400)

/* Accepted hash functions, with their names in SDP. */
static const struct hash {
	const char *name;
	const EVP_MD *(*md)(void);
	unsigned int len;
} hashes[] = {
	{ "sha-256", EVP_sha256, 32 },
	{ "sha-384", EVP_sha384, 48 },
	{ "sha-512", EVP_sha512, 64 },
};

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static int crypto_error(struct complaint *c, const char *what)
{
	const char *reason = ERR_reason_error_string(ERR_peek_last_error());

	ERR_clear_error();
	return complain(c, EIO, "%s: %s", what, reason ?: "failed");
}

static int digest_of(const struct hash *hash, X509 *x509,
		     struct fingerprint *fingerprint)
{
	unsigned int len;

	memset(fingerprint, 0, sizeof(*fingerprint));
	fingerprint->hash = hash - hashes;
	if (!X509_digest(x509, hash->md(), fingerprint->digest, &len) ||
	    len != hash->len)
		return -EIO;
	return 0;
}

/*
 * Write "sha-256 AB:CD:...", in upper case (RFC 8122, section 5), into
 * FINGERPRINT_TEXT bytes.
 */
void fingerprint_print(const struct fingerprint *fingerprint, char *text)
{
	static const char digits[] = "0123456789ABCDEF";
	const struct hash *hash = &hashes[fingerprint->hash];
	unsigned int i;

	text += sprintf(text, "%s ", hash->name);
	for (i = 0; i < hash->len; i++) {
		*text++ = digits[fingerprint->digest[i] >> 4];
		*text++ = digits[fingerprint->digest[i] & 15];
		*text++ = i + 1 < hash->len ? ':' : '\0';
	}
}

static int sign(struct certificate *certificate)
{
	X509 *x509 = certificate->x509;
	X509_NAME *name = X509_get_subject_name(x509);
	unsigned char serial[8];
	uint64_t number;

	if (RAND_bytes(serial, sizeof(serial)) != 1)
		return -EIO;
	memcpy(&number, serial, sizeof(number));
	/* it reveals nothing about the host or the call */
	if (!X509_set_version(x509, 2) ||
	    !ASN1_INTEGER_set_uint64(X509_get_serialNumber(x509),
				     number >> 1) ||
	    !X509_gmtime_adj(X509_getm_notBefore(x509), -86400) ||
	    !X509_gmtime_adj(X509_getm_notAfter(x509), LASTS) ||
	    !X509_set_pubkey(x509, certificate->key) ||
	    !X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
					(const unsigned char *)"ksrtp", -1, -1,
					0) ||
	    !X509_set_issuer_name(x509, name) ||
	    !X509_sign(x509, certificate->key, EVP_sha256()))
		return -EIO;
	return 0;
}

static int finish(struct certificate *certificate, struct complaint *c)
{
	struct fingerprint ours;

	if (digest_of(&hashes[0], certificate->x509, &ours))
		return crypto_error(c, "certificate");
	fingerprint_print(&ours, certificate->fingerprint);
	return 0;
}

/* Make a certificate with a P-256 key, for the life of this process. */
int certificate_make(struct certificate *certificate, struct complaint *c)
{
	certificate->key = EVP_EC_gen("P-256");
	certificate->x509 = X509_new();
	if (!certificate->key || !certificate->x509 || sign(certificate))
		return crypto_error(c, "certificate");
	return finish(certificate, c);
}

/* Read PEM files. The key must not be encrypted. */
int certificate_read(struct certificate *certificate, const char *file,
		     const char *key_file, struct complaint *c)
{
	BIO *bio = BIO_new_file(file, "r");

	if (bio)
		certificate->x509 = PEM_read_bio_X509(bio, NULL, NULL, NULL);
	BIO_free(bio);
	if (!certificate->x509)
		return crypto_error(c, file);
	bio = BIO_new_file(key_file, "r");
	if (bio)
		certificate->key = PEM_read_bio_PrivateKey(bio, NULL, NULL,
							   (void *)"");
	BIO_free(bio);
	if (!certificate->key ||
	    !X509_check_private_key(certificate->x509, certificate->key))
		return crypto_error(c, key_file);
	return finish(certificate, c);
}

void certificate_free(struct certificate *certificate)
{
	X509_free(certificate->x509);
	EVP_PKEY_free(certificate->key);
	memset(certificate, 0, sizeof(*certificate));
}

static const struct hash *find_hash(const char *text)
{
	size_t i, len = strcspn(text, " ");

	for (i = 0; i < COUNT(hashes); i++)
		if (len == strlen(hashes[i].name) &&
		    !strncasecmp(text, hashes[i].name, len))
			return &hashes[i];
	return NULL;
}

static int read_digest(struct fingerprint *fingerprint, const char *text,
		       unsigned int len)
{
	int high, low;
	unsigned int i;

	for (i = 0; i < len; i++, text += 3) {
		high = OPENSSL_hexchar2int(text[0]);
		low = high < 0 ? -1 : OPENSSL_hexchar2int(text[1]);
		if (low < 0 || text[2] != (i + 1 < len ? ':' : '\0'))
			return -EINVAL;
		fingerprint->digest[i] = high << 4 | low;
	}
	return 0;
}

/*
 * Add a fingerprint. Returns -ENOENT if its hash function is weak or unknown,
 * -ENOSPC if there are FINGERPRINTS already.
 */
int fingerprints_add(struct fingerprints *fingerprints, const char *text)
{
	struct fingerprint *one = &fingerprints->one[fingerprints->n];
	const struct hash *hash = find_hash(text);
	int ret;

	if (!hash)
		return -ENOENT;
	if (fingerprints->n == FINGERPRINTS)
		return -ENOSPC;
	if (!text[strlen(hash->name)])
		return -EINVAL;
	memset(one, 0, sizeof(*one));
	one->hash = hash - hashes;
	ret = read_digest(one, text + strlen(hash->name) + 1, hash->len);
	if (!ret)
		fingerprints->n++;
	return ret;
}

/*
 * Read the fingerprints of a description. Those with weak or unknown hash
 * functions are ignored; at least one must remain (RFC 8122, section 5).
 */
int fingerprints_read(struct fingerprints *fingerprints,
		      const struct sdp_keying *keying, struct complaint *c)
{
	const char *text;
	unsigned int i;

	fingerprints->n = 0;
	for (i = 0; i < keying->fingerprints; i++) {
		text = keying->fingerprint[i];
		if (fingerprints_add(fingerprints, text) == -EINVAL)
			return wrong(c, "a=fingerprint: no digest of %s",
				     find_hash(text)->name);
	}
	if (!fingerprints->n)
		return wrong(c, keying->fingerprints ?
			     "a=fingerprint: of none of sha-256, sha-384, sha-512" :
			     "no a=fingerprint");
	return 0;
}

/* Are they the same, in the same order? */
bool fingerprints_same(const struct fingerprints *one,
		       const struct fingerprints *other)
{
	return one->n == other->n &&
	       !memcmp(one->one, other->one, one->n * sizeof(*one->one));
}

/* Does the certificate have one of these fingerprints? */
int fingerprints_match(const struct fingerprints *fingerprints, X509 *x509)
{
	const struct fingerprint *wanted = fingerprints->one;
	struct fingerprint found;
	unsigned int i;

	for (i = 0; i < fingerprints->n; i++, wanted++)
		if (!digest_of(&hashes[wanted->hash], x509, &found) &&
		    !memcmp(&found, wanted, sizeof(found)))
			return 1;
	return 0;
}
