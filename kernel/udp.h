/* SPDX-License-Identifier: GPL-2.0 */
/* UDP datagrams in sk_buffs: finding them, resizing them, checksums. */
#ifndef _KSRTP_UDP_H
#define _KSRTP_UDP_H

#include <linux/ksrtp.h>
#include <linux/netfilter.h>
#include <linux/skbuff.h>
#include <linux/types.h>
#include <linux/udp.h>

#include "flow.h"

/**
 * struct ksrtp_udp - layout of a UDP datagram in its sk_buff
 * @offset: offset of the UDP header from skb->data, in bytes
 * @len: length of the UDP payload, in bytes
 * @fragment: the packet is a fragment of the datagram
 * @bad_len: the UDP length does not fit the packet; @len is what is present
 * @source: source address; IPv4 in the first word
 * @dest: destination address, in the same form
 * @source_port: source port
 * @dest_port: destination port
 * @family: AF_INET or AF_INET6
 * @routing: offset of the IPv6 routing header with the final destination, if
 *	@dest is not final; else 0
 * @room: set when the packet is too big: its maximum length before protection,
 *	with the IP header, in bytes
 */
struct ksrtp_udp {
	unsigned int offset;
	unsigned int len;
	bool fragment;
	bool bad_len;
	struct in6_addr source;
	struct in6_addr dest;
	__be16 source_port;
	__be16 dest_port;
	u16 family;
	unsigned int routing;
	unsigned int room;
};

/**
 * struct ksrtp_udp_ends - addresses and ports of a datagram
 * @source: source address; IPv4 in the first word
 * @dest: destination address, in the same form
 * @source_port: source port
 * @dest_port: destination port
 */
struct ksrtp_udp_ends {
	struct in6_addr source;
	struct in6_addr dest;
	__be16 source_port;
	__be16 dest_port;
};

bool ksrtp_udp_twice(const struct sk_buff *skb, const struct ksrtp_udp *udp);
int ksrtp_udp_parse(struct sk_buff *skb, u16 family, struct ksrtp_udp *udp);
bool ksrtp_udp_verify(const struct sk_buff *skb, const struct ksrtp_udp *udp);
int ksrtp_udp_make_writable(struct sk_buff *skb, const struct ksrtp_udp *udp,
			    unsigned int room);
void ksrtp_udp_defer_checksum(struct sk_buff *skb, const struct ksrtp_udp *udp);
void ksrtp_udp_resize(struct sk_buff *skb, struct ksrtp_udp *udp,
		      unsigned int len);
void ksrtp_udp_readdress(struct sk_buff *skb, struct ksrtp_udp *udp,
			 const struct ksrtp_udp_ends *ends);

/* Addresses and ports that a datagram has. */
static inline struct ksrtp_udp_ends
ksrtp_udp_ends(const struct ksrtp_udp *udp)
{
	return (struct ksrtp_udp_ends){
		.source = udp->source,
		.dest = udp->dest,
		.source_port = udp->source_port,
		.dest_port = udp->dest_port,
	};
}

/* Length of all headers from IP's on, in bytes. */
static inline unsigned int ksrtp_udp_headers(const struct sk_buff *skb,
					     const struct ksrtp_udp *udp)
{
	return udp->offset - skb_network_offset(skb) + sizeof(struct udphdr);
}

/* First byte of the payload; only in a linear packet. */
static inline u8 *ksrtp_udp_payload(const struct sk_buff *skb,
				    const struct ksrtp_udp *udp)
{
	return skb->data + udp->offset + sizeof(struct udphdr);
}

/**
 * ksrtp_udp_flow() - the flow of a datagram
 * @udp: the datagram
 * @id: direction: the peer is its source if it is received, else its destination
 * @ifindex: device on the wire's side
 * @flow: filled in
 *
 * Context: any.
 */
static inline void ksrtp_udp_flow(const struct ksrtp_udp *udp,
				  enum ksrtp_direction_id id, u32 ifindex,
				  struct ksrtp_flow *flow)
{
	bool recv = id == KSRTP_DIRECTION_RECV;

	*flow = (struct ksrtp_flow){
		.local = recv ? udp->dest : udp->source,
		.remote = recv ? udp->source : udp->dest,
		.local_port = recv ? udp->dest_port : udp->source_port,
		.remote_port = recv ? udp->source_port : udp->dest_port,
		.ifindex = ifindex,
		.family = udp->family,
	};
}

/**
 * ksrtp_udp_checksum_stray() - is a checksum requested that is not UDP's?
 * @skb: the packet
 * @udp: its datagram
 *
 * Programs that build packets themselves may request one at any offset. It
 * would cover bytes that protection moves or removes.
 *
 * Context: any.
 * Return: true if so.
 */
static inline bool ksrtp_udp_checksum_stray(const struct sk_buff *skb,
					    const struct ksrtp_udp *udp)
{
	return skb->ip_summed == CHECKSUM_PARTIAL &&
	       (skb_checksum_start_offset(skb) != (int)udp->offset ||
		skb->csum_offset != offsetof(struct udphdr, check));
}

/*
 * Verify a UDP checksum, unless that was done already. A damaged datagram must not
 * be protected: it would get a valid tag and checksum. As ksrtp_udp_verify().
 */
static inline bool ksrtp_udp_checksum_ok(const struct sk_buff *skb,
					 const struct ksrtp_udp *udp)
{
	return skb->ip_summed == CHECKSUM_PARTIAL ||
	       skb->ip_summed == CHECKSUM_UNNECESSARY ||
	       ksrtp_udp_verify(skb, udp);
}

/* Make the checksum one that is computed later. As ksrtp_udp_defer_checksum(). */
static inline void ksrtp_udp_prepare_checksum(struct sk_buff *skb,
					      const struct ksrtp_udp *udp)
{
	if (skb->ip_summed != CHECKSUM_PARTIAL)
		ksrtp_udp_defer_checksum(skb, udp);
}

/* routing.c */
bool ksrtp_routing_follow(const struct sk_buff *skb,
			  const struct nf_hook_state *state,
			  struct ksrtp_udp *udp, enum ksrtp_direction_id id);

#endif /* _KSRTP_UDP_H */
