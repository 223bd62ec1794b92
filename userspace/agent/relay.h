/* SPDX-License-Identifier: GPL-2.0 */
/* How media of a peer and an application are rewritten. */
#ifndef KSRTPD_RELAY_H
#define KSRTPD_RELAY_H

#include <stdbool.h>
#include <stdint.h>

#include "endpoint.h"
#include "lib/sdp.h"

struct complaint;

/* What tells packets of a medium from others of its BUNDLE group. */
struct relay_marks {
	uint64_t types[2];			/* a bit per payload type */
	unsigned int sources;
	uint32_t source[SDP_SOURCES_MAX];	/* SSRCs of the peer */
};

static inline void relay_mark_type(struct relay_marks *marks, unsigned int type)
{
	marks->types[type / 64] |= 1ULL << type % 64;
}

static inline bool relay_marks_type(const struct relay_marks *marks,
				    unsigned int type)
{
	return marks->types[type / 64] >> type % 64 & 1;
}

struct relay_path {
	union endpoint peer;
	uint16_t public_port;
	/* of RTCP, if it has ports of its own; 0: those of RTP */
	uint16_t peer_rtcp, public_rtcp;
	uint16_t port, rtcp_port;		/* ours, for the application */
	union endpoint application;
	uint16_t application_rtcp;
	bool behind;				/* on another host than this */
	/* the public port has several media, and this may be the first of them */
	bool bundled, leads;
	struct relay_marks marks;
};

int relay_begin(struct complaint *complaint);
void relay_end(void);
int relay_change(const struct relay_path *old, const struct relay_path *path,
		 struct complaint *complaint);

#endif
