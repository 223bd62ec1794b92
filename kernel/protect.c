// SPDX-License-Identifier: GPL-2.0
/* A packet on its way out, RFC 3711 sections 3.3 and 3.4. */

#include <linux/err.h>
#include <linux/siphash.h>
#include <net/ipv6.h>

#include "compat.h"
#include "extension.h"
#include "ohb.h"
#include "protect.h"
#include "stream.h"
#include "trace.h"

/* Segments of a super-packet, at most. */
#define KSRTP_SEGMENTS_MAX	128

/* What the inner AEAD of RFC 8723 adds: a tag, and an empty block. */
#define KSRTP_INNER_GROWTH(suite)	((suite)->rtp_tag_len + 1)

/**
 * ksrtp_protect_growth() - how much longer protection makes a packet
 * @keyring: keys and policy
 * @rtcp: it is RTCP
 * @start: its first bytes, KSRTP_PEEK_LEN or all there are
 * @len: its length in bytes
 *
 * Context: any.
 * Return: growth in bytes, at most.
 */
unsigned int ksrtp_protect_growth(const struct ksrtp_keyring *keyring,
				  bool rtcp, const u8 *start, unsigned int len)
{
	const struct ksrtp_policy *policy = &keyring->policy;
	bool whole = !rtcp && len >= KSRTP_RTP_HEADER_LEN;
	struct ksrtp_trailer trailer;
	unsigned int growth;

	ksrtp_policy_trailer(policy, keyring->mki_len, rtcp,
			     whole ? ksrtp_rtp_seq(start) : 0, &trailer);
	growth = ksrtp_trailer_len(&trailer);
	if (whole && policy->cryptex == KSRTP_CRYPTEX_ON)
		growth += ksrtp_cryptex_growth(start);
	if (whole && keyring->has_inner)
		growth += KSRTP_INNER_GROWTH(policy->suite);
	return growth;
}

/**
 * ksrtp_protect_overhead() - how much longer protection makes packets, at most
 * @keyring: keys and policy
 * @rtcp: they are RTCP
 * @start: first bytes of one of them, plain, KSRTP_PEEK_LEN or all there are; or
 *	NULL if they are not known
 * @len: its length in bytes
 *
 * That of packets with a header like this one's, whatever their sequence number:
 * with RFC 4771 those that carry the rollover counter are longer.
 *
 * Context: any.
 * Return: growth in bytes.
 */
unsigned int ksrtp_protect_overhead(const struct ksrtp_keyring *keyring,
				    bool rtcp, const u8 *start,
				    unsigned int len)
{
	/* the rollover counter is in sequence number 0, whatever the rate */
	u8 header[KSRTP_RTP_HEADER_LEN] = { 0x80 | 1 };

	if (start && len >= sizeof(header))
		header[0] = *start;
	return ksrtp_protect_growth(keyring, rtcp, header, sizeof(header));
}

/* Take apart a packet that an application sent. */
static int ksrtp_protect_parse(struct ksrtp_work *work)
{
	int len;

	if (work->rtcp) {
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
	/* on a port for both it would not have come here as RTP */
	if (unlikely(ksrtp_rtcp_type(work->data[1])) &&
	    ksrtp_rtcp_well_formed(work->data, work->len))
		return KSRTP_A_STATS_DROP_BAD_RTP;
	work->clear_len = len;
	work->ssrc = ksrtp_rtp_ssrc(work->data);
	return 0;
}

/*
 * How many of the newest packets may come again: so many as the policy says, or as
 * a super-packet has, if the stack shows us each of its segments once more.
 */
static u32 ksrtp_protect_again(const struct ksrtp_packet *packet)
{
	u32 repeat = packet->work.policy->repeat;

	if (packet->work.rtcp)
		return 0;
	if (!ksrtp_udp_twice(packet->skb, packet->udp))
		return repeat;
	return max_t(u32, repeat, KSRTP_SEGMENTS_MAX);
}

/*
 * What comes again has to be the same SRTP each time: of the same bytes, by the
 * same keys, and under the same policy. It is compared with no more than what was
 * sent under its own index, and nobody sees digests; so of packets that differ one
 * in 2^64 would pass.
 */
static u64 ksrtp_protect_digest(const struct ksrtp_packet *packet)
{
	static siphash_key_t key __read_mostly;
	u64 digest;

	net_get_random_once(&key, sizeof(key));
	digest = siphash(packet->work.data, packet->work.len, &key);
	return siphash_2u64(digest, packet->keyring->serial, &key) ?: 1;
}

/* Take a packet index, and choose the master key for it. */
static int ksrtp_protect_reserve(struct ksrtp_packet *packet, u16 seq)
{
	const struct ksrtp_keyring *keyring = packet->keyring;
	struct ksrtp_work *work = &packet->work;
	u32 again = ksrtp_protect_again(packet);
	struct ksrtp_claim claim = {
		.keyring = keyring,
		.direction = ksrtp_direction(packet->session, packet->id),
		.rtcp = work->rtcp,
		.seq = seq,
		.digest = again ? ksrtp_protect_digest(packet) : 0,
		.bytes = work->len,
	};
	struct ksrtp_stream *stream;
	int cause;

	/* pairs with the release in ksrtp_keyring_note() */
	if (unlikely(!smp_load_acquire(&packet->keyrings->noted)))
		ksrtp_keyring_note(packet->keyrings);
	do {
		cause = ksrtp_packet_stream(packet, &stream);
		if (cause)
			return cause;
		if (unlikely(claim.digest) &&
		    !ksrtp_stream_remember(packet->session, stream, again))
			return KSRTP_A_STATS_DROP_NO_MEMORY;
		cause = ksrtp_stream_reserve(stream, &claim, &work->index);
	} while (cause == -ESTALE);
	if (unlikely(cause == -EALREADY)) {
		/* what only comes by once more is the same packet still */
		if (!ksrtp_udp_twice(packet->skb, packet->udp))
			atomic64_inc(&ksrtp_direction(packet->session,
						      packet->id)->repeats);
		cause = 0;
	}
	if (cause) {
		ksrtp_stream_drop(stream, cause);
		return cause;
	}
	work->inner_index = work->index;

	if (keyring->mki_len)
		packet->master = keyring->active;
	else
		packet->master = ksrtp_keyring_covering(keyring, work->rtcp ?
							ksrtp_stream_top(stream) :
							work->index);
	if (packet->master < 0)
		return KSRTP_A_STATS_DROP_NO_KEY;
	return ksrtp_packet_spend(packet);
}

/* What an application behind a middle box has changed goes into the block. */
static int ksrtp_protect_reduce(struct ksrtp_work *work)
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

/* Give the packet the form that is to be encrypted. */
static int ksrtp_protect_shape(struct ksrtp_packet *packet)
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
	return work->outer_only ? ksrtp_protect_reduce(work) : 0;
}

/**
 * ksrtp_protect_prepare() - all that comes before the transform
 * @packet: the packet, writable and with room for ksrtp_protect_growth()
 *
 * Context: under rcu_read_lock(), does not sleep.
 * Return: 0, or the cause to drop the packet for.
 */
int ksrtp_protect_prepare(struct ksrtp_packet *packet)
{
	struct ksrtp_work *work = &packet->work;
	u16 seq = 0;
	int cause;

	cause = ksrtp_protect_parse(work);
	if (cause)
		return cause;
	if (!work->rtcp)
		seq = ksrtp_rtp_seq(work->data);
	ksrtp_policy_trailer(work->policy, packet->keyring->mki_len, work->rtcp,
			     seq, &work->trailer);
	cause = ksrtp_protect_reserve(packet, seq);
	if (cause)
		return cause;
	work->mki = ksrtp_packet_master(packet)->mki;

	return ksrtp_protect_shape(packet);
}

/**
 * ksrtp_protect_run() - run the transform
 * @packet: the packet, prepared, its session keys found
 *
 * Context: any, does not sleep.
 * Return: as a transform's protect().
 */
int ksrtp_protect_run(struct ksrtp_packet *packet)
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
	return policy->suite->transform->protect(work);
}

/**
 * ksrtp_protect_finish() - all that comes after the transform
 * @packet: the packet
 * @err: what the transform said
 *
 * Context: under rcu_read_lock(), does not sleep.
 * Return: 0, or the cause to drop the packet for.
 */
int ksrtp_protect_finish(struct ksrtp_packet *packet, int err)
{
	struct ksrtp_master *master = ksrtp_packet_master(packet);
	struct ksrtp_work *work = &packet->work;

	switch (err) {
	case 0:
		break;
	case -ENOMEM:
		return KSRTP_A_STATS_DROP_NO_MEMORY;
	case -EINVAL:
		/* elements of a header extension that do not fit it */
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
	return 0;
}
