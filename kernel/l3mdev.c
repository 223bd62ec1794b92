// SPDX-License-Identifier: GPL-2.0
/* Second passes of a packet through PRE_ROUTING, which VRFs and bridges make. */

#include <linux/netfilter_bridge.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/xfrm.h>

#include "bridged.h"

static bool ksrtp_l3mdev_was_bridged(const struct sk_buff *skb)
{
#if IS_ENABLED(CONFIG_BRIDGE_NETFILTER)
	const struct nf_bridge_info *info = nf_bridge_info_get(skb);

	return unlikely(info) && !info->in_prerouting;
#else
	return false;
#endif
}

/*
 * Was a packet inside transport-mode IPsec when its device passed it on?
 * Packets from a tunnel are received anew, and so are those that GRO has
 * decrypted.
 */
static bool ksrtp_l3mdev_was_inside(struct sk_buff *skb)
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

/* Has a packet come in through a VRF's slave device? */
static bool ksrtp_l3mdev_is_slaves(const struct sk_buff *skb, u16 family)
{
	return family == AF_INET ? ipv4_l3mdev_skb(IPCB(skb)->flags) :
				   ipv6_l3mdev_skb(IP6CB(skb)->flags);
}

/*
 * An l3mdev master runs PRE_ROUTING a second time for its slaves' packets. The
 * first pass was ours, so skip the second. Packets that came out of
 * transport-mode IPsec have only that one pass; okfn tells them apart, and the
 * packet that had IPsec on it has just shown which okfn the master's own pass
 * has.
 */
static bool ksrtp_l3mdev_shown_by_vrf(struct sk_buff *skb,
				      const struct nf_hook_state *state,
				      u16 family)
{
	static int (*goes_on)(struct net *net, struct sock *sk,
			      struct sk_buff *skb);

	if (ksrtp_l3mdev_is_slaves(skb, family) && !ksrtp_l3mdev_was_inside(skb) &&
	    READ_ONCE(goes_on) != state->okfn)
		WRITE_ONCE(goes_on, state->okfn);
	/* packets looped back within a VRF are not protected either */
	return READ_ONCE(goes_on) == state->okfn ||
	       skb->pkt_type == PACKET_LOOPBACK;
}

/**
 * ksrtp_l3mdev_again() - has PRE_ROUTING already seen this packet from the
 *	wire?
 * @skb: the packet
 * @state: hook state
 * @family: AF_INET or AF_INET6
 *
 * Context: any, does not sleep.
 * Return: true if this is another pass.
 */
bool ksrtp_l3mdev_again(struct sk_buff *skb, const struct nf_hook_state *state,
			u16 family)
{
	if (unlikely(netif_is_l3_master(state->in)))
		return ksrtp_l3mdev_shown_by_vrf(skb, state, family);
	/* a bridge in a VRF that calls netfilter was first */
	return ksrtp_l3mdev_was_bridged(skb);
}
