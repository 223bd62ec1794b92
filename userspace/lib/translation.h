/* SPDX-License-Identifier: GPL-2.0 */
/* Addresses that packets have on this host, where SDP has others. */
#ifndef LIBKSRTP_TRANSLATION_H
#define LIBKSRTP_TRANSLATION_H

#include "sdp.h"

#define TRANSLATION_MAX	16

/* Rules for one side's addresses. Length 0 in @from: all; in @to: any. */
struct translation {
	unsigned int n;
	struct {
		struct sdp_address from, to;
	} rule[TRANSLATION_MAX];
};

struct translations {
	struct translation local, remote;
};

int translation_add(struct translation *translation, const char *text,
		    struct complaint *complaint);
void translation_apply(const struct translation *translation,
		       struct sdp_address *address);

#endif
