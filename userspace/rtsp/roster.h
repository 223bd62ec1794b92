/* SPDX-License-Identifier: GPL-2.0 */
/* Which sessions the processes of clients have, for the case that one dies. */
#ifndef KSRTP_RTSP_ROSTER_H
#define KSRTP_RTSP_ROSTER_H

#include <stdbool.h>
#include <stdint.h>

#include "flow.h"
#include "group.h"
#include "lib/sdp.h"

/* Clients at a time, each with a place. */
#define ROSTER_PLACES GROUP_MEMBERS

struct complaint;

/*
 * What a process has in the kernel, by section of its camera's description. A flow
 * is noted before its session is made, since it may be killed in between.
 */
struct roster_place {
	uint32_t ids[SDP_MEDIA_MAX][GROUP_SESSIONS];	/* 0: none */
	struct flow_name making[GROUP_SESSIONS];
};

int roster_open(const char *file, uint64_t until, struct complaint *complaint);
struct roster_place *roster_place(unsigned int place);
bool roster_is_free(unsigned int place);
void roster_died(unsigned int place, uint64_t until);
uint64_t roster_expire(uint64_t now);

#endif
