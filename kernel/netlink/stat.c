// SPDX-License-Identifier: GPL-2.0
/* Statistics of a namespace. */

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

/* Build a message with the statistics of a namespace. */
static int ksrtp_message_stat(struct sk_buff *msg,
			      const struct ksrtp_message_id *id,
			      struct ksrtp_net *kn)
{
	struct ksrtp_stats stats[2] = { kn->folded[0], kn->folded[1] };
	struct ksrtp_session *session;
	unsigned long number;
	u32 streams = 0;
	void *header;
	int err;

	xa_for_each(&kn->sessions, number, session) {
		ksrtp_stats_add(&stats[0], session, KSRTP_DIRECTION_SEND);
		ksrtp_stats_add(&stats[1], session, KSRTP_DIRECTION_RECV);
		streams += atomic_read(&session->nstreams);
		cond_resched();
	}
	header = ksrtp_put_header(msg, id);
	err = header ? ksrtp_put_stat(msg, kn, stats, streams) : -EMSGSIZE;
	return ksrtp_message_end(msg, header, err);
}

/**
 * ksrtp_nl_stat_get_doit() - report the statistics of the namespace
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
