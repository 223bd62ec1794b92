// SPDX-License-Identifier: GPL-2.0
/*
 * Receiving: SRTP becomes RTP (RFC 3711 section 3.3), SRTCP becomes RTCP (section 3.4).
 * From the end of this file upwards: the datagram, its index and key, the transform,
 * and which others are tried if these are wrong.
 */

#include <linux/err.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>

#include "compat.h"
#include "netlink/event.h"
#include "crypto/cipher.h"
#include "net.h"
#include "stream.h"
#include "packet.h"
#include "trace.h"

/* Said of a packet that is to be transformed again, with other keys. */
#define KSRTP_RECEIVE_AGAIN	(-EAGAIN)

/*
 * Searches for a lost rollover counter, in any second and one direction of a
 * session: they cost an authentication each, and forged packets ask for them.
 */
#define KSRTP_SEARCHES_PER_SECOND	1000

/*
 * With several keysets, those are asked first that can tell; a search, or what
 * takes anything, comes after all of them.
 */
enum ksrtp_receive_pass {
	KSRTP_PASS_EXPECTED,	/* by a tag, at the index expected */
	KSRTP_PASS_SEARCH,	/* by a tag, at others, also that of a beginning */
	KSRTP_PASS_BLIND,	/* without a tag */
};

/* Where a packet's trailer begins to differ from its payload. */
static const u8 *ksrtp_receive_index_word(const struct ksrtp_packet *packet)
{
	const struct ksrtp_trailer *trailer = &packet->work.trailer;
	const u8 *at = packet->work.data + packet->work.len;

	at -= trailer->mki_len + trailer->index_len;
	if (!ksrtp_packet_policy(packet)->suite->transform->srtcp_index_last)
		at -= trailer->tag_len;
	return at;
}

static const u8 *ksrtp_receive_mki(const struct ksrtp_packet *packet)
{
	return ksrtp_receive_index_word(packet) +
	       packet->work.trailer.index_len;
}

/* Take apart SRTCP: the E bit and index lie before or behind the tag. */
static int ksrtp_receive_parse_srtcp(struct ksrtp_packet *packet)
{
	const struct ksrtp_policy *policy = ksrtp_packet_policy(packet);
	struct ksrtp_work *work = &packet->work;
	u32 word;

	packet->plain_rtcp = ksrtp_rtcp_well_formed(work->data, work->len);
	if (work->len < KSRTP_RTCP_HEADER_LEN +
			ksrtp_trailer_len(&work->trailer))
		return packet->plain_rtcp ? KSRTP_A_STATS_DROP_PLAINTEXT :
					    KSRTP_A_STATS_DROP_SHORT;
	/* the first packet's type travels in clear, RFC 3711 section 3.4 */
	if (work->data[1] < 192 || work->data[1] > 223)
		return KSRTP_A_STATS_DROP_BAD_RTCP;

	word = get_unaligned_be32(ksrtp_receive_index_word(packet));
	/* with NULL encryption it means nothing, and is seen both ways */
	if (policy->suite->cipher &&
	    policy->unencrypted_srtcp != !(word & KSRTP_SRTCP_E_BIT))
		return packet->plain_rtcp && !policy->unencrypted_srtcp ?
		       KSRTP_A_STATS_DROP_PLAINTEXT :
		       KSRTP_A_STATS_DROP_UNENCRYPTED;
	packet->expected = word & KSRTP_SRTCP_INDEX_MASK;
	packet->clear_len = KSRTP_RTCP_HEADER_LEN;
	work->ssrc = ksrtp_rtcp_ssrc(work->data);
	return 0;
}

/* Is the header encrypted, and was it to be? */
static int ksrtp_receive_parse_cryptex(struct ksrtp_packet *packet)
{
	enum ksrtp_cryptex cryptex = ksrtp_packet_policy(packet)->cryptex;
	struct ksrtp_work *work = &packet->work;

	if (cryptex == KSRTP_CRYPTEX_OFF)
		return 0;
	if (ksrtp_cryptex_applied(work->data)) {
		ksrtp_cryptex_locate(work);
		packet->clear_len = work->clear_len;
		packet->hole = work->hole;
		packet->cryptex = true;
		return 0;
	}
	/* a header with neither CSRCs nor extension has nothing to encrypt */
	if (cryptex == KSRTP_CRYPTEX_ON &&
	    (work->data[0] & KSRTP_RTP_X_BIT ||
	     ksrtp_rtp_csrcs_end(work->data) > KSRTP_RTP_HEADER_LEN))
		return KSRTP_A_STATS_DROP_CRYPTEX;
	return 0;
}

static int ksrtp_receive_parse_srtp(struct ksrtp_packet *packet)
{
	struct ksrtp_work *work = &packet->work;
	int len;

	if (work->len < KSRTP_RTP_HEADER_LEN)
		return KSRTP_A_STATS_DROP_SHORT;
	len = ksrtp_rtp_header_len(work->data, work->len);
	if (len < 0)
		return KSRTP_A_STATS_DROP_BAD_RTP;
	ksrtp_policy_trailer(work->policy, packet->keyset->mki_len, false,
			     ksrtp_rtp_seq(work->data), &work->trailer);
	if (work->len < len + ksrtp_trailer_len(&work->trailer))
		return KSRTP_A_STATS_DROP_SHORT;
	/* no tag would tell that what is on RTP's port is RTCP */
	if (work->trailer.tag_len == work->trailer.roc_len &&
	    ksrtp_rtcp_type(work->data[1]))
		return KSRTP_A_STATS_DROP_BAD_RTP;
	packet->clear_len = len;
	work->ssrc = ksrtp_rtp_ssrc(work->data);

	packet->sample_len = min_t(unsigned int, work->len - len,
				   KSRTP_SAMPLE_LEN);
	memcpy(packet->sample, work->data + len, packet->sample_len);
	return ksrtp_receive_parse_cryptex(packet);
}

/* Is a packet with the expected index worth the crypto? Returns 0 if so. */
static int ksrtp_receive_admit(struct ksrtp_packet *packet,
			       struct ksrtp_stream *stream)
{
	const struct ksrtp_work *work = &packet->work;

	if (stream)
		return ksrtp_stream_admit(stream, work->rtcp, packet->expected);
	/* it is the first packet of a stream, or the first for long */
	return ksrtp_stream_recall(packet->session, work->ssrc, work->rtcp,
				   packet->expected);
}

/*
 * Estimate the packet index of SRTP, or read it if it is there to be read.
 * Returns 0 if the packet is worth the crypto.
 */
static int ksrtp_receive_estimate(struct ksrtp_packet *packet,
				  struct ksrtp_stream *stream)
{
	const struct ksrtp_trailer *trailer = &packet->work.trailer;
	const struct ksrtp_work *work = &packet->work;
	u16 seq = ksrtp_rtp_seq(work->data);
	u64 roc;

	if (stream && !trailer->roc_len)
		return ksrtp_stream_expect(stream, seq, &packet->expected);
	if (trailer->roc_len) {
		roc = get_unaligned_be32(work->data + work->len -
					 trailer->tag_len);
		packet->expected = roc << 16 | seq;
	} else {
		packet->expected =
			ksrtp_stream_foresee(packet->session, work->ssrc, seq,
					     work->policy->initial_roc);
	}
	return ksrtp_receive_admit(packet, stream);
}

/* As ksrtp_stream_newest_key(), and of streams that were forgotten. */
static u64 ksrtp_receive_newest_key(struct ksrtp_packet *packet)
{
	const struct ksrtp_stream *stream = ksrtp_packet_known_stream(packet);
	const struct ksrtp_tombstone *tombstone;
	bool rtcp = packet->work.rtcp;

	if (likely(stream))
		return ksrtp_stream_newest_key(stream, rtcp);
	tombstone = ksrtp_tombstone_find(packet->session, packet->work.ssrc);
	if (!tombstone || !(rtcp ? tombstone->rtcp : tombstone->rtp))
		return U64_MAX;
	return tombstone->heard[rtcp].newest;
}

/*
 * Is a key newer than all that the packet's stream was heard under, so that the
 * counters may begin anew with it?
 */
static bool ksrtp_receive_newer(struct ksrtp_packet *packet,
				const struct ksrtp_master *master)
{
	return !master->known &&
	       master->number > ksrtp_receive_newest_key(packet);
}

/* May a key without an identifier be that of a packet? */
static bool ksrtp_receive_eligible(struct ksrtp_packet *packet,
				   const struct ksrtp_master *master)
{
	/* where the packet has waited meanwhile, it is looked at again later */
	const struct ksrtp_stream *stream = packet->stream;
	const struct ksrtp_work *work = &packet->work;

	return !ksrtp_master_retired(master) &&
	       !ksrtp_master_used_up(master, work->rtcp) &&
	       (work->rtcp || ksrtp_master_covers(master, work->index)) &&
	       (!packet->anew || ksrtp_receive_newer(packet, master)) &&
	       (!stream || ksrtp_stream_hears(stream, work->rtcp,
					      master->number, master->known));
}

/* Choose the next of the keys that a packet may have, newest first. */
static bool ksrtp_receive_next_key(struct ksrtp_packet *packet)
{
	while (--packet->master >= 0)
		if (ksrtp_receive_eligible(packet,
					   ksrtp_packet_master(packet)))
			return true;
	return false;
}

/* Choose the key that a packet names. */
static int ksrtp_receive_named_key(struct ksrtp_packet *packet)
{
	const struct ksrtp_stream *stream = ksrtp_packet_known_stream(packet);
	bool rtcp = packet->work.rtcp;
	struct ksrtp_master *master;

	packet->master = ksrtp_keyset_find(packet->keyset,
					   ksrtp_receive_mki(packet));
	if (packet->master < 0)
		return KSRTP_A_STATS_DROP_UNKNOWN_MKI;
	master = ksrtp_packet_master(packet);
	if (ksrtp_master_used_up(master, rtcp))
		return KSRTP_A_STATS_DROP_KEY_EXPIRED;
	return stream && !ksrtp_stream_hears(stream, rtcp, master->number,
					     master->known) ?
	       KSRTP_A_STATS_DROP_TOO_OLD : 0;
}

/* Choose the first key to try, or the only one. */
static int ksrtp_receive_first_key(struct ksrtp_packet *packet)
{
	const struct ksrtp_keyset *keyset = packet->keyset;
	bool rtcp = packet->work.rtcp;
	int i;

	if (keyset->mki_len)
		return ksrtp_receive_named_key(packet);
	packet->master = keyset->n;
	if (ksrtp_receive_next_key(packet))
		return 0;
	for (i = 0; i < keyset->n; i++)
		if (ksrtp_master_used_up(keyset->keys[i], rtcp))
			return KSRTP_A_STATS_DROP_KEY_EXPIRED;
	return KSRTP_A_STATS_DROP_NO_KEY;
}

/* Is there something to find by trying rollover counters? */
static bool ksrtp_receive_searches(const struct ksrtp_packet *packet)
{
	const struct ksrtp_work *work = &packet->work;

	return work->policy->roc_search && !work->rtcp &&
	       work->trailer.tag_len && !work->trailer.roc_len;
}

/* May another search be afforded? */
static bool ksrtp_receive_afford(struct ksrtp_direction *direction)
{
	u32 second = ktime_get_seconds();
	u32 old = READ_ONCE(direction->search_second);

	if (old != second &&
	    cmpxchg(&direction->search_second, old, second) == old)
		atomic_set(&direction->search_spent, 0);
	if (atomic_inc_return(&direction->search_spent) >
	    KSRTP_SEARCHES_PER_SECOND)
		return false;
	atomic64_inc(&direction->roc_searches);
	return true;
}

/*
 * May a packet be the first of counters that have begun anew with a new key? Only
 * its tag can prove it.
 */
static bool ksrtp_receive_may_begin(struct ksrtp_packet *packet)
{
	const struct ksrtp_trailer *trailer = &packet->work.trailer;

	if (!packet->keyset->fresh || trailer->tag_len <= trailer->roc_len)
		return false;
	return packet->keyset->fresh > ksrtp_receive_newest_key(packet);
}

/* Choose the first key for an index with which counters would begin anew. */
static bool ksrtp_receive_first_newer(struct ksrtp_packet *packet)
{
	struct ksrtp_direction *direction = ksrtp_direction(packet->session,
							    packet->id);

	packet->anew = true;
	if (packet->keyset->mki_len)
		return ksrtp_receive_newer(packet,
					   ksrtp_packet_master(packet)) &&
		       ksrtp_receive_afford(direction);
	packet->master = packet->keyset->n;
	return ksrtp_receive_next_key(packet) &&
	       ksrtp_receive_afford(direction);
}

/* The index that a packet has if counters have begun anew. */
static u64 ksrtp_receive_begin_index(const struct ksrtp_packet *packet)
{
	const struct ksrtp_work *work = &packet->work;

	if (work->rtcp || work->trailer.roc_len)
		return packet->expected;
	return (u64)work->policy->initial_roc << 16 |
	       ksrtp_rtp_seq(work->data);
}

/* Choose the index that is the beginning. */
static bool ksrtp_receive_next_begin(struct ksrtp_packet *packet)
{
	struct ksrtp_work *work = &packet->work;
	u64 index;

	if (packet->begun || !ksrtp_receive_may_begin(packet))
		return false;
	packet->begun = true;
	index = ksrtp_receive_begin_index(packet);
	/* with a wrong tag there all the same */
	if (index == packet->expected && !packet->refusal)
		return false;
	work->index = index;
	return ksrtp_receive_first_newer(packet);
}

/*
 * Choose the next larger rollover counter to try. A peer that has gone back to a
 * smaller one repeats indexes, and so would a replay, unless the key is new.
 */
static bool ksrtp_receive_next_larger(struct ksrtp_packet *packet)
{
	struct ksrtp_work *work = &packet->work;
	struct ksrtp_stream *stream = ksrtp_packet_known_stream(packet);

	packet->anew = false;
	while (packet->step < work->policy->roc_search) {
		packet->step++;
		work->index = packet->expected + ((u64)packet->step << 16);
		if (packet->refusal || work->index > KSRTP_INDEX_MAX)
			continue;
		if (stream && ksrtp_stream_admit(stream, false, work->index))
			continue;
		if (!ksrtp_receive_afford(ksrtp_direction(packet->session,
							  packet->id)))
			return false;
		if (packet->keyset->mki_len)
			return true;
		packet->master = packet->keyset->n;
		if (ksrtp_receive_next_key(packet))
			return true;
	}
	return false;
}

/* Choose the next smaller one, with a new key. */
static bool ksrtp_receive_next_smaller(struct ksrtp_packet *packet)
{
	u32 bound = packet->work.policy->roc_search;
	u64 back;

	if (packet->expected > KSRTP_INDEX_MAX ||
	    !ksrtp_receive_may_begin(packet))
		return false;
	while (packet->step < 2 * bound) {
		packet->step++;
		back = (u64)(packet->step - bound) << 16;
		if (back > packet->expected)
			return false;
		packet->work.index = packet->expected - back;
		if (ksrtp_receive_first_newer(packet))
			return true;
	}
	return false;
}

/* Choose the next rollover counter to try. */
static bool ksrtp_receive_next_roc(struct ksrtp_packet *packet)
{
	return ksrtp_receive_searches(packet) &&
	       (ksrtp_receive_next_larger(packet) ||
		ksrtp_receive_next_smaller(packet));
}

/* Are other indexes than the expected one to be tried now? */
static bool ksrtp_receive_looks_around(const struct ksrtp_packet *packet)
{
	return !packet->keysets->before || packet->pass == KSRTP_PASS_SEARCH;
}

/* Choose the next index to try, where counters have begun anew or are lost. */
static bool ksrtp_receive_next_index(struct ksrtp_packet *packet)
{
	return ksrtp_receive_next_begin(packet) ||
	       ksrtp_receive_next_roc(packet);
}

/* Choose what to try after a tag was wrong. */
static bool ksrtp_receive_next(struct ksrtp_packet *packet)
{
	struct ksrtp_work *work = &packet->work;

	if (packet->keyset->mki_len || !ksrtp_receive_next_key(packet)) {
		/* other counters are of epochs that cost no less */
		if (packet->unaffordable ||
		    !ksrtp_receive_looks_around(packet) ||
		    !ksrtp_receive_next_index(packet))
			return false;
	}
	if (packet->backup)
		memcpy(work->data, packet->backup, packet->wire_len);
	return true;
}

/* Keep a packet's bytes if they may be needed again and would be lost. */
static int ksrtp_receive_keep(struct ksrtp_packet *packet)
{
	const struct ksrtp_keyset *keyset = packet->keyset;
	const struct ksrtp_work *work = &packet->work;

	if (packet->backup || !work->policy->suite->transform->destructive)
		return 0;
	if (!packet->keysets->before && !ksrtp_receive_searches(packet) &&
	    (keyset->mki_len || keyset->n == 1) &&
	    !(ksrtp_receive_may_begin(packet) &&
	      ksrtp_receive_newer(packet, ksrtp_packet_master(packet))))
		return 0;
	packet->backup = kmemdup(work->data, work->len,
				 GFP_ATOMIC | __GFP_NOWARN);
	return packet->backup ? 0 : KSRTP_A_STATS_DROP_NO_MEMORY;
}

/* Find the packet index, and whether it is worth the crypto. */
static int ksrtp_receive_index(struct ksrtp_packet *packet)
{
	struct ksrtp_work *work = &packet->work;
	struct ksrtp_stream *stream;
	int cause = 0;

	stream = ksrtp_packet_known_stream(packet);
	if (!work->rtcp)
		cause = ksrtp_receive_estimate(packet, stream);
	else
		cause = ksrtp_receive_admit(packet, stream);
	work->index = packet->expected;
	return cause;
}

/*
 * The expected index is refused, for @cause. With a new key it may be a first one
 * all the same; then returns 0, and what to try is chosen.
 */
static int ksrtp_receive_refused(struct ksrtp_packet *packet, int cause)
{
	if (!ksrtp_receive_looks_around(packet) ||
	    !ksrtp_receive_may_begin(packet))
		return cause;
	packet->refusal = cause;
	if (packet->keyset->mki_len && ksrtp_receive_named_key(packet))
		return cause;
	return ksrtp_receive_next_begin(packet) ? 0 : cause;
}

/* Note why a keyset refuses the packet. What the present one says counts. */
static void ksrtp_receive_note(struct ksrtp_packet *packet, int cause,
			       bool of_stream)
{
	if (packet->cause && packet->keyset != packet->keysets)
		return;
	packet->cause = cause;
	packet->of_stream = of_stream;
}

/* Is this keyset one for this pass? */
static bool ksrtp_receive_passes(struct ksrtp_packet *packet)
{
	const struct ksrtp_work *work = &packet->work;
	bool blind = !work->rtcp && ksrtp_trailer_blind(&work->trailer);

	if (!packet->keysets->before)
		return true;
	if (packet->pass == KSRTP_PASS_BLIND)
		return blind;
	return !blind && (packet->pass == KSRTP_PASS_EXPECTED ||
			  ksrtp_receive_may_begin(packet) ||
			  ksrtp_receive_searches(packet));
}

/* Is the packet worth the crypto, as a keyset sees it? If not, note why. */
static bool ksrtp_receive_try(struct ksrtp_packet *packet)
{
	struct ksrtp_work *work = &packet->work;
	int cause;

	if (work->rtcp) {
		ksrtp_policy_trailer(work->policy, packet->keyset->mki_len,
				     true, 0, &work->trailer);
		cause = ksrtp_receive_parse_srtcp(packet);
	} else {
		cause = ksrtp_receive_parse_srtp(packet);
	}
	if (cause) {
		ksrtp_receive_note(packet, cause, false);
		return false;
	}
	if (!ksrtp_receive_passes(packet))
		return false;

	cause = ksrtp_receive_index(packet);
	cause = cause ? ksrtp_receive_refused(packet, cause) :
			ksrtp_receive_first_key(packet);
	if (cause) {
		ksrtp_receive_note(packet, cause, true);
		return false;
	}
	/* the expected index was tried before, if it is not refused */
	return packet->pass != KSRTP_PASS_SEARCH || packet->refusal ||
	       ksrtp_receive_next_index(packet);
}

/* Choose the next keyset to try, and have the packet as it was received. */
static bool ksrtp_receive_next_keyset(struct ksrtp_packet *packet)
{
	if (packet->keyset->before) {
		packet->keyset = packet->keyset->before;
	} else if (packet->keysets->before &&
		   packet->pass < KSRTP_PASS_BLIND) {
		packet->keyset = packet->keysets;
		packet->pass++;
	} else {
		return false;
	}
	packet->work.policy = &packet->keyset->policy;
	packet->work.len = packet->wire_len;
	if (packet->backup)
		memcpy(packet->work.data, packet->backup, packet->wire_len);
	packet->unaffordable = false;
	packet->plain_rtcp = false;
	packet->cryptex = false;
	packet->sample_len = 0;
	packet->hole = 0;
	packet->work.hole = 0;
	packet->step = 0;
	packet->anew = false;
	packet->begun = false;
	packet->refusal = 0;
	return true;
}

/* A keyset has refused the packet: ask the others, or give it up. */
static int ksrtp_receive_elsewhere(struct ksrtp_packet *packet)
{
	struct ksrtp_stream *stream;

	while (ksrtp_receive_next_keyset(packet))
		if (ksrtp_receive_try(packet))
			return ksrtp_receive_keep(packet);
	stream = packet->of_stream ? ksrtp_packet_known_stream(packet) : NULL;
	if (stream)
		ksrtp_stream_drop(stream, packet->cause);
	return packet->cause;
}

/* Find the index of a packet that has waited. Returns 0 or the cause of a drop. */
static int ksrtp_receive_renew(struct ksrtp_packet *packet)
{
	/* one that is being searched for has been estimated well enough */
	if (packet->step || packet->begun)
		return 0;
	return ksrtp_receive_index(packet);
}

/* All that comes before the transform. Returns 0, or the cause of a drop. */
static int ksrtp_receive_prepare(struct ksrtp_packet *packet)
{
	packet->wire_len = packet->work.len;
	return ksrtp_receive_try(packet) ? ksrtp_receive_keep(packet) :
					     ksrtp_receive_elsewhere(packet);
}

/*
 * A packet cannot be of the keyset that it was prepared for: see whether it may be of
 * an earlier one. Returns 0 if it is prepared for that, or the cause of a drop.
 */
static int ksrtp_receive_retry(struct ksrtp_packet *packet, int cause)
{
	ksrtp_receive_note(packet, cause, true);
	return ksrtp_receive_elsewhere(packet);
}

/* Run the transform. Returns as its unprotect(). */
static int ksrtp_receive_transform(struct ksrtp_packet *packet)
{
	const struct ksrtp_policy *policy = ksrtp_packet_policy(packet);
	struct ksrtp_work *work = &packet->work;
	struct ksrtp_stream *stream;

	work->len = packet->wire_len;
	work->clear_len = packet->clear_len;
	work->hole = packet->hole;
	work->inner_index = work->index;
	work->outer_only = ksrtp_packet_master(packet)->outer_only;
	if (ksrtp_suite_is_double(policy->suite) && !work->rtcp) {
		stream = ksrtp_packet_known_stream(packet);
		if (stream)
			work->inner_index += READ_ONCE(stream->inner_ahead);
	}
	return policy->suite->transform->unprotect(work);
}

static void ksrtp_receive_settle_keys(const struct ksrtp_packet *packet,
				      const struct ksrtp_keyset *keyset,
				      int i, int end)
{
	const struct ksrtp_work *work = &packet->work;

	for (; i < end; i++)
		if (keyset->keys[i]->epochs)
			ksrtp_epochs_settle(keyset->keys[i]->epochs,
					    work->rtcp, work->index);
}

/*
 * Return what was paid for session keys that the packet was tried with: it was
 * not forged. Without identifiers these are those of newer master keys, too, and
 * of other keysets in any case.
 */
static void ksrtp_receive_settle(const struct ksrtp_packet *packet)
{
	const struct ksrtp_keyset *keyset = packet->keyset, *other;

	ksrtp_receive_settle_keys(packet, keyset, packet->master,
				  keyset->mki_len ? packet->master + 1 :
						       keyset->n);
	for (other = packet->keysets; other; other = other->before)
		if (other != keyset)
			ksrtp_receive_settle_keys(packet, other, 0, other->n);
}

/*
 * The peer has shown what it does with a new key. Where our own is new as well, and
 * nothing was known when it came, what is sent does the same.
 */
static noinline void ksrtp_receive_hear(struct ksrtp_packet *packet,
					enum ksrtp_counters manner)
{
	struct ksrtp_session *session = packet->session;
	struct ksrtp_direction *recv = ksrtp_direction(session, packet->id);
	struct ksrtp_direction *send = ksrtp_direction(session,
						       KSRTP_DIRECTION_SEND);
	const struct ksrtp_alert_info info = {
		.type = KSRTP_ALERT_COUNTERS_RESTARTED,
		.session = session->id,
		.direction = packet->id,
		.has_ssrc = true,
		.ssrc = packet->work.ssrc,
		.rtcp = packet->work.rtcp,
	};
	const struct ksrtp_keyset *keyset;

	WRITE_ONCE(recv->manner, manner);
	if (manner != KSRTP_COUNTERS_RESTART)
		return;
	atomic64_inc(&recv->counters_restarted);
	ksrtp_event_alert(session->kn->net, &info);
	keyset = rcu_dereference(send->keyset);
	if (!keyset || keyset->policy.counters != KSRTP_COUNTERS_PEER ||
	    !READ_ONCE(send->undecided))
		return;
	/* before: who takes it back looks whether we have gone on */
	WRITE_ONCE(send->fresh_only, true);
	if (xchg(&send->undecided, false))
		WRITE_ONCE(send->follow, ksrtp_keyset_speaker(keyset));
}

/* The packet is authentic: take note of it. */
static int ksrtp_receive_accept(struct ksrtp_packet *packet)
{
	struct ksrtp_master *master = ksrtp_packet_master(packet);
	struct ksrtp_work *work = &packet->work;
	struct ksrtp_arrival arrival = {
		.keyset = packet->keyset,
		.newest = packet->keysets->newest,
		.key = master->number,
		.known = master->known,
		.anew = packet->anew,
		.rtcp = work->rtcp,
		.index = work->index,
		.bytes = work->len,
	};
	struct ksrtp_stream *stream;
	int cause;

	do {
		cause = ksrtp_packet_stream(packet, &stream);
		if (cause)
			return cause;
		cause = ksrtp_stream_accept(stream, &arrival);
	} while (cause == -ESTALE);
	if (cause) {
		ksrtp_stream_drop(stream, cause);
		return cause;
	}
	if (unlikely(arrival.manner))
		ksrtp_receive_hear(packet, arrival.manner);
	if (work->keys->inner)
		WRITE_ONCE(stream->inner_ahead,
			   work->inner_index - work->index);
	if (packet->step)
		atomic64_inc(&ksrtp_direction(packet->session,
					      packet->id)->roc_found);
	if (master->epochs || packet->keysets->before)
		ksrtp_receive_settle(packet);
	if (master->epochs)
		ksrtp_epochs_ahead(master->epochs, work->rtcp, work->index);
	return ksrtp_packet_spend(packet);
}

/* Make the header of an authentic packet plain. */
static int ksrtp_receive_header(struct ksrtp_packet *packet)
{
	struct ksrtp_work *work = &packet->work;

	if (packet->cryptex) {
		ksrtp_cryptex_undo(work);
		return 0;
	}
	if (!work->policy->has_extensions || work->rtcp)
		return 0;
	switch (ksrtp_extension_crypt(work)) {
	case 0:
		return 0;
	case -ENOMEM:
		return KSRTP_A_STATS_DROP_NO_MEMORY;
	case -EINVAL:
		return KSRTP_A_STATS_DROP_BAD_RTP;
	default:
		return KSRTP_A_STATS_DROP_CRYPTO_ERROR;
	}
}

/* What a wrong tag is counted as, or one that was not looked at. */
static int ksrtp_receive_bad_tag(struct ksrtp_packet *packet)
{
	const struct ksrtp_work *work = &packet->work;

	if (packet->unaffordable)
		return KSRTP_A_STATS_DROP_EPOCH_LIMIT;
	if (packet->refusal)
		return packet->refusal;
	/* the policy leaves the payload in clear, so looking plain proves nothing */
	if (ksrtp_policy_clear(work->policy, work->rtcp))
		return KSRTP_A_STATS_DROP_BAD_TAG;
	if (packet->plain_rtcp ||
	    (!work->rtcp && ksrtp_looks_plain(packet->sample,
					      packet->sample_len)))
		return KSRTP_A_STATS_DROP_PLAINTEXT;
	return KSRTP_A_STATS_DROP_BAD_TAG;
}

/*
 * All that comes after the transform. Returns 0, KSRTP_RECEIVE_AGAIN, or the cause of a
 * drop.
 */
static int ksrtp_receive_finish(struct ksrtp_packet *packet, int err)
{
	struct ksrtp_work *work = &packet->work;
	int cause;

	if (err == -EBADMSG) {
		cause = ksrtp_receive_next(packet) ? 0 :
			ksrtp_receive_retry(packet,
					    ksrtp_receive_bad_tag(packet));
		return cause ?: KSRTP_RECEIVE_AGAIN;
	}
	if (err)
		return err == -ENOMEM ? KSRTP_A_STATS_DROP_NO_MEMORY :
					KSRTP_A_STATS_DROP_CRYPTO_ERROR;

	cause = ksrtp_receive_accept(packet);
	if (!cause)
		cause = ksrtp_receive_header(packet);
	if (cause)
		return cause;
	if (work->rtcp && !ksrtp_rtcp_well_formed(work->data, work->len))
		return KSRTP_A_STATS_DROP_BAD_RTCP;
	trace_ksrtp_unprotect(packet->session->id, work->ssrc, work->rtcp,
			      work->index, work->len);
	return 0;
}

/*
 * Run the transform, more than once if there are several keys or indexes to be tried.
 * Returns 0, -EINPROGRESS or the cause of a drop.
 */
static int ksrtp_receive_run(struct ksrtp_packet *packet)
{
	int err;

	do {
		err = ksrtp_wait_keys(packet);
		if (!err)
			err = ksrtp_receive_transform(packet);
		else if (err != -EBADMSG)
			return err;
		/* from here on the packet may be gone */
		if (err == -EINPROGRESS)
			return err;
		/* other keys may have to be waited for, too */
		packet->resumed = false;
		err = ksrtp_receive_finish(packet, err);
	} while (err == KSRTP_RECEIVE_AGAIN);
	return err;
}

/* A crypto driver has finished later. Returns as ksrtp_receive_run(). */
static int ksrtp_receive_done(struct ksrtp_packet *packet, int err)
{
	packet->resumed = false;
	err = ksrtp_receive_finish(packet, err);
	return err == KSRTP_RECEIVE_AGAIN ? ksrtp_receive_run(packet) : err;
}

static const struct ksrtp_packet_ops ksrtp_receive_ops = {
	.run = ksrtp_receive_run,
	.done = ksrtp_receive_done,
	.renew = ksrtp_receive_renew,
	.retry = ksrtp_receive_retry,
};

static int ksrtp_receive_begin(struct ksrtp_packet *packet)
{
	ksrtp_wait_prepare(packet, &ksrtp_receive_ops);
	return ksrtp_receive_prepare(packet) ?: ksrtp_receive_run(packet);
}

/**
 * ksrtp_receive_unprotect() - unprotect an SRTP or SRTCP packet
 * @skb: what it is in
 * @state: what the hook was told
 * @session: its session
 * @keyset: keys and policy
 * @udp: the datagram in @skb
 * @rtcp: it is SRTCP
 * @data: its first byte; writable
 * @len: its length in bytes, updated
 *
 * Lengths and checksums of @skb are the caller's, unless the packet has to wait.
 *
 * Context: under rcu_read_lock(), does not sleep.
 * Return: 0; -EINPROGRESS if @skb was taken and goes on later; else the
 * positive cause to drop the packet for.
 */
int ksrtp_receive_unprotect(struct sk_buff *skb,
			    const struct nf_hook_state *state,
			    struct ksrtp_session *session,
			    struct ksrtp_keyset *keyset,
			    struct ksrtp_udp *udp, bool rtcp, u8 *data,
			    unsigned int *len)
{
	return ksrtp_packet_transform(skb, state, session, KSRTP_DIRECTION_RECV,
				      keyset, udp, rtcp, data, len,
				      ksrtp_receive_begin);
}

/*
 * Is nothing but UDP's checksum to say whether a packet has come as it was sent?
 * Protected RTP without a tag, or with nothing but a rollover counter in it.
 */
static bool ksrtp_receive_unchecked(const struct ksrtp_keyset *keyset,
				    bool rtcp, const u8 *start, unsigned int len)
{
	struct ksrtp_trailer trailer;

	/* what is too short for a header is dropped as such */
	if (rtcp || len < KSRTP_RTP_HEADER_LEN)
		return false;
	ksrtp_policy_trailer(&keyset->policy, keyset->mki_len, false,
			     ksrtp_rtp_seq(start), &trailer);
	return trailer.tag_len == trailer.roc_len;
}

/**
 * ksrtp_receive() - unprotect a datagram of a session
 * @skb: the packet, held by nobody else, not a super-packet
 * @state: what the hook was told
 * @node: the session's node that the packet was found by
 * @udp: the datagram in @skb
 *
 * Context: under rcu_read_lock(), does not sleep.
 * Return: 0 if the packet may go on, changed or not; -EINPROGRESS if it was
 * taken and goes on later; else the positive cause to drop it for.
 */
int ksrtp_receive(struct sk_buff *skb, const struct nf_hook_state *state,
		  const struct ksrtp_node *node, struct ksrtp_udp *udp)
{
	struct ksrtp_look look __uninitialized;
	int err;

	err = ksrtp_packet_look(skb, node, KSRTP_DIRECTION_RECV, udp, &look);
	if (err)
		return err == KSRTP_PACKET_PASS ? 0 : err;
	if (unlikely(ksrtp_receive_unchecked(look.keyset, look.rtcp, look.start,
					     udp->len)) &&
	    !ksrtp_udp_checksum_ok(skb, udp))
		return KSRTP_A_STATS_DROP_BAD_CHECKSUM;
	return ksrtp_packet_rewrite(skb, state, node, udp, &look, 0,
				    ksrtp_receive_unprotect);
}
