/* SPDX-License-Identifier: GPL-2.0 */
/* Streams: state of one SSRC in one direction of a session. */
#ifndef _KSRTP_STREAM_H
#define _KSRTP_STREAM_H

#include <linux/list.h>
#include <linux/rhashtable-types.h>
#include <linux/spinlock.h>
#include <linux/ksrtp.h>

#include "replay.h"
#include "session.h"
#include "tombstone.h"

struct ksrtp_keyset;
struct ksrtp_net;

/*
 * Not known yet: indexes were used before this stream was, maybe under the keys
 * that come next.
 */
#define KSRTP_STREAM_KEY_UNSURE	U64_MAX

/**
 * struct ksrtp_stream_id - what a stream is found by
 * @session: id of its session
 * @direction: enum ksrtp_direction_id
 * @ssrc: SSRC
 */
struct ksrtp_stream_id {
	u32 session;
	u32 direction;
	u32 ssrc;
};

/* Of the ways to drop a packet those that a stream has a part in. */
enum ksrtp_stream_drop {
	KSRTP_STREAM_DROP_BAD_TAG,
	KSRTP_STREAM_DROP_REPLAYED,
	KSRTP_STREAM_DROP_TOO_OLD,
	KSRTP_STREAM_DROP_INDEX_REUSE,
	KSRTP_STREAM_DROPS
};

/**
 * struct ksrtp_spent - indexes that a sender has used under its present key
 * @first: lowest one, or %U64_MAX for none
 * @from: lowest of those used before counters began anew under the same key; these
 *	are not used again
 * @to: highest of them; 0 for none
 */
struct ksrtp_spent {
	u64 first;
	u64 from;
	u64 to;
};

/**
 * struct ksrtp_stream - state of one SSRC in one direction
 * @id: what it is found by
 * @lock: guards all below; BH; innermost, never held across crypto
 * @forgotten: it is not to be found any more
 * @since: serial of the keyset with which counters went back last, or 0; packets
 *	that come late with an older one are not sent
 * @key: of a sender, highest number of a key that was used, or
 *	%KSRTP_STREAM_KEY_UNSURE
 * @followed: of a sender, number of the key under which it began anew as the peer did
 * @rtp: packet indexes of RTP
 * @last_used: when it carried something, in jiffies
 * @volume: what it has carried
 * @digests: ring of those of the newest RTP packets sent, index i at
 *	i % @ndigests, 0 of one that cannot come again; NULL if none has
 * @ndigests: how many, a power of two; 0 if none
 * @inner_ahead: how far the inner packet index is ahead of the outer one, with
 *	two AEADs and a middle box that renumbers packets (RFC 8723 section 3)
 * @rtcp: SRTCP indexes
 * @spent: of a sender, of RTP and of RTCP
 * @heard: of a receiver, likewise
 * @drops: packets dropped, by enum ksrtp_stream_drop
 * @node: link in the namespace's table; not guarded by @lock
 * @list: link in its session; likewise
 * @rcu: frees it
 * @seen: bits of the two replay windows
 */
struct ksrtp_stream {
	struct ksrtp_stream_id id;
	spinlock_t lock;
	bool forgotten;
	u64 since;
	u64 key;
	u64 followed;
	struct ksrtp_replay rtp;
	unsigned long last_used;
	struct ksrtp_volume volume;
	u64 *digests;
	u32 ndigests;
	s64 inner_ahead;
	struct ksrtp_replay rtcp;
	union {
		struct ksrtp_spent spent[2];
		struct ksrtp_heard heard[2];
	};
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
 * @rtp_replay: bitmap as of ksrtp_replay_restore(), or NULL
 * @rtp_replay_len: its length in bytes
 * @rtcp_replay: likewise for SRTCP
 * @rtcp_replay_len: likewise
 * @used: of RTP and of SRTCP, indexes that are not to be used again; @to 0 for none
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
};

/**
 * struct ksrtp_claim - a packet that is to be sent
 * @keyset: its keys and policy
 * @direction: of which its stream is
 * @rtcp: it is RTCP
 * @seq: its sequence number, if it is RTP
 * @digest: of its bytes, if it may come again, there being room for it; else 0
 * @bytes: its length in bytes, for the counters
 */
struct ksrtp_claim {
	const struct ksrtp_keyset *keyset;
	struct ksrtp_direction *direction;
	bool rtcp;
	u16 seq;
	u64 digest;
	unsigned int bytes;
};

/**
 * struct ksrtp_arrival - a packet that has proved authentic
 * @keyset: its keys and policy
 * @newest: highest number of a key that it might have had
 * @key: number of its key
 * @known: that had been used before it came
 * @anew: with it counters would begin anew, if it is the first under its key
 * @rtcp: it is RTCP
 * @index: index it was authenticated with
 * @bytes: length of the plain packet in bytes, for the counters
 * @manner: set to what it shows the peer to do with a new key, or 0
 */
struct ksrtp_arrival {
	const struct ksrtp_keyset *keyset;
	u64 newest;
	u64 key;
	bool known;
	bool anew;
	bool rtcp;
	u64 index;
	unsigned int bytes;
	enum ksrtp_counters manner;
};

/* Tells of a stream that goes, before another of its SSRC can be made. */
typedef void ksrtp_stream_tell(struct net *net, struct ksrtp_stream *stream,
			       enum ksrtp_cmd cmd);

extern const struct rhashtable_params ksrtp_stream_params;

struct ksrtp_stream *ksrtp_stream_find(struct ksrtp_session *session,
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
			 const struct ksrtp_claim *claim, u64 *index);
int ksrtp_stream_expect(struct ksrtp_stream *stream, u16 seq, u64 *index);
int ksrtp_stream_recall(struct ksrtp_session *session, u32 ssrc, bool rtcp,
			u64 index);
u64 ksrtp_stream_foresee(struct ksrtp_session *session, u32 ssrc, u16 seq,
			 u32 roc);
int ksrtp_stream_admit(struct ksrtp_stream *stream, bool rtcp, u64 index);
int ksrtp_stream_accept(struct ksrtp_stream *stream,
			struct ksrtp_arrival *arrival);
void ksrtp_stream_begin_anew(struct ksrtp_session *session,
			     const struct ksrtp_keyset *keyset);
void ksrtp_stream_doubt(struct ksrtp_session *session,
			const struct ksrtp_keyset *keyset);
bool ksrtp_stream_hears(const struct ksrtp_stream *stream, bool rtcp,
			u64 key, bool known);
u64 ksrtp_stream_newest_key(const struct ksrtp_stream *stream, bool rtcp);
u64 ksrtp_stream_top(struct ksrtp_stream *stream);
bool ksrtp_stream_last(struct ksrtp_stream *stream, bool rtcp, u64 *index);
void ksrtp_stream_drop(struct ksrtp_stream *stream,
		       enum ksrtp_stats_attr cause);
bool ksrtp_stream_install(struct ksrtp_stream *stream,
			  const struct ksrtp_stream_state *state,
			  struct ksrtp_direction *direction,
			  const struct ksrtp_keyset *keyset);

#endif /* _KSRTP_STREAM_H */
