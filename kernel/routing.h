/* SPDX-License-Identifier: GPL-2.0 */
/* IPv6 routing headers: where a packet is bound for in the end. */
#ifndef _KSRTP_ROUTING_H
#define _KSRTP_ROUTING_H

#include <linux/ksrtp.h>
#include <linux/netfilter.h>

#include "udp.h"

bool ksrtp_routing_follow(const struct sk_buff *skb,
			  const struct nf_hook_state *state,
			  struct ksrtp_udp *udp, enum ksrtp_direction_id id);

#endif /* _KSRTP_ROUTING_H */
