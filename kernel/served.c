// SPDX-License-Identifier: GPL-2.0
/*
 * Notes on packets: a packet that an attached device's hooks have dealt with passes
 * those of IP as well, and the other way round; it is dealt with once.
 *
 * On the way in it is a metadata_dst, which routing replaces; on the way out the type
 * of the packet, which nobody looks at any more. Both are taken off as a packet goes
 * to another network namespace (skb_scrub_packet()), where other sessions are.
 */

#include <linux/netdevice.h>
#include <linux/netfilter_bridge.h>
#include <net/dst_metadata.h>

#include "served.h"

DEFINE_STATIC_KEY_FALSE(ksrtp_served_wanted);

/*
 * No driver, tunnel or IPsec takes its metadata for its own, as that of a port which
 * a bridged packet is to leave by.
 */
#define KSRTP_SERVED_METADATA	((enum metadata_type)0x5347)

static struct metadata_dst *ksrtp_served_dst;

/**
 * ksrtp_served_init() - get ready
 *
 * Context: process, sleeps.
 * Return: 0 or -ENOMEM.
 */
int __init ksrtp_served_init(void)
{
	ksrtp_served_dst = metadata_dst_alloc(0, KSRTP_SERVED_METADATA,
					      GFP_KERNEL);
	return ksrtp_served_dst ? 0 : -ENOMEM;
}

/**
 * ksrtp_served_exit() - no packet gets a note any more
 *
 * Those that are queued with one hold a reference.
 *
 * Context: process, sleeps, a grace period after the last hook.
 */
void ksrtp_served_exit(void)
{
	dst_release(&ksrtp_served_dst->dst);
}

/**
 * ksrtp_served_received() - was a packet unprotected by a device it came in by?
 * @skb: the packet, not routed yet
 *
 * Context: any.
 * Return: true if so.
 */
bool ksrtp_served_received(const struct sk_buff *skb)
{
	return skb_dst(skb) == &ksrtp_served_dst->dst;
}

/* On a bridge's way it would be given the type that it had before. */
static void ksrtp_served_bridged(struct sk_buff *skb)
{
#if IS_ENABLED(CONFIG_BRIDGE_NETFILTER)
	struct nf_bridge_info *info = nf_bridge_info_get(skb);

	if (info)
		info->pkt_otherhost = 0;
#endif
}

/**
 * ksrtp_served_note() - note that a packet was dealt with
 * @skb: the packet, which goes on
 * @state: what the hook was told
 *
 * Context: under rcu_read_lock().
 */
void ksrtp_served_note(struct sk_buff *skb, const struct nf_hook_state *state)
{
	if (state->pf == NFPROTO_NETDEV && state->hook == NF_NETDEV_INGRESS) {
		/* copies of multicast may be queued as they are */
		if (skb->pkt_type == PACKET_MULTICAST ||
		    skb->pkt_type == PACKET_BROADCAST)
			skb_dst_set(skb, dst_clone(&ksrtp_served_dst->dst));
		else
			skb_dst_set_noref(skb, &ksrtp_served_dst->dst);
		return;
	}
	if (state->pf != NFPROTO_NETDEV && state->hook != NF_INET_POST_ROUTING)
		return;
	if (state->out->flags & IFF_LOOPBACK)
		return;
	ksrtp_served_bridged(skb);
	skb->pkt_type = PACKET_KERNEL;
}
