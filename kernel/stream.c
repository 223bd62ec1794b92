// SPDX-License-Identifier: GPL-2.0
/*
 * Streams: created on demand, bounded, and asked for every packet's index.
 * RFC 3711 sections 3.2.3 and 3.3.
 */

#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/log2.h>
#include <linux/moduleparam.h>
#include <linux/rhashtable.h>
#include <linux/slab.h>

#include "keyset.h"
#include "net.h"
#include "session.h"
#include "quota.h"
#include "stream.h"
#include "tombstone.h"

/* Who has carried nothing for so long may have to make room. */
#define KSRTP_STREAM_SILENCE	HZ

/* How far sequence numbers can be apart, and still tell which comes first. */
#define KSRTP_STREAM_HALF	32768

/*
 * An SRTCP index up to here may be that of a peer who has begun anew, its first
 * packets being lost.
 */
#define KSRTP_STREAM_EARLY	8

/*
 * Where counters have begun anew under a key that was heard before, what was received
 * comes again in time, and cannot be told from a recording then. But it comes step by
 * step: a minute of speech, and reports as often as they come in that.
 */
#define KSRTP_STREAM_STEP	3000
#define KSRTP_STREAM_STEP_RTCP	16

/* Streams deleted in one go, while packets have to wait. */
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
 * ksrtp_stream_find() - look a stream up
 * @session: its session
 * @direction: its direction
 * @ssrc: its SSRC
 *
 * Context: any, under rcu_read_lock() or the namespace's lock.
 * Return: the stream, or NULL.
 */
struct ksrtp_stream *ksrtp_stream_find(struct ksrtp_session *session,
				       enum ksrtp_direction_id direction,
				       u32 ssrc)
{
	struct ksrtp_stream *newest;
	struct ksrtp_stream_id id;

	/* most sessions have one stream each way */
	newest = rcu_dereference_raw(ksrtp_direction(session,
						     direction)->newest);
	if (newest && newest->id.ssrc == ssrc)
		return newest;
	id = (struct ksrtp_stream_id){ session->id, direction, ssrc };
	return rhashtable_lookup_fast(&session->kn->streams, &id,
				      ksrtp_stream_params);
}

/* Account for a stream, or refuse it. */
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

/* Go on where a stream was that was forgotten; all before that counts as seen. */
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

/* Let a stream be found. Returns as rhashtable_lookup_get_insert_fast(). */
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
		/* the table refuses to grow, or to, for want of memory */
		return IS_ERR(old) ? ERR_PTR(-ENOMEM) : old;
	/* not before the stream is to be found */
	if (tombstone)
		ksrtp_tombstone_remove(session, tombstone);
	list_add_tail_rcu(&stream->list, &session->streams);
	rcu_assign_pointer(ksrtp_direction(session, stream->id.direction)->newest,
			   stream);
	return NULL;
}

/**
 * ksrtp_stream_create() - make a stream under its session's template
 * @session: its session
 * @direction: its direction
 * @ssrc: its SSRC
 * @roc: rollover counter to begin with, of the policy that is heeded
 * @created: set to true if it was made, to false if it was there already
 * @gfp: how to allocate it
 *
 * One that was forgotten goes on where it was, if that is known still.
 *
 * Context: as @gfp says; under rcu_read_lock() or the namespace's lock.
 * Return: the stream, or an ERR_PTR(): -ENOSPC if the session's limit or that of
 * the namespace's quota is reached, or if too many were forgotten to know that
 * this was none of them; -ENOMEM; or -ENOENT if the session is being deleted.
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
	ksrtp_replay_init(&stream->rtp, window, stream->seen);
	ksrtp_replay_expect(&stream->rtp, (u64)roc << 16);
	ksrtp_replay_init(&stream->rtcp, window, stream->seen +
			  BITS_TO_LONGS(ksrtp_replay_bits(window)));
	stream->last_used = jiffies;
	if (direction == KSRTP_DIRECTION_SEND) {
		stream->spent[0].first = U64_MAX;
		stream->spent[1].first = U64_MAX;
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
 * Take a stream away, with its lock held: packets that found it before wait for
 * that, and take note of it. Its memory is the caller's to give back.
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
	 * Not before it is out of sight: who is told of it looks again at once,
	 * and with real-time priority would find it until we go on.
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
	/* who finds that the stream is forgotten looks at none of them */
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
 * Idle for @timeout, in jiffies? A sending stream must also outlive every key it may
 * have used, the oldest being of the time @oldest, or it would reuse indexes under
 * that key.
 */
static bool ksrtp_stream_idle(const struct ksrtp_stream *stream, u64 timeout,
			      u64 oldest)
{
	unsigned long last_used = READ_ONCE(stream->last_used);
	/* read after it; where their difference wraps around, the stream stays */
	u64 now = get_jiffies_64();
	long age = (unsigned long)now - last_used;

	return age >= (long)min_t(u64, timeout, MAX_JIFFY_OFFSET) &&
	       (stream->id.direction == KSRTP_DIRECTION_RECV ||
		age > now - oldest);
}

/* Write on a tombstone, and put it in place of a stream that is received. */
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
 * Delete a stream, unless it has been used meanwhile, and tell of it. What was
 * received is not received again, as long as there is a key for it.
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
		/* it begins anew if it comes again */
		if (stream->id.direction == KSRTP_DIRECTION_SEND)
			WRITE_ONCE(ksrtp_direction(session, KSRTP_DIRECTION_SEND)
				   ->fresh_only, true);
		/* before another of its SSRC can be made */
		tell(session->kn->net, stream, KSRTP_CMD_STREAM_DEL_NTF);
		ksrtp_stream_free(session, stream);
	}
	spin_unlock_bh(&session->streams_lock);
	if (!gone)
		ksrtp_tombstone_free(session, tombstone);
	return gone;
}

/* Since when has the send direction had its oldest key, in jiffies? */
static u64 ksrtp_stream_oldest_key(struct ksrtp_session *session)
{
	const struct ksrtp_direction *send =
		ksrtp_direction(session, KSRTP_DIRECTION_SEND);

	return ksrtp_keyset_oldest(ksrtp_direction_keyset(session->kn, send));
}

/**
 * ksrtp_stream_let_go() - forget for good what no live key can bring back
 * @session: the session
 *
 * While there is no key at all nothing goes: the next one may be one of before.
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
 * ksrtp_stream_forget_idle() - delete the streams that nobody uses any more
 * @session: the session, with a timeout
 * @tell: tells of each
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
	/* nobody else deletes any, and new ones come behind the last */
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
 * @session: the session, which is about to need a stream more than it may have
 * @tell: tells of it
 *
 * Of those that are received, and have carried nothing for KSRTP_STREAM_SILENCE;
 * or that are sent, and whose keys are gone.
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
	/* nobody else deletes any */
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

static void ksrtp_stream_count(struct ksrtp_stream *stream, bool rtcp,
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

/* Have a stream use a larger ring of digests, and take over what is in the old. */
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
 * ksrtp_stream_remember() - make room for digests of packets
 * @session: its session
 * @stream: stream of the send direction
 * @n: of how many packets, at least
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

/* Note that a packet was sent, and may come again if it has a digest. */
static void ksrtp_stream_note(struct ksrtp_stream *stream, u64 index,
			      u64 digest)
{
	if (unlikely(stream->ndigests) &&
	    index + stream->ndigests > stream->rtp.top)
		stream->digests[index & (stream->ndigests - 1)] = digest;
}

/* Is a packet the very same that was sent before under its index? */
static bool ksrtp_stream_same(const struct ksrtp_stream *stream, u64 index,
			      u64 digest)
{
	return digest && stream->ndigests &&
	       index + stream->ndigests > stream->rtp.top &&
	       stream->digests[index & (stream->ndigests - 1)] == digest;
}

/* Counters begin anew: as if nothing had been sent. */
static void ksrtp_stream_clear(struct ksrtp_stream *stream, bool rtcp, u32 roc)
{
	if (rtcp) {
		ksrtp_replay_expect(&stream->rtcp, 0);
		return;
	}
	ksrtp_replay_expect(&stream->rtp, (u64)roc << 16);
	if (stream->ndigests)
		memset(stream->digests, 0, ksrtp_stream_digests_size(stream));
}

/* All of a sender's begin anew, with keys that have sent nothing. */
static void ksrtp_stream_renew(struct ksrtp_stream *stream,
			       struct ksrtp_direction *direction,
			       const struct ksrtp_keyset *keyset)
{
	int rtcp;

	for (rtcp = 0; rtcp < 2; rtcp++)
		ksrtp_stream_clear(stream, rtcp, keyset->policy.initial_roc);
	stream->since = keyset->anew;
	/* the keys tell the rest when the first packet comes */
	stream->key = 0;
	atomic64_inc(&direction->counters_restarted);
}

/*
 * Begin anew under a key that was used already, since the peer has. The indexes
 * used are not used again: for that to be bearable, they have to be few, and not
 * where the stream begins.
 */
static bool ksrtp_stream_follow(struct ksrtp_stream *stream, bool rtcp, u32 roc)
{
	struct ksrtp_replay *replay = rtcp ? &stream->rtcp : &stream->rtp;
	struct ksrtp_spent *spent = &stream->spent[rtcp];
	u64 begin = rtcp ? 1 : (u64)roc << 16 | (u16)replay->top;

	if (!replay->started)
		return false;
	if (spent->first != U64_MAX) {
		if (begin >= spent->first ||
		    (!rtcp && replay->top - spent->first >= KSRTP_STREAM_HALF))
			return false;
		spent->from = spent->first;
		spent->to = replay->top;
	}
	ksrtp_stream_clear(stream, rtcp, roc);
	return true;
}

/*
 * A sender's packet comes with other keys than the one before. Returns 0, or the
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
		/* what is not to be used again may be so of the key to come */
		for (i = 0; i < 2 && !unsure; i++)
			stream->spent[i].to = 0;
		stream->key = speaker;
	}
	if (follow && stream->key == speaker) {
		stream->followed = speaker;
		rtp = ksrtp_stream_follow(stream, false,
					  keyset->policy.initial_roc);
		rtcp = ksrtp_stream_follow(stream, true, 0);
		if (rtp || rtcp) {
			stream->since = keyset->serial;
			atomic64_inc(&claim->direction->counters_restarted);
		}
	}
	return 0;
}

/* Do the keys of a sender's packet and its stream's counters belong together? */
static int ksrtp_stream_match(struct ksrtp_stream *stream,
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

/* Was an index used under the key before the counters began anew? */
static bool ksrtp_stream_spent(const struct ksrtp_stream *stream, bool rtcp,
			       u64 index)
{
	const struct ksrtp_spent *spent = &stream->spent[rtcp];

	return unlikely(spent->to) && index >= spent->from &&
	       index <= spent->to;
}

/* Take an index that is new. Returns 0, or the cause to drop the packet for. */
static int ksrtp_stream_take(struct ksrtp_stream *stream,
			     const struct ksrtp_claim *claim, u64 index)
{
	struct ksrtp_replay *replay = claim->rtcp ? &stream->rtcp :
						    &stream->rtp;
	struct ksrtp_spent *spent = &stream->spent[claim->rtcp];

	if (ksrtp_stream_spent(stream, claim->rtcp, index)) {
		/* the sequence goes on through them; a stray is none of it */
		if (replay->started && index > replay->top &&
		    index - replay->top < KSRTP_STREAM_HALF)
			ksrtp_replay_mark(replay, index);
		return KSRTP_A_STATS_DROP_INDEX_REUSE;
	}
	ksrtp_replay_mark(replay, index);
	spent->first = min(spent->first, index);
	ksrtp_stream_count(stream, claim->rtcp, claim->bytes);
	if (!claim->rtcp)
		ksrtp_stream_note(stream, index, claim->digest);
	return 0;
}

/* The SRTCP index to send the next packet under, or -ERANGE. */
static s64 ksrtp_stream_next_srtcp(const struct ksrtp_stream *stream)
{
	u64 next = stream->rtcp.top + 1;

	if (ksrtp_stream_spent(stream, true, next))
		next = stream->spent[1].to + 1;
	return next <= KSRTP_SRTCP_INDEX_MAX ? next : -ERANGE;
}

/* The very same packet goes once more. */
static int ksrtp_stream_repeat(struct ksrtp_stream *stream)
{
	WRITE_ONCE(stream->last_used, jiffies);
	return -EALREADY;
}

/**
 * ksrtp_stream_reserve() - take the index to send a packet under
 * @stream: stream of the send direction
 * @claim: the packet
 * @index: where to put the packet index or SRTCP index
 *
 * RTP's index follows from the sequence number (RFC 3711 section 3.3.1) and is
 * given out once: a second packet under the same index and key would give both
 * plaintexts away. The very same packet gives nothing away. SRTCP's index
 * counts packets, from 1 (section 3.4).
 *
 * Counters that have begun anew with new keys are for these: a packet that has
 * found the keys of before is late.
 *
 * Context: BH disabled.
 * Return: 0; -EALREADY if it was sent before, and may go again; -ESTALE if the
 * stream is not to be found any more; or the cause to drop the packet for.
 */
int ksrtp_stream_reserve(struct ksrtp_stream *stream,
			 const struct ksrtp_claim *claim, u64 *index)
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
 * ksrtp_stream_begin_anew() - let the counters of all that is sent begin anew
 * @session: the session
 * @keyset: keyset with which they do, in place
 *
 * Streams do so with the first packet by themselves, too. Afterwards no packet
 * takes an index with keys of before.
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
	/* nobody deletes any meanwhile, and new ones come behind the last */
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

/* Let a stream be as if none of the keys had been heard of. */
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
 * ksrtp_stream_doubt() - let what is received begin anew under its present keys
 * @session: the session
 * @keyset: keyset of what is received, or NULL
 *
 * Once for each stream, and unless the first packet shows that it goes on. A peer
 * may make new contexts for both directions when we have a new key.
 *
 * Context: process, under the namespace's lock.
 */
void ksrtp_stream_doubt(struct ksrtp_session *session,
			const struct ksrtp_keyset *keyset)
{
	struct ksrtp_stream *stream;

	if (!keyset)
		return;
	/* nobody deletes any meanwhile */
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

static int ksrtp_stream_verdict(const struct ksrtp_replay *replay, u64 index)
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
 * And tell whether it is worth the crypto, as ksrtp_stream_admit() does. RFC
 * 3711 section 3.3.1.
 *
 * Context: BH disabled.
 * Return: 0, or the cause to drop the packet for.
 */
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
 * ksrtp_stream_recall() - check the index of a packet of a forgotten stream
 * @session: the session
 * @ssrc: SSRC of the packet
 * @rtcp: the packet is RTCP
 * @index: its packet index or SRTCP index
 *
 * As ksrtp_stream_admit(), where there is no stream.
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
 * @roc: rollover counter if nothing is known of a stream
 *
 * Context: any, under rcu_read_lock().
 * Return: the index. Of a stream that was forgotten and has none left, one that
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
 * ksrtp_stream_admit() - tell whether a received packet is worth the crypto
 * @stream: stream of the receive direction
 * @rtcp: the packet is RTCP
 * @index: its packet index or SRTCP index
 *
 * Changes nothing: the packet is not authenticated yet. RFC 3711 section 3.3
 * step 5.
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
 * ksrtp_stream_hears() - may a key still be that of a received packet?
 * @stream: stream of the receive direction
 * @rtcp: the packet is RTCP
 * @key: number of the key
 * @known: the key had been used before it came
 *
 * Once counters have begun anew, what was received under keys of before is
 * forgotten, and could be received again.
 *
 * Context: any; without the stream's lock the answer is a guess.
 * Return: true if it may.
 */
bool ksrtp_stream_hears(const struct ksrtp_stream *stream, bool rtcp,
			u64 key, bool known)
{
	u64 oldest = READ_ONCE(stream->heard[rtcp].oldest);

	return likely(!oldest) || (key >= oldest && !known);
}

/**
 * ksrtp_stream_newest_key() - which key nothing newer was heard of than
 * @stream: stream of the receive direction
 * @rtcp: its RTCP
 *
 * Context: any; without the stream's lock the answer is a guess.
 * Return: the number of the key; U64_MAX if counters cannot begin anew, since
 * they have not begun, or it is not known what was heard.
 */
u64 ksrtp_stream_newest_key(const struct ksrtp_stream *stream, bool rtcp)
{
	const struct ksrtp_replay *replay = rtcp ? &stream->rtcp : &stream->rtp;

	return READ_ONCE(replay->started) ?
	       READ_ONCE(stream->heard[rtcp].newest) : U64_MAX;
}

/*
 * What does the first packet of a stream under a new key show of its peer? Where
 * the counters are at their beginning in any case, nothing.
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

/* Counters begin anew under a key: what was received under it may come again. */
static void ksrtp_stream_restart(struct ksrtp_heard *heard,
				 struct ksrtp_replay *replay,
				 const struct ksrtp_arrival *arrival)
{
	heard->past = arrival->key <= heard->doubted ?
		      max(heard->past, replay->top) : 0;
	heard->oldest = arrival->key;
	ksrtp_replay_expect(replay, arrival->index);
}

/* Is a packet more likely one of before they did than of where they are? */
static bool ksrtp_stream_past(const struct ksrtp_heard *heard,
			      const struct ksrtp_replay *replay,
			      const struct ksrtp_arrival *arrival)
{
	u64 step = arrival->rtcp ? KSRTP_STREAM_STEP_RTCP : KSRTP_STREAM_STEP;

	return unlikely(heard->past) && arrival->key <= heard->doubted &&
	       arrival->index <= heard->past && replay->started &&
	       arrival->index > replay->top + step;
}

/* Check a packet against what its stream knows, and bring that up to date. */
static int ksrtp_stream_judge(struct ksrtp_stream *stream,
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
		/* nothing was accepted under it, so nothing repeats; but see there */
		ksrtp_stream_restart(heard, replay, arrival);
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
	ksrtp_replay_mark(replay, arrival->index);
	ksrtp_stream_count(stream, arrival->rtcp, arrival->bytes);
	return 0;
}

/**
 * ksrtp_stream_accept() - take note of an authenticated packet
 * @stream: stream of the receive direction
 * @arrival: the packet
 *
 * Checks again, since another copy of the packet may have been authenticated
 * meanwhile. RFC 3711 section 3.3 step 8.
 *
 * Context: BH disabled.
 * Return: 0, -ESTALE if the stream is not to be found any more, or the cause to
 * drop the packet for.
 */
int ksrtp_stream_accept(struct ksrtp_stream *stream,
			struct ksrtp_arrival *arrival)
{
	int cause;

	arrival->manner = 0;
	spin_lock(&stream->lock);
	cause = stream->forgotten ? -ESTALE :
				    ksrtp_stream_judge(stream, arrival);
	spin_unlock(&stream->lock);
	return cause;
}

/**
 * ksrtp_stream_top() - where a stream's RTP is
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
 * ksrtp_stream_last() - where a stream is, if it has begun
 * @stream: the stream
 * @rtcp: its RTCP
 * @index: where to put its highest packet index or SRTCP index
 *
 * Context: BH disabled.
 * Return: false if nothing was seen of it yet.
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
 * @stream: stream that it claims to be of
 * @cause: what for; not all are counted by stream
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
 * Would installing @top let a sender use an index twice? A @bitmap may say of
 * used indexes that they were not, so it has to leave them all behind.
 */
static bool ksrtp_stream_rewinds(const struct ksrtp_stream *stream,
				 const struct ksrtp_replay *replay, u64 top,
				 const u8 *bitmap)
{
	if (stream->id.direction != KSRTP_DIRECTION_SEND || !replay->started)
		return false;
	return top < replay->top + (bitmap ? replay->window : 0);
}

/* Are all keys gone that a sender's stream has used? */
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

/* Does a state take a stream where it may not go, unless all keys are new to it? */
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
 * State is installed: the indexes up to there were used under the keys there are, or
 * those to come, for all that is known.
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
	/* what was sent under the newest indexes was sent elsewhere */
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

/**
 * ksrtp_stream_install() - install state in a stream
 * @stream: the stream
 * @state: the state; bitmaps no longer than the stream's window
 * @direction: the stream's direction
 * @keyset: its keyset, or NULL while it is pending
 *
 * Context: any, under the namespace's lock.
 * Return: false, with nothing changed, if it would let a sender go back to an
 * index it may have used under a key that is there, or sets a rollover counter
 * alone in mid-stream.
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
	/* without a place for it in the sequence, a counter is for a start */
	if (state->has_roc && !state->has_seq && stream->rtp.started)
		ok = false;
	if (!ok)
		goto out;
	if (back) {
		/* packets that have found keys of before come too late */
		stream->since = keyset->serial;
		WRITE_ONCE(direction->fresh_only, true);
	}
	ksrtp_stream_put_state(stream, state, top);
	ksrtp_stream_bind(stream, state, keyset);
out:
	spin_unlock_bh(&stream->lock);
	return ok;
}
