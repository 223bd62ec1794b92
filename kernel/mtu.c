// SPDX-License-Identifier: GPL-2.0
/*
 * Packets that protection makes larger than the MTU: the sender is told before
 * any work is done. The route keeps its MTU: other programs need all of it, and
 * we would subtract our overhead from a smaller one again.
 */

#include <linux/errqueue.h>
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/local_lock.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <net/dst.h>
#include <net/dst_metadata.h>
#include <net/icmp.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>
#include <net/ip6_fib.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/route.h>
#include <net/sock.h>

#include "compat.h"
#include "mtu.h"

/*
 * Who is sending an ICMP error of ours on a CPU, which states the size left. With
 * PREEMPT_RT, others may run there meanwhile: they wait, or send other errors.
 */
struct ksrtp_mtu_teller {
	local_lock_t bh_lock;
	struct task_struct *task;
};

static DEFINE_PER_CPU(struct ksrtp_mtu_teller, ksrtp_mtu_teller) = {
	.bh_lock = INIT_LOCAL_LOCK(bh_lock),
};

/**
 * ksrtp_mtu() - the longest packet that leaves in one piece
 * @skb: a packet, with its route
 * @state: hook state
 * @family: AF_INET or AF_INET6
 *
 * Context: any, under rcu_read_lock().
 * Return: MTU in bytes, as the output path sees it.
 */
unsigned int ksrtp_mtu(const struct sk_buff *skb,
		       const struct nf_hook_state *state, u16 family)
{
	const struct dst_entry *dst = skb_dst(skb);
	unsigned int mtu;

	mtu = family == AF_INET ? ip_skb_dst_mtu(state->sk, skb) :
				  ip6_skb_dst_mtu(skb);
	/* IPsec comes later and needs a part of it */
	return dst_xfrm(dst) ? min(mtu, dst_mtu(dst)) : mtu;
}

/**
 * ksrtp_mtu_device() - the longest packet that a device transmits
 * @skb: the packet, with or without a route
 * @state: state of the device's hook
 *
 * Context: any, under rcu_read_lock().
 * Return: MTU in bytes.
 */
unsigned int ksrtp_mtu_device(const struct sk_buff *skb,
			      const struct nf_hook_state *state)
{
	unsigned int mtu = READ_ONCE(state->out->mtu);

	return skb_valid_dst(skb) ? min(mtu, dst_mtu(skb_dst(skb))) : mtu;
}

/**
 * ksrtp_mtu_left() - subtract protection's overhead from an MTU
 * @family: AF_INET or AF_INET6
 * @mtu: the MTU, in bytes
 * @overhead: bytes that protection adds
 *
 * A sender cannot be asked for less than each link must carry: RFC 791, RFC
 * 8200 section 5.
 *
 * Context: any.
 * Return: size in bytes.
 */
unsigned int ksrtp_mtu_left(u16 family, unsigned int mtu,
			    unsigned int overhead)
{
	int least = family == AF_INET ? IPV4_MIN_MTU : IPV6_MIN_MTU;

	return max_t(int, mtu - overhead, least);
}

/* Must a packet be dropped rather than fragmented? */
static __always_inline
bool ksrtp_mtu_whole(const struct sk_buff *skb,
		     const struct nf_hook_state *state, u16 family)
{
	struct sock *sk = state->sk;

	if (sk && !sk_fullsock(sk))
		sk = NULL;
	if (family == AF_INET6)
		return !skb->ignore_df ||
		       (sk && sk->sk_family == AF_INET6 &&
			ksrtp_sk_dontfrag(sk));
	if (skb->ignore_df)
		return false;
	/* PMTUDISC_INTERFACE: no DF, but this host must not fragment */
	return ip_hdr(skb)->frag_off & htons(IP_DF) ||
	       (sk && sk->sk_type == SOCK_DGRAM &&
		READ_ONCE(inet_sk(sk)->pmtudisc) == IP_PMTUDISC_INTERFACE);
}

/**
 * ksrtp_mtu_exceeded() - will a protected packet be too big?
 * @skb: the packet, or the super-packet that it is a part of
 * @state: hook state
 * @udp: the datagram in it; @room is set to the MTU if it will
 * @len: length of the packet before protection, with its IP header, in bytes
 * @growth: bytes that protection adds
 *
 * Packets that may be fragmented are left to the output path. So are those that
 * are too small for a sender to be asked for less: they are fragmented after
 * protection regardless of their flags. After a device's hook nothing is
 * fragmented.
 *
 * Context: any, does not sleep.
 * Return: true if the packet cannot be sent.
 */
__always_inline
bool ksrtp_mtu_exceeded(struct sk_buff *skb, const struct nf_hook_state *state,
			struct ksrtp_udp *udp, unsigned int len,
			unsigned int growth)
{
	unsigned int mtu = IP_MAX_MTU;

	if (state->pf == NFPROTO_NETDEV) {
		udp->room = ksrtp_mtu_device(skb, state);
		return unlikely(len + growth > udp->room);
	}
	/* without a route nobody fragments it or reports an error */
	if (skb_dst(skb) && ksrtp_mtu_whole(skb, state, udp->family))
		mtu = min(mtu, ksrtp_mtu(skb, state, udp->family));
	if (likely(len + growth <= mtu))
		return false;
	if (len <= ksrtp_mtu_left(udp->family, 0, 0)) {
		skb->ignore_df = true;
		return false;
	}
	udp->room = mtu;
	return true;
}

/**
 * ksrtp_mtu_queue() - add an error to a socket's error queue
 * @sk: the socket
 * @skb: packet that the error is about, from its payload on; taken
 * @error: contents of the error
 *
 * Context: any, does not sleep.
 */
void ksrtp_mtu_queue(struct sock *sk, struct sk_buff *skb,
		     const struct ksrtp_mtu_error *error)
{
	struct sock_exterr_skb *serr = SKB_EXT_ERR(skb);

	serr->ee = (struct sock_extended_err){
		.ee_errno = EMSGSIZE,
		.ee_origin = error->origin,
		.ee_type = error->type,
		.ee_code = error->code,
		.ee_info = error->mtu,
	};
	serr->addr_offset = error->addr_offset;
	serr->port = error->port;
	serr->opt_stats = 0;
	skb_reset_transport_header(skb);
	if (sock_queue_err_skb(sk, skb))
		kfree_skb(skb);
}

/* An IP header, without payload, that identifies the packet to its socket. */
static struct sk_buff *ksrtp_mtu_header(const struct ksrtp_udp *udp)
{
	unsigned int len = udp->family == AF_INET ? sizeof(struct iphdr) :
						    sizeof(struct ipv6hdr);
	struct sk_buff *skb = alloc_skb(len, GFP_ATOMIC | __GFP_NOWARN);

	if (!skb)
		return NULL;
	skb_reset_network_header(skb);
	skb_put_zero(skb, len);
	if (udp->family == AF_INET) {
		ip_hdr(skb)->daddr = udp->dest.s6_addr32[0];
	} else {
		skb->protocol = htons(ETH_P_IPV6);
		ip6_flow_hdr(ipv6_hdr(skb), 0, 0);
		ipv6_hdr(skb)->daddr = udp->dest;
	}
	__skb_pull(skb, len);
	return skb;
}

/* Report as the kernel does for its own refusals: IP_RECVERR, IPV6_RECVERR. */
static void ksrtp_mtu_tell_error(struct sock *sk, const struct ksrtp_udp *udp)
{
	struct ksrtp_mtu_error error = {
		.mtu = udp->room,
		.addr_offset = udp->family == AF_INET ?
			       offsetof(struct iphdr, daddr) :
			       offsetof(struct ipv6hdr, daddr),
		.port = udp->dest_port,
		.origin = SO_EE_ORIGIN_LOCAL,
	};
	struct sk_buff *skb;

	if (!(udp->family == AF_INET ? ksrtp_sk_recverr(sk) :
				       ksrtp_sk_recverr6(sk)))
		return;
	skb = ksrtp_mtu_header(udp);
	if (skb)
		ksrtp_mtu_queue(sk, skb, &error);
}

/* IPV6_RECVPATHMTU, RFC 3542 section 11.3. */
static void ksrtp_mtu_tell_path(struct sock *sk, const struct ksrtp_udp *udp,
				int ifindex)
{
	struct ipv6_pinfo *np = inet6_sk(sk);
	struct ip6_mtuinfo *info;
	struct sk_buff *skb;

	if (!np->rxopt.bits.rxpmtu)
		return;
	skb = ksrtp_mtu_header(udp);
	if (!skb)
		return;
	info = IP6CBMTU(skb);
	*info = (struct ip6_mtuinfo){
		.ip6m_mtu = udp->room,
		.ip6m_addr = {
			.sin6_family = AF_INET6,
			.sin6_addr = udp->dest,
			.sin6_scope_id = ipv6_iface_scope_id(&udp->dest,
							     ifindex),
		},
	};
	skb_reset_transport_header(skb);
	kfree_skb(xchg(&np->rxpmtu, skb));
}

static struct dst_entry *ksrtp_mtu_dead_ipv4(unsigned int mtu)
{
	struct rtable *rt = rt_dst_alloc(blackhole_netdev, 0, RTN_UNICAST,
					 true);

	if (!rt)
		return NULL;
	rt->rt_pmtu = mtu;
	rt->dst.expires = jiffies + MAX_JIFFY_OFFSET;
	return &rt->dst;
}

static struct dst_entry *ksrtp_mtu_dead_ipv6(struct net *net, unsigned int mtu)
{
	struct rt6_info *rt = ip6_dst_alloc(net, blackhole_netdev,
					    DST_NOCOUNT);

	if (!rt)
		return NULL;
	dst_metric_set(&rt->dst, RTAX_MTU, mtu);
	return &rt->dst;
}

/**
 * ksrtp_mtu_show() - make a connected socket report the size left
 * @sk: the UDP socket
 * @family: AF_INET or AF_INET6, of the packet
 * @peer: its destination
 * @mtu: size in bytes
 *
 * IP_MTU and IPV6_MTU ask the route that the socket has cached. Replace it by a
 * dead route with this size: it carries no packet, since the next one that is
 * sent finds it dead and looks up the real route.
 *
 * Context: any, does not sleep.
 */
void ksrtp_mtu_show(struct sock *sk, u16 family, const struct in6_addr *peer,
		    unsigned int mtu)
{
	struct dst_entry *dst;

	if (sk->sk_state != TCP_ESTABLISHED || sk->sk_protocol != IPPROTO_UDP)
		return;
	if (family == AF_INET) {
		if (inet_sk(sk)->inet_daddr != peer->s6_addr32[0])
			return;
		dst = ksrtp_mtu_dead_ipv4(mtu);
	} else {
		if (!ipv6_addr_equal(&sk->sk_v6_daddr, peer))
			return;
		dst = ksrtp_mtu_dead_ipv6(sock_net(sk), mtu);
	}
	if (!dst)
		return;
	dst_dev_put(dst);
	sk_dst_set(sk, dst);
}

static void ksrtp_mtu_tell_socket(const struct sk_buff *skb,
				  const struct nf_hook_state *state,
				  const struct ksrtp_udp *udp)
{
	struct sock *sk = state->sk;

	/* report once: the second pass of a looped back packet is a copy */
	if (!sk_fullsock(sk) || (skb->sk != sk && ksrtp_udp_twice(skb, udp)))
		return;
	if (sk->sk_family != AF_INET6 &&
	    (sk->sk_family != AF_INET || udp->family != AF_INET))
		return;
	ksrtp_mtu_tell_error(sk, udp);
	if (udp->family == AF_INET6)
		ksrtp_mtu_tell_path(sk, udp, state->out->ifindex);
	ksrtp_mtu_show(sk, udp->family, &udp->dest, udp->room);
}

/*
 * Undo NAT in a packet that is about to be dropped, so that its sender
 * recognizes it. An ICMP error about a connection's first packet is not
 * translated, since there is no conntrack entry yet. Returns false if memory is
 * short.
 */
static bool ksrtp_mtu_untranslate(struct sk_buff *skb,
				  const struct ksrtp_udp *udp)
{
#if IS_ENABLED(CONFIG_NF_CONNTRACK)
	const struct nf_conntrack_tuple *tuple;
	enum ip_conntrack_info ctinfo;
	struct ksrtp_udp changed = *udp;
	const struct nf_conn *ct;

	ct = nf_ct_get(skb, &ctinfo);
	if (!ct || !(READ_ONCE(ct->status) & IPS_NAT_MASK) ||
	    nf_ct_l3num(ct) != udp->family || nf_ct_protonum(ct) != IPPROTO_UDP)
		return true;
	if (skb_ensure_writable(skb, udp->offset + sizeof(struct udphdr)))
		return false;
	tuple = &ct->tuplehash[CTINFO2DIR(ctinfo)].tuple;
	ksrtp_udp_readdress(skb, &changed, &(struct ksrtp_udp_ends){
		.source = tuple->src.u3.in6,
		.dest = tuple->dst.u3.in6,
		.source_port = tuple->src.u.udp.port,
		.dest_port = tuple->dst.u.udp.port,
	});
#endif
	return true;
}

/**
 * ksrtp_mtu_tell() - tell the sender of a packet that it is too big
 * @skb: the packet, not protected, which has to be dropped; changed
 * @state: hook state
 * @udp: the datagram in it, with the size left in @room
 *
 * A socket gets an error in its queue, and IP_MTU or IPV6_MTU reports the size
 * if it is connected. Other hosts get ICMP, as for a smaller MTU on the path:
 * RFC 1191, RFC 8201.
 *
 * Context: any, does not sleep.
 */
void ksrtp_mtu_tell(struct sk_buff *skb, const struct nf_hook_state *state,
		    const struct ksrtp_udp *udp)
{
	if (state->sk) {
		ksrtp_mtu_tell_socket(skb, state, udp);
		return;
	}
	if (!skb_dst(skb) || !ksrtp_mtu_untranslate(skb, udp))
		return;
	local_bh_disable();
	local_lock_nested_bh(&ksrtp_mtu_teller.bh_lock);
	this_cpu_write(ksrtp_mtu_teller.task, current);
	if (udp->family == AF_INET)
		icmp_send(skb, ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED,
			  htonl(udp->room));
	else
		icmpv6_send(skb, ICMPV6_PKT_TOOBIG, 0, udp->room);
	this_cpu_write(ksrtp_mtu_teller.task, NULL);
	local_unlock_nested_bh(&ksrtp_mtu_teller.bh_lock);
	local_bh_enable();
}

/**
 * ksrtp_mtu_telling() - is a passing ICMP error one of ours?
 *
 * Context: in a hook.
 * Return: true if ksrtp_mtu_tell() is sending it, which reenters the hook.
 */
bool ksrtp_mtu_telling(void)
{
	return this_cpu_read(ksrtp_mtu_teller.task) == current;
}
