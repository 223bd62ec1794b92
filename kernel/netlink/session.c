// SPDX-License-Identifier: GPL-2.0
/* Commands for sessions. */

#include <linux/err.h>
#include <net/sock.h>

#include "compat.h"
#include "flowtable.h"
#include "lease.h"
#include "netlink/event.h"
#include "net.h"
#include "netlink/netlink.h"

/* Find the session of a request, by its id or its exact flow. */
static struct ksrtp_session *ksrtp_find(struct ksrtp_net *kn,
					struct genl_info *info)
{
	struct nlattr *id = info->attrs[KSRTP_A_SESSION_ID];
	struct ksrtp_session *session;
	struct ksrtp_flow flow;
	int err;

	err = ksrtp_request_flow(info->attrs, &flow, info->extack);
	if (err)
		return ERR_PTR(err);
	if (id) {
		if (ksrtp_flow_given(&flow)) {
			NL_SET_ERR_MSG_ATTR(info->extack, id,
					    "id: names the session; a flow beside it is refused");
			return ERR_PTR(-EINVAL);
		}
		session = ksrtp_session_by_id(kn, nla_get_u32(id));
	} else if (ksrtp_flow_given(&flow)) {
		session = ksrtp_session_by_flow(kn, &flow);
	} else {
		NL_SET_ERR_MSG(info->extack,
			       "id: missing, and no flow given instead");
		return ERR_PTR(-EINVAL);
	}
	if (!session) {
		NL_SET_ERR_MSG(info->extack, "no such session");
		return ERR_PTR(-ENOENT);
	}
	return session;
}

/**
 * ksrtp_nl_session_pre_doit() - ksrtp_nl_pre_doit(), and find the named session
 * @ops: the command
 * @skb: the request
 * @info: the request; user_ptr[0] becomes the namespace, user_ptr[1] the
 *	session
 *
 * Context: process, sleeps. Returns with the namespace's lock held if it
 * returns 0.
 * Return: 0 or a negative errno.
 */
int ksrtp_nl_session_pre_doit(const struct genl_split_ops *ops,
			      struct sk_buff *skb, struct genl_info *info)
{
	struct ksrtp_net *kn = ksrtp_take(info);

	return ksrtp_hand_over(ops, skb, info, ksrtp_find(kn, info));
}

static int ksrtp_put_session(struct sk_buff *msg, struct ksrtp_session *session,
			     struct ksrtp_seal *seal)
{
	const struct ksrtp_lease *lease;

	if (nla_put_u32(msg, KSRTP_A_SESSION_ID, session->id) ||
	    ksrtp_put_flow(msg, session) ||
	    nla_put_u32(msg, KSRTP_A_SESSION_MAX_STREAMS,
			session->max_streams) ||
	    nla_put_u32(msg, KSRTP_A_SESSION_STREAMS,
			atomic_read(&session->nstreams)) ||
	    ksrtp_put_setting(msg, KSRTP_A_SESSION_STREAM_TIMEOUT,
			      session->stream_timeout, 0) ||
	    ksrtp_put_setting(msg, KSRTP_A_SESSION_LINGER,
			      ksrtp_session_lingers(session), 0))
		return -EMSGSIZE;
	lease = rcu_dereference_protected(session->lease,
					  lockdep_is_held(&session->kn->lock));
	if (lease && nla_put_u32(msg, KSRTP_A_SESSION_LEASE, lease->id))
		return -EMSGSIZE;
	if (session->owner && nla_put_flag(msg, KSRTP_A_SESSION_OWNED))
		return -EMSGSIZE;
	if (session->place->parked && nla_put_flag(msg, KSRTP_A_SESSION_PARKED))
		return -EMSGSIZE;
	if (session->orphaned && nla_put_flag(msg, KSRTP_A_SESSION_ORPHANED))
		return -EMSGSIZE;
	return ksrtp_put_relays(msg, session) ?:
	       ksrtp_put_direction(msg, session, KSRTP_DIRECTION_SEND, seal) ?:
	       ksrtp_put_direction(msg, session, KSRTP_DIRECTION_RECV, seal);
}

/*
 * Build a message about a session, with EKT keys if there is a seal key for them;
 * on error the message is unchanged.
 */
static int ksrtp_message_session(struct sk_buff *msg,
				 const struct ksrtp_message_id *id,
				 struct ksrtp_session *session,
				 struct ksrtp_seal *seal)
{
	void *header = ksrtp_put_header(msg, id);
	int err = header ? ksrtp_put_session(msg, session, seal) : -EMSGSIZE;

	return ksrtp_message_end(msg, header, err);
}

/**
 * ksrtp_event_session() - report a session that was created, changed or deleted
 * @session: the session
 * @cmd: KSRTP_CMD_SESSION_*_NTF
 *
 * Context: process, sleeps, under the namespace's lock.
 */
void ksrtp_event_session(struct ksrtp_session *session, enum ksrtp_cmd cmd)
{
	const struct ksrtp_message_id id = { .cmd = cmd };
	struct net *net = session->kn->net;
	struct sk_buff *msg;

	msg = ksrtp_event_new(net, KSRTP_MESSAGE_SESSION_SIZE +
				   ksrtp_relays_size(session), GFP_KERNEL);
	if (!msg)
		return;
	ksrtp_event_send(net, msg,
			 ksrtp_message_session(msg, &id, session, NULL),
			 GFP_KERNEL);
}

/* Read the ports of RTCP, RFC 3550 section 11 and RFC 5761. */
static int ksrtp_request_rtcp(struct nlattr **attrs,
			      struct ksrtp_session_config *config,
			      struct netlink_ext_ack *extack)
{
	const struct nlattr *local = attrs[KSRTP_A_SESSION_LOCAL_RTCP_PORT];
	const struct nlattr *remote = attrs[KSRTP_A_SESSION_REMOTE_RTCP_PORT];
	const __be16 last = htons(65535);

	if (nla_get_flag(attrs[KSRTP_A_SESSION_RTCP_MUX])) {
		config->mux = true;
		if (local || remote)
			return KSRTP_REFUSE(extack, local ?: remote,
					    "rtcp-port: makes no sense with rtcp-mux");
		return 0;
	}
	if (local)
		config->local_rtcp_port = nla_get_be16(local);
	if (remote)
		config->remote_rtcp_port = nla_get_be16(remote);
	if ((!local && config->flow.local_port == last) ||
	    (!remote && config->flow.remote_port == last)) {
		NL_SET_ERR_MSG(extack,
			       "rtcp-port: has to be given, since there is none above 65535");
		return -EINVAL;
	}
	/* RTP and RTCP must not have the same flow */
	if ((!config->flow.local_port && !config->flow.remote_port &&
	     !local && !remote)) {
		NL_SET_ERR_MSG(extack,
			       "rtcp-mux: is needed when neither port is given");
		return -EINVAL;
	}
	if ((local || remote) &&
	    (!local || config->local_rtcp_port == config->flow.local_port) &&
	    (!remote || config->remote_rtcp_port == config->flow.remote_port) &&
	    (local || !config->flow.local_port) &&
	    (remote || !config->flow.remote_port))
		return KSRTP_REFUSE(extack, local ?: remote,
				    "rtcp-port: same as RTP's; use rtcp-mux");
	return 0;
}

/* Check the flow of a session, and read the one of RTCP. */
static int ksrtp_request_place(struct nlattr **attrs,
			       struct ksrtp_session_config *config,
			       struct netlink_ext_ack *extack)
{
	unsigned int mask = ksrtp_flow_mask(&config->flow);

	if (!(mask & ~(KSRTP_MASK_FAMILY | KSRTP_MASK_IFINDEX))) {
		NL_SET_ERR_MSG(extack,
			       "flow: an address or a port has to be given");
		return -EINVAL;
	}
	return ksrtp_request_rtcp(attrs, config, extack);
}

/* Read the flow that a session moves to, or whether it is parked. */
static int ksrtp_request_move(struct nlattr **attrs,
			      struct ksrtp_session_config *config,
			      struct netlink_ext_ack *extack)
{
	static const u8 as_session[KSRTP_A_FLOW_MAX + 1] = {
		[KSRTP_A_FLOW_IFINDEX] = KSRTP_A_SESSION_IFINDEX,
		[KSRTP_A_FLOW_FAMILY] = KSRTP_A_SESSION_FAMILY,
		[KSRTP_A_FLOW_LOCAL_ADDRESS] = KSRTP_A_SESSION_LOCAL_ADDRESS,
		[KSRTP_A_FLOW_REMOTE_ADDRESS] = KSRTP_A_SESSION_REMOTE_ADDRESS,
		[KSRTP_A_FLOW_LOCAL_PORT] = KSRTP_A_SESSION_LOCAL_PORT,
		[KSRTP_A_FLOW_REMOTE_PORT] = KSRTP_A_SESSION_REMOTE_PORT,
		[KSRTP_A_FLOW_LOCAL_RTCP_PORT] = KSRTP_A_SESSION_LOCAL_RTCP_PORT,
		[KSRTP_A_FLOW_REMOTE_RTCP_PORT] =
			KSRTP_A_SESSION_REMOTE_RTCP_PORT,
		[KSRTP_A_FLOW_RTCP_MUX] = KSRTP_A_SESSION_RTCP_MUX,
		[KSRTP_A_FLOW_SSRC] = KSRTP_A_SESSION_SSRC,
	};
	struct nlattr *moved[KSRTP_A_SESSION_MAX + 1] = {};
	struct nlattr *given[KSRTP_A_FLOW_MAX + 1];
	struct nlattr *move = attrs[KSRTP_A_SESSION_MOVE];
	unsigned int i;
	int err;

	config->parks = nla_get_flag(attrs[KSRTP_A_SESSION_PARKED]);
	if (!move && attrs[KSRTP_A_SESSION_LINGER])
		return KSRTP_REFUSE(extack, attrs[KSRTP_A_SESSION_LINGER],
				    "linger: given without move");
	if (!move)
		return 0;
	err = nla_parse_nested(given, KSRTP_A_FLOW_MAX, move,
			       ksrtp_flow_nl_policy, extack);
	if (err)
		return err;
	for (i = 1; i <= KSRTP_A_FLOW_MAX; i++)
		moved[as_session[i]] = given[i];
	if (attrs[KSRTP_A_SESSION_LINGER])
		config->linger = nla_get_u32(attrs[KSRTP_A_SESSION_LINGER]);
	config->moves = true;
	err = ksrtp_request_flow(moved, &config->flow, extack);
	return err ?: ksrtp_request_place(moved, config, extack);
}

/* Read all settings of a new session. */
static int ksrtp_request_session(struct nlattr **attrs, struct ksrtp_net *kn,
				 u32 portid,
				 struct ksrtp_session_config *config,
				 struct netlink_ext_ack *extack)
{
	int err;

	err = ksrtp_request_policy(attrs, kn, NULL, config, extack) ?:
	      ksrtp_request_relays(attrs[KSRTP_A_SESSION_RELAYS], config,
				   extack);
	if (err)
		return err;
	if (nla_get_flag(attrs[KSRTP_A_SESSION_OWNED]))
		config->owner = portid;
	config->replaces = nla_get_flag(attrs[KSRTP_A_SESSION_REPLACE]);
	config->parks = nla_get_flag(attrs[KSRTP_A_SESSION_PARKED]);
	if (config->replaces && config->parks)
		return KSRTP_REFUSE(extack, attrs[KSRTP_A_SESSION_PARKED],
				    "parked: takes no place, and so not another's");
	return ksrtp_request_place(attrs, config, extack);
}

/* Delete a session, and report it with its final counters. */
static void ksrtp_delete(struct ksrtp_session *session)
{
	ksrtp_event_session(session, KSRTP_CMD_SESSION_DEL_NTF);
	ksrtp_session_delete(session);
}

/**
 * ksrtp_nl_session_new_doit() - create a session
 * @skb: the request
 * @info: the request
 *
 * Context: process, sleeps, under the namespace's lock.
 * Return: 0 or a negative errno.
 */
int ksrtp_nl_session_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	const struct ksrtp_message_id id = ksrtp_reply_id(info,
						KSRTP_CMD_SESSION_NEW);
	struct ksrtp_net *kn = info->user_ptr[0];
	struct ksrtp_session *session, *replaced;
	struct ksrtp_session_config config;
	struct sk_buff *msg;
	int err;

	/* allocate it first: a session that was created must be reported */
	msg = genlmsg_new(KSRTP_MESSAGE_SESSION_SIZE + KSRTP_MESSAGE_RELAYS_SIZE,
			  GFP_KERNEL);
	if (!msg)
		return -ENOMEM;
	err = ksrtp_request_session(info->attrs, kn, info->snd_portid, &config,
				    info->extack);
	if (err)
		goto out;
	session = ksrtp_session_create(kn, &config, &replaced, info->extack);
	err = PTR_ERR_OR_ZERO(session);
	if (err)
		goto out;
	if (replaced)
		ksrtp_delete(replaced);
	ksrtp_flowtable_settle(kn);
	ksrtp_event_session(session, KSRTP_CMD_SESSION_NEW_NTF);
	err = ksrtp_message_session(msg, &id, session, NULL);
out:
	ksrtp_request_done(&config);
	return ksrtp_reply(msg, err, info);
}

/* Has a session a say in any direction? */
static bool ksrtp_governs(struct ksrtp_session *session)
{
	return ksrtp_direction_configured(session, KSRTP_DIRECTION_SEND) ||
	       ksrtp_direction_configured(session, KSRTP_DIRECTION_RECV);
}

/**
 * ksrtp_nl_session_set_doit() - change a session
 * @skb: the request
 * @info: the request
 *
 * Context: process, sleeps, under the namespace's lock.
 * Return: 0 or a negative errno.
 */
int ksrtp_nl_session_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct ksrtp_session *session = info->user_ptr[1], *replaced;
	bool governs = ksrtp_governs(session);
	struct ksrtp_session_config config;
	int err;

	if (session->orphaned) {
		NL_SET_ERR_MSG(info->extack,
			       "owner socket closed; delete or re-create the session");
		return -EBUSY;
	}
	err = ksrtp_request_policy(info->attrs, session->kn, session, &config,
				   info->extack);
	if (!err)
		err = ksrtp_request_relays(info->attrs[KSRTP_A_SESSION_RELAYS],
					   &config, info->extack);
	if (!err)
		err = ksrtp_request_move(info->attrs, &config, info->extack);
	if (!err)
		err = ksrtp_session_change(session, &config, &replaced,
					   info->extack);
	if (!err && replaced)
		ksrtp_delete(replaced);
	if (!err && (config.moves || config.has_relays ||
		     ksrtp_governs(session) != governs))
		ksrtp_flowtable_settle(session->kn);
	if (!err)
		ksrtp_event_session(session, KSRTP_CMD_SESSION_SET_NTF);
	ksrtp_request_done(&config);
	return err;
}

/**
 * ksrtp_nl_session_del_doit() - delete a session
 * @skb: the request
 * @info: the request
 *
 * Context: process, sleeps, under the namespace's lock.
 * Return: 0 or a negative errno.
 */
int ksrtp_nl_session_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	ksrtp_delete(info->user_ptr[1]);
	return 0;
}

/**
 * ksrtp_nl_session_get_doit() - report a session
 * @skb: the request
 * @info: the request
 *
 * Context: process, sleeps, under the namespace's lock.
 * Return: 0 or a negative errno.
 */
int ksrtp_nl_session_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	const struct ksrtp_message_id id = ksrtp_reply_id(info,
						KSRTP_CMD_SESSION_GET);
	struct ksrtp_session *session = info->user_ptr[1];
	struct ksrtp_seal *seal;
	struct sk_buff *msg;

	seal = ksrtp_request_seal(session->kn, info->attrs[KSRTP_A_SESSION_SEAL],
				  info->extack);
	if (IS_ERR(seal))
		return PTR_ERR(seal);
	msg = genlmsg_new(KSRTP_MESSAGE_SESSION_SIZE + ksrtp_relays_size(session),
			  GFP_KERNEL);
	if (!msg)
		return -ENOMEM;
	return ksrtp_reply(msg, ksrtp_message_session(msg, &id, session, seal),
			   info);
}

/* Does a session match all members of a filter? */
static bool ksrtp_filter_match(const struct ksrtp_flow *filter,
			       const struct ksrtp_session *session)
{
	const struct ksrtp_flow *flow = &session->place->rtp.flow;
	struct ksrtp_flow masked;

	if (filter->has_ssrc &&
	    (!flow->has_ssrc || flow->ssrc != filter->ssrc))
		return false;
	ksrtp_flow_reduce(flow, ksrtp_flow_mask(filter), &masked);
	masked.has_ssrc = filter->has_ssrc;
	masked.ssrc = filter->ssrc;
	return !memcmp(&masked, filter, sizeof(masked));
}

/**
 * ksrtp_nl_session_flush_doit() - delete the sessions that match a filter
 * @skb: the request
 * @info: the request
 *
 * Context: process, sleeps, under the namespace's lock.
 * Return: 0 or a negative errno.
 */
int ksrtp_nl_session_flush_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct ksrtp_net *kn = info->user_ptr[0];
	struct ksrtp_session *session;
	struct ksrtp_flow filter;
	unsigned long id;
	int err;

	err = ksrtp_request_flow(info->attrs, &filter, info->extack);
	if (err)
		return err;
	xa_for_each(&kn->sessions, id, session) {
		if (ksrtp_filter_match(&filter, session))
			ksrtp_delete(session);
		cond_resched();
	}
	return 0;
}

/**
 * ksrtp_nl_session_get_start() - before a dump of sessions
 * @cb: the dump
 *
 * A session with its relays can exceed the usual size of a message.
 *
 * Context: process.
 * Return: 0.
 */
int ksrtp_nl_session_get_start(struct netlink_callback *cb)
{
	cb->min_dump_alloc = SZ_16K;
	return 0;
}

/**
 * ksrtp_nl_session_get_dumpit() - dump sessions, as many as fit
 * @msg: message to add them to
 * @cb: the dump
 *
 * Context: process, sleeps.
 * Return: length of @msg, 0 at the end, or a negative errno.
 */
int ksrtp_nl_session_get_dumpit(struct sk_buff *msg,
				struct netlink_callback *cb)
{
	const struct ksrtp_message_id id = ksrtp_dump_id(cb,
							 KSRTP_CMD_SESSION_GET);
	struct ksrtp_net *kn = ksrtp_net(sock_net(cb->skb->sk));
	struct nlattr **attrs = ksrtp_dump_attrs(cb);
	struct ksrtp_dump *at = ksrtp_dump(cb);
	struct ksrtp_session *session;
	struct ksrtp_flow filter;
	struct ksrtp_seal *seal;
	int err;

	if (attrs[KSRTP_A_SESSION_ID]) {
		NL_SET_ERR_MSG_ATTR(cb->extack, attrs[KSRTP_A_SESSION_ID],
				    "id: names one session; a dump takes filters");
		return -EINVAL;
	}
	err = ksrtp_request_flow(attrs, &filter, cb->extack);
	if (err)
		return err;

	mutex_lock(&kn->lock);
	seal = ksrtp_request_seal(kn, attrs[KSRTP_A_SESSION_SEAL], cb->extack);
	if (IS_ERR(seal)) {
		err = PTR_ERR(seal);
		goto out;
	}
	xa_for_each_start(&kn->sessions, at->id, session, at->id) {
		if (!ksrtp_filter_match(&filter, session))
			continue;
		err = ksrtp_message_session(msg, &id, session, seal);
		if (err)
			goto out;
	}
	at->id = KSRTP_DUMP_DONE;
out:
	mutex_unlock(&kn->lock);
	return err && !msg->len ? err : msg->len;
}
