// SPDX-License-Identifier: GPL-2.0
/*
 * IPv6 routing headers: the final destination of a packet, which determines its
 * session and its checksum. The other segments are only intermediate hops. If
 * the last but one of them is this host, the packet continues to the last
 * without being received again.
 *
 * Anybody on the wire can add such a header to a packet. So a received packet
 * is matched by what it becomes at this host only, not by what it might become
 * later elsewhere: otherwise it would be unprotected and sent there.
 */

#include <linux/string.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/lwtunnel.h>

#include "udp.h"

/* In both kinds, addresses follow behind this many bytes. */
#define KSRTP_ROUTING_HEADER_LEN	8

/**
 * struct ksrtp_routing - common start of the two kinds of routing headers
 * @nexthdr: type of the next header
 * @hdrlen: length in units of 8 bytes, the first not counted
 * @type: IPV6_SRCRT_TYPE_*
 * @segments_left: remaining segments
 * @compressed: for RPL, number of leading address bytes left out; of the last
 *	address in the lower half
 * @padding: for RPL, bytes behind the last address, in the upper half
 */
struct ksrtp_routing {
	u8 nexthdr;
	u8 hdrlen;
	u8 type;
	u8 segments_left;
	u8 compressed;
	u8 padding;
};

/*
 * Find the last routing header with segments left, which has the final
 * destination. @at is the offset of the first one, and is updated. Returns the
 * number of such headers, 0 if they cannot be read.
 */
static unsigned int ksrtp_routing_find(const struct sk_buff *skb,
				       const struct ksrtp_udp *udp,
				       unsigned int *at,
				       struct ksrtp_routing *found)
{
	u8 nexthdr = NEXTHDR_ROUTING;
	unsigned int here = *at, n = 0;
	struct ksrtp_routing header;

	while (here < udp->offset) {
		if (skb_copy_bits(skb, here, &header, sizeof(header)))
			return 0;
		if (nexthdr == NEXTHDR_ROUTING && header.segments_left) {
			*found = header;
			*at = here;
			n++;
		}
		here += 8;
		if (nexthdr != NEXTHDR_FRAGMENT)
			here += header.hdrlen * 8;
		nexthdr = header.nexthdr;
	}
	return n;
}

/* Read the last address; false if there is none. RFC 8754, section 2. */
static bool ksrtp_routing_last(const struct sk_buff *skb, unsigned int at,
			       const struct ksrtp_routing *header,
			       struct in6_addr *last)
{
	return header->hdrlen * 8 >= sizeof(*last) &&
	       !skb_copy_bits(skb, at + KSRTP_ROUTING_HEADER_LEN, last,
			      sizeof(*last));
}

/* The same for RPL, where it may be compressed. RFC 6554, section 3. */
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
 * May the hook run before a packet gets its header? On output it does once this
 * has been enabled: net.netfilter.nf_hooks_lwtunnel, which cannot be turned off
 * again.
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

/* Is an address local, so that a packet to it arrives here? */
static bool ksrtp_routing_is_here(const struct sk_buff *skb,
				  const struct nf_hook_state *state,
				  const struct ksrtp_udp *udp,
				  const struct in6_addr *addr)
{
	struct flowi6 fl6 = {
		.flowi6_iif = state->in->ifindex,
		.flowi6_mark = skb->mark,
		.flowi6_proto = IPPROTO_UDP,
		.saddr = udp->source,
		.daddr = *addr,
	};
	struct dst_entry *dst = ip6_route_lookup(state->net, &fl6, skb, 0);
	struct rt6_info *rt = container_of(dst, struct rt6_info, dst);
	bool here = !dst->error && rt->rt6i_flags & (RTF_LOCAL | RTF_ANYCAST);

	dst_release(dst);
	return here;
}

/* Read the next address, which is not the last; false if there is none. */
static bool ksrtp_routing_next(const struct sk_buff *skb, unsigned int at,
			       const struct ksrtp_routing *header,
			       struct in6_addr *next)
{
	unsigned int same = 0, size = sizeof(*next), n, behind;

	at += KSRTP_ROUTING_HEADER_LEN;
	if (header->type == IPV6_SRCRT_TYPE_4) {
		at += (header->segments_left - 1) * size;
	} else {
		same = header->compressed >> 4;
		size -= same;
		behind = (header->padding >> 4) + sizeof(*next) -
			 (header->compressed & 0xf);
		n = (header->hdrlen * 8 - min(behind, header->hdrlen * 8U)) /
		    size + 1;
		if (header->segments_left > n)
			return false;
		at += (n - header->segments_left) * size;
	}
	return !skb_copy_bits(skb, at, next->s6_addr + same, size);
}

/* Set the destination to the last segment, if it is known. */
static void ksrtp_routing_set(const struct sk_buff *skb, struct ksrtp_udp *udp,
			      unsigned int at,
			      const struct ksrtp_routing *header,
			      enum ksrtp_direction_id id)
{
	struct in6_addr last = udp->dest;
	bool found = false;

	switch (header->type) {
	case IPV6_SRCRT_TYPE_3:
		found = ksrtp_routing_last_rpl(skb, at, header, &last);
		break;
	case IPV6_SRCRT_TYPE_4:
		found = !ksrtp_routing_shown_before(id) &&
			ksrtp_routing_last(skb, at, header, &last);
		break;
	}
	if (found) {
		udp->dest = last;
		udp->routing = 0;
	}
}

/**
 * ksrtp_routing_follow() - find the destination of a packet with a routing
 *	header
 * @skb: the packet
 * @state: hook state
 * @udp: its datagram; the destination is updated: on receive to the next hop
 *	after this host, on send to the final one, unless it cannot be
 *	determined
 * @id: direction
 *
 * No honest sender routes a packet through this host several times, by several
 * headers or segments: it could choose which destination is looked at.
 *
 * Context: any, under rcu_read_lock(). Does not change the packet.
 * Return: false if the packet has to be dropped.
 */
bool ksrtp_routing_follow(const struct sk_buff *skb,
			  const struct nf_hook_state *state,
			  struct ksrtp_udp *udp, enum ksrtp_direction_id id)
{
	struct ksrtp_routing header;
	struct in6_addr next = udp->dest;
	unsigned int at = udp->routing;
	unsigned int n = ksrtp_routing_find(skb, udp, &at, &header);

	if (id == KSRTP_DIRECTION_RECV) {
		/* forwarded packets stay protected */
		if (!ksrtp_routing_is_here(skb, state, udp, &udp->dest))
			return true;
		if (n != 1)
			return false;
		if (header.segments_left > 1)
			return ksrtp_routing_next(skb, at, &header, &next) &&
			       !ksrtp_routing_is_here(skb, state, udp, &next);
	}
	if (n)
		ksrtp_routing_set(skb, udp, at, &header, id);
	return true;
}
