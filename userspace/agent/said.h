/* SPDX-License-Identifier: GPL-2.0 */
/* What a description says about a medium, kept until the answer. */
#ifndef KSRTPD_SAID_H
#define KSRTPD_SAID_H

#include <stdbool.h>

#include "lib/sdp.h"
#include "medium.h"

struct complaint;

struct said {
	struct medium_web web;
	struct medium_plain plain;
	struct relay_marks marks;	/* SSRCs of a browser, types of an application */
	bool active;
	bool rtp;
	bool feedback;			/* its profile has it */
	bool tagged;
	/* of a browser: its BUNDLE group, 0 for none, and the first medium of that */
	const struct sdp_bundle *group;
	unsigned int first;
	bool bundle_only;		/* it has no other port than the first */
	char mid[MEDIUM_MID];
};

int said_side(const struct sdp *sdp, bool *web, enum public_kind *kind,
	      struct complaint *complaint);
struct said *said_read(struct sdp *sdp, bool web, enum public_kind kind,
		       bool answers, unsigned int family, int *ret,
		       struct complaint *complaint);

#endif
