/* SPDX-License-Identifier: GPL-2.0 */
/* One datagram of a session, sent or received. */
#ifndef _KSRTP_DATAGRAM_H
#define _KSRTP_DATAGRAM_H

#include "packet.h"

/* As ksrtp_send() and ksrtp_receive(). */
static inline int ksrtp_datagram(struct sk_buff *skb,
				 const struct nf_hook_state *state,
				 const struct ksrtp_node *node,
				 enum ksrtp_direction_id id,
				 struct ksrtp_udp *udp)
{
	return id == KSRTP_DIRECTION_SEND ?
	       ksrtp_send(skb, state, node, udp) :
	       ksrtp_receive(skb, state, node, udp);
}

int ksrtp_datagram_relay(struct sk_buff *skb, const struct nf_hook_state *state,
			 const struct ksrtp_node *node, struct ksrtp_udp *udp);
void ksrtp_datagram_finish(struct sk_buff *skb,
			   const struct nf_hook_state *state,
			   const struct ksrtp_node *node,
			   enum ksrtp_direction_id id, struct ksrtp_udp *udp,
			   bool *told);

#endif /* _KSRTP_DATAGRAM_H */
