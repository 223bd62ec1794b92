/* SPDX-License-Identifier: GPL-2.0 */
/* Blocks of indexes: how far a stream may count, and when it reports. No locking. */
#ifndef _KSRTP_BLOCK_H
#define _KSRTP_BLOCK_H

#include <linux/compiler.h>
#include <linux/limits.h>
#include <linux/types.h>

/* No limit, or nothing to do. */
#define KSRTP_BLOCK_NONE	U64_MAX

/**
 * struct ksrtp_pace - settings of a direction for blocks and reports
 * @size: number of indexes in a block, of RTP and of SRTCP; 0 for no limit
 * @start: first SRTCP index of new streams, 0 for the usual one
 * @report: number of indexes from one report to the next, 0 for none
 */
struct ksrtp_pace {
	u32 size[2];
	u32 start;
	u32 report;
};

/**
 * struct ksrtp_block - indexes that a stream may use
 * @limit: the first that it may not use, or %KSRTP_BLOCK_NONE
 * @asked: @limit that a report has asked to raise, or 0
 */
struct ksrtp_block {
	u64 limit;
	u64 asked;
};

void ksrtp_block_init(struct ksrtp_block *block);
void ksrtp_block_open(struct ksrtp_block *block, u64 first, u32 size);
u64 ksrtp_block_next(const struct ksrtp_block *block, u32 size, u32 report,
		     u64 index);
bool ksrtp_block_pass(struct ksrtp_block *block, u32 size, u32 report,
		      u64 index, u64 *due, bool *tell);

/**
 * ksrtp_block_first() - first SRTCP index of a sender
 * @pace: settings of its direction
 *
 * RFC 3711 section 3.4: indexes count packets, from 1.
 *
 * Context: any.
 * Return: the index.
 */
static inline u64 ksrtp_block_first(const struct ksrtp_pace *pace)
{
	return READ_ONCE(pace->start) ?: 1;
}

#endif /* _KSRTP_BLOCK_H */
