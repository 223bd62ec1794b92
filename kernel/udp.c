// SPDX-License-Identifier: GPL-2.0
/*
 * UDP datagrams in sk_buffs of any form: linear or not, cloned, shared, with
 * their checksum in any state.
 */

#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/udp.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>
#include <net/ipv6.h>
#include <net/route.h>

#include "compat.h"
#include "udp.h"

/* In words as large as they are read in: this forwards the stores. */
static __always_inline
void ksrtp_udp_set_ipv4(struct in6_addr *to, __be32 address)
{
	u64 word = (__force u32)address;

	if (IS_ENABLED(CONFIG_CPU_BIG_ENDIAN))
		word <<= 32;
	put_unaligned(word, (u64 *)to);
	put_unaligned(0ULL, (u64 *)to + 1);
}

/* Both return as ksrtp_udp_parse(). */

static __always_inline
int ksrtp_udp_parse_ipv4(struct sk_buff *skb, struct ksrtp_udp *udp)
{
	const struct iphdr *iph = ip_hdr(skb);

	if (iph->protocol != IPPROTO_UDP)
		return 0;
	/* only the first fragment has ports */
	if (iph->frag_off & htons(IP_OFFSET))
		return 0;
	udp->fragment = ip_is_fragment(iph);
	udp->offset = skb_network_offset(skb) + 4 * iph->ihl;
	ksrtp_udp_set_ipv4(&udp->source, iph->saddr);
	ksrtp_udp_set_ipv4(&udp->dest, iph->daddr);
	udp->routing = 0;
	return 1;
}

static int ksrtp_udp_parse_ipv6(struct sk_buff *skb, struct ksrtp_udp *udp)
{
	const struct ipv6hdr *ip6h = ipv6_hdr(skb);
	unsigned int offset = 0, routing = 0;
	int skip_done = IP6_FH_F_SKIP_RH;
	unsigned short frag_off;
	/* stop at an authentication header: the rest is IPsec's, as with IPv4 */
	int found, flags = IP6_FH_F_AUTH;

	if (ip6h->nexthdr == IPPROTO_UDP) {
		udp->offset = skb_network_offset(skb) + sizeof(*ip6h);
		udp->fragment = false;
		udp->routing = 0;
	} else {
		/* this limits the number of headers that are read */
		found = ipv6_find_hdr(skb, &offset, -1, &frag_off, &flags);
		if (found != IPPROTO_UDP)
			return found == -EBADMSG ? found : 0;
		/* only the first fragment has ports */
		if (frag_off)
			return 0;
		udp->offset = offset;
		udp->fragment = flags & IP6_FH_F_FRAG;
		if (ipv6_find_hdr(skb, &routing, NEXTHDR_ROUTING, NULL,
				  &skip_done) < 0)
			routing = 0;
		udp->routing = routing;
	}
	udp->source = ip6h->saddr;
	udp->dest = ip6h->daddr;
	return 1;
}

/**
 * ksrtp_udp_parse() - find the UDP datagram in a packet
 * @skb: packet with its network header set, and that header linear
 * @family: AF_INET or AF_INET6
 * @udp: filled in
 *
 * Context: any. Does not change the packet.
 * Return: 1 if the packet carries UDP, and its ports; 0 if not; -EBADMSG if its
 * cannot be parsed.
 */
__always_inline
int ksrtp_udp_parse(struct sk_buff *skb, u16 family, struct ksrtp_udp *udp)
{
	const struct udphdr *uh;
	struct udphdr header;
	unsigned int there;
	int found;

	found = family == AF_INET ? ksrtp_udp_parse_ipv4(skb, udp) :
				    ksrtp_udp_parse_ipv6(skb, udp);
	if (found <= 0)
		return found;
	uh = skb_header_pointer(skb, udp->offset, sizeof(header), &header);
	if (!uh)
		return 0;
	udp->family = family;
	/* both at once, as for the addresses */
	static_assert(offsetof(struct ksrtp_udp, dest_port) ==
		      offsetof(struct ksrtp_udp, source_port) + sizeof(uh->source));
	put_unaligned(get_unaligned((u32 *)uh), (u32 *)&udp->source_port);

	there = skb->len - udp->offset;
	udp->bad_len = ntohs(uh->len) < sizeof(header) ||
		       ntohs(uh->len) > there;
	udp->len = (udp->bad_len ? there : ntohs(uh->len)) - sizeof(header);
	return 1;
}

/* Folded sum of the pseudo header, for CHECKSUM_PARTIAL. */
static __always_inline
__sum16 ksrtp_udp_pseudo(const struct sk_buff *skb,
			 const struct ksrtp_udp *udp)
{
	unsigned int len = udp->len + sizeof(struct udphdr);

	/*
	 * The checksum is for the final destination. If it is right, the pseudo
	 * header is what the other bytes lack.
	 */
	if (udp->routing)
		return csum_fold(csum_partial(skb->data + udp->offset, len, 0));
	if (udp->family == AF_INET)
		return ~csum_tcpudp_magic(udp->source.s6_addr32[0],
					  udp->dest.s6_addr32[0], len,
					  IPPROTO_UDP, 0);
	return ~csum_ipv6_magic(&udp->source, &udp->dest, len, IPPROTO_UDP, 0);
}

/**
 * ksrtp_udp_twice() - may the stack pass a packet through our hook twice?
 * @skb: the packet, on its way out
 * @udp: the datagram in it
 *
 * IPv4 multicast with listeners on the sender's host, and broadcasts, pass once
 * to be looped back and once for the wire. Routed multicast of both families
 * passes once for each interface.
 *
 * Context: any.
 * Return: true if so.
 */
bool ksrtp_udp_twice(const struct sk_buff *skb, const struct ksrtp_udp *udp)
{
	if (udp->family == AF_INET6)
		return ipv6_addr_is_multicast(&udp->dest);
	return ipv4_is_multicast(udp->dest.s6_addr32[0]) ||
	       (skb_dst(skb) && skb_rtable(skb)->rt_flags & RTCF_BROADCAST);
}

/**
 * ksrtp_udp_verify() - verify a UDP checksum
 * @skb: the packet, not a super-packet
 * @udp: its datagram
 *
 * Context: any.
 * Return: false if the checksum is known to be wrong.
 */
bool ksrtp_udp_verify(const struct sk_buff *skb, const struct ksrtp_udp *udp)
{
	unsigned int len = udp->len + sizeof(struct udphdr);
	const struct udphdr *uh;
	struct udphdr header;
	__wsum sum;

	if (udp->routing)
		return true;
	uh = skb_header_pointer(skb, udp->offset, sizeof(header), &header);
	if (!uh || !uh->check)
		return true;
	sum = skb_checksum(skb, udp->offset, len, 0);
	if (udp->family == AF_INET)
		return !csum_tcpudp_magic(udp->source.s6_addr32[0],
					  udp->dest.s6_addr32[0], len,
					  IPPROTO_UDP, sum);
	return !csum_ipv6_magic(&udp->source, &udp->dest, len, IPPROTO_UDP,
				sum);
}

/**
 * ksrtp_udp_make_writable() - make a packet linear and private, with room
 * @skb: packet, exclusively owned
 * @udp: its datagram
 * @room: bytes by which the datagram will grow
 *
 * Page fragments may belong to a file or to another process (sendfile, splice,
 * MSG_ZEROCOPY), so they are copied, never written. Bytes behind the datagram
 * are cut off.
 *
 * Context: any, does not sleep. Pointers into the packet become stale.
 * Return: 0 or -ENOMEM, with the packet's bytes unchanged.
 */
__always_inline
int ksrtp_udp_make_writable(struct sk_buff *skb, const struct ksrtp_udp *udp,
			    unsigned int room)
{
	unsigned int end = udp->offset + sizeof(struct udphdr) + udp->len;
	unsigned int tail;

	if (!pskb_may_pull(skb, skb->len))
		return -ENOMEM;
	tail = skb->len - end + skb_tailroom(skb);
	if (skb_cloned(skb) || tail < room) {
		if (pskb_expand_head(skb, 0, tail < room ? room - tail : 0,
				     GFP_ATOMIC))
			return -ENOMEM;
	}
	if (skb->len > end)
		__skb_trim(skb, end);
	return 0;
}

/**
 * ksrtp_udp_defer_checksum() - leave the checksum to the device or to a socket
 * @skb: packet prepared by ksrtp_udp_make_writable()
 * @udp: its datagram, with its payload not changed yet
 *
 * Checksums become CHECKSUM_PARTIAL: computed when the packet leaves the host,
 * by the device if it can, and accepted by a local socket, since the
 * authentication tag has proved more on receive than a checksum could. A
 * datagram without a checksum stays without.
 *
 * Context: any.
 */
__always_inline
void ksrtp_udp_defer_checksum(struct sk_buff *skb, const struct ksrtp_udp *udp)
{
	struct udphdr *uh = (void *)(skb->data + udp->offset);

	if (!uh->check) {
		skb->ip_summed = CHECKSUM_NONE;
		return;
	}
	uh->check = ksrtp_udp_pseudo(skb, udp);
	skb->csum_start = skb_headroom(skb) + udp->offset;
	skb->csum_offset = offsetof(struct udphdr, check);
	skb->ip_summed = CHECKSUM_PARTIAL;
}

/**
 * ksrtp_udp_resize() - change the length of a datagram
 * @skb: packet prepared by ksrtp_udp_make_writable() with enough room, and by
 *	ksrtp_udp_prepare_checksum()
 * @udp: its datagram, updated
 * @len: new length of the payload in bytes; the packet stays below 64 KiB
 *
 * Updates the lengths in all headers, and the checksums incrementally.
 *
 * Context: any.
 */
__always_inline
void ksrtp_udp_resize(struct sk_buff *skb, struct ksrtp_udp *udp,
		      unsigned int len)
{
	struct udphdr *uh = (void *)(skb->data + udp->offset);
	__be16 udp_len = htons(len + sizeof(*uh));
	struct iphdr *iph = ip_hdr(skb);
	__be16 tot_len;

	if (len > udp->len)
		__skb_put(skb, len - udp->len);
	else
		__skb_trim(skb, skb->len - (udp->len - len));
	udp->len = len;

	/* the pseudo header includes the length */
	if (skb->ip_summed == CHECKSUM_PARTIAL)
		uh->check = csum16_add(csum16_sub(uh->check, uh->len), udp_len);
	uh->len = udp_len;

	if (udp->family == AF_INET) {
		tot_len = htons(skb->len - skb_network_offset(skb));
		csum_replace2(&iph->check, iph->tot_len, tot_len);
		iph->tot_len = tot_len;
	} else {
		ipv6_hdr(skb)->payload_len =
			htons(skb->len - skb_network_offset(skb) -
			      sizeof(struct ipv6hdr));
	}
}

static void ksrtp_udp_readdress_ipv4(struct sk_buff *skb, struct udphdr *uh,
				     const struct ksrtp_udp_ends *ends)
{
	__be32 source = ends->source.s6_addr32[0];
	__be32 dest = ends->dest.s6_addr32[0];
	struct iphdr *iph = ip_hdr(skb);

	if (uh->check || skb->ip_summed == CHECKSUM_PARTIAL) {
		inet_proto_csum_replace4(&uh->check, skb, iph->saddr, source,
					 true);
		inet_proto_csum_replace4(&uh->check, skb, iph->daddr, dest,
					 true);
	}
	csum_replace4(&iph->check, iph->saddr, source);
	csum_replace4(&iph->check, iph->daddr, dest);
	iph->saddr = source;
	iph->daddr = dest;
}

static void ksrtp_udp_readdress_ipv6(struct sk_buff *skb, struct udphdr *uh,
				     const struct ksrtp_udp_ends *ends)
{
	struct ipv6hdr *ip6h = ipv6_hdr(skb);

	if (uh->check || skb->ip_summed == CHECKSUM_PARTIAL) {
		inet_proto_csum_replace16(&uh->check, skb,
					  ip6h->saddr.s6_addr32,
					  ends->source.s6_addr32, true);
		inet_proto_csum_replace16(&uh->check, skb,
					  ip6h->daddr.s6_addr32,
					  ends->dest.s6_addr32, true);
	}
	ip6h->saddr = ends->source;
	ip6h->daddr = ends->dest;
}

/**
 * ksrtp_udp_readdress() - give a datagram other addresses and ports
 * @skb: packet whose headers are linear and private
 * @udp: its datagram, updated; without a routing header
 * @ends: addresses and ports
 *
 * Updates checksums incrementally, whatever their state. A datagram without a
 * checksum stays without.
 *
 * Context: any.
 */
void ksrtp_udp_readdress(struct sk_buff *skb, struct ksrtp_udp *udp,
			 const struct ksrtp_udp_ends *ends)
{
	struct udphdr *uh = (void *)(skb->data + udp->offset);
	bool summed = uh->check && skb->ip_summed != CHECKSUM_PARTIAL;

	if (udp->family == AF_INET)
		ksrtp_udp_readdress_ipv4(skb, uh, ends);
	else
		ksrtp_udp_readdress_ipv6(skb, uh, ends);
	/* one that is still to be computed does not cover the ports yet */
	if (summed) {
		csum_replace2(&uh->check, uh->source, ends->source_port);
		csum_replace2(&uh->check, uh->dest, ends->dest_port);
		if (!uh->check)
			uh->check = CSUM_MANGLED_0;
	}
	uh->source = ends->source_port;
	uh->dest = ends->dest_port;
	skb_clear_hash(skb);
	udp->source = ends->source;
	udp->dest = ends->dest;
	udp->source_port = ends->source_port;
	udp->dest_port = ends->dest_port;
}
