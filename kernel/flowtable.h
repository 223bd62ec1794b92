/* SPDX-License-Identifier: GPL-2.0 */
/* Flowtables, which bypass the hooks of IP: flows that may not enter them. */
#ifndef _KSRTP_FLOWTABLE_H
#define _KSRTP_FLOWTABLE_H

#include <linux/netfilter.h>
#include <linux/skbuff.h>

struct ksrtp_net;
struct net_device;

int ksrtp_flowtable_init(void);
void ksrtp_flowtable_exit(void);
bool ksrtp_flowtable_hardware(const struct net_device *dev);
void ksrtp_flowtable_flush(struct ksrtp_net *kn);
void ksrtp_flowtable_settle(struct ksrtp_net *kn);
const struct net_device *
ksrtp_flowtable_refuse(const struct sk_buff *skb, struct ksrtp_net *kn,
		       const struct nf_hook_state *state, u16 family);

#endif /* _KSRTP_FLOWTABLE_H */
