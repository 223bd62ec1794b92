// SPDX-License-Identifier: GPL-2.0
/* Commands for streams. */

#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include "compat.h"
#include "net.h"
#include "rekey.h"
#include "netlink/event.h"
#include "netlink/netlink.h"

/* Read the identification of a stream. */
static int ksrtp_request_stream_id(struct nlattr **attrs,
				   struct ksrtp_stream_id *id,
				   struct netlink_ext_ack *extack)
{
	if (!attrs[KSRTP_A_STREAM_SESSION_ID]) {
		NL_SET_ERR_MSG(extack, "session-id: missing");
		return -EINVAL;
	}
	if (!attrs[KSRTP_A_STREAM_DIRECTION]) {
		NL_SET_ERR_MSG(extack, "direction: missing");
		return -EINVAL;
	}
	if (!attrs[KSRTP_A_STREAM_SSRC]) {
		NL_SET_ERR_MSG(extack, "ssrc: missing");
		return -EINVAL;
	}
	id->session = nla_get_u32(attrs[KSRTP_A_STREAM_SESSION_ID]);
	id->direction = nla_get_u32(attrs[KSRTP_A_STREAM_DIRECTION]);
	id->ssrc = nla_get_u32(attrs[KSRTP_A_STREAM_SSRC]);
	return 0;
}

/* Bit 0 is the highest index itself, so it must be set. */
static int ksrtp_request_replay(const struct nlattr *attr, bool has_top,
				const u8 **bitmap, unsigned int *len,
				struct netlink_ext_ack *extack)
{
	if (!attr)
		return 0;
	if (!has_top)
		return KSRTP_REFUSE(extack, attr,
				    "replay: given without the highest index it counts from");
	if (!nla_len(attr) || !(*(u8 *)nla_data(attr) & 1))
		return KSRTP_REFUSE(extack, attr,
				    "replay: bit 0, the highest index, must be set");
	*bitmap = nla_data(attr);
	*len = nla_len(attr);
	return 0;
}

/* Indexes not to be used again are a pair, and need the stream's position. */
static int ksrtp_request_used(struct nlattr **attrs,
			      struct ksrtp_stream_state *state,
			      struct netlink_ext_ack *extack)
{
	const struct nlattr *rtp[] = { attrs[KSRTP_A_STREAM_RTP_USED_FROM],
				       attrs[KSRTP_A_STREAM_RTP_USED_TO] };
	const struct nlattr *rtcp[] = { attrs[KSRTP_A_STREAM_SRTCP_USED_FROM],
					attrs[KSRTP_A_STREAM_SRTCP_USED_TO] };
	const struct nlattr *any = rtp[0] ?: rtp[1] ?: rtcp[0] ?: rtcp[1];

	if (!any)
		return 0;
	if (!rtp[0] != !rtp[1] || !rtcp[0] != !rtcp[1])
		return KSRTP_REFUSE(extack, any,
				    "used-from, used-to: one without the other");
	if (nla_get_u32(attrs[KSRTP_A_STREAM_DIRECTION]) !=
	    KSRTP_DIRECTION_SEND)
		return KSRTP_REFUSE(extack, any,
				    "used-from, used-to: are of what is sent");
	if (!state->has_seq && !state->has_srtcp_index)
		return KSRTP_REFUSE(extack, any,
				    "used-from, used-to: given without seq or srtcp-index");
	if (rtp[0]) {
		state->used[0].from = nla_get_u64(rtp[0]);
		state->used[0].to = nla_get_u64(rtp[1]);
	}
	if (rtcp[0]) {
		state->used[1].from = nla_get_u32(rtcp[0]);
		state->used[1].to = nla_get_u32(rtcp[1]);
	}
	if (state->used[0].from > state->used[0].to ||
	    state->used[1].from > state->used[1].to)
		return KSRTP_REFUSE(extack, any,
				    "used-from: greater than used-to");
	return 0;
}

/* Limits of what is sent. */
static int ksrtp_request_limits(struct nlattr **attrs,
				struct ksrtp_stream_state *state,
				struct netlink_ext_ack *extack)
{
	static const int limit_attrs[] = {
		KSRTP_A_STREAM_RTP_LIMIT, KSRTP_A_STREAM_SRTCP_LIMIT,
	};
	const struct nlattr *limit;
	int i;

	for (i = 0; i < ARRAY_SIZE(limit_attrs); i++) {
		limit = attrs[limit_attrs[i]];
		if (!limit)
			continue;
		if (nla_get_u32(attrs[KSRTP_A_STREAM_DIRECTION]) !=
		    KSRTP_DIRECTION_SEND)
			return KSRTP_REFUSE(extack, limit,
					    "rtp-limit, srtcp-limit: are of what is sent");
		state->has_limit[i] = true;
		state->limit[i] = nla_get_u64(limit);
	}
	return 0;
}

/* Read the state to install in a stream. */
static int ksrtp_request_stream_state(struct nlattr **attrs,
				      struct ksrtp_stream_state *state,
				      struct netlink_ext_ack *extack)
{
	int err;

	memset(state, 0, sizeof(*state));
	if (attrs[KSRTP_A_STREAM_ROC]) {
		state->has_roc = true;
		state->roc = nla_get_u32(attrs[KSRTP_A_STREAM_ROC]);
	}
	if (attrs[KSRTP_A_STREAM_SEQ]) {
		if (!state->has_roc)
			return KSRTP_REFUSE(extack, attrs[KSRTP_A_STREAM_SEQ],
					    "seq: given without roc");
		state->has_seq = true;
		state->seq = nla_get_u16(attrs[KSRTP_A_STREAM_SEQ]);
	}
	if (attrs[KSRTP_A_STREAM_SRTCP_INDEX]) {
		state->has_srtcp_index = true;
		state->srtcp_index =
			nla_get_u32(attrs[KSRTP_A_STREAM_SRTCP_INDEX]);
	}
	err = ksrtp_request_used(attrs, state, extack);
	if (err)
		return err;
	err = ksrtp_request_limits(attrs, state, extack);
	if (err)
		return err;
	err = ksrtp_request_replay(attrs[KSRTP_A_STREAM_RTP_REPLAY],
				   state->has_seq, &state->rtp_replay,
				   &state->rtp_replay_len, extack);
	if (err)
		return err;
	return ksrtp_request_replay(attrs[KSRTP_A_STREAM_RTCP_REPLAY],
				    state->has_srtcp_index,
				    &state->rtcp_replay,
				    &state->rtcp_replay_len, extack);
}

/* State of a stream, read in one go for consistency. */
struct ksrtp_stream_snapshot {
	struct ksrtp_replay rtp, rtcp;
	struct ksrtp_volume volume;
	struct ksrtp_spent spent[2];
	u64 limit[2];
	u64 idle;
	u8 seen[];
};

/* Length of a stream's replay window as bits, in bytes. */
static unsigned int ksrtp_stream_seen_len(const struct ksrtp_stream *stream)
{
	return DIV_ROUND_UP(stream->rtp.window, 8);
}

static void ksrtp_stream_take(struct ksrtp_stream *stream,
			      struct ksrtp_stream_snapshot *shot)
{
	spin_lock_bh(&stream->lock);
	shot->rtp = stream->rtp;
	shot->rtcp = stream->rtcp;
	shot->volume = stream->volume;
	memset(shot->spent, 0, sizeof(shot->spent));
	if (stream->id.direction == KSRTP_DIRECTION_SEND)
		memcpy(shot->spent, stream->spent, sizeof(shot->spent));
	shot->idle = jiffies_to_msecs(jiffies - stream->last_used);
	shot->limit[0] = stream->block[0].limit;
	shot->limit[1] = stream->block[1].limit;
	if (stream->rtp.started)
		ksrtp_replay_save(&stream->rtp, shot->seen);
	if (stream->rtcp.started)
		ksrtp_replay_save(&stream->rtcp, shot->seen +
				  ksrtp_stream_seen_len(stream));
	spin_unlock_bh(&stream->lock);
}

static int ksrtp_put_stream_u64(struct sk_buff *msg, int attr, u64 value)
{
	return nla_put_u64_64bit(msg, attr, value, KSRTP_A_STREAM_PAD);
}

static int ksrtp_put_stream(struct sk_buff *msg,
			    const struct ksrtp_stream *stream,
			    const struct ksrtp_stream_snapshot *shot)
{
	unsigned int seen_len = ksrtp_stream_seen_len(stream);
	int i;

	if (nla_put_u32(msg, KSRTP_A_STREAM_SESSION_ID, stream->id.session) ||
	    nla_put_u32(msg, KSRTP_A_STREAM_DIRECTION, stream->id.direction) ||
	    nla_put_u32(msg, KSRTP_A_STREAM_SSRC, stream->id.ssrc) ||
	    nla_put_u32(msg, KSRTP_A_STREAM_ROC, shot->rtp.top >> 16) ||
	    nla_put_u32(msg, KSRTP_A_STREAM_REPLAY_WINDOW, shot->rtp.window))
		return -EMSGSIZE;
	if (shot->rtp.started &&
	    (nla_put_u16(msg, KSRTP_A_STREAM_SEQ, shot->rtp.top) ||
	     nla_put(msg, KSRTP_A_STREAM_RTP_REPLAY, seen_len,
		     shot->seen)))
		return -EMSGSIZE;
	if (shot->rtcp.started &&
	    (nla_put_u32(msg, KSRTP_A_STREAM_SRTCP_INDEX, shot->rtcp.top) ||
	     nla_put(msg, KSRTP_A_STREAM_RTCP_REPLAY, seen_len,
		     shot->seen + seen_len)))
		return -EMSGSIZE;
	if (ksrtp_put_stream_u64(msg, KSRTP_A_STREAM_RTP_PACKETS,
				 shot->volume.rtp_packets) ||
	    ksrtp_put_stream_u64(msg, KSRTP_A_STREAM_RTP_BYTES,
				 shot->volume.rtp_bytes) ||
	    ksrtp_put_stream_u64(msg, KSRTP_A_STREAM_RTCP_PACKETS,
				 shot->volume.rtcp_packets) ||
	    ksrtp_put_stream_u64(msg, KSRTP_A_STREAM_RTCP_BYTES,
				 shot->volume.rtcp_bytes) ||
	    ksrtp_put_stream_u64(msg, KSRTP_A_STREAM_IDLE, shot->idle))
		return -EMSGSIZE;
	if (shot->spent[0].to &&
	    (ksrtp_put_stream_u64(msg, KSRTP_A_STREAM_RTP_USED_FROM,
				  shot->spent[0].from) ||
	     ksrtp_put_stream_u64(msg, KSRTP_A_STREAM_RTP_USED_TO,
				  shot->spent[0].to)))
		return -EMSGSIZE;
	if (shot->spent[1].to &&
	    (nla_put_u32(msg, KSRTP_A_STREAM_SRTCP_USED_FROM,
			 shot->spent[1].from) ||
	     nla_put_u32(msg, KSRTP_A_STREAM_SRTCP_USED_TO,
			 shot->spent[1].to)))
		return -EMSGSIZE;
	for (i = 0; i < 2; i++)
		if (shot->limit[i] != KSRTP_BLOCK_NONE &&
		    ksrtp_put_stream_u64(msg, KSRTP_A_STREAM_RTP_LIMIT + i,
					 shot->limit[i]))
			return -EMSGSIZE;
	for (i = 0; i < KSRTP_STREAM_DROPS; i++)
		if (ksrtp_put_stream_u64(msg, KSRTP_A_STREAM_DROP_BAD_TAG + i,
					 atomic64_read(&stream->drops[i])))
			return -EMSGSIZE;
	return 0;
}

/* Build a message about a stream; on error the message is unchanged. */
static int ksrtp_message_stream(struct sk_buff *msg,
				const struct ksrtp_message_id *id,
				struct ksrtp_stream *stream, gfp_t gfp)
{
	struct ksrtp_stream_snapshot *shot;
	void *header;
	int err;

	shot = kmalloc(struct_size(shot, seen,
				   2 * ksrtp_stream_seen_len(stream)), gfp);
	if (!shot)
		return -ENOMEM;
	ksrtp_stream_take(stream, shot);

	header = ksrtp_put_header(msg, id);
	err = header ? ksrtp_put_stream(msg, stream, shot) : -EMSGSIZE;
	kfree(shot);
	return ksrtp_message_end(msg, header, err);
}

/**
 * ksrtp_event_stream() - report a stream that was created, deleted or has
 *	advanced
 * @net: namespace
 * @stream: the stream
 * @cmd: KSRTP_CMD_STREAM_*_NTF
 *
 * Context: any, does not sleep, under rcu_read_lock() or the namespace's lock.
 */
void ksrtp_event_stream(struct net *net, struct ksrtp_stream *stream,
			enum ksrtp_cmd cmd)
{
	const struct ksrtp_message_id id = { .cmd = cmd };
	struct sk_buff *msg;

	/* there may be many of them: no larger than needed */
	msg = ksrtp_event_new(net, 2 * ksrtp_stream_seen_len(stream) +
			      KSRTP_MESSAGE_STREAM_FIXED, GFP_ATOMIC);
	if (!msg)
		return;
	ksrtp_event_send(net, msg,
			 ksrtp_message_stream(msg, &id, stream, GFP_ATOMIC),
			 GFP_ATOMIC);
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
 * ksrtp_nl_stream_get_dumpit() - dump streams, as many as fit
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
			       NULL, ksrtp_dump_session_streams);
}

/**
 * ksrtp_nl_stream_get_start() - before a dump of streams
 * @cb: the dump
 *
 * A stream with its replay windows can exceed the usual size of a message.
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
 * ksrtp_nl_stream_get_doit() - report a stream
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

/* Create a stream, making room for it if needed. */
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
		 ksrtp_stream_make_room(session, ksrtp_event_stream));
	return stream;
}

/*
 * Is there more than limits? A higher limit that comes late does not make a
 * stream again that has gone.
 */
static bool ksrtp_stream_given(const struct ksrtp_stream_state *state)
{
	return state->has_roc || state->has_srtcp_index ||
	       !(state->has_limit[0] || state->has_limit[1]);
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
	if (!stream && !ksrtp_stream_given(state)) {
		NL_SET_ERR_MSG(info->extack,
			       "rtp-limit, srtcp-limit: no such stream");
		return -ENOENT;
	}
	if (!stream)
		stream = ksrtp_stream_obtain(session, id);
	if (IS_ERR(stream)) {
		if (PTR_ERR(stream) == -ENOSPC)
			NL_SET_ERR_MSG(info->extack,
				       "ssrc: the session or namespace has as many streams as it may");
		return PTR_ERR(stream);
	}
	if (!ksrtp_stream_install(stream, state, direction,
				  ksrtp_direction_keyset(session->kn,
							 direction))) {
		NL_SET_ERR_MSG(info->extack,
			       "roc, seq, srtcp-index, limits: would take a running stream back");
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
