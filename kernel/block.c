// SPDX-License-Identifier: GPL-2.0
/*
 * Blocks of indexes, as pure functions. Callers do the locking.
 *
 * Another host that goes on with the same keys starts behind the limit of a
 * block. So no index up to there is used by both, however late the last report
 * of the first was.
 */

#include <linux/kernel.h>
#include <linux/minmax.h>

#include "block.h"

/**
 * ksrtp_block_init() - set up a block without a limit
 * @block: the block
 *
 * Context: any.
 */
void ksrtp_block_init(struct ksrtp_block *block)
{
	block->limit = KSRTP_BLOCK_NONE;
	block->asked = 0;
}

/**
 * ksrtp_block_open() - limit a stream to a number of indexes, if it has no limit
 * @block: the block
 * @first: first of these indexes
 * @size: their number, 0 for no limit
 *
 * Context: any.
 */
void ksrtp_block_open(struct ksrtp_block *block, u64 first, u32 size)
{
	if (size && block->limit == KSRTP_BLOCK_NONE)
		block->limit = first + size;
}

/**
 * ksrtp_block_next() - find the next index at which something is to be done
 * @block: the block
 * @size: number of indexes in a block
 * @report: number of indexes from one report to the next, 0 for none
 * @index: the index to look from
 *
 * At half of a block, a report asks for more.
 *
 * Context: any.
 * Return: the index, or %KSRTP_BLOCK_NONE.
 */
u64 ksrtp_block_next(const struct ksrtp_block *block, u32 size, u32 report,
		     u64 index)
{
	u64 next = report ? index + report : KSRTP_BLOCK_NONE;
	u64 half = block->limit - min_t(u64, size / 2, block->limit);

	if (block->limit == KSRTP_BLOCK_NONE)
		return next;
	if (index < half)
		next = min(next, half);
	return min(next, block->limit);
}

/**
 * ksrtp_block_pass() - an index is used that was due
 * @block: the block
 * @size: number of indexes in a block
 * @report: number of indexes from one report to the next, 0 for none
 * @index: the index
 * @due: set to the next index to call this for, if this one may be used
 * @tell: set to whether to report the stream
 *
 * Context: any.
 * Return: whether it may be used.
 */
bool ksrtp_block_pass(struct ksrtp_block *block, u32 size, u32 report,
		      u64 index, u64 *due, bool *tell)
{
	bool limited = block->limit != KSRTP_BLOCK_NONE;

	if (limited && index >= block->limit) {
		*tell = block->asked != block->limit;
		block->asked = block->limit;
		return false;
	}
	*tell = report || limited;
	if (limited && block->limit - index <= size / 2)
		block->asked = block->limit;
	*due = ksrtp_block_next(block, size, report, index);
	return true;
}
