/* SPDX-License-Identifier: GPL-2.0 */
/* Tombstones: what is left of receiving streams that were forgotten. */
#ifndef _KSRTP_TOMBSTONE_H
#define _KSRTP_TOMBSTONE_H

#include <linux/list.h>
#include <linux/rhashtable-types.h>
#include <linux/types.h>

struct ksrtp_net;
struct ksrtp_session;

/**
 * struct ksrtp_heard - keys that a receiver has heard of
 * @newest: number of the newest key that an authentic packet had, or
 *	%KSRTP_STREAM_KEY_UNSURE
 * @oldest: number of the oldest key that is accepted still: what was received under
 *	older ones was forgotten when counters began anew
 * @doubted: number of the newest key under which counters may have begun anew though
 *	it was heard before, or 0
 * @past: highest index that was received under it before they did; 0 for none
 */
struct ksrtp_heard {
	u64 newest;
	u64 oldest;
	u64 doubted;
	u64 past;
};

/**
 * struct ksrtp_tombstone - where a forgotten stream of a receiver was
 * @id: its session, and below 32 bits its SSRC
 * @top: highest packet index of RTP, if @rtp
 * @srtcp_top: highest SRTCP index, if @rtcp
 * @rtp: it had received RTP
 * @rtcp: it had received RTCP
 * @inner_ahead: as of the stream
 * @heard: as of the stream, of RTP and of RTCP
 * @last_used: when the stream carried something, in jiffies
 * @node: link in the namespace's table
 * @list: link in its session, in the order of burial
 * @rcu: frees it
 *
 * It never changes.
 */
struct ksrtp_tombstone {
	u64 id;
	u64 top;
	u32 srtcp_top;
	bool rtp;
	bool rtcp;
	s64 inner_ahead;
	struct ksrtp_heard heard[2];
	unsigned long last_used;
	struct rhash_head node;
	struct list_head list;
	struct rcu_head rcu;
};

/**
 * struct ksrtp_bloom - SSRCs whose tombstones are gone, too; a Bloom filter
 * @last_used: of the stream among them that was used last, in jiffies
 * @seed: of its hashes
 * @bits: size of @map, a power of two
 * @map: the filter
 */
struct ksrtp_bloom {
	unsigned long last_used;
	u32 seed;
	u32 bits;
	unsigned long map[];
};

/**
 * struct ksrtp_tombstones - those of a session
 * @list: the tombstones, oldest first
 * @n: how many
 * @bloom: what has no tombstone any more, NULL if nothing
 *
 * Guarded by the session's streams_lock; @n may be peeked at.
 */
struct ksrtp_tombstones {
	struct list_head list;
	u32 n;
	struct ksrtp_bloom *bloom;
};

extern const struct rhashtable_params ksrtp_tombstone_params;

struct ksrtp_tombstone *ksrtp_tombstone_alloc(struct ksrtp_session *session);
void ksrtp_tombstone_free(struct ksrtp_session *session,
			  struct ksrtp_tombstone *tombstone);
int ksrtp_tombstone_bury(struct ksrtp_session *session, u32 ssrc,
			 struct ksrtp_tombstone *tombstone);
void ksrtp_tombstone_remove(struct ksrtp_session *session,
			    struct ksrtp_tombstone *tombstone);
struct ksrtp_tombstone *ksrtp_tombstone_find(struct ksrtp_session *session,
					     u32 ssrc);
bool ksrtp_tombstones_make_room(struct ksrtp_session *session);
bool ksrtp_tombstones_blurred(const struct ksrtp_session *session, u32 ssrc);
void ksrtp_tombstones_purge(struct ksrtp_session *session, u64 oldest);
void ksrtp_tombstones_delete_all(struct ksrtp_session *session);

#endif /* _KSRTP_TOMBSTONE_H */
