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
 * ksrtp_replay_clear() - forget indexes
 * @r: replay state
 * @index: the first
 * @count: their number
 *
 * Context: any.
 */
void ksrtp_replay_clear(struct ksrtp_replay *r, u64 index, u64 count)
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

