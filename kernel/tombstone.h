/* SPDX-License-Identifier: GPL-2.0 */
/* Tombstones: highest indexes of receiving streams that were deleted. */
#ifndef _KSRTP_TOMBSTONE_H
#define _KSRTP_TOMBSTONE_H

#include <linux/list.h>
#include <linux/rhashtable-types.h>
#include <linux/types.h>

struct ksrtp_net;
struct ksrtp_session;

/**
 * struct ksrtp_heard - keys that a receiver has seen in use
 * @newest: number of the newest key of an authentic packet, or
 *	%KSRTP_STREAM_KEY_UNSURE
 * @oldest: number of the oldest key that is still accepted; replay state of
 *	older ones was discarded when counters restarted
 * @doubted: number of the newest key under which counters may have restarted
 *	even though it was in use before, or 0
 * @past: highest index received under it before they restarted; 0 for none
 */
struct ksrtp_heard {
	u64 newest;
	u64 oldest;
	u64 doubted;
	u64 past;
};

/**
 * struct ksrtp_tombstone - position of a receiving stream that was deleted
 * @id: its session, and in the low 32 bits its SSRC
 * @top: highest packet index of RTP, if @rtp
 * @srtcp_top: highest SRTCP index, if @rtcp
 * @rtp: it had received RTP
 * @rtcp: it had received RTCP
 * @inner_ahead: as in the stream
 * @heard: as in the stream, for RTP and for RTCP
 * @last_used: time of the stream's last packet, in jiffies
 * @node: link in the namespace's table
 * @list: link in its session, oldest tombstone first
 * @rcu: frees it
 *
 * Immutable.
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
 * struct ksrtp_bloom - Bloom filter of SSRCs whose tombstones were dropped
 * @last_used: the latest time of a packet of these streams, in jiffies
 * @seed: seed of the hashes
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
 * struct ksrtp_tombstones - tombstones of a session
 * @list: the tombstones, oldest first
 * @n: number of tombstones
 * @bloom: filter of SSRCs without a tombstone, or NULL
 *
 * Protected by the session's streams_lock; @n may be read without it.
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
