// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzz target: datagrams at ksrtpd's public port. Who has sent no valid check is
 * answered with errors of STUN alone, which are not longer than what was asked, and
 * begins no handshake; who has, cannot end one without a certificate. Descriptions and
 * sessions are replaced.
 *
 * An input is datagrams, each after a byte: its lowest bit says whether a check has
 * come from the sender, the next one whether ksrtpd is the client, the third one of the
 * first datagram whether the peer is without ICE; and a byte of length, in units of 8
 * bytes.
 */
#include <stdlib.h>

/* what comes to a socket, without one */
#include "agent/transport.c"

#include "agent/media.h"

#define CHECK(condition)						\
	do {								\
		if (!(condition))					\
			abort();					\
	} while (0)

static union endpoint known, stranger;
/* Bytes for the stranger. */
static size_t sent;

int media_add(const union endpoint *local, const union endpoint *remote,
	      struct dtls *dtls, const struct relays *relays, unsigned int *id,
	      struct complaint *c)
{
	abort();
}

int media_move(unsigned int id, const union endpoint *local,
	       const union endpoint *remote, struct complaint *c)
{
	abort();
}

void media_del(unsigned int id)
{
	abort();
}

bool media_exists(unsigned int id, const union endpoint *local)
{
	abort();
}

int media_relay(unsigned int id, const struct relays *relays,
		struct complaint *c)
{
	abort();
}

/* What is sent goes nowhere. */
ssize_t sendto(int fd, const void *bytes, size_t len, int flags,
	       const struct sockaddr *to, socklen_t to_len)
{
	if (!memcmp(to, &stranger.any, to_len))
		sent += len;
	return len;
}

static void count(struct transport *t)
{
}

static struct certificate certificate;
static struct dtls_method shared;

static void begin(void)
{
	struct complaint c = { 0 };

	CHECK(!loop_begin() && !certificate_make(&certificate, &c) &&
	      !dtls_method_make(&shared, &certificate, "SRTP_AEAD_AES_128_GCM",
				&c));
	transport_use(&shared);
}

static void take(struct transport *t, const unsigned char *bytes, size_t len,
		 const union endpoint *from)
{
	sent = 0;
	receive(t, bytes, len, from);
	CHECK(t->state != TRANSPORT_UP);
	CHECK(sent <= len);
	CHECK(!is_peer(t, &stranger));
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t len)
{
	static struct transport transport;
	struct transport *t = &transport;
	size_t part;

	if (!method)
		begin();
	memset(t, 0, sizeof(*t));
	t->watch.fd = -1;
	t->changed = count;
	t->timer.expired = expired;
	t->consent.expired = consent_expired;
	endpoint_read(&known, "192.0.2.1", 4711);
	endpoint_read(&stranger, "192.0.2.1", 4712);
	CHECK(!ice_restart(&t->ice));
	ice_use(&t->ice, &known);
	CHECK(!fingerprints_add(&t->fingerprints, certificate.fingerprint));
	t->client = len && *data & 2;
	if (len && *data & 4) {
		t->public = PUBLIC_DTLS;
		t->told = known;
	}
	for (; len > 2; data += part, len -= part) {
		part = 2 + 8 * data[1];
		if (part > len)
			part = len;
		if (part > 2)
			take(t, data + 2, part - 2, *data & 1 ? &known : &stranger);
	}
	transport_close(t);
	return 0;
}
