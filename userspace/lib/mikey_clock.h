/* SPDX-License-Identifier: GPL-2.0 */
/* Is a message new? Its time, and those taken before: RFC 3830 section 5.4. */
#ifndef LIBKSRTP_MIKEY_CLOCK_H
#define LIBKSRTP_MIKEY_CLOCK_H

#include "mikey_message.h"

/* How far clocks may be apart, if nothing is said, in seconds. */
#define MIKEY_SKEW		300
#define MIKEY_REPLAY_MAX	1024

struct mikey_taken {
	unsigned char mac[32];
	uint64_t until;		/* in seconds of the system's clock */
};

/**
 * struct mikey_clock - which messages are new
 * @skew: how far clocks may be apart, in seconds; 0: the peer has none
 * @n: how many messages were taken, and are remembered
 * @taken: these messages
 */
struct mikey_clock {
	uint32_t skew;
	unsigned int n;
	struct mikey_taken taken[MIKEY_REPLAY_MAX];
};

int mikey_clock_check(const struct mikey_clock *clock,
		      const struct mikey_message *message, uint64_t now,
		      struct complaint *complaint);
void mikey_clock_note(struct mikey_clock *clock,
		      const struct mikey_message *message, uint64_t now);

#endif
