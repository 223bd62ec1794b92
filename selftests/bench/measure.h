/* SPDX-License-Identifier: GPL-2.0 */
/* What is measured: batches of packets through one thing or the other. */
#ifndef _KSRTP_BENCH_MEASURE_H
#define _KSRTP_BENCH_MEASURE_H

#include "floor.h"
#include "packets.h"

/**
 * enum bench_what - what is measured
 * @BENCH_PROTECT: sk_buffs through the hooks on the way out
 * @BENCH_UNPROTECT: the same through the hooks on the way in
 * @BENCH_FLOOR_PROTECT: the best that the kernel has of the crypto alone
 * @BENCH_FLOOR_UNPROTECT: likewise
 * @BENCH_API_PROTECT: the crypto alone, all of it through the crypto API
 * @BENCH_API_UNPROTECT: likewise
 * @BENCH_FOREIGN_OUT: packets of no session through the hooks, as @BENCH_PROTECT
 * @BENCH_FOREIGN_IN: likewise, as @BENCH_UNPROTECT
 * @BENCH_FORWARD_PLAIN: packets of no session from device to device
 * @BENCH_FORWARD_PROTECT: RTP from device to device, SRTP when it leaves
 * @BENCH_FORWARD_UNPROTECT: SRTP from device to device, RTP when it leaves
 * @BENCH_PROXY_PROTECT: as @BENCH_FORWARD_PROTECT, but by a proxy
 * @BENCH_PROXY_UNPROTECT: as @BENCH_FORWARD_UNPROTECT, but by a proxy
 * @BENCH_FORGED: as @BENCH_UNPROTECT, packets whose tag is wrong
 * @BENCH_STRANGER: as @BENCH_UNPROTECT, forged packets of an SSRC not heard of
 * @BENCH_LOCAL_HOOK: packets of no session through the hooks of local input
 * @BENCH_LOCAL_ALL: the same from a device's driver to a socket
 * @BENCH_RULE_OTHER_OUT: UDP that cannot be RTP, as @BENCH_FOREIGN_OUT
 * @BENCH_RULE_OTHER_IN: likewise, as @BENCH_FOREIGN_IN
 * @BENCH_RULE_ALIKE_OUT: UDP that is of RTP's version, and is none
 * @BENCH_RULE_ALIKE_IN: likewise
 * @BENCH_RULE_BARE_OUT: RTP that no rule is about
 * @BENCH_RULE_BARE_IN: likewise
 * @BENCH_RULE_RTP_OUT: RTP that a rule, if there is any, has dropped
 * @BENCH_RULE_RTP_IN: likewise
 * @BENCH_WHATS: how many there are
 */
enum bench_what {
	BENCH_PROTECT,
	BENCH_UNPROTECT,
	BENCH_FLOOR_PROTECT,
	BENCH_FLOOR_UNPROTECT,
	BENCH_API_PROTECT,
	BENCH_API_UNPROTECT,
	BENCH_FOREIGN_OUT,
	BENCH_FOREIGN_IN,
	BENCH_FORWARD_PLAIN,
	BENCH_FORWARD_PROTECT,
	BENCH_FORWARD_UNPROTECT,
	BENCH_PROXY_PROTECT,
	BENCH_PROXY_UNPROTECT,
	BENCH_FORGED,
	BENCH_STRANGER,
	BENCH_LOCAL_HOOK,
	BENCH_LOCAL_ALL,
	BENCH_RULE_OTHER_OUT,
	BENCH_RULE_OTHER_IN,
	BENCH_RULE_ALIKE_OUT,
	BENCH_RULE_ALIKE_IN,
	BENCH_RULE_BARE_OUT,
	BENCH_RULE_BARE_IN,
	BENCH_RULE_RTP_OUT,
	BENCH_RULE_RTP_IN,
	BENCH_WHATS
};

extern const char *const bench_names[BENCH_WHATS];

/**
 * struct bench_meter - one thread's measuring
 * @packets: where packets come from
 * @floor: the crypto alone
 * @dropped: packets that did not come out of the hooks
 * @ns: what has been spent in this round
 */
struct bench_meter {
	struct bench_packets packets;
	struct bench_floor floor;
	u64 dropped;
	u64 ns[BENCH_WHATS];
};

/**
 * struct bench_mode - a choice of what to measure together
 * @name: its name
 * @batch: measure one batch of each; adds to bench_meter.ns
 * @cold: the crypto alone has as many keys as there are sessions
 * @idle: there are hooks that do nothing, where ksrtp's are for routed packets
 */
struct bench_mode {
	const char *name;
	int (*batch)(struct bench_meter *meter);
	bool cold;
	bool idle;
};

void bench_hook(struct bench_meter *meter, unsigned int hook, u64 *ns);
int bench_warm(struct bench_meter *meter);
int bench_idle_begin(struct net *net);
void bench_idle_end(struct net *net);
const struct bench_mode *bench_mode_find(const char *name);

#endif /* _KSRTP_BENCH_MEASURE_H */
