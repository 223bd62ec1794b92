/* SPDX-License-Identifier: GPL-2.0 */
/* Rewrites a session description of one side for the other. */
#ifndef KSRTPD_REWRITE_H
#define KSRTPD_REWRITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "endpoint.h"
#include "lib/sdp.h"
#include "public.h"

/* Our part of a section. */
struct rewrite_media {
	/* 0: refused; 0: it is RTP's, and no other is offered */
	uint16_t port, rtcp_port;
	bool mux;			/* RTCP may share the port */
	const char *protocol;
	bool feedback;			/* which is RTP/AVPF or SAVPF */
	const char *mid;		/* NULL: none */
	const char *ufrag, *pwd;
	const char *setup;		/* for DTLS */
	const char *crypto;		/* lines of SDES, with their ends */
	bool bundled;			/* it shares its port with others */
	bool bundle_only;		/* and says 0 in its place */
};

struct rewrite {
	bool web;			/* for the public side, or for plain RTP */
	enum public_kind public;
	const union endpoint *address;
	const char *fingerprint;
	const char *bundle;		/* the mid of a group's first section */
	struct rewrite_media media[SDP_MEDIA_MAX];
};

int rewrite(const struct rewrite *rewrite, const char *text, char *out,
	    size_t size);

#endif
