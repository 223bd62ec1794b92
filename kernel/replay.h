/* SPDX-License-Identifier: GPL-2.0 */
/* Replay window over packet indexes, and the index estimate. No locking. */
#ifndef _KSRTP_REPLAY_H
#define _KSRTP_REPLAY_H

#include <linux/bitmap.h>
#include <linux/err.h>
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
void ksrtp_replay_clear(struct ksrtp_replay *r, u64 index, u64 count);
void ksrtp_replay_expect(struct ksrtp_replay *r, u64 index);
void ksrtp_replay_restore(struct ksrtp_replay *r, u64 top, const u8 *bitmap,
			  size_t len);
void ksrtp_replay_save(const struct ksrtp_replay *r, u8 *bitmap);

/**
 * ksrtp_replay_check() - may a packet with this index be accepted?
 * @r: replay state
 * @index: packet index
 *
 * Context: any.
 * Return: whether the index is new, was seen, or is too old to tell.
 */
static inline enum ksrtp_replay_verdict
ksrtp_replay_check(const struct ksrtp_replay *r, u64 index)
{
	if (!r->started || index > r->top)
		return KSRTP_REPLAY_NEW;
	if (r->top - index >= r->window)
		return KSRTP_REPLAY_TOO_OLD;
	if (r->seen[BIT_WORD(index & r->mask)] & BIT_MASK(index))
		return KSRTP_REPLAY_SEEN;
	return KSRTP_REPLAY_NEW;
}

/**
 * ksrtp_replay_mark() - record an index
 * @r: replay state
 * @index: index that ksrtp_replay_check() called new
 *
 * Context: any.
 */
static inline void ksrtp_replay_mark(struct ksrtp_replay *r, u64 index)
{
	if (!r->started) {
		bitmap_zero(r->seen, r->mask + 1);
		r->started = true;
		r->top = index;
	} else if (index > r->top) {
		/* the bit of the index itself is set below */
		if (index - r->top > 1)
			ksrtp_replay_clear(r, r->top + 1, index - r->top - 1);
		r->top = index;
	}
	/* on x86, set_bit() by number takes ten times as long */
	r->seen[BIT_WORD(index & r->mask)] |= BIT_MASK(index);
}

/**
 * ksrtp_index_estimate() - estimate the packet index of an RTP packet
 * @r: replay state of the stream's RTP
 * @seq: sequence number of the packet
 *
 * RFC 3711 section 3.3.1 and appendix A. Before the first packet the rollover
 * counter is the expected one. No packet lies before rollover counter 0, so one
 * that seems to is taken as a long jump forward.
 *
 * Context: any.
 * Return: the 48-bit index, or -ERANGE past the last one.
 */
static inline s64 ksrtp_index_estimate(const struct ksrtp_replay *r, u16 seq)
{
	u64 roc = r->top >> 16;
	u16 s_l = r->top;

	if (r->started) {
		if (s_l < 32768) {
			if (seq - s_l > 32768 && roc)
				roc--;
		} else if (s_l - 32768 > seq) {
			roc++;
		}
	}
	if (roc > U32_MAX)
		return -ERANGE;
	return roc << 16 | seq;
}

#endif /* _KSRTP_REPLAY_H */
