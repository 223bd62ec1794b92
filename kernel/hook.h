/* SPDX-License-Identifier: GPL-2.0 */
/* Netfilter hooks. */
#ifndef _KSRTP_HOOK_H
#define _KSRTP_HOOK_H

#include <linux/netfilter.h>

#include "session.h"

struct ksrtp_udp;

#define KSRTP_HOOKS_FORWARD	2

extern const struct nf_hook_ops ksrtp_hook_ops[KSRTP_HOOKS];
extern const struct nf_hook_ops ksrtp_hook_relay_ops[KSRTP_HOOKS_RELAY];
extern const struct nf_hook_ops ksrtp_hook_forward_ops[KSRTP_HOOKS_FORWARD];

unsigned int ksrtp_hook(struct sk_buff *skb, struct ksrtp_net *kn,
			const struct nf_hook_state *state,
			enum ksrtp_direction_id id, struct ksrtp_udp *udp,
			const struct ksrtp_flow *flow,
			const struct ksrtp_node **matched);

#endif /* _KSRTP_HOOK_H */
