/* SPDX-License-Identifier: GPL-2.0 */
/* Growth past the MTU. */
#ifndef _KSRTP_MTU_H
#define _KSRTP_MTU_H

#include <linux/netfilter.h>

#include "udp.h"

bool ksrtp_mtu_exceeded(struct sk_buff *skb, const struct nf_hook_state *state,
			const struct ksrtp_udp *udp, unsigned int overhead);

#endif /* _KSRTP_MTU_H */
