// SPDX-License-Identifier: GPL-2.0
/*
 * Gives rtpengine's target all that arrives, as an iptables rule would, but
 * without the time that iptables takes.
 */

#include <linux/err.h>
#include <linux/module.h>
#include <linux/netfilter/x_tables.h>
#include <linux/netfilter_ipv4.h>
#include <net/ip.h>
#include <net/net_namespace.h>

/* What its rules have: the number of a table of its own. */
static const unsigned int rtpengine_table;

static struct xt_target *rtpengine_target;

static unsigned int rtpengine_hook(void *priv, struct sk_buff *skb,
				   const struct nf_hook_state *state)
{
	struct xt_action_param par = {
		.state = state,
		.target = rtpengine_target,
		.targinfo = &rtpengine_table,
		.thoff = ip_hdrlen(skb),
	};

	return rtpengine_target->target(skb, &par) == NF_DROP ?
	       NF_DROP : NF_ACCEPT;
}

static const struct nf_hook_ops rtpengine_ops = {
	.hook = rtpengine_hook,
	.pf = NFPROTO_IPV4,
	.hooknum = NF_INET_LOCAL_IN,
	.priority = NF_IP_PRI_FILTER,
};

static int __init rtpengine_hook_init(void)
{
	int err;

	rtpengine_target = xt_request_find_target(NFPROTO_IPV4, "RTPENGINE", 0);
	if (IS_ERR(rtpengine_target))
		return PTR_ERR(rtpengine_target);
	err = nf_register_net_hook(&init_net, &rtpengine_ops);
	if (err)
		module_put(rtpengine_target->me);
	return err;
}

static void __exit rtpengine_hook_exit(void)
{
	nf_unregister_net_hook(&init_net, &rtpengine_ops);
	module_put(rtpengine_target->me);
}

module_init(rtpengine_hook_init);
module_exit(rtpengine_hook_exit);

MODULE_DESCRIPTION("rtpengine without iptables, for the benchmark of ksrtp");
MODULE_AUTHOR("The ksrtp authors");
MODULE_LICENSE("GPL");
