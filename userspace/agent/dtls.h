/* SPDX-License-Identifier: GPL-2.0 */
/* An association of DTLS-SRTP (RFC 5763, 5764), by OpenSSL. */
#ifndef KSRTPD_DTLS_H
#define KSRTPD_DTLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <openssl/ssl.h>

#include "alerts.h"
#include "certificate.h"

struct complaint;

/* Room for keys and salts of both sides. */
#define DTLS_MATERIAL 256

/* Datagram size of handshakes. It fits the minimum MTU of IPv6. */
#define DTLS_MTU 1200

/* Room for the last flight: ChangeCipherSpec and Finished. */
#define DTLS_FLIGHT 128

enum dtls_state {
	DTLS_GOING,	/* the handshake */
	DTLS_UP,
	DTLS_CLOSED,	/* close_notify */
	DTLS_FAILED,
};

struct dtls {
	SSL *ssl;			/* NULL: none, or settled */
	struct alerts alerts;		/* once it is settled */
	bool client;
	bool impostor;			/* the fingerprint was wrong */
	enum dtls_state state;
	const struct fingerprints *fingerprints;
	void (*send)(void *of, const unsigned char *bytes, size_t len);
	void *of;
	const unsigned char *datagram;	/* being read */
	size_t datagram_len;
	/* what was sent since the peer's last datagram; its length, also if longer */
	unsigned char flight[DTLS_FLIGHT];
	size_t flight_len;
	size_t held;			/* the end of it that was not sent yet */
	char error[128];		/* why it failed */
};

/* What all associations share. */
struct dtls_method {
	SSL_CTX *context;
};

int dtls_method_make(struct dtls_method *method,
		     const struct certificate *certificate,
		     const char *profiles, struct complaint *complaint);
void dtls_method_free(struct dtls_method *method);
int dtls_begin(struct dtls *dtls, const struct dtls_method *method,
	       bool client);
enum dtls_state dtls_go(struct dtls *dtls);
enum dtls_state dtls_receive(struct dtls *dtls, const unsigned char *bytes,
			     size_t len);
enum dtls_state dtls_expired(struct dtls *dtls);
bool dtls_timeout(struct dtls *dtls, uint64_t *ms);
unsigned int dtls_profile(const struct dtls *dtls);
int dtls_export(struct dtls *dtls, unsigned char *material, size_t len);
bool dtls_exists(const struct dtls *dtls);
void dtls_release(struct dtls *dtls);
void dtls_settle(struct dtls *dtls);
void dtls_end(struct dtls *dtls);

#endif
