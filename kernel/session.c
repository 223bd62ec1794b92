// SPDX-License-Identifier: GPL-2.0
/* Sessions: creation, change, lookup and deletion. */

#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/netlink.h>
#include <linux/prefetch.h>
#include <linux/rcupdate.h>
#include <linux/rhashtable.h>
#include <linux/slab.h>
#include <net/ipv6.h>

#include "lease.h"
#include "net.h"
#include "rekey.h"
#include "relay.h"
#include "session.h"
#include "quota.h"
#include "stats.h"
#include "stream.h"

static u32 ksrtp_session_hash(const void *flow, u32 len, u32 seed)
{
	return ksrtp_flow_hash(flow, seed);
}

static __always_inline int
ksrtp_flow_differs(struct rhashtable_compare_arg *arg, const void *object)
{
	const struct ksrtp_node *node = object;
	const struct ksrtp_flow *a = arg->key, *b = &node->flow;
	const struct ksrtp_session *session;

	/*
	 * Most likely this is RTP's node of a session that has not moved:
	 * prefetch the session. Otherwise the address is wrong, but it is never
	 * read.
	 */
	session = container_of(node, struct ksrtp_session, first.rtp);
	prefetch(&session->direction[0]);
	prefetch(&session->direction[1]);
	return !ksrtp_flow_equal(a, b);
}

static const struct rhashtable_params ksrtp_flow_params = {
	.hashfn = ksrtp_session_hash,
	.obj_cmpfn = ksrtp_flow_differs,
	.head_offset = offsetof(struct ksrtp_node, node),
	.key_offset = offsetof(struct ksrtp_node, flow),
	.key_len = sizeof(struct ksrtp_flow),
	.automatic_shrinking = true,
};

/*
 * Sessions are as far from each other as they are large. At a power of two, what all
 * packets read of them would share a few places in the processor's caches.
 */
static struct kmem_cache *ksrtp_session_cache;

/**
 * ksrtp_session_init() - create the cache that sessions are allocated from
 *
 * Context: process, sleeps.
 * Return: 0 or -ENOMEM.
 */
int __init ksrtp_session_init(void)
{
	ksrtp_session_cache = KMEM_CACHE(ksrtp_session, SLAB_HWCACHE_ALIGN);
	return ksrtp_session_cache ? 0 : -ENOMEM;
}

/**
 * ksrtp_session_exit() - destroy the cache
 *
 * Context: process, sleeps; all sessions are freed.
 */
void ksrtp_session_exit(void)
{
	kmem_cache_destroy(ksrtp_session_cache);
}

/**
 * ksrtp_session_table_init() - create a namespace's tables
 * @kn: the namespace
 *
 * Context: process, sleeps.
 * Return: 0 or -ENOMEM.
 */
int ksrtp_session_table_init(struct ksrtp_net *kn)
{
	int err;

	mutex_init(&kn->lock);
	xa_init_flags(&kn->sessions, XA_FLAGS_ALLOC1);
	init_waitqueue_head(&kn->idle);
	err = rhashtable_init(&kn->flows, &ksrtp_flow_params);
	if (err)
		return err;
	err = rhashtable_init(&kn->streams, &ksrtp_stream_params);
	if (err)
		goto err_flows;
	err = rhashtable_init(&kn->tombstones, &ksrtp_tombstone_params);
	if (err)
		goto err_streams;
	err = ksrtp_relay_table_init(kn);
	if (err)
		goto err_tombstones;
	err = ksrtp_ledger_init(&kn->ledger, kn->quota);
	if (err)
		goto err_relays;
	return 0;

err_relays:
	ksrtp_relay_table_exit(kn);
err_tombstones:
	rhashtable_destroy(&kn->tombstones);
err_streams:
	rhashtable_destroy(&kn->streams);
err_flows:
	rhashtable_destroy(&kn->flows);
	return err;
}

/**
 * ksrtp_session_table_exit() - free a namespace's tables
 * @kn: the namespace; all its sessions are deleted
 *
 * Context: process, sleeps.
 */
void ksrtp_session_table_exit(struct ksrtp_net *kn)
{
	ksrtp_ports_destroy(kn->ports);
	ksrtp_ledger_exit(&kn->ledger);
	ksrtp_relay_table_exit(kn);
	rhashtable_destroy(&kn->tombstones);
	rhashtable_destroy(&kn->streams);
	rhashtable_destroy(&kn->flows);
	xa_destroy(&kn->sessions);
}

/* Count a flow with this mask. */
static void ksrtp_mask_add(struct ksrtp_masks *masks, unsigned int mask)
{
	if (!masks->count[mask]++)
		WRITE_ONCE(masks->used, masks->used | BIT_ULL(mask));
}

static void ksrtp_mask_remove(struct ksrtp_masks *masks, unsigned int mask)
{
	if (!--masks->count[mask])
		WRITE_ONCE(masks->used, masks->used & ~BIT_ULL(mask));
}

static struct ksrtp_masks *ksrtp_node_masks(struct ksrtp_net *kn,
					    const struct ksrtp_node *node)
{
	return node->flow.has_ssrc ? &kn->ssrc_masks : &kn->masks;
}

/* Add a node to the table, where packets find it. */
static int ksrtp_node_link(struct ksrtp_net *kn, struct ksrtp_node *node)
{
	struct ksrtp_ports *ports = kn->ports;
	int err;

	if (!ports) {
		ports = ksrtp_ports_create();
		if (!ports)
			return -ENOMEM;
		kn->ports = ports;
	}
	err = rhashtable_lookup_insert_fast(&kn->flows, &node->node,
					    ksrtp_flow_params);
	if (err)
		return err;
	ksrtp_mask_add(ksrtp_node_masks(kn, node),
		       ksrtp_flow_mask(&node->flow));
	ksrtp_ports_add(ports, node->flow.local_port);
	ksrtp_net_see_ports(kn);
	return 0;
}

static void ksrtp_node_unlink(struct ksrtp_net *kn, struct ksrtp_node *node)
{
	/* another node may have replaced it */
	if (rhashtable_remove_fast(&kn->flows, &node->node, ksrtp_flow_params))
		return;
	ksrtp_mask_remove(ksrtp_node_masks(kn, node),
			  ksrtp_flow_mask(&node->flow));
	ksrtp_ports_remove(kn->ports, node->flow.local_port);
	ksrtp_net_see_ports(kn);
}

/* Has the session left the place of this node? */
static bool ksrtp_node_left(const struct ksrtp_node *node)
{
	return ksrtp_node_session(node)->place != ksrtp_node_place(node);
}

/*
 * Find the node that a new node replaces: one of its own session, which moves;
 * one of @old, which is going to be deleted; or one of a place that its session
 * has left. Nodes of all other sessions, orphans included, stay.
 */
static struct ksrtp_node *ksrtp_node_before(struct ksrtp_net *kn,
					    const struct ksrtp_node *node,
					    const struct ksrtp_session *old)
{
	struct ksrtp_session *session;
	struct ksrtp_node *before;

	before = rhashtable_lookup_fast(&kn->flows, &node->flow,
					ksrtp_flow_params);
	if (!before)
		return NULL;
	session = ksrtp_node_session(before);
	if (session != old && session != ksrtp_node_session(node) &&
	    !ksrtp_node_left(before))
		return ERR_PTR(-EEXIST);
	return before;
}

/*
 * Add a node to the table, or replace @before. At no time do packets of the
 * flow find no session.
 */
static int ksrtp_node_supersede(struct ksrtp_net *kn, struct ksrtp_node *node,
				struct ksrtp_node *before)
{
	if (!before)
		return ksrtp_node_link(kn, node);
	return rhashtable_replace_fast(&kn->flows, &before->node, &node->node,
				       ksrtp_flow_params);
}

/* Undo ksrtp_node_supersede(). */
static void ksrtp_node_withdraw(struct ksrtp_net *kn, struct ksrtp_node *node,
				struct ksrtp_node *before)
{
	if (!before)
		ksrtp_node_unlink(kn, node);
	else
		rhashtable_replace_fast(&kn->flows, &node->node, &before->node,
					ksrtp_flow_params);
}

/*
 * Make a session found at an additional place. @old is replaced, and the caller
 * has to delete it.
 */
static int ksrtp_place_link(struct ksrtp_place *place,
			    const struct ksrtp_session *old,
			    struct netlink_ext_ack *extack)
{
	struct ksrtp_net *kn = place->session->kn;
	struct ksrtp_node *rtp, *rtcp = NULL;
	int err;

	if (place->parked)
		return 0;
	rtp = ksrtp_node_before(kn, &place->rtp, old);
	if (IS_ERR(rtp)) {
		NL_SET_ERR_MSG(extack, "another session has this flow");
		return PTR_ERR(rtp);
	}
	if (ksrtp_place_has_rtcp_flow(place))
		rtcp = ksrtp_node_before(kn, &place->rtcp, old);
	if (IS_ERR(rtcp)) {
		NL_SET_ERR_MSG(extack,
			       "another session has the flow of this one's RTCP");
		return PTR_ERR(rtcp);
	}
	err = ksrtp_node_supersede(kn, &place->rtp, rtp);
	if (err || !ksrtp_place_has_rtcp_flow(place))
		return err;
	err = ksrtp_node_supersede(kn, &place->rtcp, rtcp);
	if (err)
		ksrtp_node_withdraw(kn, &place->rtp, rtp);
	return err;
}

/* Make a session no longer found at a place. */
static void ksrtp_place_unlink(struct ksrtp_place *place)
{
	struct ksrtp_session *session = place->session;

	if (!place->parked)
		ksrtp_node_unlink(session->kn, &place->rtp);
	if (!place->parked && ksrtp_place_has_rtcp_flow(place))
		ksrtp_node_unlink(session->kn, &place->rtcp);
	/* the first place is part of the session */
	if (place != &session->first)
		kfree_rcu(place, rcu);
}

/* Leave a former place for good. */
static void ksrtp_place_leave(struct ksrtp_place *place)
{
	list_del(&place->list);
	place->session->nleft--;
	ksrtp_place_unlink(place);
}

/* Port of RTCP: the requested one, or the next above RTP's. */
static __be16 ksrtp_rtcp_port(__be16 rtp_port, __be16 rtcp_port)
{
	if (rtcp_port || !rtp_port)
		return rtcp_port;
	return htons(ntohs(rtp_port) + 1);
}

/* Set up a place that is not linked yet. */
static void ksrtp_place_init(struct ksrtp_place *place,
			     struct ksrtp_session *session,
			     const struct ksrtp_session_config *config)
{
	place->session = session;
	place->parked = config->parks;
	place->rtp.flow = config->flow;
	place->rtp.kind = config->mux ? KSRTP_FLOW_MUX : KSRTP_FLOW_RTP;
	place->rtp.moved = place != &session->first;
	place->rtcp.flow = config->flow;
	place->rtcp.kind = KSRTP_FLOW_RTCP;
	place->rtcp.moved = place->rtp.moved;
	place->rtcp.flow.local_port = ksrtp_rtcp_port(config->flow.local_port,
						      config->local_rtcp_port);
	place->rtcp.flow.remote_port =
		ksrtp_rtcp_port(config->flow.remote_port,
				config->remote_rtcp_port);
}

/* The session to be replaced: an orphan, or any if the request says so. */
static struct ksrtp_session *
ksrtp_session_giving_way(struct ksrtp_net *kn,
			 const struct ksrtp_session_config *config)
{
	struct ksrtp_session *old = ksrtp_session_by_flow(kn, &config->flow);

	/* a parked session occupies no flow */
	return old && !config->parks &&
	       (old->orphaned || config->replaces) ? old : NULL;
}

/* A replaced session was unlinked: wait for packets that have found it. */
static void ksrtp_session_quiesce(const struct ksrtp_session *old)
{
	/* they still need its keys and streams; an orphan has none */
	if (old && !old->orphaned)
		synchronize_rcu_expedited();
}

/* Copy a session's flow to another place, where it is parked. */
static void ksrtp_place_park(struct ksrtp_place *place,
			     struct ksrtp_session *session)
{
	place->session = session;
	place->parked = true;
	place->rtp.flow = session->place->rtp.flow;
	place->rtp.kind = session->place->rtp.kind;
	place->rtp.moved = true;
	place->rtcp.flow = session->place->rtcp.flow;
	place->rtcp.kind = KSRTP_FLOW_RTCP;
	place->rtcp.moved = true;
}

/* If a session is to move, make it found at the new place too. */
static struct ksrtp_place *
ksrtp_session_enter(struct ksrtp_session *session,
		    const struct ksrtp_session_config *config,
		    const struct ksrtp_session *old,
		    struct netlink_ext_ack *extack)
{
	struct ksrtp_place *place;
	int err;

	/* a new session is at its first place */
	if (!session->id || (!config->moves && !config->parks))
		return NULL;
	place = kzalloc(sizeof(*place), GFP_KERNEL_ACCOUNT);
	if (!place)
		return ERR_PTR(-ENOMEM);
	if (config->moves)
		ksrtp_place_init(place, session, config);
	else
		ksrtp_place_park(place, session);
	err = ksrtp_place_link(place, old, extack);
	if (err) {
		/* one of its nodes may have been visible */
		kfree_rcu(place, rcu);
		return ERR_PTR(err);
	}
	return place;
}

/* Move to this place; stay at the old one for @linger ms, if at all. */
static void ksrtp_session_settle(struct ksrtp_session *session,
				 struct ksrtp_place *place, u32 linger)
{
	struct ksrtp_place *was = session->place;

	/* pairs with ksrtp_session_place(): it is complete */
	smp_store_release(&session->place, place);
	if (!linger) {
		ksrtp_place_unlink(was);
		return;
	}
	was->expires = get_jiffies_64() + msecs_to_jiffies(linger);
	list_add(&was->list, &session->left);
	if (session->nleft++ == KSRTP_PLACES_LEFT_MAX)
		ksrtp_place_leave(list_last_entry(&session->left,
						  struct ksrtp_place, list));
	ksrtp_net_start_gc(session->kn);
}

static void ksrtp_session_free(struct rcu_head *rcu)
{
	struct ksrtp_session *session = container_of(rcu, struct ksrtp_session,
						     rcu);

	kfree(ksrtp_direction(session, KSRTP_DIRECTION_RECV)->ekt);
	kfree(ksrtp_direction(session, KSRTP_DIRECTION_SEND)->incidents);
	kfree(ksrtp_direction(session, KSRTP_DIRECTION_RECV)->incidents);
	ksrtp_lease_put(rcu_access_pointer(session->lease));
	ksrtp_relay_free(rcu_access_pointer(session->relays));
	kmem_cache_free(ksrtp_session_cache, session);
}

/**
 * ksrtp_session_put() - drop a reference to a session
 * @session: the session
 *
 * Context: any.
 */
void ksrtp_session_put(struct ksrtp_session *session)
{
	if (refcount_dec_and_test(&session->refs))
		call_rcu(&session->rcu, ksrtp_session_free);
}

/* The lease group of a session, or NULL. */
static struct ksrtp_lease *ksrtp_session_lease(struct ksrtp_session *session)
{
	return rcu_dereference_protected(session->lease,
					 lockdep_is_held(&session->kn->lock));
}

/* Join the lease group that a session is to have. Returns 0 or a negative errno. */
static int ksrtp_session_join(struct ksrtp_session *session,
			      const struct ksrtp_session_config *config,
			      struct ksrtp_lease **lease,
			      struct netlink_ext_ack *extack)
{
	*lease = NULL;
	if (!config->lease)
		return 0;
	*lease = ksrtp_lease_join(session->kn, config->lease, extack);
	return PTR_ERR_OR_ZERO(*lease);
}

/* Undo ksrtp_session_join(), or leave a group that packets may still look at. */
static void ksrtp_session_part(struct ksrtp_session *session,
			       struct ksrtp_lease *lease)
{
	ksrtp_lease_leave(session->kn, lease);
	ksrtp_lease_put(lease);
}

/* The relays of a session, or NULL. */
static struct ksrtp_relays *ksrtp_session_relays(struct ksrtp_session *session)
{
	return rcu_dereference_protected(session->relays,
					 lockdep_is_held(&session->kn->lock));
}

/* May a session have the relays that it is to have, where it is to be? */
static bool
ksrtp_session_relays_fit(struct ksrtp_session *session,
			 const struct ksrtp_session_config *config)
{
	const struct ksrtp_relays *relays = config->has_relays ?
					    config->relays :
					    ksrtp_session_relays(session);
	const struct ksrtp_flow *flow = &session->place->rtp.flow;
	__be16 rtcp_port = session->place->rtcp.flow.local_port;

	if (config->moves) {
		flow = &config->flow;
		rtcp_port = ksrtp_rtcp_port(flow->local_port,
					    config->local_rtcp_port);
	}
	return !relays || ksrtp_relay_fits(relays, flow, rtcp_port);
}

/* Let packets of applications find the relays that a session is to have. */
static int ksrtp_session_relay(struct ksrtp_session *session,
			       const struct ksrtp_session_config *config,
			       const struct ksrtp_session *old,
			       struct ksrtp_relays **relays,
			       struct netlink_ext_ack *extack)
{
	struct ksrtp_relays *copy;
	int err;

	*relays = NULL;
	if (!ksrtp_session_relays_fit(session, config)) {
		NL_SET_ERR_MSG(extack,
			       "relays: need a session of their family with both addresses and ports, other local ones, and neither device nor SSRC");
		return -EINVAL;
	}
	if (!config->relays)
		return 0;
	copy = ksrtp_relay_copy(config->relays);
	if (!copy)
		return -ENOMEM;
	err = ksrtp_relay_enter(session->kn, session, copy, old, extack);
	if (!err)
		*relays = copy;
	return err;
}

/* Replace the relays of a session. */
static void ksrtp_session_set_relays(struct ksrtp_session *session,
				     struct ksrtp_relays *relays)
{
	relays = rcu_replace_pointer(session->relays, relays,
				     lockdep_is_held(&session->kn->lock));
	ksrtp_relay_leave(session->kn, relays);
	ksrtp_relay_retire(relays);
}

/* Change blocks of indexes and reports, also of the streams there are. */
static void ksrtp_direction_set_pace(struct ksrtp_session *session,
				     struct ksrtp_direction *direction,
				     const struct ksrtp_pace *pace)
{
	if (!memcmp(&direction->pace, pace, sizeof(*pace)))
		return;
	WRITE_ONCE(direction->pace.size[0], pace->size[0]);
	WRITE_ONCE(direction->pace.size[1], pace->size[1]);
	WRITE_ONCE(direction->pace.start, pace->start);
	WRITE_ONCE(direction->pace.report, pace->report);
	ksrtp_stream_set_pace(session, direction);
}

/* Apply the settings of a direction; cannot fail. */
static void ksrtp_direction_apply(struct ksrtp_session *session,
				  struct ksrtp_direction *direction,
				  const struct ksrtp_direction_config *config,
				  struct ksrtp_rekey *rekey)
{
	struct ksrtp_net *kn = session->kn;

	if (!config->given)
		return;
	/* before keys: streams that they start must not miss a limit */
	ksrtp_direction_set_pace(session, direction, &config->pace);
	if (config->window)
		WRITE_ONCE(direction->window, config->window);
	ksrtp_ekt_apply(kn, direction, config);
	if (config->master.key)
		direction->ekt_epoch = config->master.ekt_epoch;
	direction->policy = config->policy;
	ksrtp_rekey_commit(kn, direction, rekey);
	/* keys first: packets must not see a half configured direction */
	smp_store_release(&direction->configured, true);
}

/**
 * ksrtp_session_change() - change a session's policy or keys, or move it
 * @session: the session
 * @config: what to change
 * @replaced: set to the session whose flow it took, or NULL; packets no longer
 *	find that one, and the caller deletes it with ksrtp_session_delete()
 * @extack: where to explain a refusal
 *
 * New keys do not change rollover counter, replay state and SRTCP index of the
 * streams (RFC 3711 section 3.3.1). Neither does another flow: while a session
 * moves, packets of both flows find it, and then only those of the new one. An
 * orphaned session with the new flow is replaced.
 *
 * Context: process, sleeps, under the namespace's lock.
 * Return: 0, or a negative errno with nothing changed; -EEXIST if the new flow
 * is taken.
 */
int ksrtp_session_change(struct ksrtp_session *session,
			 const struct ksrtp_session_config *config,
			 struct ksrtp_session **replaced,
			 struct netlink_ext_ack *extack)
{
	struct ksrtp_direction *send, *recv;
	struct ksrtp_net *kn = session->kn;
	struct ksrtp_relays *relays;
	struct ksrtp_rekey rekey[2];
	struct ksrtp_lease *lease;
	struct ksrtp_place *place;
	int err;

	*replaced = NULL;
	send = ksrtp_direction(session, KSRTP_DIRECTION_SEND);
	recv = ksrtp_direction(session, KSRTP_DIRECTION_RECV);
	err = ksrtp_ekt_prepare(session, &config->recv);
	if (err)
		return err;
	err = ksrtp_rekey_prepare(kn, send, &config->send, &rekey[0], extack);
	if (err)
		return err;
	err = ksrtp_rekey_prepare(kn, recv, &config->recv, &rekey[1], extack);
	if (err)
		goto err_send;
	err = ksrtp_session_join(session, config, &lease, extack);
	if (err)
		goto err_recv;
	if (config->moves)
		*replaced = ksrtp_session_giving_way(kn, config);
	err = ksrtp_session_relay(session, config, session->id ? *replaced :
				  ksrtp_session_giving_way(kn, config),
				  &relays, extack);
	if (err)
		goto err_lease;
	place = ksrtp_session_enter(session, config, *replaced, extack);
	if (IS_ERR(place)) {
		err = PTR_ERR(place);
		goto err_relays;
	}

	if (config->max_streams)
		WRITE_ONCE(session->max_streams, config->max_streams);
	if (config->has_stream_timeout)
		WRITE_ONCE(session->stream_timeout, config->stream_timeout);
	/* before keys: no packet is to have them without the lease */
	if (config->has_lease) {
		lease = rcu_replace_pointer(session->lease, lease,
					    lockdep_is_held(&kn->lock));
		WRITE_ONCE(send->leased, config->lease);
		WRITE_ONCE(recv->leased, config->lease);
		ksrtp_session_part(session, lease);
	}
	ksrtp_direction_apply(session, send, &config->send, &rekey[0]);
	ksrtp_direction_apply(session, recv, &config->recv, &rekey[1]);
	if (rekey[0].new_key && recv->policy.counters == KSRTP_COUNTERS_RESTART)
		ksrtp_stream_doubt(session,
				   ksrtp_direction_keyset(kn, recv));
	ksrtp_stream_let_go(session);
	if (config->has_relays)
		ksrtp_session_set_relays(session, relays);
	if (place)
		ksrtp_session_settle(session, place, config->linger);
	if (session->stream_timeout || rekey[0].retire || rekey[1].retire)
		ksrtp_net_start_gc(kn);
	ksrtp_session_quiesce(*replaced);
	return 0;

err_relays:
	ksrtp_relay_withdraw(kn, relays);
err_lease:
	*replaced = NULL;
	ksrtp_session_part(session, lease);
err_recv:
	ksrtp_rekey_abandon(&rekey[1]);
err_send:
	ksrtp_rekey_abandon(&rekey[0]);
	return err;
}

/* Create a session that no packet and no other command can see yet. */
static struct ksrtp_session *
ksrtp_session_alloc(struct ksrtp_net *kn,
		    const struct ksrtp_session_config *config)
{
	struct ksrtp_direction *direction;
	struct ksrtp_session *session;

	session = kmem_cache_zalloc(ksrtp_session_cache, GFP_KERNEL_ACCOUNT);
	if (!session)
		return NULL;
	session->kn = kn;
	session->max_streams = KSRTP_STREAMS_DEFAULT;
	session->owner = config->owner;
	spin_lock_init(&session->streams_lock);
	INIT_LIST_HEAD(&session->streams);
	INIT_LIST_HEAD(&session->tombstones.list);
	refcount_set(&session->refs, 1);

	for (direction = session->direction;
	     direction < session->direction + ARRAY_SIZE(session->direction);
	     direction++) {
		direction->id = KSRTP_DIRECTION_SEND +
				(direction - session->direction);
		ksrtp_policy_init(&direction->policy);
		direction->window = KSRTP_REPLAY_WINDOW_DEFAULT;
		/* without settings for a direction, both wait for keys */
		direction->configured = !config->send.given &&
				      !config->recv.given;
	}

	ksrtp_place_init(&session->first, session, config);
	session->place = &session->first;
	INIT_LIST_HEAD(&session->left);
	return session;
}

/* Make a session reachable by its id and flows, replacing @old. */
static int ksrtp_session_link(struct ksrtp_session *session,
			      const struct ksrtp_session *old,
			      struct netlink_ext_ack *extack)
{
	struct ksrtp_net *kn = session->kn;
	int err;

	err = xa_alloc_cyclic(&kn->sessions, &session->id, session,
			      XA_LIMIT(1, U32_MAX), &kn->next_id, GFP_KERNEL);
	if (err < 0)
		return err;
	err = ksrtp_place_link(session->place, old, extack);
	if (err)
		xa_erase(&kn->sessions, session->id);
	return err;
}

/* Remove the keys of both directions. */
static void ksrtp_session_wipe(struct ksrtp_session *session)
{
	struct ksrtp_direction *direction;

	for (direction = session->direction;
	     direction < session->direction + ARRAY_SIZE(session->direction);
	     direction++) {
		ksrtp_rekey_wipe(session->kn, direction);
		ksrtp_ekt_wipe(session->kn, direction);
	}
}

/**
 * ksrtp_session_create() - create a session
 * @kn: its namespace
 * @config: its settings
 * @replaced: as in ksrtp_session_change()
 * @extack: where to explain a refusal
 *
 * The namespace's first session registers our hooks. An orphaned session with
 * the same flow is replaced by the new one, any other one only if requested. At
 * no time do packets of the flow find no session; a flow of RTCP that only the
 * old session had becomes free.
 *
 * Context: process, sleeps, under the namespace's lock.
 * Return: the session, or an ERR_PTR(): -EEXIST if its flow is taken, -ENOSPC
 * if the namespace is over quota, -EOPNOTSUPP if the kernel lacks the suite,
 * -ENOMEM, or another errno of the crypto API.
 */
struct ksrtp_session *
ksrtp_session_create(struct ksrtp_net *kn,
		     const struct ksrtp_session_config *config,
		     struct ksrtp_session **replaced,
		     struct netlink_ext_ack *extack)
{
	struct ksrtp_session *session, *old;
	int err;

	*replaced = NULL;
	/* when it replaces another one, it is not an additional session */
	old = ksrtp_session_giving_way(kn, config);
	if (!ksrtp_quota_take_session(kn->quota, old)) {
		NL_SET_ERR_MSG(extack,
			       "as many sessions as module parameter sessions_max allows");
		return ERR_PTR(-ENOSPC);
	}
	session = ksrtp_session_alloc(kn, config);
	err = -ENOMEM;
	if (!session)
		goto err_quota;
	err = ksrtp_session_change(session, config, replaced, extack);
	if (err)
		goto err_free;
	err = ksrtp_net_use(kn);
	if (err) {
		NL_SET_ERR_MSG(extack, "netfilter hooks cannot be registered");
		goto err_keys;
	}
	err = ksrtp_session_link(session, old, extack);
	if (err)
		goto err_hooks;
	kn->nsessions++;
	if (session->owner)
		WRITE_ONCE(kn->nowned, kn->nowned + 1);
	ksrtp_session_quiesce(old);
	*replaced = old;
	return session;

err_hooks:
	ksrtp_net_unuse(kn);
	/* a failed link was visible for a moment, and packets made streams */
	ksrtp_stream_delete_all(session);
err_keys:
	ksrtp_relay_withdraw(kn, rcu_replace_pointer(session->relays, NULL,
						     lockdep_is_held(&kn->lock)));
	ksrtp_session_wipe(session);
	ksrtp_lease_leave(kn, ksrtp_session_lease(session));
err_free:
	ksrtp_session_put(session);
err_quota:
	ksrtp_quota_give_session(kn->quota);
	return ERR_PTR(err);
}

/**
 * ksrtp_session_delete() - delete a session, its streams and keys
 * @session: the session; the caller needs a reference to use it afterwards
 *
 * Packets that have found it may still use it. The namespace's last session
 * unregisters our hooks.
 *
 * Context: process, sleeps, under the namespace's lock.
 */
void ksrtp_session_delete(struct ksrtp_session *session)
{
	struct ksrtp_net *kn = session->kn;
	struct ksrtp_place *place, *next;

	list_for_each_entry_safe(place, next, &session->left, list)
		ksrtp_place_leave(place);
	ksrtp_place_unlink(session->place);
	/* packets that wait may still go to them */
	ksrtp_relay_leave(kn, ksrtp_session_relays(session));
	xa_erase(&kn->sessions, session->id);
	kn->nsessions--;
	ksrtp_quota_give_session(kn->quota);
	if (session->owner && !session->orphaned)
		WRITE_ONCE(kn->nowned, kn->nowned - 1);
	ksrtp_net_unuse(kn);

	ksrtp_stream_delete_all(session);
	ksrtp_stats_add(&kn->folded[0], session, KSRTP_DIRECTION_SEND);
	ksrtp_stats_add(&kn->folded[1], session, KSRTP_DIRECTION_RECV);
	ksrtp_session_wipe(session);
	/* packets look at it as long as they find the session */
	ksrtp_lease_leave(kn, ksrtp_session_lease(session));
	ksrtp_session_put(session);
}

/**
 * ksrtp_session_orphan() - close a session whose owner is gone
 * @session: the session
 *
 * Wipes its keys but keeps its flow, and all packets are dropped: what the
 * owner has protected must not continue in plaintext.
 *
 * Context: process, sleeps, under the namespace's lock.
 */
void ksrtp_session_orphan(struct ksrtp_session *session)
{
	struct ksrtp_net *kn = session->kn;
	struct ksrtp_direction *direction;

	session->orphaned = true;
	WRITE_ONCE(kn->nowned, kn->nowned - 1);
	ksrtp_session_wipe(session);
	for (direction = session->direction;
	     direction < session->direction + ARRAY_SIZE(session->direction);
	     direction++)
		/* after the keys are gone, as in ksrtp_direction_apply() */
		smp_store_release(&direction->configured, true);
}

/* Do packets still find a session at a place? Others may have taken it. */
static bool ksrtp_place_found(const struct ksrtp_place *place)
{
	struct rhashtable *flows = &place->session->kn->flows;

	return rhashtable_lookup_fast(flows, &place->rtp.flow,
				      ksrtp_flow_params) == &place->rtp ||
	       rhashtable_lookup_fast(flows, &place->rtcp.flow,
				      ksrtp_flow_params) == &place->rtcp;
}

/**
 * ksrtp_session_lingers() - how long is a session still found at former places?
 * @session: the session
 *
 * Context: any, under the namespace's lock.
 * Return: time in ms, or 0 if it is not.
 */
u32 ksrtp_session_lingers(const struct ksrtp_session *session)
{
	u64 last = 0, now = get_jiffies_64();
	struct ksrtp_place *place;

	list_for_each_entry(place, &session->left, list)
		if (ksrtp_place_found(place))
			last = max(last, place->expires);
	if (!last)
		return 0;
	return last > now ? jiffies_to_msecs(last - now) ?: 1 : 1;
}

/**
 * ksrtp_session_leave() - leave former places whose time is over
 * @session: the session
 *
 * Context: process, under the namespace's lock.
 * Return: true if there are places left to wait for.
 */
bool ksrtp_session_leave(struct ksrtp_session *session)
{
	struct ksrtp_place *place, *next;

	list_for_each_entry_safe(place, next, &session->left, list)
		if (time_after_eq64(get_jiffies_64(), place->expires))
			ksrtp_place_leave(place);
	return !list_empty(&session->left);
}

/**
 * ksrtp_session_by_id() - find a session by its id
 * @kn: its namespace
 * @id: its id
 *
 * Context: any, under rcu_read_lock() or the namespace's lock.
 * Return: the session, or NULL.
 */
struct ksrtp_session *ksrtp_session_by_id(struct ksrtp_net *kn, u32 id)
{
	return xa_load(&kn->sessions, id);
}

/**
 * ksrtp_session_by_flow() - find a session by its own flow
 * @kn: its namespace
 * @flow: its current flow of RTP, wildcards included
 *
 * Context: any, under the namespace's lock.
 * Return: the session, or NULL.
 */
struct ksrtp_session *ksrtp_session_by_flow(struct ksrtp_net *kn,
					    const struct ksrtp_flow *flow)
{
	struct ksrtp_node *node;

	node = rhashtable_lookup_fast(&kn->flows, flow, ksrtp_flow_params);
	/* a session is not identified by its flow of RTCP */
	if (!node || node->kind == KSRTP_FLOW_RTCP || ksrtp_node_left(node))
		return NULL;
	return ksrtp_node_session(node);
}

/* Find the session of a flow and one SSRC. */
static const struct ksrtp_node *
ksrtp_session_match_ssrc(struct ksrtp_net *kn, struct ksrtp_flow *masked,
			 const struct ksrtp_ssrcs *ssrcs)
{
	const struct ksrtp_node *node;
	int rtcp;

	masked->has_ssrc = 1;
	for (rtcp = 0; rtcp < 2; rtcp++) {
		masked->ssrc = rtcp ? ssrcs->rtcp : ssrcs->rtp;
		node = rhashtable_lookup(&kn->flows, masked, ksrtp_flow_params);
		if (!node)
			continue;
		if (node->kind == (rtcp ? KSRTP_FLOW_RTCP : KSRTP_FLOW_RTP) ||
		    (node->kind == KSRTP_FLOW_MUX && ssrcs->looks_rtcp == rtcp))
			return node;
	}
	masked->has_ssrc = 0;
	masked->ssrc = 0;
	return NULL;
}

/**
 * ksrtp_session_match() - find the session of a packet
 * @kn: namespace of the packet
 * @flow: the packet's flow, exact except for the SSRC
 * @ssrcs: possible SSRCs of the packet, or NULL if it is neither RTP nor RTCP
 *
 * Exact members win over wildcards in the order of KSRTP_MASK_*, then a session
 * with the SSRC over one without.
 *
 * Context: any, under rcu_read_lock().
 * Return: the session's node, or NULL.
 */
__always_inline
const struct ksrtp_node *ksrtp_session_match(struct ksrtp_net *kn,
					     const struct ksrtp_flow *flow,
					     const struct ksrtp_ssrcs *ssrcs)
{
	u64 with_ssrc = ssrcs ? READ_ONCE(kn->ssrc_masks.used) : 0;
	u64 without = READ_ONCE(kn->masks.used);
	u64 masks = with_ssrc | without;
	const struct ksrtp_node *node;
	struct ksrtp_flow masked __uninitialized;
	unsigned int mask;

	while (masks) {
		mask = fls64(masks) - 1;
		masks &= ~BIT_ULL(mask);
		ksrtp_flow_reduce(flow, mask, &masked);
		if (with_ssrc & BIT_ULL(mask)) {
			node = ksrtp_session_match_ssrc(kn, &masked, ssrcs);
			if (node)
				return node;
		}
		if (!(without & BIT_ULL(mask)))
			continue;
		node = rhashtable_lookup(&kn->flows, &masked,
					 ksrtp_flow_params);
		if (node)
			return node;
	}
	return NULL;
}
