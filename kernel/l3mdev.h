/* SPDX-License-Identifier: GPL-2.0 */
/* Passes of a packet through PRE_ROUTING, of which VRFs and bridges make several. */
#ifndef _KSRTP_L3MDEV_H
#define _KSRTP_L3MDEV_H

#include <linux/netfilter.h>

bool ksrtp_l3mdev_again(struct sk_buff *skb, const struct nf_hook_state *state,
			u16 family);

#endif /* _KSRTP_L3MDEV_H */
