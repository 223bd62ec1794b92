// SPDX-License-Identifier: GPL-2.0
/* Attached devices: each has two hooks, in addition to those of IP. */

#include <linux/if_arp.h>
#include <linux/limits.h>
#include <linux/module.h>
#include <linux/netlink.h>
#include <linux/rculist.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>

#include "attach.h"
#include "net.h"
#include "served.h"

/* May a device be attached? */
static int ksrtp_attach_check(struct ksrtp_net *kn,
			      const struct net_device *dev,
			      struct netlink_ext_ack *extack)
{
	if (!dev) {
		NL_SET_ERR_MSG(extack, "ifindex: no such device");
		return -ENODEV;
	}
	if (!IS_ENABLED(CONFIG_NETFILTER_INGRESS) ||
	    !IS_ENABLED(CONFIG_NETFILTER_EGRESS)) {
		NL_SET_ERR_MSG(extack,
			       "the kernel has no hooks of devices (CONFIG_NETFILTER_INGRESS, CONFIG_NETFILTER_EGRESS)");
		return -EOPNOTSUPP;
	}
	if (dev->type != ARPHRD_ETHER || dev->flags & IFF_LOOPBACK) {
		NL_SET_ERR_MSG(extack, "ifindex: not an Ethernet device");
		return -EOPNOTSUPP;
	}
	if (netif_is_l3_master(dev)) {
		NL_SET_ERR_MSG(extack,
			       "ifindex: a VRF has no wire; attach its devices");
		return -EOPNOTSUPP;
	}
	if (ksrtp_attach_find(kn, dev->ifindex)) {
		NL_SET_ERR_MSG(extack, "ifindex: attached already");
		return -EEXIST;
	}
	return 0;
}

/*
 * Received packets pass our hook before flowtables and rules of the device,
 * packets that are sent pass it after these.
 */
static int ksrtp_attach_hook(struct ksrtp_net *kn, struct ksrtp_attach *attach,
			     struct net_device *dev)
{
	attach->ops[0] = (struct nf_hook_ops){
		.hook = kn->ingress,
		.pf = NFPROTO_NETDEV,
		.hooknum = NF_NETDEV_INGRESS,
		.priority = INT_MIN,
		.dev = dev,
	};
	attach->ops[1] = (struct nf_hook_ops){
		.hook = kn->egress,
		.pf = NFPROTO_NETDEV,
		.hooknum = NF_NETDEV_EGRESS,
		.priority = INT_MAX,
		.dev = dev,
	};
	return nf_register_net_hooks(kn->net, attach->ops, 2);
}

static int ksrtp_attach_enter(struct ksrtp_net *kn, u32 ifindex,
			      struct netlink_ext_ack *extack)
{
	struct net_device *dev = __dev_get_by_index(kn->net, ifindex);
	struct ksrtp_attach *attach;
	int err;

	err = ksrtp_attach_check(kn, dev, extack);
	if (err)
		return err;
	attach = kzalloc(sizeof(*attach), GFP_KERNEL_ACCOUNT);
	if (!attach)
		return -ENOMEM;
	/* hooks may run at once, and mark packets */
	static_branch_inc(&ksrtp_served_wanted);
	err = ksrtp_attach_hook(kn, attach, dev);
	if (err) {
		NL_SET_ERR_MSG(extack, "netfilter hooks cannot be registered");
		static_branch_dec(&ksrtp_served_wanted);
		kfree(attach);
		return err;
	}
	attach->dev = dev;
	netdev_hold(dev, &attach->tracker, GFP_KERNEL);
	list_add_tail_rcu(&attach->list, &kn->attached);
	WRITE_ONCE(kn->nattached, kn->nattached + 1);
	/* an attached device outlives the program that attached it */
	__module_get(THIS_MODULE);
	return 0;
}

/**
 * ksrtp_attach_create() - attach a device
 * @kn: the namespace
 * @ifindex: number of the device
 * @extack: where to explain a refusal
 *
 * Context: process, sleeps, takes the RTNL.
 * Return: 0, -ENODEV, -EOPNOTSUPP, -EEXIST, -ENOMEM, or another negative errno
 * of netfilter.
 */
int ksrtp_attach_create(struct ksrtp_net *kn, u32 ifindex,
			struct netlink_ext_ack *extack)
{
	int err;

	rtnl_lock();
	err = ksrtp_attach_enter(kn, ifindex, extack);
	rtnl_unlock();
	return err;
}

/**
 * ksrtp_attach_find() - find an attached device
 * @kn: the namespace
 * @ifindex: number of the device
 *
 * Context: process, under the RTNL.
 * Return: its state, or NULL.
 */
struct ksrtp_attach *ksrtp_attach_find(struct ksrtp_net *kn, u32 ifindex)
{
	struct ksrtp_attach *attach;

	list_for_each_entry(attach, &kn->attached, list)
		if ((u32)attach->dev->ifindex == ifindex)
			return attach;
	return NULL;
}

/**
 * ksrtp_attach_retire() - remove a device from the list of attached ones
 * @kn: the namespace
 * @attach: the device's state
 *
 * ksrtp_attach_delete() has to follow.
 *
 * Context: process, under the RTNL.
 */
void ksrtp_attach_retire(struct ksrtp_net *kn, struct ksrtp_attach *attach)
{
	list_del_rcu(&attach->list);
	WRITE_ONCE(kn->nattached, kn->nattached - 1);
}

/**
 * ksrtp_attach_delete() - remove the hooks of an attached device
 * @kn: the namespace
 * @attach: the device's state; ksrtp_attach_retire() was called
 *
 * Hooks may still run until an RCU grace period has passed.
 *
 * Context: process, sleeps, under the RTNL.
 */
void ksrtp_attach_delete(struct ksrtp_net *kn, struct ksrtp_attach *attach)
{
	nf_unregister_net_hooks(kn->net, attach->ops, 2);
	netdev_put(attach->dev, &attach->tracker);
	static_branch_dec(&ksrtp_served_wanted);
	kfree_rcu(attach, rcu);
	module_put(THIS_MODULE);
}

/**
 * ksrtp_attach_delete_all() - detach all devices of a namespace
 * @kn: the namespace
 *
 * Context: process, sleeps, takes the RTNL.
 */
void ksrtp_attach_delete_all(struct ksrtp_net *kn)
{
	struct ksrtp_attach *attach, *next;

	rtnl_lock();
	list_for_each_entry_safe(attach, next, &kn->attached, list) {
		ksrtp_attach_retire(kn, attach);
		ksrtp_attach_delete(kn, attach);
	}
	rtnl_unlock();
}

/**
 * ksrtp_attach_to() - is a device attached?
 * @kn: the namespace
 * @dev: the device
 *
 * Context: any, under rcu_read_lock().
 * Return: true if it is.
 */
bool ksrtp_attach_to(const struct ksrtp_net *kn, const struct net_device *dev)
{
	const struct ksrtp_attach *attach;

	list_for_each_entry_rcu(attach, &kn->attached, list)
		if (attach->dev == dev)
			return true;
	return false;
}
