// SPDX-License-Identifier: GPL-2.0
/*
 * Sending: RTP becomes SRTP (RFC 3711 section 3.3), RTCP becomes SRTCP (section
 * 3.4). Read this file from its end upwards: the datagram, its index and key,
 * the transform.
 */

#include <linux/err.h>
#include <linux/indirect_call_wrapper.h>
#include <linux/siphash.h>
#include <net/ipv6.h>

#include "compat.h"
#include "crypto/cipher.h"
#include "incident.h"
#include "mtu.h"
#include "crypto/ohb.h"
#include "packet.h"
#include "stream.h"
#include "trace.h"
#include "wait.h"

/* Maximum number of segments of a super-packet. */
#define KSRTP_SEGMENTS_MAX	128

/* What the inner AEAD of RFC 8723 adds: a tag, and an empty block. */
#define KSRTP_INNER_GROWTH(suite)	((suite)->rtp_tag_len + 1)

/**
 * ksrtp_send_growth() - number of bytes that protection adds to a packet
 * @keyset: keys and policy
 * @rtcp: it is RTCP
 * @start: its first bytes, KSRTP_PEEK_LEN or all of them
 * @len: its length in bytes
 *
 * Context: any.
 * Return: growth in bytes, or an upper bound of it.
 */
unsigned int ksrtp_send_growth(const struct ksrtp_keyset *keyset,
			       bool rtcp, const u8 *start, unsigned int len)
{
	const struct ksrtp_policy *policy = &keyset->policy;
	bool whole = !rtcp && len >= KSRTP_RTP_HEADER_LEN;
	struct ksrtp_trailer trailer;
	unsigned int growth;

	ksrtp_policy_trailer(policy, keyset->mki_len, rtcp,
			     whole ? ksrtp_rtp_seq(start) : 0, &trailer);
	growth = ksrtp_trailer_len(&trailer);
	if (whole && policy->cryptex == KSRTP_CRYPTEX_ON)
		growth += ksrtp_cryptex_growth(start);
	if (whole && keyset->has_inner)
		growth += KSRTP_INNER_GROWTH(policy->suite);
	/* any packet may have the field with the key */
	if (!rtcp && policy->ekt)
		growth += KSRTP_EKT_FULL_LEN(policy->suite->parts *
					     policy->suite->key_len);
	return growth;
}

/**
 * ksrtp_send_overhead() - maximum number of bytes that protection adds
 * @keyset: keys and policy
 * @rtcp: the packets are RTCP
 * @start: first bytes of a plain packet, KSRTP_PEEK_LEN or all of them; or NULL
 *	if not known
 * @len: its length in bytes
 *
 * For packets with a header like this one's and any sequence number: with RFC
 * 4771 those that carry the rollover counter are longer.
 *
 * Context: any.
 * Return: growth in bytes.
 */
unsigned int ksrtp_send_overhead(const struct ksrtp_keyset *keyset,
				 bool rtcp, const u8 *start,
				 unsigned int len)
{
	/* sequence number 0 always carries the rollover counter */
	u8 header[KSRTP_RTP_HEADER_LEN] = { 0x80 | 1 };

	if (start && len >= sizeof(header))
		header[0] = *start;
	return ksrtp_send_growth(keyset, rtcp, header, sizeof(header));
}

/* Parse a packet that an application has sent. */
static __always_inline int ksrtp_send_parse(struct ksrtp_work *work, bool plain)
{
	int len;

	if (!plain && work->rtcp) {
		if (!ksrtp_rtcp_well_formed(work->data, work->len))
			return KSRTP_A_STATS_DROP_BAD_RTCP;
		work->clear_len = KSRTP_RTCP_HEADER_LEN;
		work->ssrc = ksrtp_rtcp_ssrc(work->data);
		return 0;
	}
	if (work->len < KSRTP_RTP_HEADER_LEN)
		return KSRTP_A_STATS_DROP_SHORT;
	len = ksrtp_rtp_header_len(work->data, work->len);
	if (len < 0)
		return KSRTP_A_STATS_DROP_BAD_RTP;
	/* on a port for both it would have been classified as RTCP */
	if (unlikely(ksrtp_rtcp_type(work->data[1])) &&
	    ksrtp_rtcp_well_formed(work->data, work->len))
		return KSRTP_A_STATS_DROP_BAD_RTP;
	work->clear_len = len;
	work->ssrc = ksrtp_rtp_ssrc(work->data);
	return 0;
}

/*
 * Number of the newest packets that may be sent again: as the policy says, or a
 * super-packet's segments if the stack shows us each of them twice.
 */
static __always_inline u32 ksrtp_send_again(const struct ksrtp_packet *packet,
					    bool plain)
{
	u32 repeat = plain ? 0 : packet->work.policy->repeat;

	if (!plain && packet->work.rtcp)
		return 0;
	if (!ksrtp_udp_twice(packet->skb, packet->udp))
		return repeat;
	return max_t(u32, repeat, KSRTP_SEGMENTS_MAX);
}

/*
 * Digest of a packet, by which a repetition is recognized: the same bytes, keys
 * and policy give the same SRTP. It is only compared with the packet sent under
 * the same index, and never leaves the kernel; so one in 2^64 different packets
 * would pass.
 */
static u64 ksrtp_send_digest(const struct ksrtp_packet *packet)
{
	static siphash_key_t key __read_mostly;
	u64 digest;

	net_get_random_once(&key, sizeof(key));
	digest = siphash(packet->work.data, packet->work.len, &key);
	return siphash_2u64(digest, packet->keyset->serial, &key) ?: 1;
}

/* Reserve a packet index in a stream. As ksrtp_stream_reserve(). */
static __always_inline
int ksrtp_send_claim(struct ksrtp_packet *packet,
		     struct ksrtp_stream *stream, void *arg)
{
	struct ksrtp_claim *claim = arg;

	if (unlikely(claim->digest) &&
	    !ksrtp_stream_remember(packet->session, stream,
				   ksrtp_send_again(packet, false)))
		return KSRTP_A_STATS_DROP_NO_MEMORY;
	return ksrtp_stream_reserve(stream, claim, &packet->work.index);
}

/* With EKT, the newest key waits until receivers have it. Returns a key's index. */
static noinline int ksrtp_send_held(const struct ksrtp_keyset *keyset,
				    struct ksrtp_stream *stream, int newest)
{
	return newest && !ksrtp_master_retired(keyset->keys[newest - 1]) &&
	       ksrtp_stream_holds(stream, keyset->keys[newest]->number) ?
		       newest - 1 : newest;
}

/*
 * Functions with a parameter @plain are compiled for plain keysets as well, for which
 * it is true, without what these never need. See ksrtp_keyset_is_plain().
 */

/* Choose the master key for the packet's index. Returns -1 if there is none. */
static int ksrtp_send_key(struct ksrtp_packet *packet,
			  struct ksrtp_stream *stream)
{
	const struct ksrtp_keyset *keyset = packet->keyset;
	const struct ksrtp_work *work = &packet->work;
	int master;

	if (keyset->mki_len)
		return keyset->active;
	master = ksrtp_keyset_covering(keyset, work->rtcp ?
					       ksrtp_stream_top(stream) :
					       work->index);
	return unlikely(work->policy->ekt) && master >= 0 ?
	       ksrtp_send_held(keyset, stream, master) : master;
}

/* Reserve a packet index, and choose the master key for it. */
static __always_inline int ksrtp_send_reserve(struct ksrtp_packet *packet,
					      u16 seq, bool plain)
{
	const struct ksrtp_keyset *keyset = packet->keyset;
	struct ksrtp_work *work = &packet->work;
	struct ksrtp_claim claim = {
		.keyset = keyset,
		.direction = ksrtp_direction(packet->session, packet->id),
		.rtcp = !plain && work->rtcp,
		.seq = seq,
		.digest = ksrtp_send_again(packet, plain) ?
			  ksrtp_send_digest(packet) : 0,
		.bytes = work->len,
	};
	struct ksrtp_stream *stream;
	int cause;

	/* pairs with the release in ksrtp_keyset_note() */
	if (unlikely(!smp_load_acquire(&packet->keysets->noted)))
		ksrtp_keyset_note(packet->keysets);
	cause = ksrtp_packet_update_stream(packet, &stream, ksrtp_send_claim,
					   &claim);
	if (unlikely(claim.tell))
		ksrtp_packet_report(packet, stream);
	if (unlikely(cause == -EALREADY)) {
		/* a second pass of one packet is not a repetition */
		if (!ksrtp_udp_twice(packet->skb, packet->udp))
			ksrtp_incident_count(ksrtp_direction(packet->session,
							     packet->id),
					     KSRTP_A_STATS_REPEATS);
		cause = 0;
	}
	if (cause)
		return cause;
	if (plain) {
		packet->master = ksrtp_master_retired(keyset->first) ? -1 : 0;
	} else {
		work->inner_index = work->index;
		packet->master = ksrtp_send_key(packet, stream);
	}
	if (packet->master < 0)
		return KSRTP_A_STATS_DROP_NO_KEY;
	return ksrtp_packet_spend(packet, plain ? keyset->first :
						  ksrtp_packet_master(packet));
}

/* Behind a middle box, put what the application has changed into the block. */
static int ksrtp_send_reduce(struct ksrtp_work *work)
{
	struct ksrtp_ohb ohb;

	if (!ksrtp_ohb_parse(work->data + work->clear_len,
			     work->len - work->clear_len, &ohb))
		return KSRTP_A_STATS_DROP_BAD_RTP;
	work->len -= ohb.len;
	ksrtp_ohb_reduce(&ohb, work->data);
	work->len += ksrtp_ohb_write(&ohb, work->data + work->len);
	return 0;
}

/* Bring the packet into the form to be encrypted. */
static int ksrtp_send_shape(struct ksrtp_packet *packet)
{
	const struct ksrtp_policy *policy = ksrtp_packet_policy(packet);
	struct ksrtp_master *master = ksrtp_packet_master(packet);
	struct ksrtp_work *work = &packet->work;

	if (work->rtcp)
		return 0;
	if (policy->cryptex == KSRTP_CRYPTEX_ON && ksrtp_cryptex_apply(work))
		return KSRTP_A_STATS_DROP_CRYPTEX;
	if (!ksrtp_suite_is_double(policy->suite))
		return 0;
	if (test_bit(work->data[1] & 0x7f, policy->repair_types)) {
		work->outer_only = true;
		return 0;
	}
	work->outer_only = master->outer_only;
	return work->outer_only ? ksrtp_send_reduce(work) : 0;
}

/* Everything before the transform. Returns 0 or the cause of a drop. */
static __always_inline int ksrtp_send_prepare(struct ksrtp_packet *packet,
					      bool plain)
{
	struct ksrtp_work *work = &packet->work;
	u16 seq = 0;
	int cause;

	cause = ksrtp_send_parse(work, plain);
	if (cause)
		return cause;
	if (plain || !work->rtcp)
		seq = ksrtp_rtp_seq(work->data);
	if (plain)
		work->trailer = (struct ksrtp_trailer){
			.tag_len = work->policy->suite->rtp_tag_len,
		};
	else
		ksrtp_policy_trailer(work->policy, packet->keyset->mki_len,
				     work->rtcp, seq, &work->trailer);
	cause = ksrtp_send_reserve(packet, seq, plain);
	if (cause || plain)
		return cause;
	work->mki = ksrtp_packet_master(packet)->mki;

	return ksrtp_send_shape(packet);
}

/* Run the transform. Returns as its protect(). */
static int ksrtp_send_transform(struct ksrtp_packet *packet)
{
	const struct ksrtp_policy *policy = ksrtp_packet_policy(packet);
	struct ksrtp_work *work = &packet->work;
	int err;

	/* before authentication, RFC 6904 section 3 */
	if (policy->has_extensions && !work->rtcp) {
		err = ksrtp_extension_crypt(work);
		if (err)
			return err;
	}
	return INDIRECT_CALL_2(policy->suite->transform->protect,
			       ksrtp_gcm_protect, ksrtp_cm_protect, work);
}

/* Append an EKTField, of a length that ksrtp_send_growth() has reckoned with. */
static noinline int ksrtp_send_tell(struct ksrtp_packet *packet)
{
	const struct ksrtp_keyset *keyset = packet->keyset;
	/* which may be in use only later */
	const struct ksrtp_master *master = keyset->keys[keyset->n - 1];
	const struct ksrtp_announcement *told = master->announcement;
	struct ksrtp_stream *stream = ksrtp_packet_known_stream(packet);
	struct ksrtp_work *work = &packet->work;
	struct ksrtp_ektplain plain = {
		.ssrc = work->ssrc,
		.roc = work->index >> 16,
	};
	u8 *end = work->data + work->len;
	int len;

	if (!told || !stream ||
	    !ksrtp_stream_tells(stream, master->number, work->index,
				work->policy->ekt_interval)) {
		work->len += ksrtp_ektfield_write_short(end);
		return 0;
	}
	plain.key_len = told->key_len;
	memcpy(plain.key, told->key, told->key_len);
	len = ksrtp_ektfield_write(end, &told->ektkey->aes, told->ektkey->spi,
				   told->epoch, &plain);
	memzero_explicit(&plain, sizeof(plain));
	if (len < 0)
		return KSRTP_A_STATS_DROP_CRYPTO_ERROR;
	work->len += len;
	ksrtp_incident_count(ksrtp_direction(packet->session, packet->id),
			     KSRTP_A_STATS_EKT_FIELDS);
	return 0;
}

/* Everything after the transform. Returns 0 or the cause of a drop. */
static int ksrtp_send_finish(struct ksrtp_packet *packet, int err)
{
	struct ksrtp_master *master = ksrtp_packet_master(packet);
	struct ksrtp_work *work = &packet->work;

	switch (err) {
	case 0:
		break;
	case -ENOMEM:
		return KSRTP_A_STATS_DROP_NO_MEMORY;
	case -EINVAL:
		/* an element of a header extension runs past its end */
		return KSRTP_A_STATS_DROP_BAD_RTP;
	default:
		return KSRTP_A_STATS_DROP_CRYPTO_ERROR;
	}
	if (master->epochs) {
		ksrtp_epochs_settle(master->epochs, work->rtcp, work->index);
		ksrtp_epochs_ahead(master->epochs, work->rtcp, work->index);
	}
	trace_ksrtp_protect(packet->session->id, work->ssrc, work->rtcp,
			    work->index, work->len);
	return unlikely(work->policy->ekt) && !work->rtcp ?
	       ksrtp_send_tell(packet) : 0;
}

/* Transform a packet that has its index. Returns 0, -EINPROGRESS or a cause. */
static int ksrtp_send_run(struct ksrtp_packet *packet)
{
	int err = ksrtp_wait_keys(packet);

	if (err)
		return err;
	err = ksrtp_send_transform(packet);
	/* with -EINPROGRESS the packet may already be freed */
	return err == -EINPROGRESS ? err : ksrtp_send_finish(packet, err);
}

static const struct ksrtp_packet_ops ksrtp_send_ops = {
	.run = ksrtp_send_run,
	.done = ksrtp_send_finish,
};

/* RTP with a plain keyset: from start to end, without waiting. */
static __always_inline int ksrtp_send_plain(struct ksrtp_packet *packet)
{
	int cause = ksrtp_send_prepare(packet, true);
	struct ksrtp_work *work = &packet->work;
	int err;

	if (cause)
		return cause;
	packet->keys = &packet->keyset->first->srtp;
	work->keys = &packet->keys->set;
	err = ksrtp_cipher_protect_plain(work);
	if (unlikely(err))
		return ksrtp_send_finish(packet, err);
	trace_ksrtp_protect(packet->session->id, work->ssrc, false, work->index,
			    work->len);
	return 0;
}

static noinline int ksrtp_send_general(struct ksrtp_packet *packet)
{
	ksrtp_wait_prepare(packet, &ksrtp_send_ops);
	return ksrtp_send_prepare(packet, false) ?: ksrtp_send_run(packet);
}

static __always_inline int ksrtp_send_begin(struct ksrtp_packet *packet)
{
	return likely(packet->keyset->plain && !packet->work.rtcp) ?
	       ksrtp_send_plain(packet) : ksrtp_send_general(packet);
}

/**
 * ksrtp_send_protect() - protect an RTP or RTCP packet
 * @skb: sk_buff that it is in
 * @state: hook state
 * @session: its session
 * @keyset: keys and policy
 * @udp: the datagram in @skb
 * @rtcp: it is RTCP
 * @data: its first byte; writable, with room for ksrtp_send_growth()
 * @len: its length in bytes, updated
 *
 * The caller updates lengths and checksums of @skb, unless the packet has to
 * wait.
 *
 * Context: under rcu_read_lock(), does not sleep.
 * Return: 0; -EINPROGRESS if @skb was taken and continues later; else the
 * positive cause to drop the packet for.
 */
__always_inline
int ksrtp_send_protect(struct sk_buff *skb, const struct nf_hook_state *state,
		       struct ksrtp_session *session,
		       struct ksrtp_keyset *keyset, struct ksrtp_udp *udp,
		       bool rtcp, u8 *data, unsigned int *len)
{
	return ksrtp_packet_transform(skb, state, session, KSRTP_DIRECTION_SEND,
				      keyset, udp, rtcp, data, len,
				      ksrtp_send_begin);
}

/*
 * Will a packet that grows by @growth bytes be too big? If so, sets the size left
 * in @udp.
 */
static __always_inline
bool ksrtp_send_too_big(struct sk_buff *skb,
			const struct nf_hook_state *state,
			const struct ksrtp_keyset *keyset, bool rtcp,
			const u8 *start, struct ksrtp_udp *udp,
			unsigned int headers, unsigned int growth)
{
	if (likely(!ksrtp_mtu_exceeded(skb, state, udp, headers + udp->len,
				       growth)))
		return false;
	growth = ksrtp_send_overhead(keyset, rtcp, start, udp->len);
	udp->room = ksrtp_mtu_left(udp->family, udp->room, growth);
	return true;
}

/**
 * ksrtp_send_oversized() - will a part of a super-packet be too big?
 * @skb: the super-packet
 * @state: hook state
 * @node: the session's node that matched the part
 * @udp: position of the part in @skb; @room is set if it will
 * @headers: length of the headers before it, in bytes
 *
 * Context: under rcu_read_lock(), does not sleep.
 * Return: true if it cannot be sent.
 */
bool ksrtp_send_oversized(struct sk_buff *skb,
			  const struct nf_hook_state *state,
			  const struct ksrtp_node *node,
			  struct ksrtp_udp *udp, unsigned int headers)
{
	const struct ksrtp_direction *direction =
		ksrtp_direction(ksrtp_node_session(node), KSRTP_DIRECTION_SEND);
	const struct ksrtp_keyset *keyset =
		rcu_dereference(direction->keyset);
	u8 buf[KSRTP_PEEK_LEN];
	enum ksrtp_wire_class class;
	const u8 *start;
	bool rtcp;

	class = ksrtp_packet_peek(skb, udp, node->kind, buf, &start);
	if (!keyset || (class != KSRTP_WIRE_RTP && class != KSRTP_WIRE_RTCP))
		return false;
	rtcp = class == KSRTP_WIRE_RTCP;
	return ksrtp_send_too_big(skb, state, keyset, rtcp, start, udp, headers,
				  ksrtp_send_growth(keyset, rtcp, start,
						    udp->len));
}

/* Were the keys of a packet replaced? Then it has the new ones from now on. */
static noinline bool ksrtp_send_rekeyed(const struct sk_buff *skb,
					const struct ksrtp_node *node,
					const struct ksrtp_udp *udp,
					struct ksrtp_look *look)
{
	struct ksrtp_keyset *keyset =
		ksrtp_packet_rekeyed(ksrtp_node_session(node), look->keyset);

	if (!keyset)
		return false;
	look->keyset = keyset;
	/* it may have moved, to have room */
	ksrtp_packet_peek(skb, udp, node->kind, look->buf, &look->start);
	return true;
}

/**
 * ksrtp_send() - protect a datagram of a session
 * @skb: the packet, exclusively owned, not a super-packet
 * @state: hook state
 * @node: the session's node that matched the packet
 * @udp: the datagram in @skb
 *
 * If the packet is too big, the caller tells its sender: ksrtp_mtu_tell().
 *
 * Context: under rcu_read_lock(), does not sleep.
 * Return: 0 if the packet may continue, changed or not; -EINPROGRESS if it was
 * taken and continues later; else the positive cause to drop it for.
 */
__always_inline
int ksrtp_send(struct sk_buff *skb, const struct nf_hook_state *state,
	       const struct ksrtp_node *node, struct ksrtp_udp *udp)
{
	struct ksrtp_look look __uninitialized;
	unsigned int growth;
	int err;

	err = ksrtp_packet_look(skb, node, KSRTP_DIRECTION_SEND, udp, &look);
	if (err)
		return err == KSRTP_PACKET_PASS ? 0 : err;
	if (!ksrtp_udp_checksum_ok(skb, udp))
		return KSRTP_A_STATS_DROP_BAD_CHECKSUM;
	do {
		growth = likely(look.keyset->plain && !look.rtcp) ?
			 look.keyset->policy.suite->rtp_tag_len :
			 ksrtp_send_growth(look.keyset, look.rtcp, look.start,
					   udp->len);
		if (ksrtp_send_too_big(skb, state, look.keyset, look.rtcp,
				       look.start, udp,
				       ksrtp_udp_headers(skb, udp), growth))
			return KSRTP_A_STATS_DROP_TOO_BIG;
		err = ksrtp_packet_rewrite(skb, state, node, udp, &look, growth,
					   ksrtp_send_protect);
	} while (unlikely(err == KSRTP_A_STATS_DROP_NO_KEY) &&
		 ksrtp_send_rekeyed(skb, node, udp, &look));
	return err;
}
