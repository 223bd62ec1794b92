// SPDX-License-Identifier: GPL-2.0
/* What rtp_judge.py asks of kernel/wire.c and kernel/dns.c, in user space. */
#include "../fuzz/kernel.h"

#include "dns.h"
#include "wire.h"

static struct ksrtp_sight see(const u8 *data, unsigned int len)
{
	struct ksrtp_sight sight = {
		.data = data,
		.there = min(len, (unsigned int)KSRTP_DNS_QUERY_MAX),
		.len = len,
		.last = len ? data[len - 1] : -1,
	};

	return sight;
}

/* Would a rule have a datagram dropped, on its way out? */
int judge(const u8 *data, unsigned int len, int by)
{
	struct ksrtp_sight sight = see(data, len);

	return len && ksrtp_sight_media(&sight, by) &&
	       (by == KSRTP_JUDGE_VERSION ||
		!ksrtp_dns_query(data, sight.there, len));
}

/* Of so many datagrams of random bytes, how many? */
unsigned int judge_random(unsigned int len, unsigned int n, u64 seed, int by)
{
	unsigned int i, k, count = 0;
	u8 *data = malloc(len);

	for (i = 0; i < n; i++) {
		for (k = 0; k < len; k++) {
			seed ^= seed << 13;
			seed ^= seed >> 7;
			seed ^= seed << 17;
			data[k] = seed * 0x2545f4914f6cdd1dULL >> 56;
		}
		count += judge(data, len, by);
	}
	free(data);
	return count;
}
