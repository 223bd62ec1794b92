/* SPDX-License-Identifier: GPL-2.0 */
/* Packets that bridges and VRFs pass through the hooks more than once. */
#ifndef _KSRTP_BRIDGED_H
#define _KSRTP_BRIDGED_H

#include <linux/netfilter.h>
#include <linux/types.h>

struct sk_buff;

bool ksrtp_bridged_own(struct sk_buff *skb);
bool ksrtp_bridged_is(const struct sk_buff *skb);
bool ksrtp_bridged_hold(const struct sk_buff *skb);
void ksrtp_bridged_put(void);
int ksrtp_bridged_init(void);
void ksrtp_bridged_exit(void);

/* l3mdev.c */
bool ksrtp_l3mdev_again(struct sk_buff *skb, const struct nf_hook_state *state,
			u16 family);

#endif /* _KSRTP_BRIDGED_H */
