// SPDX-License-Identifier: GPL-2.0
/*
 * Super-packets: of UDP_SEGMENT on the way out, of GRO on the way in. Each of
 * their datagrams has an index and a tag of its own, but as long as all of them
 * grow or shrink alike they need not part for that.
 */

#include <net/ip.h>

#include "compat.h"
#include "hook.h"
#include "mtu.h"
#include "net.h"
#include "packet.h"
#include "super.h"

/**
 * struct ksrtp_super - a super-packet and what is to become of it
 * @keyring: keys and policy for all of it
 * @data: first byte of the first segment
 * @len: length of all segments together, in bytes
 * @size: length of each but the last, in bytes
 * @n: how many
 * @trailer: what protection adds to each, in bytes
 */
struct ksrtp_super {
	struct ksrtp_keyring *keyring;
	u8 *data;
	unsigned int len;
	unsigned int size;
	unsigned int n;
	unsigned int trailer;
};

static unsigned int ksrtp_super_seg_len(const struct ksrtp_super *super,
					unsigned int i)
{
	return i + 1 < super->n ? super->size : super->len - i * super->size;
}

/* Do all segments grow or shrink by the same, and at once? */
static bool ksrtp_super_uniform(const struct ksrtp_keyring *keyring,
				enum ksrtp_direction_id id)
{
	const struct ksrtp_policy *policy = &keyring->policy;

	if (!keyring->prompt || ksrtp_suite_is_double(policy->suite) ||
	    policy->rcc_mode != KSRTP_RCC_OFF || keyring->before)
		return false;
	return id == KSRTP_DIRECTION_RECV ||
	       policy->cryptex != KSRTP_CRYPTEX_ON;
}

/* Will each datagram, when it has grown, fit where it goes? */
static bool ksrtp_super_fits(const struct sk_buff *skb,
			     const struct nf_hook_state *state,
			     const struct ksrtp_udp *udp,
			     const struct ksrtp_super *super)
{
	unsigned int headers = ksrtp_udp_headers(skb, udp);
	unsigned int mtu;

	if (headers + super->len + super->n * super->trailer > IP_MAX_MTU)
		return false;
	if (!skb_dst(skb))
		mtu = READ_ONCE(state->out->mtu);
	else
		mtu = ksrtp_mtu(skb, state, udp->family);
	return headers + super->size + super->trailer <= mtu;
}

/* Are all segments of one class? */
static bool ksrtp_super_all(const struct sk_buff *skb,
			    const struct ksrtp_udp *udp,
			    enum ksrtp_flow_kind kind,
			    enum ksrtp_wire_class class)
{
	u8 buf[KSRTP_CLASSIFY_LEN];
	struct ksrtp_udp one;
	const u8 *start;
	bool more;

	for (more = ksrtp_super_first(skb, udp, &one); more;
	     more = ksrtp_super_next(skb, udp, &one)) {
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

/* Are all segments of one session, whose node is known? */
static bool ksrtp_super_of_one(const struct sk_buff *skb,
			       const struct ksrtp_udp *udp,
			       const struct ksrtp_flow *flow,
			       const struct ksrtp_node *node)
{
	struct ksrtp_net *kn = ksrtp_node_session(node)->kn;
	struct ksrtp_udp one;
	bool more;

	/* what tells them apart is the SSRC */
	if (likely(!READ_ONCE(kn->ssrc_shapes.used)))
		return true;
	for (more = ksrtp_super_first(skb, udp, &one); more;
	     more = ksrtp_super_next(skb, udp, &one))
		if (ksrtp_hook_match(skb, kn, flow, &one) != node)
			return false;
	return true;
}

/* Look a super-packet over; false if it has to be taken apart. */
static bool ksrtp_super_init(struct ksrtp_super *super, struct sk_buff *skb,
			     const struct nf_hook_state *state,
			     const struct ksrtp_node *node,
			     enum ksrtp_direction_id id,
			     const struct ksrtp_udp *udp,
			     const struct ksrtp_flow *flow)
{
	struct ksrtp_session *session = ksrtp_node_session(node);
	struct ksrtp_trailer trailer;

	super->keyring =
		rcu_dereference(ksrtp_direction(session, id)->keyring);
	if (!super->keyring || !ksrtp_super_uniform(super->keyring, id))
		return false;
	if (skb_shinfo(skb)->gso_type & ~(SKB_GSO_UDP_L4 | SKB_GSO_DODGY) ||
	    skb->ip_summed != CHECKSUM_PARTIAL ||
	    ksrtp_udp_checksum_stray(skb, udp) || skb_shared(skb) ||
	    udp->fragment || udp->bad_len)
		return false;
	if (!ksrtp_super_all(skb, udp, node->kind, KSRTP_WIRE_RTP) ||
	    !ksrtp_super_of_one(skb, udp, flow, node))
		return false;

	ksrtp_policy_trailer(&super->keyring->policy, super->keyring->mki_len,
			     false, 0, &trailer);
	super->trailer = ksrtp_trailer_len(&trailer);
	super->len = udp->len;
	super->size = skb_shinfo(skb)->gso_size;
	super->n = DIV_ROUND_UP(super->len, super->size);
	if (id == KSRTP_DIRECTION_SEND &&
	    !ksrtp_super_fits(skb, state, udp, super))
		return false;
	if (id == KSRTP_DIRECTION_RECV && super->size <= super->trailer)
		return false;
	if (ksrtp_udp_make_writable(skb, udp, id == KSRTP_DIRECTION_SEND ?
				    super->n * super->trailer : 0))
		return false;
	super->data = ksrtp_udp_payload(skb, udp);
	return true;
}

/* Move the segments apart, from behind, so that each can grow. */
static void ksrtp_super_spread(const struct ksrtp_super *super)
{
	unsigned int i;

	for (i = super->n; i-- > 1;)
		memmove(super->data + i * (super->size + super->trailer),
			super->data + i * super->size,
			ksrtp_super_seg_len(super, i));
}

/* Transform all segments, and close the gaps that refused ones leave. */
static unsigned int ksrtp_super_run(struct ksrtp_super *super,
				    struct sk_buff *skb,
				    const struct nf_hook_state *state,
				    struct ksrtp_session *session,
				    enum ksrtp_direction_id id,
				    struct ksrtp_udp *udp,
				    unsigned int *left)
{
	unsigned int step = super->size, end = 0, len, i;
	u8 *at;
	int cause;

	if (id == KSRTP_DIRECTION_SEND)
		step += super->trailer;
	*left = 0;
	for (i = 0; i < super->n; i++) {
		at = super->data + i * step;
		len = ksrtp_super_seg_len(super, i);
		cause = ksrtp_packet_transform(skb, state, session, id,
					       super->keyring, udp, false, at,
					       &len);
		if (cause) {
			ksrtp_hook_count(skb, session, id, cause);
			continue;
		}
		if (at != super->data + end)
			memmove(super->data + end, at, len);
		end += len;
		++*left;
	}
	return end;
}

/**
 * ksrtp_super_process() - protect or unprotect a super-packet in one piece
 * @skb: the packet
 * @state: what the hook was told
 * @node: the session's node that the packet was found by
 * @id: direction: send protects, receive unprotects
 * @udp: the datagram in @skb, with all segments
 * @flow: the packet's flow as seen from this end of the wire
 *
 * Segments that are refused are counted and cut out. What holds nothing but
 * packets of other protocols passes as it is.
 *
 * Context: under rcu_read_lock(), does not sleep.
 * Return: 0 if the packet may go on, changed; -EINPROGRESS if nothing is left
 * of it, and it is freed; -EOPNOTSUPP if it has to be taken apart, with its
 * bytes unchanged.
 */
int ksrtp_super_process(struct sk_buff *skb, const struct nf_hook_state *state,
			const struct ksrtp_node *node,
			enum ksrtp_direction_id id, struct ksrtp_udp *udp,
			const struct ksrtp_flow *flow)
{
	struct ksrtp_session *session = ksrtp_node_session(node);
	struct ksrtp_super super;
	unsigned int left, end;

	if (ksrtp_super_all(skb, udp, node->kind, KSRTP_WIRE_OTHER)) {
		atomic64_add(max_t(u16, skb_shinfo(skb)->gso_segs, 1),
			     &ksrtp_direction(session, id)->passed);
		return 0;
	}
	if (!ksrtp_super_init(&super, skb, state, node, id, udp, flow))
		return -EOPNOTSUPP;
	if (id == KSRTP_DIRECTION_SEND)
		ksrtp_super_spread(&super);
	end = ksrtp_super_run(&super, skb, state, session, id, udp, &left);
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
				     super.trailer : -super.trailer;
	skb_shinfo(skb)->gso_segs = left;
	return 0;
}
