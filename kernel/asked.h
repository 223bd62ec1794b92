/* SPDX-License-Identifier: GPL-2.0 */
/* DNS queries that look like RTP, remembered until they are answered. */
#ifndef _KSRTP_ASKED_H
#define _KSRTP_ASKED_H

#include <linux/siphash.h>
#include <linux/types.h>
#include <linux/ksrtp.h>

struct ksrtp_flow;
struct ksrtp_sight;

#define KSRTP_ASKED_SLOTS	1024

/* Seconds an answer may take. */
#define KSRTP_ASKED_LIFETIME	60

/**
 * struct ksrtp_asked - memory of DNS queries
 * @rcu: frees it
 * @key: secret hash key; without it a sender could aim at a slot
 * @slot: one query each, chosen by its hash; @slot.tag is the other half of the
 *	hash, 0 if empty, @slot.when the time of the query in jiffies
 *	@slot.when it was asked, in jiffies
 */
struct ksrtp_asked {
	struct rcu_head rcu;
	siphash_key_t key;
	struct {
		u32 tag;
		u32 when;
	} slot[KSRTP_ASKED_SLOTS];
};

struct ksrtp_asked *ksrtp_asked_create(void);
bool ksrtp_asked_pass(struct ksrtp_asked *asked, const struct ksrtp_flow *flow,
		      enum ksrtp_direction_id id,
		      const struct ksrtp_sight *sight);

#endif /* _KSRTP_ASKED_H */
