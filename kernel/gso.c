// SPDX-License-Identifier: GPL-2.0
/*
 * Super-packets, from UDP_SEGMENT on output and GRO on input. Each datagram has
 * its own index and tag, but as long as all of them grow or shrink equally they
 * stay together.
 */

#include <linux/err.h>
#include <net/ip.h>

#include "bridged.h"
#include "compat.h"
#include "datagram.h"
#include "gso.h"
#include "guard.h"
#include "mtu.h"
#include "net.h"
#include "verdict.h"

/**
 * struct ksrtp_gso - a super-packet being processed
 * @keyset: keys and policy for all of it
 * @data: first byte of the first segment
 * @len: length of all segments, in bytes
 * @size: length of each segment but the last, in bytes
 * @n: number of segments
 * @trailer: bytes that protection adds to each
 */
struct ksrtp_gso {
	struct ksrtp_keyset *keyset;
	u8 *data;
	unsigned int len;
	unsigned int size;
	unsigned int n;
	unsigned int trailer;
};

static unsigned int ksrtp_gso_seg_len(const struct ksrtp_gso *gso,
				      unsigned int i)
{
	return i + 1 < gso->n ? gso->size : gso->len - i * gso->size;
}

/* Do all segments change their length by the same amount, without waiting? */
static bool ksrtp_gso_uniform(const struct ksrtp_keyset *keyset,
			      enum ksrtp_direction_id id)
{
	const struct ksrtp_policy *policy = &keyset->policy;

	if (!keyset->prompt || ksrtp_suite_is_double(policy->suite) ||
	    policy->rcc_mode != KSRTP_RCC_OFF || policy->ekt || keyset->before)
		return false;
	return id == KSRTP_DIRECTION_RECV ||
	       policy->cryptex != KSRTP_CRYPTEX_ON;
}

/* How many bytes does protection add to each segment of RTP? */
static unsigned int ksrtp_gso_trailer(const struct ksrtp_keyset *keyset)
{
	struct ksrtp_trailer trailer;

	ksrtp_policy_trailer(&keyset->policy, keyset->mki_len, false, 0,
			     &trailer);
	return ksrtp_trailer_len(&trailer);
}

/* Does each datagram still fit the MTU when it has grown? */
static bool ksrtp_gso_fits(const struct sk_buff *skb,
			   const struct nf_hook_state *state,
			   const struct ksrtp_udp *udp,
			   const struct ksrtp_gso *gso)
{
	unsigned int headers = ksrtp_udp_headers(skb, udp);
	unsigned int mtu;

	if (state->pf == NFPROTO_NETDEV)
		mtu = ksrtp_mtu_device(skb, state);
	else if (!skb_dst(skb))
		mtu = READ_ONCE(state->out->mtu);
	else
		mtu = ksrtp_mtu(skb, state, udp->family);
	if (headers + gso->len + gso->n * gso->trailer > IP_MAX_MTU)
		return false;
	return headers + gso->size + gso->trailer <= mtu;
}

/**
 * ksrtp_gso_all() - are all segments of a super-packet of this class?
 * @skb: the packet
 * @udp: the datagram in @skb, with all segments
 * @kind: protocols that the flow carries
 * @class: the class
 *
 * Context: any, under rcu_read_lock().
 * Return: true if they are.
 */
bool ksrtp_gso_all(const struct sk_buff *skb, const struct ksrtp_udp *udp,
		   enum ksrtp_flow_kind kind, enum ksrtp_wire_class class)
{
	u8 buf[KSRTP_CLASSIFY_LEN];
	struct ksrtp_udp one;
	const u8 *start;
	bool more;

	for (more = ksrtp_gso_first(skb, udp, &one); more;
	     more = ksrtp_gso_next(skb, udp, &one)) {
		start = skb_header_pointer(skb, one.offset +
					   sizeof(struct udphdr),
					   min_t(unsigned int, one.len,
						 sizeof(buf)), buf);
		if (!start ||
		    ksrtp_wire_classify(start, one.len, kind) != class)
			return false;
	}
	return true;
}

/* Do all segments belong to the session of this node? */
static bool ksrtp_gso_of_one(const struct sk_buff *skb,
			     const struct ksrtp_udp *udp,
			     const struct ksrtp_flow *flow,
			     const struct ksrtp_node *node)
{
	struct ksrtp_net *kn = ksrtp_node_session(node)->kn;
	struct ksrtp_udp one;
	bool more;

	/* only the SSRC can tell them apart */
	if (likely(!READ_ONCE(kn->ssrc_masks.used)))
		return true;
	for (more = ksrtp_gso_first(skb, udp, &one); more;
	     more = ksrtp_gso_next(skb, udp, &one))
		if (ksrtp_packet_match(skb, kn, flow, &one) != node)
			return false;
	return true;
}

/* Examine a super-packet; false if it has to be segmented. */
static bool ksrtp_gso_init(struct ksrtp_gso *gso, struct sk_buff *skb,
			   const struct nf_hook_state *state,
			   const struct ksrtp_node *node,
			   enum ksrtp_direction_id id,
			   const struct ksrtp_udp *udp,
			   const struct ksrtp_flow *flow)
{
	struct ksrtp_session *session = ksrtp_node_session(node);

	gso->keyset =
		rcu_dereference(ksrtp_direction(session, id)->keyset);
	if (!gso->keyset || !ksrtp_gso_uniform(gso->keyset, id))
		return false;
	if (skb_shinfo(skb)->gso_type & ~(SKB_GSO_UDP_L4 | SKB_GSO_DODGY) ||
	    skb->ip_summed != CHECKSUM_PARTIAL ||
	    ksrtp_udp_checksum_stray(skb, udp) || skb_shared(skb) ||
	    udp->fragment || udp->bad_len)
		return false;
	if (!ksrtp_gso_all(skb, udp, node->kind, KSRTP_WIRE_RTP) ||
	    !ksrtp_gso_of_one(skb, udp, flow, node))
		return false;

	gso->trailer = ksrtp_gso_trailer(gso->keyset);
	gso->len = udp->len;
	gso->size = skb_shinfo(skb)->gso_size;
	gso->n = DIV_ROUND_UP(gso->len, gso->size);
	if (id == KSRTP_DIRECTION_SEND &&
	    !ksrtp_gso_fits(skb, state, udp, gso))
		return false;
	if (id == KSRTP_DIRECTION_RECV && gso->size <= gso->trailer)
		return false;
	if (ksrtp_udp_make_writable(skb, udp, id == KSRTP_DIRECTION_SEND ?
				    gso->n * gso->trailer : 0))
		return false;
	gso->data = ksrtp_udp_payload(skb, udp);
	return true;
}

/* Move the segments apart, last first, so that each can grow. */
static void ksrtp_gso_spread(const struct ksrtp_gso *gso)
{
	unsigned int i;

	for (i = gso->n; i-- > 1;)
		memmove(gso->data + i * (gso->size + gso->trailer),
			gso->data + i * gso->size,
			ksrtp_gso_seg_len(gso, i));
}

/*
 * Were the keys replaced meanwhile? Then the other segments have the new ones, as in
 * ksrtp_send(), if these add as much.
 */
static noinline bool ksrtp_gso_rekeyed(struct ksrtp_gso *gso,
				       struct ksrtp_session *session)
{
	struct ksrtp_keyset *keyset = ksrtp_packet_rekeyed(session, gso->keyset);

	if (!keyset || !ksrtp_gso_uniform(keyset, KSRTP_DIRECTION_SEND) ||
	    ksrtp_gso_trailer(keyset) != gso->trailer)
		return false;
	gso->keyset = keyset;
	return true;
}

/* Protect a segment. As ksrtp_send_protect(). */
static int ksrtp_gso_protect(struct ksrtp_gso *gso, struct sk_buff *skb,
			     const struct nf_hook_state *state,
			     struct ksrtp_session *session,
			     struct ksrtp_udp *udp, u8 *at, unsigned int *len)
{
	int cause;

	do
		cause = ksrtp_send_protect(skb, state, session, gso->keyset,
					   udp, false, at, len);
	while (unlikely(cause == KSRTP_A_STATS_DROP_NO_KEY) &&
	       ksrtp_gso_rekeyed(gso, session));
	return cause;
}

/* Transform all segments, and close the gaps of dropped ones. */
static unsigned int ksrtp_gso_run(struct ksrtp_gso *gso,
				  struct sk_buff *skb,
				  const struct nf_hook_state *state,
				  struct ksrtp_session *session,
				  enum ksrtp_direction_id id,
				  struct ksrtp_udp *udp,
				  unsigned int *left)
{
	unsigned int step = gso->size, end = 0, len, i;
	u8 *at;
	int cause;

	if (id == KSRTP_DIRECTION_SEND)
		step += gso->trailer;
	*left = 0;
	for (i = 0; i < gso->n; i++) {
		at = gso->data + i * step;
		len = ksrtp_gso_seg_len(gso, i);
		cause = id == KSRTP_DIRECTION_SEND ?
			ksrtp_gso_protect(gso, skb, state, session, udp, at,
					  &len) :
			ksrtp_receive_unprotect(skb, state, session,
						gso->keyset, udp, false, at,
						&len);
		if (cause) {
			ksrtp_verdict_count(skb, session, id, cause);
			continue;
		}
		if (at != gso->data + end)
			memmove(gso->data + end, at, len);
		end += len;
		++*left;
	}
	return end;
}

/**
 * ksrtp_gso_process() - protect or unprotect a super-packet in one piece
 * @skb: the packet
 * @state: hook state
 * @node: the session's node that matched the packet
 * @id: direction: send protects, receive unprotects
 * @udp: the datagram in @skb, with all segments
 * @flow: the packet's flow as seen from this end of the wire
 *
 * Refused segments are counted and cut out. A super-packet with only packets of
 * other protocols passes unchanged.
 *
 * Context: under rcu_read_lock(), does not sleep.
 * Return: 0 if the packet may continue; -EINPROGRESS if nothing is left of it
 * and it was freed; -EOPNOTSUPP if it has to be segmented, with its bytes
 * unchanged.
 */
int ksrtp_gso_process(struct sk_buff *skb, const struct nf_hook_state *state,
		      const struct ksrtp_node *node,
		      enum ksrtp_direction_id id, struct ksrtp_udp *udp,
		      const struct ksrtp_flow *flow)
{
	struct ksrtp_session *session = ksrtp_node_session(node);
	struct ksrtp_gso gso;
	unsigned int left, end;

	if (ksrtp_gso_all(skb, udp, node->kind, KSRTP_WIRE_OTHER)) {
		atomic64_add(max_t(u16, skb_shinfo(skb)->gso_segs, 1),
			     &ksrtp_direction(session, id)->passed);
		return 0;
	}
	if (!ksrtp_gso_init(&gso, skb, state, node, id, udp, flow))
		return -EOPNOTSUPP;
	if (id == KSRTP_DIRECTION_SEND)
		ksrtp_gso_spread(&gso);
	end = ksrtp_gso_run(&gso, skb, state, session, id, udp, &left);
	if (!left) {
		kfree_skb_reason(skb, SKB_DROP_REASON_NETFILTER_DROP);
		return -EINPROGRESS;
	}
	ksrtp_udp_resize(skb, udp, end);
	if (left == 1) {
		skb_gso_reset(skb);
		return 0;
	}
	skb_shinfo(skb)->gso_size += id == KSRTP_DIRECTION_SEND ?
				     gso.trailer : -gso.trailer;
	skb_shinfo(skb)->gso_segs = left;
	return 0;
}

/* Drop all or part of a super-packet, which may have no session. */
static void ksrtp_gso_drop(struct sk_buff *skb, struct ksrtp_session *session,
			   enum ksrtp_direction_id id,
			   enum ksrtp_stats_attr cause)
{
	if (session)
		ksrtp_verdict_drop(skb, session, id, cause);
	else
		kfree_skb_reason(skb, ksrtp_verdict_reason(cause));
}

/**
 * ksrtp_gso_split() - segment a super-packet, and hand on each part
 * @skb: the super-packet, taken
 * @family: AF_INET or AF_INET6
 * @session: session that parts count for which cannot be handed on, or NULL
 * @id: its direction
 * @each: gets each part, which it takes, with the datagram in it
 * @data: its last argument
 *
 * Context: under rcu_read_lock(), does not sleep.
 */
void ksrtp_gso_split(struct sk_buff *skb, u16 family,
		     struct ksrtp_session *session, enum ksrtp_direction_id id,
		     ksrtp_gso_each *each, void *data)
{
	unsigned int mac_len = 0;
	struct sk_buff *segs, *next;
	struct ksrtp_udp udp;

	/* segmentation expects skb->data at the link layer header */
	if (skb_mac_header_was_set(skb) && skb_mac_header(skb) < skb->data) {
		mac_len = skb->data - skb_mac_header(skb);
		skb_push(skb, mac_len);
	}
	segs = skb_gso_segment(skb, NETIF_F_HW_CSUM);
	if (IS_ERR_OR_NULL(segs)) {
		ksrtp_gso_drop(skb, session, id, KSRTP_A_STATS_DROP_NO_MEMORY);
		return;
	}
	consume_skb(skb);

	skb_list_walk_safe(segs, skb, next) {
		skb_mark_not_on_list(skb);
		skb_pull(skb, mac_len);
		if (!ksrtp_bridged_own(skb))
			ksrtp_gso_drop(skb, session, id,
				       KSRTP_A_STATS_DROP_NO_MEMORY);
		else if (ksrtp_udp_parse(skb, family, &udp) <= 0)
			ksrtp_gso_drop(skb, session, id,
				       KSRTP_A_STATS_DROP_SHORT);
		else
			each(skb, &udp, data);
	}
}

/*
 * Check the segments of a socket's super-packet. Returns how many are too big,
 * and sets the smallest room left; or counts all of them as dropped.
 */
static unsigned int ksrtp_gso_oversized(struct sk_buff *skb,
					struct ksrtp_net *kn,
					const struct nf_hook_state *state,
					const struct ksrtp_flow *flow,
					struct ksrtp_udp *udp, bool drop)
{
	unsigned int headers = ksrtp_udp_headers(skb, udp);
	const struct ksrtp_node *own;
	struct ksrtp_udp part;
	unsigned int n = 0;
	bool more;

	for (more = ksrtp_gso_first(skb, udp, &part); more;
	     more = ksrtp_gso_next(skb, udp, &part)) {
		own = ksrtp_packet_match(skb, kn, flow, &part);
		if (!own ||
		    !ksrtp_direction_configured(ksrtp_node_session(own),
						KSRTP_DIRECTION_SEND))
			continue;
		if (drop) {
			ksrtp_verdict_count(skb, ksrtp_node_session(own),
					    KSRTP_DIRECTION_SEND,
					    KSRTP_A_STATS_DROP_TOO_BIG);
		} else if (ksrtp_send_oversized(skb, state, own, &part,
						headers)) {
			udp->room = n ? min(udp->room, part.room) : part.room;
			n++;
		}
	}
	return n;
}

/*
 * Refuse a socket's super-packet if a part of it is too big. All of it is
 * refused, as the kernel does, and counted once.
 */
static bool ksrtp_gso_refuse(struct sk_buff *skb, struct ksrtp_net *kn,
			     const struct nf_hook_state *state,
			     const struct ksrtp_flow *flow,
			     struct ksrtp_udp *udp)
{
	if (!state->sk || !(skb_shinfo(skb)->gso_type & SKB_GSO_UDP_L4) ||
	    skb->encapsulation ||
	    !ksrtp_gso_oversized(skb, kn, state, flow, udp, false))
		return false;
	ksrtp_gso_oversized(skb, kn, state, flow, udp, true);
	ksrtp_mtu_tell(skb, state, udp);
	return true;
}

/**
 * struct ksrtp_gso_parts - a super-packet that is processed in parts
 * @kn: its namespace
 * @state: hook state
 * @flow: its flow as seen from this end of the wire
 * @id: direction
 * @told: its sender was told that parts are too big
 */
struct ksrtp_gso_parts {
	struct ksrtp_net *kn;
	const struct nf_hook_state *state;
	const struct ksrtp_flow *flow;
	enum ksrtp_direction_id id;
	bool told;
};

/* Process one part, which may have an SSRC of another session. */
static void ksrtp_gso_part(struct sk_buff *skb, struct ksrtp_udp *udp,
			   void *data)
{
	struct ksrtp_gso_parts *parts = data;
	const struct ksrtp_node *own;

	own = ksrtp_packet_match(skb, parts->kn, parts->flow, udp);
	if (own && ksrtp_direction_configured(ksrtp_node_session(own),
					      parts->id))
		ksrtp_datagram_finish(skb, parts->state, own, parts->id, udp,
				      &parts->told);
	else if (!ksrtp_guard_drop(skb, parts->kn, parts->flow, udp, parts->id))
		ksrtp_verdict_resume(skb, parts->state);
}

/**
 * ksrtp_gso_segment() - segment a super-packet, and process each part
 * @skb: the super-packet
 * @kn: its namespace
 * @state: hook state
 * @flow: its flow as seen from this end of the wire
 * @node: the node that matched its first segment, or NULL
 * @id: direction
 * @whole: the datagram in @skb, with all segments
 *
 * Context: under rcu_read_lock(), does not sleep.
 * Return: a netfilter verdict.
 */
unsigned int ksrtp_gso_segment(struct sk_buff *skb, struct ksrtp_net *kn,
			       const struct nf_hook_state *state,
			       const struct ksrtp_flow *flow,
			       const struct ksrtp_node *node,
			       enum ksrtp_direction_id id,
			       struct ksrtp_udp *whole)
{
	struct ksrtp_gso_parts parts = {
		.kn = kn,
		.state = state,
		.flow = flow,
		.id = id,
	};

	if (id == KSRTP_DIRECTION_SEND &&
	    ksrtp_gso_refuse(skb, kn, state, flow, whole))
		return NF_DROP_ERR(-EMSGSIZE);
	ksrtp_gso_split(skb, whole->family,
			node ? ksrtp_node_session(node) : NULL, id,
			ksrtp_gso_part, &parts);
	return NF_STOLEN;
}

/**
 * ksrtp_gso_mixed() - is a later part of a super-packet ours, if the first is
 *	not?
 * @skb: the packet, which may be a super-packet
 * @kn: its namespace
 * @flow: its flow as seen from this end of the wire
 * @udp: the datagram in @skb, with all segments
 * @id: direction
 *
 * A later segment may have another SSRC, which has a session, or be RTP that a
 * rule applies to.
 *
 * Context: under rcu_read_lock(), does not sleep.
 * Return: true if it has to be segmented.
 */
bool ksrtp_gso_mixed(const struct sk_buff *skb, struct ksrtp_net *kn,
		     const struct ksrtp_flow *flow, const struct ksrtp_udp *udp,
		     enum ksrtp_direction_id id)
{
	const struct ksrtp_node *node;
	struct ksrtp_udp one;
	bool more;

	if (likely(!ksrtp_gso_is(skb)) ||
	    (!READ_ONCE(kn->nrequires) && !READ_ONCE(kn->ssrc_masks.used)))
		return false;
	/* look at the segments in place */
	for (more = ksrtp_gso_first(skb, udp, &one); more;
	     more = ksrtp_gso_next(skb, udp, &one)) {
		node = ksrtp_packet_match(skb, kn, flow, &one);
		if (node && ksrtp_direction_configured(ksrtp_node_session(node),
						       id))
			return true;
		if (ksrtp_guard_suspects(skb, kn, flow, &one))
			return true;
	}
	return false;
}
