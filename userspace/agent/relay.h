/* SPDX-License-Identifier: GPL-2.0 */
/* An application's side of a medium, as the kernel relays to it. */
#ifndef KSRTPD_RELAY_H
#define KSRTPD_RELAY_H

#include <stdbool.h>
#include <stdint.h>

#include "endpoint.h"
#include "lib/sdp.h"

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

static inline bool relay_marks_source(const struct relay_marks *marks,
				      uint32_t source)
{
	unsigned int i;

	for (i = 0; i < marks->sources; i++)
		if (marks->source[i] == source)
			return true;
	return false;
}

struct relay {
	union endpoint local;		/* where the application sends to */
	uint16_t local_rtcp;		/* 0: that of RTP */
	/* where it receives; family 0: what is for it, and from it, is dropped */
	union endpoint application;
	uint16_t application_rtcp;
	struct relay_marks marks;	/* where there are several */
};

/* Those of a public side. */
struct relays {
	unsigned int n;
	struct relay relay[SDP_MEDIA_MAX];
};

#endif
