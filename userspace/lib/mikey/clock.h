/* SPDX-License-Identifier: GPL-2.0 */
/* Freshness of messages: timestamps and a replay cache, RFC 3830 section 5.4. */
#ifndef LIBKSRTP_MIKEY_CLOCK_H
#define LIBKSRTP_MIKEY_CLOCK_H

#include "message.h"

/* Default clock skew, in seconds. */
#define MIKEY_SKEW		300
#define MIKEY_REPLAY_MAX	1024

/* Seconds from NTP's epoch, 1900, to 1970. */
#define MIKEY_NTP_EPOCH		2208988800U

struct mikey_taken {
	unsigned char mac[32];
	uint64_t until;		/* seconds of the system clock */
};

/**
 * struct mikey_clock - clock rule and replay cache
 * @skew: how far clocks may differ, in seconds; 0: the peer has no clock
 * @n: number of entries in @taken
 * @taken: messages accepted before
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
