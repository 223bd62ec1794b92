// SPDX-License-Identifier: GPL-2.0
/*
 * Netfilter hooks. On the wire's side of them is SRTP, on the host's side RTP:
 * packets are unprotected before anything but reassembly has seen them, and
 * protected after all others have.
 */

#include <linux/err.h>
#include <linux/netfilter_bridge.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <linux/prefetch.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/netfilter/ipv4/nf_defrag_ipv4.h>
#include <net/netfilter/ipv6/nf_defrag_ipv6.h>
#include <net/xfrm.h>

#include "bridged.h"
#include "compat.h"
#include "dns.h"
#include "event.h"
#include "hook.h"
#include "icmp.h"
#include "net.h"
#include "packet.h"
#include "require.h"
#include "routing.h"
#include "stream.h"
#include "super.h"
#include "trace.h"
#include "wire.h"

/*
 * After defragmentation (-400) and before raw (-300) and conntrack (-200). On
 * the way out only the confirmation of conntrack entries (INT_MAX) comes later,
 * so that a packet that we drop leaves none behind.
 */
#define KSRTP_PRI_RECV	(NF_IP_PRI_CONNTRACK_DEFRAG + 10)
#define KSRTP_PRI_SEND	(NF_IP_PRI_LAST - 1)

/* How much of a keyed cipher a short packet needs, in cache lines. */
#define KSRTP_CIPHER_LINES	6

static unsigned int ksrtp_hook_recv(void *priv, struct sk_buff *skb,
				    const struct nf_hook_state *state);
static unsigned int ksrtp_hook_send(void *priv, struct sk_buff *skb,
				    const struct nf_hook_state *state);

static const struct nf_hook_ops ksrtp_hook_ops[] = {
	{
		.hook = ksrtp_hook_recv,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_PRE_ROUTING,
		.priority = KSRTP_PRI_RECV,
	}, {
		.hook = ksrtp_hook_recv,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_PRE_ROUTING,
		.priority = KSRTP_PRI_RECV,
	}, {
		.hook = ksrtp_hook_send,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_POST_ROUTING,
		.priority = KSRTP_PRI_SEND,
	}, {
		.hook = ksrtp_hook_send,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_POST_ROUTING,
		.priority = KSRTP_PRI_SEND,
	},
};

/* The kernel's own reason that comes closest to a cause. */
static enum skb_drop_reason ksrtp_drop_reason(enum ksrtp_stats_attr cause)
{
	switch (cause) {
	case KSRTP_A_STATS_DROP_SHORT:
		return SKB_DROP_REASON_PKT_TOO_SMALL;
	case KSRTP_A_STATS_DROP_BAD_RTP:
	case KSRTP_A_STATS_DROP_BAD_RTCP:
		return SKB_DROP_REASON_HDR_TRUNC;
	case KSRTP_A_STATS_DROP_BAD_CHECKSUM:
		return SKB_DROP_REASON_UDP_CSUM;
	case KSRTP_A_STATS_DROP_TOO_BIG:
		return SKB_DROP_REASON_PKT_TOO_BIG;
	case KSRTP_A_STATS_DROP_NO_MEMORY:
	case KSRTP_A_STATS_DROP_STREAM_LIMIT:
		return SKB_DROP_REASON_NOMEM;
	default:
		return SKB_DROP_REASON_NETFILTER_DROP;
	}
}

/* Tell of a drop that may mean an attack, but not of each. */
static void ksrtp_hook_alert(struct ksrtp_session *session,
			     enum ksrtp_direction_id id,
			     enum ksrtp_stats_attr cause)
{
	struct ksrtp_direction *direction = ksrtp_direction(session, id);
	struct ksrtp_alert_info info = {
		.session = session->id,
		.direction = id,
	};
	struct ksrtp_burst *burst;

	switch (cause) {
	case KSRTP_A_STATS_DROP_BAD_TAG:
	case KSRTP_A_STATS_DROP_PLAINTEXT:
		info.type = KSRTP_ALERT_AUTH_FAILURES;
		burst = &direction->auth_failures;
		break;
	case KSRTP_A_STATS_DROP_REPLAYED:
	case KSRTP_A_STATS_DROP_TOO_OLD:
		info.type = KSRTP_ALERT_REPLAYS;
		burst = &direction->replays;
		break;
	case KSRTP_A_STATS_DROP_STREAM_LIMIT:
		info.type = KSRTP_ALERT_STREAM_LIMIT;
		burst = &direction->stream_limits;
		break;
	default:
		return;
	}
	info.count = ksrtp_burst_tell(burst);
	if (info.count)
		ksrtp_event_alert(session->kn->net, &info);
}

/**
 * ksrtp_hook_count() - count a packet that is to be dropped, and let it be traced
 * @skb: the packet
 * @session: its session
 * @id: its direction
 * @cause: KSRTP_A_STATS_DROP_*
 *
 * Context: any.
 */
void ksrtp_hook_count(struct sk_buff *skb, struct ksrtp_session *session,
		      enum ksrtp_direction_id id, enum ksrtp_stats_attr cause)
{
	ksrtp_direction_drop(ksrtp_direction(session, id), cause);
	trace_ksrtp_drop(skb, session->id, id, cause);
	ksrtp_hook_alert(session, id, cause);
}

/**
 * ksrtp_hook_drop() - drop a packet and say why
 * @skb: the packet, freed
 * @session: its session
 * @id: its direction
 * @cause: KSRTP_A_STATS_DROP_*
 *
 * The sender's socket is not told: to an application a packet that we refuse is
 * a packet lost.
 *
 * Context: any.
 */
void ksrtp_hook_drop(struct sk_buff *skb, struct ksrtp_session *session,
		     enum ksrtp_direction_id id, enum ksrtp_stats_attr cause)
{
	ksrtp_hook_count(skb, session, id, cause);
	kfree_skb_reason(skb, ksrtp_drop_reason(cause));
}

static const struct nf_hook_entries *
ksrtp_hook_entries(const struct nf_hook_state *state)
{
	if (state->pf == NFPROTO_IPV4)
		return rcu_dereference(state->net->nf.hooks_ipv4[state->hook]);
	return rcu_dereference(state->net->nf.hooks_ipv6[state->hook]);
}

/**
 * ksrtp_hook_resume() - send a packet on that we had taken out of the hook
 * @skb: the packet
 * @state: what the hook was told
 *
 * The packet goes through the hooks behind ours first, as if it had never been
 * away. If ours is gone meanwhile, its place is unknown, and so is what the
 * packet has missed: it is dropped.
 *
 * Context: under rcu_read_lock(), BH disabled or in a hook; does not sleep.
 */
void ksrtp_hook_resume(struct sk_buff *skb, const struct nf_hook_state *state)
{
	const struct nf_hook_entries *entries = ksrtp_hook_entries(state);
	struct nf_hook_state copy = *state;
	nf_hookfn *ours = state->hook == NF_INET_PRE_ROUTING ?
			  ksrtp_hook_recv : ksrtp_hook_send;
	unsigned int i = 0;

	while (entries && i < entries->num_hook_entries &&
	       entries->hooks[i].hook != ours)
		i++;
	if (!entries || i == entries->num_hook_entries) {
		kfree_skb_reason(skb, SKB_DROP_REASON_NETFILTER_DROP);
		return;
	}
	if (nf_hook_slow(skb, &copy, entries, i + 1) == 1)
		state->okfn(state->net, state->sk, skb);
}

/* Process a packet that the hook has kept, and send it on. */
static void ksrtp_hook_process_stolen(struct sk_buff *skb,
				      const struct nf_hook_state *state,
				      const struct ksrtp_node *node,
				      enum ksrtp_direction_id id,
				      struct ksrtp_udp *udp)
{
	int ret = ksrtp_packet_process(skb, state, node, id, udp);

	if (!ret)
		ksrtp_hook_resume(skb, state);
	else if (ret > 0)
		ksrtp_hook_drop(skb, ksrtp_node_session(node), id, ret);
}

/* Read the SSRCs that a packet may be of; false if it is not RTP or RTCP. */
static bool ksrtp_hook_ssrcs(const struct sk_buff *skb,
			     const struct ksrtp_udp *udp,
			     struct ksrtp_ssrcs *ssrcs)
{
	unsigned int len = min_t(unsigned int, udp->len, KSRTP_PEEK_LEN);
	enum ksrtp_wire_class class;
	u8 buf[KSRTP_PEEK_LEN];
	const u8 *start;

	if (len < KSRTP_RTCP_HEADER_LEN)
		return false;
	start = skb_header_pointer(skb, udp->offset + sizeof(struct udphdr),
				   len, buf);
	if (!start)
		return false;
	class = ksrtp_wire_classify(start, udp->len, KSRTP_FLOW_MUX);
	if (class != KSRTP_WIRE_RTP && class != KSRTP_WIRE_RTCP)
		return false;
	/* shorter than any RTP: as RTP it is dropped, whosever it is */
	ssrcs->rtp = len < KSRTP_RTP_HEADER_LEN ? 0 : ksrtp_rtp_ssrc(start);
	ssrcs->rtcp = ksrtp_rtcp_ssrc(start);
	ssrcs->looks_rtcp = class == KSRTP_WIRE_RTCP;
	return true;
}

/* Find the session of a packet. */
static const struct ksrtp_node *ksrtp_hook_match(const struct sk_buff *skb,
						 struct ksrtp_net *kn,
						 const struct ksrtp_flow *flow,
						 const struct ksrtp_udp *udp)
{
	struct ksrtp_ssrcs ssrcs;

	if (likely(!READ_ONCE(kn->ssrc_shapes.used)) ||
	    !ksrtp_hook_ssrcs(skb, udp, &ssrcs))
		return ksrtp_session_match(kn, flow, NULL);
	return ksrtp_session_match(kn, flow, &ssrcs);
}

/* See what a datagram is that may be anything; false if it is not of version 2. */
static bool ksrtp_hook_see(const struct sk_buff *skb, unsigned int offset,
			   unsigned int len, u8 *buf,
			   struct ksrtp_sight *sight)
{
	const u8 *data;
	u8 first, last;

	data = len ? skb_header_pointer(skb, offset, 1, &first) : NULL;
	if (!data || *data >> 6 != KSRTP_RTP_VERSION)
		return false;
	sight->len = len;
	sight->there = min_t(unsigned int, len, KSRTP_DNS_QUERY_MAX);
	sight->data = skb_header_pointer(skb, offset, sight->there, buf);
	data = skb_header_pointer(skb, offset + len - 1, 1, &last);
	sight->last = data ? *data : -1;
	return sight->data;
}

/* A packet has no session: drop it if there is a rule that it needs one. */
static bool ksrtp_hook_bare(struct sk_buff *skb, struct ksrtp_net *kn,
			    const struct ksrtp_flow *flow,
			    const struct ksrtp_udp *udp,
			    enum ksrtp_direction_id id)
{
	struct ksrtp_sight sight __uninitialized;
	u8 buf[KSRTP_DNS_QUERY_MAX] __uninitialized;

	if (likely(!READ_ONCE(kn->nrequires)) ||
	    !ksrtp_hook_see(skb, udp->offset + sizeof(struct udphdr), udp->len,
			    buf, &sight) ||
	    !ksrtp_require_refuses(kn, flow, id, &sight))
		return false;
	kfree_skb_reason(skb, SKB_DROP_REASON_NETFILTER_DROP);
	return true;
}

/* May a rule have a segment of a super-packet dropped, of no session? */
static bool ksrtp_hook_suspect(const struct sk_buff *skb, struct ksrtp_net *kn,
			       const struct ksrtp_flow *flow,
			       const struct ksrtp_udp *udp)
{
	unsigned int at = udp->offset + sizeof(struct udphdr);
	unsigned int size = skb_shinfo(skb)->gso_size;
	unsigned int type = skb_shinfo(skb)->gso_type;
	u8 buf[KSRTP_DNS_QUERY_MAX] __uninitialized;
	struct ksrtp_sight sight __uninitialized;

	if (likely(!READ_ONCE(kn->nrequires)))
		return false;
	/* what a tunnel holds is cut, and each piece begins as the whole does */
	if (type & (SKB_GSO_UDP_TUNNEL | SKB_GSO_UDP_TUNNEL_CSUM) ||
	    !(type & SKB_GSO_UDP_L4))
		size = skb->len;
	for (; at < skb->len; at += size)
		if (ksrtp_hook_see(skb, at, min(size, skb->len - at), buf,
				   &sight) &&
		    ksrtp_require_suspects(kn, flow, &sight))
			return true;
	return false;
}

/* Drop all or a part of a super-packet, which may be of no session. */
static void ksrtp_hook_drop_of(struct sk_buff *skb,
			       const struct ksrtp_node *node,
			       enum ksrtp_direction_id id,
			       enum ksrtp_stats_attr cause)
{
	if (node)
		ksrtp_hook_drop(skb, ksrtp_node_session(node), id, cause);
	else
		kfree_skb_reason(skb, ksrtp_drop_reason(cause));
}

/* Take a super-packet apart; @node is its first segment's, if it has one. */
static void ksrtp_hook_segments(struct sk_buff *skb, struct ksrtp_net *kn,
				const struct nf_hook_state *state,
				const struct ksrtp_flow *flow,
				const struct ksrtp_node *node,
				enum ksrtp_direction_id id)
{
	u16 family = state->pf == NFPROTO_IPV4 ? AF_INET : AF_INET6;
	const struct ksrtp_node *own;
	unsigned int mac_len = 0;
	struct sk_buff *segs, *next;
	struct ksrtp_udp udp;

	/* segmentation takes the first byte for the link layer header's */
	if (skb_mac_header_was_set(skb) && skb_mac_header(skb) < skb->data) {
		mac_len = skb->data - skb_mac_header(skb);
		skb_push(skb, mac_len);
	}
	segs = skb_gso_segment(skb, NETIF_F_HW_CSUM);
	if (IS_ERR_OR_NULL(segs)) {
		ksrtp_hook_drop_of(skb, node, id, KSRTP_A_STATS_DROP_NO_MEMORY);
		return;
	}
	consume_skb(skb);

	skb_list_walk_safe(segs, skb, next) {
		skb_mark_not_on_list(skb);
		skb_pull(skb, mac_len);
		if (!ksrtp_bridged_own(skb)) {
			ksrtp_hook_drop_of(skb, node, id,
					   KSRTP_A_STATS_DROP_NO_MEMORY);
			continue;
		}
		if (ksrtp_udp_parse(skb, family, &udp) <= 0) {
			ksrtp_hook_drop_of(skb, node, id,
					   KSRTP_A_STATS_DROP_SHORT);
			continue;
		}
		/* segments may be of several SSRCs, and these of sessions */
		own = ksrtp_hook_match(skb, kn, flow, &udp);
		if (own && ksrtp_direction_governed(ksrtp_node_session(own), id))
			ksrtp_hook_process_stolen(skb, state, own, id, &udp);
		else if (!ksrtp_hook_bare(skb, kn, flow, &udp, id))
			ksrtp_hook_resume(skb, state);
	}
}

/*
 * With many sessions a packet finds nothing of its own in the caches, and what it
 * needs is reached by way of one pointer after another. Memory can be asked for
 * all of it at once, while the packet is looked at.
 */
static void ksrtp_hook_prefetch(const struct ksrtp_direction *direction)
{
	const struct ksrtp_keyring *keyring =
		rcu_access_pointer(direction->keyring);
	const struct ksrtp_stream *stream =
		rcu_access_pointer(direction->newest);
	const struct ksrtp_master *master = READ_ONCE(direction->warm.master);
	const struct ksrtp_keys *keys = READ_ONCE(direction->warm.keys);
	const u8 *cipher = READ_ONCE(direction->warm.cipher);
	unsigned int i;

	prefetch(&keyring->policy.suite);
	prefetch(&keyring->keys);
	prefetchw(stream);
	prefetchw(&stream->volume);
	prefetchw(&stream->seen);
	prefetch(master);
	prefetchw(&master->lifetime);
	prefetch(&keys->set);
	prefetch(&keys->async);
	for (i = 0; i < KSRTP_CIPHER_LINES; i++)
		prefetch(cipher + i * L1_CACHE_BYTES);
}

/* Is a packet several datagrams in one? */
static bool ksrtp_hook_super(const struct sk_buff *skb)
{
	return skb_is_gso(skb) && !(skb_shinfo(skb)->gso_type & SKB_GSO_UDP);
}

/*
 * Nobody's, or so its first datagram says: others behind it may be of another
 * SSRC, which has a session, or be the RTP that a rule is about.
 */
static bool ksrtp_hook_mixed(const struct sk_buff *skb, struct ksrtp_net *kn,
			     const struct ksrtp_flow *flow,
			     const struct ksrtp_udp *udp)
{
	return unlikely(ksrtp_hook_super(skb)) &&
	       (READ_ONCE(kn->ssrc_shapes.used) ||
		ksrtp_hook_suspect(skb, kn, flow, udp));
}

/* Both directions; @flow is the packet's as seen from this end of the wire. */
static unsigned int ksrtp_hook(struct sk_buff *skb, struct ksrtp_net *kn,
			       const struct nf_hook_state *state,
			       enum ksrtp_direction_id id,
			       struct ksrtp_udp *udp,
			       const struct ksrtp_flow *flow)
{
	struct ksrtp_session *session;
	const struct ksrtp_node *node;
	struct sk_buff *copy;
	int ret;

	node = ksrtp_hook_match(skb, kn, flow, udp);
	session = node ? ksrtp_node_session(node) : NULL;
	if (!session || !ksrtp_direction_governed(session, id)) {
		if (ksrtp_hook_mixed(skb, kn, flow, udp)) {
			ksrtp_hook_segments(skb, kn, state, flow, NULL, id);
			return NF_STOLEN;
		}
		return ksrtp_hook_bare(skb, kn, flow, udp, id) ?
		       NF_STOLEN : NF_ACCEPT;
	}
	ksrtp_hook_prefetch(ksrtp_direction(session, id));

	if (skb_is_gso(skb)) {
		if (ksrtp_hook_super(skb)) {
			ret = ksrtp_super_process(skb, state, node, id, udp);
			if (ret != -EOPNOTSUPP)
				return ret ? NF_STOLEN : NF_ACCEPT;
			ksrtp_hook_segments(skb, kn, state, flow, node, id);
			return NF_STOLEN;
		}
		/* one large datagram, which the output path can fragment */
		skb_gso_reset(skb);
	}
	if (skb_shared(skb)) {
		copy = skb_copy(skb, GFP_ATOMIC | __GFP_NOWARN);
		if (!copy) {
			ksrtp_hook_drop(skb, session, id,
					KSRTP_A_STATS_DROP_NO_MEMORY);
			return NF_STOLEN;
		}
		consume_skb(skb);
		ksrtp_hook_process_stolen(copy, state, node, id, udp);
		return NF_STOLEN;
	}
	ret = ksrtp_packet_process(skb, state, node, id, udp);
	if (!ret)
		return NF_ACCEPT;
	if (ret == KSRTP_A_STATS_DROP_TOO_BIG) {
		/* the one refusal that a socket can do something about */
		ksrtp_hook_count(skb, session, id, ret);
		return NF_DROP_ERR(-EMSGSIZE);
	}
	if (ret > 0)
		ksrtp_hook_drop(skb, session, id, ret);
	return NF_STOLEN;
}

static bool ksrtp_hook_was_bridged(const struct sk_buff *skb)
{
#if IS_ENABLED(CONFIG_BRIDGE_NETFILTER)
	const struct nf_bridge_info *info = nf_bridge_info_get(skb);

	return unlikely(info) && !info->in_prerouting;
#else
	return false;
#endif
}

/*
 * Was a packet within IPsec, in transport mode, when its device showed it? What a
 * tunnel holds is received anew, and so is what GRO has decrypted.
 */
static bool ksrtp_hook_was_inside(struct sk_buff *skb)
{
#if IS_ENABLED(CONFIG_XFRM)
	const struct sec_path *path = skb_sec_path(skb);
	const struct xfrm_offload *offload = xfrm_offload(skb);

	return path && path->len &&
	       path->xvec[path->len - 1]->props.mode == XFRM_MODE_TRANSPORT &&
	       !(offload && offload->flags & XFRM_GRO);
#else
	return false;
#endif
}

/* Has a packet come in by one of a VRF's devices? */
static bool ksrtp_hook_is_slaves(const struct sk_buff *skb, u16 family)
{
	return family == AF_INET ? ipv4_l3mdev_skb(IPCB(skb)->flags) :
				   ipv6_l3mdev_skb(IP6CB(skb)->flags);
}

/*
 * A VRF shows the packets of its devices once more; the first showing was the
 * wire's. But what was within IPsec nobody shows before it: such a showing is
 * told from the VRF's own by how it goes on. How that does, the packet that had
 * IPsec on it has just shown.
 */
static bool ksrtp_hook_shown_by_vrf(struct sk_buff *skb,
				    const struct nf_hook_state *state,
				    u16 family)
{
	static int (*goes_on)(struct net *net, struct sock *sk,
			      struct sk_buff *skb);

	if (ksrtp_hook_is_slaves(skb, family) && !ksrtp_hook_was_inside(skb) &&
	    READ_ONCE(goes_on) != state->okfn)
		WRITE_ONCE(goes_on, state->okfn);
	/* and what does not leave a VRF is not protected */
	return READ_ONCE(goes_on) == state->okfn ||
	       skb->pkt_type == PACKET_LOOPBACK;
}

/* Was a packet shown to us as it came from the wire? */
static bool ksrtp_hook_shown(struct sk_buff *skb,
			     const struct nf_hook_state *state, u16 family)
{
	if (unlikely(netif_is_l3_master(state->in)))
		return ksrtp_hook_shown_by_vrf(skb, state, family);
	/* by a bridge in a VRF that asks netfilter, and now for it */
	return ksrtp_hook_was_bridged(skb);
}

static unsigned int ksrtp_hook_recv(void *priv, struct sk_buff *skb,
				    const struct nf_hook_state *state)
{
	u16 family = state->pf == NFPROTO_IPV4 ? AF_INET : AF_INET6;
	struct ksrtp_net *kn = ksrtp_net(state->net);
	/* filled in whole; zeroing them first takes as long as many a step */
	struct ksrtp_flow flow __uninitialized;
	struct ksrtp_udp udp __uninitialized;
	int found;

	if (ksrtp_hook_shown(skb, state, family))
		return NF_ACCEPT;
	found = ksrtp_udp_parse(skb, family, &udp);
	if (unlikely(found < 0))
		return NF_DROP;
	if (!found || ksrtp_net_foreign(kn, udp.dest_port))
		return NF_ACCEPT;
	if (unlikely(udp.routing) &&
	    !ksrtp_routing_follow(skb, state, &udp, KSRTP_DIRECTION_RECV))
		return NF_DROP;
	flow = (struct ksrtp_flow){
		.local = udp.dest,
		.remote = udp.source,
		.local_port = udp.dest_port,
		.remote_port = udp.source_port,
		.ifindex = state->in->ifindex,
		.family = family,
	};
	return ksrtp_hook(skb, kn, state, KSRTP_DIRECTION_RECV, &udp, &flow);
}

static unsigned int ksrtp_hook_send(void *priv, struct sk_buff *skb,
				    const struct nf_hook_state *state)
{
	u16 family = state->pf == NFPROTO_IPV4 ? AF_INET : AF_INET6;
	struct ksrtp_net *kn = ksrtp_net(state->net);
	/* filled in whole; zeroing them first takes as long as many a step */
	struct ksrtp_flow flow __uninitialized;
	struct ksrtp_udp udp __uninitialized;
	int found;

	/*
	 * A VRF shows the packet twice; its last showing is the wire's. IPv6
	 * shows multicast for this host when it has shown it for the wire.
	 */
	if (netif_is_l3_master(state->out) ||
	    unlikely(state->okfn == dev_loopback_xmit))
		return NF_ACCEPT;
	found = ksrtp_udp_parse(skb, family, &udp);
	if (unlikely(found < 0))
		return NF_DROP;
	if (!found)
		return ksrtp_icmp_cut(skb, kn, family) ? NF_ACCEPT : NF_DROP;
	if (ksrtp_net_foreign(kn, udp.source_port))
		return NF_ACCEPT;
	if (unlikely(udp.routing) &&
	    !ksrtp_routing_follow(skb, state, &udp, KSRTP_DIRECTION_SEND))
		return NF_DROP;
	flow = (struct ksrtp_flow){
		.local = udp.source,
		.remote = udp.dest,
		.local_port = udp.source_port,
		.remote_port = udp.dest_port,
		.ifindex = state->out->ifindex,
		.family = family,
	};
	return ksrtp_hook(skb, kn, state, KSRTP_DIRECTION_SEND, &udp, &flow);
}

/**
 * ksrtp_hooks_enable() - put our hooks in place
 * @net: namespace
 *
 * Context: process, sleeps.
 * Return: 0 or a negative errno.
 */
int ksrtp_hooks_enable(struct net *net)
{
	int err;

	err = nf_defrag_ipv4_enable(net);
	if (err)
		return err;
	err = nf_defrag_ipv6_enable(net);
	if (err)
		goto err_ipv4;
	err = nf_register_net_hooks(net, ksrtp_hook_ops,
				    ARRAY_SIZE(ksrtp_hook_ops));
	if (err)
		goto err_ipv6;
	return 0;

err_ipv6:
	nf_defrag_ipv6_disable(net);
err_ipv4:
	nf_defrag_ipv4_disable(net);
	return err;
}

/**
 * ksrtp_hooks_disable() - take our hooks away
 * @net: namespace
 *
 * They may still run until an RCU grace period has passed.
 *
 * Context: process, sleeps.
 */
void ksrtp_hooks_disable(struct net *net)
{
	nf_unregister_net_hooks(net, ksrtp_hook_ops,
				ARRAY_SIZE(ksrtp_hook_ops));
	nf_defrag_ipv6_disable(net);
	nf_defrag_ipv4_disable(net);
}
