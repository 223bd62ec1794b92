/* SPDX-License-Identifier: GPL-2.0 */
/* Netfilter hooks: where packets meet us. */
#ifndef _KSRTP_HOOK_H
#define _KSRTP_HOOK_H

#include <linux/netfilter.h>
#include <linux/ksrtp.h>

struct ksrtp_flow;
struct ksrtp_net;
struct ksrtp_node;
struct ksrtp_session;
struct ksrtp_udp;
struct net;

int ksrtp_hooks_enable(struct net *net);
void ksrtp_hooks_disable(struct net *net);
void ksrtp_hook_resume(struct sk_buff *skb, const struct nf_hook_state *state);
void ksrtp_hook_count(struct sk_buff *skb, struct ksrtp_session *session,
		      enum ksrtp_direction_id id, enum ksrtp_stats_attr cause);
void ksrtp_hook_drop(struct sk_buff *skb, struct ksrtp_session *session,
		     enum ksrtp_direction_id id, enum ksrtp_stats_attr cause);

const struct ksrtp_node *ksrtp_hook_match(const struct sk_buff *skb,
					  struct ksrtp_net *kn,
					  const struct ksrtp_flow *flow,
					  const struct ksrtp_udp *udp);

#endif /* _KSRTP_HOOK_H */
