/* SPDX-License-Identifier: GPL-2.0 */
/* Sessions: a flow, its policy, its keys, and the streams found on it. */
#ifndef _KSRTP_SESSION_H
#define _KSRTP_SESSION_H

#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/refcount.h>
#include <linux/rhashtable-types.h>
#include <linux/spinlock.h>
#include <linux/ksrtp.h>

#include "flow.h"
#include "keys.h"
#include "wire.h"

struct ksrtp_net;
struct ksrtp_session;
struct netlink_ext_ack;

#define KSRTP_CAUSE_FIRST	KSRTP_A_STATS_DROP_NO_KEY
#define KSRTP_CAUSES		(KSRTP_A_STATS_MAX - KSRTP_CAUSE_FIRST + 1)

/**
 * struct ksrtp_direction - one direction of a session
 * @governed: the session has a say in this direction; if not, packets pass
 * @suite: suite announced or in use, NULL if unknown yet
 * @keys: keys in use; NULL while pending
 * @window: replay window of new streams, in packets
 * @passed: packets of other protocols passed untouched
 * @drops: packets dropped, by cause
 */
struct ksrtp_direction {
	bool governed;
	const struct ksrtp_suite *suite;
	struct ksrtp_keys __rcu *keys;
	u32 window;
	atomic64_t passed;
	atomic64_t drops[KSRTP_CAUSES];
};

/**
 * struct ksrtp_node - a session's place in the table of flows
 * @node: link in the table
 * @flow: the flow, a wildcard where zero
 * @kind: what the flow carries
 * @session: the session; its nodes live as long
 */
struct ksrtp_node {
	struct rhash_head node;
	struct ksrtp_flow flow;
	enum ksrtp_flow_kind kind;
	struct ksrtp_session *session;
};

/**
 * struct ksrtp_session - what RFC 3711 calls a crypto context's addressing part
 * @kn: namespace it lives in
 * @id: its number there
 * @rtp: flow of RTP, or of both
 * @rtcp: flow of RTCP, linked unless the session multiplexes
 * @direction: send and receive, by ksrtp_direction()
 * @max_streams: bound of @nstreams
 * @nstreams: number of streams, both directions together
 * @streams_lock: guards changes of @streams, and @dead; BH
 * @streams: the streams, walked under RCU
 * @dead: no streams may be added any more
 * @refs: references; the table's, and one for each packet in flight
 * @rcu: frees it
 */
struct ksrtp_session {
	struct ksrtp_net *kn;
	u32 id;
	struct ksrtp_node rtp;
	struct ksrtp_node rtcp;
	struct ksrtp_direction direction[2];
	u32 max_streams;
	atomic_t nstreams;
	spinlock_t streams_lock;
	struct list_head streams;
	bool dead;
	refcount_t refs;
	struct rcu_head rcu;
};

/**
 * struct ksrtp_direction_config - what to make of one direction
 * @given: the rest means something
 * @suite: suite, or NULL
 * @master_key: master key of the suite's length, or NULL for none
 * @master_salt: master salt of the suite's length, if there is a key
 * @window: replay window, 0 for unchanged or the default
 */
struct ksrtp_direction_config {
	bool given;
	const struct ksrtp_suite *suite;
	const u8 *master_key;
	const u8 *master_salt;
	u32 window;
};

/**
 * struct ksrtp_session_config - what to make of a session
 * @flow: flow of RTP; only for a new session
 * @mux: RTCP shares RTP's ports; only for a new session
 * @local_rtcp_port: local port of RTCP without @mux; only for a new session
 * @remote_rtcp_port: remote port of RTCP without @mux; only for a new session
 * @max_streams: bound of streams, 0 for unchanged or the default
 * @send: send direction
 * @recv: receive direction
 */
struct ksrtp_session_config {
	struct ksrtp_flow flow;
	bool mux;
	__be16 local_rtcp_port;
	__be16 remote_rtcp_port;
	u32 max_streams;
	struct ksrtp_direction_config send;
	struct ksrtp_direction_config recv;
};

/* A session's direction by its number in netlink. */
static inline struct ksrtp_direction *
ksrtp_direction(struct ksrtp_session *session, enum ksrtp_direction_id id)
{
	return &session->direction[id - KSRTP_DIRECTION_SEND];
}

/* Count a packet dropped for a cause, KSRTP_A_STATS_DROP_*. */
static inline void ksrtp_direction_drop(struct ksrtp_direction *direction,
					enum ksrtp_stats_attr cause)
{
	atomic64_inc(&direction->drops[cause - KSRTP_CAUSE_FIRST]);
}

/* Is RTCP found by a flow of its own? */
static inline bool ksrtp_session_has_rtcp_flow(const struct ksrtp_session *s)
{
	return s->rtp.kind == KSRTP_FLOW_RTP;
}

struct ksrtp_session *
ksrtp_session_create(struct ksrtp_net *kn,
		     const struct ksrtp_session_config *config,
		     struct netlink_ext_ack *extack);
int ksrtp_session_change(struct ksrtp_session *session,
			 const struct ksrtp_session_config *config,
			 struct netlink_ext_ack *extack);
void ksrtp_session_delete(struct ksrtp_session *session);
struct ksrtp_session *ksrtp_session_by_id(struct ksrtp_net *kn, u32 id);
struct ksrtp_session *ksrtp_session_by_flow(struct ksrtp_net *kn,
					    const struct ksrtp_flow *flow);
const struct ksrtp_node *ksrtp_session_match(struct ksrtp_net *kn,
					     const struct ksrtp_flow *flow);
void ksrtp_session_put(struct ksrtp_session *session);
int ksrtp_session_table_init(struct ksrtp_net *kn);
void ksrtp_session_table_exit(struct ksrtp_net *kn);

#endif /* _KSRTP_SESSION_H */
