/* SPDX-License-Identifier: GPL-2.0 */
/* Which certificates of a camera are accepted. */
#ifndef KSRTP_RTSP_TRUST_H
#define KSRTP_RTSP_TRUST_H

#include <openssl/ssl.h>
#include <stdbool.h>

#define TRUST_PIN 32	/* SHA-256 */

struct complaint;

struct trust {
	const char *file;	/* CAs, in PEM; NULL: those of the system */
	bool pinned;		/* one certificate, whoever has signed it */
	unsigned char pin[TRUST_PIN];
	SSL_CTX *ctx;
};

bool trust_read_pin(struct trust *trust, const char *text);
int trust_begin(struct trust *trust, struct complaint *complaint);
int trust_connect(const struct trust *trust, SSL *ssl, const char *host,
		  struct complaint *complaint);
int trust_check(const struct trust *trust, SSL *ssl,
		struct complaint *complaint);
int trust_failed(SSL *ssl, struct complaint *complaint);

#endif
