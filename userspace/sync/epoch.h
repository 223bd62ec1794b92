/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which indexes an epoch has. A taker of epoch E uses SRTCP indexes that nobody else
 * has: what a record of epoch F grants ends at its limit L, each later epoch has a block
 * of its own above that, and E is the taker's alone. So it may begin at
 * L + (E - F - 1) * block, before it has written anything.
 */
#ifndef KSRTP_SYNC_EPOCH_H
#define KSRTP_SYNC_EPOCH_H

#include <stdint.h>

#define SRTCP_INDEX_MAX 0x7fffffffULL

static inline uint64_t least(uint64_t one, uint64_t other)
{
	return one < other ? one : other;
}

#endif
