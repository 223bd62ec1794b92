// SPDX-License-Identifier: GPL-2.0
/* Sessions: making, changing, finding and deleting them. */

#include <linux/err.h>
#include <linux/module.h>
#include <linux/netlink.h>
#include <linux/rhashtable.h>
#include <linux/slab.h>

#include "hook.h"
#include "net.h"
#include "session.h"
#include "stream.h"

static uint sessions_max = 262144;
module_param(sessions_max, uint, 0644);
MODULE_PARM_DESC(sessions_max, "sessions one network namespace may hold");

static const struct rhashtable_params ksrtp_flow_params = {
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
	rhashtable_destroy(&kn->streams);
	rhashtable_destroy(&kn->flows);
	xa_destroy(&kn->sessions);
}

/* Put a node in the table, where packets find it. */
static int ksrtp_node_link(struct ksrtp_net *kn, struct ksrtp_node *node)
{
	unsigned int shape = ksrtp_flow_shape(&node->flow);
	int err;

	err = rhashtable_lookup_insert_fast(&kn->flows, &node->node,
					    ksrtp_flow_params);
	if (err)
		return err;
	if (!kn->shape_count[shape]++)
		WRITE_ONCE(kn->shapes, kn->shapes | BIT_ULL(shape));
	return 0;
}

static void ksrtp_node_unlink(struct ksrtp_net *kn, struct ksrtp_node *node)
{
	unsigned int shape = ksrtp_flow_shape(&node->flow);

	rhashtable_remove_fast(&kn->flows, &node->node, ksrtp_flow_params);
	if (!--kn->shape_count[shape])
		WRITE_ONCE(kn->shapes, kn->shapes & ~BIT_ULL(shape));
}

/* Give RTCP its ports: those asked for, else the next above RTP's. */
static __be16 ksrtp_rtcp_port(__be16 rtp_port, __be16 rtcp_port)
{
	if (rtcp_port || !rtp_port)
		return rtcp_port;
	return htons(ntohs(rtp_port) + 1);
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

/* Turn the crypto API's refusal into one that an administrator can read. */
static int ksrtp_keys_refused(int err, struct netlink_ext_ack *extack)
{
	if (err == -ENOENT) {
		NL_SET_ERR_MSG(extack,
			       "suite: this kernel lacks an algorithm it needs");
		return -EOPNOTSUPP;
	}
	NL_SET_ERR_MSG(extack, "suite: the crypto API failed to take the keys");
	return err;
}

/* Derive the keys that a direction is to get, or none. */
static struct ksrtp_keys *
ksrtp_direction_keys(const struct ksrtp_direction_config *config,
		     struct netlink_ext_ack *extack)
{
	struct ksrtp_keys *keys;

	if (!config->given || !config->master_key)
		return NULL;
	keys = ksrtp_keys_create(config->suite, config->master_key,
				 config->master_salt);
	if (IS_ERR(keys))
		return ERR_PTR(ksrtp_keys_refused(PTR_ERR(keys), extack));
	return keys;
}

/* Carry out what is asked of a direction; cannot fail. */
static void ksrtp_direction_apply(struct ksrtp_net *kn,
				  struct ksrtp_direction *direction,
				  const struct ksrtp_direction_config *config,
				  struct ksrtp_keys *keys)
{
	if (!config->given)
		return;
	if (config->window)
		WRITE_ONCE(direction->window, config->window);
	if (config->suite)
		direction->suite = config->suite;
	if (keys)
		ksrtp_keys_put(rcu_replace_pointer(direction->keys, keys,
						   lockdep_is_held(&kn->lock)));
	/* keys first: a packet must not meet a direction that is half made */
	smp_store_release(&direction->governed, true);
}

/**
 * ksrtp_session_change() - change a session's policy or keys
 * @session: the session
 * @config: what to change; its flow is ignored
 * @extack: where to explain a refusal
 *
 * New keys leave rollover counter, replay state and SRTCP index of the streams
 * alone (RFC 3711 section 3.3.1).
 *
 * Context: process, sleeps, under the namespace's lock.
 * Return: 0, or a negative errno with nothing changed.
 */
int ksrtp_session_change(struct ksrtp_session *session,
			 const struct ksrtp_session_config *config,
			 struct netlink_ext_ack *extack)
{
	struct ksrtp_keys *send, *recv;

	send = ksrtp_direction_keys(&config->send, extack);
	if (IS_ERR(send))
		return PTR_ERR(send);
	recv = ksrtp_direction_keys(&config->recv, extack);
	if (IS_ERR(recv)) {
		ksrtp_keys_put(send);
		return PTR_ERR(recv);
	}

	if (config->max_streams)
		WRITE_ONCE(session->max_streams, config->max_streams);
	ksrtp_direction_apply(session->kn,
			      ksrtp_direction(session, KSRTP_DIRECTION_SEND),
			      &config->send, send);
	ksrtp_direction_apply(session->kn,
			      ksrtp_direction(session, KSRTP_DIRECTION_RECV),
			      &config->recv, recv);
	return 0;
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
	spin_lock_init(&session->streams_lock);
	INIT_LIST_HEAD(&session->streams);
	refcount_set(&session->refs, 1);

	for (direction = session->direction;
	     direction < session->direction + ARRAY_SIZE(session->direction);
	     direction++) {
		direction->window = KSRTP_REPLAY_WINDOW_DEFAULT;
		/* nothing said of either direction: both wait for keys */
		direction->governed = !config->send.given &&
				      !config->recv.given;
	}

	session->rtp.session = session;
	session->rtp.flow = config->flow;
	session->rtp.kind = config->mux ? KSRTP_FLOW_MUX : KSRTP_FLOW_RTP;
	session->rtcp.session = session;
	session->rtcp.flow = config->flow;
	session->rtcp.kind = KSRTP_FLOW_RTCP;
	session->rtcp.flow.local_port =
		ksrtp_rtcp_port(config->flow.local_port,
				config->local_rtcp_port);
	session->rtcp.flow.remote_port =
		ksrtp_rtcp_port(config->flow.remote_port,
				config->remote_rtcp_port);
	return session;
}

/* Make a session reachable by its id and flows. */
static int ksrtp_session_link(struct ksrtp_session *session,
			      struct netlink_ext_ack *extack)
{
	struct ksrtp_net *kn = session->kn;
	int err;

	err = xa_alloc_cyclic(&kn->sessions, &session->id, session,
			      XA_LIMIT(1, U32_MAX), &kn->next_id, GFP_KERNEL);
	if (err < 0)
		return err;
	err = ksrtp_node_link(kn, &session->rtp);
	if (err == -EEXIST)
		NL_SET_ERR_MSG(extack, "another session has this flow");
	if (err)
		goto err_id;
	if (ksrtp_session_has_rtcp_flow(session)) {
		err = ksrtp_node_link(kn, &session->rtcp);
		if (err == -EEXIST)
			NL_SET_ERR_MSG(extack,
				       "another session has the flow of this one's RTCP");
		if (err)
			goto err_rtp;
	}
	return 0;

err_rtp:
	ksrtp_node_unlink(kn, &session->rtp);
err_id:
	xa_erase(&kn->sessions, session->id);
	return err;
}

/**
 * ksrtp_session_create() - make a session
 * @kn: namespace it is for
 * @config: what it is to be
 * @extack: where to explain a refusal
 *
 * The namespace's first session puts our hooks in place.
 *
 * Context: process, sleeps, under the namespace's lock.
 * Return: the session, or an ERR_PTR(): -EEXIST if its flow is taken, -ENOSPC
 * if the namespace is full, -EOPNOTSUPP if the kernel lacks the suite,
 * -ENOMEM, or another errno of the crypto API.
 */
struct ksrtp_session *
ksrtp_session_create(struct ksrtp_net *kn,
		     const struct ksrtp_session_config *config,
		     struct netlink_ext_ack *extack)
{
	struct ksrtp_session *session;
	int err;

	if (kn->nsessions >= READ_ONCE(sessions_max)) {
		NL_SET_ERR_MSG(extack,
			       "as many sessions as module parameter sessions_max allows");
		return ERR_PTR(-ENOSPC);
	}
	session = ksrtp_session_alloc(kn, config);
	if (!session)
		return ERR_PTR(-ENOMEM);
	err = ksrtp_session_change(session, config, extack);
	if (err)
		goto err_free;
	if (!kn->nsessions) {
		err = ksrtp_hooks_enable(kn->net);
		if (err) {
			NL_SET_ERR_MSG(extack,
				       "netfilter hooks cannot be registered");
			goto err_keys;
		}
	}
	err = ksrtp_session_link(session, extack);
	if (err)
		goto err_hooks;
	kn->nsessions++;
	/* sessions outlive the program that makes them, and hold the module */
	__module_get(THIS_MODULE);
	return session;

err_hooks:
	if (!kn->nsessions)
		ksrtp_hooks_disable(kn->net);
err_keys:
	ksrtp_keys_put(rcu_dereference_protected(session->direction[0].keys,
						 true));
	ksrtp_keys_put(rcu_dereference_protected(session->direction[1].keys,
						 true));
err_free:
	/* a failed link was visible for a moment */
	ksrtp_session_put(session);
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
	struct ksrtp_direction *direction;

	ksrtp_node_unlink(kn, &session->rtp);
	if (ksrtp_session_has_rtcp_flow(session))
		ksrtp_node_unlink(kn, &session->rtcp);
	xa_erase(&kn->sessions, session->id);
	if (!--kn->nsessions)
		ksrtp_hooks_disable(kn->net);

	ksrtp_stream_delete_all(session);
	for (direction = session->direction;
	     direction < session->direction + ARRAY_SIZE(session->direction);
	     direction++)
		ksrtp_keys_put(rcu_replace_pointer(direction->keys, NULL,
						   lockdep_is_held(&kn->lock)));
	ksrtp_session_put(session);
	module_put(THIS_MODULE);
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
 * @flow: its flow of RTP, wildcards included
 *
 * Context: any, under rcu_read_lock() or the namespace's lock.
 * Return: the session, or NULL.
 */
struct ksrtp_session *ksrtp_session_by_flow(struct ksrtp_net *kn,
					    const struct ksrtp_flow *flow)
{
	struct ksrtp_node *node;

	node = rhashtable_lookup_fast(&kn->flows, flow, ksrtp_flow_params);
	/* a flow of RTCP belongs to a session, but does not name it */
	if (!node || node->kind == KSRTP_FLOW_RTCP)
		return NULL;
	return node->session;
}

/**
 * ksrtp_session_match() - find the session that a packet belongs to
 * @kn: namespace of the packet
 * @flow: the packet's flow, all members exact
 *
 * Exact members win over wildcards in the order of KSRTP_SHAPE_*.
 *
 * Context: any, under rcu_read_lock().
 * Return: the session's node, or NULL.
 */
const struct ksrtp_node *ksrtp_session_match(struct ksrtp_net *kn,
					     const struct ksrtp_flow *flow)
{
	u64 shapes = READ_ONCE(kn->shapes);
	struct ksrtp_flow masked;
	struct ksrtp_node *node;
	unsigned int shape;

	while (shapes) {
		shape = fls64(shapes) - 1;
		shapes &= ~BIT_ULL(shape);
		ksrtp_flow_mask(flow, shape, &masked);
		node = rhashtable_lookup(&kn->flows, &masked,
					 ksrtp_flow_params);
		if (node)
			return node;
	}
	return NULL;
}
