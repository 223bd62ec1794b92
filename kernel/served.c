// SPDX-License-Identifier: GPL-2.0
/*
 * Marks of packets that a hook has processed. A packet may pass the hooks of an
 * attached device and those of IP, and must be processed once.
 *
 * The mark of a received packet is a metadata_dst, which routing replaces. The
 * mark of a packet on its way out is its type, which nothing reads after that.
 * skb_scrub_packet() removes both when a packet enters another network
 * namespace, which has its own sessions.
 */

#include <linux/netdevice.h>
#include <linux/netfilter_bridge.h>
#include <net/dst_metadata.h>

#include "served.h"

DEFINE_STATIC_KEY_FALSE(ksrtp_served_wanted);

/*
 * A type of our own, or a driver may take the metadata for its own:
 * METADATA_HW_PORT_MUX selects the port that a bridged packet leaves by.
 */
#define KSRTP_SERVED_METADATA	((enum metadata_type)0x5347)

static struct metadata_dst *ksrtp_served_dst;

/**
 * ksrtp_served_init() - allocate the mark of received packets
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
 * ksrtp_served_exit() - release the mark of received packets
 *
 * Queued packets with the mark hold a reference.
 *
 * Context: process, sleeps; after an RCU grace period since the last hook.
 */
void ksrtp_served_exit(void)
{
	dst_release(&ksrtp_served_dst->dst);
}

/**
 * ksrtp_served_received() - has the hook of a device processed a received packet?
 * @skb: the packet, not routed yet
 *
 * Context: any.
 * Return: true if it has.
 */
bool ksrtp_served_received(const struct sk_buff *skb)
{
	return skb_dst(skb) == &ksrtp_served_dst->dst;
}

/* br_netfilter restores the type that a packet had before. */
static void ksrtp_served_bridged(struct sk_buff *skb)
{
#if IS_ENABLED(CONFIG_BRIDGE_NETFILTER)
	struct nf_bridge_info *info = nf_bridge_info_get(skb);

	if (info)
		info->pkt_otherhost = 0;
#endif
}

/**
 * ksrtp_served_note() - mark a packet as processed
 * @skb: the packet, which continues
 * @state: state of the hook
 *
 * Context: under rcu_read_lock().
 */
void ksrtp_served_note(struct sk_buff *skb, const struct nf_hook_state *state)
{
	if (state->pf == NFPROTO_NETDEV && state->hook == NF_NETDEV_INGRESS) {
		/* copies of multicast may be queued with this destination */
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
