/* SPDX-License-Identifier: GPL-2.0 */
/* Our certificate, and fingerprints of peers' certificates (RFC 8122). */
#ifndef KSRTPD_CERTIFICATE_H
#define KSRTPD_CERTIFICATE_H

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

/* Acceptable fingerprints of a peer's certificate, as text. */
struct fingerprints {
	unsigned int n;
	char text[FINGERPRINTS][FINGERPRINT_TEXT];
};

int certificate_make(struct certificate *certificate,
		     struct complaint *complaint);
int certificate_read(struct certificate *certificate, const char *file,
		     const char *key_file, struct complaint *complaint);
void certificate_free(struct certificate *certificate);
int fingerprints_read(struct fingerprints *fingerprints,
		      const struct sdp_keying *keying,
		      struct complaint *complaint);
int fingerprints_match(const struct fingerprints *fingerprints, X509 *x509);

#endif
