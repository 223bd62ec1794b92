// SPDX-License-Identifier: GPL-2.0
/* Resuming and dropping packets that a hook has taken. */

#include <linux/if_vlan.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/netfilter_netdev.h>
#include <net/dst.h>
#include <net/dst_metadata.h>
#include <net/ip.h>

#include "compat.h"
#include "incident.h"
#include "netlink/event.h"
#include "net.h"
#include "served.h"
#include "session.h"
#include "trace.h"
#include "verdict.h"

/**
 * ksrtp_verdict_reason() - the kernel's drop reason that is closest to a cause
 * @cause: KSRTP_A_STATS_DROP_*
 *
 * Context: any.
 * Return: the reason.
 */
enum skb_drop_reason ksrtp_verdict_reason(enum ksrtp_stats_attr cause)
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

/* Report drops that may be an attack, at a bounded rate. */
static void ksrtp_verdict_alert(struct ksrtp_session *session,
				enum ksrtp_direction_id id,
				enum ksrtp_stats_attr cause)
{
	/* made when it was counted, unless memory was short */
	struct ksrtp_incidents *incidents =
		READ_ONCE(ksrtp_direction(session, id)->incidents);
	struct ksrtp_alert_info info = {
		.session = session->id,
		.direction = id,
	};
	struct ksrtp_ratelimit *limit;

	if (unlikely(!incidents))
		return;
	switch (cause) {
	case KSRTP_A_STATS_DROP_BAD_TAG:
	case KSRTP_A_STATS_DROP_PLAINTEXT:
	case KSRTP_A_STATS_DROP_TAG_LENGTH:
	case KSRTP_A_STATS_DROP_BAD_EKT:
	case KSRTP_A_STATS_DROP_UNKNOWN_SPI:
		info.type = KSRTP_ALERT_AUTH_FAILURES;
		limit = &incidents->auth_failures;
		break;
	case KSRTP_A_STATS_DROP_REPLAYED:
	case KSRTP_A_STATS_DROP_TOO_OLD:
		info.type = KSRTP_ALERT_REPLAYS;
		limit = &incidents->replays;
		break;
	case KSRTP_A_STATS_DROP_STREAM_LIMIT:
		info.type = KSRTP_ALERT_STREAM_LIMIT;
		limit = &incidents->stream_limits;
		break;
	default:
		return;
	}
	info.count = ksrtp_ratelimit_tell(limit);
	if (info.count)
		ksrtp_event_alert(session->kn->net, &info);
}

/**
 * ksrtp_verdict_count() - count and trace a packet that will be dropped
 * @skb: the packet
 * @session: its session
 * @id: its direction
 * @cause: KSRTP_A_STATS_DROP_*
 *
 * Context: any.
 */
void ksrtp_verdict_count(struct sk_buff *skb, struct ksrtp_session *session,
			 enum ksrtp_direction_id id,
			 enum ksrtp_stats_attr cause)
{
	ksrtp_incident_drop(ksrtp_direction(session, id), cause);
	trace_ksrtp_drop(skb, session->id, id, cause);
	ksrtp_verdict_alert(session, id, cause);
}

/**
 * ksrtp_verdict_drop() - count and drop a packet
 * @skb: the packet, freed
 * @session: its session
 * @id: its direction
 * @cause: KSRTP_A_STATS_DROP_*
 *
 * The sender's socket gets no error: to the application, a refused packet is
 * lost.
 *
 * Context: any.
 */
void ksrtp_verdict_drop(struct sk_buff *skb, struct ksrtp_session *session,
			enum ksrtp_direction_id id,
			enum ksrtp_stats_attr cause)
{
	ksrtp_verdict_count(skb, session, id, cause);
	kfree_skb_reason(skb, ksrtp_verdict_reason(cause));
}

/* Our hook function that this state belongs to. */
static nf_hookfn *ksrtp_verdict_hook(const struct nf_hook_state *state)
{
	const struct ksrtp_net *kn = ksrtp_net(state->net);
	unsigned int i;

	if (state->pf == NFPROTO_NETDEV)
		return state->hook == NF_NETDEV_INGRESS ? kn->ingress :
							  kn->egress;
	for (i = 0; i < KSRTP_HOOKS; i++)
		if (kn->hooks[i].pf == state->pf &&
		    kn->hooks[i].hooknum == state->hook)
			return kn->hooks[i].hook;
	for (i = 0; i < KSRTP_HOOKS_RELAY; i++)
		if (kn->relay_hooks[i].pf == state->pf &&
		    kn->relay_hooks[i].hooknum == state->hook)
			return kn->relay_hooks[i].hook;
	return NULL;
}

/* The hooks of a device. */
static const struct nf_hook_entries *
ksrtp_verdict_device(const struct nf_hook_state *state)
{
#ifdef CONFIG_NETFILTER_INGRESS
	if (state->hook == NF_NETDEV_INGRESS)
		return rcu_dereference(state->in->nf_hooks_ingress);
#endif
#ifdef CONFIG_NETFILTER_EGRESS
	if (state->hook == NF_NETDEV_EGRESS)
		return rcu_dereference(state->out->nf_hooks_egress);
#endif
	return NULL;
}

static const struct nf_hook_entries *
ksrtp_verdict_entries(const struct nf_hook_state *state)
{
	if (state->pf == NFPROTO_NETDEV)
		return ksrtp_verdict_device(state);
	if (state->pf == NFPROTO_IPV4)
		return rcu_dereference(state->net->nf.hooks_ipv4[state->hook]);
	return rcu_dereference(state->net->nf.hooks_ipv6[state->hook]);
}

/*
 * A packet has passed the hooks of its device. It continues behind them, and passes
 * neither them nor traffic control again.
 */
static void ksrtp_verdict_pass_device(struct sk_buff *skb,
				      const struct nf_hook_state *state)
{
	if (state->hook == NF_NETDEV_EGRESS) {
		nf_skip_egress(skb, true);
		dev_queue_xmit(skb);
		return;
	}
	/* it may be queued for another processor */
	if (skb_dst(skb))
		skb_dst_force(skb);
	ksrtp_skip_ingress(skb);
	netif_receive_skb(skb);
}

/**
 * ksrtp_verdict_hand_up() - let IP send a packet that is too big for its device
 * @skb: the packet, not protected; taken if IP has a route for it
 * @state: state of the hook
 *
 * A flowtable does not know that the packet will grow. The hooks of IP do: they
 * report the error to its sender, or have it fragmented.
 *
 * Context: under rcu_read_lock(), does not sleep.
 * Return: true if @skb was taken.
 */
bool ksrtp_verdict_hand_up(struct sk_buff *skb,
			   const struct nf_hook_state *state)
{
	struct dst_entry *dst = skb_dst(skb);

	if (state->pf != NFPROTO_NETDEV || state->hook != NF_NETDEV_EGRESS ||
	    !skb_valid_dst(skb) || skb_shared(skb) ||
	    (dst->ops->family != AF_INET && dst->ops->family != AF_INET6))
		return false;
	/* the hooks of IP have to see the same device */
	if (!dst->dev || dst->flags & DST_FAKE_RTABLE ||
	    (dst->dev != state->out &&
	     !(is_vlan_dev(dst->dev) &&
	       vlan_dev_real_dev(dst->dev) == state->out)))
		return false;
	skb_pull(skb, skb_network_offset(skb));
	skb_reset_mac_header(skb);
	skb_reset_mac_len(skb);
	__vlan_hwaccel_clear_tag(skb);
	skb->protocol = dst->ops->family == AF_INET ? htons(ETH_P_IP) :
						      htons(ETH_P_IPV6);
	memset(skb->cb, 0, sizeof(skb->cb));
	skb_dst_force(skb);
	dst_output(state->net, NULL, skb);
	return true;
}

/**
 * ksrtp_verdict_resume() - continue the hook traversal of a stolen packet
 * @skb: the packet
 * @state: hook state
 *
 * The packet passes the hooks after ours. If our hook was unregistered
 * meanwhile, its position is unknown, and so are the hooks that the packet has
 * missed, so it is dropped.
 *
 * Context: under rcu_read_lock(), BH disabled or in a hook; does not sleep.
 */
void ksrtp_verdict_resume(struct sk_buff *skb,
			  const struct nf_hook_state *state)
{
	const struct nf_hook_entries *entries = ksrtp_verdict_entries(state);
	nf_hookfn *ours = ksrtp_verdict_hook(state);
	struct nf_hook_state copy = *state;
	unsigned int i = 0;

	while (entries && i < entries->num_hook_entries &&
	       entries->hooks[i].hook != ours)
		i++;
	if (!entries || i == entries->num_hook_entries) {
		kfree_skb_reason(skb, SKB_DROP_REASON_NETFILTER_DROP);
		return;
	}
	ksrtp_served(skb, state);
	if (nf_hook_slow(skb, &copy, entries, i + 1) != 1)
		return;
	if (state->pf == NFPROTO_NETDEV)
		ksrtp_verdict_pass_device(skb, state);
	else
		state->okfn(state->net, state->sk, skb);
}
