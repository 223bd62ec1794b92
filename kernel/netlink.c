// SPDX-License-Identifier: GPL-2.0
/* Generic netlink family "ksrtp": the commands. */

#include <linux/err.h>
#include <linux/module.h>
#include <linux/sizes.h>
#include <net/sock.h>

#include "compat.h"
#include "event.h"
#include "message.h"
#include "net.h"
#include "netlink.h"
#include "request.h"

/* Find the session a request names, by its id or by exactly its flow. */
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
		if (ksrtp_flow_shape(&flow)) {
			NL_SET_ERR_MSG_ATTR(info->extack, id,
					    "id: names the session; a flow beside it is refused");
			return ERR_PTR(-EINVAL);
		}
		session = ksrtp_session_by_id(kn, nla_get_u32(id));
	} else if (ksrtp_flow_shape(&flow)) {
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

/* Answer a request with a session. */
static int ksrtp_reply_session(struct genl_info *info,
			       struct ksrtp_session *session, u8 cmd)
{
	const struct ksrtp_message_id id = {
		.portid = info->snd_portid,
		.seq = info->snd_seq,
		.cmd = cmd,
	};
	struct sk_buff *msg;
	int err;

	msg = genlmsg_new(KSRTP_MESSAGE_SESSION_SIZE, GFP_KERNEL);
	if (!msg)
		return -ENOMEM;
	err = ksrtp_message_session(msg, &id, session);
	if (err) {
		nlmsg_free(msg);
		return err;
	}
	return genlmsg_reply(msg, info);
}

static int ksrtp_cmd_session_new(struct sk_buff *skb, struct genl_info *info)
{
	struct ksrtp_net *kn = ksrtp_net(genl_info_net(info));
	struct ksrtp_session_config config;
	struct ksrtp_session *session;
	int err;

	err = ksrtp_request_session(info->attrs, &config, info->extack);
	if (err)
		goto out;
	mutex_lock(&kn->lock);
	session = ksrtp_session_create(kn, &config, info->extack);
	err = PTR_ERR_OR_ZERO(session);
	if (!err) {
		ksrtp_event_session(session, KSRTP_CMD_SESSION_NEW_NTF);
		err = ksrtp_reply_session(info, session, KSRTP_CMD_SESSION_NEW);
	}
	mutex_unlock(&kn->lock);
out:
	ksrtp_request_wipe(info->attrs);
	return err;
}

static int ksrtp_cmd_session_set(struct sk_buff *skb, struct genl_info *info)
{
	struct ksrtp_net *kn = ksrtp_net(genl_info_net(info));
	struct ksrtp_session_config config;
	struct ksrtp_session *session;
	int err;

	err = ksrtp_request_policy(info->attrs, &config, info->extack);
	if (err)
		goto out;
	mutex_lock(&kn->lock);
	session = ksrtp_find(kn, info);
	err = PTR_ERR_OR_ZERO(session);
	if (!err)
		err = ksrtp_session_change(session, &config, info->extack);
	if (!err)
		ksrtp_event_session(session, KSRTP_CMD_SESSION_SET_NTF);
	mutex_unlock(&kn->lock);
out:
	ksrtp_request_wipe(info->attrs);
	return err;
}

/* Delete a session and tell of it, with what it has counted. */
static void ksrtp_delete(struct ksrtp_session *session)
{
	ksrtp_event_session(session, KSRTP_CMD_SESSION_DEL_NTF);
	ksrtp_session_delete(session);
}

static int ksrtp_cmd_session_del(struct sk_buff *skb, struct genl_info *info)
{
	struct ksrtp_net *kn = ksrtp_net(genl_info_net(info));
	struct ksrtp_session *session;
	int err;

	mutex_lock(&kn->lock);
	session = ksrtp_find(kn, info);
	err = PTR_ERR_OR_ZERO(session);
	if (!err)
		ksrtp_delete(session);
	mutex_unlock(&kn->lock);
	return err;
}

static int ksrtp_cmd_session_get(struct sk_buff *skb, struct genl_info *info)
{
	struct ksrtp_net *kn = ksrtp_net(genl_info_net(info));
	struct ksrtp_session *session;
	int err;

	mutex_lock(&kn->lock);
	session = ksrtp_find(kn, info);
	err = PTR_ERR_OR_ZERO(session);
	if (!err)
		err = ksrtp_reply_session(info, session, KSRTP_CMD_SESSION_GET);
	mutex_unlock(&kn->lock);
	return err;
}

/* Does a session have all that a filter asks for? */
static bool ksrtp_filter_match(const struct ksrtp_flow *filter,
			       const struct ksrtp_session *session)
{
	const struct ksrtp_flow *flow = &session->rtp.flow;
	struct ksrtp_flow masked;

	ksrtp_flow_mask(flow, ksrtp_flow_shape(filter), &masked);
	return !memcmp(&masked, filter, sizeof(masked));
}

static int ksrtp_cmd_session_flush(struct sk_buff *skb, struct genl_info *info)
{
	struct ksrtp_net *kn = ksrtp_net(genl_info_net(info));
	struct ksrtp_session *session;
	struct ksrtp_flow filter;
	unsigned long id;
	int err;

	err = ksrtp_request_flow(info->attrs, &filter, info->extack);
	if (err)
		return err;
	mutex_lock(&kn->lock);
	xa_for_each(&kn->sessions, id, session) {
		if (ksrtp_filter_match(&filter, session))
			ksrtp_delete(session);
		cond_resched();
	}
	mutex_unlock(&kn->lock);
	return 0;
}

/* No session has this number, nor one above it. */
#define KSRTP_DUMP_DONE	ULONG_MAX

/* Where a dump stands between two of its messages. */
struct ksrtp_dump {
	unsigned long id;	/* session to go on with */
	unsigned long skip;	/* its streams that were dumped */
};

static struct ksrtp_dump *ksrtp_dump(struct netlink_callback *cb)
{
	BUILD_BUG_ON(sizeof(struct ksrtp_dump) > sizeof(cb->ctx));
	return (void *)cb->ctx;
}

static struct ksrtp_message_id ksrtp_dump_id(struct netlink_callback *cb,
					     u8 cmd)
{
	return (struct ksrtp_message_id){
		.portid = NETLINK_CB(cb->skb).portid,
		.seq = cb->nlh->nlmsg_seq,
		.flags = NLM_F_MULTI,
		.cmd = cmd,
	};
}

static int ksrtp_dump_sessions(struct sk_buff *msg, struct netlink_callback *cb)
{
	const struct ksrtp_message_id id = ksrtp_dump_id(cb,
							 KSRTP_CMD_SESSION_GET);
	struct ksrtp_net *kn = ksrtp_net(sock_net(cb->skb->sk));
	struct nlattr **attrs = ksrtp_dump_attrs(cb);
	struct ksrtp_dump *at = ksrtp_dump(cb);
	struct ksrtp_session *session;
	struct ksrtp_flow filter;
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
	xa_for_each_start(&kn->sessions, at->id, session, at->id) {
		if (!ksrtp_filter_match(&filter, session))
			continue;
		err = ksrtp_message_session(msg, &id, session);
		if (err)
			break;
	}
	if (!err)
		at->id = KSRTP_DUMP_DONE;
	mutex_unlock(&kn->lock);
	/* what did not fit comes first in the next message */
	return err && !msg->len ? err : msg->len;
}

/* Dump the streams of one session, as far as they fit. */
static int ksrtp_dump_session_streams(struct sk_buff *msg,
				      const struct ksrtp_message_id *id,
				      struct ksrtp_session *session,
				      u32 direction, struct ksrtp_dump *at)
{
	struct ksrtp_stream *stream;
	unsigned long n = 0;
	int err = 0;

	rcu_read_lock();
	list_for_each_entry_rcu(stream, &session->streams, list) {
		if (n++ < at->skip)
			continue;
		if (!direction || stream->id.direction == direction)
			err = ksrtp_message_stream(msg, id, stream, GFP_ATOMIC);
		if (err)
			break;
		at->skip = n;
	}
	rcu_read_unlock();
	if (!err)
		at->skip = 0;
	return err;
}

static int ksrtp_dump_streams(struct sk_buff *msg, struct netlink_callback *cb)
{
	const struct ksrtp_message_id id = ksrtp_dump_id(cb,
							 KSRTP_CMD_STREAM_GET);
	struct ksrtp_net *kn = ksrtp_net(sock_net(cb->skb->sk));
	struct nlattr **attrs = ksrtp_dump_attrs(cb);
	struct ksrtp_dump *at = ksrtp_dump(cb);
	u32 direction = 0, only = 0;
	struct ksrtp_session *session;
	int err = 0;

	if (attrs[KSRTP_A_STREAM_SSRC]) {
		NL_SET_ERR_MSG_ATTR(cb->extack, attrs[KSRTP_A_STREAM_SSRC],
				    "ssrc: names one stream; a dump takes filters");
		return -EINVAL;
	}
	if (attrs[KSRTP_A_STREAM_DIRECTION])
		direction = nla_get_u32(attrs[KSRTP_A_STREAM_DIRECTION]);
	if (attrs[KSRTP_A_STREAM_SESSION_ID])
		only = nla_get_u32(attrs[KSRTP_A_STREAM_SESSION_ID]);

	mutex_lock(&kn->lock);
	if (only && !ksrtp_session_by_id(kn, only)) {
		NL_SET_ERR_MSG_ATTR(cb->extack,
				    attrs[KSRTP_A_STREAM_SESSION_ID],
				    "session-id: no such session");
		err = -ENOENT;
	}
	if (!err) {
		xa_for_each_start(&kn->sessions, at->id, session, at->id) {
			if (only && session->id != only)
				continue;
			err = ksrtp_dump_session_streams(msg, &id, session,
							 direction, at);
			if (err)
				break;
		}
	}
	if (!err)
		at->id = KSRTP_DUMP_DONE;
	mutex_unlock(&kn->lock);
	return err && !msg->len ? err : msg->len;
}

/* A stream with its replay windows can be larger than a usual message. */
static int ksrtp_dump_streams_start(struct netlink_callback *cb)
{
	cb->min_dump_alloc = SZ_16K;
	return 0;
}

static int ksrtp_cmd_stream_get(struct sk_buff *skb, struct genl_info *info)
{
	const struct ksrtp_message_id id = {
		.portid = info->snd_portid,
		.seq = info->snd_seq,
		.cmd = KSRTP_CMD_STREAM_GET,
	};
	struct ksrtp_net *kn = ksrtp_net(genl_info_net(info));
	struct ksrtp_stream_id stream_id;
	struct ksrtp_session *session;
	struct ksrtp_stream *stream;
	struct sk_buff *msg;
	int err;

	err = ksrtp_request_stream_id(info->attrs, &stream_id, info->extack);
	if (err)
		return err;
	msg = genlmsg_new(KSRTP_MESSAGE_STREAM_SIZE, GFP_KERNEL);
	if (!msg)
		return -ENOMEM;

	mutex_lock(&kn->lock);
	session = ksrtp_session_by_id(kn, stream_id.session);
	stream = session ? ksrtp_stream_find(session, stream_id.direction,
					     stream_id.ssrc) : NULL;
	if (stream) {
		err = ksrtp_message_stream(msg, &id, stream, GFP_KERNEL);
	} else {
		NL_SET_ERR_MSG(info->extack, "no such session or stream");
		err = -ENOENT;
	}
	mutex_unlock(&kn->lock);
	if (err) {
		nlmsg_free(msg);
		return err;
	}
	return genlmsg_reply(msg, info);
}

/* Do the bitmaps of a state fit a window? */
static int ksrtp_check_replay_len(struct nlattr **attrs, u32 window,
				  struct netlink_ext_ack *extack)
{
	static const int replay_attrs[] = {
		KSRTP_A_STREAM_RTP_REPLAY, KSRTP_A_STREAM_RTCP_REPLAY,
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(replay_attrs); i++) {
		if (!attrs[replay_attrs[i]] ||
		    nla_len(attrs[replay_attrs[i]]) <= DIV_ROUND_UP(window, 8))
			continue;
		NL_SET_ERR_MSG_ATTR(extack, attrs[replay_attrs[i]],
				    "replay: longer than the replay window");
		return -EINVAL;
	}
	return 0;
}

static int ksrtp_stream_set(struct ksrtp_session *session,
			    const struct ksrtp_stream_id *id,
			    const struct ksrtp_stream_state *state,
			    struct genl_info *info)
{
	struct ksrtp_stream *stream;
	bool created;
	int err;

	stream = ksrtp_stream_find(session, id->direction, id->ssrc);
	err = ksrtp_check_replay_len(info->attrs, stream ? stream->rtp.window :
				     ksrtp_direction(session,
						     id->direction)->window,
				     info->extack);
	if (err)
		return err;
	if (!stream)
		stream = ksrtp_stream_create(session, id->direction, id->ssrc,
					     &created, GFP_KERNEL);
	if (IS_ERR(stream)) {
		if (PTR_ERR(stream) == -ENOSPC)
			NL_SET_ERR_MSG(info->extack,
				       "ssrc: the session or namespace has as many streams as it may");
		return PTR_ERR(stream);
	}
	if (!ksrtp_stream_install(stream, state)) {
		NL_SET_ERR_MSG(info->extack,
			       "roc, seq, srtcp-index: would take a running stream back");
		return -EINVAL;
	}
	return 0;
}

static int ksrtp_cmd_stream_set(struct sk_buff *skb, struct genl_info *info)
{
	struct ksrtp_net *kn = ksrtp_net(genl_info_net(info));
	struct ksrtp_stream_state state;
	struct ksrtp_session *session;
	struct ksrtp_stream_id id;
	int err;

	err = ksrtp_request_stream_id(info->attrs, &id, info->extack);
	if (err)
		return err;
	err = ksrtp_request_stream_state(info->attrs, &state, info->extack);
	if (err)
		return err;
	mutex_lock(&kn->lock);
	session = ksrtp_session_by_id(kn, id.session);
	if (session) {
		err = ksrtp_stream_set(session, &id, &state, info);
	} else {
		NL_SET_ERR_MSG_ATTR(info->extack,
				    info->attrs[KSRTP_A_STREAM_SESSION_ID],
				    "session-id: no such session");
		err = -ENOENT;
	}
	mutex_unlock(&kn->lock);
	return err;
}

static int ksrtp_dump_suites(struct sk_buff *msg, struct netlink_callback *cb)
{
	const struct ksrtp_message_id id = ksrtp_dump_id(cb,
							 KSRTP_CMD_SUITE_GET);
	struct ksrtp_dump *at = ksrtp_dump(cb);
	static const u8 zeros[KSRTP_MASTER_KEY_MAX];
	const struct ksrtp_suite *suite;
	struct ksrtp_keys *keys;
	int err = 0;

	for (; at->id <= KSRTP_SUITE_MAX; at->id++) {
		suite = ksrtp_suite_get(at->id);
		if (!suite)
			continue;
		/* only a key that is really made tells its drivers */
		keys = ksrtp_keys_create(suite, zeros, zeros);
		err = ksrtp_message_suite(msg, &id, suite,
					  IS_ERR(keys) ? NULL : keys);
		if (!IS_ERR(keys))
			ksrtp_keys_put(keys);
		if (err)
			break;
	}
	return err && !msg->len ? err : msg->len;
}

#define KSRTP_OP(_cmd, _policy, _max)					\
	.cmd = KSRTP_CMD_##_cmd,					\
	.policy = _policy,						\
	.maxattr = _max,						\
	.flags = GENL_UNS_ADMIN_PERM

static const struct genl_ops ksrtp_ops[] = {
	{
		KSRTP_OP(SESSION_NEW, ksrtp_session_new_policy,
			 KSRTP_SESSION_NEW_MAX),
		.doit = ksrtp_cmd_session_new,
	}, {
		KSRTP_OP(SESSION_SET, ksrtp_session_set_policy,
			 KSRTP_SESSION_SET_MAX),
		.doit = ksrtp_cmd_session_set,
	}, {
		KSRTP_OP(SESSION_DEL, ksrtp_session_find_policy,
			 KSRTP_SESSION_FIND_MAX),
		.doit = ksrtp_cmd_session_del,
	}, {
		KSRTP_OP(SESSION_GET, ksrtp_session_find_policy,
			 KSRTP_SESSION_FIND_MAX),
		.doit = ksrtp_cmd_session_get,
		.dumpit = ksrtp_dump_sessions,
	}, {
		KSRTP_OP(SESSION_FLUSH, ksrtp_session_filter_policy,
			 KSRTP_SESSION_FILTER_MAX),
		.doit = ksrtp_cmd_session_flush,
	}, {
		KSRTP_OP(STREAM_GET, ksrtp_stream_get_policy,
			 KSRTP_STREAM_GET_MAX),
		.doit = ksrtp_cmd_stream_get,
		.start = ksrtp_dump_streams_start,
		.dumpit = ksrtp_dump_streams,
	}, {
		KSRTP_OP(STREAM_SET, ksrtp_stream_set_policy,
			 KSRTP_STREAM_SET_MAX),
		.doit = ksrtp_cmd_stream_set,
	}, {
		.cmd = KSRTP_CMD_SUITE_GET,
		.dumpit = ksrtp_dump_suites,
	},
};

static const struct genl_multicast_group ksrtp_groups[] = {
	[KSRTP_EVENTS_GROUP] = {
		.name = KSRTP_MCGRP_EVENTS,
		.flags = KSRTP_MCGRP_FLAGS,
	},
};

struct genl_family ksrtp_family __ro_after_init = {
	.name = KSRTP_FAMILY_NAME,
	.version = KSRTP_FAMILY_VERSION,
	.module = THIS_MODULE,
	.netnsok = true,
	.parallel_ops = true,
	.ops = ksrtp_ops,
	.n_ops = ARRAY_SIZE(ksrtp_ops),
	/* strict about reserved fields from the first command on */
	.resv_start_op = KSRTP_CMD_SESSION_NEW,
	.mcgrps = ksrtp_groups,
	.n_mcgrps = ARRAY_SIZE(ksrtp_groups),
};

/**
 * ksrtp_netlink_init() - take commands
 *
 * Context: process, sleeps.
 * Return: 0 or a negative errno.
 */
int __init ksrtp_netlink_init(void)
{
	return genl_register_family(&ksrtp_family);
}

/**
 * ksrtp_netlink_exit() - take no more commands
 *
 * Context: process, sleeps.
 */
void ksrtp_netlink_exit(void)
{
	genl_unregister_family(&ksrtp_family);
}
