// SPDX-License-Identifier: GPL-2.0
/* Sessions: making, changing, finding and deleting them. */

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

#include "net.h"
#include "rekey.h"
#include "session.h"
#include "quota.h"
#include "stats.h"
#include "stream.h"

static u32 ksrtp_session_hash(const void *flow, u32 len, u32 seed)
{
	return ksrtp_flow_hash(flow, seed);
}

static int ksrtp_flow_differs(struct rhashtable_compare_arg *arg,
			      const void *object)
{
	const struct ksrtp_node *node = object;
	const struct ksrtp_flow *a = arg->key, *b = &node->flow;
	const struct ksrtp_session *session;

	/*
	 * Most likely it is the one, RTP's, and has not moved: wait for all of it
	 * at once. Where this is not so, nothing is read of what is not there.
	 */
	session = container_of(node, struct ksrtp_session, first.rtp);
	prefetch(&session->direction[0]);
	prefetch(&session->direction[1]);
	return !ipv6_addr_equal(&a->remote, &b->remote) ||
	       !ipv6_addr_equal(&a->local, &b->local) ||
	       a->local_port != b->local_port ||
	       a->remote_port != b->remote_port || a->ifindex != b->ifindex ||
	       a->ssrc != b->ssrc || a->family != b->family ||
	       a->has_ssrc != b->has_ssrc;
}

static const struct rhashtable_params ksrtp_flow_params = {
	.hashfn = ksrtp_session_hash,
	.obj_cmpfn = ksrtp_flow_differs,
	.head_offset = offsetof(struct ksrtp_node, node),
	.key_offset = offsetof(struct ksrtp_node, flow),
	.key_len = sizeof(struct ksrtp_flow),
	.automatic_shrinking = true,
};

/**
 * ksrtp_session_table_init() - make a namespace's tables
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
	err = ksrtp_ledger_init(&kn->ledger, kn->quota);
	if (err)
		goto err_tombstones;
	return 0;

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
	rhashtable_destroy(&kn->tombstones);
	rhashtable_destroy(&kn->streams);
	rhashtable_destroy(&kn->flows);
	xa_destroy(&kn->sessions);
}

/* Take note that there is a flow of a mask. */
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

/* Put a node in the table, where packets find it. */
static int ksrtp_node_link(struct ksrtp_net *kn, struct ksrtp_node *node)
{
	struct ksrtp_ports *ports = kn->ports;
	int err;

	if (!ports) {
		ports = ksrtp_ports_create();
		if (!ports)
			return -ENOMEM;
		/* pairs with the acquire in ksrtp_net_foreign() */
		smp_store_release(&kn->ports, ports);
	}
	err = rhashtable_lookup_insert_fast(&kn->flows, &node->node,
					    ksrtp_flow_params);
	if (err)
		return err;
	ksrtp_mask_add(ksrtp_node_masks(kn, node),
		       ksrtp_flow_mask(&node->flow));
	ksrtp_ports_add(ports, node->flow.local_port);
	return 0;
}

static void ksrtp_node_unlink(struct ksrtp_net *kn, struct ksrtp_node *node)
{
	/* another may have taken its place */
	if (rhashtable_remove_fast(&kn->flows, &node->node, ksrtp_flow_params))
		return;
	ksrtp_mask_remove(ksrtp_node_masks(kn, node),
			  ksrtp_flow_mask(&node->flow));
	ksrtp_ports_remove(kn->ports, node->flow.local_port);
}

/* Is it of a place that its session has left? */
static bool ksrtp_node_left(const struct ksrtp_node *node)
{
	return ksrtp_node_session(node)->place != ksrtp_node_place(node);
}

/*
 * Find what a new node is to take the place of: a node of its own session, which
 * moves; of @old, which goes; or of a place that was left. Of any other session,
 * orphans included, nothing is taken.
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
 * Put a node in the table, in the place of the one before if there is one. No
 * packet finds the flow without a session meanwhile.
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
 * Have a session found at a place, as well as where it is. @old gives way, and
 * has yet to be deleted.
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

/* Have a session no longer found at a place. */
static void ksrtp_place_unlink(struct ksrtp_place *place)
{
	struct ksrtp_session *session = place->session;

	if (!place->parked)
		ksrtp_node_unlink(session->kn, &place->rtp);
	if (!place->parked && ksrtp_place_has_rtcp_flow(place))
		ksrtp_node_unlink(session->kn, &place->rtcp);
	/* the first goes with the session */
	if (place != &session->first)
		kfree_rcu(place, rcu);
}

/* Leave a place for good. */
static void ksrtp_place_leave(struct ksrtp_place *place)
{
	list_del(&place->list);
	place->session->nleft--;
	ksrtp_place_unlink(place);
}

/* Give RTCP its ports: those asked for, else the next above RTP's. */
static __be16 ksrtp_rtcp_port(__be16 rtp_port, __be16 rtcp_port)
{
	if (rtcp_port || !rtp_port)
		return rtcp_port;
	return htons(ntohs(rtp_port) + 1);
}

/* Fill in a place where no packet finds the session yet. */
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

/* The session whose place another one may take: an orphan, or as is asked. */
static struct ksrtp_session *
ksrtp_session_giving_way(struct ksrtp_net *kn,
			 const struct ksrtp_session_config *config)
{
	struct ksrtp_session *old = ksrtp_session_by_flow(kn, &config->flow);

	/* what is parked needs no room */
	return old && !config->parks &&
	       (old->orphaned || config->replaces) ? old : NULL;
}

/* No packet finds a replaced session any more: let those run out that have. */
static void ksrtp_session_quiesce(const struct ksrtp_session *old)
{
	/* they still need its keys and streams; an orphan has none */
	if (old && !old->orphaned)
		synchronize_rcu_expedited();
}

/* Leave a session's flow as it is in another place, where it is parked. */
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

/* Have a session found at another place, too, if it is to move. */
static struct ksrtp_place *
ksrtp_session_enter(struct ksrtp_session *session,
		    const struct ksrtp_session_config *config,
		    const struct ksrtp_session *old,
		    struct netlink_ext_ack *extack)
{
	struct ksrtp_place *place;
	int err;

	/* one that is being made is where it is */
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
		/* half of it may have been linked for a moment */
		kfree_rcu(place, rcu);
		return ERR_PTR(err);
	}
	return place;
}

/* It is at this place from now on, and where it was for a while, if at all. */
static void ksrtp_session_settle(struct ksrtp_session *session,
				 struct ksrtp_place *place, u32 linger)
{
	struct ksrtp_place *was = session->place;

	session->place = place;
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

/**
 * ksrtp_session_put() - drop a reference to a session
 * @session: the session
 *
 * Context: any.
 */
void ksrtp_session_put(struct ksrtp_session *session)
{
	if (refcount_dec_and_test(&session->refs))
		kfree_rcu(session, rcu);
}

/* Carry out what is asked of a direction; cannot fail. */
static void ksrtp_direction_apply(struct ksrtp_net *kn,
				  struct ksrtp_direction *direction,
				  const struct ksrtp_direction_config *config,
				  struct ksrtp_rekey *rekey)
{
	if (!config->given)
		return;
	if (config->window)
		WRITE_ONCE(direction->window, config->window);
	direction->policy = config->policy;
	ksrtp_rekey_commit(kn, direction, rekey);
	/* keys first: a packet must not meet a direction that is half made */
	smp_store_release(&direction->configured, true);
}

/**
 * ksrtp_session_change() - change a session's policy or keys, or move it
 * @session: the session
 * @config: what to change
 * @replaced: set to the session whose flow it took, or NULL; no packet finds that
 *	one, which the caller deletes with ksrtp_session_delete()
 * @extack: where to explain a refusal
 *
 * New keys leave rollover counter, replay state and SRTCP index of the streams
 * alone (RFC 3711 section 3.3.1). So does another flow: where a session moves, a
 * packet of either flow finds it at each moment, until it is found at the new one
 * alone. An orphaned session that has the new flow gives way.
 *
 * Context: process, sleeps, under the namespace's lock.
 * Return: 0, or a negative errno with nothing changed; -EEXIST if the new flow is
 * taken.
 */
int ksrtp_session_change(struct ksrtp_session *session,
			 const struct ksrtp_session_config *config,
			 struct ksrtp_session **replaced,
			 struct netlink_ext_ack *extack)
{
	struct ksrtp_direction *send, *recv;
	struct ksrtp_net *kn = session->kn;
	struct ksrtp_rekey rekey[2];
	struct ksrtp_place *place;
	int err;

	*replaced = NULL;
	send = ksrtp_direction(session, KSRTP_DIRECTION_SEND);
	recv = ksrtp_direction(session, KSRTP_DIRECTION_RECV);
	err = ksrtp_rekey_prepare(kn, send, &config->send, &rekey[0], extack);
	if (err)
		return err;
	err = ksrtp_rekey_prepare(kn, recv, &config->recv, &rekey[1], extack);
	if (err)
		goto err_send;
	if (config->moves)
		*replaced = ksrtp_session_giving_way(kn, config);
	place = ksrtp_session_enter(session, config, *replaced, extack);
	if (IS_ERR(place)) {
		err = PTR_ERR(place);
		goto err_recv;
	}

	if (config->max_streams)
		WRITE_ONCE(session->max_streams, config->max_streams);
	if (config->has_stream_timeout)
		WRITE_ONCE(session->stream_timeout, config->stream_timeout);
	ksrtp_direction_apply(kn, send, &config->send, &rekey[0]);
	ksrtp_direction_apply(kn, recv, &config->recv, &rekey[1]);
	if (rekey[0].new_key && recv->policy.counters == KSRTP_COUNTERS_RESTART)
		ksrtp_stream_doubt(session,
				   ksrtp_direction_keyset(kn, recv));
	ksrtp_stream_let_go(session);
	if (place)
		ksrtp_session_settle(session, place, config->linger);
	if (session->stream_timeout || rekey[0].retire || rekey[1].retire)
		ksrtp_net_start_gc(kn);
	ksrtp_session_quiesce(*replaced);
	return 0;

err_recv:
	*replaced = NULL;
	ksrtp_rekey_abandon(&rekey[1]);
err_send:
	ksrtp_rekey_abandon(&rekey[0]);
	return err;
}

/* Make what no packet and no other command can see yet. */
static struct ksrtp_session *
ksrtp_session_alloc(struct ksrtp_net *kn,
		    const struct ksrtp_session_config *config)
{
	struct ksrtp_direction *direction;
	struct ksrtp_session *session;

	session = kzalloc(sizeof(*session), GFP_KERNEL_ACCOUNT);
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
		/* nothing said of either direction: both wait for keys */
		direction->configured = !config->send.given &&
				      !config->recv.given;
	}

	ksrtp_place_init(&session->first, session, config);
	session->place = &session->first;
	INIT_LIST_HEAD(&session->left);
	return session;
}

/* Make a session reachable by its id and flows, in the place of an old one's. */
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

/* Take the keys of both directions away. */
static void ksrtp_session_wipe(struct ksrtp_session *session)
{
	struct ksrtp_direction *direction;

	for (direction = session->direction;
	     direction < session->direction + ARRAY_SIZE(session->direction);
	     direction++)
		ksrtp_rekey_wipe(session->kn, direction);
}

/**
 * ksrtp_session_create() - make a session
 * @kn: namespace it is for
 * @config: what it is to be
 * @replaced: as ksrtp_session_change() has it
 * @extack: where to explain a refusal
 *
 * The namespace's first session puts our hooks in place. An orphaned session
 * of the same flow gives way to the new one, and any other one if that is asked
 * for. No packet finds the flow without a session meanwhile; a flow of RTCP that
 * only the old one had is free afterwards.
 *
 * Context: process, sleeps, under the namespace's lock.
 * Return: the session, or an ERR_PTR(): -EEXIST if its flow is taken, -ENOSPC
 * if the namespace's quota is used up, -EOPNOTSUPP if the kernel lacks the suite,
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
	/* in the place of another it is not one more */
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
	/* a failed link was visible for a moment, and packets came */
	ksrtp_stream_delete_all(session);
err_keys:
	ksrtp_session_wipe(session);
err_free:
	ksrtp_session_put(session);
err_quota:
	ksrtp_quota_give_session(kn->quota);
	return ERR_PTR(err);
}

/**
 * ksrtp_session_delete() - delete a session, its streams and keys
 * @session: the session; the caller holds a reference if it goes on using it
 *
 * Packets that found it a moment ago may still use it. The namespace's last
 * session takes our hooks away.
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
	ksrtp_session_put(session);
}

/**
 * ksrtp_session_orphan() - close a session whose owner is gone
 * @session: the session
 *
 * Its keys are wiped; its flow stays, and all of it is dropped, since what the
 * owner has protected must not go on in plaintext.
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
		/* keys gone first, as in ksrtp_direction_apply() */
		smp_store_release(&direction->configured, true);
}

/* Does a packet still find a session at a place? Others may have taken it. */
static bool ksrtp_place_found(const struct ksrtp_place *place)
{
	struct rhashtable *flows = &place->session->kn->flows;

	return rhashtable_lookup_fast(flows, &place->rtp.flow,
				      ksrtp_flow_params) == &place->rtp ||
	       rhashtable_lookup_fast(flows, &place->rtcp.flow,
				      ksrtp_flow_params) == &place->rtcp;
}

/**
 * ksrtp_session_lingers() - for how long a session is found where it was, too
 * @session: the session
 *
 * Context: any, under the namespace's lock.
 * Return: a time in ms, or 0 if it is not.
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
 * ksrtp_session_leave() - have a session no longer found where its time is over
 * @session: the session
 *
 * Context: process, under the namespace's lock.
 * Return: true if a place is still to be waited for.
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
 * ksrtp_session_by_id() - look a session up by its number
 * @kn: its namespace
 * @id: its number
 *
 * Context: any, under rcu_read_lock() or the namespace's lock.
 * Return: the session, or NULL.
 */
struct ksrtp_session *ksrtp_session_by_id(struct ksrtp_net *kn, u32 id)
{
	return xa_load(&kn->sessions, id);
}

/**
 * ksrtp_session_by_flow() - look a session up by exactly its own flow
 * @kn: its namespace
 * @flow: its flow of RTP, wildcards included; not one that it has left
 *
 * Context: any, under the namespace's lock.
 * Return: the session, or NULL.
 */
struct ksrtp_session *ksrtp_session_by_flow(struct ksrtp_net *kn,
					    const struct ksrtp_flow *flow)
{
	struct ksrtp_node *node;

	node = rhashtable_lookup_fast(&kn->flows, flow, ksrtp_flow_params);
	/* a flow of RTCP belongs to a session, but does not name it */
	if (!node || node->kind == KSRTP_FLOW_RTCP || ksrtp_node_left(node))
		return NULL;
	return ksrtp_node_session(node);
}

/* Find the session of a flow and one SSRC on it. */
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
 * ksrtp_session_match() - find the session that a packet belongs to
 * @kn: namespace of the packet
 * @flow: the packet's flow, all members exact but for the SSRC
 * @ssrcs: SSRCs that the packet may be of, or NULL if it is not RTP
 *
 * Exact members win over wildcards in the order of KSRTP_MASK_*, and then a
 * session that names the SSRC over one that does not.
 *
 * Context: any, under rcu_read_lock().
 * Return: the session's node, or NULL.
 */
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
