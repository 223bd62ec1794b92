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

static int ksrtp_cmd_session_new(struct sk_buff *skb, struct genl_info *info)
{
	const struct ksrtp_message_id id = ksrtp_reply_id(info,
						KSRTP_CMD_SESSION_NEW);
	struct ksrtp_net *kn = ksrtp_net(genl_info_net(info));
	struct ksrtp_session_config config;
	struct ksrtp_session *session;
	struct sk_buff *msg;
	int err;

	/* first, so that a session is not made and then not told of */
	msg = genlmsg_new(KSRTP_MESSAGE_SESSION_SIZE, GFP_KERNEL);
	if (!msg) {
		err = -ENOMEM;
		goto out;
	}
	err = ksrtp_request_session(info->attrs, info->snd_portid, &config,
				    info->extack);
	if (!err) {
		mutex_lock(&kn->lock);
		session = ksrtp_session_create(kn, &config, info->extack);
		err = PTR_ERR_OR_ZERO(session);
		if (!err) {
			ksrtp_event_session(session, KSRTP_CMD_SESSION_NEW_NTF);
			err = ksrtp_message_session(msg, &id, session);
		}
		mutex_unlock(&kn->lock);
	}
	memzero_explicit(&config, sizeof(config));
	err = ksrtp_reply(msg, err, info);
out:
	ksrtp_request_wipe(info);
	return err;
}

static int ksrtp_cmd_session_set(struct sk_buff *skb, struct genl_info *info)
{
	struct ksrtp_net *kn = ksrtp_net(genl_info_net(info));
	struct ksrtp_session_config config;
	struct ksrtp_session *session;
	int err;

	mutex_lock(&kn->lock);
	session = ksrtp_find(kn, info);
	err = PTR_ERR_OR_ZERO(session);
	if (!err && session->orphaned) {
		NL_SET_ERR_MSG(info->extack,
			       "its owner is gone; delete it or make it anew");
		err = -EBUSY;
	}
	if (!err)
		err = ksrtp_request_policy(info->attrs, session, &config,
					   info->extack);
	if (!err)
		err = ksrtp_request_move(info->attrs, &config, info->extack);
	if (!err)
		err = ksrtp_session_change(session, &config, info->extack);
	if (!err)
		ksrtp_event_session(session, KSRTP_CMD_SESSION_SET_NTF);
	mutex_unlock(&kn->lock);
	memzero_explicit(&config, sizeof(config));
	ksrtp_request_wipe(info);
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
	const struct ksrtp_message_id id = ksrtp_reply_id(info,
						KSRTP_CMD_SESSION_GET);
	struct ksrtp_net *kn = ksrtp_net(genl_info_net(info));
	struct ksrtp_session *session;
	struct sk_buff *msg;
	int err;

	msg = genlmsg_new(KSRTP_MESSAGE_SESSION_SIZE, GFP_KERNEL);
	if (!msg)
		return -ENOMEM;
	mutex_lock(&kn->lock);
	session = ksrtp_find(kn, info);
	err = PTR_ERR_OR_ZERO(session);
	if (!err)
		err = ksrtp_message_session(msg, &id, session);
	mutex_unlock(&kn->lock);
	return ksrtp_reply(msg, err, info);
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
			ksrtp_dump_enter(cb, session);
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
	const struct ksrtp_message_id id = ksrtp_reply_id(info,
						KSRTP_CMD_STREAM_GET);
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

static int ksrtp_cmd_suite_get(struct sk_buff *skb, struct genl_info *info)
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

/* Find the direction whose keys a request is about. */
static struct ksrtp_session *ksrtp_find_keys(struct ksrtp_net *kn,
					     struct genl_info *info,
					     struct ksrtp_direction **direction)
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
	*direction = ksrtp_direction(session, id);
	if (!(*direction)->governed) {
		NL_SET_ERR_MSG_ATTR(info->extack,
				    info->attrs[KSRTP_A_KEY_DIRECTION],
				    "direction: the session leaves it alone");
		return ERR_PTR(-EINVAL);
	}
	return session;
}

static int ksrtp_key_new(struct ksrtp_net *kn, struct ksrtp_direction *direction,
			 struct genl_info *info)
{
	struct ksrtp_master_config config;
	int err;

	err = ksrtp_request_key(info->attrs, direction->policy.suite, &config,
				info->extack);
	if (!err)
		err = ksrtp_rekey_add(kn, direction, &config, info->extack);
	memzero_explicit(&config, sizeof(config));
	return err;
}

static int ksrtp_key_use(struct ksrtp_net *kn, struct ksrtp_direction *direction,
			 struct genl_info *info)
{
	struct ksrtp_key_name name;
	int err;

	if (nla_get_u32(info->attrs[KSRTP_A_KEY_DIRECTION]) !=
	    KSRTP_DIRECTION_SEND) {
		NL_SET_ERR_MSG_ATTR(info->extack,
				    info->attrs[KSRTP_A_KEY_DIRECTION],
				    "direction: only a sender chooses");
		return -EINVAL;
	}
	if (!info->attrs[KSRTP_A_KEY_MKI]) {
		NL_SET_ERR_MSG(info->extack, "mki: missing");
		return -EINVAL;
	}
	err = ksrtp_request_key_name(info->attrs, &name, info->extack);
	return err ?: ksrtp_rekey_use(kn, direction, &name, info->extack);
}

static int ksrtp_key_del(struct ksrtp_net *kn, struct ksrtp_direction *direction,
			 struct genl_info *info)
{
	struct ksrtp_key_name name;
	int err;

	err = ksrtp_request_key_name(info->attrs, &name, info->extack);
	return err ?: ksrtp_rekey_remove(kn, direction, &name, info->extack);
}

/* What the commands about keys have in common. */
static int ksrtp_cmd_key(struct genl_info *info,
			 int (*carry_out)(struct ksrtp_net *kn,
					  struct ksrtp_direction *direction,
					  struct genl_info *info))
{
	struct ksrtp_net *kn = ksrtp_net(genl_info_net(info));
	struct ksrtp_direction *direction;
	struct ksrtp_session *session;
	int err;

	mutex_lock(&kn->lock);
	session = ksrtp_find_keys(kn, info, &direction);
	err = PTR_ERR_OR_ZERO(session);
	if (!err)
		err = carry_out(kn, direction, info);
	if (!err)
		ksrtp_event_session(session, KSRTP_CMD_SESSION_SET_NTF);
	mutex_unlock(&kn->lock);
	ksrtp_request_wipe(info);
	return err;
}

static int ksrtp_cmd_key_new(struct sk_buff *skb, struct genl_info *info)
{
	return ksrtp_cmd_key(info, ksrtp_key_new);
}

static int ksrtp_cmd_key_use(struct sk_buff *skb, struct genl_info *info)
{
	return ksrtp_cmd_key(info, ksrtp_key_use);
}

static int ksrtp_cmd_key_del(struct sk_buff *skb, struct genl_info *info)
{
	return ksrtp_cmd_key(info, ksrtp_key_del);
}

static int ksrtp_cmd_key_get(struct sk_buff *skb, struct genl_info *info)
{
	const struct ksrtp_message_id id = ksrtp_reply_id(info,
						KSRTP_CMD_KEY_GET);
	struct ksrtp_net *kn = ksrtp_net(genl_info_net(info));
	struct ksrtp_direction *direction;
	struct ksrtp_session *session;
	struct ksrtp_key_place place;
	struct ksrtp_key_name name;
	struct sk_buff *msg;
	int err;

	err = ksrtp_request_key_name(info->attrs, &name, info->extack);
	if (err)
		return err;
	msg = genlmsg_new(KSRTP_MESSAGE_SIZE, GFP_KERNEL);
	if (!msg)
		return -ENOMEM;
	mutex_lock(&kn->lock);
	session = ksrtp_find_keys(kn, info, &direction);
	err = PTR_ERR_OR_ZERO(session);
	if (!err) {
		place.session = session->id;
		place.direction =
			nla_get_u32(info->attrs[KSRTP_A_KEY_DIRECTION]);
		place.at = ksrtp_rekey_find(kn, direction, &name,
					    &place.keyring, info->extack);
		place.former = place.keyring !=
			       ksrtp_rekey_keyring_of(kn, direction);
		err = place.at < 0 ? place.at :
				     ksrtp_message_key(msg, &id, &place);
	}
	mutex_unlock(&kn->lock);
	return ksrtp_reply(msg, err, info);
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

static int ksrtp_dump_keys(struct sk_buff *msg, struct netlink_callback *cb)
{
	const struct ksrtp_message_id id = ksrtp_dump_id(cb, KSRTP_CMD_KEY_GET);
	struct ksrtp_net *kn = ksrtp_net(sock_net(cb->skb->sk));
	struct nlattr **attrs = ksrtp_dump_attrs(cb);
	struct ksrtp_dump *at = ksrtp_dump(cb);
	struct nlattr *name = attrs[KSRTP_A_KEY_MKI] ?:
			      attrs[KSRTP_A_KEY_FROM];
	u32 direction = 0, only = 0;
	struct ksrtp_session *session;
	int err = 0;

	if (name) {
		NL_SET_ERR_MSG_ATTR(cb->extack, name,
				    "mki, from: name one key; a dump takes filters");
		return -EINVAL;
	}
	if (attrs[KSRTP_A_KEY_DIRECTION])
		direction = nla_get_u32(attrs[KSRTP_A_KEY_DIRECTION]);
	if (attrs[KSRTP_A_KEY_SESSION_ID])
		only = nla_get_u32(attrs[KSRTP_A_KEY_SESSION_ID]);

	mutex_lock(&kn->lock);
	if (only && !ksrtp_session_by_id(kn, only)) {
		NL_SET_ERR_MSG_ATTR(cb->extack, attrs[KSRTP_A_KEY_SESSION_ID],
				    "session-id: no such session");
		err = -ENOENT;
	}
	if (!err) {
		xa_for_each_start(&kn->sessions, at->id, session, at->id) {
			if (only && session->id != only)
				continue;
			ksrtp_dump_enter(cb, session);
			err = ksrtp_dump_session_keys(msg, &id, session,
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

static int ksrtp_cmd_require_new(struct sk_buff *skb, struct genl_info *info)
{
	const struct ksrtp_message_id id = ksrtp_reply_id(info,
						KSRTP_CMD_REQUIRE_NEW);
	struct ksrtp_net *kn = ksrtp_net(genl_info_net(info));
	struct ksrtp_require_config config;
	struct ksrtp_require *require;
	struct sk_buff *msg;
	int err;

	err = ksrtp_request_require(info->attrs, &config, info->extack);
	if (err)
		return err;
	msg = genlmsg_new(KSRTP_MESSAGE_SIZE, GFP_KERNEL);
	if (!msg)
		return -ENOMEM;
	mutex_lock(&kn->lock);
	require = ksrtp_require_create(kn, &config, info->extack);
	err = PTR_ERR_OR_ZERO(require);
	if (!err)
		err = ksrtp_message_require(msg, &id, require);
	mutex_unlock(&kn->lock);
	return ksrtp_reply(msg, err, info);
}

static int ksrtp_cmd_require_del(struct sk_buff *skb, struct genl_info *info)
{
	struct ksrtp_net *kn = ksrtp_net(genl_info_net(info));
	struct nlattr *id = info->attrs[KSRTP_A_REQUIRE_ID];
	struct ksrtp_require *require;
	int err = 0;

	if (!id) {
		NL_SET_ERR_MSG(info->extack, "id: missing");
		return -EINVAL;
	}
	mutex_lock(&kn->lock);
	require = ksrtp_require_find(kn, nla_get_u32(id));
	if (require) {
		ksrtp_require_delete(kn, require);
	} else {
		NL_SET_ERR_MSG_ATTR(info->extack, id, "id: no such rule");
		err = -ENOENT;
	}
	mutex_unlock(&kn->lock);
	return err;
}

static int ksrtp_dump_requires(struct sk_buff *msg, struct netlink_callback *cb)
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

static int ksrtp_cmd_stat_get(struct sk_buff *skb, struct genl_info *info)
{
	const struct ksrtp_message_id id = ksrtp_reply_id(info,
						KSRTP_CMD_STAT_GET);
	struct ksrtp_net *kn = ksrtp_net(genl_info_net(info));
	struct sk_buff *msg;
	int err;

	msg = genlmsg_new(KSRTP_MESSAGE_SIZE, GFP_KERNEL);
	if (!msg)
		return -ENOMEM;
	mutex_lock(&kn->lock);
	err = ksrtp_message_stat(msg, &id, kn);
	mutex_unlock(&kn->lock);
	return ksrtp_reply(msg, err, info);
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
		.policy = ksrtp_suite_get_policy,
		.maxattr = KSRTP_SUITE_GET_MAX,
		.doit = ksrtp_cmd_suite_get,
		.dumpit = ksrtp_dump_suites,
	}, {
		KSRTP_OP(KEY_NEW, ksrtp_key_new_policy, KSRTP_KEY_NEW_MAX),
		.doit = ksrtp_cmd_key_new,
	}, {
		KSRTP_OP(KEY_USE, ksrtp_key_use_policy, KSRTP_KEY_USE_MAX),
		.doit = ksrtp_cmd_key_use,
	}, {
		KSRTP_OP(KEY_DEL, ksrtp_key_find_policy, KSRTP_KEY_FIND_MAX),
		.doit = ksrtp_cmd_key_del,
	}, {
		KSRTP_OP(KEY_GET, ksrtp_key_find_policy, KSRTP_KEY_FIND_MAX),
		.doit = ksrtp_cmd_key_get,
		.dumpit = ksrtp_dump_keys,
	}, {
		KSRTP_OP(REQUIRE_NEW, ksrtp_require_new_policy,
			 KSRTP_REQUIRE_NEW_MAX),
		.doit = ksrtp_cmd_require_new,
	}, {
		KSRTP_OP(REQUIRE_DEL, ksrtp_require_del_policy,
			 KSRTP_REQUIRE_DEL_MAX),
		.doit = ksrtp_cmd_require_del,
	}, {
		.cmd = KSRTP_CMD_REQUIRE_GET,
		.flags = GENL_UNS_ADMIN_PERM,
		.dumpit = ksrtp_dump_requires,
	}, {
		.cmd = KSRTP_CMD_STAT_GET,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = ksrtp_cmd_stat_get,
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
