/* SPDX-License-Identifier: GPL-2.0 */
/* Planned changes to the sessions of a call. */
#ifndef KSRTP_SDP_PRINT_H
#define KSRTP_SDP_PRINT_H

#include <stdbool.h>

#include "lib/plan.h"

/* Words as they were given, with their values. */
struct sdp_words {
	struct {
		const char *name;
		char value[512];
		bool goes_with_key;
	} word[16];
	unsigned int n;
};

/* Settings in addition to the descriptions. */
struct sdp_said {
	const char *dev;
	bool max_streams, overlap;
	struct sdp_words session, send, recv;
};

void sdp_print(const struct plan *plan, const struct sdp_said *said);

#endif
