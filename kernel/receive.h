/* SPDX-License-Identifier: GPL-2.0 */
/* Receiving: SRTP becomes RTP, SRTCP becomes RTCP. */
#ifndef _KSRTP_RECEIVE_H
#define _KSRTP_RECEIVE_H

#include "packet.h"

int ksrtp_receive_unprotect(struct sk_buff *skb,
			    const struct nf_hook_state *state,
			    struct ksrtp_session *session,
			    struct ksrtp_keyset *keyset,
			    struct ksrtp_udp *udp, bool rtcp, u8 *data,
			    unsigned int *len);
int ksrtp_receive(struct sk_buff *skb, const struct nf_hook_state *state,
		  const struct ksrtp_node *node, struct ksrtp_udp *udp);

#endif /* _KSRTP_RECEIVE_H */
