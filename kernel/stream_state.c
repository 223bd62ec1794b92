// SPDX-License-Identifier: GPL-2.0
/* State of streams that comes from elsewhere: of an earlier boot, or another host. */

#include "keyset.h"
#include "session.h"
#include "stream.h"

/*
 * Would installing @top let a sender use an index twice? A @bitmap may mark
 * used indexes as unused, so with one all used indexes must lie before it.
 */
static bool ksrtp_stream_rewinds(const struct ksrtp_stream *stream,
				 const struct ksrtp_replay *replay, u64 top,
				 const u8 *bitmap)
{
	if (stream->id.direction != KSRTP_DIRECTION_SEND || !replay->started)
		return false;
	return top < replay->top + (bitmap ? replay->window : 0);
}

/* Are all keys gone that a sending stream has used? */
static bool ksrtp_stream_unbound(const struct ksrtp_stream *stream,
				 const struct ksrtp_keyset *keyset)
{
	unsigned int i;

	if (!keyset)
		return false;
	for (i = 0; i < keyset->n; i++)
		if (keyset->keys[i]->known ||
		    keyset->keys[i]->number <= stream->key)
			return false;
	return true;
}

/* Does this state move a stream back, which needs new keys? */
static bool ksrtp_stream_returns(const struct ksrtp_stream *stream,
				 const struct ksrtp_stream_state *state, u64 top)
{
	return (state->has_seq &&
		ksrtp_stream_rewinds(stream, &stream->rtp, top,
				     state->rtp_replay)) ||
	       (state->has_srtcp_index &&
		ksrtp_stream_rewinds(stream, &stream->rtcp, state->srtcp_index,
				     state->rtcp_replay));
}

/*
 * State was installed: its indexes may have been used under the current keys or
 * later ones.
 */
static void ksrtp_stream_bind(struct ksrtp_stream *stream,
			      const struct ksrtp_stream_state *state,
			      const struct ksrtp_keyset *keyset)
{
	u64 newest = keyset ? keyset->newest : KSRTP_STREAM_KEY_UNSURE;
	int i;

	if (stream->id.direction == KSRTP_DIRECTION_RECV) {
		if (state->has_seq)
			stream->heard[0].newest = newest;
		if (state->has_srtcp_index)
			stream->heard[1].newest = newest;
		return;
	}
	if (!state->has_seq && !state->has_srtcp_index)
		return;
	stream->key = newest;
	for (i = 0; i < 2; i++) {
		stream->spent[i].first = 0;
		if (!state->used[i].to)
			continue;
		stream->spent[i].from = state->used[i].from;
		stream->spent[i].to = state->used[i].to;
	}
}

static void ksrtp_stream_put_state(struct ksrtp_stream *stream,
				   const struct ksrtp_stream_state *state,
				   u64 top)
{
	/* the newest indexes were not sent by this host */
	if (stream->ndigests)
		memset(stream->digests, 0, ksrtp_stream_digests_size(stream));
	if (state->has_seq)
		ksrtp_replay_restore(&stream->rtp, top, state->rtp_replay,
				     state->rtp_replay_len);
	else if (state->has_roc)
		ksrtp_replay_expect(&stream->rtp, top);
	if (state->has_srtcp_index)
		ksrtp_replay_restore(&stream->rtcp, state->srtcp_index,
				     state->rtcp_replay,
				     state->rtcp_replay_len);
}

/* Is a limit above all indexes that were used, or will count as used? */
static bool ksrtp_stream_spares(const struct ksrtp_stream *stream,
				const struct ksrtp_stream_state *state, u64 top)
{
	u64 rtcp_top = state->has_srtcp_index ? state->srtcp_index :
						stream->rtcp.top;

	if (!state->has_seq)
		top = stream->rtp.top;
	return !((state->has_limit[0] && state->limit[0] <= top &&
		  (state->has_seq || stream->rtp.started)) ||
		 (state->has_limit[1] && state->limit[1] <= rtcp_top &&
		  (state->has_srtcp_index || stream->rtcp.started)));
}

/*
 * Limit a sender after state was installed. Another host may have used what is
 * above this state, so without a limit of its own nothing above it is used.
 */
static void ksrtp_stream_limit(struct ksrtp_stream *stream,
			       const struct ksrtp_stream_state *state,
			       const struct ksrtp_pace *pace)
{
	const struct ksrtp_replay *replays[] = { &stream->rtp, &stream->rtcp };
	const bool moved[] = { state->has_seq, state->has_srtcp_index };
	struct ksrtp_block *block;
	int i;

	for (i = 0; i < 2; i++) {
		block = &stream->block[i];
		if (state->has_limit[i])
			block->limit = state->limit[i];
		else if (moved[i] && pace->size[i] &&
			 (block->limit == KSRTP_BLOCK_NONE ||
			  block->limit <= replays[i]->top))
			block->limit = replays[i]->top + 1;
		stream->due[i] = replays[i]->started ?
				 ksrtp_block_next(block, pace->size[i],
						  pace->report,
						  replays[i]->top) : 0;
	}
}

/**
 * ksrtp_stream_install() - install state in a stream
 * @stream: the stream
 * @state: the state; bitmaps no longer than the stream's window
 * @direction: the stream's direction
 * @keyset: its keyset, or NULL while it is pending
 *
 * Context: any, under the namespace's lock.
 * Return: false, with nothing changed, if it would let a sender reuse an index
 * under a key that still exists, or would set only the rollover counter of a
 * stream that has started, or a limit to what it has used.
 */
bool ksrtp_stream_install(struct ksrtp_stream *stream,
			  const struct ksrtp_stream_state *state,
			  struct ksrtp_direction *direction,
			  const struct ksrtp_keyset *keyset)
{
	u64 top = (u64)state->roc << 16 | (state->has_seq ? state->seq : 0);
	bool back, ok;

	spin_lock_bh(&stream->lock);
	back = ksrtp_stream_returns(stream, state, top);
	ok = !back || ksrtp_stream_unbound(stream, keyset);
	/* without a sequence number, a rollover counter only fits a new stream */
	if (state->has_roc && !state->has_seq && stream->rtp.started)
		ok = false;
	if (!ksrtp_stream_spares(stream, state, top))
		ok = false;
	if (!ok)
		goto out;
	if (back) {
		/* packets with earlier keys are late */
		stream->since = keyset->serial;
		WRITE_ONCE(direction->fresh_only, true);
	}
	ksrtp_stream_put_state(stream, state, top);
	ksrtp_stream_bind(stream, state, keyset);
	ksrtp_stream_limit(stream, state, &direction->pace);
out:
	spin_unlock_bh(&stream->lock);
	return ok;
}
