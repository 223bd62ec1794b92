/* SPDX-License-Identifier: GPL-2.0 */
/* The kernel's session of a section of a call. */
#ifndef LIBKSRTP_FOUND_H
#define LIBKSRTP_FOUND_H

#include "call.h"

struct ksrtp;

struct found {
	bool there;
	uint32_t id;
	bool parked;		/* no packet finds it */
	struct end local, remote;
	uint16_t remote_rtcp_port;
	bool restarts;		/* sending counters, at each new key */
};

int found_read(struct found *found, struct ksrtp *handle,
	       const struct call *of, const struct leg *leg,
	       const struct end *next, uint32_t ifindex,
	       struct complaint *complaint);
int found_read_parked(struct found *found, struct ksrtp *handle,
		      const struct call *of, const struct leg *leg,
		      uint32_t ifindex, struct complaint *complaint);
bool found_takes_any(const struct found *found);
bool found_is_at(const struct found *found, const struct end *local);
bool found_has_peer(const struct found *found, const struct end *peer);

#endif
