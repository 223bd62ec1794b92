/* SPDX-License-Identifier: GPL-2.0 */
/* Resuming and dropping packets that a hook has taken. */
#ifndef _KSRTP_VERDICT_H
#define _KSRTP_VERDICT_H

#include <linux/netfilter.h>
#include <linux/skbuff.h>
#include <linux/ksrtp.h>

struct ksrtp_session;

enum skb_drop_reason ksrtp_verdict_reason(enum ksrtp_stats_attr cause);
void ksrtp_verdict_count(struct sk_buff *skb, struct ksrtp_session *session,
			 enum ksrtp_direction_id id,
			 enum ksrtp_stats_attr cause);
void ksrtp_verdict_drop(struct sk_buff *skb, struct ksrtp_session *session,
			enum ksrtp_direction_id id,
			enum ksrtp_stats_attr cause);
bool ksrtp_verdict_hand_up(struct sk_buff *skb,
			   const struct nf_hook_state *state);
void ksrtp_verdict_resume(struct sk_buff *skb,
			  const struct nf_hook_state *state);

#endif /* _KSRTP_VERDICT_H */
