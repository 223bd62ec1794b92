// SPDX-License-Identifier: GPL-2.0
/* Streams: created on demand, and limited in number. */

#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/rhashtable.h>
#include <linux/slab.h>

#include "keyset.h"
#include "net.h"
#include "session.h"
#include "stream.h"
#include "tombstone.h"

/* A stream that is silent for this long may have to make room. */
#define KSRTP_STREAM_SILENCE	HZ

/* Streams to delete in one go, while packets have to wait. */
#define KSRTP_STREAM_BATCH	64

const struct rhashtable_params ksrtp_stream_params = {
	.head_offset = offsetof(struct ksrtp_stream, node),
	.key_offset = offsetof(struct ksrtp_stream, id),
	.key_len = sizeof(struct ksrtp_stream_id),
	.automatic_shrinking = true,
};

static size_t ksrtp_stream_size(u32 window)
{
	return sizeof(struct ksrtp_stream) +
	       2 * BITS_TO_LONGS(ksrtp_replay_bits(window)) * sizeof(long);
}

/**
 * ksrtp_stream_lookup() - find a stream in the namespace's table
 * @session: its session
 * @direction: its direction
 * @ssrc: its SSRC
 *
 * Context: any, under rcu_read_lock() or the namespace's lock.
 * Return: the stream, or NULL.
 */
struct ksrtp_stream *ksrtp_stream_lookup(struct ksrtp_session *session,
					 enum ksrtp_direction_id direction,
					 u32 ssrc)
{
	struct ksrtp_stream_id id = { session->id, direction, ssrc };

	return rhashtable_lookup_fast(&session->kn->streams, &id,
				      ksrtp_stream_params);
}

/* Charge a stream to its session and namespace, or refuse it. */
static int ksrtp_stream_charge(struct ksrtp_session *session, size_t size)
{
	if (atomic_inc_return(&session->nstreams) >
	    READ_ONCE(session->max_streams)) {
		atomic_dec(&session->nstreams);
		return -ENOSPC;
	}
	if (!ksrtp_net_take_memory(session->kn, size)) {
		atomic_dec(&session->nstreams);
		return -ENOSPC;
	}
	return 0;
}

static void ksrtp_stream_uncharge(struct ksrtp_session *session, size_t size)
{
	ksrtp_net_give_memory(session->kn, size);
	atomic_dec(&session->nstreams);
}

/* Continue after a deleted stream's position; all before it counts as seen. */
static void ksrtp_stream_revive(struct ksrtp_stream *stream,
				const struct ksrtp_tombstone *tombstone)
{
	if (tombstone->rtp)
		ksrtp_replay_restore(&stream->rtp, tombstone->top, NULL, 0);
	if (tombstone->rtcp)
		ksrtp_replay_restore(&stream->rtcp, tombstone->srtcp_top, NULL,
				     0);
	stream->inner_ahead = tombstone->inner_ahead;
	memcpy(stream->heard, tombstone->heard, sizeof(stream->heard));
}

/* Link a stream. Returns as rhashtable_lookup_get_insert_fast(). */
static struct ksrtp_stream *ksrtp_stream_link(struct ksrtp_session *session,
					      struct ksrtp_stream *stream)
{
	struct ksrtp_tombstone *tombstone = NULL;
	u32 ssrc = stream->id.ssrc;
	struct ksrtp_stream *old;

	lockdep_assert_held(&session->streams_lock);
	if (session->dead)
		return ERR_PTR(-ENOENT);
	stream->since = ksrtp_direction(session, stream->id.direction)->anew;
	if (stream->id.direction == KSRTP_DIRECTION_RECV) {
		tombstone = ksrtp_tombstone_find(session, ssrc);
		if (tombstone)
			ksrtp_stream_revive(stream, tombstone);
		else if (ksrtp_tombstones_blurred(session, ssrc))
			return ERR_PTR(-ENOSPC);
	}
	old = rhashtable_lookup_get_insert_fast(&session->kn->streams,
						&stream->node,
						ksrtp_stream_params);
	if (old)
		/* the table cannot grow for lack of memory */
		return IS_ERR(old) ? ERR_PTR(-ENOMEM) : old;
	/* only after the stream is linked */
	if (tombstone)
		ksrtp_tombstone_remove(session, tombstone);
	list_add_tail_rcu(&stream->list, &session->streams);
	rcu_assign_pointer(ksrtp_direction(session, stream->id.direction)->newest,
			   stream);
	return NULL;
}

/**
 * ksrtp_stream_create() - create a stream from its session's settings
 * @session: its session
 * @direction: its direction
 * @ssrc: its SSRC
 * @roc: initial rollover counter, of the policy in use
 * @created: set to true if it was created, to false if it existed
 * @gfp: how to allocate it
 *
 * A stream with a tombstone continues at its position.
 *
 * Context: as @gfp says; under rcu_read_lock() or the namespace's lock.
 * Return: the stream, or an ERR_PTR(): -ENOSPC if the limit of the session or
 * of the namespace's quota is reached, or if the SSRC may be that of a deleted
 * stream without a tombstone; -ENOMEM; or -ENOENT if the session is being
 * deleted.
 */
struct ksrtp_stream *ksrtp_stream_create(struct ksrtp_session *session,
					 enum ksrtp_direction_id direction,
					 u32 ssrc, u32 roc, bool *created,
					 gfp_t gfp)
{
	u32 window = READ_ONCE(ksrtp_direction(session, direction)->window);
	size_t size = ksrtp_stream_size(window);
	struct ksrtp_stream *stream, *old;
	int err;

	*created = false;
	err = ksrtp_stream_charge(session, size);
	if (err)
		return ERR_PTR(err);
	stream = kzalloc(size, gfp | __GFP_NOWARN);
	if (!stream) {
		ksrtp_stream_uncharge(session, size);
		return ERR_PTR(-ENOMEM);
	}
	stream->id = (struct ksrtp_stream_id){ session->id, direction, ssrc };
	spin_lock_init(&stream->lock);
	ksrtp_replay_init(&stream->rtp, window,
			  BITS_TO_LONGS(ksrtp_replay_bits(window)) <=
			  KSRTP_STREAM_WINDOW ? stream->window : stream->seen);
	ksrtp_replay_expect(&stream->rtp, (u64)roc << 16);
	ksrtp_replay_init(&stream->rtcp, window, stream->seen +
			  BITS_TO_LONGS(ksrtp_replay_bits(window)));
	stream->last_used = jiffies;
	ksrtp_block_init(&stream->block[0]);
	ksrtp_block_init(&stream->block[1]);
	if (direction == KSRTP_DIRECTION_SEND) {
		stream->spent[0].first = U64_MAX;
		stream->spent[1].first = U64_MAX;
		ksrtp_replay_expect(&stream->rtcp, ksrtp_block_first
				    (&ksrtp_direction(session, direction)->pace)
				    - 1);
	}

	spin_lock_bh(&session->streams_lock);
	old = ksrtp_stream_link(session, stream);
	spin_unlock_bh(&session->streams_lock);
	if (!old) {
		*created = true;
		return stream;
	}
	kfree(stream);
	ksrtp_stream_uncharge(session, size);
	return old;
}

/*
 * Unlink a stream, with its lock held: packets that have found it wait for the
 * lock and then see that it is gone. The caller frees it.
 */
static void ksrtp_stream_forget(struct ksrtp_session *session,
				struct ksrtp_stream *stream)
{
	struct ksrtp_direction *direction =
		ksrtp_direction(session, stream->id.direction);
	struct ksrtp_volume *volume = &direction->forgotten;

	lockdep_assert_held(&session->streams_lock);
	lockdep_assert_held(&stream->lock);
	session->kn->removals++;
	list_del_rcu(&stream->list);
	if (rcu_access_pointer(direction->newest) == stream)
		RCU_INIT_POINTER(direction->newest, NULL);
	rhashtable_remove_fast(&session->kn->streams, &stream->node,
			       ksrtp_stream_params);
	/*
	 * After it was unlinked: a packet that sees this looks it up again at
	 * once, and with real-time priority would find it until we continue.
	 */
	WRITE_ONCE(stream->forgotten, true);
	volume->rtp_packets += stream->volume.rtp_packets;
	volume->rtp_bytes += stream->volume.rtp_bytes;
	volume->rtcp_packets += stream->volume.rtcp_packets;
	volume->rtcp_bytes += stream->volume.rtcp_bytes;
}

static void ksrtp_stream_free(struct ksrtp_session *session,
			      struct ksrtp_stream *stream)
{
	ksrtp_net_give_memory(session->kn, ksrtp_stream_digests_size(stream));
	/* packets that see the stream as forgotten do not use the digests */
	kfree(stream->digests);
	ksrtp_stream_uncharge(session, ksrtp_stream_size(stream->rtp.window));
	kfree_rcu(stream, rcu);
}

/**
 * ksrtp_stream_delete_all() - delete the streams of a session for good
 * @session: the session, which takes no new streams from now on
 *
 * Context: process, under the namespace's lock.
 */
void ksrtp_stream_delete_all(struct ksrtp_session *session)
{
	struct ksrtp_stream *stream, *next;
	unsigned int n;

	do {
		n = 0;
		spin_lock_bh(&session->streams_lock);
		session->dead = true;
		list_for_each_entry_safe(stream, next, &session->streams,
					 list) {
			if (n++ == KSRTP_STREAM_BATCH)
				break;
			spin_lock(&stream->lock);
			ksrtp_stream_forget(session, stream);
			spin_unlock(&stream->lock);
			ksrtp_stream_free(session, stream);
		}
		spin_unlock_bh(&session->streams_lock);
		cond_resched();
	} while (n > KSRTP_STREAM_BATCH);
	ksrtp_tombstones_delete_all(session);
}

/*
 * Idle for @timeout, in jiffies? A sending stream must also outlive every key
 * it may have used, the oldest of which was created at @oldest, or it would
 * reuse indexes under that key.
 */
static bool ksrtp_stream_idle(const struct ksrtp_stream *stream, u64 timeout,
			      u64 oldest)
{
	unsigned long last_used = READ_ONCE(stream->last_used);
	/* read after last_used; if the difference wraps around, the stream stays */
	u64 now = get_jiffies_64();
	long age = (unsigned long)now - last_used;

	return age >= (long)min_t(u64, timeout, MAX_JIFFY_OFFSET) &&
	       (stream->id.direction == KSRTP_DIRECTION_RECV ||
		age > now - oldest);
}

/* Fill in a tombstone, and put it in place of a receiving stream. */
static int ksrtp_stream_bury(struct ksrtp_session *session,
			     const struct ksrtp_stream *stream,
			     struct ksrtp_tombstone *tombstone)
{
	lockdep_assert_held(&stream->lock);
	tombstone->top = stream->rtp.top;
	tombstone->rtp = stream->rtp.started;
	tombstone->srtcp_top = stream->rtcp.top;
	tombstone->rtcp = stream->rtcp.started;
	tombstone->inner_ahead = READ_ONCE(stream->inner_ahead);
	memcpy(tombstone->heard, stream->heard, sizeof(tombstone->heard));
	tombstone->last_used = stream->last_used;
	return ksrtp_tombstone_bury(session, stream->id.ssrc, tombstone);
}

/*
 * Delete a stream and report it, unless it was used meanwhile. Its packets
 * cannot be replayed while there is a key for them.
 */
static bool ksrtp_stream_expire(struct ksrtp_session *session,
				struct ksrtp_stream *stream, u64 timeout,
				u64 oldest, ksrtp_stream_tell *tell)
{
	struct ksrtp_tombstone *tombstone = NULL;
	bool gone;

	if (stream->id.direction == KSRTP_DIRECTION_RECV) {
		if (!ksrtp_tombstones_make_room(session))
			return false;
		tombstone = ksrtp_tombstone_alloc(session);
		if (!tombstone)
			return false;
	}
	spin_lock_bh(&session->streams_lock);
	spin_lock(&stream->lock);
	gone = ksrtp_stream_idle(stream, timeout, oldest) &&
	       (!tombstone || !ksrtp_stream_bury(session, stream, tombstone));
	if (gone)
		ksrtp_stream_forget(session, stream);
	spin_unlock(&stream->lock);
	if (gone) {
		/* if it comes back, it starts from the beginning */
		if (stream->id.direction == KSRTP_DIRECTION_SEND)
			WRITE_ONCE(ksrtp_direction(session, KSRTP_DIRECTION_SEND)
				   ->fresh_only, true);
		/* before another stream with its SSRC can be created */
		tell(session->kn->net, stream, KSRTP_CMD_STREAM_DEL_NTF);
		ksrtp_stream_free(session, stream);
	}
	spin_unlock_bh(&session->streams_lock);
	if (!gone)
		ksrtp_tombstone_free(session, tombstone);
	return gone;
}

/* When was the oldest key of the send direction created, in jiffies? */
static u64 ksrtp_stream_oldest_key(struct ksrtp_session *session)
{
	const struct ksrtp_direction *send =
		ksrtp_direction(session, KSRTP_DIRECTION_SEND);

	return ksrtp_keyset_oldest(ksrtp_direction_keyset(session->kn, send));
}

/**
 * ksrtp_stream_let_go() - drop state that no live key needs
 * @session: the session
 *
 * Without any key nothing is dropped: the next one may be an earlier key.
 *
 * Context: process, sleeps, under the namespace's lock.
 */
void ksrtp_stream_let_go(struct ksrtp_session *session)
{
	const struct ksrtp_keyset *keyset =
		ksrtp_direction_keyset(session->kn,
				       ksrtp_direction(session,
						       KSRTP_DIRECTION_RECV));

	if (keyset)
		ksrtp_tombstones_purge(session, ksrtp_keyset_oldest(keyset));
}

/**
 * ksrtp_stream_forget_idle() - delete idle streams
 * @session: the session, with a timeout
 * @tell: reports each
 *
 * Context: process, sleeps, under the namespace's lock.
 */
void ksrtp_stream_forget_idle(struct ksrtp_session *session,
			      ksrtp_stream_tell *tell)
{
	u64 oldest = ksrtp_stream_oldest_key(session);
	u64 timeout = (u64)session->stream_timeout * HZ;
	struct ksrtp_stream *stream, *next;

	ksrtp_stream_let_go(session);
	/* only we delete streams, and new ones are added at the end */
	for (stream = list_first_or_null_rcu(&session->streams,
					     struct ksrtp_stream, list);
	     stream; stream = next) {
		next = list_next_or_null_rcu(&session->streams, &stream->list,
					     struct ksrtp_stream, list);
		if (ksrtp_stream_idle(stream, timeout, oldest))
			ksrtp_stream_expire(session, stream, timeout, oldest,
					    tell);
		cond_resched();
	}
}

/**
 * ksrtp_stream_make_room() - delete the stream that was silent for longest
 * @session: the session, which needs one stream more than its limit
 * @tell: reports it
 *
 * Considers receiving streams that were silent for KSRTP_STREAM_SILENCE, and
 * sending streams whose keys are all gone.
 *
 * Context: process, sleeps, under the namespace's lock.
 * Return: true if there is room now.
 */
bool ksrtp_stream_make_room(struct ksrtp_session *session,
			    ksrtp_stream_tell *tell)
{
	u64 oldest = ksrtp_stream_oldest_key(session);
	struct ksrtp_stream *stream, *longest = NULL;

	if (session->dead)
		return false;
	ksrtp_stream_let_go(session);
	/* only we delete streams */
	for (stream = list_first_or_null_rcu(&session->streams,
					     struct ksrtp_stream, list);
	     stream;
	     stream = list_next_or_null_rcu(&session->streams, &stream->list,
					    struct ksrtp_stream, list)) {
		if (ksrtp_stream_idle(stream, KSRTP_STREAM_SILENCE, oldest) &&
		    (!longest || time_before(READ_ONCE(stream->last_used),
					     READ_ONCE(longest->last_used))))
			longest = stream;
		cond_resched();
	}
	return longest && ksrtp_stream_expire(session, longest,
					      KSRTP_STREAM_SILENCE, oldest,
					      tell);
}

/**
 * ksrtp_stream_pass() - an index is used that was due
 * @stream: the stream
 * @direction: its direction, with the settings for blocks and reports
 * @rtcp: it is an SRTCP index
 * @index: the index
 * @tell: set to true if the stream is to be reported
 *
 * Context: BH disabled, with the stream's lock held.
 * Return: whether the index may be used.
 */
noinline bool ksrtp_stream_pass(struct ksrtp_stream *stream,
				const struct ksrtp_direction *direction,
				bool rtcp, u64 index, bool *tell)
{
	const struct ksrtp_replay *replay = rtcp ? &stream->rtcp : &stream->rtp;
	const struct ksrtp_pace *pace = &direction->pace;
	u32 report = READ_ONCE(pace->report);
	u32 size = READ_ONCE(pace->size[rtcp]);

	lockdep_assert_held(&stream->lock);
	ksrtp_block_open(&stream->block[rtcp], replay->started ?
			 max(index, replay->top + 1) : index, size);
	return ksrtp_block_pass(&stream->block[rtcp], size, report, index,
				&stream->due[rtcp], tell);
}

/**
 * ksrtp_stream_top() - position of a stream's RTP
 * @stream: the stream
 *
 * Context: any.
 * Return: its highest packet index, or the expected one before the first.
 */
u64 ksrtp_stream_top(struct ksrtp_stream *stream)
{
	u64 top;

	spin_lock_bh(&stream->lock);
	top = stream->rtp.top;
	spin_unlock_bh(&stream->lock);
	return top;
}

/**
 * ksrtp_stream_last() - position of a stream, if it has started
 * @stream: the stream
 * @rtcp: of its RTCP
 * @index: where to put its highest packet index or SRTCP index
 *
 * Context: BH disabled.
 * Return: false if there was no packet yet.
 */
bool ksrtp_stream_last(struct ksrtp_stream *stream, bool rtcp, u64 *index)
{
	const struct ksrtp_replay *replay = rtcp ? &stream->rtcp : &stream->rtp;
	bool started;

	spin_lock(&stream->lock);
	started = replay->started;
	*index = replay->top;
	spin_unlock(&stream->lock);
	return started;
}

/**
 * ksrtp_stream_drop() - count a packet that is dropped
 * @stream: stream of the SSRC in the packet
 * @cause: cause of the drop; some are not counted by stream
 *
 * Context: any.
 */
void ksrtp_stream_drop(struct ksrtp_stream *stream, enum ksrtp_stats_attr cause)
{
	enum ksrtp_stream_drop drop;

	switch (cause) {
	case KSRTP_A_STATS_DROP_BAD_TAG:
	case KSRTP_A_STATS_DROP_PLAINTEXT:
		drop = KSRTP_STREAM_DROP_BAD_TAG;
		break;
	case KSRTP_A_STATS_DROP_REPLAYED:
		drop = KSRTP_STREAM_DROP_REPLAYED;
		break;
	case KSRTP_A_STATS_DROP_TOO_OLD:
		drop = KSRTP_STREAM_DROP_TOO_OLD;
		break;
	case KSRTP_A_STATS_DROP_INDEX_REUSE:
		drop = KSRTP_STREAM_DROP_INDEX_REUSE;
		break;
	default:
		return;
	}
	atomic64_inc(&stream->drops[drop]);
}
