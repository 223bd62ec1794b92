// SPDX-License-Identifier: GPL-2.0
/*
 * Indexes of streams that send: each is used once under a key. RFC 3711 sections
 * 3.2.3 and 3.3.
 */

#include <linux/jiffies.h>
#include <linux/log2.h>
#include <linux/math64.h>
#include <linux/slab.h>

#include "incident.h"
#include "keyset.h"
#include "net.h"
#include "session.h"
#include "stream.h"

/* Up to this distance, sequence numbers tell which comes first. */
#define KSRTP_STREAM_HALF	32768

/* The first packets under a key, which all tell it with EKT. */
#define KSRTP_STREAM_BURST	3

/* Time from telling a master key to its use, RFC 8870 section 4.3.1, in jiffies. */
#define KSRTP_STREAM_HOLD	(HZ / 4)

/* Switch to a larger ring of digests, and copy the contents. */
static void ksrtp_stream_regrow(struct ksrtp_stream *stream, u64 *digests, u32 n)
{
	u64 top = stream->rtp.top, index;
	u32 old = stream->ndigests, i;

	lockdep_assert_held(&stream->lock);
	for (i = 0; i < old && i <= top; i++) {
		index = top - i;
		digests[index & (n - 1)] = stream->digests[index & (old - 1)];
	}
	kfree(stream->digests);
	stream->digests = digests;
	WRITE_ONCE(stream->ndigests, n);
}

/**
 * ksrtp_stream_remember() - provide room for digests of packets
 * @session: its session
 * @stream: stream of the send direction
 * @n: minimum number of packets
 *
 * Context: any, under rcu_read_lock(), does not sleep.
 * Return: false if memory is short.
 */
bool ksrtp_stream_remember(struct ksrtp_session *session,
			   struct ksrtp_stream *stream, u32 n)
{
	size_t surplus, size;
	u64 *digests;

	if (READ_ONCE(stream->ndigests) >= n)
		return true;
	n = roundup_pow_of_two(n);
	size = n * sizeof(u64);
	if (!ksrtp_net_take_memory(session->kn, size))
		return false;
	digests = kzalloc(size, GFP_ATOMIC | __GFP_NOWARN);
	if (!digests) {
		ksrtp_net_give_memory(session->kn, size);
		return false;
	}

	surplus = size;
	spin_lock_bh(&stream->lock);
	if (!stream->forgotten && stream->ndigests < n) {
		surplus = ksrtp_stream_digests_size(stream);
		ksrtp_stream_regrow(stream, digests, n);
		digests = NULL;
	}
	spin_unlock_bh(&stream->lock);
	kfree(digests);
	ksrtp_net_give_memory(session->kn, surplus);
	return true;
}

/* Record that a packet was sent; with a digest it may be repeated. */
static __always_inline
void ksrtp_stream_note(struct ksrtp_stream *stream, u64 index,
		       u64 digest)
{
	if (unlikely(stream->ndigests) &&
	    index + stream->ndigests > stream->rtp.top)
		stream->digests[index & (stream->ndigests - 1)] = digest;
}

/* Is a packet identical to the one sent under this index? */
static bool ksrtp_stream_same(const struct ksrtp_stream *stream, u64 index,
			      u64 digest)
{
	return digest && stream->ndigests &&
	       index + stream->ndigests > stream->rtp.top &&
	       stream->digests[index & (stream->ndigests - 1)] == digest;
}

/* Counters restart: reset the indexes. Limits stay, they hold under each key. */
static void ksrtp_stream_clear(struct ksrtp_stream *stream,
			       const struct ksrtp_direction *direction,
			       bool rtcp, u32 roc)
{
	stream->due[rtcp] = 0;
	if (rtcp) {
		ksrtp_replay_expect(&stream->rtcp,
				    ksrtp_block_first(&direction->pace) - 1);
		return;
	}
	ksrtp_replay_expect(&stream->rtp, (u64)roc << 16);
	if (stream->ndigests)
		memset(stream->digests, 0, ksrtp_stream_digests_size(stream));
}

/* Restart all counters of a sender, with keys that have not sent anything. */
static void ksrtp_stream_renew(struct ksrtp_stream *stream,
			       struct ksrtp_direction *direction,
			       const struct ksrtp_keyset *keyset)
{
	int rtcp;

	for (rtcp = 0; rtcp < 2; rtcp++)
		ksrtp_stream_clear(stream, direction, rtcp,
				   keyset->policy.initial_roc);
	stream->since = keyset->anew;
	/* the first packet sets it */
	stream->key = 0;
	ksrtp_incident_count(direction, KSRTP_A_STATS_COUNTERS_RESTARTED);
}

/*
 * Restart under a key that was already used, since the peer has. Used indexes
 * are never reused: so there must be only few, and none where the stream
 * restarts.
 */
static bool ksrtp_stream_follow(struct ksrtp_stream *stream,
				const struct ksrtp_direction *direction,
				bool rtcp, u32 roc)
{
	struct ksrtp_replay *replay = rtcp ? &stream->rtcp : &stream->rtp;
	struct ksrtp_spent *spent = &stream->spent[rtcp];
	u64 begin = rtcp ? ksrtp_block_first(&direction->pace) :
			   (u64)roc << 16 | (u16)replay->top;

	if (!replay->started)
		return false;
	if (spent->first != U64_MAX) {
		if (begin >= spent->first ||
		    (!rtcp && replay->top - spent->first >= KSRTP_STREAM_HALF))
			return false;
		spent->from = spent->first;
		spent->to = replay->top;
	}
	ksrtp_stream_clear(stream, direction, rtcp, roc);
	return true;
}

/*
 * A sender's packet has other keys than the previous one. Returns 0 or the
 * cause to drop it for.
 */
static noinline int ksrtp_stream_turn(struct ksrtp_stream *stream,
				      const struct ksrtp_claim *claim,
				      bool follow)
{
	const struct ksrtp_keyset *keyset = claim->keyset;
	u64 speaker = ksrtp_keyset_speaker(keyset);
	bool unsure, rtp, rtcp;
	int i;

	lockdep_assert_held(&stream->lock);
	if (keyset->serial < stream->since)
		return KSRTP_A_STATS_DROP_NO_KEY;
	if (stream->since < keyset->anew)
		ksrtp_stream_renew(stream, claim->direction, keyset);
	unsure = stream->key == KSRTP_STREAM_KEY_UNSURE;
	if (unsure || speaker > stream->key) {
		for (i = 0; i < 2; i++)
			stream->spent[i].first = unsure ? 0 : U64_MAX;
		/* if unsure, indexes not to be reused may concern the new key too */
		for (i = 0; i < 2 && !unsure; i++)
			stream->spent[i].to = 0;
		stream->key = speaker;
	}
	if (follow && stream->key == speaker) {
		stream->followed = speaker;
		rtp = ksrtp_stream_follow(stream, claim->direction, false,
					  keyset->policy.initial_roc);
		rtcp = ksrtp_stream_follow(stream, claim->direction, true, 0);
		if (rtp || rtcp) {
			stream->since = keyset->serial;
			ksrtp_incident_count(claim->direction,
					     KSRTP_A_STATS_COUNTERS_RESTARTED);
		}
	}
	return 0;
}

/* Check that a packet's keys fit the counters of its stream. */
static __always_inline
int ksrtp_stream_match(struct ksrtp_stream *stream,
		       const struct ksrtp_claim *claim)
{
	const struct ksrtp_keyset *keyset = claim->keyset;
	u64 speaker = ksrtp_keyset_speaker(keyset);
	bool follow = speaker &&
		      READ_ONCE(claim->direction->follow) == speaker &&
		      stream->followed != speaker;

	if (likely(stream->key == speaker && !follow &&
		   keyset->serial >= stream->since &&
		   stream->since >= keyset->anew))
		return 0;
	return ksrtp_stream_turn(stream, claim, follow);
}

/* Was an index used under this key before the counters restarted? */
static __always_inline
bool ksrtp_stream_spent(const struct ksrtp_stream *stream, bool rtcp,
			u64 index)
{
	const struct ksrtp_spent *spent = &stream->spent[rtcp];

	return unlikely(spent->to) && index >= spent->from &&
	       index <= spent->to;
}

/* Use an index that is new. Returns 0 or the cause to drop the packet for. */
static __always_inline
int ksrtp_stream_take(struct ksrtp_stream *stream,
		      struct ksrtp_claim *claim, u64 index)
{
	struct ksrtp_replay *replay = claim->rtcp ? &stream->rtcp :
						    &stream->rtp;
	struct ksrtp_spent *spent = &stream->spent[claim->rtcp];

	if (ksrtp_stream_spent(stream, claim->rtcp, index)) {
		/* advance through used indexes, but ignore strays */
		if (replay->started && index > replay->top &&
		    index - replay->top < KSRTP_STREAM_HALF)
			ksrtp_replay_mark(replay, index);
		return KSRTP_A_STATS_DROP_INDEX_REUSE;
	}
	if (unlikely(index >= stream->due[claim->rtcp]) &&
	    !ksrtp_stream_pass(stream, claim->direction, claim->rtcp, index,
			       &claim->tell))
		return KSRTP_A_STATS_DROP_NO_LEASE;
	ksrtp_replay_mark(replay, index);
	spent->first = min(spent->first, index);
	ksrtp_stream_count(stream, claim->rtcp, claim->bytes);
	if (!claim->rtcp)
		ksrtp_stream_note(stream, index, claim->digest);
	return 0;
}

/* Next SRTCP index to send, or -ERANGE. */
static s64 ksrtp_stream_next_srtcp(const struct ksrtp_stream *stream)
{
	u64 next = stream->rtcp.top + 1;

	if (ksrtp_stream_spent(stream, true, next))
		next = stream->spent[1].to + 1;
	return next <= KSRTP_SRTCP_INDEX_MAX ? next : -ERANGE;
}

/* The identical packet is sent again. */
static int ksrtp_stream_repeat(struct ksrtp_stream *stream)
{
	WRITE_ONCE(stream->last_used, jiffies);
	return -EALREADY;
}

/**
 * ksrtp_stream_reserve() - reserve the index to send a packet under
 * @stream: stream of the send direction
 * @claim: the packet
 * @index: where to put the packet index or SRTCP index
 *
 * RTP's index follows from the sequence number (RFC 3711 section 3.3.1) and is
 * used once: a second packet with the same index and key would reveal both
 * plaintexts. An identical packet reveals nothing. SRTCP's index counts
 * packets, from 1 (section 3.4).
 *
 * If counters have restarted with new keys, a packet with earlier keys is late: it
 * has to be protected with the new ones.
 *
 * Context: BH disabled.
 * Return: 0; -EALREADY if it was sent before and may be sent again; -ESTALE if
 * the stream was unlinked; or the cause to drop the packet for.
 */
__always_inline
int ksrtp_stream_reserve(struct ksrtp_stream *stream,
			 struct ksrtp_claim *claim, u64 *index)
{
	struct ksrtp_replay *replay = claim->rtcp ? &stream->rtcp :
						    &stream->rtp;
	int cause;
	s64 next;

	spin_lock(&stream->lock);
	cause = stream->forgotten ? -ESTALE :
				    ksrtp_stream_match(stream, claim);
	if (cause)
		goto out;
	next = claim->rtcp ? ksrtp_stream_next_srtcp(stream) :
			     ksrtp_index_estimate(&stream->rtp, claim->seq);
	if (next < 0)
		cause = KSRTP_A_STATS_DROP_INDEX_EXHAUSTED;
	else if (ksrtp_replay_check(replay, next) == KSRTP_REPLAY_NEW)
		cause = ksrtp_stream_take(stream, claim, next);
	else if (!claim->rtcp && ksrtp_stream_same(stream, next, claim->digest))
		cause = ksrtp_stream_repeat(stream);
	else
		cause = KSRTP_A_STATS_DROP_INDEX_REUSE;
	*index = next;
out:
	spin_unlock(&stream->lock);
	return cause;
}

/**
 * ksrtp_stream_tells() - should a packet have a full EKTField?
 * @stream: stream of the send direction
 * @key: number of the newest master key
 * @index: its packet index
 * @interval: of this many packets, one has
 *
 * So do the first three under a key, in case some are lost. A packet that is sent
 * twice has the same field both times. RFC 8870 section 4.6.
 *
 * Context: BH disabled.
 * Return: true if it should.
 */
bool ksrtp_stream_tells(struct ksrtp_stream *stream, u64 key, u64 index,
			u32 interval)
{
	u64 from;
	u32 rest;

	spin_lock(&stream->lock);
	if (stream->told != key) {
		/* nobody has the key of before if there was none */
		stream->held_until = jiffies +
				     (stream->told ? KSRTP_STREAM_HOLD : 0);
		stream->told = key;
		stream->told_from = index;
	}
	from = stream->told_from;
	spin_unlock(&stream->lock);
	/* behind the first, as after counters have gone back, it is as regular */
	div_u64_rem(index >= from ? index - from : from - index, interval,
		    &rest);
	return !rest || (index > from && index - from < KSRTP_STREAM_BURST);
}

/**
 * ksrtp_stream_holds() - should a packet still have the key of before?
 * @stream: stream of the send direction
 * @key: number of the newest master key
 *
 * RFC 8870 section 4.3.1: all receivers should have a key before it is in use.
 *
 * Context: BH disabled.
 * Return: true until the stream has told @key, and for 250 ms after that.
 */
bool ksrtp_stream_holds(struct ksrtp_stream *stream, u64 key)
{
	bool holds;

	spin_lock(&stream->lock);
	holds = stream->told && (stream->told != key ||
				 time_before(jiffies, stream->held_until));
	spin_unlock(&stream->lock);
	return holds;
}

/*
 * Another host may have used all SRTCP indexes below the first that this one is
 * to use; a sender that it took over from earlier does not know them.
 */
static void ksrtp_stream_advance(struct ksrtp_stream *stream,
				 const struct ksrtp_pace *pace)
{
	u64 first = ksrtp_block_first(pace);

	if (stream->rtcp.top + 1 >= first)
		return;
	if (stream->rtcp.started)
		ksrtp_replay_restore(&stream->rtcp, first - 1, NULL, 0);
	else
		ksrtp_replay_expect(&stream->rtcp, first - 1);
	if (stream->block[1].limit <= first)
		ksrtp_block_init(&stream->block[1]);
	ksrtp_block_open(&stream->block[1], first, pace->size[1]);
}

/**
 * ksrtp_stream_set_pace() - apply new settings for blocks and reports
 * @session: the session
 * @direction: its direction, with the settings
 *
 * A stream that had no limit gets one with its next packet. One below the first
 * SRTCP index goes on there.
 *
 * Context: process, under the namespace's lock.
 */
void ksrtp_stream_set_pace(struct ksrtp_session *session,
			   const struct ksrtp_direction *direction)
{
	struct ksrtp_stream *stream;
	int i;

	/* no stream is deleted meanwhile, and new ones are added at the end */
	for (stream = list_first_or_null_rcu(&session->streams,
					     struct ksrtp_stream, list);
	     stream;
	     stream = list_next_or_null_rcu(&session->streams, &stream->list,
					    struct ksrtp_stream, list)) {
		if (stream->id.direction != direction->id)
			continue;
		spin_lock_bh(&stream->lock);
		for (i = 0; i < 2; i++) {
			if (!direction->pace.size[i])
				ksrtp_block_init(&stream->block[i]);
			stream->due[i] = 0;
		}
		if (direction->pace.start)
			ksrtp_stream_advance(stream, &direction->pace);
		spin_unlock_bh(&stream->lock);
		cond_resched();
	}
}

/**
 * ksrtp_stream_begin_anew() - restart the counters of the send direction
 * @session: the session
 * @keyset: the new keyset, already installed
 *
 * Streams also restart by themselves, with their first packet. Afterwards no
 * packet can reserve an index with earlier keys.
 *
 * Context: process, under the namespace's lock.
 */
void ksrtp_stream_begin_anew(struct ksrtp_session *session,
			     const struct ksrtp_keyset *keyset)
{
	struct ksrtp_direction *direction =
		ksrtp_direction(session, KSRTP_DIRECTION_SEND);
	struct ksrtp_stream *stream;

	spin_lock_bh(&session->streams_lock);
	direction->anew = keyset->anew;
	spin_unlock_bh(&session->streams_lock);
	/* no stream is deleted meanwhile, and new ones are added at the end */
	for (stream = list_first_or_null_rcu(&session->streams,
					     struct ksrtp_stream, list);
	     stream;
	     stream = list_next_or_null_rcu(&session->streams, &stream->list,
					    struct ksrtp_stream, list)) {
		spin_lock_bh(&stream->lock);
		if (stream->id.direction == KSRTP_DIRECTION_SEND &&
		    stream->since < keyset->anew)
			ksrtp_stream_renew(stream, direction, keyset);
		spin_unlock_bh(&stream->lock);
		cond_resched();
	}
}
