/* SPDX-License-Identifier: GPL-2.0 */
/* Path MTU messages, for senders whose packets we protect. */
#ifndef _KSRTP_PMTU_H
#define _KSRTP_PMTU_H

#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netfilter.h>
#include <net/ipv6.h>

#include "flow.h"
#include "icmp.h"
#include "udp.h"
#include "wire.h"

struct ksrtp_net;

/**
 * struct ksrtp_pmtu - a path MTU message
 * @icmp: its layout
 * @udp: the quoted datagram, as far as quoted, as its sender sent it, before
 *	source NAT; @room is set when its session is found
 * @flow: its flow on the wire, seen from this end
 * @mtu: the reported MTU, in bytes
 */
struct ksrtp_pmtu {
	struct ksrtp_icmp icmp;
	struct ksrtp_udp udp;
	struct ksrtp_flow flow;
	unsigned int mtu;
};

bool ksrtp_pmtu_ours(const struct sk_buff *skb, struct ksrtp_net *kn,
		     const struct nf_hook_state *state, u16 family,
		     struct ksrtp_pmtu *pmtu);
void ksrtp_pmtu_lessen(struct sk_buff *skb, const struct nf_hook_state *state,
		       const struct ksrtp_pmtu *pmtu);
bool ksrtp_pmtu_deliver(struct sk_buff *skb, const struct nf_hook_state *state,
			const struct ksrtp_pmtu *pmtu);

/* Cheap test first: nearly all packets are not ICMP. */
static inline bool ksrtp_pmtu_possible(const struct sk_buff *skb, u16 family)
{
	u8 nexthdr;

	if (family == AF_INET)
		return ip_hdr(skb)->protocol == IPPROTO_ICMP;
	nexthdr = ipv6_hdr(skb)->nexthdr;
	return nexthdr == IPPROTO_ICMPV6 ||
	       (nexthdr != IPPROTO_UDP && ipv6_ext_hdr(nexthdr));
}

#endif /* _KSRTP_PMTU_H */
