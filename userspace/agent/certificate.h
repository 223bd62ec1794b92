/* SPDX-License-Identifier: GPL-2.0 */
/* Our certificate, and fingerprints of peers' certificates (RFC 8122). */
#ifndef KSRTPD_CERTIFICATE_H
#define KSRTPD_CERTIFICATE_H

#include <stdbool.h>

#include <openssl/evp.h>
#include <openssl/x509.h>

struct complaint;
struct sdp_keying;

/* Room for "sha-256 AB:...", of SHA-512 as well. */
#define FINGERPRINT_TEXT 208
#define FINGERPRINTS 8

struct certificate {
	X509 *x509;
	EVP_PKEY *key;
	char fingerprint[FINGERPRINT_TEXT];
};

/* A fingerprint: a hash function and its digest, with zeroes behind it. */
struct fingerprint {
	unsigned char hash;
	unsigned char digest[EVP_MAX_MD_SIZE];
};

/* Acceptable fingerprints of a peer's certificate. */
struct fingerprints {
	unsigned int n;
	struct fingerprint one[FINGERPRINTS];
};

int certificate_make(struct certificate *certificate,
		     struct complaint *complaint);
int certificate_read(struct certificate *certificate, const char *file,
		     const char *key_file, struct complaint *complaint);
void certificate_free(struct certificate *certificate);
int fingerprints_read(struct fingerprints *fingerprints,
		      const struct sdp_keying *keying,
		      struct complaint *complaint);
int fingerprints_add(struct fingerprints *fingerprints, const char *text);
void fingerprint_print(const struct fingerprint *fingerprint, char *text);
bool fingerprints_same(const struct fingerprints *one,
		       const struct fingerprints *other);
int fingerprints_match(const struct fingerprints *fingerprints, X509 *x509);

#endif
