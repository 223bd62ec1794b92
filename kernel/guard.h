/* SPDX-License-Identifier: GPL-2.0 */
/* Packets without a session, which rules may drop. */
#ifndef _KSRTP_GUARD_H
#define _KSRTP_GUARD_H

#include <linux/ksrtp.h>

struct ksrtp_flow;
struct ksrtp_net;
struct ksrtp_udp;
struct sk_buff;

bool ksrtp_guard_drop(struct sk_buff *skb, struct ksrtp_net *kn,
		      const struct ksrtp_flow *flow,
		      const struct ksrtp_udp *udp, enum ksrtp_direction_id id);
bool ksrtp_guard_suspects(const struct sk_buff *skb, struct ksrtp_net *kn,
			  const struct ksrtp_flow *flow,
			  const struct ksrtp_udp *udp);

#endif /* _KSRTP_GUARD_H */
