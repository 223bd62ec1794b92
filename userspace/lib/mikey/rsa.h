/* SPDX-License-Identifier: GPL-2.0 */
/* The public-key method with RSA: envelope and signature, RFC 3830 section 3.2. */
#ifndef LIBKSRTP_MIKEY_RSA_H
#define LIBKSRTP_MIKEY_RSA_H

#include <openssl/x509.h>

#include "kemac.h"
#include "sent.h"

#define MIKEY_ENVELOPE_MAX	MIKEY_SECRET_MAX

/**
 * struct mikey_rsa - local identity and trust
 * @own: local private key, or NULL
 * @cert: local certificate, or NULL
 * @trust: certificates of CAs or peers, or NULL
 * @peer: certificate of the recipient of messages, or NULL
 */
struct mikey_rsa {
	EVP_PKEY *own;
	X509 *cert;
	X509_STORE *trust;
	X509 *peer;
};

int mikey_rsa_own(struct mikey_rsa *rsa, const char *key, const char *cert,
		  struct complaint *complaint);
int mikey_rsa_trust(struct mikey_rsa *rsa, const char *certs,
		    struct complaint *complaint);
int mikey_rsa_peer(struct mikey_rsa *rsa, const char *cert,
		   struct complaint *complaint);
void mikey_rsa_drop(struct mikey_rsa *rsa);
int mikey_rsa_verify(const struct mikey_message *message,
		     const struct mikey_rsa *rsa, struct bytes more,
		     X509 **signer, struct complaint *complaint);
int mikey_rsa_open(const struct mikey_message *message,
		   const struct mikey_rsa *rsa, const struct mikey_sent *sent,
		   struct bytes more, struct mikey_opened *opened,
		   unsigned char *envelope, size_t *len,
		   struct complaint *complaint);
bool mikey_rsa_is_own(const struct mikey_rsa *rsa, X509 *cert);
bool mikey_rsa_has_name(X509 *cert, struct bytes name);
int mikey_rsa_name(X509 *cert, struct bytes *name, struct complaint *complaint);
int mikey_rsa_cert(struct mikey_draft *draft, const struct mikey_rsa *rsa,
		   struct complaint *complaint);
int mikey_rsa_seal(struct mikey_draft *draft, const struct mikey_rsa *rsa,
		   X509 *peer, const struct mikey_message *message,
		   struct bytes plain, struct mikey_secret *secret,
		   struct complaint *complaint);
int mikey_rsa_sign(struct mikey_draft *draft, const struct mikey_rsa *rsa,
		   struct bytes more, struct complaint *complaint);

#endif
