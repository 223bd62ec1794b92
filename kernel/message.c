// SPDX-License-Identifier: GPL-2.0
/* Sessions, streams and suites put into netlink messages: never a key. */

#include <linux/slab.h>
#include <net/ipv6.h>

#include "message.h"
#include "netlink.h"

static int ksrtp_put_address(struct sk_buff *msg, int attr, u16 family,
			     const struct in6_addr *address)
{
	if (ipv6_addr_any(address))
		return 0;
	return nla_put(msg, attr, family == AF_INET ? 4 : 16, address);
}

static int ksrtp_put_port(struct sk_buff *msg, int attr, __be16 port)
{
	return port ? nla_put_be16(msg, attr, port) : 0;
}

static int ksrtp_put_flow(struct sk_buff *msg, const struct ksrtp_session *s)
{
	const struct ksrtp_flow *flow = &s->rtp.flow;

	if (flow->ifindex &&
	    nla_put_u32(msg, KSRTP_A_SESSION_IFINDEX, flow->ifindex))
		return -EMSGSIZE;
	if (flow->family &&
	    nla_put_u16(msg, KSRTP_A_SESSION_FAMILY, flow->family))
		return -EMSGSIZE;
	if (ksrtp_put_address(msg, KSRTP_A_SESSION_LOCAL_ADDRESS,
			      flow->family, &flow->local) ||
	    ksrtp_put_address(msg, KSRTP_A_SESSION_REMOTE_ADDRESS,
			      flow->family, &flow->remote) ||
	    ksrtp_put_port(msg, KSRTP_A_SESSION_LOCAL_PORT,
			   flow->local_port) ||
	    ksrtp_put_port(msg, KSRTP_A_SESSION_REMOTE_PORT,
			   flow->remote_port))
		return -EMSGSIZE;
	if (!ksrtp_session_has_rtcp_flow(s))
		return nla_put_flag(msg, KSRTP_A_SESSION_RTCP_MUX);
	if (ksrtp_put_port(msg, KSRTP_A_SESSION_LOCAL_RTCP_PORT,
			   s->rtcp.flow.local_port) ||
	    ksrtp_put_port(msg, KSRTP_A_SESSION_REMOTE_RTCP_PORT,
			   s->rtcp.flow.remote_port))
		return -EMSGSIZE;
	return 0;
}

static int ksrtp_put_u64(struct sk_buff *msg, int attr, u64 value)
{
	return nla_put_u64_64bit(msg, attr, value, KSRTP_A_STATS_PAD);
}

static int ksrtp_put_stats(struct sk_buff *msg, struct ksrtp_session *session,
			   enum ksrtp_direction_id id)
{
	struct ksrtp_direction *direction = ksrtp_direction(session, id);
	u64 rtp_packets = 0, rtp_bytes = 0, rtcp_packets = 0, rtcp_bytes = 0;
	struct ksrtp_stream *stream;
	struct nlattr *nest;
	int cause;

	rcu_read_lock();
	list_for_each_entry_rcu(stream, &session->streams, list) {
		if (stream->id.direction != id)
			continue;
		spin_lock_bh(&stream->lock);
		rtp_packets += stream->rtp_packets;
		rtp_bytes += stream->rtp_bytes;
		rtcp_packets += stream->rtcp_packets;
		rtcp_bytes += stream->rtcp_bytes;
		spin_unlock_bh(&stream->lock);
	}
	rcu_read_unlock();

	nest = nla_nest_start(msg, KSRTP_A_DIRECTION_STATS);
	if (!nest ||
	    ksrtp_put_u64(msg, KSRTP_A_STATS_RTP_PACKETS, rtp_packets) ||
	    ksrtp_put_u64(msg, KSRTP_A_STATS_RTP_BYTES, rtp_bytes) ||
	    ksrtp_put_u64(msg, KSRTP_A_STATS_RTCP_PACKETS, rtcp_packets) ||
	    ksrtp_put_u64(msg, KSRTP_A_STATS_RTCP_BYTES, rtcp_bytes) ||
	    ksrtp_put_u64(msg, KSRTP_A_STATS_PASSED,
			  atomic64_read(&direction->passed)))
		return -EMSGSIZE;
	for (cause = KSRTP_CAUSE_FIRST; cause <= KSRTP_A_STATS_MAX; cause++)
		if (ksrtp_put_u64(msg, cause,
				  atomic64_read(&direction->drops[cause -
						KSRTP_CAUSE_FIRST])))
			return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

static int ksrtp_put_drivers(struct sk_buff *msg, int cipher_attr,
			     int auth_attr, const struct ksrtp_keys *keys)
{
	const char *auth = ksrtp_keys_auth_driver(keys);

	if (nla_put_string(msg, cipher_attr, ksrtp_keys_cipher_driver(keys)))
		return -EMSGSIZE;
	return auth ? nla_put_string(msg, auth_attr, auth) : 0;
}

static int ksrtp_put_direction(struct sk_buff *msg,
			       struct ksrtp_session *session,
			       enum ksrtp_direction_id id)
{
	struct ksrtp_direction *direction = ksrtp_direction(session, id);
	const struct ksrtp_keys *keys;
	struct nlattr *nest;
	int err = 0;

	if (!direction->governed)
		return 0;
	nest = nla_nest_start(msg, id == KSRTP_DIRECTION_SEND ?
			      KSRTP_A_SESSION_SEND : KSRTP_A_SESSION_RECV);
	if (!nest)
		return -EMSGSIZE;
	if (direction->suite && nla_put_u32(msg, KSRTP_A_DIRECTION_SUITE,
					    direction->suite->id))
		return -EMSGSIZE;
	rcu_read_lock();
	keys = rcu_dereference(direction->keys);
	if (nla_put_u32(msg, KSRTP_A_DIRECTION_STATE, keys ?
			KSRTP_STATE_KEYED : KSRTP_STATE_PENDING))
		err = -EMSGSIZE;
	if (!err && keys)
		err = ksrtp_put_drivers(msg, KSRTP_A_DIRECTION_CIPHER_DRIVER,
					KSRTP_A_DIRECTION_AUTH_DRIVER, keys);
	rcu_read_unlock();
	if (err ||
	    nla_put_u32(msg, KSRTP_A_DIRECTION_REPLAY_WINDOW,
			direction->window) ||
	    ksrtp_put_stats(msg, session, id))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

/**
 * ksrtp_message_session() - describe a session
 * @msg: message to add it to
 * @id: header of the message
 * @session: the session
 *
 * Context: process, under the namespace's lock.
 * Return: 0, or -EMSGSIZE with @msg as it was.
 */
int ksrtp_message_session(struct sk_buff *msg,
			  const struct ksrtp_message_id *id,
			  struct ksrtp_session *session)
{
	void *header = genlmsg_put(msg, id->portid, id->seq, &ksrtp_family,
				   id->flags, id->cmd);

	if (!header)
		return -EMSGSIZE;
	if (nla_put_u32(msg, KSRTP_A_SESSION_ID, session->id) ||
	    ksrtp_put_flow(msg, session) ||
	    nla_put_u32(msg, KSRTP_A_SESSION_MAX_STREAMS,
			session->max_streams) ||
	    nla_put_u32(msg, KSRTP_A_SESSION_STREAMS,
			atomic_read(&session->nstreams)) ||
	    ksrtp_put_direction(msg, session, KSRTP_DIRECTION_SEND) ||
	    ksrtp_put_direction(msg, session, KSRTP_DIRECTION_RECV)) {
		genlmsg_cancel(msg, header);
		return -EMSGSIZE;
	}
	genlmsg_end(msg, header);
	return 0;
}

/* A stream's state, taken in one go so that it is of one moment. */
struct ksrtp_stream_snapshot {
	struct ksrtp_replay rtp, rtcp;
	u64 rtp_packets, rtp_bytes, rtcp_packets, rtcp_bytes;
	u8 rtp_seen[KSRTP_REPLAY_WINDOW_MAX / 8];
	u8 rtcp_seen[KSRTP_REPLAY_WINDOW_MAX / 8];
};

static void ksrtp_stream_take(struct ksrtp_stream *stream,
			      struct ksrtp_stream_snapshot *shot)
{
	spin_lock_bh(&stream->lock);
	shot->rtp = stream->rtp;
	shot->rtcp = stream->rtcp;
	shot->rtp_packets = stream->rtp_packets;
	shot->rtp_bytes = stream->rtp_bytes;
	shot->rtcp_packets = stream->rtcp_packets;
	shot->rtcp_bytes = stream->rtcp_bytes;
	if (stream->rtp.started)
		ksrtp_replay_save(&stream->rtp, shot->rtp_seen);
	if (stream->rtcp.started)
		ksrtp_replay_save(&stream->rtcp, shot->rtcp_seen);
	spin_unlock_bh(&stream->lock);
}

static int ksrtp_put_stream(struct sk_buff *msg,
			    const struct ksrtp_stream *stream,
			    const struct ksrtp_stream_snapshot *shot)
{
	unsigned int seen_len = DIV_ROUND_UP(shot->rtp.window, 8);

	if (nla_put_u32(msg, KSRTP_A_STREAM_SESSION_ID, stream->id.session) ||
	    nla_put_u32(msg, KSRTP_A_STREAM_DIRECTION, stream->id.direction) ||
	    nla_put_u32(msg, KSRTP_A_STREAM_SSRC, stream->id.ssrc) ||
	    nla_put_u32(msg, KSRTP_A_STREAM_ROC, shot->rtp.top >> 16) ||
	    nla_put_u32(msg, KSRTP_A_STREAM_REPLAY_WINDOW, shot->rtp.window))
		return -EMSGSIZE;
	if (shot->rtp.started &&
	    (nla_put_u16(msg, KSRTP_A_STREAM_SEQ, shot->rtp.top) ||
	     nla_put(msg, KSRTP_A_STREAM_RTP_REPLAY, seen_len,
		     shot->rtp_seen)))
		return -EMSGSIZE;
	if (shot->rtcp.started &&
	    (nla_put_u32(msg, KSRTP_A_STREAM_SRTCP_INDEX, shot->rtcp.top) ||
	     nla_put(msg, KSRTP_A_STREAM_RTCP_REPLAY, seen_len,
		     shot->rtcp_seen)))
		return -EMSGSIZE;
	if (nla_put_u64_64bit(msg, KSRTP_A_STREAM_RTP_PACKETS,
			      shot->rtp_packets, KSRTP_A_STREAM_PAD) ||
	    nla_put_u64_64bit(msg, KSRTP_A_STREAM_RTP_BYTES,
			      shot->rtp_bytes, KSRTP_A_STREAM_PAD) ||
	    nla_put_u64_64bit(msg, KSRTP_A_STREAM_RTCP_PACKETS,
			      shot->rtcp_packets, KSRTP_A_STREAM_PAD) ||
	    nla_put_u64_64bit(msg, KSRTP_A_STREAM_RTCP_BYTES,
			      shot->rtcp_bytes, KSRTP_A_STREAM_PAD))
		return -EMSGSIZE;
	return 0;
}

/**
 * ksrtp_message_stream() - describe a stream
 * @msg: message to add it to
 * @id: header of the message
 * @stream: the stream
 * @gfp: how to allocate what it takes meanwhile
 *
 * Context: as @gfp says; under rcu_read_lock() or the namespace's lock.
 * Return: 0, or -EMSGSIZE or -ENOMEM with @msg as it was.
 */
int ksrtp_message_stream(struct sk_buff *msg,
			 const struct ksrtp_message_id *id,
			 struct ksrtp_stream *stream, gfp_t gfp)
{
	struct ksrtp_stream_snapshot *shot;
	void *header;
	int err;

	shot = kmalloc(sizeof(*shot), gfp);
	if (!shot)
		return -ENOMEM;
	ksrtp_stream_take(stream, shot);

	header = genlmsg_put(msg, id->portid, id->seq, &ksrtp_family,
			     id->flags, id->cmd);
	err = header ? ksrtp_put_stream(msg, stream, shot) : -EMSGSIZE;
	kfree(shot);
	if (err) {
		genlmsg_cancel(msg, header);
		return err;
	}
	genlmsg_end(msg, header);
	return 0;
}

/**
 * ksrtp_message_suite() - describe a suite
 * @msg: message to add it to
 * @id: header of the message
 * @suite: the suite
 * @keys: keys of that suite, which tell the drivers, or NULL if the kernel
 *	cannot run it
 *
 * Context: process.
 * Return: 0, or -EMSGSIZE with @msg as it was.
 */
int ksrtp_message_suite(struct sk_buff *msg, const struct ksrtp_message_id *id,
			const struct ksrtp_suite *suite,
			const struct ksrtp_keys *keys)
{
	void *header = genlmsg_put(msg, id->portid, id->seq, &ksrtp_family,
				   id->flags, id->cmd);

	if (!header)
		return -EMSGSIZE;
	if (nla_put_u32(msg, KSRTP_A_SUITE_ID, suite->id) ||
	    nla_put_string(msg, KSRTP_A_SUITE_NAME, suite->name) ||
	    nla_put_u32(msg, KSRTP_A_SUITE_KEY_LENGTH, suite->key_len) ||
	    nla_put_u32(msg, KSRTP_A_SUITE_SALT_LENGTH, suite->salt_len) ||
	    nla_put_u32(msg, KSRTP_A_SUITE_RTP_TAG_LENGTH,
			suite->rtp_tag_len) ||
	    nla_put_u32(msg, KSRTP_A_SUITE_RTCP_TAG_LENGTH,
			suite->rtcp_tag_len) ||
	    (suite->dtls_profile &&
	     nla_put_u16(msg, KSRTP_A_SUITE_DTLS_PROFILE,
			 suite->dtls_profile)) ||
	    (keys && ksrtp_put_drivers(msg, KSRTP_A_SUITE_CIPHER_DRIVER,
				       KSRTP_A_SUITE_AUTH_DRIVER, keys))) {
		genlmsg_cancel(msg, header);
		return -EMSGSIZE;
	}
	genlmsg_end(msg, header);
	return 0;
}
