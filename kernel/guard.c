// SPDX-License-Identifier: GPL-2.0
/* Packets without a session, which rules may drop. */

#include <linux/skbuff.h>

#include "dns.h"
#include "guard.h"
#include "net.h"
#include "netlink/event.h"
#include "require.h"
#include "udp.h"
#include "wire.h"

/* Read a datagram of unknown type; false if it is not version 2. */
static bool ksrtp_guard_see(const struct sk_buff *skb,
			    const struct ksrtp_udp *udp, u8 *buf,
			    struct ksrtp_sight *sight)
{
	unsigned int offset = udp->offset + sizeof(struct udphdr);
	unsigned int len = udp->len;
	const u8 *data;
	u8 first, last;

	data = len ? skb_header_pointer(skb, offset, 1, &first) : NULL;
	if (!data || *data >> 6 != KSRTP_RTP_VERSION)
		return false;
	sight->len = len;
	sight->there = min_t(unsigned int, len, KSRTP_DNS_QUERY_MAX);
	sight->data = skb_header_pointer(skb, offset, sight->there, buf);
	data = skb_header_pointer(skb, offset + len - 1, 1, &last);
	sight->last = data ? *data : -1;
	return sight->data;
}

/* Report that a rule has dropped a datagram, at a bounded rate. */
static void ksrtp_guard_tell(struct ksrtp_net *kn,
			     struct ksrtp_require *require,
			     enum ksrtp_direction_id id)
{
	const struct ksrtp_alert_info info = {
		.type = KSRTP_ALERT_REQUIRE,
		.direction = id,
		.require = require->id,
		.count = ksrtp_ratelimit_tell(&require->limit),
	};

	if (info.count)
		ksrtp_event_alert(kn->net, &info);
}

/**
 * ksrtp_guard_drop() - drop a packet without a session if a rule says so
 * @skb: the packet, freed if so
 * @kn: its namespace
 * @flow: its flow as seen from this end of the wire
 * @udp: the datagram in it
 * @id: its direction
 *
 * Context: any, does not sleep, under rcu_read_lock().
 * Return: true if it was dropped.
 */
bool ksrtp_guard_drop(struct sk_buff *skb, struct ksrtp_net *kn,
		      const struct ksrtp_flow *flow,
		      const struct ksrtp_udp *udp,
		      enum ksrtp_direction_id id)
{
	struct ksrtp_sight sight __uninitialized;
	u8 buf[KSRTP_DNS_QUERY_MAX] __uninitialized;
	struct ksrtp_require *require;

	if (likely(!READ_ONCE(kn->nrequires)) ||
	    !ksrtp_guard_see(skb, udp, buf, &sight))
		return false;
	require = ksrtp_require_refuses(kn, flow, id, &sight);
	if (!require)
		return false;
	ksrtp_guard_tell(kn, require, id);
	kfree_skb_reason(skb, SKB_DROP_REASON_NETFILTER_DROP);
	return true;
}

/**
 * ksrtp_guard_suspects() - may a rule drop a datagram without a session?
 * @skb: the packet
 * @kn: its namespace
 * @flow: its flow as seen from this end of the wire
 * @udp: the datagram in it, or one of several
 *
 * Context: any, does not sleep, under rcu_read_lock().
 * Return: false if none can.
 */
bool ksrtp_guard_suspects(const struct sk_buff *skb, struct ksrtp_net *kn,
			  const struct ksrtp_flow *flow,
			  const struct ksrtp_udp *udp)
{
	struct ksrtp_sight sight __uninitialized;
	u8 buf[KSRTP_DNS_QUERY_MAX] __uninitialized;

	return READ_ONCE(kn->nrequires) &&
	       ksrtp_guard_see(skb, udp, buf, &sight) &&
	       ksrtp_require_suspects(kn, flow, &sight);
}
