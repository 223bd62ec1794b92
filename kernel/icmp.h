/* SPDX-License-Identifier: GPL-2.0 */
/* ICMP errors: what they quote of packets that are ours. */
#ifndef _KSRTP_ICMP_H
#define _KSRTP_ICMP_H

#include <linux/skbuff.h>
#include <linux/types.h>

#include "net.h"

bool ksrtp_icmp_cut(struct sk_buff *skb, const struct ksrtp_net *kn,
		    u16 family);

#endif /* _KSRTP_ICMP_H */
