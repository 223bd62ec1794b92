// SPDX-License-Identifier: GPL-2.0
/*
 * Replay list (RFC 3711 section 3.3.2) and packet index estimate (section
 * 3.3.1, appendix A), as pure functions. Callers do the locking.
 */

#include <linux/bitmap.h>
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "replay.h"

/**
 * ksrtp_replay_bits() - size of the bit ring for a window
 * @window: window in packets
 *
 * Context: any.
 * Return: size in bits, a power of two and a multiple of BITS_PER_LONG.
 */
size_t ksrtp_replay_bits(u32 window)
{
	return max_t(size_t, roundup_pow_of_two(window), BITS_PER_LONG);
}

/**
 * ksrtp_replay_init() - set up empty replay state
 * @r: state to set up
 * @window: window in packets, at least 1
 * @seen: zeroed bitmap of ksrtp_replay_bits(@window) bits
 *
 * Context: any.
 */
void ksrtp_replay_init(struct ksrtp_replay *r, u32 window, unsigned long *seen)
{
	r->top = 0;
	r->started = false;
	r->window = window;
	r->mask = ksrtp_replay_bits(window) - 1;
	r->seen = seen;
}

/**
 * ksrtp_replay_check() - may a packet with this index be accepted?
 * @r: replay state
 * @index: packet index
 *
 * Context: any.
 * Return: whether the index is new, was seen, or is too old to tell.
 */
enum ksrtp_replay_verdict ksrtp_replay_check(const struct ksrtp_replay *r,
					     u64 index)
{
	if (!r->started || index > r->top)
		return KSRTP_REPLAY_NEW;
	if (r->top - index >= r->window)
		return KSRTP_REPLAY_TOO_OLD;
	if (r->seen[BIT_WORD(index & r->mask)] & BIT_MASK(index))
		return KSRTP_REPLAY_SEEN;
	return KSRTP_REPLAY_NEW;
}

/* Clear @count bits of the ring from @index on. */
static void ksrtp_replay_clear(struct ksrtp_replay *r, u64 index, u64 count)
{
	u32 size = r->mask + 1;
	u32 start = index & r->mask;
	u32 first;

	if (count >= size) {
		bitmap_zero(r->seen, size);
		return;
	}
	first = min_t(u64, count, size - start);
	bitmap_clear(r->seen, start, first);
	bitmap_clear(r->seen, 0, count - first);
}

/**
 * ksrtp_replay_mark() - record an index
 * @r: replay state
 * @index: index that ksrtp_replay_check() called new
 *
 * Context: any.
 */
void ksrtp_replay_mark(struct ksrtp_replay *r, u64 index)
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
 * ksrtp_replay_expect() - set where the first index is expected
 * @r: replay state; cleared
 * @index: the expected index; only its rollover counter matters
 *
 * Context: any.
 */
void ksrtp_replay_expect(struct ksrtp_replay *r, u64 index)
{
	r->started = false;
	r->top = index;
}

/**
 * ksrtp_replay_restore() - install replay state
 * @r: replay state, overwritten
 * @top: highest index seen
 * @bitmap: bit n is set if @top - n was seen, least significant bit first, or
 *	NULL if the whole window counts as seen
 * @len: length of @bitmap in bytes, at most the window's
 *
 * Context: any.
 */
void ksrtp_replay_restore(struct ksrtp_replay *r, u64 top, const u8 *bitmap,
			  size_t len)
{
	u32 n;

	r->started = true;
	r->top = top;
	if (!bitmap) {
		bitmap_fill(r->seen, r->mask + 1);
		return;
	}
	bitmap_zero(r->seen, r->mask + 1);
	for (n = 0; n < r->window && n < 8 * len; n++)
		if (bitmap[n / 8] & (1 << n % 8))
			__set_bit((top - n) & r->mask, r->seen);
}

/**
 * ksrtp_replay_save() - read replay state
 * @r: replay state
 * @bitmap: DIV_ROUND_UP(@r->window, 8) bytes, filled in the format of
 *	ksrtp_replay_restore()
 *
 * Context: any.
 */
void ksrtp_replay_save(const struct ksrtp_replay *r, u8 *bitmap)
{
	u32 n;

	memset(bitmap, 0, DIV_ROUND_UP(r->window, 8));
	for (n = 0; n < r->window; n++)
		if (test_bit((r->top - n) & r->mask, r->seen))
			bitmap[n / 8] |= 1 << n % 8;
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
s64 ksrtp_index_estimate(const struct ksrtp_replay *r, u16 seq)
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
