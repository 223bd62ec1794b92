/* SPDX-License-Identifier: GPL-2.0 */
/* Super-packets (GSO): several datagrams of one flow in one sk_buff. */
#ifndef _KSRTP_GSO_H
#define _KSRTP_GSO_H

#include <linux/minmax.h>
#include <linux/skbuff.h>
#include <linux/ksrtp.h>

#include "flow.h"
#include "udp.h"
#include "wire.h"

struct ksrtp_net;
struct ksrtp_node;
struct ksrtp_session;
struct nf_hook_state;

int ksrtp_gso_process(struct sk_buff *skb, const struct nf_hook_state *state,
		      const struct ksrtp_node *node,
		      enum ksrtp_direction_id id, struct ksrtp_udp *udp,
		      const struct ksrtp_flow *flow);

bool ksrtp_gso_all(const struct sk_buff *skb, const struct ksrtp_udp *udp,
		   enum ksrtp_flow_kind kind, enum ksrtp_wire_class class);

/* Gets a part of a super-packet, and takes it. */
typedef void ksrtp_gso_each(struct sk_buff *skb, struct ksrtp_udp *udp,
			    void *data);

void ksrtp_gso_split(struct sk_buff *skb, u16 family,
		     struct ksrtp_session *session, enum ksrtp_direction_id id,
		     ksrtp_gso_each *each, void *data);
unsigned int ksrtp_gso_segment(struct sk_buff *skb, struct ksrtp_net *kn,
			       const struct nf_hook_state *state,
			       const struct ksrtp_flow *flow,
			       const struct ksrtp_node *node,
			       enum ksrtp_direction_id id,
			       struct ksrtp_udp *whole);
bool ksrtp_gso_mixed(const struct sk_buff *skb, struct ksrtp_net *kn,
		     const struct ksrtp_flow *flow, const struct ksrtp_udp *udp,
		     enum ksrtp_direction_id id);

/* Does a packet hold several datagrams? */
static inline bool ksrtp_gso_is(const struct sk_buff *skb)
{
	return skb_is_gso(skb) && !(skb_shinfo(skb)->gso_type & SKB_GSO_UDP);
}

/*
 * Distance between two datagrams of a super-packet. Tunneled or encrypted
 * packets are segmented behind common inner headers, so for the outer UDP they
 * are one.
 */
static inline unsigned int ksrtp_gso_stride(const struct sk_buff *skb,
					    const struct ksrtp_udp *udp)
{
	unsigned int type = skb_shinfo(skb)->gso_type;

	return type & SKB_GSO_UDP_L4 && !skb->encapsulation &&
	       !(type & (SKB_GSO_UDP_TUNNEL | SKB_GSO_UDP_TUNNEL_CSUM)) ?
	       skb_shinfo(skb)->gso_size : udp->len;
}

/*
 * The first datagram of a super-packet; false if there is none. Only its
 * payload is valid: headers are not repeated in each segment.
 */
static inline bool ksrtp_gso_first(const struct sk_buff *skb,
				   const struct ksrtp_udp *udp,
				   struct ksrtp_udp *one)
{
	*one = *udp;
	one->len = min(ksrtp_gso_stride(skb, udp), udp->len);
	return one->len;
}

/* The next datagram; false if there is none. */
static inline bool ksrtp_gso_next(const struct sk_buff *skb,
				  const struct ksrtp_udp *udp,
				  struct ksrtp_udp *one)
{
	one->offset += one->len;
	one->len = min(ksrtp_gso_stride(skb, udp),
		       udp->offset + udp->len - one->offset);
	return one->len;
}

#endif /* _KSRTP_GSO_H */
