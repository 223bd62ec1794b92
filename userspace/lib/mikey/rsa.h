/* SPDX-License-Identifier: GPL-2.0 */
/* The public-key method with RSA: envelope and signature, RFC 3830 section 3.2. */
#ifndef LIBKSRTP_MIKEY_RSA_H
#define LIBKSRTP_MIKEY_RSA_H

#include <openssl/x509.h>

#include "kemac.h"

#define MIKEY_ENVELOPE_MAX	256
#define MIKEY_SENT_MAX		64

/* The envelope key of a message made here. Only its recipient can decrypt PKE. */
struct mikey_sent {
	uint32_t csb_id;
	unsigned int len;		/* 0: none */
	unsigned char key[MIKEY_ENVELOPE_MAX];
};

/**
 * struct mikey_rsa - local identity and trust
 * @own: local private key, or NULL
 * @cert: local certificate, or NULL
 * @trust: certificates of CAs or peers, or NULL
 * @peer: certificate of the recipient of messages, or NULL
 * @sent: ring of envelope keys of messages made here
 * @next: index of the next entry
 */
struct mikey_rsa {
	EVP_PKEY *own;
	X509 *cert;
	X509_STORE *trust;
	X509 *peer;
	struct mikey_sent sent[MIKEY_SENT_MAX];
	unsigned int next;
};

int mikey_rsa_own(struct mikey_rsa *rsa, const char *key, const char *cert,
		  struct complaint *complaint);
int mikey_rsa_trust(struct mikey_rsa *rsa, const char *certs,
		    struct complaint *complaint);
int mikey_rsa_peer(struct mikey_rsa *rsa, const char *cert,
		   struct complaint *complaint);
void mikey_rsa_drop(struct mikey_rsa *rsa);
void mikey_rsa_end(struct mikey_rsa *rsa);
int mikey_rsa_open(const struct mikey_message *message,
		   const struct mikey_rsa *rsa, struct mikey_opened *opened,
		   unsigned char *envelope, size_t *len,
		   struct complaint *complaint);
int mikey_rsa_cert(struct mikey_draft *draft, const struct mikey_rsa *rsa,
		   struct complaint *complaint);
int mikey_rsa_seal(struct mikey_draft *draft, struct mikey_rsa *rsa,
		   const struct mikey_message *message, struct bytes plain,
		   struct complaint *complaint);

#endif
