/* SPDX-License-Identifier: GPL-2.0 */
/* Sending: RTP becomes SRTP, RTCP becomes SRTCP. */
#ifndef _KSRTP_SEND_H
#define _KSRTP_SEND_H

#include "packet.h"

unsigned int ksrtp_send_growth(const struct ksrtp_keyset *keyset, bool rtcp,
			       const u8 *start, unsigned int len);
unsigned int ksrtp_send_overhead(const struct ksrtp_keyset *keyset, bool rtcp,
				 const u8 *start, unsigned int len);
bool ksrtp_send_oversized(struct sk_buff *skb,
			  const struct nf_hook_state *state,
			  const struct ksrtp_node *node, struct ksrtp_udp *udp,
			  unsigned int headers);
int ksrtp_send_protect(struct sk_buff *skb, const struct nf_hook_state *state,
		       struct ksrtp_session *session,
		       struct ksrtp_keyset *keyset, struct ksrtp_udp *udp,
		       bool rtcp, u8 *data, unsigned int *len);
int ksrtp_send(struct sk_buff *skb, const struct nf_hook_state *state,
	       const struct ksrtp_node *node, struct ksrtp_udp *udp);

#endif /* _KSRTP_SEND_H */
