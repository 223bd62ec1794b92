// SPDX-License-Identifier: GPL-2.0
/*
 * Netfilter hooks. The wire's side sees SRTP, the host's side RTP: packets are
 * unprotected right after reassembly, and protected after all other hooks.
 */

#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <linux/prefetch.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include "application.h"
#include "datagram.h"
#include "defrag.h"
#include "flowtable.h"
#include "gso.h"
#include "guard.h"
#include "hook.h"
#include "icmp.h"
#include "bridged.h"
#include "mtu.h"
#include "net.h"
#include "netlink/event.h"
#include "pmtu.h"
#include "relay.h"
#include "served.h"
#include "stream.h"
#include "transit.h"
#include "udp.h"
#include "verdict.h"

/*
 * On input, where defragmentation is (-400) and before raw (-300) and conntrack
 * (-200). On output only the confirmation of conntrack entries (INT_MAX) comes
 * later, so that packets that we drop leave no entry. Path MTU messages to this
 * host are handled behind the firewall, too, and what is relayed to applications
 * of this host.
 */
#define KSRTP_PRI_RECV	(NF_IP_PRI_CONNTRACK_DEFRAG + 10)
#define KSRTP_PRI_SEND	(NF_IP_PRI_LAST - 1)
#define KSRTP_PRI_DELIVER	(NF_IP_PRI_SECURITY + 100)

/*
 * With many sessions a packet's data is not cached, and is reached through a
 * chain of pointers. Prefetch all of it at once, while the packet is parsed.
 */
static __always_inline
void ksrtp_hook_prefetch(const struct ksrtp_direction *direction)
{
	const struct ksrtp_keyset *keyset =
		rcu_access_pointer(direction->keyset);
	const struct ksrtp_stream *stream =
		rcu_access_pointer(direction->newest);
	const struct ksrtp_master *master = READ_ONCE(direction->warm.master);
	const u8 *cipher = READ_ONCE(direction->warm.cipher);
	bool aead = READ_ONCE(direction->aead);
	const u8 *end = cipher + L1_CACHE_BYTES *
				 (aead ? KSRTP_AEAD_LINES : KSRTP_CTR_LINES);

	prefetch(keyset);
	prefetchw(stream);
	prefetchw(&stream->rtp);
	prefetchw(&stream->window);
	prefetchw(master);
	prefetch(&master->srtp);
	if (!aead)
		prefetch(cipher + KSRTP_CTR_KEY_LEN_AT);
	/* five at a time, as their numbers are: one by one takes twice as long */
	for (; cipher < end; cipher += 5 * L1_CACHE_BYTES) {
		prefetch(cipher);
		prefetch(cipher + L1_CACHE_BYTES);
		prefetch(cipher + 2 * L1_CACHE_BYTES);
		prefetch(cipher + 3 * L1_CACHE_BYTES);
		prefetch(cipher + 4 * L1_CACHE_BYTES);
	}
}

/**
 * struct ksrtp_hook_relayed - a super-packet that is relayed in parts
 * @state: state of the hook
 * @node: its session's node
 */
struct ksrtp_hook_relayed {
	const struct nf_hook_state *state;
	const struct ksrtp_node *node;
};

/* Accept a packet, marked as processed for the next hook. */
static unsigned int ksrtp_hook_accept(struct sk_buff *skb,
				      const struct nf_hook_state *state)
{
	ksrtp_served(skb, state);
	return NF_ACCEPT;
}

/**
 * ksrtp_hook() - protect or unprotect a packet, if it is a session's
 * @skb: the packet, with its network header set
 * @kn: its namespace
 * @state: state of the hook
 * @id: direction: send protects, receive unprotects
 * @udp: the datagram in @skb
 * @flow: its flow as seen from this end of the wire
 * @matched: set to the session's node that matches it, or NULL
 *
 * Context: under rcu_read_lock(), does not sleep.
 * Return: a netfilter verdict.
 */
__always_inline
unsigned int ksrtp_hook(struct sk_buff *skb, struct ksrtp_net *kn,
			const struct nf_hook_state *state,
			enum ksrtp_direction_id id, struct ksrtp_udp *udp,
			const struct ksrtp_flow *flow,
			const struct ksrtp_node **matched)
{
	struct ksrtp_session *session;
	const struct ksrtp_node *node;
	struct sk_buff *copy;
	bool told = false;
	int ret;

	node = ksrtp_packet_match(skb, kn, flow, udp);
	*matched = node;
	session = node ? ksrtp_node_session(node) : NULL;
	if (!session || !ksrtp_direction_configured(session, id)) {
		if (ksrtp_gso_mixed(skb, kn, flow, udp, id))
			return ksrtp_gso_segment(skb, kn, state, flow, NULL,
						 id, udp);
		/* not marked, since the next hook may see another device */
		return ksrtp_guard_drop(skb, kn, flow, udp, id) ?
		       NF_STOLEN : NF_ACCEPT;
	}
	ksrtp_hook_prefetch(ksrtp_direction(session, id));

	if (skb_is_gso(skb)) {
		if (ksrtp_gso_is(skb)) {
			ret = ksrtp_gso_process(skb, state, node, id, udp,
						flow);
			if (ret != -EOPNOTSUPP)
				return ret ? NF_STOLEN :
				       ksrtp_hook_accept(skb, state);
			return ksrtp_gso_segment(skb, kn, state, flow, node,
						 id, udp);
		}
		/* one large datagram, which the output path can fragment */
		skb_gso_reset(skb);
	}
	if (skb_shared(skb)) {
		copy = skb_copy(skb, GFP_ATOMIC | __GFP_NOWARN);
		if (!copy) {
			ksrtp_verdict_drop(skb, session, id,
					   KSRTP_A_STATS_DROP_NO_MEMORY);
			return NF_STOLEN;
		}
		consume_skb(skb);
		ksrtp_datagram_finish(copy, state, node, id, udp, &told);
		return NF_STOLEN;
	}
	ret = ksrtp_datagram(skb, state, node, id, udp);
	if (!ret)
		return ksrtp_hook_accept(skb, state);
	if (ret == KSRTP_A_STATS_DROP_TOO_BIG) {
		if (ksrtp_verdict_hand_up(skb, state))
			return NF_STOLEN;
		/* the only drop that a sender can react to */
		ksrtp_verdict_count(skb, session, id, ret);
		ksrtp_mtu_tell(skb, state, udp);
		return NF_DROP_ERR(-EMSGSIZE);
	}
	if (ret > 0)
		ksrtp_verdict_drop(skb, session, id, ret);
	return NF_STOLEN;
}

/*
 * Source and destination port, where UDP's header follows IP's and is there to be
 * read, and the packet is no fragment; else NULL, which says nothing.
 */
static __always_inline const __be16 *
ksrtp_hook_ports(const struct sk_buff *skb, u16 family)
{
	unsigned int at = skb_network_offset(skb);
	const struct iphdr *iph = ip_hdr(skb);

	if (family == AF_INET) {
		if (iph->protocol != IPPROTO_UDP ||
		    ip_is_fragment(iph))
			return NULL;
		at += 4 * iph->ihl;
	} else {
		if (ipv6_hdr(skb)->nexthdr != IPPROTO_UDP)
			return NULL;
		at += sizeof(struct ipv6hdr);
	}
	if (unlikely(at + sizeof(struct udphdr) > skb_headlen(skb)))
		return NULL;
	return (const __be16 *)(skb->data + at);
}

/* Relay a part of a super-packet. */
static void ksrtp_hook_relay_part(struct sk_buff *skb, struct ksrtp_udp *udp,
				  void *data)
{
	const struct ksrtp_hook_relayed *relayed = data;
	int cause = ksrtp_datagram_relay(skb, relayed->state, relayed->node,
					 udp);

	if (cause)
		ksrtp_verdict_drop(skb, ksrtp_node_session(relayed->node),
				   KSRTP_DIRECTION_RECV, cause);
	else
		ksrtp_verdict_resume(skb, relayed->state);
}

/* May parts of a super-packet be for several applications? */
static bool ksrtp_hook_scatters(const struct sk_buff *skb,
				const struct ksrtp_relays *relays)
{
	return relays->n > 1 && ksrtp_gso_is(skb);
}

/* Relay a packet of a session, unprotected. */
static unsigned int ksrtp_hook_relay_down(struct sk_buff *skb,
					  const struct nf_hook_state *state,
					  const struct ksrtp_node *node,
					  struct ksrtp_udp *udp)
{
	struct ksrtp_session *session = ksrtp_node_session(node);
	struct ksrtp_hook_relayed relayed = { .state = state, .node = node };
	int cause;

	if (ksrtp_hook_scatters(skb, rcu_dereference(session->relays))) {
		ksrtp_gso_split(skb, udp->family, session, KSRTP_DIRECTION_RECV,
				ksrtp_hook_relay_part, &relayed);
		return NF_STOLEN;
	}
	cause = ksrtp_datagram_relay(skb, state, node, udp);
	if (!cause)
		return NF_ACCEPT;
	ksrtp_verdict_drop(skb, session, KSRTP_DIRECTION_RECV, cause);
	return NF_STOLEN;
}

/*
 * A received packet that is not protected any more, in a namespace with relays. @node is
 * its session's, or NULL.
 */
static noinline unsigned int
ksrtp_hook_relay(struct sk_buff *skb, struct ksrtp_net *kn,
		 const struct nf_hook_state *state,
		 const struct ksrtp_node *node, struct ksrtp_udp *udp)
{
	const struct ksrtp_relay_port *port;

	if (node && rcu_access_pointer(ksrtp_node_session(node)->relays))
		return ksrtp_hook_relay_down(skb, state, node, udp);
	port = udp->routing ? NULL :
	       ksrtp_relay_find(kn, udp->family, &udp->dest, udp->dest_port);
	return port ? ksrtp_application(skb, state, port, udp) : NF_ACCEPT;
}

/* A packet that the hook of a device has processed, in a namespace with relays. */
static noinline unsigned int
ksrtp_hook_relay_served(struct sk_buff *skb, struct ksrtp_net *kn,
			const struct nf_hook_state *state, u16 family)
{
	struct ksrtp_flow flow;
	struct ksrtp_udp udp;

	if (ksrtp_udp_parse(skb, family, &udp) <= 0)
		return NF_ACCEPT;
	ksrtp_udp_flow(&udp, KSRTP_DIRECTION_RECV, state->in->ifindex, &flow);
	return ksrtp_hook_relay(skb, kn, state,
				ksrtp_packet_match(skb, kn, &flow, &udp), &udp);
}

/* Is a received packet to this port of no session and no relay? */
static __always_inline bool ksrtp_hook_foreign(const struct ksrtp_net *kn,
					       __be16 port)
{
	return ksrtp_net_foreign(kn, port) &&
	       !(static_branch_unlikely(&ksrtp_relay_wanted) &&
		 ksrtp_net_relays(kn, port));
}

/*
 * A received packet that may be a session's. @ports: whether its ports were there to
 * be read; @foreign: and showed that it is not.
 */
static noinline unsigned int
ksrtp_hook_unprotect(struct sk_buff *skb, struct ksrtp_net *kn,
		     const struct nf_hook_state *state, u16 family, bool ports,
		     bool foreign)
{
	/* fully initialized later; zeroing them first is costly */
	struct ksrtp_flow flow __uninitialized;
	struct ksrtp_udp udp __uninitialized;
	const struct ksrtp_node *node;
	unsigned int verdict;
	int found;

	verdict = ksrtp_defrag(skb, state, family);
	if (unlikely(verdict != NF_ACCEPT))
		return verdict;
	if (ksrtp_l3mdev_again(skb, state, family) || foreign)
		return NF_ACCEPT;
	found = ksrtp_udp_parse(skb, family, &udp);
	if (unlikely(found < 0))
		return NF_DROP;
	if (!found || (!ports && ksrtp_hook_foreign(kn, udp.dest_port)))
		return NF_ACCEPT;
	if (unlikely(udp.routing) &&
	    !ksrtp_routing_follow(skb, state, &udp, KSRTP_DIRECTION_RECV))
		return NF_DROP;
	if (static_branch_unlikely(&ksrtp_relay_wanted) &&
	    ksrtp_net_foreign(kn, udp.dest_port))
		return ksrtp_hook_relay(skb, kn, state, NULL, &udp);
	ksrtp_udp_flow(&udp, KSRTP_DIRECTION_RECV, state->in->ifindex, &flow);
	verdict = ksrtp_hook(skb, kn, state, KSRTP_DIRECTION_RECV, &udp, &flow,
			     &node);
	if (static_branch_unlikely(&ksrtp_relay_wanted) &&
	    verdict == NF_ACCEPT && READ_ONCE(kn->nrelays))
		return ksrtp_hook_relay(skb, kn, state, node, &udp);
	return verdict;
}

static __always_inline unsigned int
ksrtp_hook_recv(struct ksrtp_net *kn, struct sk_buff *skb,
		const struct nf_hook_state *state, u16 family)
{
	const __be16 *ports;
	bool foreign;

	if (static_branch_unlikely(&ksrtp_served_wanted) &&
	    ksrtp_served_received(skb)) {
		skb_dst_drop(skb);
		return static_branch_unlikely(&ksrtp_relay_wanted) &&
		       READ_ONCE(kn->nrelays) ?
		       ksrtp_hook_relay_served(skb, kn, state, family) :
		       NF_ACCEPT;
	}
	/* most packets of a host are of no session: be quick about these */
	ports = ksrtp_hook_ports(skb, family);
	foreign = likely(ports) && ksrtp_hook_foreign(kn, ports[1]);
	if (foreign && !netif_is_l3_master(state->in))
		return NF_ACCEPT;
	return ksrtp_hook_unprotect(skb, kn, state, family, ports, foreign);
}

static unsigned int ksrtp_hook_recv_ipv4(void *priv, struct sk_buff *skb,
					 const struct nf_hook_state *state)
{
	return ksrtp_hook_recv(priv, skb, state, AF_INET);
}

static unsigned int ksrtp_hook_recv_ipv6(void *priv, struct sk_buff *skb,
					 const struct nf_hook_state *state)
{
	return ksrtp_hook_recv(priv, skb, state, AF_INET6);
}

/* What may be a path MTU message to another host. Apart, for its room on the stack. */
static noinline void ksrtp_hook_send_pmtu(struct sk_buff *skb,
					  struct ksrtp_net *kn,
					  const struct nf_hook_state *state,
					  u16 family)
{
	struct ksrtp_pmtu pmtu;

	if (!(state->out->flags & IFF_LOOPBACK) && !ksrtp_mtu_telling() &&
	    ksrtp_pmtu_ours(skb, kn, state, family, &pmtu))
		ksrtp_pmtu_lessen(skb, state, &pmtu);
}

/* ICMP to other hosts. */
static bool ksrtp_hook_send_icmp(struct sk_buff *skb, struct ksrtp_net *kn,
				 const struct nf_hook_state *state, u16 family)
{
	if (ksrtp_pmtu_possible(skb, family))
		ksrtp_hook_send_pmtu(skb, kn, state, family);
	return ksrtp_icmp_cut(skb, kn, family);
}

/* What may be a path MTU message to this host. */
static noinline unsigned int
ksrtp_hook_local_pmtu(struct sk_buff *skb, struct ksrtp_net *kn,
		      const struct nf_hook_state *state, u16 family)
{
	struct ksrtp_pmtu pmtu;

	return ksrtp_pmtu_ours(skb, kn, state, family, &pmtu) &&
	       ksrtp_pmtu_deliver(skb, state, &pmtu) ? NF_STOLEN : NF_ACCEPT;
}

/* ICMP to this host. */
static unsigned int ksrtp_hook_local(void *priv, struct sk_buff *skb,
				     const struct nf_hook_state *state)
{
	u16 family = state->pf == NFPROTO_IPV4 ? AF_INET : AF_INET6;

	return likely(!ksrtp_pmtu_possible(skb, family)) ? NF_ACCEPT :
	       ksrtp_hook_local_pmtu(skb, priv, state, family);
}

/*
 * A packet on its way out that may be a session's. @ports: whether its ports were
 * there to be read.
 */
static noinline unsigned int
ksrtp_hook_protect(struct sk_buff *skb, struct ksrtp_net *kn,
		   const struct nf_hook_state *state, u16 family, bool ports)
{
	/* fully initialized later; zeroing them first is costly */
	struct ksrtp_flow flow __uninitialized;
	struct ksrtp_udp udp __uninitialized;
	const struct ksrtp_node *node;
	unsigned int verdict;
	int found;

	/*
	 * A VRF runs the hook twice, the second time for the wire. IPv6 runs it
	 * again to loop multicast back, after it was for the wire.
	 */
	if (netif_is_l3_master(state->out) ||
	    unlikely(state->okfn == dev_loopback_xmit))
		return NF_ACCEPT;
	verdict = ksrtp_defrag(skb, state, family);
	if (unlikely(verdict != NF_ACCEPT))
		return verdict;
	found = ksrtp_udp_parse(skb, family, &udp);
	if (unlikely(found < 0))
		return NF_DROP;
	if (!found)
		return ksrtp_hook_send_icmp(skb, kn, state, family) ?
		       NF_ACCEPT : NF_DROP;
	if (!ports && ksrtp_net_foreign(kn, udp.source_port))
		return NF_ACCEPT;
	if (unlikely(udp.routing) &&
	    !ksrtp_routing_follow(skb, state, &udp, KSRTP_DIRECTION_SEND))
		return NF_DROP;
	ksrtp_udp_flow(&udp, KSRTP_DIRECTION_SEND, state->out->ifindex, &flow);
	return ksrtp_hook(skb, kn, state, KSRTP_DIRECTION_SEND, &udp, &flow,
			  &node);
}

static __always_inline unsigned int
ksrtp_hook_send(struct ksrtp_net *kn, struct sk_buff *skb,
		const struct nf_hook_state *state, u16 family)
{
	const __be16 *ports;

	/* what was relayed is protected */
	if (static_branch_unlikely(&ksrtp_relay_wanted) &&
	    ksrtp_transit_is(skb, family, KSRTP_TRANSIT_PROTECTED)) {
		/* a VRF runs the hook twice, the second time for the wire */
		if (!netif_is_l3_master(state->out))
			ksrtp_transit_unmark(skb, family,
					     KSRTP_TRANSIT_PROTECTED);
		return ksrtp_hook_accept(skb, state);
	}
	ports = ksrtp_hook_ports(skb, family);
	if (likely(ports) && ksrtp_net_foreign(kn, ports[0]))
		return NF_ACCEPT;
	return ksrtp_hook_protect(skb, kn, state, family, ports);
}

static unsigned int ksrtp_hook_send_ipv4(void *priv, struct sk_buff *skb,
					 const struct nf_hook_state *state)
{
	return ksrtp_hook_send(priv, skb, state, AF_INET);
}

static unsigned int ksrtp_hook_send_ipv6(void *priv, struct sk_buff *skb,
					 const struct nf_hook_state *state)
{
	return ksrtp_hook_send(priv, skb, state, AF_INET6);
}

/* What an application of this host may send to be relayed. */
static noinline unsigned int
ksrtp_hook_relay_local(struct sk_buff *skb, struct ksrtp_net *kn,
		       const struct nf_hook_state *state, u16 family)
{
	const struct ksrtp_relay_port *port;
	struct ksrtp_udp udp;

	if (ksrtp_udp_parse(skb, family, &udp) <= 0 || udp.routing)
		return NF_ACCEPT;
	port = ksrtp_relay_find(kn, family, &udp.dest, udp.dest_port);
	return port ? ksrtp_application(skb, state, port, &udp) : NF_ACCEPT;
}

/* Packets of programs of this host. */
static unsigned int ksrtp_hook_output(void *priv, struct sk_buff *skb,
				      const struct nf_hook_state *state)
{
	u16 family = state->pf == NFPROTO_IPV4 ? AF_INET : AF_INET6;
	const __be16 *ports = ksrtp_hook_ports(skb, family);
	struct ksrtp_net *kn = priv;

	if (likely(ports) && !ksrtp_net_relays(kn, ports[1]))
		return NF_ACCEPT;
	return ksrtp_hook_relay_local(skb, kn, state, family);
}

/*
 * Give what has arrived for an application of this host its addresses. Media of a
 * session with relays reach nobody else, and media that were not authentic when they
 * arrived reach nobody. A bridge's packets have lost their mark.
 */
static noinline unsigned int
ksrtp_hook_deliver(struct sk_buff *skb, struct ksrtp_net *kn,
		   const struct nf_hook_state *state, u16 family, bool arrived)
{
	const struct ksrtp_relays *relays = NULL;
	struct ksrtp_session *session;
	const struct ksrtp_node *node;
	enum ksrtp_wire_class class;
	u8 buf[KSRTP_PEEK_LEN];
	struct ksrtp_flow flow;
	struct ksrtp_udp udp;
	const u8 *start;
	int cause = KSRTP_A_STATS_DROP_NO_RELAY;

	if (ksrtp_udp_parse(skb, family, &udp) <= 0)
		return arrived ? NF_DROP : NF_ACCEPT;
	ksrtp_udp_flow(&udp, KSRTP_DIRECTION_RECV, state->in->ifindex, &flow);
	node = ksrtp_packet_match(skb, kn, &flow, &udp);
	session = node ? ksrtp_node_session(node) : NULL;
	if (session)
		relays = rcu_dereference(session->relays);
	if (!relays)
		return arrived ? NF_DROP : NF_ACCEPT;
	class = ksrtp_packet_peek(skb, &udp, node->kind, buf, &start);
	if (class == KSRTP_WIRE_OTHER)
		return NF_ACCEPT;
	if ((arrived || ksrtp_bridged_is(skb)) && !skb_shared(skb))
		cause = ksrtp_transit_deliver(skb, relays,
					      class == KSRTP_WIRE_RTCP, &udp);
	if (!cause)
		return NF_ACCEPT;
	ksrtp_verdict_drop(skb, session, KSRTP_DIRECTION_RECV, cause);
	return NF_STOLEN;
}

/* Packets for this host, behind the firewall's filter. */
static unsigned int ksrtp_hook_input(void *priv, struct sk_buff *skb,
				     const struct nf_hook_state *state)
{
	u16 family = state->pf == NFPROTO_IPV4 ? AF_INET : AF_INET6;
	bool arrived = ksrtp_transit_is(skb, family, KSRTP_TRANSIT_ARRIVED);
	const __be16 *ports = ksrtp_hook_ports(skb, family);
	struct ksrtp_net *kn = priv;

	if (arrived)
		ksrtp_transit_unmark(skb, family, KSRTP_TRANSIT_ARRIVED);
	else if (likely(ports) && ksrtp_net_foreign(kn, ports[1]))
		return NF_ACCEPT;
	return ksrtp_hook_deliver(skb, kn, state, family, arrived);
}

/* A device is kept from taking over flows of sessions. */
static noinline void ksrtp_hook_alert(struct ksrtp_net *kn,
				      const struct net_device *dev)
{
	struct ksrtp_alert_info info = {
		.type = KSRTP_ALERT_HARDWARE_OFFLOAD,
		.ifindex = dev->ifindex,
		.count = ksrtp_ratelimit_tell(&kn->hardware),
	};

	if (info.count)
		ksrtp_event_alert(kn->net, &info);
}

/* Forwarded packets, before rules that may add their flow to a flowtable. */
static unsigned int ksrtp_hook_forward(void *priv, struct sk_buff *skb,
				       const struct nf_hook_state *state)
{
	u16 family = state->pf == NFPROTO_IPV4 ? AF_INET : AF_INET6;
	struct ksrtp_net *kn = ksrtp_net(state->net);
	const struct net_device *dev;

	dev = ksrtp_flowtable_refuse(skb, kn, state, family);
	if (unlikely(dev))
		ksrtp_hook_alert(kn, dev);
	return NF_ACCEPT;
}

/* Registered in addition once there can be flowtables. */
const struct nf_hook_ops ksrtp_hook_forward_ops[KSRTP_HOOKS_FORWARD] = {
	{
		.hook = ksrtp_hook_forward,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_FORWARD,
		.priority = NF_IP_PRI_FIRST,
	}, {
		.hook = ksrtp_hook_forward,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_FORWARD,
		.priority = NF_IP6_PRI_FIRST,
	},
};

/* Hooks that it registers in addition while a session has relays; likewise. */
const struct nf_hook_ops ksrtp_hook_relay_ops[KSRTP_HOOKS_RELAY] = {
	{
		.hook = ksrtp_hook_output,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_LOCAL_OUT,
		.priority = NF_IP_PRI_RAW,
	}, {
		.hook = ksrtp_hook_output,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_LOCAL_OUT,
		.priority = NF_IP6_PRI_RAW,
	}, {
		.hook = ksrtp_hook_input,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_LOCAL_IN,
		.priority = KSRTP_PRI_DELIVER,
	}, {
		.hook = ksrtp_hook_input,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_LOCAL_IN,
		.priority = KSRTP_PRI_DELIVER,
	},
};

/* Hooks that a namespace registers while it has sessions or rules; for its copy. */
const struct nf_hook_ops ksrtp_hook_ops[KSRTP_HOOKS] = {
	{
		.hook = ksrtp_hook_recv_ipv4,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_PRE_ROUTING,
		.priority = KSRTP_PRI_RECV,
	}, {
		.hook = ksrtp_hook_recv_ipv6,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_PRE_ROUTING,
		.priority = KSRTP_PRI_RECV,
	}, {
		.hook = ksrtp_hook_send_ipv4,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_POST_ROUTING,
		.priority = KSRTP_PRI_SEND,
	}, {
		.hook = ksrtp_hook_send_ipv6,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_POST_ROUTING,
		.priority = KSRTP_PRI_SEND,
	}, {
		.hook = ksrtp_hook_local,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_LOCAL_IN,
		.priority = KSRTP_PRI_SEND,
	}, {
		.hook = ksrtp_hook_local,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_LOCAL_IN,
		.priority = KSRTP_PRI_SEND,
	},
};
