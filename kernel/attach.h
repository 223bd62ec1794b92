/* SPDX-License-Identifier: GPL-2.0 */
/* Attached devices. */
#ifndef _KSRTP_ATTACH_H
#define _KSRTP_ATTACH_H

#include <linux/list.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>

struct ksrtp_net;
struct netlink_ext_ack;

/**
 * struct ksrtp_attach - an attached device
 * @list: link in its namespace
 * @dev: the device
 * @tracker: of our reference to it
 * @ops: its two hooks
 * @rcu: frees it
 */
struct ksrtp_attach {
	struct list_head list;
	struct net_device *dev;
	netdevice_tracker tracker;
	struct nf_hook_ops ops[2];
	struct rcu_head rcu;
};

int ksrtp_attach_create(struct ksrtp_net *kn, u32 ifindex,
			struct netlink_ext_ack *extack);
struct ksrtp_attach *ksrtp_attach_find(struct ksrtp_net *kn, u32 ifindex);
void ksrtp_attach_retire(struct ksrtp_net *kn, struct ksrtp_attach *attach);
void ksrtp_attach_delete(struct ksrtp_net *kn, struct ksrtp_attach *attach);
void ksrtp_attach_delete_all(struct ksrtp_net *kn);
bool ksrtp_attach_to(const struct ksrtp_net *kn, const struct net_device *dev);

#endif /* _KSRTP_ATTACH_H */
