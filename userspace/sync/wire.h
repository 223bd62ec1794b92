/* SPDX-License-Identifier: GPL-2.0 */
/* A socket, with TLS or without. */
#ifndef KSRTP_SYNC_WIRE_H
#define KSRTP_SYNC_WIRE_H

#include <openssl/ssl.h>
#include <stdbool.h>
#include <sys/types.h>

struct wire {
	int fd;
	SSL *ssl;			/* or NULL */
	bool wants_write;		/* as TLS says */
};

ssize_t wire_transfer(struct wire *wire, void *in, const void *out, size_t len);
int wire_shake(struct wire *wire, const char **why);
bool wire_secure(struct wire *wire, SSL_CTX *tls, const char *host);
void wire_close(struct wire *wire);

#endif
