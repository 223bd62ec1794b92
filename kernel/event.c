// SPDX-License-Identifier: GPL-2.0
/* Events. A listener that misses one learns so from its socket (ENOBUFS). */

#include "event.h"
#include "net.h"
#include "netlink/netlink.h"

/* An event is lost: let those who listen know. */
static void ksrtp_event_lose(struct net *net)
{
	genl_set_err(&ksrtp_family, net, 0, KSRTP_NLGRP_EVENTS, -ENOBUFS);
}

/* Begin an event; NULL if nobody listens, or cannot be told. */
static struct sk_buff *ksrtp_event_new(struct net *net, size_t size, gfp_t gfp)
{
	struct sk_buff *msg;

	if (!genl_has_listeners(&ksrtp_family, net, KSRTP_NLGRP_EVENTS))
		return NULL;
	msg = genlmsg_new(size, gfp);
	if (!msg)
		ksrtp_event_lose(net);
	return msg;
}

static void ksrtp_event_send(struct net *net, struct sk_buff *msg, int err,
			     gfp_t gfp)
{
	if (!err) {
		genlmsg_multicast_netns(&ksrtp_family, net, msg, 0,
					KSRTP_NLGRP_EVENTS, gfp);
		return;
	}
	nlmsg_free(msg);
	ksrtp_event_lose(net);
}

/**
 * ksrtp_event_session() - tell of a session made, changed or deleted
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

	msg = ksrtp_event_new(net, KSRTP_MESSAGE_SESSION_SIZE, GFP_KERNEL);
	if (!msg)
		return;
	ksrtp_event_send(net, msg, ksrtp_message_session(msg, &id, session),
			 GFP_KERNEL);
}

/**
 * ksrtp_event_stream() - tell of a stream that is new, or forgotten
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

	msg = ksrtp_event_new(net, KSRTP_MESSAGE_STREAM_SIZE, GFP_ATOMIC);
	if (!msg)
		return;
	ksrtp_event_send(net, msg,
			 ksrtp_message_stream(msg, &id, stream, GFP_ATOMIC),
			 GFP_ATOMIC);
}

/**
 * ksrtp_event_alert() - tell of something that wants attention
 * @net: namespace
 * @info: what it is
 *
 * Context: any, does not sleep.
 */
void ksrtp_event_alert(struct net *net, const struct ksrtp_alert_info *info)
{
	const struct ksrtp_message_id id = { .cmd = KSRTP_CMD_ALERT_NTF };
	struct sk_buff *msg;

	msg = ksrtp_event_new(net, KSRTP_MESSAGE_ALERT_SIZE, GFP_ATOMIC);
	if (!msg)
		return;
	ksrtp_event_send(net, msg, ksrtp_message_alert(msg, &id, info),
			 GFP_ATOMIC);
}
