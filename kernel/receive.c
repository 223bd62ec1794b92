// SPDX-License-Identifier: GPL-2.0
/*
 * Receiving: SRTP becomes RTP (RFC 3711 section 3.3), SRTCP becomes RTCP
 * (section 3.4). Read this file from its end upwards: the datagram, its index
 * and key, the transform, and the other keys and indexes to try when these are
 * wrong.
 */

#include <linux/err.h>
#include <linux/indirect_call_wrapper.h>
#include <linux/slab.h>

#include "compat.h"
#include "netlink/event.h"
#include "crypto/cipher.h"
#include "incident.h"
#include "net.h"
#include "stream.h"
#include "packet.h"
#include "trace.h"
#include "wait.h"

/* The packet has to be transformed again, with other keys. */
#define KSRTP_RECEIVE_AGAIN	(-EAGAIN)

/*
 * Limit of searches for a lost rollover counter, for each direction of a
 * session. Each costs an authentication, and forged packets can cause them.
 */
#define KSRTP_SEARCHES_PER_SECOND	1000

/*
 * Limit of checks whether a refused packet has a tag of another length, for each
 * direction of a session. Each costs an authentication by each key.
 */
#define KSRTP_TAG_CHECKS_PER_SECOND	100

/* How long a master key is accepted after one that a packet brought, in ms. */
#define KSRTP_RECEIVE_OVERLAP	2000

/*
 * Passes over several keysets. Those that can authenticate the packet come
 * first; searches, and keysets that accept anything, follow.
 */
enum ksrtp_receive_pass {
	KSRTP_PASS_EXPECTED,	/* with a tag, at the expected index */
	KSRTP_PASS_SEARCH,	/* with a tag, at other indexes */
	KSRTP_PASS_BLIND,	/* without a tag */
};

/* Where E bit and SRTCP index are in the trailer, or would be. */
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

/* Parse SRTCP: the E bit and index lie before or behind the tag. */
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
	/* the first packet's type is in clear, RFC 3711 section 3.4 */
	if (work->data[1] < 192 || work->data[1] > 223)
		return KSRTP_A_STATS_DROP_BAD_RTCP;

	word = get_unaligned_be32(ksrtp_receive_index_word(packet));
	/* with NULL encryption the E bit is meaningless; both values occur */
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

/* Is the header encrypted exactly if the policy says so? */
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

/* Keep the first bytes of the payload, which decryption may change. */
static __always_inline void ksrtp_receive_sample(struct ksrtp_packet *packet)
{
	const u8 *payload = packet->work.data + packet->clear_len;
	unsigned int len = packet->work.len - packet->clear_len;

	packet->sample_len = min_t(unsigned int, len, KSRTP_SAMPLE_LEN);
	if (likely(len >= KSRTP_SAMPLE_LEN))
		__builtin_memcpy(packet->sample, payload, KSRTP_SAMPLE_LEN);
	else
		memcpy(packet->sample, payload, len);
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
	/* without a tag, RTCP on RTP's port would go unnoticed */
	if (ksrtp_trailer_blind(&work->trailer) &&
	    ksrtp_rtcp_type(work->data[1]))
		return KSRTP_A_STATS_DROP_BAD_RTP;
	packet->clear_len = len;
	work->ssrc = ksrtp_rtp_ssrc(work->data);
	ksrtp_receive_sample(packet);
	return ksrtp_receive_parse_cryptex(packet);
}

/* Is a packet with the expected index worth decrypting? Returns 0 if so. */
static int ksrtp_receive_admit(struct ksrtp_packet *packet,
			       struct ksrtp_stream *stream)
{
	const struct ksrtp_work *work = &packet->work;

	if (stream)
		return ksrtp_stream_admit(stream, work->rtcp, packet->expected);
	/* no stream: it is new, or was deleted */
	return ksrtp_stream_recall(packet->session, work->ssrc, work->rtcp,
				   packet->expected);
}

/*
 * Estimate the packet index of SRTP, or read it from the tag. Returns 0 if the
 * packet is worth decrypting.
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

/* As ksrtp_stream_newest_key(), also for deleted streams. */
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
 * Is a key newer than all keys that the packet's stream has used, so that
 * counters may restart with it?
 */
static bool ksrtp_receive_newer(struct ksrtp_packet *packet,
				const struct ksrtp_master *master)
{
	return !master->known &&
	       master->number > ksrtp_receive_newest_key(packet);
}

/* May a packet be protected with this key, which has no identifier? */
static bool ksrtp_receive_eligible(struct ksrtp_packet *packet,
				   const struct ksrtp_master *master)
{
	/* a hint: if the packet has waited, this is checked again later */
	const struct ksrtp_stream *stream = packet->stream;
	const struct ksrtp_work *work = &packet->work;

	return !master->blank && !ksrtp_master_retired(master) &&
	       !ksrtp_master_used_up(master, work->rtcp) &&
	       (work->rtcp || ksrtp_master_covers(master, work->index)) &&
	       (!packet->anew || ksrtp_receive_newer(packet, master)) &&
	       (!stream || ksrtp_stream_hears(stream, work->rtcp,
					      master->number, master->known));
}

/* Choose the next candidate key, newest first. */
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

/* Can a search for the rollover counter succeed? */
static bool ksrtp_receive_searches(const struct ksrtp_packet *packet)
{
	const struct ksrtp_work *work = &packet->work;

	return work->policy->roc_search && !work->rtcp &&
	       work->trailer.tag_len && !work->trailer.roc_len;
}

/* Is another search within the limit? */
static bool ksrtp_receive_afford(struct ksrtp_direction *direction)
{
	struct ksrtp_incidents *incidents = ksrtp_incidents(direction);

	if (!incidents || !ksrtp_allowance_spend(&incidents->searches,
						 KSRTP_SEARCHES_PER_SECOND))
		return false;
	ksrtp_incident_count(direction, KSRTP_A_STATS_ROC_SEARCHES);
	return true;
}

/*
 * May a packet be the first one after its peer's counters have restarted with a
 * new key? Only its tag can prove it.
 */
static bool ksrtp_receive_may_begin(struct ksrtp_packet *packet)
{
	const struct ksrtp_trailer *trailer = &packet->work.trailer;

	if (!packet->keyset->fresh || trailer->tag_len <= trailer->roc_len)
		return false;
	return packet->keyset->fresh > ksrtp_receive_newest_key(packet);
}

/* Choose the first key for an index with which counters would restart. */
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

/* Index of a packet whose peer's counters have restarted. */
static u64 ksrtp_receive_begin_index(const struct ksrtp_packet *packet)
{
	const struct ksrtp_work *work = &packet->work;

	if (work->rtcp || work->trailer.roc_len)
		return packet->expected;
	return (u64)work->policy->initial_roc << 16 |
	       ksrtp_rtp_seq(work->data);
}

/* Choose the index with which counters would restart. */
static bool ksrtp_receive_next_begin(struct ksrtp_packet *packet)
{
	struct ksrtp_work *work = &packet->work;
	u64 index;

	if (packet->begun || !ksrtp_receive_may_begin(packet))
		return false;
	packet->begun = true;
	index = ksrtp_receive_begin_index(packet);
	/* it was tried already, and its tag was wrong */
	if (index == packet->expected && !packet->refusal)
		return false;
	work->index = index;
	return ksrtp_receive_first_newer(packet);
}

/*
 * Choose the next larger rollover counter to try. Smaller ones would repeat
 * indexes, as a replay would, unless the key is new.
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

/* Choose the next smaller rollover counter, under a new key. */
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

/* Does this pass try indexes other than the expected one? */
static bool ksrtp_receive_looks_around(const struct ksrtp_packet *packet)
{
	return !packet->keysets->before || packet->pass == KSRTP_PASS_SEARCH;
}

/* Choose the next index to try, in case counters have restarted or are lost. */
static bool ksrtp_receive_next_index(struct ksrtp_packet *packet)
{
	return ksrtp_receive_next_begin(packet) ||
	       ksrtp_receive_next_roc(packet);
}

/* Choose the next key or index after a wrong tag. */
static bool ksrtp_receive_next(struct ksrtp_packet *packet)
{
	struct ksrtp_work *work = &packet->work;

	if (packet->keyset->mki_len || !ksrtp_receive_next_key(packet)) {
		/* epochs of other indexes would cost just as much */
		if (packet->unaffordable ||
		    !ksrtp_receive_looks_around(packet) ||
		    !ksrtp_receive_next_index(packet))
			return false;
	}
	if (packet->backup)
		memcpy(work->data, packet->backup, packet->wire_len);
	return true;
}

/* Save a packet's bytes if they may be needed again and would be lost. */
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

/* Find the packet index, and whether the packet is worth decrypting. */
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
 * The expected index was refused, for @cause. It may still be a first one under
 * a new key; then choose what to try and return 0.
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

/* Record why a keyset refuses the packet. The current keyset's cause wins. */
static void ksrtp_receive_note(struct ksrtp_packet *packet, int cause,
			       bool of_stream)
{
	if (packet->cause && packet->keyset != packet->keysets)
		return;
	packet->cause = cause;
	packet->of_stream = of_stream;
}

/* Does this pass try this keyset? */
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

/* Is the packet worth decrypting with this keyset? If not, record why. */
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
	/* unless refused, the expected index was tried in an earlier pass */
	return packet->pass != KSRTP_PASS_SEARCH || packet->refusal ||
	       ksrtp_receive_next_index(packet);
}

/* Choose the next keyset to try, and restore the packet as received. */
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

/*
 * Is the tag of a refused SRTCP packet right, but as long as some peers have it who
 * do not follow RFC 3711 section 5.2, or who do? Then index, E bit and identifier
 * were read at the wrong place as well, so any cause may be due to that.
 */
static bool ksrtp_receive_other_tag(struct ksrtp_packet *packet)
{
	const struct ksrtp_keyset *keyset = packet->keysets;
	const struct ksrtp_policy *policy = &keyset->policy;
	const struct ksrtp_suite *suite = policy->suite;
	const u8 *data = packet->backup ?: packet->work.data;
	struct ksrtp_incidents *incidents;
	unsigned int covered;
	u8 tag_len;
	int i;

	if (!packet->work.rtcp || !suite->rtcp_tag_varies)
		return false;
	tag_len = policy->short_srtcp_tag ? suite->rtcp_tag_len :
					    suite->rtp_tag_len;
	if (packet->wire_len < KSRTP_RTCP_HEADER_LEN + KSRTP_SRTCP_INDEX_LEN +
			       keyset->mki_len + tag_len)
		return false;
	incidents = ksrtp_incidents(ksrtp_direction(packet->session,
						    packet->id));
	if (!incidents || !ksrtp_allowance_spend(&incidents->tag_checks,
						 KSRTP_TAG_CHECKS_PER_SECOND))
		return false;
	covered = packet->wire_len - tag_len - keyset->mki_len;
	for (i = 0; i < keyset->n; i++)
		if (ksrtp_mac_fits(&keyset->keys[i]->keys[true]->set.main, data,
				   covered, data + packet->wire_len - tag_len,
				   tag_len))
			return true;
	return false;
}

/* A keyset has refused the packet: try the others, or drop it. */
static int ksrtp_receive_elsewhere(struct ksrtp_packet *packet)
{
	struct ksrtp_stream *stream;

	while (ksrtp_receive_next_keyset(packet))
		if (ksrtp_receive_try(packet))
			return ksrtp_receive_keep(packet);
	if (ksrtp_receive_other_tag(packet))
		packet->cause = KSRTP_A_STATS_DROP_TAG_LENGTH;
	stream = packet->of_stream ? ksrtp_packet_known_stream(packet) : NULL;
	if (stream)
		ksrtp_stream_drop(stream, packet->cause);
	return packet->cause;
}

/* Update the index of a packet that has waited. Returns 0 or a cause. */
static int ksrtp_receive_renew(struct ksrtp_packet *packet)
{
	/* a search does not depend on the estimate any more */
	if (packet->step || packet->begun)
		return 0;
	return ksrtp_receive_index(packet);
}

/* Everything before the transform. Returns 0 or the cause of a drop. */
static int ksrtp_receive_prepare(struct ksrtp_packet *packet)
{
	packet->wire_len = packet->work.len;
	return ksrtp_receive_try(packet) ? ksrtp_receive_keep(packet) :
					     ksrtp_receive_elsewhere(packet);
}

/*
 * The packet's keyset was the wrong one: try earlier ones. Returns 0 if the
 * packet is ready to be transformed again, or the cause of a drop.
 */
static int ksrtp_receive_retry(struct ksrtp_packet *packet, int cause)
{
	ksrtp_receive_note(packet, cause, true);
	/* the next EKTField is looked at even if its epoch is not new */
	if (unlikely(packet->keysets->learned))
		WRITE_ONCE(packet->keysets->doubted, true);
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
	return INDIRECT_CALL_2(policy->suite->transform->unprotect,
			       ksrtp_gcm_unprotect, ksrtp_cm_unprotect, work);
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
 * The packet is authentic: return the tokens paid for session keys that it was
 * tried with. Without identifiers these include newer master keys, and other
 * keysets in any case.
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
 * The peer has shown how its counters behave at a new key. If our own sending
 * key is new too, and was installed before this was known, our counters do the
 * same.
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
	ksrtp_incident_count(recv, KSRTP_A_STATS_COUNTERS_RESTARTED);
	ksrtp_event_alert(session->kn->net, &info);
	keyset = rcu_dereference(send->keyset);
	if (!keyset || keyset->policy.counters != KSRTP_COUNTERS_PEER ||
	    !READ_ONCE(send->undecided))
		return;
	/* first: ksrtp_rekey_counters() clears @undecided, then checks this */
	WRITE_ONCE(send->fresh_only, true);
	if (xchg(&send->undecided, false))
		WRITE_ONCE(send->follow, ksrtp_keyset_speaker(keyset));
}

/* Record a packet in its stream. As ksrtp_stream_accept(). */
static int ksrtp_receive_record(struct ksrtp_packet *packet,
				struct ksrtp_stream *stream, void *arrival)
{
	return ksrtp_stream_accept(stream, arrival);
}

/*
 * The packet is authentic with a key that came with packets. If that is a new one,
 * the one before it goes, with a delay for packets that are late.
 */
static noinline void ksrtp_receive_prove(struct ksrtp_packet *packet)
{
	const struct ksrtp_keyset *keyset = packet->keyset;

	if (READ_ONCE(packet->keysets->doubted))
		WRITE_ONCE(packet->keysets->doubted, false);
	if (packet->master && !READ_ONCE(keyset->keys[0]->retiring)) {
		ksrtp_master_retire(keyset->keys[0], KSRTP_RECEIVE_OVERLAP);
		ksrtp_net_start_gc(packet->session->kn);
	}
}

/*
 * The packet is authentic: update the stream and counters. @plain is known when this
 * is compiled: with a plain keyset, RTP needs less. See ksrtp_keyset_is_plain().
 */
static __always_inline int ksrtp_receive_accept(struct ksrtp_packet *packet,
						bool plain)
{
	struct ksrtp_master *master = plain ? packet->keyset->first :
					      ksrtp_packet_master(packet);
	struct ksrtp_work *work = &packet->work;
	struct ksrtp_arrival arrival = {
		.keyset = packet->keyset,
		.direction = ksrtp_direction(packet->session, packet->id),
		.newest = packet->keysets->newest,
		.key = master->number,
		.known = master->known,
		.anew = !plain && packet->anew,
		.rtcp = !plain && work->rtcp,
		.index = work->index,
		.bytes = work->len,
		/* said, since compilers clear all of it first if anything is not */
		.manner = 0,
		.tell = false,
	};
	struct ksrtp_stream *stream;
	int cause;

	cause = ksrtp_packet_update_stream(packet, &stream,
					   ksrtp_receive_record, &arrival);
	if (cause)
		return cause;
	if (unlikely(arrival.tell))
		ksrtp_packet_report(packet, stream);
	if (unlikely(arrival.manner))
		ksrtp_receive_hear(packet, arrival.manner);
	if (!plain && work->keys->inner)
		WRITE_ONCE(stream->inner_ahead,
			   work->inner_index - work->index);
	if (unlikely(!atomic64_read(&master->lifetime[arrival.rtcp].used)))
		ksrtp_master_heard(master);
	if (plain)
		return ksrtp_packet_spend(packet, master);
	if (unlikely(packet->keysets->learned))
		ksrtp_receive_prove(packet);
	if (packet->step)
		ksrtp_incident_count(ksrtp_direction(packet->session,
						     packet->id),
				     KSRTP_A_STATS_ROC_FOUND);
	if (master->epochs || packet->keysets->before)
		ksrtp_receive_settle(packet);
	if (master->epochs)
		ksrtp_epochs_ahead(master->epochs, work->rtcp, work->index);
	return ksrtp_packet_spend(packet, master);
}

/* Decrypt the header of an authentic packet. */
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

/* Cause for a wrong tag, or for one that was not checked. */
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

/* Everything after the transform. Returns 0, KSRTP_RECEIVE_AGAIN, or a cause. */
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

	cause = ksrtp_receive_accept(packet, false);
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
 * Run the transform, repeatedly if there are several keys or indexes to try.
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
		/* with -EINPROGRESS the packet may already be freed */
		if (err == -EINPROGRESS)
			return err;
		/* other keys may have to be waited for again */
		packet->resumed = false;
		err = ksrtp_receive_finish(packet, err);
	} while (err == KSRTP_RECEIVE_AGAIN);
	return err;
}

/* A crypto driver has completed asynchronously. Returns as ksrtp_receive_run(). */
static int ksrtp_receive_done(struct ksrtp_packet *packet, int err)
{
	packet->resumed = false;
	err = ksrtp_receive_finish(packet, err);
	return err == KSRTP_RECEIVE_AGAIN ? ksrtp_receive_run(packet) : err;
}

/* Use the keys that packets have brought for this SSRC, if any. */
static int ksrtp_receive_learned(struct ksrtp_packet *packet)
{
	struct ksrtp_ekt *ekt = ksrtp_direction(packet->session,
						packet->id)->ekt;
	struct ksrtp_keyset *keyset = ksrtp_ekt_keyset(ekt, packet->ekt.ssrc);
	int cause = 0;

	if (keyset)
		cause = ksrtp_packet_set_keyset(packet, keyset);
	else if (!packet->work.rtcp && packet->keysets->keys[0]->outer_only)
		/* without the inner key it would stay encrypted */
		cause = KSRTP_A_STATS_DROP_NO_KEY;
	return cause ?: ksrtp_receive_prepare(packet) ?:
	       ksrtp_receive_run(packet);
}

/* With EKT: cut off the field behind SRTP, and use the key of the SSRC. */
static noinline int ksrtp_receive_ekt(struct ksrtp_packet *packet)
{
	struct ksrtp_ekt *ekt = ksrtp_direction(packet->session,
						packet->id)->ekt;
	struct ksrtp_work *work = &packet->work;
	unsigned int field_len = 0;
	int err = 0;

	/* too short for a header */
	if (work->len < (work->rtcp ? KSRTP_RTCP_HEADER_LEN :
				      KSRTP_RTP_HEADER_LEN))
		return KSRTP_A_STATS_DROP_SHORT;
	if (work->rtcp) {
		packet->ekt.ssrc = ksrtp_rtcp_ssrc(work->data);
	} else {
		packet->ekt.ssrc = ksrtp_rtp_ssrc(work->data);
		err = ksrtp_ekt_take(ekt, packet->keysets, packet->ekt.ssrc,
				     work->data + KSRTP_RTP_HEADER_LEN,
				     work->len - KSRTP_RTP_HEADER_LEN,
				     &field_len);
		work->len -= field_len;
	}
	if (err == -EINPROGRESS)
		return ksrtp_wait_learn(packet, ekt);
	return err ?: ksrtp_receive_learned(packet);
}

static const struct ksrtp_packet_ops ksrtp_receive_ops = {
	.run = ksrtp_receive_run,
	.done = ksrtp_receive_done,
	.renew = ksrtp_receive_renew,
	.retry = ksrtp_receive_retry,
	.learned = ksrtp_receive_learned,
};

/*
 * RTP with a plain keyset: find its index and key. Returns false, with nothing changed,
 * if there is a reason to look closer.
 */
static __always_inline bool ksrtp_receive_expected(struct ksrtp_packet *packet)
{
	struct ksrtp_master *master = packet->keyset->first;
	struct ksrtp_work *work = &packet->work;
	u8 tag_len = work->policy->suite->rtp_tag_len;
	struct ksrtp_stream *stream;
	int len;

	len = ksrtp_rtp_header_len(work->data, work->len);
	if (len < 0 || work->len < len + tag_len)
		return false;
	work->ssrc = ksrtp_rtp_ssrc(work->data);
	stream = ksrtp_packet_known_stream(packet);
	if (!stream ||
	    ksrtp_stream_expect(stream, ksrtp_rtp_seq(work->data),
				&packet->expected) ||
	    packet->keyset->fresh > ksrtp_stream_newest_key(stream, false) ||
	    !ksrtp_stream_hears(stream, false, master->number, master->known) ||
	    ksrtp_master_retired(master) || ksrtp_master_used_up(master, false))
		return false;

	packet->master = 0;
	packet->keys = &master->srtp;
	packet->wire_len = work->len;
	packet->clear_len = len;
	ksrtp_receive_sample(packet);
	work->clear_len = len;
	work->index = packet->expected;
	work->keys = &packet->keys->set;
	work->trailer = (struct ksrtp_trailer){ .tag_len = tag_len };
	return true;
}

static noinline int ksrtp_receive_general(struct ksrtp_packet *packet)
{
	ksrtp_wait_prepare(packet, &ksrtp_receive_ops);
	if (unlikely(packet->keysets->policy.ekt))
		return ksrtp_receive_ekt(packet);
	return ksrtp_receive_prepare(packet) ?: ksrtp_receive_run(packet);
}

static __always_inline int ksrtp_receive_begin(struct ksrtp_packet *packet)
{
	struct ksrtp_work *work = &packet->work;
	int err;

	if (unlikely(!packet->keyset->plain || work->rtcp ||
		     !ksrtp_receive_expected(packet)))
		return ksrtp_receive_general(packet);
	err = ksrtp_cipher_unprotect_plain(work);
	if (unlikely(err))
		return ksrtp_receive_done(packet, err);
	err = ksrtp_receive_accept(packet, true);
	if (!err)
		trace_ksrtp_unprotect(packet->session->id, work->ssrc, false,
				      work->index, work->len);
	return err;
}

/**
 * ksrtp_receive_unprotect() - unprotect an SRTP or SRTCP packet
 * @skb: sk_buff that it is in
 * @state: hook state
 * @session: its session
 * @keyset: keys and policy
 * @udp: the datagram in @skb
 * @rtcp: it is SRTCP
 * @data: its first byte; writable
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
 * Is UDP's checksum the only protection against corruption? That is so for SRTP
 * without a tag, or whose tag is only a rollover counter.
 */
static bool ksrtp_receive_unchecked(const struct ksrtp_keyset *keyset,
				    bool rtcp, const u8 *start, unsigned int len)
{
	struct ksrtp_trailer trailer;

	/* too short for a header: dropped later */
	if (rtcp || len < KSRTP_RTP_HEADER_LEN)
		return false;
	ksrtp_policy_trailer(&keyset->policy, keyset->mki_len, false,
			     ksrtp_rtp_seq(start), &trailer);
	return ksrtp_trailer_blind(&trailer);
}

/**
 * ksrtp_receive() - unprotect a datagram of a session
 * @skb: the packet, exclusively owned, not a super-packet
 * @state: hook state
 * @node: the session's node that matched the packet
 * @udp: the datagram in @skb
 *
 * Context: under rcu_read_lock(), does not sleep.
 * Return: 0 if the packet may continue, changed or not; -EINPROGRESS if it was
 * taken and continues later; else the positive cause to drop it for.
 */
__always_inline
int ksrtp_receive(struct sk_buff *skb, const struct nf_hook_state *state,
		  const struct ksrtp_node *node, struct ksrtp_udp *udp)
{
	struct ksrtp_look look __uninitialized;
	int err;

	err = ksrtp_packet_look(skb, node, KSRTP_DIRECTION_RECV, udp, &look);
	if (err)
		return err == KSRTP_PACKET_PASS ? 0 : err;
	if (unlikely(look.keyset->unchecked) &&
	    ksrtp_receive_unchecked(look.keyset, look.rtcp, look.start,
				    udp->len) &&
	    !ksrtp_udp_checksum_ok(skb, udp))
		return KSRTP_A_STATS_DROP_BAD_CHECKSUM;
	return ksrtp_packet_rewrite(skb, state, node, udp, &look, 0,
				    ksrtp_receive_unprotect);
}
