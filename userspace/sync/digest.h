/* SPDX-License-Identifier: GPL-2.0 */
/* Digests that find out what has changed, if nobody wants to hide it: FNV-1a. */
#ifndef KSRTP_SYNC_DIGEST_H
#define KSRTP_SYNC_DIGEST_H

#include <stddef.h>
#include <stdint.h>

#define DIGEST_BEGIN 0xcbf29ce484222325ULL

static inline uint64_t digest_add(uint64_t value, const void *bytes,
				  size_t len)
{
	const unsigned char *byte = bytes;

	while (len--)
		value = (value ^ *byte++) * 0x100000001b3;
	return value;
}

#endif
