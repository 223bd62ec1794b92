// SPDX-License-Identifier: GPL-2.0
/* The namespace as a whole, and alerts from it. */

#include "event.h"
#include "net.h"
#include "stats.h"
#include "netlink/netlink.h"

static int ksrtp_put_stat_u64(struct sk_buff *msg, int attr, u64 value)
{
	return nla_put_u64_64bit(msg, attr, value, KSRTP_A_STAT_PAD);
}

static int ksrtp_put_stat(struct sk_buff *msg, struct ksrtp_net *kn,
			  const struct ksrtp_stats *stats, u32 streams)
{
	if (nla_put_u32(msg, KSRTP_A_STAT_SESSIONS, kn->nsessions) ||
	    nla_put_u32(msg, KSRTP_A_STAT_STREAMS, streams) ||
	    ksrtp_put_stat_u64(msg, KSRTP_A_STAT_STREAM_MEMORY,
			       atomic_long_read(&kn->stream_memory)) ||
	    nla_put_u32(msg, KSRTP_A_STAT_REQUIRES, kn->nrequires) ||
	    ksrtp_put_stat_u64(msg, KSRTP_A_STAT_REQUIRE_DROPS,
			       atomic64_read(&kn->require_drops)) ||
	    ksrtp_put_stats(msg, KSRTP_A_STAT_SEND, &stats[0]) ||
	    ksrtp_put_stats(msg, KSRTP_A_STAT_RECV, &stats[1]))
		return -EMSGSIZE;
	return 0;
}

/* Describe a namespace as a whole. */
static int ksrtp_message_stat(struct sk_buff *msg,
			      const struct ksrtp_message_id *id,
			      struct ksrtp_net *kn)
{
	struct ksrtp_stats stats[2] = { kn->buried[0], kn->buried[1] };
	struct ksrtp_session *session;
	unsigned long number;
	u32 streams = 0;
	void *header;

	xa_for_each(&kn->sessions, number, session) {
		ksrtp_stats_add(&stats[0], session, KSRTP_DIRECTION_SEND);
		ksrtp_stats_add(&stats[1], session, KSRTP_DIRECTION_RECV);
		streams += atomic_read(&session->nstreams);
		cond_resched();
	}
	header = ksrtp_put_header(msg, id);
	if (!header || ksrtp_put_stat(msg, kn, stats, streams)) {
		genlmsg_cancel(msg, header);
		return -EMSGSIZE;
	}
	genlmsg_end(msg, header);
	return 0;
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

static int ksrtp_put_alert(struct sk_buff *msg,
			   const struct ksrtp_alert_info *info)
{
	if (nla_put_u32(msg, KSRTP_A_ALERT_TYPE, info->type) ||
	    ksrtp_put_setting(msg, KSRTP_A_ALERT_SESSION_ID, info->session,
			      0) ||
	    ksrtp_put_setting(msg, KSRTP_A_ALERT_DIRECTION, info->direction,
			      0) ||
	    ksrtp_put_setting(msg, KSRTP_A_ALERT_REQUIRE_ID, info->require, 0))
		return -EMSGSIZE;
	if (info->has_ssrc && nla_put_u32(msg, KSRTP_A_ALERT_SSRC, info->ssrc))
		return -EMSGSIZE;
	if (info->mki_len &&
	    nla_put(msg, KSRTP_A_ALERT_MKI, info->mki_len, info->mki))
		return -EMSGSIZE;
	if (info->rtcp && nla_put_flag(msg, KSRTP_A_ALERT_RTCP))
		return -EMSGSIZE;
	return info->count ? nla_put_u64_64bit(msg, KSRTP_A_ALERT_COUNT,
					       info->count,
					       KSRTP_A_ALERT_PAD) : 0;
}

/**
 * ksrtp_message_alert() - describe something that wants attention
 * @msg: message to add it to
 * @id: header of the message
 * @info: what it is
 *
 * Context: any.
 * Return: 0, or -EMSGSIZE with @msg as it was.
 */
int ksrtp_message_alert(struct sk_buff *msg, const struct ksrtp_message_id *id,
			const struct ksrtp_alert_info *info)
{
	void *header = ksrtp_put_header(msg, id);

	if (!header || ksrtp_put_alert(msg, info)) {
		genlmsg_cancel(msg, header);
		return -EMSGSIZE;
	}
	genlmsg_end(msg, header);
	return 0;
}
