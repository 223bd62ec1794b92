/* SPDX-License-Identifier: GPL-2.0 */
/* One datagram of a session, being protected or unprotected. */
#ifndef _KSRTP_PACKET_H
#define _KSRTP_PACKET_H

#include <net/netfilter/nf_queue.h>

#include "ekt.h"
#include "epochs.h"
#include "session.h"
#include "stream.h"
#include "crypto/transform.h"
#include "udp.h"

/* Bytes at the start of a datagram that are read before it is modified. */
#define KSRTP_PEEK_LEN	KSRTP_RTP_HEADER_LEN

struct ksrtp_packet;

/**
 * struct ksrtp_packet_ops - a direction's callbacks for packets that have
 *	waited
 * @run: session keys are available: transform the packet and finish it; returns
 *	0, -EINPROGRESS if it waits again, or the cause to drop it for
 * @done: the transform has completed with this error; same return values
 * @renew: update the packet index before keys are derived; returns 0 or a
 *	cause; NULL if the index is fixed
 * @retry: there are no session keys, for this cause; returns 0 if other keys
 *	are to be tried, or a cause; NULL if there are no others
 * @learned: master keys that packets have brought are derived: process the packet;
 *	same return values as @run
 */
struct ksrtp_packet_ops {
	int (*run)(struct ksrtp_packet *packet);
	int (*done)(struct ksrtp_packet *packet, int err);
	int (*renew)(struct ksrtp_packet *packet);
	int (*retry)(struct ksrtp_packet *packet, int cause);
	int (*learned)(struct ksrtp_packet *packet);
};

/**
 * struct ksrtp_look - a datagram before it is modified
 * @keyset: keys and policy of its direction
 * @start: its first bytes, KSRTP_PEEK_LEN or all of them
 * @rtcp: it is RTCP
 * @buf: buffer for @start
 */
struct ksrtp_look {
	struct ksrtp_keyset *keyset;
	const u8 *start;
	bool rtcp;
	u8 buf[KSRTP_PEEK_LEN];
};

/**
 * struct ksrtp_packet - a datagram being protected or unprotected
 * @entry: sk_buff and hook state, if @held; first, since nf_queue_entry_free()
 *	frees the whole
 * @held_udp: @udp, if @held
 * @skb: the packet
 * @state: hook state
 * @udp: the datagram in it
 * @session: its session
 * @id: its direction
 * @ops: callbacks of the direction
 * @keysets: the direction's keyset when the packet arrived, first of the
 *	@before list
 * @keyset: the keyset of that list which is being tried
 * @master: index in @keyset of the master key in use
 * @common: it has room for KSRTP_REQUEST_ROOM
 * @bridged: br_netfilter is held too, by ksrtp_bridged_hold()
 * @keys: session keys in use; referenced if @held
 * @stream: its stream, if looked up since the packet last waited, or NULL
 * @backup: its bytes as received, to try again with other keys, or NULL
 * @hole: the same field of struct ksrtp_work, as received
 * @step: rollover counter being tried, as a distance above the expected one;
 *	past the policy's bound, below it
 * @refusal: why the expected index was refused without trying a key, or 0
 * @cause: why the packet was refused: by the current keyset or, if that was not
 *	asked, by an earlier one; or 0
 * @held: references to @session, @keysets, @keys and what is in @entry are held
 * @resumed: it has waited for session keys
 * @unaffordable: a master key was not tried, since there were no tokens for
 *	deriving session keys
 * @pass: current pass over several keysets
 * @plain_rtcp: it parses as plaintext RTCP but should be encrypted
 * @cryptex: its header is encrypted
 * @sample_len: length of @sample, in bytes
 * @anew: the index being tried would restart the counters
 * @begun: such an index was tried
 * @of_stream: its SSRC was known when @cause was set
 * @wire_len: length as received
 * @clear_len: length of the clear start as received
 * @expected: estimated packet index
 * @parked: state while it waits for session keys
 * @ekt: state while it waits for the master key of its SSRC
 * @sample: first bytes of an RTP payload as received
 * @work: state of the transform
 */
struct ksrtp_packet {
	struct nf_queue_entry entry;
	struct ksrtp_udp held_udp;
	struct sk_buff *skb;
	const struct nf_hook_state *state;
	struct ksrtp_udp *udp;
	struct ksrtp_session *session;
	enum ksrtp_direction_id id;
	const struct ksrtp_packet_ops *ops;
	struct ksrtp_keyset *keysets;
	const struct ksrtp_keyset *keyset;
	int master;
	bool common;
	bool bridged;
	struct ksrtp_keys *keys;
	struct ksrtp_stream *stream;
	u8 *backup;
	unsigned int hole;
	u32 step;
	int refusal;
	int cause;
	bool held;
	bool resumed;
	bool unaffordable;
	u8 pass;
	bool plain_rtcp;
	bool cryptex;
	u8 sample_len;
	bool anew;
	bool begun;
	bool of_stream;
	unsigned int wire_len;
	unsigned int clear_len;
	u64 expected;
	struct ksrtp_parked parked;
	struct ksrtp_ekt_parked ekt;
	u8 sample[KSRTP_SAMPLE_LEN];
	struct ksrtp_work work;
};

/* The datagram may pass unchanged. */
#define KSRTP_PACKET_PASS	(-ENOMSG)

const struct ksrtp_node *ksrtp_packet_match(const struct sk_buff *skb,
					    struct ksrtp_net *kn,
					    const struct ksrtp_flow *flow,
					    const struct ksrtp_udp *udp);
enum ksrtp_wire_class ksrtp_packet_peek(const struct sk_buff *skb,
					const struct ksrtp_udp *udp,
					enum ksrtp_flow_kind kind, u8 *buf,
					const u8 **start);
int ksrtp_packet_look(const struct sk_buff *skb, const struct ksrtp_node *node,
		      enum ksrtp_direction_id id, const struct ksrtp_udp *udp,
		      struct ksrtp_look *look);
struct ksrtp_packet *
ksrtp_packet_alloc(struct sk_buff *skb, const struct nf_hook_state *state,
		   struct ksrtp_session *session, enum ksrtp_direction_id id,
		   struct ksrtp_keyset *keyset, struct ksrtp_udp *udp,
		   bool rtcp, u8 *data, unsigned int len);
void ksrtp_packet_free(struct ksrtp_packet *packet);
int ksrtp_packet_hold(struct ksrtp_packet *packet);
int ksrtp_packet_set_keyset(struct ksrtp_packet *packet,
			    struct ksrtp_keyset *keyset);
bool ksrtp_packet_set_keys(struct ksrtp_packet *packet, struct ksrtp_keys *keys);
int ksrtp_packet_begin_stream(struct ksrtp_packet *packet,
			      struct ksrtp_stream **stream);
int ksrtp_packet_reach(struct ksrtp_packet *packet, u64 n);
bool ksrtp_packet_leased(struct ksrtp_session *session);
void ksrtp_packet_report(const struct ksrtp_packet *packet,
			 struct ksrtp_stream *stream);
u64 ksrtp_packet_last(struct ksrtp_packet *packet);
void ksrtp_packet_exit(void);

static inline const struct ksrtp_policy *
ksrtp_packet_policy(const struct ksrtp_packet *packet)
{
	return &packet->keyset->policy;
}

static inline struct ksrtp_master *
ksrtp_packet_master(const struct ksrtp_packet *packet)
{
	return packet->keyset->keys[packet->master];
}

/**
 * ksrtp_packet_known_stream() - find the stream of a packet
 * @packet: the packet
 *
 * Context: under rcu_read_lock(), does not sleep.
 * Return: the stream, or NULL if there is none yet.
 */
static inline struct ksrtp_stream *
ksrtp_packet_known_stream(struct ksrtp_packet *packet)
{
	if (!packet->stream || READ_ONCE(packet->stream->forgotten))
		packet->stream = ksrtp_stream_find(packet->session, packet->id,
						   packet->work.ssrc);
	return packet->stream;
}

/**
 * ksrtp_packet_rekeyed() - were keys replaced after a packet had looked them up?
 * @session: session of the packet, which is to be sent
 * @old: the keyset that it has
 *
 * If counters have restarted, keys of before may no longer be used.
 *
 * Context: under rcu_read_lock(), does not sleep.
 * Return: the keyset to have from now on, or NULL if that is @old, or if there is none.
 */
static inline struct ksrtp_keyset *
ksrtp_packet_rekeyed(struct ksrtp_session *session,
		     const struct ksrtp_keyset *old)
{
	struct ksrtp_keyset *keyset =
		rcu_dereference(ksrtp_direction(session, KSRTP_DIRECTION_SEND)
				->keyset);

	return keyset == old ? NULL : keyset;
}

/* Find the stream of a packet, or create it. As ksrtp_packet_begin_stream(). */
static inline int ksrtp_packet_stream(struct ksrtp_packet *packet,
				      struct ksrtp_stream **stream)
{
	*stream = ksrtp_packet_known_stream(packet);
	return likely(*stream) ? 0 : ksrtp_packet_begin_stream(packet, stream);
}

/* Updates a stream's state; -ESTALE if the stream was unlinked meanwhile. */
typedef int ksrtp_packet_update(struct ksrtp_packet *packet,
				struct ksrtp_stream *stream, void *arg);

/*
 * Find or create the stream of a packet, and update its state. Inline, so that the
 * call is direct. Returns what @update does, but not -ESTALE; a cause is counted by
 * the stream.
 */
static __always_inline int
ksrtp_packet_update_stream(struct ksrtp_packet *packet,
			   struct ksrtp_stream **stream,
			   ksrtp_packet_update *update, void *arg)
{
	int cause;

	do {
		cause = ksrtp_packet_stream(packet, stream);
		if (cause)
			return cause;
		cause = update(packet, *stream, arg);
	} while (cause == -ESTALE);
	if (unlikely(cause > 0))
		ksrtp_stream_drop(*stream, cause);
	return cause;
}

/**
 * ksrtp_packet_spend() - count a packet towards its master key's lifetime
 * @packet: the packet
 * @master: its master key
 *
 * RFC 3711 section 9.2, over all streams. Reports limits that are reached.
 *
 * Context: any, does not sleep.
 * Return: 0, or the cause to drop the packet for.
 */
static inline int ksrtp_packet_spend(struct ksrtp_packet *packet,
				     struct ksrtp_master *master)
{
	struct ksrtp_lifetime *lifetime = &master->lifetime[packet->work.rtcp];
	u64 n = atomic64_inc_return(&lifetime->used);

	return likely(n < lifetime->soft) ? 0 : ksrtp_packet_reach(packet, n);
}

/*
 * Transform a packet in one direction, from the start. Inline, so that calls
 * are direct. The caller updates lengths and checksums of @skb unless the
 * packet has to wait. Returns 0, -EINPROGRESS if @skb was taken and continues
 * later, or a cause.
 */
static __always_inline int
ksrtp_packet_transform(struct sk_buff *skb, const struct nf_hook_state *state,
		       struct ksrtp_session *session,
		       enum ksrtp_direction_id id,
		       struct ksrtp_keyset *keyset, struct ksrtp_udp *udp,
		       bool rtcp, u8 *data, unsigned int *len,
		       int (*begin)(struct ksrtp_packet *packet))
{
	/* on receipt and when forwarding, softirqs are off already */
	bool on = !in_softirq();
	int err = KSRTP_A_STATS_DROP_NO_MEMORY;
	struct ksrtp_packet *packet;

	/* the session's own members are far from what a packet reads */
	if (unlikely(READ_ONCE(ksrtp_direction(session, id)->leased)) &&
	    !ksrtp_packet_leased(session))
		return KSRTP_A_STATS_DROP_NO_LEASE;
	if (on)
		local_bh_disable();
	packet = ksrtp_packet_alloc(skb, state, session, id, keyset, udp, rtcp,
				    data, *len);
	if (packet)
		err = begin(packet);
	if (packet && err != -EINPROGRESS) {
		/* if held, the hook continues or drops it like any other */
		*len = packet->work.len;
		ksrtp_packet_free(packet);
	}
	if (on)
		local_bh_enable();
	return err;
}

/* ksrtp_send_protect() or ksrtp_receive_unprotect() */
typedef int ksrtp_packet_crypt(struct sk_buff *skb,
			       const struct nf_hook_state *state,
			       struct ksrtp_session *session,
			       struct ksrtp_keyset *keyset,
			       struct ksrtp_udp *udp, bool rtcp, u8 *data,
			       unsigned int *len);

/*
 * Transform a datagram that may grow by @growth bytes, and update lengths and
 * checksums. Inline, so that the call is direct. Returns as @crypt.
 */
static __always_inline int
ksrtp_packet_rewrite(struct sk_buff *skb, const struct nf_hook_state *state,
		     const struct ksrtp_node *node, struct ksrtp_udp *udp,
		     const struct ksrtp_look *look, unsigned int growth,
		     ksrtp_packet_crypt *crypt)
{
	unsigned int len = udp->len;
	int err;

	if (ksrtp_udp_make_writable(skb, udp, growth))
		return KSRTP_A_STATS_DROP_NO_MEMORY;
	ksrtp_udp_prepare_checksum(skb, udp);
	err = crypt(skb, state, ksrtp_node_session(node), look->keyset, udp,
		    look->rtcp, ksrtp_udp_payload(skb, udp), &len);
	if (!err)
		ksrtp_udp_resize(skb, udp, len);
	return err;
}

/* send.c */
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

/* receive.c */
int ksrtp_receive_unprotect(struct sk_buff *skb,
			    const struct nf_hook_state *state,
			    struct ksrtp_session *session,
			    struct ksrtp_keyset *keyset,
			    struct ksrtp_udp *udp, bool rtcp, u8 *data,
			    unsigned int *len);
int ksrtp_receive(struct sk_buff *skb, const struct nf_hook_state *state,
		  const struct ksrtp_node *node, struct ksrtp_udp *udp);

#endif /* _KSRTP_PACKET_H */
