/* SPDX-License-Identifier: GPL-2.0 */
/* Super-packets: many datagrams of one flow in one sk_buff, kept together. */
#ifndef _KSRTP_SUPER_H
#define _KSRTP_SUPER_H

#include <linux/ksrtp.h>

struct ksrtp_node;
struct ksrtp_udp;
struct nf_hook_state;
struct sk_buff;

int ksrtp_super_process(struct sk_buff *skb, const struct nf_hook_state *state,
			const struct ksrtp_node *node,
			enum ksrtp_direction_id id, struct ksrtp_udp *udp);

#endif /* _KSRTP_SUPER_H */
