/* SPDX-License-Identifier: GPL-2.0 */
/* Replay window over packet indexes, and the index estimate. No locking. */
#ifndef _KSRTP_REPLAY_H
#define _KSRTP_REPLAY_H

#include <linux/types.h>

#define KSRTP_RTP_INDEX_MAX	((1ULL << 48) - 1)
#define KSRTP_SRTCP_INDEX_MAX	((1ULL << 31) - 1)

/**
 * struct ksrtp_replay - packet indexes that were seen
 * @top: highest index seen; before @started, where the first is expected
 * @started: an index was seen
 * @window: window size in packets, @top included; 1..32768
 * @mask: size of @seen in bits, minus one; the size is a power of two >=
 *	@window
 * @seen: ring of bits, index i at bit i & @mask
 */
struct ksrtp_replay {
	u64 top;
	bool started;
	u32 window;
	u32 mask;
	unsigned long *seen;
};

enum ksrtp_replay_verdict {
	KSRTP_REPLAY_NEW,
	KSRTP_REPLAY_SEEN,
	KSRTP_REPLAY_TOO_OLD,
};

size_t ksrtp_replay_bits(u32 window);
void ksrtp_replay_init(struct ksrtp_replay *r, u32 window, unsigned long *seen);
enum ksrtp_replay_verdict ksrtp_replay_check(const struct ksrtp_replay *r,
					     u64 index);
void ksrtp_replay_mark(struct ksrtp_replay *r, u64 index);
void ksrtp_replay_expect(struct ksrtp_replay *r, u64 index);
void ksrtp_replay_restore(struct ksrtp_replay *r, u64 top, const u8 *bitmap,
			  size_t len);
void ksrtp_replay_save(const struct ksrtp_replay *r, u8 *bitmap);
s64 ksrtp_index_estimate(const struct ksrtp_replay *r, u16 seq);

#endif /* _KSRTP_REPLAY_H */
