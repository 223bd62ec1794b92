/* SPDX-License-Identifier: GPL-2.0 */
/* Master keys: identified, counted, derived from, retired. */
#ifndef _KSRTP_MASTER_H
#define _KSRTP_MASTER_H

#include <linux/atomic.h>
#include <linux/bits.h>
#include <linux/refcount.h>
#include <linux/ksrtp.h>

#include "epochs.h"
#include "crypto/keys.h"

struct ksrtp_entry;

/* Lifetimes that no key may exceed, RFC 3711 section 9.2. */
#define KSRTP_RTP_LIFETIME_MAX	BIT_ULL(48)
#define KSRTP_RTCP_LIFETIME_MAX	BIT_ULL(31)

/* Most keys that a master key consists of, RFC 8723. */
#define KSRTP_MASTER_PARTS_MAX	2

/**
 * struct ksrtp_master_config - what a master key is to be like
 * @held: @key and @salt, if the request has them not itself
 * @key: master key; NULL for none
 * @salt: master salt
 * @outer_only: of an RFC 8723 suite, only the outer part is there
 * @mki: master key identifier
 * @mki_len: its length in bytes, 0 for none
 * @from: first packet index of RTP it is for
 * @to: last one
 * @lifetime: packets it may be used for, of RTP and of RTCP; 0 for the most
 * @used: packets it was used for before
 * @soft_limit: share of a lifetime to warn at, in percent; 0 for the default
 */
struct ksrtp_master_config {
	u8 held[KSRTP_MASTER_KEY_MAX + KSRTP_MASTER_SALT_MAX];
	const u8 *key;
	const u8 *salt;
	bool outer_only;
	const u8 *mki;
	u8 mki_len;
	u64 from;
	u64 to;
	u64 lifetime[2];
	u64 used[2];
	u32 soft_limit;
};

/**
 * struct ksrtp_lifetime - how often a master key was and may be used
 * @used: packets it was used for
 * @soft: when to warn
 * @hard: when to stop
 */
struct ksrtp_lifetime {
	atomic64_t used;
	u64 soft;
	u64 hard;
};

/**
 * struct ksrtp_master - a master key in one direction of a session
 * @suite: suite it is for
 * @number: which of its direction's keys it is, in the order of their coming; the
 *	same for one that comes twice in a row
 * @known: it had been used before it came: nothing may begin anew under it
 * @mki_len: length of @mki in bytes, 0 for none
 * @outer_only: of an RFC 8723 suite, only the outer part is there
 * @retiring: it is accepted until @retire_at, in jiffies
 * @soft_limit: share of a lifetime to warn at, in percent
 * @from: first packet index of RTP it is for
 * @to: last one
 * @keys: session keys of SRTP, of SRTCP; with a key derivation rate those of
 *	the first epoch, which tell what all will be like
 * @epochs: session keys of all epochs, or NULL without a key derivation rate
 * @lifetime: of RTP, of RTCP
 * @warned: soft limits told, a bit each
 * @expired: hard limits told, a bit each
 * @retire_at: see @retiring
 * @born: when it was made, in jiffies
 * @entries: what it, or each of its parts, is remembered by
 * @refs: references, one of each keyset it is in
 * @mki: master key identifier
 */
struct ksrtp_master {
	const struct ksrtp_suite *suite;
	u64 number;
	bool known;
	u8 mki_len;
	bool outer_only;
	bool retiring;
	u32 soft_limit;
	u64 from;
	u64 to;
	struct ksrtp_keys *keys[2];
	struct ksrtp_epochs *epochs;
	struct ksrtp_lifetime lifetime[2];
	unsigned long warned;
	unsigned long expired;
	unsigned long retire_at;
	u64 born;
	struct ksrtp_entry *entries[KSRTP_MASTER_PARTS_MAX];
	refcount_t refs;
	u8 mki[];
};

/* What using a key has come to. */
enum ksrtp_spend {
	KSRTP_SPEND_OK,
	KSRTP_SPEND_WARN,	/* the soft limit, told once */
	KSRTP_SPEND_EXPIRE,	/* the hard limit, told once; may not be used */
	KSRTP_SPEND_EXPIRED,	/* may not be used */
};

struct ksrtp_policy;
struct ksrtp_quota;

struct ksrtp_master *
ksrtp_master_create(const struct ksrtp_policy *policy,
		    const struct ksrtp_master_config *config,
		    struct ksrtp_quota *quota);
void ksrtp_master_put(struct ksrtp_master *master);
struct ksrtp_keys *ksrtp_master_keys(struct ksrtp_master *master, bool rtcp,
				     u64 index, bool resumed);
enum ksrtp_spend ksrtp_master_spend(struct ksrtp_master *master, bool rtcp);
void ksrtp_master_retire(struct ksrtp_master *master, unsigned int ms);
bool ksrtp_master_retired(const struct ksrtp_master *master);

/* Has the key reached its lifetime? */
static inline bool ksrtp_master_used_up(const struct ksrtp_master *master,
					bool rtcp)
{
	const struct ksrtp_lifetime *lifetime = &master->lifetime[rtcp];

	return atomic64_read(&lifetime->used) >= lifetime->hard;
}

/* Is the key for packets of this index? */
static inline bool ksrtp_master_covers(const struct ksrtp_master *master,
				       u64 index)
{
	return index >= master->from && index <= master->to;
}

#endif /* _KSRTP_MASTER_H */
