// SPDX-License-Identifier: GPL-2.0
/*
 * Fragments of received packets, and of those that programs send as such, are put
 * together before anything else: only the first has ports. Netfilter's own hooks for
 * that would be called for every packet.
 */

#include <linux/netfilter_bridge.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/ipv6_frag.h>
#include <net/netfilter/ipv6/nf_defrag_ipv6.h>

#include "compat.h"
#include "defrag.h"

static bool ksrtp_defrag_unwanted(const struct sock *sk)
{
	/* IP_NODEFRAG */
	return sk && sk_fullsock(sk) && sk->sk_family == AF_INET &&
	       ksrtp_sk_nodefrag(sk);
}

static unsigned int ksrtp_defrag_ipv4(struct sk_buff *skb,
				      const struct nf_hook_state *state)
{
	u32 user = IP_DEFRAG_CONNTRACK_OUT;
	int err;

	if (ksrtp_defrag_unwanted(skb->sk))
		return NF_ACCEPT;
	if (nf_bridge_in_prerouting(skb))
		user = IP_DEFRAG_CONNTRACK_BRIDGE_IN;
	else if (state->hook == NF_INET_PRE_ROUTING)
		user = IP_DEFRAG_CONNTRACK_IN;
	local_bh_disable();
	err = ip_defrag(state->net, skb, user);
	local_bh_enable();
	if (err)
		return NF_STOLEN;
	skb->ignore_df = 1;
	return NF_ACCEPT;
}

static unsigned int ksrtp_defrag_ipv6(struct sk_buff *skb,
				      const struct nf_hook_state *state)
{
#if IS_ENABLED(CONFIG_NF_DEFRAG_IPV6)
	u32 user = IP6_DEFRAG_CONNTRACK_OUT;
	int err;

	if (nf_bridge_in_prerouting(skb))
		user = IP6_DEFRAG_CONNTRACK_BRIDGE_IN;
	else if (state->hook == NF_INET_PRE_ROUTING)
		user = IP6_DEFRAG_CONNTRACK_IN;
	err = nf_ct_frag6_gather(state->net, skb, user);
	if (err)
		return err == -EINPROGRESS ? NF_STOLEN : NF_DROP;
#endif
	return NF_ACCEPT;
}

/**
 * ksrtp_defrag_gather() - put a packet together from its fragments
 * @skb: a fragment, or a packet with IPv6 extension headers; with the last fragment it
 *	becomes the packet
 * @state: state of IP's hook
 * @family: AF_INET or AF_INET6
 *
 * As netfilter does for connection tracking, with queues in common. If that is loaded,
 * there are no fragments here.
 *
 * Context: in a hook, under rcu_read_lock(), does not sleep.
 * Return: NF_ACCEPT if it is whole, or the verdict for the fragment.
 */
unsigned int ksrtp_defrag_gather(struct sk_buff *skb,
				 const struct nf_hook_state *state, u16 family)
{
	return family == AF_INET ? ksrtp_defrag_ipv4(skb, state) :
				   ksrtp_defrag_ipv6(skb, state);
}
