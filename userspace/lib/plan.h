/* SPDX-License-Identifier: GPL-2.0 */
/* Changes to the sessions of a call: all of them, or none. */
#ifndef LIBKSRTP_PLAN_H
#define LIBKSRTP_PLAN_H

#include "call.h"
#include "channel.h"

/* Time in ms that packets with the old key, or to the old place, may be in flight. */
#define PLAN_OVERLAP 5000

/* Where a session is found. */
struct place {
	struct end local, remote;
	unsigned int family;
	bool mux;
	uint16_t local_rtcp_port, remote_rtcp_port;	/* 0: RTP's plus 1 */
};

struct step {
	enum { PLAN_ADD, PLAN_SET, PLAN_DEL } what;
	uint32_t id;
	const struct call *call;	/* the leg's call */
	const struct leg *leg;
	const struct leg *was;	/* leg of the existing session, or NULL */
	bool send, recv;	/* have a key to be set */
	bool parks;
	bool moves;
	bool new_send, new_recv;	/* keys that were not there */
	bool restarts;		/* counters restart at the new key if they may */
	struct place place;	/* where it is created, or moves to */
};

struct plan {
	const struct call *call;
	bool owned;		/* new sessions are tied to the handle */
	const struct ksrtp_session *settings;	/* in addition to SDP, or NULL */
	struct step step[2 * SDP_MEDIA_MAX];
	unsigned int n;
};

const struct step *plan_next(const struct plan *plan,
			     const struct step *before);
bool plan_unsent(const struct plan *plan, const struct step *step);
bool plan_unheard(const struct plan *plan, const struct step *step);
uint64_t plan_overlap(const struct plan *plan, const struct step *step);
uint64_t plan_linger(const struct plan *plan, const struct step *step);
void plan_add_call(struct plan *plan, const struct call *call);
int plan_change_call(struct plan *plan, struct ksrtp *handle,
		     const struct call *call, const struct call *old,
		     struct complaint *complaint);
int plan_del_call(struct plan *plan, struct ksrtp *handle,
		  const struct call *call, struct complaint *complaint);
int plan_ids(const struct plan *plan, struct ksrtp *handle,
	     const struct call *call, uint32_t *ids,
	     struct complaint *complaint);
int plan_carry_out(const struct plan *plan, struct ksrtp *handle,
		   struct complaint *complaint);

#endif
