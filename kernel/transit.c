// SPDX-License-Identifier: GPL-2.0
/*
 * Relayed packets. What the peer sends gets the addresses of an application once it is
 * unprotected: at once if that is on another host, and behind the firewall's filter if
 * it is on this one. What an application sends gets those of the session, and is
 * protected in the same step, so no packet with these addresses is ever in plaintext.
 */

#include <linux/inetdevice.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <net/addrconf.h>
#include <net/inet_dscp.h>
#include <net/ip.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/route.h>

#include "compat.h"
#include "session.h"
#include "transit.h"
#include "udp.h"

/* IP's flags of a packet, 16 bits of which all families use the lower ones. */
static u16 *ksrtp_transit_flags(struct sk_buff *skb, u16 family)
{
	return family == AF_INET ? &IPCB(skb)->flags : &IP6CB(skb)->flags;
}

/**
 * ksrtp_transit_is() - is a packet marked?
 * @skb: the packet
 * @family: AF_INET or AF_INET6
 * @mark: the mark
 *
 * Context: in a hook of IP.
 * Return: true if it is.
 */
bool ksrtp_transit_is(const struct sk_buff *skb, u16 family,
		      enum ksrtp_transit mark)
{
	return *ksrtp_transit_flags((struct sk_buff *)skb, family) & mark;
}

/**
 * ksrtp_transit_unmark() - remove a mark
 * @skb: the packet
 * @family: AF_INET or AF_INET6
 * @mark: the mark
 *
 * Context: in a hook of IP.
 */
void ksrtp_transit_unmark(struct sk_buff *skb, u16 family,
			  enum ksrtp_transit mark)
{
	*ksrtp_transit_flags(skb, family) &= ~mark;
}

static void ksrtp_transit_mark(struct sk_buff *skb, u16 family,
			       enum ksrtp_transit mark)
{
	*ksrtp_transit_flags(skb, family) |= mark;
}

/* Conntrack and NAT decide once per flow, and must not see what is relayed. */
static void ksrtp_transit_untrack(struct sk_buff *skb)
{
	nf_reset_ct(skb);
	nf_ct_set(skb, NULL, IP_CT_UNTRACKED);
}

static bool ksrtp_transit_loopback(u16 family, const struct in6_addr *address)
{
	return family == AF_INET ? ipv4_is_loopback(address->s6_addr32[0]) :
				   ipv6_addr_loopback(address);
}

/**
 * ksrtp_transit_local() - is an address one of this host?
 * @net: the namespace
 * @family: AF_INET or AF_INET6
 * @address: the address
 *
 * Context: any, under rcu_read_lock().
 * Return: true if it is.
 */
bool ksrtp_transit_local(struct net *net, u16 family,
			 const struct in6_addr *address)
{
	return ksrtp_transit_loopback(family, address) ||
	       (family == AF_INET ?
		inet_addr_type(net, address->s6_addr32[0]) == RTN_LOCAL :
		ipv6_chk_addr(net, address, NULL, 0));
}

/* The kernel would tell a sender that we are not of a shorter way. */
static bool ksrtp_transit_route_ipv4(struct sk_buff *skb,
				     const struct in6_addr *source,
				     const struct in6_addr *dest)
{
	if (ip_route_input_noref(skb, dest->s6_addr32[0], source->s6_addr32[0],
				 KSRTP_ROUTE_TOS(ip_hdr(skb)), skb->dev))
		return false;
	IPCB(skb)->flags &= ~IPSKB_DOREDIRECT;
	return true;
}

static bool ksrtp_transit_route_ipv6(struct sk_buff *skb, struct net *net,
				     const struct in6_addr *source,
				     const struct in6_addr *dest)
{
	const struct ipv6hdr *ip6h = ipv6_hdr(skb);
	struct flowi6 fl6 = {
		.flowi6_iif = skb->dev->ifindex,
		.daddr = *dest,
		.saddr = *source,
		.flowlabel = ip6_flowinfo(ip6h),
		.flowi6_mark = skb->mark,
		.flowi6_proto = ip6h->nexthdr,
	};

	skb_dst_set_noref(skb, ip6_route_input_lookup(net, skb->dev, &fl6, skb,
						      RT6_LOOKUP_F_HAS_SADDR |
						      RT6_LOOKUP_F_DST_NOREF));
	return true;
}

/*
 * Route a received packet, which has no route, to another destination, by its true
 * source: IPv4 refuses own addresses from outside, and reverse path filters look at it.
 */
static bool ksrtp_transit_route(struct sk_buff *skb,
				const struct nf_hook_state *state,
				const struct ksrtp_udp *udp,
				const struct in6_addr *dest)
{
	bool routed = udp->family == AF_INET ?
		      ksrtp_transit_route_ipv4(skb, &udp->source, dest) :
		      ksrtp_transit_route_ipv6(skb, state->net, &udp->source,
					       dest);

	return routed && !skb_dst(skb)->error;
}

/* Does the route of a packet end at this host? */
static bool ksrtp_transit_ends(const struct sk_buff *skb, u16 family)
{
	const struct dst_entry *dst = skb_dst(skb);

	return family == AF_INET ?
	       container_of(dst, struct rtable, dst)->rt_type == RTN_LOCAL :
	       container_of(dst, struct rt6_info, dst)->rt6i_flags & RTF_LOCAL;
}

/* Addresses and ports of a packet of the peer for an application. */
static struct ksrtp_udp_ends
ksrtp_transit_inner(const struct ksrtp_relay *relay, bool rtcp)
{
	return (struct ksrtp_udp_ends){
		.source = relay->local,
		.dest = relay->remote,
		.source_port = rtcp ? relay->local_rtcp_port :
				      relay->local_port,
		.dest_port = rtcp ? relay->remote_rtcp_port :
				    relay->remote_port,
	};
}

/* The relay of a packet, or NULL if it is for none. */
static const struct ksrtp_relay *
ksrtp_transit_choose(struct sk_buff *skb, const struct ksrtp_relays *relays,
		     bool rtcp, const struct ksrtp_udp *udp)
{
	const struct ksrtp_relay *relay;

	relay = ksrtp_relay_choose(relays, rtcp, ksrtp_udp_payload(skb, udp),
				   udp->len);
	return relay->held ? NULL : relay;
}

/*
 * Route a packet of the peer to an application of another host, and give it its
 * addresses. Returns 0, -ENOENT with nothing changed if it is one of this host, or the
 * cause to drop the packet for.
 */
static int ksrtp_transit_forward(struct sk_buff *skb,
				 const struct nf_hook_state *state,
				 const struct ksrtp_udp_ends *ends,
				 struct ksrtp_udp *udp)
{
	unsigned long was = skb->_skb_refdst;

	if (ksrtp_transit_loopback(udp->family, &ends->dest))
		return -ENOENT;
	skb->_skb_refdst = 0;
	if (ksrtp_transit_route(skb, state, udp, &ends->dest) &&
	    ksrtp_transit_ends(skb, udp->family)) {
		skb_dst_drop(skb);
		skb->_skb_refdst = was;
		return -ENOENT;
	}
	refdst_drop(was);
	if (!skb_dst(skb) || skb_dst(skb)->error)
		return KSRTP_A_STATS_DROP_NO_RELAY;
	if (skb_ensure_writable(skb, udp->offset + sizeof(struct udphdr)))
		return KSRTP_A_STATS_DROP_NO_MEMORY;
	ksrtp_udp_readdress(skb, udp, ends);
	return 0;
}

/**
 * ksrtp_transit_receive() - relay a packet that was received
 * @skb: the packet, exclusively owned, unprotected
 * @state: state of the hook
 * @session: its session
 * @rtcp: it is RTCP
 * @udp: the datagram in @skb
 *
 * One for an application of this host is marked, and gets its addresses later.
 *
 * Context: under rcu_read_lock(), does not sleep.
 * Return: 0 if the packet may continue, or the cause to drop it for.
 */
int ksrtp_transit_receive(struct sk_buff *skb,
			  const struct nf_hook_state *state,
			  const struct ksrtp_session *session, bool rtcp,
			  struct ksrtp_udp *udp)
{
	const struct ksrtp_relays *relays = rcu_dereference(session->relays);
	const struct ksrtp_relay *relay;
	struct ksrtp_udp_ends ends;
	int err;

	/* processed by the hook of a device: it comes to that of IP */
	if (!relays || state->pf == NFPROTO_NETDEV)
		return 0;
	if (udp->fragment || udp->routing ||
	    ksrtp_udp_checksum_stray(skb, udp))
		return KSRTP_A_STATS_DROP_NO_RELAY;
	if (!pskb_may_pull(skb, skb->len))
		return KSRTP_A_STATS_DROP_NO_MEMORY;
	relay = ksrtp_transit_choose(skb, relays, rtcp, udp);
	if (!relay)
		return KSRTP_A_STATS_DROP_NO_RELAY;
	ksrtp_transit_untrack(skb);
	ends = ksrtp_transit_inner(relay, rtcp);
	err = ksrtp_transit_forward(skb, state, &ends, udp);
	if (err != -ENOENT)
		return err;
	ksrtp_transit_mark(skb, udp->family, KSRTP_TRANSIT_ARRIVED);
	return 0;
}

/**
 * ksrtp_transit_deliver() - give a received packet the addresses of an application of
 *	this host
 * @skb: the packet, exclusively owned, which was marked when it arrived
 * @relays: relays of its session
 * @rtcp: it is RTCP
 * @udp: the datagram in @skb
 *
 * Context: under rcu_read_lock(), does not sleep.
 * Return: 0 if the packet may continue, or the cause to drop it for.
 */
int ksrtp_transit_deliver(struct sk_buff *skb,
			  const struct ksrtp_relays *relays, bool rtcp,
			  struct ksrtp_udp *udp)
{
	const struct ksrtp_relay *relay;
	struct ksrtp_udp_ends ends;

	if (!pskb_may_pull(skb, skb->len) ||
	    skb_ensure_writable(skb, udp->offset + sizeof(struct udphdr)))
		return KSRTP_A_STATS_DROP_NO_MEMORY;
	relay = ksrtp_transit_choose(skb, relays, rtcp, udp);
	if (!relay)
		return KSRTP_A_STATS_DROP_NO_RELAY;
	/* a socket may have been found for it when it arrived */
	skb_orphan(skb);
	ends = ksrtp_transit_inner(relay, rtcp);
	ksrtp_udp_readdress(skb, udp, &ends);
	return 0;
}

/**
 * ksrtp_transit_send() - give a packet of an application the addresses of its session
 * @skb: the packet, exclusively owned, with its headers private
 * @state: state of the hook
 * @ends: addresses and ports
 * @udp: the datagram in @skb, updated
 *
 * The caller protects it at once, or drops it, or gives it back the addresses that it
 * had. It is marked as protected.
 *
 * Context: under rcu_read_lock(), does not sleep.
 * Return: 0, or the cause to drop it for.
 */
int ksrtp_transit_send(struct sk_buff *skb, const struct nf_hook_state *state,
		       const struct ksrtp_udp_ends *ends,
		       struct ksrtp_udp *udp)
{
	int err = 0;

	if (state->hook == NF_INET_PRE_ROUTING) {
		skb_dst_drop(skb);
		if (!ksrtp_transit_route(skb, state, udp, &ends->dest))
			return KSRTP_A_STATS_DROP_NO_RELAY;
		ksrtp_udp_readdress(skb, udp, ends);
	} else {
		ksrtp_udp_readdress(skb, udp, ends);
		err = udp->family == AF_INET ?
		      ip_route_me_harder(state->net, state->sk, skb,
					 RTN_UNSPEC) :
		      nf_ip6_route_me_harder(state->net, state->sk, skb);
	}
	ksrtp_transit_untrack(skb);
	ksrtp_transit_mark(skb, udp->family, KSRTP_TRANSIT_PROTECTED);
	return err ? KSRTP_A_STATS_DROP_NO_RELAY : 0;
}
