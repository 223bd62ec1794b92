/* SPDX-License-Identifier: GPL-2.0 */
/* Rewrites a session description of one side for the other. */
#ifndef KSRTPD_REWRITE_H
#define KSRTPD_REWRITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "endpoint.h"
#include "lib/sdp.h"

/* Our part of a section. */
struct rewrite_media {
	uint16_t port, rtcp_port;	/* 0: refused */
	const char *protocol;
	const char *mid;		/* NULL: none */
	const char *ufrag, *pwd;	/* for browsers */
	const char *setup;
	bool bundled;			/* it shares its port with others */
	bool bundle_only;		/* and says 0 in its place */
};

struct rewrite {
	bool web;			/* for a browser, or for plain RTP */
	bool feedback;			/* the plain side has RTP/AVPF */
	const union endpoint *address;
	const char *fingerprint;
	const char *bundle;		/* the mid of a group's first section */
	struct rewrite_media media[SDP_MEDIA_MAX];
};

int rewrite(const struct rewrite *rewrite, const char *text, char *out,
	    size_t size);

#endif
