// SPDX-License-Identifier: GPL-2.0
/*
 * Tombstones. If a receiver deleted a stream while its keys live, all of its
 * packets could be replayed. So the highest indexes are kept, in a quarter of
 * the memory. When there are too many tombstones, only the SSRCs are kept, in a
 * Bloom filter.
 */

#include <linux/bitmap.h>
#include <linux/jhash.h>
#include <linux/jiffies.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/rhashtable.h>
#include <linux/slab.h>

#include "net.h"
#include "session.h"
#include "quota.h"
#include "tombstone.h"

/*
 * Tombstones, and bits of the filter, for each stream of the session's limit or
 * of the default limit, whichever is larger. With four hashes, and as many
 * SSRCs in the filter as there are tombstones, one new SSRC in 5000 is taken
 * for one of them; with four times as many, one in 40.
 */
#define KSRTP_TOMBSTONES_PER_STREAM	64
#define KSRTP_BLOOM_BITS_PER_STREAM	2048
#define KSRTP_BLOOM_HASHES		4

/* Tombstones to delete in one go, while packets have to wait. */
#define KSRTP_TOMBSTONE_BATCH		64

const struct rhashtable_params ksrtp_tombstone_params = {
	.head_offset = offsetof(struct ksrtp_tombstone, node),
	.key_offset = offsetof(struct ksrtp_tombstone, id),
	.key_len = sizeof(u64),
	.automatic_shrinking = true,
};

static u64 ksrtp_tombstone_id(const struct ksrtp_session *session, u32 ssrc)
{
	return (u64)session->id << 32 | ssrc;
}

static u32 ksrtp_tombstones_scale(const struct ksrtp_session *session)
{
	return max_t(u32, READ_ONCE(session->max_streams),
		     KSRTP_STREAMS_DEFAULT);
}

static size_t ksrtp_bloom_size(u32 bits)
{
	return sizeof(struct ksrtp_bloom) + bits / BITS_PER_BYTE;
}

/**
 * ksrtp_tombstone_alloc() - allocate a tombstone
 * @session: its session
 *
 * Context: process, sleeps.
 * Return: the memory, charged, or NULL if memory is short.
 */
struct ksrtp_tombstone *ksrtp_tombstone_alloc(struct ksrtp_session *session)
{
	struct ksrtp_tombstone *tombstone;

	if (!ksrtp_net_take_memory(session->kn, sizeof(*tombstone)))
		return NULL;
	tombstone = kzalloc(sizeof(*tombstone), GFP_KERNEL | __GFP_NOWARN);
	if (!tombstone)
		ksrtp_net_give_memory(session->kn, sizeof(*tombstone));
	return tombstone;
}

/**
 * ksrtp_tombstone_free() - free a tombstone
 * @session: its session
 * @tombstone: the tombstone, unlinked; or NULL
 *
 * Context: any.
 */
void ksrtp_tombstone_free(struct ksrtp_session *session,
			  struct ksrtp_tombstone *tombstone)
{
	if (!tombstone)
		return;
	ksrtp_net_give_memory(session->kn, sizeof(*tombstone));
	kfree_rcu(tombstone, rcu);
}

/**
 * ksrtp_tombstone_bury() - link a tombstone
 * @session: its session, which has no other one with this SSRC
 * @ssrc: SSRC of the stream
 * @tombstone: the tombstone, filled in except for @id
 *
 * Context: any, does not sleep, under the session's streams_lock.
 * Return: 0 or a negative errno.
 */
int ksrtp_tombstone_bury(struct ksrtp_session *session, u32 ssrc,
			 struct ksrtp_tombstone *tombstone)
{
	struct ksrtp_tombstones *tombstones = &session->tombstones;
	int err;

	lockdep_assert_held(&session->streams_lock);
	tombstone->id = ksrtp_tombstone_id(session, ssrc);
	err = rhashtable_insert_fast(&session->kn->tombstones, &tombstone->node,
				     ksrtp_tombstone_params);
	if (err)
		return err;
	list_add_tail(&tombstone->list, &tombstones->list);
	WRITE_ONCE(tombstones->n, tombstones->n + 1);
	return 0;
}

/**
 * ksrtp_tombstone_remove() - unlink and free a tombstone
 * @session: its session
 * @tombstone: the tombstone
 *
 * Context: any, does not sleep, under the session's streams_lock.
 */
void ksrtp_tombstone_remove(struct ksrtp_session *session,
			    struct ksrtp_tombstone *tombstone)
{
	struct ksrtp_tombstones *tombstones = &session->tombstones;

	lockdep_assert_held(&session->streams_lock);
	rhashtable_remove_fast(&session->kn->tombstones, &tombstone->node,
			       ksrtp_tombstone_params);
	list_del(&tombstone->list);
	WRITE_ONCE(tombstones->n, tombstones->n - 1);
	ksrtp_tombstone_free(session, tombstone);
}

/**
 * ksrtp_tombstone_find() - find the tombstone of a stream
 * @session: its session
 * @ssrc: its SSRC
 *
 * Context: any, under rcu_read_lock() or the session's streams_lock.
 * Return: the tombstone, or NULL.
 */
struct ksrtp_tombstone *ksrtp_tombstone_find(struct ksrtp_session *session,
					     u32 ssrc)
{
	u64 id = ksrtp_tombstone_id(session, ssrc);

	if (likely(!READ_ONCE(session->tombstones.n)))
		return NULL;
	return rhashtable_lookup_fast(&session->kn->tombstones, &id,
				      ksrtp_tombstone_params);
}

static u32 ksrtp_bloom_bit(const struct ksrtp_bloom *bloom, u32 ssrc, u32 n)
{
	return jhash_2words(ssrc, n, bloom->seed) & (bloom->bits - 1);
}

static void ksrtp_bloom_add(struct ksrtp_bloom *bloom,
			    const struct ksrtp_tombstone *tombstone)
{
	u32 i;

	for (i = 0; i < KSRTP_BLOOM_HASHES; i++)
		__set_bit(ksrtp_bloom_bit(bloom, tombstone->id, i), bloom->map);
	if (time_after(tombstone->last_used, bloom->last_used))
		bloom->last_used = tombstone->last_used;
}

/**
 * ksrtp_tombstones_blurred() - may an SSRC be one that has lost its tombstone?
 * @session: the session
 * @ssrc: the SSRC
 *
 * Context: any, does not sleep, under the session's streams_lock.
 * Return: false if it certainly is not.
 */
bool ksrtp_tombstones_blurred(const struct ksrtp_session *session, u32 ssrc)
{
	const struct ksrtp_bloom *bloom = session->tombstones.bloom;
	u32 i;

	lockdep_assert_held(&session->streams_lock);
	if (likely(!bloom))
		return false;
	for (i = 0; i < KSRTP_BLOOM_HASHES; i++)
		if (!test_bit(ksrtp_bloom_bit(bloom, ssrc, i), bloom->map))
			return false;
	return true;
}

static void ksrtp_bloom_free(struct ksrtp_session *session,
			     struct ksrtp_bloom *bloom)
{
	if (!bloom)
		return;
	ksrtp_net_give_memory(session->kn, ksrtp_bloom_size(bloom->bits));
	kvfree(bloom);
}

/* Create the filter. Under the namespace's lock. */
static bool ksrtp_bloom_create(struct ksrtp_session *session)
{
	u32 bits = roundup_pow_of_two(KSRTP_BLOOM_BITS_PER_STREAM *
				      ksrtp_tombstones_scale(session));
	struct ksrtp_tombstones *tombstones = &session->tombstones;
	struct ksrtp_bloom *bloom;

	if (!ksrtp_net_take_memory(session->kn, ksrtp_bloom_size(bits)))
		return false;
	bloom = kvzalloc(ksrtp_bloom_size(bits), GFP_KERNEL | __GFP_NOWARN);
	if (!bloom) {
		ksrtp_net_give_memory(session->kn, ksrtp_bloom_size(bits));
		return false;
	}
	bloom->bits = bits;
	bloom->seed = get_random_u32();
	spin_lock_bh(&session->streams_lock);
	bloom->last_used = list_first_entry(&tombstones->list,
					    struct ksrtp_tombstone,
					    list)->last_used;
	tombstones->bloom = bloom;
	spin_unlock_bh(&session->streams_lock);
	return true;
}

/**
 * ksrtp_tombstones_make_room() - make room for one more tombstone
 * @session: the session
 *
 * At the limit, the oldest ones are moved to the filter.
 *
 * Context: process, sleeps, under the namespace's lock.
 * Return: false if memory is short.
 */
bool ksrtp_tombstones_make_room(struct ksrtp_session *session)
{
	struct ksrtp_tombstones *tombstones = &session->tombstones;
	struct ksrtp_tombstone *oldest;
	u32 most = KSRTP_TOMBSTONES_PER_STREAM *
		   ksrtp_tombstones_scale(session);

	if (READ_ONCE(tombstones->n) < most)
		return true;
	/* streams may be revived meanwhile, but none is buried */
	spin_lock_bh(&session->streams_lock);
	if (tombstones->n < most || tombstones->bloom)
		goto merge;
	spin_unlock_bh(&session->streams_lock);
	if (!ksrtp_bloom_create(session))
		return false;
	spin_lock_bh(&session->streams_lock);
merge:
	while (tombstones->n >= most) {
		oldest = list_first_entry(&tombstones->list,
					  struct ksrtp_tombstone, list);
		ksrtp_bloom_add(tombstones->bloom, oldest);
		ksrtp_tombstone_remove(session, oldest);
	}
	spin_unlock_bh(&session->streams_lock);
	return true;
}

/* Was a key that was created at @oldest created after the filter's last packet? */
static bool ksrtp_bloom_over(const struct ksrtp_bloom *bloom, u64 oldest)
{
	/* read after last_used; if the difference wraps around, the filter stays */
	u64 now = get_jiffies_64();
	long age = (unsigned long)now - bloom->last_used;

	return age > 0 && age > now - oldest;
}

/**
 * ksrtp_tombstones_purge() - delete the filter if no live key needs it
 * @session: the session
 * @oldest: when the oldest key of the receive direction was created, in jiffies
 *
 * Tombstones stay as long as the session: an earlier key may be installed
 * again, and packets received under it must not be accepted again. The filter
 * cannot stay as long: the fuller it is, the more new SSRCs it refuses. Once it
 * is deleted, no earlier key may be installed again.
 *
 * Context: process, sleeps, under the namespace's lock.
 */
void ksrtp_tombstones_purge(struct ksrtp_session *session, u64 oldest)
{
	struct ksrtp_tombstones *tombstones = &session->tombstones;
	struct ksrtp_bloom *bloom = NULL;

	if (!READ_ONCE(tombstones->bloom))
		return;
	spin_lock_bh(&session->streams_lock);
	if (ksrtp_bloom_over(tombstones->bloom, oldest))
		swap(bloom, tombstones->bloom);
	spin_unlock_bh(&session->streams_lock);
	if (bloom)
		WRITE_ONCE(ksrtp_direction(session, KSRTP_DIRECTION_RECV)
			   ->fresh_only, true);
	ksrtp_bloom_free(session, bloom);
}

/**
 * ksrtp_tombstones_delete_all() - delete all tombstones of a session
 * @session: the session, its streams deleted for good
 *
 * Context: process, sleeps, under the namespace's lock.
 */
void ksrtp_tombstones_delete_all(struct ksrtp_session *session)
{
	struct ksrtp_tombstones *tombstones = &session->tombstones;
	struct ksrtp_tombstone *tombstone;
	struct ksrtp_bloom *bloom;
	unsigned int n = 0;

	spin_lock_bh(&session->streams_lock);
	bloom = tombstones->bloom;
	tombstones->bloom = NULL;
	while (!list_empty(&tombstones->list)) {
		tombstone = list_first_entry(&tombstones->list,
					     struct ksrtp_tombstone, list);
		ksrtp_tombstone_remove(session, tombstone);
		if (++n % KSRTP_TOMBSTONE_BATCH)
			continue;
		spin_unlock_bh(&session->streams_lock);
		cond_resched();
		spin_lock_bh(&session->streams_lock);
	}
	spin_unlock_bh(&session->streams_lock);
	ksrtp_bloom_free(session, bloom);
}
