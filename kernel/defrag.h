/* SPDX-License-Identifier: GPL-2.0 */
/* Reassembly of fragments. */
#ifndef _KSRTP_DEFRAG_H
#define _KSRTP_DEFRAG_H

#include <linux/netfilter.h>
#include <net/ip.h>
#include <net/ipv6.h>

unsigned int ksrtp_defrag_gather(struct sk_buff *skb,
				 const struct nf_hook_state *state, u16 family);

/* Make a packet whole. As ksrtp_defrag_gather(). */
static inline unsigned int ksrtp_defrag(struct sk_buff *skb,
					const struct nf_hook_state *state,
					u16 family)
{
	if (family == AF_INET ? likely(!ip_is_fragment(ip_hdr(skb))) :
				likely(!ipv6_ext_hdr(ipv6_hdr(skb)->nexthdr)))
		return NF_ACCEPT;
	return ksrtp_defrag_gather(skb, state, family);
}

#endif /* _KSRTP_DEFRAG_H */
