/* SPDX-License-Identifier: GPL-2.0 */
/* One datagram of a session, on its way through protection or back. */
#ifndef _KSRTP_PACKET_H
#define _KSRTP_PACKET_H

#include <net/netfilter/nf_queue.h>

#include "epochs.h"
#include "session.h"
#include "transform.h"
#include "udp.h"

/* How much of a datagram's start is looked at before it is touched. */
#define KSRTP_PEEK_LEN	KSRTP_RTP_HEADER_LEN

/**
 * struct ksrtp_packet - a datagram being protected or unprotected
 * @entry: the packet and what the hook was told; first, since
 *	nf_queue_entry_free() frees the whole
 * @udp: the datagram in it
 * @session: its session
 * @id: its direction
 * @keyring: keys and policy at its arrival
 * @master: index in @keyring of the master key to be used
 * @keys: session keys to be used; a reference is held if @held
 * @held: references to all the above are held
 * @resumed: it has waited for session keys
 * @parked: for that
 * @plain_rtcp: it is RTCP that parses as plaintext although it should not
 * @cryptex: its header is encrypted
 * @sample: first bytes of an RTP payload as received
 * @sample_len: how many
 * @wire_len: its length as received
 * @clear_len: what of it was not encrypted when it was received
 * @hole: likewise
 * @expected: packet index that was estimated for it
 * @step: which rollover counter is tried: so many above the expected
 * @backup: its bytes as received, to try again with other keys, or NULL
 * @work: its way through the transform
 */
struct ksrtp_packet {
	struct nf_queue_entry entry;
	struct ksrtp_udp udp;
	struct ksrtp_session *session;
	enum ksrtp_direction_id id;
	struct ksrtp_keyring *keyring;
	int master;
	struct ksrtp_keys *keys;
	bool held;
	bool resumed;
	struct ksrtp_parked parked;
	bool plain_rtcp;
	bool cryptex;
	u8 sample[KSRTP_SAMPLE_LEN];
	u8 sample_len;
	unsigned int wire_len;
	unsigned int clear_len;
	unsigned int hole;
	u64 expected;
	u32 step;
	u8 *backup;
	struct ksrtp_work work;
};

/* Said of a packet that is to be transformed again, with other keys. */
#define KSRTP_PACKET_AGAIN	(-EAGAIN)

struct ksrtp_stream;

int ksrtp_packet_process(struct sk_buff *skb, const struct nf_hook_state *state,
			 const struct ksrtp_node *node,
			 enum ksrtp_direction_id id,
			 const struct ksrtp_udp *udp);
int ksrtp_packet_stream(struct ksrtp_packet *packet,
			struct ksrtp_stream **stream);
int ksrtp_packet_spend(struct ksrtp_packet *packet);

static inline const struct ksrtp_policy *
ksrtp_packet_policy(const struct ksrtp_packet *packet)
{
	return &packet->keyring->policy;
}

static inline struct ksrtp_master *
ksrtp_packet_master(const struct ksrtp_packet *packet)
{
	return packet->keyring->keys[packet->master];
}

#endif /* _KSRTP_PACKET_H */
