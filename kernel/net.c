// SPDX-License-Identifier: GPL-2.0
/* State of a network namespace, and its netfilter hooks. */

#include <linux/err.h>
#include <linux/module.h>
#include <linux/netfilter.h>
#include <net/net_namespace.h>
#include <net/netfilter/ipv4/nf_defrag_ipv4.h>
#include <net/netfilter/ipv6/nf_defrag_ipv6.h>
#include <net/netns/generic.h>

#include "net.h"

/* Index of our state in struct net; assigned by main.c. */
unsigned int ksrtp_net_id;

static int ksrtp_net_hook(struct ksrtp_net *kn)
{
	struct net *net = kn->net;
	int err;

	err = nf_defrag_ipv4_enable(net);
	if (err)
		return err;
	err = nf_defrag_ipv6_enable(net);
	if (err)
		goto err_ipv4;
	err = nf_register_net_hooks(net, kn->hooks, kn->nhooks);
	if (err)
		goto err_ipv6;
	return 0;

err_ipv6:
	nf_defrag_ipv6_disable(net);
err_ipv4:
	nf_defrag_ipv4_disable(net);
	return err;
}

/* Hooks may still run until an RCU grace period has passed. */
static void ksrtp_net_unhook(struct ksrtp_net *kn)
{
	nf_unregister_net_hooks(kn->net, kn->hooks, kn->nhooks);
	nf_defrag_ipv6_disable(kn->net);
	nf_defrag_ipv4_disable(kn->net);
}

/**
 * ksrtp_net_use() - register our hooks for one more user
 * @kn: the namespace
 *
 * Sessions and rules outlive the program that creates them, so they hold the
 * module.
 *
 * Context: process, sleeps, under the namespace's lock.
 * Return: 0 or a negative errno.
 */
int ksrtp_net_use(struct ksrtp_net *kn)
{
	int err;

	if (!kn->users) {
		err = ksrtp_net_hook(kn);
		if (err)
			return err;
	}
	kn->users++;
	__module_get(THIS_MODULE);
	return 0;
}

/**
 * ksrtp_net_unuse() - undo one ksrtp_net_use()
 * @kn: the namespace
 *
 * Hooks may still run until an RCU grace period has passed.
 *
 * Context: process, sleeps, under the namespace's lock.
 */
void ksrtp_net_unuse(struct ksrtp_net *kn)
{
	if (!--kn->users)
		ksrtp_net_unhook(kn);
	module_put(THIS_MODULE);
}
