// SPDX-License-Identifier: GPL-2.0
/*
 * Routers report the path MTU of SRTP, but senders produce RTP. Senders are
 * told the MTU less protection's overhead, exactly once; routes keep the
 * reported MTU. A message proves nothing, and is trusted as far as the kernel
 * would trust it.
 */

#include <linux/errqueue.h>
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/netdevice.h>
#include <linux/udp.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>
#include <net/ip6_route.h>
#include <net/l3mdev.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/route.h>
#include <net/sock.h>
#include <net/udp.h>
#include <net/xfrm.h>

#include "compat.h"
#include "mtu.h"
#include "net.h"
#include "pmtu.h"
#include "packet.h"

#define KSRTP_PMTU_IPV4		offsetof(struct icmphdr, un.frag.mtu)
#define KSRTP_PMTU_IPV6		offsetof(struct icmp6hdr, icmp6_mtu)

/* Read the MTU of a path MTU message; 0 if it has none. */
static unsigned int ksrtp_pmtu_read(const struct sk_buff *skb, u16 family,
				    const struct ksrtp_icmp *icmp)
{
	const struct icmp6hdr *icmp6h;
	const struct icmphdr *icmph;
	struct icmp6hdr buf6;
	struct icmphdr buf;
	unsigned int mtu;

	if (family == AF_INET) {
		icmph = skb_header_pointer(skb, icmp->offset, sizeof(buf), &buf);
		if (!icmph || icmph->type != ICMP_DEST_UNREACH ||
		    icmph->code != ICMP_FRAG_NEEDED)
			return 0;
		mtu = ntohs(icmph->un.frag.mtu);
		/* RFC 1191 section 5: old routers report none */
		return mtu < IPV4_MIN_MTU ? 0 : mtu;
	}
	icmp6h = skb_header_pointer(skb, icmp->offset, sizeof(buf6), &buf6);
	if (!icmp6h || icmp6h->icmp6_type != ICMPV6_PKT_TOOBIG)
		return 0;
	mtu = ntohl(icmp6h->icmp6_mtu);
	/* RFC 8201 section 4 */
	return mtu < IPV6_MIN_MTU || mtu > IP6_MAX_MTU ? 0 : mtu;
}

/* Flow of the quoted packet, as the wire sees it. */
static void ksrtp_pmtu_flow(const struct sk_buff *skb,
			    const struct nf_hook_state *state,
			    struct ksrtp_pmtu *pmtu)
{
	const struct ksrtp_udp *udp = &pmtu->udp;
#if IS_ENABLED(CONFIG_NF_CONNTRACK)
	const struct nf_conntrack_tuple *tuple;
	enum ip_conntrack_info ctinfo;
	const struct nf_conn *ct;
#endif

	/* it was sent, to the wire that the message came from */
	ksrtp_udp_flow(udp, KSRTP_DIRECTION_SEND,
		       udp->family == AF_INET ? IPCB(skb)->iif :
						IP6CB(skb)->iif,
		       &pmtu->flow);
	if (!pmtu->flow.ifindex && state->in)
		pmtu->flow.ifindex = state->in->ifindex;
#if IS_ENABLED(CONFIG_NF_CONNTRACK)
	/* for a NATed connection, the addresses of its packets on the wire */
	ct = nf_ct_get(skb, &ctinfo);
	if (!ct || (ctinfo != IP_CT_RELATED && ctinfo != IP_CT_RELATED_REPLY) ||
	    !(READ_ONCE(ct->status) & IPS_NAT_MASK) ||
	    nf_ct_l3num(ct) != udp->family || nf_ct_protonum(ct) != IPPROTO_UDP)
		return;
	tuple = &ct->tuplehash[CTINFO2DIR(ctinfo)].tuple;
	pmtu->flow.local = tuple->dst.u3.in6;
	pmtu->flow.remote = tuple->src.u3.in6;
	pmtu->flow.local_port = tuple->dst.u.udp.port;
	pmtu->flow.remote_port = tuple->src.u.udp.port;
#endif
}

/* Find the datagram that a path MTU message quotes. */
static bool ksrtp_pmtu_parse(const struct sk_buff *skb,
			     const struct nf_hook_state *state, u16 family,
			     struct ksrtp_pmtu *pmtu)
{
	struct ksrtp_udp *udp = &pmtu->udp;
	const struct ipv6hdr *ip6h;
	const struct udphdr *uh;
	const struct iphdr *iph;
	struct ipv6hdr buf6;
	struct udphdr buf;
	struct iphdr buf4;
	unsigned int len;

	pmtu->icmp = (struct ksrtp_icmp){};
	if (!ksrtp_icmp_parse(skb, family, &pmtu->icmp))
		return false;
	pmtu->mtu = ksrtp_pmtu_read(skb, family, &pmtu->icmp);
	if (!pmtu->mtu || ksrtp_icmp_find_udp(skb, family, &pmtu->icmp) <= 0)
		return false;
	uh = skb_header_pointer(skb, pmtu->icmp.udp, sizeof(buf), &buf);
	if (!uh || ntohs(uh->len) < sizeof(buf))
		return false;
	len = skb->len - pmtu->icmp.udp - sizeof(buf);
	*udp = (struct ksrtp_udp){
		.offset = pmtu->icmp.udp,
		.len = min_t(unsigned int, len, ntohs(uh->len) - sizeof(buf)),
		.source_port = uh->source,
		.dest_port = uh->dest,
		.family = family,
	};
	if (family == AF_INET) {
		iph = skb_header_pointer(skb, pmtu->icmp.quote, sizeof(buf4),
					 &buf4);
		udp->source.s6_addr32[0] = iph->saddr;
		udp->dest.s6_addr32[0] = iph->daddr;
	} else {
		ip6h = skb_header_pointer(skb, pmtu->icmp.quote, sizeof(buf6),
					  &buf6);
		udp->source = ip6h->saddr;
		udp->dest = ip6h->daddr;
	}
	ksrtp_pmtu_flow(skb, state, pmtu);
	return true;
}

/* Class of the quoted datagram. */
static enum ksrtp_wire_class ksrtp_pmtu_class(const struct sk_buff *skb,
					      const struct ksrtp_pmtu *pmtu,
					      enum ksrtp_flow_kind kind)
{
	u8 buf[KSRTP_CLASSIFY_LEN];
	const u8 *start = NULL;

	if (pmtu->udp.len >= sizeof(buf))
		start = skb_header_pointer(skb, pmtu->udp.offset +
					   sizeof(struct udphdr), sizeof(buf),
					   buf);
	if (start)
		return ksrtp_wire_classify(start, sizeof(buf), kind);
	return kind == KSRTP_FLOW_RTCP ? KSRTP_WIRE_RTCP : KSRTP_WIRE_RTP;
}

/* Is the message's checksum right? */
static bool ksrtp_pmtu_sound(const struct sk_buff *skb, u16 family,
			     const struct ksrtp_icmp *icmp)
{
	unsigned int len = skb->len - icmp->offset;
	__wsum sum;

	/* this host has just made it */
	if (skb->ip_summed == CHECKSUM_PARTIAL)
		return true;
	sum = skb_checksum(skb, icmp->offset, len, 0);
	if (family == AF_INET)
		return !csum_fold(sum);
	return !csum_ipv6_magic(&ipv6_hdr(skb)->saddr, &ipv6_hdr(skb)->daddr,
				len, IPPROTO_ICMPV6, sum);
}

/* Update the route of the quoted packet, which must be linear. */
static void ksrtp_pmtu_tell_route_ipv6(struct sk_buff *skb, struct net *net,
				       const struct sock *sk, int oif,
				       const struct ksrtp_pmtu *pmtu)
{
	skb_pull(skb, pmtu->icmp.quote);
	ip6_update_pmtu(skb, net, htonl(pmtu->mtu), oif,
			sk ? READ_ONCE(sk->sk_mark) : 0, sock_net_uid(net, sk));
	skb_push(skb, pmtu->icmp.quote);
}

static void ksrtp_pmtu_tell_route_ipv4(struct sk_buff *skb, struct net *net,
				       struct sock *sk,
				       const struct ksrtp_pmtu *pmtu)
{
	const struct ksrtp_udp *udp = &pmtu->udp;
	int network = skb_network_offset(skb);
	struct dst_entry *dst;
	struct flowi4 fl4;
	struct rtable *rt;

	flowi4_init_output(&fl4, sk->sk_bound_dev_if, READ_ONCE(sk->sk_mark),
			   ip_sock_rt_tos(sk), RT_SCOPE_UNIVERSE, IPPROTO_UDP,
			   inet_sk_flowi_flags(sk), udp->dest.s6_addr32[0],
			   udp->source.s6_addr32[0], udp->dest_port,
			   udp->source_port, sock_net_uid(net, sk));
	rt = ip_route_output_flow(net, &fl4, sk);
	if (IS_ERR(rt))
		return;
	dst = &rt->dst;
	/* the flow is read from the network header */
	skb_set_network_header(skb, pmtu->icmp.quote);
	dst->ops->update_pmtu(dst, sk, skb, pmtu->mtu, true);
	skb_set_network_header(skb, network);
	dst_release(dst);
}

/**
 * ksrtp_pmtu_lessen() - reduce the MTU in a message to another host
 * @skb: the message, on its way to the sender of the quoted packet; changed
 * @state: hook state
 * @pmtu: the parsed message
 *
 * A wrong checksum stays wrong. If memory is short, the message stays
 * unchanged, and the sender gets the smaller MTU from us with its next packet.
 *
 * An IPv6 sender cannot be asked for less than 1280 bytes. Such packets have to
 * be fragmented after protection, so the route here must know the MTU.
 *
 * Context: any, under rcu_read_lock(), does not sleep. Pointers into the packet
 * become stale.
 */
void ksrtp_pmtu_lessen(struct sk_buff *skb, const struct nf_hook_state *state,
		       const struct ksrtp_pmtu *pmtu)
{
	u16 family = pmtu->udp.family;
	__sum16 *check, ignored = 0;
	u8 *header;
	__be32 mtu;

	if (skb_shared(skb) || skb_is_gso(skb) ||
	    skb_ensure_writable(skb, pmtu->icmp.udp + sizeof(struct udphdr)))
		return;
	if (family == AF_INET6 && pmtu->udp.room == IPV6_MIN_MTU &&
	    ksrtp_pmtu_sound(skb, family, &pmtu->icmp))
		ksrtp_pmtu_tell_route_ipv6(skb, state->net, NULL, state->in ?
					   l3mdev_master_ifindex(state->in) : 0,
					   pmtu);

	header = skb->data + pmtu->icmp.offset;
	check = (void *)(header + offsetof(struct icmphdr, checksum));
	if (skb->ip_summed == CHECKSUM_PARTIAL)
		check = &ignored;
	else if (skb->ip_summed == CHECKSUM_COMPLETE)
		skb->ip_summed = CHECKSUM_NONE;
	if (family == AF_INET) {
		ksrtp_icmp_write(header + KSRTP_PMTU_IPV4,
				 htons(pmtu->udp.room), check);
		return;
	}
	mtu = htonl(pmtu->udp.room);
	ksrtp_icmp_write(header + KSRTP_PMTU_IPV6, ((__force __be16 *)&mtu)[0],
			 check);
	ksrtp_icmp_write(header + KSRTP_PMTU_IPV6 + 2,
			 ((__force __be16 *)&mtu)[1], check);
}

/* The local socket that has sent the quoted packet, with a reference. */
static struct sock *ksrtp_pmtu_socket(const struct sk_buff *skb,
				      struct net *net,
				      const struct ksrtp_udp *udp)
{
	struct sock *sk;

	if (udp->family == AF_INET)
		sk = __udp4_lib_lookup(net, udp->dest.s6_addr32[0],
				       udp->dest_port, udp->source.s6_addr32[0],
				       udp->source_port, skb->dev->ifindex,
				       inet_sdif(skb), KSRTP_UDP_TABLE(net)
				       NULL);
	else
		sk = __udp6_lib_lookup(net, &udp->dest, udp->dest_port,
				       &udp->source, udp->source_port,
				       inet6_iif(skb), inet6_sdif(skb),
				       KSRTP_UDP_TABLE(net) NULL);
	if (!sk || READ_ONCE(udp_sk(sk)->encap_type) ||
	    !refcount_inc_not_zero(&sk->sk_refcnt))
		return NULL;
	return sk;
}

/* Would the kernel accept this message? */
static bool ksrtp_pmtu_believed(struct sk_buff *skb, struct net *net,
				const struct ksrtp_pmtu *pmtu)
{
	if (!ksrtp_pmtu_sound(skb, pmtu->udp.family, &pmtu->icmp))
		return false;
	if (pmtu->udp.family == AF_INET6)
		return xfrm6_policy_check(NULL, XFRM_POLICY_IN, skb);
	return !READ_ONCE(net->ipv4.sysctl_ip_no_pmtu_disc) &&
	       xfrm4_policy_check(NULL, XFRM_POLICY_IN, skb);
}

/* Update the route. Returns true if the socket has to be told as well. */
static bool ksrtp_pmtu_tell(struct sk_buff *skb,
			    const struct nf_hook_state *state, struct sock *sk,
			    const struct ksrtp_pmtu *pmtu)
{
	const struct ksrtp_udp *udp = &pmtu->udp;
	bool accepts = ip_sk_accept_pmtu(sk);
	int oif = sk->sk_bound_dev_if;

	if (udp->family == AF_INET) {
		if (accepts)
			ksrtp_pmtu_tell_route_ipv4(skb, state->net, sk, pmtu);
	} else {
		accepts = ip6_sk_accept_pmtu(sk);
		if (!accepts)
			return false;
		if (!oif && __ipv6_addr_needs_scope_id(__ipv6_addr_type(&udp->dest)))
			oif = state->in->ifindex;
		else if (!oif)
			oif = l3mdev_master_ifindex(state->in);
		ksrtp_pmtu_tell_route_ipv6(skb, state->net, sk, oif, pmtu);
	}
	if (accepts)
		ksrtp_mtu_show(sk, udp->family, &udp->dest, udp->room);
	return udp->family == AF_INET6 ||
	       READ_ONCE(inet_sk(sk)->pmtudisc) != IP_PMTUDISC_DONT;
}

/* Does a connected socket get this error without having asked for it? */
static bool ksrtp_pmtu_hard(const struct sock *sk, u16 family)
{
	return sk->sk_state == TCP_ESTABLISHED &&
	       (family == AF_INET ||
		inet6_sk(sk)->pmtudisc != IPV6_PMTUDISC_DONT);
}

/* Put the message into the socket's error queue; takes it. */
static void ksrtp_pmtu_queue(struct sk_buff *skb, struct sock *sk,
			     const struct ksrtp_pmtu *pmtu)
{
	const u8 *header = skb->data + pmtu->icmp.offset;
	bool v6 = pmtu->udp.family == AF_INET6;
	struct ksrtp_mtu_error error = {
		.mtu = pmtu->udp.room,
		.addr_offset = pmtu->icmp.quote - skb_network_offset(skb) +
			       (v6 ? offsetof(struct ipv6hdr, daddr) :
				     offsetof(struct iphdr, daddr)),
		.port = pmtu->udp.dest_port,
		.origin = v6 ? SO_EE_ORIGIN_ICMP6 : SO_EE_ORIGIN_ICMP,
		.type = header[0],
		.code = header[1],
	};

	skb->protocol = v6 ? htons(ETH_P_IPV6) : htons(ETH_P_IP);
	skb_pull(skb, pmtu->udp.offset + sizeof(struct udphdr));
	ksrtp_mtu_queue(sk, skb, &error);
}

/**
 * ksrtp_pmtu_deliver() - report a path MTU to a local socket
 * @skb: the message, on its way up; taken if it was delivered
 * @state: hook state
 * @pmtu: the parsed message
 *
 * As UDP does, except for the size: the route gets the MTU, the socket what
 * protection leaves of it. Messages that the kernel would not accept, or that
 * have no socket, are left to it.
 *
 * Context: in a hook, under rcu_read_lock(), does not sleep.
 * Return: true if @skb was taken.
 */
bool ksrtp_pmtu_deliver(struct sk_buff *skb, const struct nf_hook_state *state,
			const struct ksrtp_pmtu *pmtu)
{
	bool queued = false;
	struct sock *sk;

	if (!ksrtp_pmtu_believed(skb, state->net, pmtu) || skb_shared(skb) ||
	    !pskb_may_pull(skb, pmtu->icmp.udp + sizeof(struct udphdr)))
		return false;
	sk = ksrtp_pmtu_socket(skb, state->net, &pmtu->udp);
	if (!sk)
		return false;
	if (!ksrtp_pmtu_tell(skb, state, sk, pmtu))
		goto out;
	if (pmtu->udp.family == AF_INET ? ksrtp_sk_recverr(sk) :
					  ksrtp_sk_recverr6(sk)) {
		ksrtp_pmtu_queue(skb, sk, pmtu);
		queued = true;
	} else if (!ksrtp_pmtu_hard(sk, pmtu->udp.family)) {
		goto out;
	}
	sk->sk_err = EMSGSIZE;
	sk_error_report(sk);
out:
	sock_put(sk);
	if (!queued)
		consume_skb(skb);
	return true;
}

/**
 * ksrtp_pmtu_ours() - is a path MTU message about a packet that we protect?
 * @skb: the message
 * @kn: its namespace
 * @state: hook state
 * @family: AF_INET or AF_INET6
 * @pmtu: filled in; its room is the MTU less protection's overhead
 *
 * Context: under rcu_read_lock(), does not sleep.
 * Return: true if it quotes a packet that we have protected, or would have.
 */
bool ksrtp_pmtu_ours(const struct sk_buff *skb, struct ksrtp_net *kn,
		     const struct nf_hook_state *state, u16 family,
		     struct ksrtp_pmtu *pmtu)
{
	const struct ksrtp_keyset *keyset;
	struct ksrtp_direction *direction;
	const struct ksrtp_node *node;
	enum ksrtp_wire_class class;
	unsigned int overhead;

	if (!ksrtp_pmtu_parse(skb, state, family, pmtu) ||
	    ksrtp_net_foreign(kn, pmtu->flow.local_port))
		return false;
	node = ksrtp_packet_match(skb, kn, &pmtu->flow, &pmtu->udp);
	if (!node || !ksrtp_direction_configured(ksrtp_node_session(node),
						 KSRTP_DIRECTION_SEND))
		return false;
	direction = ksrtp_direction(ksrtp_node_session(node),
				    KSRTP_DIRECTION_SEND);
	keyset = rcu_dereference(direction->keyset);
	if (!keyset)
		return false;
	class = ksrtp_pmtu_class(skb, pmtu, node->kind);
	if (class != KSRTP_WIRE_RTP && class != KSRTP_WIRE_RTCP)
		return false;
	overhead = ksrtp_send_overhead(keyset, class == KSRTP_WIRE_RTCP,
				       NULL, 0);
	pmtu->udp.room = ksrtp_mtu_left(family, pmtu->mtu, overhead);
	return true;
}
