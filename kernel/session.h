/* SPDX-License-Identifier: GPL-2.0 */
/* Sessions: a flow, its policy, its keys, and the streams found on it. */
#ifndef _KSRTP_SESSION_H
#define _KSRTP_SESSION_H

#include <linux/atomic.h>
#include <linux/cache.h>
#include <linux/list.h>
#include <linux/llist.h>
#include <linux/refcount.h>
#include <linux/rhashtable-types.h>
#include <linux/spinlock.h>
#include <linux/ksrtp.h>

#include "ratelimit.h"
#include "flow.h"
#include "keyset.h"
#include "net.h"
#include "policy.h"
#include "tombstone.h"
#include "wire.h"

struct ksrtp_net;
struct ksrtp_session;
struct netlink_ext_ack;

/* So many places that were left is a session still found at, the newest. */
#define KSRTP_PLACES_LEFT_MAX	8

/* Counters that are no causes lie among them, and stay 0 there. */
#define KSRTP_CAUSE_FIRST	KSRTP_A_STATS_DROP_NO_KEY
#define KSRTP_CAUSE_LAST	KSRTP_A_STATS_DROP_EPOCH_LIMIT
#define KSRTP_CAUSES		(KSRTP_CAUSE_LAST - KSRTP_CAUSE_FIRST + 1)

/**
 * struct ksrtp_warm - where a direction's keys are in memory
 * @master: the master key that is used most likely
 * @keys: its session keys of RTP
 * @cipher: their keyed cipher
 *
 * Hints, never followed: they may point to what is gone.
 */
struct ksrtp_warm {
	const void *master;
	const void *keys;
	const void *cipher;
};

/**
 * struct ksrtp_volume - what streams have carried
 * @rtp_packets: RTP packets protected or unprotected
 * @rtp_bytes: their UDP payload on the plain side
 * @rtcp_packets: RTCP packets protected or unprotected
 * @rtcp_bytes: their UDP payload on the plain side
 */
struct ksrtp_volume {
	u64 rtp_packets;
	u64 rtp_bytes;
	u64 rtcp_packets;
	u64 rtcp_bytes;
};

/**
 * struct ksrtp_direction - one direction of a session
 * @configured: the session has a say in this direction; if not, packets pass
 * @id: which direction it is, enum ksrtp_direction_id
 * @keyed: it has or had a key
 * @fresh_only: counters of what is sent went back, so that keys of before may not
 *	come again
 * @undecided: of the send direction: it may still begin anew as the peer does
 * @manner: of the receive direction: what the peer did at its last new key, enum
 *	ksrtp_counters, or 0
 * @window: replay window of new streams, in packets
 * @keyset: keys in use, with a copy of @policy; NULL while pending
 * @newest: the stream made last, while it lives; read under RCU
 * @follow: number of the key under which streams are to begin anew, as the peer has,
 *	or 0
 * @anew: serial of the keyset with which counters began anew last, or 0; changes
 *	under @streams_lock of the session
 * @keys_seen: number of the newest key there was; under the namespace's lock
 * @spoken: number of the newest key that was there to send with; likewise
 * @warm: what packets will need beside these
 * @policy: how to protect; under the namespace's lock, packets heed the copy
 * @passed: packets of other protocols passed untouched
 * @drops: packets dropped, by cause
 * @roc_searches: rollover counters tried beside the expected ones
 * @roc_found: how many of these were right
 * @epochs_derived: epochs whose session keys were derived for a packet that had
 *	to wait for them
 * @counters_restarted: how often counters of a stream began anew with a new key
 * @repeats: packets sent again as they were
 * @search_second: when @search_spent began to count, in seconds
 * @search_spent: searches in that second
 * @auth_failures: for alerts
 * @replays: for alerts
 * @stream_limits: for alerts
 * @forgotten: what streams carried that are no more
 */
struct ksrtp_direction {
	bool configured;
	u8 id;
	bool keyed;
	bool fresh_only;
	bool undecided;
	u8 manner;
	u32 window;
	struct ksrtp_keyset __rcu *keyset;
	struct ksrtp_stream __rcu *newest;
	u64 follow;
	u64 anew;
	u64 keys_seen;
	u64 spoken;
	struct ksrtp_warm warm;
	struct ksrtp_policy policy;
	atomic64_t passed;
	atomic64_t drops[KSRTP_CAUSES];
	atomic64_t roc_searches;
	atomic64_t roc_found;
	atomic64_t epochs_derived;
	atomic64_t counters_restarted;
	atomic64_t repeats;
	u32 search_second;
	atomic_t search_spent;
	struct ksrtp_ratelimit auth_failures;
	struct ksrtp_ratelimit replays;
	struct ksrtp_ratelimit stream_limits;
	struct ksrtp_volume forgotten;
} ____cacheline_aligned;

/**
 * struct ksrtp_node - what the table of flows has of a session
 * @node: link in the table
 * @flow: the flow, a wildcard where zero
 * @kind: what the flow carries
 * @moved: its place is not the session's first
 *
 * It is part of a place, see ksrtp_node_session(), and fills a cache line.
 */
struct ksrtp_node {
	struct rhash_head node;
	struct ksrtp_flow flow;
	enum ksrtp_flow_kind kind;
	bool moved;
};

/**
 * struct ksrtp_place - where a session is found
 * @rtp: flow of RTP, or of both
 * @rtcp: flow of RTCP, linked unless the session multiplexes
 * @session: the session
 * @parked: no packet finds it, and so it is in no table
 * @list: among places that the session has left, but is still found at
 * @expires: until when, in jiffies
 * @rcu: frees it
 *
 * A node that has left the table may be looked at until a grace period is over.
 * So a session that moves has another place, and the one it leaves is not used
 * again.
 */
struct ksrtp_place {
	struct ksrtp_node rtp;
	struct ksrtp_node rtcp;
	struct ksrtp_session *session;
	bool parked;
	struct list_head list;
	u64 expires;
	struct rcu_head rcu;
};

/**
 * struct ksrtp_session - what RFC 3711 calls a crypto context's addressing part
 * @first: the place it was made at
 * @direction: send and receive, by ksrtp_direction()
 * @place: the place it is at; under the namespace's lock
 * @left: places that it has left, but is still found at; likewise
 * @nleft: their number
 * @kn: namespace it lives in
 * @id: its number there
 * @max_streams: bound of @nstreams
 * @stream_timeout: seconds after which an idle stream is forgotten; 0: never
 * @nstreams: number of streams, both directions together
 * @streams_lock: guards changes of @streams, @forgotten and @dead, and
 *	@tombstones; BH
 * @streams: the streams, walked under RCU
 * @tombstones: of receiving streams that were forgotten
 * @crowded: link in the namespace's list of that name
 * @wants_room: it is in that list; or is about to be, or to leave it
 * @owner: netlink port of the socket it is tied to, 0 for none
 * @orphaned: that socket is gone: all is dropped
 * @dead: no streams may be added any more
 * @refs: references; the table's, and one for each packet in flight
 * @rcu: frees it
 *
 * A packet that is the first for a while waits for memory rather than for
 * anything else; so what it needs first lies together, at the start.
 */
struct ksrtp_session {
	struct ksrtp_place first;
	struct ksrtp_direction direction[2];
	struct ksrtp_place *place;
	struct list_head left;
	unsigned int nleft;
	struct ksrtp_net *kn;
	u32 id;
	u32 max_streams;
	u32 stream_timeout;
	atomic_t nstreams;
	spinlock_t streams_lock;
	struct list_head streams;
	struct ksrtp_tombstones tombstones;
	struct llist_node crowded;
	unsigned long wants_room;
	refcount_t refs;
	u32 owner;
	bool orphaned;
	bool dead;
	struct rcu_head rcu;
};

/**
 * struct ksrtp_direction_config - what to make of one direction
 * @given: the rest means something
 * @policy: how to protect; as it was where nothing is said
 * @master: master key to use from now on; its key is NULL for none
 * @overlap: how long the old key stays valid beside it, in ms
 * @window: replay window, 0 for unchanged or the default
 * @unused_key: refuse a master key that has sent before
 */
struct ksrtp_direction_config {
	bool given;
	struct ksrtp_policy policy;
	struct ksrtp_master_config master;
	u32 overlap;
	u32 window;
	bool unused_key;
};

/**
 * struct ksrtp_session_config - what to make of a session
 * @moves: it is to be found at another flow; only for one that is there
 * @linger: for how long it is also found where it was, in ms
 * @parks: no packet is to find it
 * @replaces: it takes the place of the one of its flow; only for a new session
 * @flow: flow of RTP; for a new session, or one that moves
 * @mux: RTCP shares RTP's ports; likewise
 * @local_rtcp_port: local port of RTCP without @mux; likewise
 * @remote_rtcp_port: remote port of RTCP without @mux; likewise
 * @owner: netlink port to tie it to, 0 for none; only for a new session
 * @max_streams: bound of streams, 0 for unchanged or the default
 * @has_stream_timeout: @stream_timeout is given
 * @stream_timeout: seconds after which an idle stream is forgotten; 0: never
 * @send: send direction
 * @recv: receive direction
 */
struct ksrtp_session_config {
	bool moves;
	u32 linger;
	bool parks;
	bool replaces;
	struct ksrtp_flow flow;
	bool mux;
	__be16 local_rtcp_port;
	__be16 remote_rtcp_port;
	u32 owner;
	u32 max_streams;
	bool has_stream_timeout;
	u32 stream_timeout;
	struct ksrtp_direction_config send;
	struct ksrtp_direction_config recv;
};

/**
 * struct ksrtp_ssrcs - whose packet this is
 * @rtp: SSRC if it is RTP
 * @rtcp: SSRC if it is RTCP
 * @looks_rtcp: where the flow carries both, it is RTCP
 */
struct ksrtp_ssrcs {
	u32 rtp;
	u32 rtcp;
	bool looks_rtcp;
};

/* A session's direction by its number in netlink. */
static inline struct ksrtp_direction *
ksrtp_direction(struct ksrtp_session *session, enum ksrtp_direction_id id)
{
	return &session->direction[id - KSRTP_DIRECTION_SEND];
}

/* Its keyset, under the namespace's lock; NULL while it waits for keys. */
static inline const struct ksrtp_keyset *
ksrtp_direction_keyset(const struct ksrtp_net *kn,
		       const struct ksrtp_direction *direction)
{
	return rcu_dereference_protected(direction->keyset,
					 lockdep_is_held(&kn->lock));
}

/* The place that a node is part of. */
static inline struct ksrtp_place *ksrtp_node_place(const struct ksrtp_node *node)
{
	return node->kind == KSRTP_FLOW_RTCP ?
	       container_of(node, struct ksrtp_place, rtcp) :
	       container_of(node, struct ksrtp_place, rtp);
}

/* The session that a node is of. */
static inline struct ksrtp_session *
ksrtp_node_session(const struct ksrtp_node *node)
{
	struct ksrtp_place *place = ksrtp_node_place(node);

	/* that of most is reckoned, and need not be read */
	return unlikely(node->moved) ? place->session :
	       container_of(place, struct ksrtp_session, first);
}

/* Has a session a say in a direction? */
static inline bool ksrtp_direction_configured(struct ksrtp_session *session,
					      enum ksrtp_direction_id id)
{
	/* pairs with the release in ksrtp_direction_apply() */
	return smp_load_acquire(&ksrtp_direction(session, id)->configured);
}

/* Count a packet dropped for a cause, KSRTP_A_STATS_DROP_*. */
static inline void ksrtp_direction_drop(struct ksrtp_direction *direction,
					enum ksrtp_stats_attr cause)
{
	atomic64_inc(&direction->drops[cause - KSRTP_CAUSE_FIRST]);
}

/* Is RTCP found by a flow of its own? */
static inline bool ksrtp_place_has_rtcp_flow(const struct ksrtp_place *place)
{
	return place->rtp.kind == KSRTP_FLOW_RTP;
}

struct ksrtp_session *
ksrtp_session_create(struct ksrtp_net *kn,
		     const struct ksrtp_session_config *config,
		     struct ksrtp_session **replaced,
		     struct netlink_ext_ack *extack);
int ksrtp_session_change(struct ksrtp_session *session,
			 const struct ksrtp_session_config *config,
			 struct ksrtp_session **replaced,
			 struct netlink_ext_ack *extack);
void ksrtp_session_delete(struct ksrtp_session *session);
void ksrtp_session_orphan(struct ksrtp_session *session);
u32 ksrtp_session_lingers(const struct ksrtp_session *session);
bool ksrtp_session_leave(struct ksrtp_session *session);
struct ksrtp_session *ksrtp_session_by_id(struct ksrtp_net *kn, u32 id);
struct ksrtp_session *ksrtp_session_by_flow(struct ksrtp_net *kn,
					    const struct ksrtp_flow *flow);
const struct ksrtp_node *ksrtp_session_match(struct ksrtp_net *kn,
					     const struct ksrtp_flow *flow,
					     const struct ksrtp_ssrcs *ssrcs);
void ksrtp_session_put(struct ksrtp_session *session);
int ksrtp_session_table_init(struct ksrtp_net *kn);
void ksrtp_session_table_exit(struct ksrtp_net *kn);

#endif /* _KSRTP_SESSION_H */
