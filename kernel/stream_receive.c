// SPDX-License-Identifier: GPL-2.0
/*
 * Indexes of streams that are received: each is accepted once under a key. RFC 3711
 * sections 3.2.3 and 3.3.
 */

#include "keyset.h"
#include "session.h"
#include "stream.h"
#include "tombstone.h"

/*
 * An SRTCP index up to this one may come from a peer that has restarted and
 * whose first packets were lost.
 */
#define KSRTP_STREAM_EARLY	8

/*
 * When counters restart under a key that was already in use, they reach indexes
 * that were received before; real packets cannot be told from replays then. But
 * they advance in small steps: a minute of speech, and the reports of that
 * time.
 */
#define KSRTP_STREAM_STEP	3000
#define KSRTP_STREAM_STEP_RTCP	16

/* Forget which of a keyset's keys a stream has seen in use. */
static void ksrtp_stream_unhear(struct ksrtp_stream *stream,
				const struct ksrtp_keyset *keyset)
{
	u64 oldest = keyset->keys[0]->number;
	struct ksrtp_heard *heard;
	unsigned int i;

	for (i = 1; i < keyset->n; i++)
		oldest = min(oldest, keyset->keys[i]->number);
	spin_lock_bh(&stream->lock);
	for (heard = stream->heard; heard < stream->heard + 2; heard++)
		if (heard->newest != KSRTP_STREAM_KEY_UNSURE &&
		    heard->newest >= oldest) {
			heard->doubted = max(heard->doubted, heard->newest);
			WRITE_ONCE(heard->newest, oldest - 1);
		}
	spin_unlock_bh(&stream->lock);
}

/**
 * ksrtp_stream_doubt() - allow received counters to restart under the current
 *	keys
 * @session: the session
 * @keyset: keyset of the receive direction, or NULL
 *
 * Once for each stream, unless its first packet shows that counters continue. A
 * peer may create new contexts for both directions when we have a new key.
 *
 * Context: process, under the namespace's lock.
 */
void ksrtp_stream_doubt(struct ksrtp_session *session,
			const struct ksrtp_keyset *keyset)
{
	struct ksrtp_stream *stream;

	if (!keyset)
		return;
	/* no stream is deleted meanwhile */
	for (stream = list_first_or_null_rcu(&session->streams,
					     struct ksrtp_stream, list);
	     stream;
	     stream = list_next_or_null_rcu(&session->streams, &stream->list,
					    struct ksrtp_stream, list)) {
		if (stream->id.direction == KSRTP_DIRECTION_RECV)
			ksrtp_stream_unhear(stream, keyset);
		cond_resched();
	}
}

static __always_inline
int ksrtp_stream_verdict(const struct ksrtp_replay *replay, u64 index)
{
	switch (ksrtp_replay_check(replay, index)) {
	case KSRTP_REPLAY_NEW:
		return 0;
	case KSRTP_REPLAY_SEEN:
		return KSRTP_A_STATS_DROP_REPLAYED;
	case KSRTP_REPLAY_TOO_OLD:
		break;
	}
	return KSRTP_A_STATS_DROP_TOO_OLD;
}

/**
 * ksrtp_stream_expect() - estimate the packet index of a received RTP packet
 * @stream: stream of the receive direction
 * @seq: its sequence number
 * @index: where to put the index
 *
 * Also checks whether it is worth decrypting, as ksrtp_stream_admit(). RFC 3711
 * section 3.3.1.
 *
 * Context: BH disabled.
 * Return: 0, or the cause to drop the packet for.
 */
__always_inline
int ksrtp_stream_expect(struct ksrtp_stream *stream, u16 seq, u64 *index)
{
	int cause = KSRTP_A_STATS_DROP_INDEX_EXHAUSTED;
	s64 expected;

	spin_lock(&stream->lock);
	expected = ksrtp_index_estimate(&stream->rtp, seq);
	if (expected >= 0)
		cause = ksrtp_stream_verdict(&stream->rtp, expected);
	spin_unlock(&stream->lock);
	*index = expected;
	return cause;
}

/**
 * ksrtp_stream_recall() - check a packet's index when there is no stream
 * @session: the session
 * @ssrc: SSRC of the packet
 * @rtcp: the packet is RTCP
 * @index: its packet index or SRTCP index
 *
 * As ksrtp_stream_admit(), for streams that were deleted.
 *
 * Context: any, under rcu_read_lock().
 * Return: 0, or the cause to drop the packet for.
 */
int ksrtp_stream_recall(struct ksrtp_session *session, u32 ssrc, bool rtcp,
			u64 index)
{
	const struct ksrtp_tombstone *tombstone =
		ksrtp_tombstone_find(session, ssrc);

	if (likely(!tombstone) ||
	    !(rtcp ? tombstone->rtcp : tombstone->rtp))
		return 0;
	return index <= (rtcp ? tombstone->srtcp_top : tombstone->top) ?
	       KSRTP_A_STATS_DROP_REPLAYED : 0;
}

/**
 * ksrtp_stream_foresee() - estimate the packet index of RTP without a stream
 * @session: the session
 * @ssrc: SSRC of the packet
 * @seq: its sequence number
 * @roc: rollover counter of a stream that is new
 *
 * Context: any, under rcu_read_lock().
 * Return: the index. If a deleted stream has no indexes left, one that
 * ksrtp_stream_recall() refuses.
 */
u64 ksrtp_stream_foresee(struct ksrtp_session *session, u32 ssrc, u16 seq,
			 u32 roc)
{
	const struct ksrtp_tombstone *tombstone =
		ksrtp_tombstone_find(session, ssrc);
	struct ksrtp_replay last = { .started = true };
	s64 expected;

	if (likely(!tombstone) || !tombstone->rtp)
		return (u64)roc << 16 | seq;
	last.top = tombstone->top;
	expected = ksrtp_index_estimate(&last, seq);
	return expected < 0 ? seq : expected;
}

/**
 * ksrtp_stream_admit() - is a received packet worth decrypting?
 * @stream: stream of the receive direction
 * @rtcp: the packet is RTCP
 * @index: its packet index or SRTCP index
 *
 * Changes nothing, since the packet is not authenticated yet. RFC 3711 section
 * 3.3 step 5.
 *
 * Context: BH disabled.
 * Return: 0, or the cause to drop the packet for.
 */
int ksrtp_stream_admit(struct ksrtp_stream *stream, bool rtcp, u64 index)
{
	int cause;

	spin_lock(&stream->lock);
	cause = ksrtp_stream_verdict(rtcp ? &stream->rtcp : &stream->rtp,
				     index);
	spin_unlock(&stream->lock);
	return cause;
}

/**
 * ksrtp_stream_hears() - may a received packet still have this key?
 * @stream: stream of the receive direction
 * @rtcp: the packet is RTCP
 * @key: number of the key
 * @known: the key had been used before it was installed
 *
 * When counters restart, the replay state of earlier keys is discarded, so
 * their packets are not accepted any more.
 *
 * Context: any; without the stream's lock the answer is only a hint.
 * Return: true if it may.
 */
__always_inline
bool ksrtp_stream_hears(const struct ksrtp_stream *stream, bool rtcp,
			u64 key, bool known)
{
	u64 oldest = READ_ONCE(stream->heard[rtcp].oldest);

	return likely(!oldest) || (key >= oldest && !known);
}

/**
 * ksrtp_stream_newest_key() - the newest key that a stream has seen in use
 * @stream: stream of the receive direction
 * @rtcp: of its RTCP
 *
 * Context: any; without the stream's lock the answer is only a hint.
 * Return: number of the key; U64_MAX if counters cannot restart, since they
 * have not started or the key is not known.
 */
__always_inline
u64 ksrtp_stream_newest_key(const struct ksrtp_stream *stream, bool rtcp)
{
	const struct ksrtp_replay *replay = rtcp ? &stream->rtcp : &stream->rtp;

	return READ_ONCE(replay->started) ?
	       READ_ONCE(stream->heard[rtcp].newest) : U64_MAX;
}

/*
 * What do a peer's counters do at a new key, judging by the first packet under
 * it? Unknown if they are still at their beginning.
 */
static enum ksrtp_counters
ksrtp_stream_manner(const struct ksrtp_replay *replay,
		    const struct ksrtp_arrival *arrival)
{
	u32 roc = arrival->keyset->policy.initial_roc;

	if (!arrival->rtcp)
		return arrival->index >> 16 != roc ? KSRTP_COUNTERS_CONTINUE :
						     0;
	return replay->started && replay->top > KSRTP_STREAM_EARLY &&
	       arrival->index > replay->top ? KSRTP_COUNTERS_CONTINUE : 0;
}

/*
 * Counters restart under a key: received indexes may come again. A peer that got
 * several new keys at once may use them in any order, so those that no packet has
 * had are as good as this one.
 */
static void ksrtp_stream_restart(struct ksrtp_heard *heard,
				 struct ksrtp_replay *replay, u64 *due,
				 const struct ksrtp_arrival *arrival)
{
	if (arrival->key <= heard->doubted) {
		heard->past = max(heard->past, replay->top);
		heard->oldest = arrival->key;
	} else {
		heard->past = 0;
		heard->oldest = max(heard->newest, heard->doubted) + 1;
	}
	ksrtp_replay_expect(replay, arrival->index);
	*due = 0;
}

/* Is a packet more likely from before the restart than from after it? */
static __always_inline
bool ksrtp_stream_past(const struct ksrtp_heard *heard,
		       const struct ksrtp_replay *replay,
		       const struct ksrtp_arrival *arrival)
{
	u64 step = arrival->rtcp ? KSRTP_STREAM_STEP_RTCP : KSRTP_STREAM_STEP;

	return unlikely(heard->past) && arrival->key <= heard->doubted &&
	       arrival->index <= heard->past && replay->started &&
	       arrival->index > replay->top + step;
}

/* Check a packet against its stream's state, and update that. */
static __always_inline
int ksrtp_stream_judge(struct ksrtp_stream *stream,
		       struct ksrtp_arrival *arrival)
{
	struct ksrtp_replay *replay = arrival->rtcp ? &stream->rtcp :
						      &stream->rtp;
	struct ksrtp_heard *heard = &stream->heard[arrival->rtcp];
	int cause;

	if (!ksrtp_stream_hears(stream, arrival->rtcp, arrival->key,
				arrival->known))
		return KSRTP_A_STATS_DROP_TOO_OLD;
	if (arrival->anew && arrival->key > heard->newest) {
		/* no packet had this key, so none repeats; doubted keys: see there */
		ksrtp_stream_restart(heard, replay,
				     &stream->due[arrival->rtcp], arrival);
		arrival->manner = KSRTP_COUNTERS_RESTART;
	}
	cause = ksrtp_stream_verdict(replay, arrival->index);
	if (!cause && ksrtp_stream_past(heard, replay, arrival))
		cause = KSRTP_A_STATS_DROP_REPLAYED;
	if (cause)
		return cause;
	if (heard->newest && arrival->key > heard->newest && !arrival->manner)
		arrival->manner = ksrtp_stream_manner(replay, arrival);
	if (heard->newest == KSRTP_STREAM_KEY_UNSURE)
		heard->newest = arrival->newest;
	else
		heard->newest = max(heard->newest, arrival->key);
	if (unlikely(arrival->index >= stream->due[arrival->rtcp]))
		ksrtp_stream_pass(stream, arrival->direction, arrival->rtcp,
				  arrival->index, &arrival->tell);
	ksrtp_replay_mark(replay, arrival->index);
	ksrtp_stream_count(stream, arrival->rtcp, arrival->bytes);
	return 0;
}

/**
 * ksrtp_stream_accept() - accept an authenticated packet
 * @stream: stream of the receive direction
 * @arrival: the packet
 *
 * Checks its index again, since a copy may have been accepted meanwhile. RFC
 * 3711 section 3.3 step 8.
 *
 * Context: BH disabled.
 * Return: 0, -ESTALE if the stream was unlinked, or the cause to drop the
 * packet for.
 */
__always_inline
int ksrtp_stream_accept(struct ksrtp_stream *stream,
			struct ksrtp_arrival *arrival)
{
	int cause;

	arrival->manner = 0;
	arrival->tell = false;
	spin_lock(&stream->lock);
	cause = stream->forgotten ? -ESTALE :
				    ksrtp_stream_judge(stream, arrival);
	spin_unlock(&stream->lock);
	return cause;
}
