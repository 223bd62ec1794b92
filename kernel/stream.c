// SPDX-License-Identifier: GPL-2.0
/*
 * Streams: created on demand, limited in number, and responsible for every
 * packet's index. RFC 3711 sections 3.2.3 and 3.3.
 */

#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/log2.h>
#include <linux/math64.h>
#include <linux/moduleparam.h>
#include <linux/rhashtable.h>
#include <linux/slab.h>

#include "incident.h"
#include "keyset.h"
#include "net.h"
#include "session.h"
#include "quota.h"
#include "stream.h"
#include "tombstone.h"

/* A stream that is silent for this long may have to make room. */
#define KSRTP_STREAM_SILENCE	HZ

/* Up to this distance, sequence numbers tell which comes first. */
#define KSRTP_STREAM_HALF	32768

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

/* The first packets under a key, which all tell it with EKT. */
#define KSRTP_STREAM_BURST	3

/* Time from telling a master key to its use, RFC 8870 section 4.3.1, in jiffies. */
#define KSRTP_STREAM_HOLD	(HZ / 4)

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

static size_t ksrtp_stream_digests_size(const struct ksrtp_stream *stream)
{
	return stream->ndigests * sizeof(u64);
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

static __always_inline
void ksrtp_stream_count(struct ksrtp_stream *stream, bool rtcp,
			unsigned int bytes)
{
	if (rtcp) {
		stream->volume.rtcp_packets++;
		stream->volume.rtcp_bytes += bytes;
	} else {
		stream->volume.rtp_packets++;
		stream->volume.rtp_bytes += bytes;
	}
	WRITE_ONCE(stream->last_used, jiffies);
}

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

/*
 * An index is used that was due. Sets whether to report the stream; returns
 * whether the index may be used.
 */
static noinline bool ksrtp_stream_pass(struct ksrtp_stream *stream,
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
