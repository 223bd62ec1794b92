// SPDX-License-Identifier: GPL-2.0
/*
 * Hooks of attached devices. They do what the hooks of IP do, for packets that
 * do not pass those: packets of flowtables and bridges. Received fragments,
 * tunnels and PPPoE are left to the hooks of IP.
 */

#include <linux/if_arp.h>
#include <linux/if_ether.h>
#include <linux/if_vlan.h>
#include <linux/netdevice.h>
#include <net/dst_metadata.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include "attach.h"
#include "device.h"
#include "flowtable.h"
#include "hook.h"
#include "icmp.h"
#include "net.h"
#include "netlink/event.h"
#include "served.h"
#include "udp.h"

/* VLAN tags in a frame, in addition to an accelerated one. */
#define KSRTP_DEVICE_TAGS	2

/**
 * struct ksrtp_frame - an Ethernet frame that holds IP
 * @offset: of IP's header from skb->data, in bytes
 * @family: AF_INET or AF_INET6
 * @ifindex: of the device or VLAN by which IP would receive or send it
 */
struct ksrtp_frame {
	unsigned int offset;
	u16 family;
	u32 ifindex;
};

static const struct net_device *
ksrtp_device_vlan(const struct net_device *dev, __be16 proto, u16 tci)
{
	const struct net_device *vlan;

	vlan = __vlan_find_dev_deep_rcu((struct net_device *)dev, proto,
					tci & VLAN_VID_MASK);
	return vlan ?: dev;
}

/* Make a header linear; false if it is not there or the packet is shared. */
static bool ksrtp_device_pull(struct sk_buff *skb, unsigned int len)
{
	if (skb_headlen(skb) >= len)
		return true;
	return !skb_shared(skb) && pskb_may_pull(skb, len);
}

/* Is the whole IP header there, and linear? */
static bool ksrtp_device_ip(struct sk_buff *skb, const struct ksrtp_frame *frame)
{
	const struct iphdr *iph;

	if (frame->family == AF_INET6)
		return ksrtp_device_pull(skb, frame->offset +
					 sizeof(struct ipv6hdr)) &&
		       skb->data[frame->offset] >> 4 == 6;
	if (!ksrtp_device_pull(skb, frame->offset + sizeof(*iph)))
		return false;
	iph = (void *)(skb->data + frame->offset);
	return iph->version == 4 && iph->ihl >= 5 &&
	       ksrtp_device_pull(skb, frame->offset + 4 * iph->ihl);
}

/*
 * Find IP behind VLAN tags. @proto is the protocol at @offset. Returns 1, 0 if
 * it is not IP, or -EBADMSG if the header of IP is invalid.
 */
static int ksrtp_device_parse(struct sk_buff *skb, const struct net_device *dev,
			      unsigned int offset, __be16 proto,
			      struct ksrtp_frame *frame)
{
	const struct vlan_hdr *tag;
	struct vlan_hdr buf;
	unsigned int i;

	if (skb_vlan_tag_present(skb))
		dev = ksrtp_device_vlan(dev, skb->vlan_proto,
					skb_vlan_tag_get(skb));
	for (i = 0; eth_type_vlan(proto); i++) {
		tag = skb_header_pointer(skb, offset, sizeof(buf), &buf);
		if (!tag || i == KSRTP_DEVICE_TAGS)
			return 0;
		dev = ksrtp_device_vlan(dev, proto, ntohs(tag->h_vlan_TCI));
		proto = tag->h_vlan_encapsulated_proto;
		offset += VLAN_HLEN;
	}
	if (proto != htons(ETH_P_IP) && proto != htons(ETH_P_IPV6))
		return 0;
	frame->offset = offset;
	frame->family = proto == htons(ETH_P_IP) ? AF_INET : AF_INET6;
	frame->ifindex = dev->ifindex;
	return ksrtp_device_ip(skb, frame) ? 1 : -EBADMSG;
}

/*
 * Do what IP does before its hooks: check the packet, and trim what follows it.
 * Returns false if the packet is invalid, which is left to IP.
 */
static bool ksrtp_device_sound(struct sk_buff *skb,
			       const struct ksrtp_frame *frame)
{
	const struct iphdr *iph = ip_hdr(skb);
	unsigned int end = frame->offset;

	if (frame->family == AF_INET) {
		end += ntohs(iph->tot_len);
		if (ip_fast_csum(iph, iph->ihl))
			return false;
	} else {
		end += sizeof(struct ipv6hdr) +
		       ntohs(ipv6_hdr(skb)->payload_len);
	}
	if (skb->len < end)
		return false;
	return skb->len == end ||
	       (!skb_shared(skb) && !pskb_trim_rcsum(skb, end));
}

/* Is a packet for another host, received only in promiscuous mode? */
static bool ksrtp_device_overheard(const struct sk_buff *skb,
				   const struct net_device *dev)
{
	return skb->pkt_type == PACKET_OTHERHOST && !skb_vlan_tag_present(skb) &&
	       !rcu_access_pointer(dev->rx_handler);
}

/* Unprotect a received packet; its network header is that of IP. */
static unsigned int ksrtp_device_receive(struct sk_buff *skb,
					 struct ksrtp_net *kn,
					 const struct nf_hook_state *state,
					 const struct ksrtp_frame *frame)
{
	struct ksrtp_flow flow __uninitialized;
	struct ksrtp_udp udp __uninitialized;
	const struct ksrtp_node *node;

	if (ksrtp_udp_parse(skb, frame->family, &udp) <= 0 || udp.fragment ||
	    udp.routing || ksrtp_net_foreign(kn, udp.dest_port))
		return NF_ACCEPT;
	if (!ksrtp_device_sound(skb, frame) ||
	    ksrtp_udp_parse(skb, frame->family, &udp) <= 0)
		return NF_ACCEPT;
	ksrtp_udp_flow(&udp, KSRTP_DIRECTION_RECV, frame->ifindex, &flow);
	return ksrtp_hook(skb, kn, state, KSRTP_DIRECTION_RECV, &udp, &flow,
			  &node);
}

/**
 * ksrtp_device_ingress() - an attached device received a packet
 * @priv: unused
 * @skb: the packet
 * @state: state of the hook
 *
 * Context: under rcu_read_lock(), does not sleep.
 * Return: a netfilter verdict.
 */
unsigned int ksrtp_device_ingress(void *priv, struct sk_buff *skb,
				  const struct nf_hook_state *state)
{
	struct ksrtp_net *kn = ksrtp_net(state->net);
	struct ksrtp_frame frame;
	unsigned int verdict;

	/* with a destination: processed at a lower device, or from a tunnel */
	if (!READ_ONCE(kn->users) || skb_dst(skb) ||
	    ksrtp_device_overheard(skb, state->in) ||
	    ksrtp_device_parse(skb, state->in, 0, skb->protocol, &frame) <= 0)
		return NF_ACCEPT;
	skb_set_network_header(skb, frame.offset);
	verdict = ksrtp_device_receive(skb, kn, state, &frame);
	if (verdict == NF_ACCEPT)
		skb_reset_network_header(skb);
	return verdict;
}

/*
 * Is a packet a later fragment of UDP that did not pass the hooks of IP? It has
 * no ports, so it may belong to any session.
 */
static bool ksrtp_device_stray(const struct sk_buff *skb, u16 family)
{
	unsigned int offset = 0;
	unsigned short at = 0;
	int flags = 0;

	if (skb_valid_dst(skb))
		return false;
	if (family == AF_INET)
		return ip_hdr(skb)->protocol == IPPROTO_UDP &&
		       ip_hdr(skb)->frag_off & htons(IP_OFFSET);
	return ipv6_find_hdr(skb, &offset, -1, &at, &flags) == IPPROTO_UDP &&
	       at;
}

/* Protect a packet that is sent; its network header is that of IP. */
static unsigned int ksrtp_device_send(struct sk_buff *skb, struct ksrtp_net *kn,
				      const struct nf_hook_state *state,
				      const struct ksrtp_frame *frame)
{
	struct ksrtp_flow flow __uninitialized;
	struct ksrtp_udp udp __uninitialized;
	const struct ksrtp_node *node;
	int found;

	found = ksrtp_udp_parse(skb, frame->family, &udp);
	if (unlikely(found < 0))
		return NF_DROP;
	if (!found)
		return ksrtp_device_stray(skb, frame->family) ||
		       !ksrtp_icmp_cut(skb, kn, frame->family) ?
		       NF_DROP : NF_ACCEPT;
	if (ksrtp_net_foreign(kn, udp.source_port))
		return NF_ACCEPT;
	if (unlikely(udp.routing) &&
	    !ksrtp_routing_follow(skb, state, &udp, KSRTP_DIRECTION_SEND))
		return NF_DROP;
	ksrtp_udp_flow(&udp, KSRTP_DIRECTION_SEND, frame->ifindex, &flow);
	return ksrtp_hook(skb, kn, state, KSRTP_DIRECTION_SEND, &udp, &flow,
			  &node);
}

/**
 * ksrtp_device_egress() - an attached device sends a packet
 * @priv: unused
 * @skb: the packet, with its link layer header
 * @state: state of the hook
 *
 * Context: under rcu_read_lock(), does not sleep.
 * Return: a netfilter verdict.
 */
unsigned int ksrtp_device_egress(void *priv, struct sk_buff *skb,
				 const struct nf_hook_state *state)
{
	struct ksrtp_net *kn = ksrtp_net(state->net);
	int network = skb_network_offset(skb), found;
	struct ksrtp_frame frame;
	unsigned int verdict;

	if (!READ_ONCE(kn->users) || ksrtp_served_sent(skb))
		return NF_ACCEPT;
	if (!ksrtp_device_pull(skb, ETH_HLEN))
		return NF_DROP;
	found = ksrtp_device_parse(skb, state->out, ETH_HLEN,
				   ((struct ethhdr *)skb->data)->h_proto,
				   &frame);
	if (found <= 0)
		return found ? NF_DROP : NF_ACCEPT;
	skb_set_network_header(skb, frame.offset);
	verdict = ksrtp_device_send(skb, kn, state, &frame);
	if (verdict == NF_ACCEPT)
		skb_set_network_header(skb, network);
	return verdict;
}

/* A device was deleted, or moves to another namespace: detach it. */
static int ksrtp_device_notify(struct notifier_block *block,
			       unsigned long event, void *data)
{
	struct net_device *dev = netdev_notifier_info_to_dev(data);
	struct ksrtp_net *kn = ksrtp_net(dev_net(dev));
	struct ksrtp_attach *attach;

	if (event != NETDEV_UNREGISTER)
		return NOTIFY_DONE;
	attach = ksrtp_attach_find(kn, dev->ifindex);
	if (!attach)
		return NOTIFY_DONE;
	ksrtp_attach_retire(kn, attach);
	ksrtp_attach_delete(kn, attach);
	ksrtp_event_attach(kn->net, dev->ifindex, KSRTP_CMD_ATTACH_DEL_NTF);
	return NOTIFY_DONE;
}

static struct notifier_block ksrtp_device_notifier = {
	.notifier_call = ksrtp_device_notify,
};

/**
 * ksrtp_device_init() - register for devices that are deleted
 *
 * Context: process, sleeps.
 * Return: 0 or a negative errno.
 */
int __init ksrtp_device_init(void)
{
	return register_netdevice_notifier(&ksrtp_device_notifier);
}

/**
 * ksrtp_device_exit() - undo ksrtp_device_init()
 *
 * Context: process, sleeps.
 */
void ksrtp_device_exit(void)
{
	unregister_netdevice_notifier(&ksrtp_device_notifier);
}
