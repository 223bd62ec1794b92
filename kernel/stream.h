/* SPDX-License-Identifier: GPL-2.0 */
/* Streams: state of one SSRC in one direction of a session. */
#ifndef _KSRTP_STREAM_H
#define _KSRTP_STREAM_H

#include <linux/jiffies.h>
#include <linux/list.h>
#include <linux/rhashtable-types.h>
#include <linux/spinlock.h>
#include <linux/ksrtp.h>

#include "block.h"
#include "replay.h"
#include "session.h"
#include "tombstone.h"

struct ksrtp_keyset;
struct ksrtp_net;

/* Unknown: earlier indexes may have been used under any key, even a later one. */
#define KSRTP_STREAM_KEY_UNSURE	U64_MAX

/**
 * struct ksrtp_stream_id - lookup key of a stream
 * @session: id of its session
 * @direction: enum ksrtp_direction_id
 * @ssrc: SSRC
 */
struct ksrtp_stream_id {
	u32 session;
	u32 direction;
	u32 ssrc;
};

/* Causes of drops that are also counted by stream. */
enum ksrtp_stream_drop {
	KSRTP_STREAM_DROP_BAD_TAG,
	KSRTP_STREAM_DROP_REPLAYED,
	KSRTP_STREAM_DROP_TOO_OLD,
	KSRTP_STREAM_DROP_INDEX_REUSE,
	KSRTP_STREAM_DROPS
};

/**
 * struct ksrtp_spent - indexes that a sender has used under its current key
 * @first: lowest one, or %U64_MAX for none
 * @from: lowest one used before counters restarted under the same key; indexes
 *	up to @to are not used again
 * @to: highest one of these; 0 for none
 */
struct ksrtp_spent {
	u64 first;
	u64 from;
	u64 to;
};

/* Words of the default replay window. */
#define KSRTP_STREAM_WINDOW	BITS_TO_LONGS(128)

/**
 * struct ksrtp_stream - state of one SSRC in one direction
 * @id: lookup key
 * @lock: protects all members below; BH; innermost, never held across crypto
 * @forgotten: it was unlinked
 * @ndigests: size of the ring, a power of two; 0 if none
 * @since: serial of the keyset with which counters last went back, or 0; late
 *	packets with an older keyset are not sent
 * @key: of a sender, highest number of a key that was used, or
 *	%KSRTP_STREAM_KEY_UNSURE
 * @last_used: time of the last packet, in jiffies
 * @due: index of RTP, and of RTCP, from which on there is something to do: to
 *	report the stream, or to refuse packets
 * @rtp: packet indexes of RTP
 * @volume: traffic
 * @window: bits of RTP's replay window, if it is no larger than the default
 * @followed: of a sender, number of the key under which it restarted as the
 *	peer did
 * @inner_ahead: how far the inner packet index is ahead of the outer one, with
 *	two AEADs and a middle box that renumbers packets (RFC 8723 section 3)
 * @spent: of a sender, for RTP and for RTCP
 * @heard: of a receiver, for RTP and for RTCP
 * @rtcp: SRTCP indexes
 * @block: of a sender, for RTP and for RTCP
 * @told: of a sender with EKT, number of the key of its last full EKTField
 * @told_from: index of the first packet with a field of that key
 * @held_until: until then it sends with the key before that one, in jiffies
 * @digests: ring of digests of the newest RTP packets sent, index i at
 *	i % @ndigests, 0 for a packet that cannot be repeated; NULL if none
 * @drops: packets dropped, by enum ksrtp_stream_drop
 * @node: link in the namespace's table; not protected by @lock
 * @list: link in its session; not protected by @lock
 * @rcu: frees it
 * @seen: bits of the replay windows
 *
 * What an RTP packet reads is in the first three cache lines.
 */
struct ksrtp_stream {
	struct ksrtp_stream_id id;
	spinlock_t lock;
	bool forgotten;
	u32 ndigests;
	u64 since;
	u64 key;
	unsigned long last_used;
	u64 due[2];
	struct ksrtp_replay rtp;
	struct ksrtp_volume volume;
	unsigned long window[KSRTP_STREAM_WINDOW];
	u64 followed;
	s64 inner_ahead;
	union {
		struct ksrtp_spent spent[2];
		struct ksrtp_heard heard[2];
	};
	struct ksrtp_replay rtcp;
	struct ksrtp_block block[2];
	u64 told;
	u64 told_from;
	unsigned long held_until;
	u64 *digests;
	atomic64_t drops[KSRTP_STREAM_DROPS];
	struct rhash_head node;
	struct list_head list;
	struct rcu_head rcu;
	unsigned long seen[];
};

/**
 * struct ksrtp_stream_state - state to install in a stream
 * @has_roc: @roc is given
 * @has_seq: @seq is given
 * @has_srtcp_index: @srtcp_index is given
 * @roc: rollover counter, of the highest packet or of the next if !@has_seq
 * @seq: highest sequence number
 * @srtcp_index: highest SRTCP index
 * @rtp_replay: bitmap for ksrtp_replay_restore(), or NULL
 * @rtp_replay_len: its length in bytes
 * @rtcp_replay: the same for SRTCP
 * @rtcp_replay_len: its length in bytes
 * @used: indexes not to be used again, of RTP and of SRTCP; @to is 0 for none
 * @has_limit: @limit is given, of RTP and of SRTCP
 * @limit: first index that may not be used
 */
struct ksrtp_stream_state {
	bool has_roc;
	bool has_seq;
	bool has_srtcp_index;
	u32 roc;
	u16 seq;
	u32 srtcp_index;
	const u8 *rtp_replay;
	unsigned int rtp_replay_len;
	const u8 *rtcp_replay;
	unsigned int rtcp_replay_len;
	struct {
		u64 from;
		u64 to;
	} used[2];
	bool has_limit[2];
	u64 limit[2];
};

/**
 * struct ksrtp_claim - a packet to be sent, for ksrtp_stream_reserve()
 * @keyset: its keys and policy
 * @direction: its direction
 * @rtcp: it is RTCP
 * @seq: its sequence number, if it is RTP
 * @digest: digest of the packet if it may be repeated, else 0; the stream has a
 *	ring for it
 * @bytes: its length in bytes, for the counters
 * @tell: set to true if the stream is to be reported
 */
struct ksrtp_claim {
	const struct ksrtp_keyset *keyset;
	struct ksrtp_direction *direction;
	bool rtcp;
	u16 seq;
	u64 digest;
	unsigned int bytes;
	bool tell;
};

/**
 * struct ksrtp_arrival - an authenticated packet, for ksrtp_stream_accept()
 * @keyset: its keys and policy
 * @direction: its direction
 * @newest: highest number of a key that it might have had
 * @key: number of its key
 * @known: the key had been used before it was installed
 * @anew: the packet restarts counters if it is the first under its key
 * @rtcp: it is RTCP
 * @index: index it was authenticated with
 * @bytes: length of the plain packet in bytes, for the counters
 * @manner: set to what the peer's counters do at a new key, or 0
 * @tell: set to true if the stream is to be reported
 */
struct ksrtp_arrival {
	const struct ksrtp_keyset *keyset;
	const struct ksrtp_direction *direction;
	u64 newest;
	u64 key;
	bool known;
	bool anew;
	bool rtcp;
	u64 index;
	unsigned int bytes;
	enum ksrtp_counters manner;
	bool tell;
};

/* Reports a deleted stream, before another one with its SSRC can be created. */
typedef void ksrtp_stream_tell(struct net *net, struct ksrtp_stream *stream,
			       enum ksrtp_cmd cmd);

extern const struct rhashtable_params ksrtp_stream_params;

struct ksrtp_stream *ksrtp_stream_lookup(struct ksrtp_session *session,
					 enum ksrtp_direction_id direction,
					 u32 ssrc);
struct ksrtp_stream *ksrtp_stream_create(struct ksrtp_session *session,
					 enum ksrtp_direction_id direction,
					 u32 ssrc, u32 roc, bool *created,
					 gfp_t gfp);
void ksrtp_stream_delete_all(struct ksrtp_session *session);
void ksrtp_stream_let_go(struct ksrtp_session *session);
void ksrtp_stream_forget_idle(struct ksrtp_session *session,
			      ksrtp_stream_tell *tell);
bool ksrtp_stream_make_room(struct ksrtp_session *session,
			    ksrtp_stream_tell *tell);
bool ksrtp_stream_remember(struct ksrtp_session *session,
			   struct ksrtp_stream *stream, u32 n);
int ksrtp_stream_reserve(struct ksrtp_stream *stream,
			 struct ksrtp_claim *claim, u64 *index);
bool ksrtp_stream_holds(struct ksrtp_stream *stream, u64 key);
bool ksrtp_stream_tells(struct ksrtp_stream *stream, u64 key, u64 index,
			u32 interval);
int ksrtp_stream_expect(struct ksrtp_stream *stream, u16 seq, u64 *index);
int ksrtp_stream_recall(struct ksrtp_session *session, u32 ssrc, bool rtcp,
			u64 index);
u64 ksrtp_stream_foresee(struct ksrtp_session *session, u32 ssrc, u16 seq,
			 u32 roc);
int ksrtp_stream_admit(struct ksrtp_stream *stream, bool rtcp, u64 index);
int ksrtp_stream_accept(struct ksrtp_stream *stream,
			struct ksrtp_arrival *arrival);
void ksrtp_stream_set_pace(struct ksrtp_session *session,
			   const struct ksrtp_direction *direction);
void ksrtp_stream_begin_anew(struct ksrtp_session *session,
			     const struct ksrtp_keyset *keyset);
void ksrtp_stream_doubt(struct ksrtp_session *session,
			const struct ksrtp_keyset *keyset);
bool ksrtp_stream_hears(const struct ksrtp_stream *stream, bool rtcp,
			u64 key, bool known);
u64 ksrtp_stream_newest_key(const struct ksrtp_stream *stream, bool rtcp);
bool ksrtp_stream_pass(struct ksrtp_stream *stream,
		       const struct ksrtp_direction *direction, bool rtcp,
		       u64 index, bool *tell);
u64 ksrtp_stream_top(struct ksrtp_stream *stream);
bool ksrtp_stream_last(struct ksrtp_stream *stream, bool rtcp, u64 *index);
void ksrtp_stream_drop(struct ksrtp_stream *stream,
		       enum ksrtp_stats_attr cause);
bool ksrtp_stream_install(struct ksrtp_stream *stream,
			  const struct ksrtp_stream_state *state,
			  struct ksrtp_direction *direction,
			  const struct ksrtp_keyset *keyset);

/**
 * ksrtp_stream_find() - find a stream
 * @session: its session
 * @direction: its direction
 * @ssrc: its SSRC
 *
 * Context: any, under rcu_read_lock() or the namespace's lock.
 * Return: the stream, or NULL.
 */
static inline struct ksrtp_stream *
ksrtp_stream_find(struct ksrtp_session *session,
		  enum ksrtp_direction_id direction, u32 ssrc)
{
	struct ksrtp_stream *newest;

	/* most sessions have one stream in each direction */
	newest = rcu_dereference_raw(ksrtp_direction(session,
						     direction)->newest);
	if (likely(newest && newest->id.ssrc == ssrc))
		return newest;
	return ksrtp_stream_lookup(session, direction, ssrc);
}

/**
 * ksrtp_stream_digests_size() - memory of a stream's ring of digests
 * @stream: the stream
 *
 * Context: any, with the stream's lock held if it may grow.
 * Return: bytes.
 */
static inline size_t
ksrtp_stream_digests_size(const struct ksrtp_stream *stream)
{
	return stream->ndigests * sizeof(u64);
}

/**
 * ksrtp_stream_count() - count a packet that was sent or received
 * @stream: its stream
 * @rtcp: it is RTCP
 * @bytes: its length in bytes
 *
 * Context: BH disabled, with the stream's lock held.
 */
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

#endif /* _KSRTP_STREAM_H */
