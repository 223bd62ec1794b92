/* SPDX-License-Identifier: GPL-2.0 */
/* Sessions of multicast groups, which the clients of a camera share. */
#ifndef KSRTP_RTSP_GROUP_H
#define KSRTP_RTSP_GROUP_H

#include <stdbool.h>
#include <stdint.h>

#include "flow.h"

/* Clients that can be members. */
#define GROUP_MEMBERS 256

struct complaint;
struct group;
struct key;
struct ksrtp_session;

/* A session receives from the group, another sends RTCP to it. */
enum { GROUP_RECV, GROUP_SEND, GROUP_SESSIONS };

/* The stream of a group; numbers are the caller's. */
struct group_stream {
	const void *camera;
	unsigned int section;
};

int group_begin(struct complaint *complaint);
void group_connect(void);
bool group_key(const struct group_stream *stream, uint32_t suite,
	       struct key *key);
void group_flows(const struct flow *flow, struct flow *flows);
int group_join(const struct group_stream *stream, unsigned int member,
	       const struct flow *flow, struct ksrtp_session **sessions,
	       struct group **joined, uint32_t *ids,
	       struct complaint *complaint);
void group_leave(struct group *group, unsigned int member);
void group_leave_all(unsigned int member);

#endif
