/* SPDX-License-Identifier: GPL-2.0 */
/* One datagram of a session, on its way through protection or back. */
#ifndef _KSRTP_PACKET_H
#define _KSRTP_PACKET_H

#include <net/netfilter/nf_queue.h>

#include "session.h"
#include "udp.h"

/**
 * struct ksrtp_packet - a datagram being protected or unprotected
 * @entry: the packet and what the hook was told; first, since
 *	nf_queue_entry_free() frees the whole
 * @udp: the datagram in it
 * @session: its session
 * @id: its direction
 * @keys: keys it is transformed with
 * @plain_rtcp: it is RTCP that parses as plaintext although it should not
 * @sample: first bytes of an RTP payload as received
 * @sample_len: how many
 * @work: its way through the transform
 */
struct ksrtp_packet {
	struct nf_queue_entry entry;
	struct ksrtp_udp udp;
	struct ksrtp_session *session;
	enum ksrtp_direction_id id;
	struct ksrtp_keys *keys;
	bool plain_rtcp;
	u8 sample[KSRTP_SAMPLE_LEN];
	u8 sample_len;
	struct ksrtp_work work;
};

int ksrtp_packet_process(struct sk_buff *skb, const struct nf_hook_state *state,
			 const struct ksrtp_node *node,
			 enum ksrtp_direction_id id,
			 const struct ksrtp_udp *udp);

#endif /* _KSRTP_PACKET_H */
