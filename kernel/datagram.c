// SPDX-License-Identifier: GPL-2.0
/* One datagram of a session, sent or received. */

#include "datagram.h"
#include "mtu.h"
#include "relay.h"
#include "transit.h"
#include "verdict.h"

/**
 * ksrtp_datagram_relay() - relay a datagram that was received, if its session does
 * @skb: the packet, exclusively owned, unprotected
 * @state: hook state
 * @node: the session's node that matched the packet
 * @udp: the datagram in @skb
 *
 * Context: under rcu_read_lock(), does not sleep.
 * Return: 0 if the packet may continue, or the cause to drop it for.
 */
int ksrtp_datagram_relay(struct sk_buff *skb, const struct nf_hook_state *state,
			 const struct ksrtp_node *node, struct ksrtp_udp *udp)
{
	struct ksrtp_session *session = ksrtp_node_session(node);
	enum ksrtp_wire_class class;
	u8 buf[KSRTP_PEEK_LEN];
	const u8 *start;

	if (!static_branch_unlikely(&ksrtp_relay_wanted) ||
	    !rcu_access_pointer(session->relays))
		return 0;
	class = ksrtp_packet_peek(skb, udp, node->kind, buf, &start);
	if (class == KSRTP_WIRE_OTHER)
		return 0;
	/* only what was authentic */
	if (!ksrtp_direction_configured(session, KSRTP_DIRECTION_RECV))
		return KSRTP_A_STATS_DROP_NO_KEY;
	return ksrtp_transit_receive(skb, state, session,
				     class == KSRTP_WIRE_RTCP, udp);
}

/**
 * ksrtp_datagram_finish() - process a datagram outside of its hook, and end it
 * @skb: the packet, exclusively owned; resumed or freed
 * @state: hook state
 * @node: the session's node that matched the packet
 * @id: direction: send protects, receive unprotects
 * @udp: the datagram in @skb
 * @told: its sender was told that packets are too big; updated
 *
 * Context: under rcu_read_lock(), does not sleep.
 */
void ksrtp_datagram_finish(struct sk_buff *skb,
			   const struct nf_hook_state *state,
			   const struct ksrtp_node *node,
			   enum ksrtp_direction_id id, struct ksrtp_udp *udp,
			   bool *told)
{
	int ret = ksrtp_datagram(skb, state, node, id, udp);

	if (!ret && id == KSRTP_DIRECTION_RECV)
		ret = ksrtp_datagram_relay(skb, state, node, udp);
	if (!ret) {
		ksrtp_verdict_resume(skb, state);
		return;
	}
	if (ret == KSRTP_A_STATS_DROP_TOO_BIG &&
	    ksrtp_verdict_hand_up(skb, state))
		return;
	if (ret == KSRTP_A_STATS_DROP_TOO_BIG && !*told) {
		*told = true;
		ksrtp_mtu_tell(skb, state, udp);
	}
	if (ret > 0)
		ksrtp_verdict_drop(skb, ksrtp_node_session(node), id, ret);
}
