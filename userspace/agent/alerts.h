/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Alerts of an association of DTLS 1.2 that is done with its handshake, and
 * handshakes that its peer repeats or wants. A tenth of a kilobyte, where
 * OpenSSL's object takes 74; it has the keys of records alone, from which
 * nobody can make those of SRTP.
 */
#ifndef KSRTPD_ALERTS_H
#define KSRTPD_ALERTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <openssl/ssl.h>

#define ALERTS_KEY 32
#define ALERTS_IV 12

/* Longest record that is written. */
#define ALERTS_RECORD 64

struct alerts_way {
	unsigned char key[ALERTS_KEY], iv[ALERTS_IV];
};

struct alerts {
	int cipher;			/* its NID; 0: none */
	struct alerts_way read, write;
};

/* What a datagram said. */
enum alerts_found {
	ALERTS_NOTHING,
	ALERTS_CLOSE,
	ALERTS_FATAL,
	ALERTS_REPEATED,	/* the end of the peer's handshake, once more */
	ALERTS_HELLO,		/* the peer wants to renegotiate */
};

int alerts_take(struct alerts *alerts, SSL *ssl, bool client);
enum alerts_found alerts_read(const struct alerts *alerts,
			      const unsigned char *bytes, size_t len,
			      const char **what);
size_t alerts_close(const struct alerts *alerts, unsigned char *record);
size_t alerts_refuse(const struct alerts *alerts, unsigned char *record);

#endif
