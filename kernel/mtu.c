// SPDX-License-Identifier: GPL-2.0
/* Growth past the MTU: told to the sender before anything is spent on it. */

#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <net/icmp.h>
#include <net/ip.h>
#include <net/ip6_route.h>

#include "mtu.h"

/**
 * ksrtp_mtu_exceeded() - will a packet, once protected, be too big?
 * @skb: the packet before protection
 * @state: what the hook was told
 * @udp: the datagram in @skb
 * @overhead: bytes that protection adds
 *
 * What may be fragmented is left to the output path. For the rest the sender
 * is told, by ICMP, how much of the MTU protection leaves for it, as it would
 * be told of a smaller MTU on the way: RFC 1191, RFC 8201.
 *
 * Context: any, does not sleep.
 * Return: true if the packet cannot be sent.
 */
bool ksrtp_mtu_exceeded(struct sk_buff *skb, const struct nf_hook_state *state,
			const struct ksrtp_udp *udp, unsigned int overhead)
{
	/* as make_writable() will leave it: nothing behind the datagram */
	unsigned int len = udp->offset - skb_network_offset(skb) +
			   sizeof(struct udphdr) + udp->len + overhead;
	unsigned int mtu;

	if (len > IP_MAX_MTU)
		return true;
	/* nobody who would fragment it, or report */
	if (!skb_dst(skb) || skb->ignore_df)
		return false;

	if (udp->family == AF_INET) {
		if (!(ip_hdr(skb)->frag_off & htons(IP_DF)))
			return false;
		mtu = ip_skb_dst_mtu(state->sk, skb);
		if (len <= mtu)
			return false;
		icmp_send(skb, ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED,
			  htonl(max_t(int, mtu - overhead, IPV4_MIN_MTU)));
	} else {
		mtu = ip6_skb_dst_mtu(skb);
		if (len <= mtu)
			return false;
		icmpv6_send(skb, ICMPV6_PKT_TOOBIG, 0,
			    max_t(int, mtu - overhead, IPV6_MIN_MTU));
	}
	return true;
}
