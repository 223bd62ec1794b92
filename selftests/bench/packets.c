// SPDX-License-Identifier: GPL-2.0
/* Packets made, turned around and checked, outside of what is measured. */

#include <linux/etherdevice.h>
#include <linux/ip.h>
#include <linux/netdevice.h>
#include <linux/nsproxy.h>
#include <linux/sched.h>
#include <linux/udp.h>
#include <linux/vmalloc.h>
#include <net/ip.h>
#include <net/route.h>

#include "packets.h"

int bench_packets_init(struct bench_packets *packets, unsigned int sessions,
		       unsigned int payload, u32 ssrc_base)
{
	struct flowi4 fl4 = { .daddr = htonl(BENCH_PEER) };
	struct rtable *rt;

	memset(packets, 0, sizeof(*packets));
	packets->sessions = sessions;
	packets->payload = payload;
	packets->ssrc_base = ssrc_base;
	packets->random = ssrc_base + 1;
	rt = ip_route_output_key(&init_net, &fl4);
	if (IS_ERR(rt))
		return PTR_ERR(rt);
	packets->net = get_net(current->nsproxy->net_ns);
	packets->dst = &rt->dst;
	packets->outer = rt->dst.dev;
	packets->inner = dev_get_by_name(&init_net, "bench1");
	packets->next = vzalloc(array_size(sessions, sizeof(u32)));
	if (!packets->inner || !packets->next) {
		bench_packets_exit(packets);
		return packets->inner ? -ENOMEM : -ENODEV;
	}
	return 0;
}

void bench_packets_exit(struct bench_packets *packets)
{
	bench_packets_free(packets);
	vfree(packets->next);
	dev_put(packets->inner);
	put_net(packets->net);
	dst_release(packets->dst);
}

/* Whose packet comes next. */
static u32 bench_packets_choose(struct bench_packets *packets)
{
	if (packets->in_order)
		return packets->turn++ % packets->sessions;
	packets->random = packets->random * 1664525 + 1013904223;
	return (packets->random >> 8) % packets->sessions;
}

static u16 bench_packet_port(enum bench_kind kind)
{
	switch (kind) {
	case BENCH_RTP_OURS:
		return BENCH_PORT;
	case BENCH_RTP_BARE:
		return BENCH_PORT_BARE;
	default:
		return BENCH_PORT_FOREIGN;
	}
}

static void bench_packet_fill(struct bench_packets *packets,
			      struct sk_buff *skb, u32 session,
			      enum bench_kind kind)
{
	unsigned int len = BENCH_HEADERS + packets->payload;
	u16 seq = packets->next[session]++;
	struct udphdr *uh;
	struct iphdr *iph;
	u8 *rtp;

	skb_put(skb, len);
	skb_reset_network_header(skb);
	skb_set_transport_header(skb, BENCH_UDP);
	iph = ip_hdr(skb);
	*iph = (struct iphdr){
		.version = 4,
		.ihl = 5,
		.tot_len = htons(len),
		.ttl = 64,
		.protocol = IPPROTO_UDP,
		.saddr = htonl(0x0a000001 + packets->first + session),
		.daddr = htonl(BENCH_PEER),
	};
	ip_send_check(iph);
	uh = udp_hdr(skb);
	uh->source = htons(bench_packet_port(kind));
	uh->dest = htons(BENCH_PEER_PORT);
	uh->len = htons(len - BENCH_UDP);
	uh->check = ~csum_tcpudp_magic(iph->saddr, iph->daddr, len - BENCH_UDP,
				       IPPROTO_UDP, 0);
	skb->ip_summed = CHECKSUM_PARTIAL;
	skb->csum_start = skb_transport_header(skb) - skb->head;
	skb->csum_offset = offsetof(struct udphdr, check);
	skb->protocol = htons(ETH_P_IP);
	skb->dev = packets->outer;

	rtp = skb->data + BENCH_RTP;
	memset(rtp, seq, BENCH_RTP_HEADER + packets->payload);
	rtp[0] = 0x80;
	rtp[1] = 0;
	rtp[2] = seq >> 8;
	rtp[3] = seq;
	*(__be32 *)(rtp + 8) = htonl(packets->ssrc_base + session);
	/* a payload type that RTP never has; or as QUIC begins */
	if (kind == BENCH_UDP_ALIKE)
		rtp[1] = 72;
	else if (kind == BENCH_UDP_OTHER)
		rtp[0] = 0x40;
}

/* Make a batch, as a local application would send it. */
int bench_packets_make(struct bench_packets *packets, enum bench_kind kind)
{
	unsigned int len = BENCH_HEADERS + packets->payload, i;
	struct sk_buff *skb;

	for (i = 0; i < BENCH_BATCH; i++) {
		/* as much room as output has, and a device leaves on input */
		skb = alloc_skb(LL_MAX_HEADER + len + 64, GFP_KERNEL);
		if (!skb)
			return -ENOMEM;
		skb_reserve(skb, LL_MAX_HEADER);
		packets->skb[i] = skb;
		bench_packet_fill(packets, skb, bench_packets_choose(packets),
				  kind);
		skb_dst_set_noref(skb, packets->dst);
	}
	return 0;
}

/* Which session a packet of a batch is of. */
u32 bench_packets_session(const struct bench_packets *packets, unsigned int i)
{
	return ntohl(*(__be32 *)(packets->skb[i]->data + BENCH_SSRC)) -
	       packets->ssrc_base;
}

/* What was sent is received. */
void bench_packets_turn(struct bench_packets *packets)
{
	struct sk_buff *skb;
	struct iphdr *iph;
	unsigned int i;

	for (i = 0; i < BENCH_BATCH; i++) {
		skb = packets->skb[i];
		if (!skb)
			continue;
		skb_dst_drop(skb);
		iph = ip_hdr(skb);
		swap(iph->saddr, iph->daddr);
		swap(udp_hdr(skb)->source, udp_hdr(skb)->dest);
		skb->ip_summed = CHECKSUM_UNNECESSARY;
	}
}

/* A batch goes to this machine's own address, not through a router. */
void bench_packets_redirect(struct bench_packets *packets, u16 port)
{
	struct iphdr *iph;
	unsigned int i;

	for (i = 0; i < BENCH_BATCH; i++) {
		if (!packets->skb[i])
			continue;
		iph = ip_hdr(packets->skb[i]);
		iph->daddr = htonl(BENCH_PROXY);
		ip_send_check(iph);
		udp_hdr(packets->skb[i])->dest = htons(port);
	}
}

/* Somebody changes a byte of each packet on its way. */
void bench_packets_spoil(struct bench_packets *packets, unsigned int at)
{
	unsigned int i;

	for (i = 0; i < BENCH_BATCH; i++)
		if (packets->skb[i])
			packets->skb[i]->data[at] ^= 0x80;
}

/* A batch is where a device's driver has just put it. */
void bench_packets_arrive(struct bench_packets *packets,
			  struct net_device *from)
{
	struct sk_buff *skb;
	unsigned int i;

	for (i = 0; i < BENCH_BATCH; i++) {
		skb = packets->skb[i];
		if (!skb)
			continue;
		skb_dst_drop(skb);
		skb->ip_summed = CHECKSUM_UNNECESSARY;
		eth_zero_addr(skb_push(skb, ETH_HLEN));
		skb_reset_mac_header(skb);
		skb_pull(skb, ETH_HLEN);
		skb->pkt_type = PACKET_HOST;
		skb->dev = from;
	}
}

/* Is each packet as it was before it was protected and unprotected? */
int bench_packets_check(struct bench_packets *packets)
{
	unsigned int len = BENCH_HEADERS + packets->payload, i;
	struct sk_buff *skb;
	u8 seq;

	for (i = 0; i < BENCH_BATCH; i++) {
		skb = packets->skb[i];
		/* a driver that finishes later has taken it away */
		if (!skb)
			continue;
		if (skb->len != len)
			return -EBADMSG;
		seq = skb->data[BENCH_RTP + 3];
		if (packets->payload &&
		    memchr_inv(skb->data + BENCH_HEADERS, seq,
			       packets->payload))
			return -EBADMSG;
	}
	return 0;
}

void bench_packets_free(struct bench_packets *packets)
{
	unsigned int i;

	for (i = 0; i < BENCH_BATCH; i++) {
		kfree_skb(packets->skb[i]);
		packets->skb[i] = NULL;
	}
}
