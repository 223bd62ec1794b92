/* SPDX-License-Identifier: GPL-2.0 */
/* Relayed packets: their new addresses, routes and marks. */
#ifndef _KSRTP_TRANSIT_H
#define _KSRTP_TRANSIT_H

#include <linux/netfilter.h>
#include <linux/skbuff.h>
#include <linux/types.h>

#include "relay.h"

struct ksrtp_session;
struct ksrtp_udp;
struct ksrtp_udp_ends;

/**
 * enum ksrtp_transit - what was done to a relayed packet, until its next hook
 * @KSRTP_TRANSIT_ARRIVED: it is authentic, and on its way to this host
 * @KSRTP_TRANSIT_PROTECTED: it is protected, and on its way out
 *
 * Flags beside IP's own in a packet's control block, which IP clears when it receives
 * a packet, and keeps until POST_ROUTING.
 */
enum ksrtp_transit {
	KSRTP_TRANSIT_ARRIVED = BIT(14),
	KSRTP_TRANSIT_PROTECTED = BIT(15),
};

bool ksrtp_transit_is(const struct sk_buff *skb, u16 family,
		      enum ksrtp_transit mark);
void ksrtp_transit_unmark(struct sk_buff *skb, u16 family,
			  enum ksrtp_transit mark);
bool ksrtp_transit_local(struct net *net, u16 family,
			 const struct in6_addr *address);
int ksrtp_transit_receive(struct sk_buff *skb,
			  const struct nf_hook_state *state,
			  const struct ksrtp_session *session, bool rtcp,
			  struct ksrtp_udp *udp);
int ksrtp_transit_deliver(struct sk_buff *skb,
			  const struct ksrtp_relays *relays, bool rtcp,
			  struct ksrtp_udp *udp);
int ksrtp_transit_send(struct sk_buff *skb, const struct nf_hook_state *state,
		       const struct ksrtp_udp_ends *ends,
		       struct ksrtp_udp *udp);

#endif /* _KSRTP_TRANSIT_H */
