// SPDX-License-Identifier: GPL-2.0
/*
 * IPv6 routing headers: where a packet is bound for in the end, which is what its
 * session and its checksum go by. Its first segments are but places on the way,
 * and at the last of them, if that is this host, a packet arrives without having
 * been received anew.
 */

#include <linux/string.h>
#include <net/ipv6.h>
#include <net/lwtunnel.h>

#include "routing.h"

/* Both kinds have addresses, from the last to the first or vice versa, behind: */
#define KSRTP_ROUTING_HEADER_LEN	8

/**
 * struct ksrtp_routing - what the two kinds of routing headers begin with
 * @nexthdr: kind of what follows
 * @hdrlen: length in units of 8 bytes, the first not counted
 * @type: IPV6_SRCRT_TYPE_*
 * @segments_left: segments to come
 * @compressed: of RPL, how many of an address' first bytes are left out; those
 *	of the last in the lower half
 * @padding: of RPL, bytes behind the last address, in the upper half
 */
struct ksrtp_routing {
	u8 nexthdr;
	u8 hdrlen;
	u8 type;
	u8 segments_left;
	u8 compressed;
	u8 padding;
};

/* Read the last of the addresses; false if it is not there. RFC 8754, section 2. */
static bool ksrtp_routing_last(const struct sk_buff *skb, unsigned int at,
			       const struct ksrtp_routing *header,
			       struct in6_addr *last)
{
	return header->hdrlen * 8 >= sizeof(*last) &&
	       !skb_copy_bits(skb, at + KSRTP_ROUTING_HEADER_LEN, last,
			      sizeof(*last));
}

/* Likewise, of RPL, where it may be shortened. RFC 6554, section 3. */
static bool ksrtp_routing_last_rpl(const struct sk_buff *skb, unsigned int at,
				   const struct ksrtp_routing *header,
				   struct in6_addr *last)
{
	unsigned int same = header->compressed & 0xf;
	unsigned int behind = (header->padding >> 4) + sizeof(*last) - same;

	if (header->hdrlen * 8 < behind)
		return false;
	at += KSRTP_ROUTING_HEADER_LEN + header->hdrlen * 8 - behind;
	return !skb_copy_bits(skb, at, last->s6_addr + same,
			      sizeof(*last) - same);
}

/*
 * Was a packet shown to us before it got its header? The kernel does so on the
 * way out if it is told to, for good: net.netfilter.nf_hooks_lwtunnel.
 */
static bool ksrtp_routing_shown_before(enum ksrtp_direction_id id)
{
#if IS_ENABLED(CONFIG_LWTUNNEL)
	return id == KSRTP_DIRECTION_SEND &&
	       static_branch_unlikely(&nf_hooks_lwtunnel_enabled);
#else
	return false;
#endif
}

/**
 * ksrtp_routing_follow() - find out where a packet is bound for
 * @skb: the packet
 * @udp: its datagram, with a routing header before it; the destination is
 *	updated, unless it cannot be told
 * @id: direction
 *
 * Context: any. Does not change the packet.
 */
void ksrtp_routing_follow(const struct sk_buff *skb, struct ksrtp_udp *udp,
			  enum ksrtp_direction_id id)
{
	struct in6_addr last = udp->dest;
	struct ksrtp_routing header;
	bool found = false;

	if (skb_copy_bits(skb, udp->routing, &header, sizeof(header)))
		return;
	switch (header.type) {
	case IPV6_SRCRT_TYPE_3:
		found = ksrtp_routing_last_rpl(skb, udp->routing, &header,
					       &last);
		break;
	case IPV6_SRCRT_TYPE_4:
		found = !ksrtp_routing_shown_before(id) &&
			ksrtp_routing_last(skb, udp->routing, &header, &last);
		break;
	}
	if (found) {
		udp->dest = last;
		udp->routing = 0;
	}
}
