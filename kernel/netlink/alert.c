// SPDX-License-Identifier: GPL-2.0
/* Alerts: events that need attention. */

#include "netlink/event.h"
#include "netlink/netlink.h"

static int ksrtp_put_alert(struct sk_buff *msg,
			   const struct ksrtp_alert_info *info)
{
	if (nla_put_u32(msg, KSRTP_A_ALERT_TYPE, info->type) ||
	    ksrtp_put_setting(msg, KSRTP_A_ALERT_SESSION_ID, info->session,
			      0) ||
	    ksrtp_put_setting(msg, KSRTP_A_ALERT_DIRECTION, info->direction,
			      0) ||
	    ksrtp_put_setting(msg, KSRTP_A_ALERT_REQUIRE_ID, info->require, 0) ||
	    ksrtp_put_setting(msg, KSRTP_A_ALERT_IFINDEX, info->ifindex, 0) ||
	    ksrtp_put_setting(msg, KSRTP_A_ALERT_LEASE_ID, info->lease, 0))
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

/* Build an alert message. */
static int ksrtp_message_alert(struct sk_buff *msg,
			       const struct ksrtp_message_id *id,
			       const struct ksrtp_alert_info *info)
{
	void *header = ksrtp_put_header(msg, id);
	int err = header ? ksrtp_put_alert(msg, info) : -EMSGSIZE;

	return ksrtp_message_end(msg, header, err);
}

/**
 * ksrtp_event_alert() - send an alert
 * @net: namespace
 * @info: contents of the alert
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
