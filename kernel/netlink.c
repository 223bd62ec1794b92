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
#include "rekey.h"
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

/* Take the namespace of a request. */
static struct ksrtp_net *ksrtp_take(struct genl_info *info)
{
	struct ksrtp_net *kn = ksrtp_net(genl_info_net(info));

	mutex_lock(&kn->lock);
	info->user_ptr[0] = kn;
	return kn;
}

/* Hand over a session to a command, or undo what was done for it. */
static int ksrtp_hand_over(const struct genl_split_ops *ops,
			   struct sk_buff *skb, struct genl_info *info,
			   struct ksrtp_session *session)
{
	if (IS_ERR(session)) {
		ops->post_doit(ops, skb, info);
		return PTR_ERR(session);
	}
	info->user_ptr[1] = session;
	return 0;
}

/**
 * ksrtp_nl_pre_doit() - before a command: take the namespace and its lock
 * @ops: the command
 * @skb: the request
 * @info: the request; user_ptr[0] becomes the namespace
 *
 * Context: process, sleeps. Returns with the namespace's lock held.
 * Return: 0.
 */
int ksrtp_nl_pre_doit(const struct genl_split_ops *ops, struct sk_buff *skb,
		      struct genl_info *info)
{
	ksrtp_take(info);
	return 0;
}

/**
 * ksrtp_nl_session_pre_doit() - the same, and find the session that is named
 * @ops: the command
 * @skb: the request
 * @info: the request; user_ptr[0] becomes the namespace, user_ptr[1] the session
 *
 * Context: process, sleeps. Returns with the namespace's lock held if it returns 0.
 * Return: 0 or a negative errno.
 */
int ksrtp_nl_session_pre_doit(const struct genl_split_ops *ops,
			      struct sk_buff *skb, struct genl_info *info)
{
	struct ksrtp_net *kn = ksrtp_take(info);

	return ksrtp_hand_over(ops, skb, info, ksrtp_find(kn, info));
}

/**
 * ksrtp_nl_post_doit() - after a command: give back the namespace
 * @ops: the command
 * @skb: the request
 * @info: the request
 *
 * Context: process. Releases the namespace's lock.
 */
void ksrtp_nl_post_doit(const struct genl_split_ops *ops, struct sk_buff *skb,
			struct genl_info *info)
{
	struct ksrtp_net *kn = info->user_ptr[0];

	mutex_unlock(&kn->lock);
}

/**
 * ksrtp_nl_post_doit_wipe() - the same, and wipe the keys in the request
 * @ops: the command
 * @skb: the request
 * @info: the request
 *
 * Context: process. Releases the namespace's lock.
 */
void ksrtp_nl_post_doit_wipe(const struct genl_split_ops *ops,
			     struct sk_buff *skb, struct genl_info *info)
{
	ksrtp_nl_post_doit(ops, skb, info);
	ksrtp_request_wipe(info);
}

static struct ksrtp_message_id ksrtp_reply_id(const struct genl_info *info,
					      u8 cmd)
{
	return (struct ksrtp_message_id){
		.portid = info->snd_portid,
		.seq = info->snd_seq,
		.cmd = cmd,
	};
}

/* Send a reply that is filled in, or throw it away. */
static int ksrtp_reply(struct sk_buff *msg, int err, struct genl_info *info)
{
	if (err) {
		nlmsg_free(msg);
		return err;
	}
	return genlmsg_reply(msg, info);
}

/**
 * ksrtp_nl_session_new_doit() - make a session
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
	struct ksrtp_session_config config;
	struct ksrtp_session *session;
	struct sk_buff *msg;
	int err;

	/* first, so that a session is not made and then not told of */
	msg = genlmsg_new(KSRTP_MESSAGE_SESSION_SIZE, GFP_KERNEL);
	if (!msg)
		return -ENOMEM;
	err = ksrtp_request_session(info->attrs, info->snd_portid, &config,
				    info->extack);
	if (err)
		goto out;
	session = ksrtp_session_create(kn, &config, info->extack);
	err = PTR_ERR_OR_ZERO(session);
	if (err)
		goto out;
	ksrtp_event_session(session, KSRTP_CMD_SESSION_NEW_NTF);
	err = ksrtp_message_session(msg, &id, session);
out:
	memzero_explicit(&config, sizeof(config));
	return ksrtp_reply(msg, err, info);
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
	struct ksrtp_session *session = info->user_ptr[1];
	struct ksrtp_session_config config;
	int err;

	if (session->orphaned) {
		NL_SET_ERR_MSG(info->extack,
			       "its owner is gone; delete it or make it anew");
		return -EBUSY;
	}
	err = ksrtp_request_policy(info->attrs, session, &config,
				   info->extack);
	if (!err)
		err = ksrtp_request_move(info->attrs, &config, info->extack);
	if (!err)
		err = ksrtp_session_change(session, &config, info->extack);
	if (!err)
		ksrtp_event_session(session, KSRTP_CMD_SESSION_SET_NTF);
	memzero_explicit(&config, sizeof(config));
	return err;
}

/* Delete a session and tell of it, with what it has counted. */
static void ksrtp_delete(struct ksrtp_session *session)
{
	ksrtp_event_session(session, KSRTP_CMD_SESSION_DEL_NTF);
	ksrtp_session_delete(session);
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
 * ksrtp_nl_session_get_doit() - describe a session
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
	struct sk_buff *msg;

	msg = genlmsg_new(KSRTP_MESSAGE_SESSION_SIZE, GFP_KERNEL);
	if (!msg)
		return -ENOMEM;
	return ksrtp_reply(msg, ksrtp_message_session(msg, &id,
						      info->user_ptr[1]), info);
}

/* Does a session have all that a filter asks for? */
static bool ksrtp_filter_match(const struct ksrtp_flow *filter,
			       const struct ksrtp_session *session)
{
	const struct ksrtp_flow *flow = &session->place->rtp.flow;
	struct ksrtp_flow masked;

	if (filter->has_ssrc &&
	    (!flow->has_ssrc || flow->ssrc != filter->ssrc))
		return false;
	ksrtp_flow_mask(flow, ksrtp_flow_shape(filter), &masked);
	masked.has_ssrc = filter->has_ssrc;
	masked.ssrc = filter->ssrc;
	return !memcmp(&masked, filter, sizeof(masked));
}

/**
 * ksrtp_nl_session_flush_doit() - delete the sessions that a filter asks for
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

/* No session has this number, nor one above it. */
#define KSRTP_DUMP_DONE	ULONG_MAX

/* Where a dump stands between two of its messages. */
struct ksrtp_dump {
	unsigned long id;	/* session to go on with */
	unsigned long skip;	/* its streams or keys that were dumped */
	u32 of;			/* session that they are of */
	u32 removals;		/* by then */
};

static struct ksrtp_dump *ksrtp_dump(struct netlink_callback *cb)
{
	BUILD_BUG_ON(sizeof(struct ksrtp_dump) > sizeof(cb->ctx));
	return (void *)cb->ctx;
}

static struct ksrtp_message_id ksrtp_dump_id(struct netlink_callback *cb,
					     u8 cmd)
{
	/* 0 means that nobody looks after it */
	cb->seq = cb->seq ?: 1;
	return (struct ksrtp_message_id){
		.cb = cb,
		.portid = NETLINK_CB(cb->skb).portid,
		.seq = cb->nlh->nlmsg_seq,
		.flags = NLM_F_MULTI,
		.cmd = cmd,
	};
}

/* Begin to dump what a session has, or go on with it. */
static void ksrtp_dump_enter(struct netlink_callback *cb,
			     const struct ksrtp_session *session)
{
	struct ksrtp_dump *at = ksrtp_dump(cb);

	if (at->of != session->id)
		at->skip = 0;
	else if (at->skip && at->removals != session->kn->removals)
		/* what is gone has moved the rest, and some of it was skipped */
		cb->seq++;
	at->of = session->id;
	at->removals = session->kn->removals;
}

/* Dumps what one session has, as far as it fits. */
typedef int ksrtp_dump_one(struct sk_buff *msg,
			   const struct ksrtp_message_id *id,
			   struct ksrtp_session *session, u32 direction,
			   struct ksrtp_dump *at);

/*
 * Dump what sessions have, of one session or one direction if the request says
 * so.
 */
static int ksrtp_dump_walk(struct sk_buff *msg, struct netlink_callback *cb,
			   u8 cmd, const struct nlattr *session_id,
			   const struct nlattr *direction_id,
			   ksrtp_dump_one *dump_one)
{
	const struct ksrtp_message_id id = ksrtp_dump_id(cb, cmd);
	struct ksrtp_net *kn = ksrtp_net(sock_net(cb->skb->sk));
	u32 direction = direction_id ? nla_get_u32(direction_id) : 0;
	u32 only = session_id ? nla_get_u32(session_id) : 0;
	struct ksrtp_dump *at = ksrtp_dump(cb);
	struct ksrtp_session *session;
	int err = 0;

	mutex_lock(&kn->lock);
	if (only && !ksrtp_session_by_id(kn, only)) {
		NL_SET_ERR_MSG_ATTR(cb->extack, session_id,
				    "session-id: no such session");
		err = -ENOENT;
		goto out;
	}
	xa_for_each_start(&kn->sessions, at->id, session, at->id) {
		if (only && session->id != only)
			continue;
		ksrtp_dump_enter(cb, session);
		err = dump_one(msg, &id, session, direction, at);
		if (err)
			goto out;
	}
	at->id = KSRTP_DUMP_DONE;
out:
	mutex_unlock(&kn->lock);
	/* what did not fit comes first in the next message */
	return err && !msg->len ? err : msg->len;
}

/**
 * ksrtp_nl_session_get_dumpit() - describe sessions, as many as fit
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

/**
 * ksrtp_nl_stream_get_dumpit() - describe streams, as many as fit
 * @msg: message to add them to
 * @cb: the dump
 *
 * Context: process, sleeps.
 * Return: length of @msg, 0 at the end, or a negative errno.
 */
int ksrtp_nl_stream_get_dumpit(struct sk_buff *msg,
			       struct netlink_callback *cb)
{
	struct nlattr **attrs = ksrtp_dump_attrs(cb);

	if (attrs[KSRTP_A_STREAM_SSRC]) {
		NL_SET_ERR_MSG_ATTR(cb->extack, attrs[KSRTP_A_STREAM_SSRC],
				    "ssrc: names one stream; a dump takes filters");
		return -EINVAL;
	}
	return ksrtp_dump_walk(msg, cb, KSRTP_CMD_STREAM_GET,
			       attrs[KSRTP_A_STREAM_SESSION_ID],
			       attrs[KSRTP_A_STREAM_DIRECTION],
			       ksrtp_dump_session_streams);
}

/**
 * ksrtp_nl_stream_get_start() - before a dump of streams
 * @cb: the dump
 *
 * A stream with its replay windows can be larger than a usual message.
 *
 * Context: process.
 * Return: 0.
 */
int ksrtp_nl_stream_get_start(struct netlink_callback *cb)
{
	cb->min_dump_alloc = SZ_16K;
	return 0;
}

/**
 * ksrtp_nl_stream_get_doit() - describe a stream
 * @skb: the request
 * @info: the request
 *
 * Context: process, sleeps, under the namespace's lock.
 * Return: 0 or a negative errno.
 */
int ksrtp_nl_stream_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	const struct ksrtp_message_id id = ksrtp_reply_id(info,
						KSRTP_CMD_STREAM_GET);
	struct ksrtp_net *kn = info->user_ptr[0];
	struct ksrtp_stream_id stream_id;
	struct ksrtp_session *session;
	struct ksrtp_stream *stream;
	struct sk_buff *msg;
	int err;

	err = ksrtp_request_stream_id(info->attrs, &stream_id, info->extack);
	if (err)
		return err;
	session = ksrtp_session_by_id(kn, stream_id.session);
	stream = session ? ksrtp_stream_find(session, stream_id.direction,
					     stream_id.ssrc) : NULL;
	if (!stream) {
		NL_SET_ERR_MSG(info->extack, "no such session or stream");
		return -ENOENT;
	}
	msg = genlmsg_new(KSRTP_MESSAGE_STREAM_SIZE, GFP_KERNEL);
	if (!msg)
		return -ENOMEM;
	err = ksrtp_message_stream(msg, &id, stream, GFP_KERNEL);
	return ksrtp_reply(msg, err, info);
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

/* Make a stream, and room for it if need be. */
static struct ksrtp_stream *
ksrtp_stream_obtain(struct ksrtp_session *session,
		    const struct ksrtp_stream_id *id)
{
	u32 roc = ksrtp_direction(session, id->direction)->policy.initial_roc;
	struct ksrtp_stream *stream;
	bool created;

	do {
		stream = ksrtp_stream_create(session, id->direction, id->ssrc,
					     roc, &created,
					     GFP_KERNEL_ACCOUNT);
	} while (IS_ERR(stream) && PTR_ERR(stream) == -ENOSPC &&
		 ksrtp_stream_make_room(session));
	return stream;
}

static int ksrtp_stream_set(struct ksrtp_session *session,
			    const struct ksrtp_stream_id *id,
			    const struct ksrtp_stream_state *state,
			    struct genl_info *info)
{
	struct ksrtp_direction *direction = ksrtp_direction(session,
							    id->direction);
	struct ksrtp_stream *stream;
	int err;

	stream = ksrtp_stream_find(session, id->direction, id->ssrc);
	err = ksrtp_check_replay_len(info->attrs, stream ? stream->rtp.window :
				     direction->window, info->extack);
	if (err)
		return err;
	if (!stream)
		stream = ksrtp_stream_obtain(session, id);
	if (IS_ERR(stream)) {
		if (PTR_ERR(stream) == -ENOSPC)
			NL_SET_ERR_MSG(info->extack,
				       "ssrc: the session or namespace has as many streams as it may");
		return PTR_ERR(stream);
	}
	if (!ksrtp_stream_install(stream, state, direction,
				  ksrtp_rekey_keyring_of(session->kn,
							 direction))) {
		NL_SET_ERR_MSG(info->extack,
			       "roc, seq, srtcp-index: would take a running stream back");
		return -EINVAL;
	}
	return 0;
}

/**
 * ksrtp_nl_stream_set_doit() - install state in a stream
 * @skb: the request
 * @info: the request
 *
 * Context: process, sleeps, under the namespace's lock.
 * Return: 0 or a negative errno.
 */
int ksrtp_nl_stream_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct ksrtp_net *kn = info->user_ptr[0];
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
	session = ksrtp_session_by_id(kn, id.session);
	if (!session) {
		NL_SET_ERR_MSG_ATTR(info->extack,
				    info->attrs[KSRTP_A_STREAM_SESSION_ID],
				    "session-id: no such session");
		return -ENOENT;
	}
	return ksrtp_stream_set(session, &id, &state, info);
}

/**
 * ksrtp_nl_suite_get_dumpit() - describe suites, as many as fit
 * @msg: message to add them to
 * @cb: the dump
 *
 * Context: process, sleeps.
 * Return: length of @msg, 0 at the end, or a negative errno.
 */
int ksrtp_nl_suite_get_dumpit(struct sk_buff *msg, struct netlink_callback *cb)
{
	const struct ksrtp_message_id id = ksrtp_dump_id(cb,
							 KSRTP_CMD_SUITE_GET);
	struct nlattr **attrs = ksrtp_dump_attrs(cb);
	struct ksrtp_dump *at = ksrtp_dump(cb);
	const struct ksrtp_suite *suite;
	int err = 0;

	if (attrs[KSRTP_A_SUITE_ID]) {
		NL_SET_ERR_MSG_ATTR(cb->extack, attrs[KSRTP_A_SUITE_ID],
				    "id: names one suite; a dump is of all");
		return -EINVAL;
	}
	for (; at->id <= KSRTP_SUITE_MAX; at->id++) {
		suite = ksrtp_suite_get(at->id);
		if (!suite)
			continue;
		err = ksrtp_message_suite(msg, &id, suite, NULL);
		if (err)
			break;
	}
	return err && !msg->len ? err : msg->len;
}

/* A key that is really made tells its drivers; no other way does. */
static struct ksrtp_keys *ksrtp_suite_sample(const struct ksrtp_suite *suite)
{
	static const u8 zeros[KSRTP_MASTER_KEY_MAX];
	struct ksrtp_kdf kdf = {};
	struct ksrtp_keys *keys;
	int err;

	err = ksrtp_kdf_setup(&kdf, suite, zeros, zeros);
	keys = err ? ERR_PTR(err) :
		     ksrtp_keys_create(suite, &kdf, NULL, false, false, 0);
	ksrtp_kdf_teardown(&kdf);
	return IS_ERR(keys) ? NULL : keys;
}

/**
 * ksrtp_nl_suite_get_doit() - describe a suite
 * @skb: the request
 * @info: the request
 *
 * Context: process, sleeps.
 * Return: 0 or a negative errno.
 */
int ksrtp_nl_suite_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	const struct ksrtp_message_id id = ksrtp_reply_id(info,
						KSRTP_CMD_SUITE_GET);
	const struct ksrtp_suite *suite;
	struct ksrtp_keys *keys;
	struct sk_buff *msg;
	int err;

	if (!info->attrs[KSRTP_A_SUITE_ID]) {
		NL_SET_ERR_MSG(info->extack, "id: missing");
		return -EINVAL;
	}
	suite = ksrtp_suite_get(nla_get_u32(info->attrs[KSRTP_A_SUITE_ID]));
	msg = genlmsg_new(KSRTP_MESSAGE_SIZE, GFP_KERNEL);
	if (!msg)
		return -ENOMEM;
	keys = ksrtp_suite_sample(suite);
	err = ksrtp_message_suite(msg, &id, suite, keys);
	ksrtp_keys_destroy(keys);
	return ksrtp_reply(msg, err, info);
}

/* Find the session whose keys a request is about. */
static struct ksrtp_session *ksrtp_find_keys(struct ksrtp_net *kn,
					     struct genl_info *info)
{
	struct ksrtp_session *session;
	u32 number, id;
	int err;

	err = ksrtp_request_key_id(info->attrs, &number, &id, info->extack);
	if (err)
		return ERR_PTR(err);
	session = ksrtp_session_by_id(kn, number);
	if (!session) {
		NL_SET_ERR_MSG_ATTR(info->extack,
				    info->attrs[KSRTP_A_KEY_SESSION_ID],
				    "session-id: no such session");
		return ERR_PTR(-ENOENT);
	}
	if (session->orphaned) {
		NL_SET_ERR_MSG(info->extack,
			       "its owner is gone; delete it or make it anew");
		return ERR_PTR(-EBUSY);
	}
	if (!ksrtp_direction(session, id)->governed) {
		NL_SET_ERR_MSG_ATTR(info->extack,
				    info->attrs[KSRTP_A_KEY_DIRECTION],
				    "direction: the session leaves it alone");
		return ERR_PTR(-EINVAL);
	}
	return session;
}

/**
 * ksrtp_nl_key_pre_doit() - before a command about keys: find their session
 * @ops: the command
 * @skb: the request
 * @info: the request; user_ptr[0] becomes the namespace, user_ptr[1] the session
 *
 * Context: process, sleeps. Returns with the namespace's lock held if it returns 0.
 * Return: 0 or a negative errno.
 */
int ksrtp_nl_key_pre_doit(const struct genl_split_ops *ops,
			  struct sk_buff *skb, struct genl_info *info)
{
	struct ksrtp_net *kn = ksrtp_take(info);

	return ksrtp_hand_over(ops, skb, info, ksrtp_find_keys(kn, info));
}

/* The direction whose keys a request is about, once its session is found. */
static struct ksrtp_direction *ksrtp_key_direction(struct genl_info *info)
{
	return ksrtp_direction(info->user_ptr[1],
			       nla_get_u32(info->attrs[KSRTP_A_KEY_DIRECTION]));
}

/* Tell of a change of keys, if there was one. */
static int ksrtp_key_changed(struct genl_info *info, int err)
{
	if (!err)
		ksrtp_event_session(info->user_ptr[1],
				    KSRTP_CMD_SESSION_SET_NTF);
	return err;
}

/**
 * ksrtp_nl_key_new_doit() - add a master key
 * @skb: the request
 * @info: the request
 *
 * Context: process, sleeps, under the namespace's lock.
 * Return: 0 or a negative errno.
 */
int ksrtp_nl_key_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct ksrtp_direction *direction = ksrtp_key_direction(info);
	struct ksrtp_master_config config;
	int err;

	err = ksrtp_request_key(info->attrs, direction->policy.suite, &config,
				info->extack);
	if (!err)
		err = ksrtp_rekey_add(info->user_ptr[0], direction, &config,
				      info->extack);
	memzero_explicit(&config, sizeof(config));
	return ksrtp_key_changed(info, err);
}

/**
 * ksrtp_nl_key_use_doit() - choose the master key to send with
 * @skb: the request
 * @info: the request
 *
 * Context: process, sleeps, under the namespace's lock.
 * Return: 0 or a negative errno.
 */
int ksrtp_nl_key_use_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *direction = info->attrs[KSRTP_A_KEY_DIRECTION];
	struct ksrtp_key_name name;
	int err;

	if (nla_get_u32(direction) != KSRTP_DIRECTION_SEND) {
		NL_SET_ERR_MSG_ATTR(info->extack, direction,
				    "direction: only a sender chooses");
		return -EINVAL;
	}
	if (!info->attrs[KSRTP_A_KEY_MKI]) {
		NL_SET_ERR_MSG(info->extack, "mki: missing");
		return -EINVAL;
	}
	/* of its attributes there is no first index */
	err = ksrtp_request_key_name(info->attrs[KSRTP_A_KEY_MKI], NULL, &name,
				     info->extack);
	if (!err)
		err = ksrtp_rekey_use(info->user_ptr[0],
				      ksrtp_key_direction(info), &name,
				      info->extack);
	return ksrtp_key_changed(info, err);
}

/**
 * ksrtp_nl_key_del_doit() - delete a master key
 * @skb: the request
 * @info: the request
 *
 * Context: process, sleeps, under the namespace's lock.
 * Return: 0 or a negative errno.
 */
int ksrtp_nl_key_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct ksrtp_key_name name;
	int err;

	err = ksrtp_request_key_name(info->attrs[KSRTP_A_KEY_MKI],
				     info->attrs[KSRTP_A_KEY_FROM], &name,
				     info->extack);
	if (!err)
		err = ksrtp_rekey_remove(info->user_ptr[0],
					 ksrtp_key_direction(info), &name,
					 info->extack);
	return ksrtp_key_changed(info, err);
}

/**
 * ksrtp_nl_key_get_doit() - describe a master key
 * @skb: the request
 * @info: the request
 *
 * Context: process, sleeps, under the namespace's lock.
 * Return: 0 or a negative errno.
 */
int ksrtp_nl_key_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	const struct ksrtp_message_id id = ksrtp_reply_id(info,
						KSRTP_CMD_KEY_GET);
	struct ksrtp_direction *direction = ksrtp_key_direction(info);
	struct ksrtp_session *session = info->user_ptr[1];
	struct ksrtp_key_place place = {
		.session = session->id,
		.direction = nla_get_u32(info->attrs[KSRTP_A_KEY_DIRECTION]),
	};
	struct ksrtp_key_name name;
	struct sk_buff *msg;
	int err;

	err = ksrtp_request_key_name(info->attrs[KSRTP_A_KEY_MKI],
				     info->attrs[KSRTP_A_KEY_FROM], &name,
				     info->extack);
	if (err)
		return err;
	place.at = ksrtp_rekey_find(session->kn, direction, &name,
				    &place.keyring, info->extack);
	if (place.at < 0)
		return place.at;
	place.former = place.keyring !=
		       ksrtp_rekey_keyring_of(session->kn, direction);
	msg = genlmsg_new(KSRTP_MESSAGE_SIZE, GFP_KERNEL);
	if (!msg)
		return -ENOMEM;
	return ksrtp_reply(msg, ksrtp_message_key(msg, &id, &place), info);
}

/*
 * Dump the keys of one direction, as far as they fit, in the order in which they
 * came. @n is how many of the session were dumped before these.
 */
static int ksrtp_dump_direction_keys(struct sk_buff *msg,
				     const struct ksrtp_message_id *id,
				     struct ksrtp_key_place *place,
				     const struct ksrtp_keyring *keyring,
				     struct ksrtp_dump *at, unsigned long *n)
{
	int err;

	place->keyring = NULL;
	while ((place->keyring = ksrtp_keyring_after(keyring, place->keyring))) {
		place->former = place->keyring != keyring;
		for (place->at = 0; place->at < place->keyring->n; place->at++) {
			if ((*n)++ < at->skip)
				continue;
			err = ksrtp_message_key(msg, id, place);
			if (err)
				return err;
			at->skip = *n;
		}
	}
	return 0;
}

/* Dump the keys of one session, as far as they fit. */
static int ksrtp_dump_session_keys(struct sk_buff *msg,
				   const struct ksrtp_message_id *id,
				   struct ksrtp_session *session,
				   u32 only, struct ksrtp_dump *at)
{
	struct ksrtp_key_place place = { .session = session->id };
	const struct ksrtp_keyring *keyring;
	struct ksrtp_direction *direction;
	unsigned long n = 0;
	int err;

	for (place.direction = KSRTP_DIRECTION_SEND;
	     place.direction <= KSRTP_DIRECTION_MAX; place.direction++) {
		if (only && place.direction != only)
			continue;
		direction = ksrtp_direction(session, place.direction);
		keyring = ksrtp_rekey_keyring_of(session->kn, direction);
		if (!keyring)
			continue;
		err = ksrtp_dump_direction_keys(msg, id, &place, keyring, at,
						&n);
		if (err)
			return err;
	}
	at->skip = 0;
	return 0;
}

/**
 * ksrtp_nl_key_get_dumpit() - describe master keys, as many as fit
 * @msg: message to add them to
 * @cb: the dump
 *
 * Context: process, sleeps.
 * Return: length of @msg, 0 at the end, or a negative errno.
 */
int ksrtp_nl_key_get_dumpit(struct sk_buff *msg, struct netlink_callback *cb)
{
	struct nlattr **attrs = ksrtp_dump_attrs(cb);
	struct nlattr *name = attrs[KSRTP_A_KEY_MKI] ?:
			      attrs[KSRTP_A_KEY_FROM];

	if (name) {
		NL_SET_ERR_MSG_ATTR(cb->extack, name,
				    "mki, from: name one key; a dump takes filters");
		return -EINVAL;
	}
	return ksrtp_dump_walk(msg, cb, KSRTP_CMD_KEY_GET,
			       attrs[KSRTP_A_KEY_SESSION_ID],
			       attrs[KSRTP_A_KEY_DIRECTION],
			       ksrtp_dump_session_keys);
}

/**
 * ksrtp_nl_require_new_doit() - make a rule
 * @skb: the request
 * @info: the request
 *
 * Context: process, sleeps, under the namespace's lock.
 * Return: 0 or a negative errno.
 */
int ksrtp_nl_require_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	const struct ksrtp_message_id id = ksrtp_reply_id(info,
						KSRTP_CMD_REQUIRE_NEW);
	struct ksrtp_require_config config;
	struct ksrtp_require *require;
	struct sk_buff *msg;
	int err;

	err = ksrtp_request_require(info->attrs, &config, info->extack);
	if (err)
		return err;
	/* first, so that a rule is not made and then not told of */
	msg = genlmsg_new(KSRTP_MESSAGE_SIZE, GFP_KERNEL);
	if (!msg)
		return -ENOMEM;
	require = ksrtp_require_create(info->user_ptr[0], &config,
				       info->extack);
	err = PTR_ERR_OR_ZERO(require);
	if (!err)
		err = ksrtp_message_require(msg, &id, require);
	return ksrtp_reply(msg, err, info);
}

/**
 * ksrtp_nl_require_del_doit() - delete a rule
 * @skb: the request
 * @info: the request
 *
 * Context: process, sleeps, under the namespace's lock.
 * Return: 0 or a negative errno.
 */
int ksrtp_nl_require_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *id = info->attrs[KSRTP_A_REQUIRE_ID];
	struct ksrtp_net *kn = info->user_ptr[0];
	struct ksrtp_require *require;

	if (!id) {
		NL_SET_ERR_MSG(info->extack, "id: missing");
		return -EINVAL;
	}
	require = ksrtp_require_find(kn, nla_get_u32(id));
	if (!require) {
		NL_SET_ERR_MSG_ATTR(info->extack, id, "id: no such rule");
		return -ENOENT;
	}
	ksrtp_require_delete(kn, require);
	return 0;
}

/**
 * ksrtp_nl_require_get_dumpit() - describe rules, as many as fit
 * @msg: message to add them to
 * @cb: the dump
 *
 * Context: process, sleeps.
 * Return: length of @msg, 0 at the end, or a negative errno.
 */
int ksrtp_nl_require_get_dumpit(struct sk_buff *msg,
				struct netlink_callback *cb)
{
	const struct ksrtp_message_id id = ksrtp_dump_id(cb,
						KSRTP_CMD_REQUIRE_GET);
	struct ksrtp_net *kn = ksrtp_net(sock_net(cb->skb->sk));
	struct ksrtp_dump *at = ksrtp_dump(cb);
	struct ksrtp_require *require;
	int err = 0;

	mutex_lock(&kn->lock);
	/* ids grow along the list */
	list_for_each_entry(require, &kn->requires, list) {
		if (require->id <= at->id)
			continue;
		err = ksrtp_message_require(msg, &id, require);
		if (err)
			break;
		at->id = require->id;
	}
	mutex_unlock(&kn->lock);
	return err && !msg->len ? err : msg->len;
}

/**
 * ksrtp_nl_stat_get_doit() - describe the namespace as a whole
 * @skb: the request
 * @info: the request
 *
 * Context: process, sleeps, under the namespace's lock.
 * Return: 0 or a negative errno.
 */
int ksrtp_nl_stat_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	const struct ksrtp_message_id id = ksrtp_reply_id(info,
						KSRTP_CMD_STAT_GET);
	struct sk_buff *msg;

	msg = genlmsg_new(KSRTP_MESSAGE_SIZE, GFP_KERNEL);
	if (!msg)
		return -ENOMEM;
	return ksrtp_reply(msg, ksrtp_message_stat(msg, &id, info->user_ptr[0]),
			   info);
}

static const struct genl_multicast_group ksrtp_groups[] = {
	[KSRTP_NLGRP_EVENTS] = {
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
	return ksrtp_register_family(&ksrtp_family, ksrtp_nl_ops,
				     ARRAY_SIZE(ksrtp_nl_ops));
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
