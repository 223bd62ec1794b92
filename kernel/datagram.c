// SPDX-License-Identifier: GPL-2.0
/* One datagram of a session, sent or received. */

#include "datagram.h"
#include "mtu.h"
#include "verdict.h"

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
