/* SPDX-License-Identifier: GPL-2.0 */
/* Sessions: a flow with its policy, keys and streams. */
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

#include "block.h"
#include "ekt.h"
#include "flow.h"
#include "keyset.h"
#include "net.h"
#include "policy.h"
#include "tombstone.h"
#include "wire.h"

struct ksrtp_incidents;
struct ksrtp_lease;
struct ksrtp_net;
struct ksrtp_relays;
struct ksrtp_session;
struct netlink_ext_ack;

/* Maximum number of former places that a session is still found at. */
#define KSRTP_PLACES_LEFT_MAX	8

/**
 * struct ksrtp_warm - addresses of a direction's keys, for prefetching
 * @master: the master key that is most likely used
 * @cipher: the keyed cipher of its session keys of RTP
 *
 * Hints, never dereferenced: they may be stale.
 */
struct ksrtp_warm {
	const struct ksrtp_master *master;
	const void *cipher;
};

/**
 * struct ksrtp_volume - traffic of streams
 * @rtp_packets: RTP packets protected or unprotected
 * @rtp_bytes: their plain UDP payload, in bytes
 * @rtcp_packets: RTCP packets protected or unprotected
 * @rtcp_bytes: their plain UDP payload, in bytes
 */
struct ksrtp_volume {
	u64 rtp_packets;
	u64 rtp_bytes;
	u64 rtcp_packets;
	u64 rtcp_bytes;
};

/**
 * struct ksrtp_direction - one direction of a session
 * @configured: the session handles this direction; otherwise packets pass
 * @id: which direction it is, enum ksrtp_direction_id
 * @keyed: it has or had a key
 * @fresh_only: counters of the send direction went back, or what was received
 *	is no longer known, so earlier keys may not be installed again
 * @undecided: of the send direction: it may still restart counters as the peer
 *	does
 * @leased: the session has a lease group
 * @aead: the cipher of @warm is an AEAD
 * @manner: of the receive direction: what the peer did at its last new key,
 *	enum ksrtp_counters, or 0
 * @ekt_epoch: how many master keys it has sent with under @ektkey, before the
 *	current one; under the namespace's lock
 * @window: replay window of new streams, in packets
 * @uncounted: packets dropped while there was no memory for @incidents
 * @keyset: keys in use, with a copy of @policy; NULL while pending
 * @newest: the newest stream, while it exists; read under RCU
 * @warm: addresses to prefetch
 * @follow: number of the key under which streams restart as the peer has, or 0
 * @anew: serial of the keyset with which counters last restarted, or 0; changed
 *	under @streams_lock of the session
 * @keys_seen: number of the newest key so far; under the namespace's lock
 * @user: its number in the ledger: the serial of its first keyset, 0 before;
 *	under the namespace's lock
 * @policy: how to protect; under the namespace's lock, packets use the copy
 * @pace: blocks of indexes, and reports
 * @passed: packets of other protocols passed unchanged
 * @incidents: NULL before the first, by ksrtp_incidents()
 * @forgotten: traffic of streams that no longer exist
 * @ekt: of the receive direction: keys that come with packets; NULL before EKT was
 *	first used
 * @ektkey: its newest EKT key, or NULL; under the namespace's lock
 */
struct ksrtp_direction {
	bool configured;
	u8 id;
	bool keyed;
	bool fresh_only;
	bool undecided;
	bool leased;
	bool aead;
	u8 manner;
	u16 ekt_epoch;
	u16 window;
	atomic_t uncounted;
	struct ksrtp_keyset __rcu *keyset;
	struct ksrtp_stream __rcu *newest;
	struct ksrtp_warm warm;
	u64 follow;
	u64 anew;
	u64 keys_seen;
	u64 user;
	struct ksrtp_policy policy;
	struct ksrtp_pace pace;
	atomic64_t passed;
	struct ksrtp_incidents *incidents;
	struct ksrtp_volume forgotten;
	struct ksrtp_ekt *ekt;
	struct ksrtp_ektkey *ektkey;
} ____cacheline_aligned;

/**
 * struct ksrtp_node - a session's entry in the table of flows
 * @node: link in the table
 * @flow: the flow; zero members are wildcards
 * @kind: protocols that the flow carries
 * @moved: its place is not the session's first
 *
 * Part of a place, see ksrtp_node_session(). Fills a cache line.
 */
struct ksrtp_node {
	struct rhash_head node;
	struct ksrtp_flow flow;
	enum ksrtp_flow_kind kind;
	bool moved;
};

/**
 * struct ksrtp_place - the flows that a session is found by
 * @rtp: flow of RTP, or of both
 * @rtcp: flow of RTCP, linked unless the session multiplexes
 * @session: the session
 * @parked: it is in no table, so no packet finds it
 * @list: link in the list of places that the session has left
 * @expires: when the session is no longer found there, in jiffies
 * @rcu: frees it
 *
 * Packets may use a node until a grace period after it left the table. A
 * session that moves therefore gets a new place; the old one is not reused.
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
 * struct ksrtp_session - a session, RFC 3711's cryptographic contexts of a flow
 * @first: the place it was created at
 * @direction: send and receive, by ksrtp_direction()
 * @place: its current place; read under RCU, written under the namespace's lock
 * @left: places that it has left but is still found at; under the namespace's
 *	lock
 * @nleft: their number
 * @kn: its namespace
 * @lease: its lease group, or NULL; read under RCU, stays until it is freed
 * @relays: applications that its media go to, or NULL; likewise
 * @id: its id there
 * @max_streams: limit of @nstreams
 * @stream_timeout: seconds after which an idle stream is deleted; 0: never
 * @spoken: number of the newest sending key so far; under the namespace's lock
 * @nstreams: number of streams in both directions
 * @streams_lock: protects changes of @streams, @forgotten and @dead, and
 *	@tombstones; BH
 * @streams: the streams, read under RCU
 * @tombstones: tombstones of deleted receiving streams
 * @crowded: link in the namespace's list of the same name
 * @wants_room: it is in that list, or about to be added or removed
 * @owner: netlink port of the socket it is tied to, 0 for none
 * @orphaned: that socket is closed: all packets are dropped
 * @dead: no streams may be added
 * @refs: references: the table's, and one for each packet in flight
 * @rcu: frees it
 *
 * The first packet after a while mostly waits for memory, so the members that
 * it needs first are together at the start.
 */
struct ksrtp_session {
	struct ksrtp_place first;
	struct ksrtp_direction direction[2];
	struct ksrtp_place *place;
	struct list_head left;
	unsigned int nleft;
	struct ksrtp_net *kn;
	struct ksrtp_lease __rcu *lease;
	struct ksrtp_relays __rcu *relays;
	u32 id;
	u32 max_streams;
	u32 stream_timeout;
	u64 spoken;
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
 * struct ksrtp_direction_config - requested settings of a direction
 * @given: the other members are valid
 * @policy: how to protect; unchanged where the request does not say
 * @pace: blocks of indexes and reports; as @policy
 * @master: master key to use; its key is NULL for none
 * @overlap: how long the old key stays valid, in ms
 * @window: replay window, 0 for unchanged or the default
 * @unused_key: refuse a master key that was used before, but for one that this
 *	session has used, and can tell from what comes again
 * @further: master keys that the caller will add, for which that holds, too
 * @n_further: how many
 * @restart: the master key takes the place of all, and counters begin anew with
 *	it, if it has not sent before; whatever the policy says
 * @ektkey: new EKT key, or NULL; a reference
 * @older: with sealed ones, a receiver's other EKT keys, newest first, or NULL;
 *	references
 */
struct ksrtp_direction_config {
	bool given;
	struct ksrtp_policy policy;
	struct ksrtp_pace pace;
	struct ksrtp_master_config master;
	u32 overlap;
	u32 window;
	bool unused_key;
	const u8 *further;
	unsigned int n_further;
	bool restart;
	struct ksrtp_ektkey *ektkey;
	struct ksrtp_ektkey *older[KSRTP_EKT_KEYS_MAX - 1];
};

/**
 * struct ksrtp_session_config - requested settings of a session
 * @moves: move to another flow; only for an existing session
 * @linger: how long it is also found at the old flow, in ms
 * @parks: no packet is to find it
 * @replaces: take the place of the session with this flow; only for a new one
 * @flow: flow of RTP; for a new session, or one that moves
 * @mux: RTCP shares RTP's ports; as @flow
 * @local_rtcp_port: local port of RTCP without @mux; as @flow
 * @remote_rtcp_port: remote port of RTCP without @mux; as @flow
 * @owner: netlink port to tie it to, 0 for none; only for a new session
 * @max_streams: limit of streams, 0 for unchanged or the default
 * @has_stream_timeout: @stream_timeout is given
 * @stream_timeout: seconds after which an idle stream is deleted; 0: never
 * @has_lease: @lease is given
 * @lease: id of its lease group, 0 for none
 * @has_relays: @relays are given
 * @relays: its relays, NULL for none; copied
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
	bool has_lease;
	u32 lease;
	bool has_relays;
	struct ksrtp_relays *relays;
	struct ksrtp_direction_config send;
	struct ksrtp_direction_config recv;
};

/**
 * struct ksrtp_ssrcs - SSRC of a packet
 * @rtp: SSRC if it is RTP
 * @rtcp: SSRC if it is RTCP
 * @looks_rtcp: it is RTCP, on a flow that carries both
 */
struct ksrtp_ssrcs {
	u32 rtp;
	u32 rtcp;
	bool looks_rtcp;
};

/* Direction of a session by its netlink number. */
static inline struct ksrtp_direction *
ksrtp_direction(struct ksrtp_session *session, enum ksrtp_direction_id id)
{
	return &session->direction[id - KSRTP_DIRECTION_SEND];
}

/* Keyset of a direction, under the namespace's lock; NULL while pending. */
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

/* The session of a node. */
static inline struct ksrtp_session *
ksrtp_node_session(const struct ksrtp_node *node)
{
	struct ksrtp_place *place = ksrtp_node_place(node);

	/* usually computed from the address, without reading memory */
	return unlikely(node->moved) ? place->session :
	       container_of(place, struct ksrtp_session, first);
}

/* Where a session is now, under rcu_read_lock(). */
static inline const struct ksrtp_place *
ksrtp_session_place(const struct ksrtp_session *session)
{
	/* pairs with the release in ksrtp_session_settle() */
	return smp_load_acquire(&session->place);
}

/* Does a session handle this direction? */
static inline bool ksrtp_direction_configured(struct ksrtp_session *session,
					      enum ksrtp_direction_id id)
{
	/* pairs with the release in ksrtp_direction_apply() */
	return smp_load_acquire(&ksrtp_direction(session, id)->configured);
}

/* Has RTCP a flow of its own? */
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
int ksrtp_session_init(void);
void ksrtp_session_exit(void);
int ksrtp_session_table_init(struct ksrtp_net *kn);
void ksrtp_session_table_exit(struct ksrtp_net *kn);

#endif /* _KSRTP_SESSION_H */
