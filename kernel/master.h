/* SPDX-License-Identifier: GPL-2.0 */
/* Master keys: identifiers, lifetimes, derivation, retirement. */
#ifndef _KSRTP_MASTER_H
#define _KSRTP_MASTER_H

#include <linux/atomic.h>
#include <linux/bits.h>
#include <linux/jiffies.h>
#include <linux/refcount.h>
#include <linux/ksrtp.h>

#include "ektkey.h"
#include "epochs.h"
#include "crypto/keys.h"

struct ksrtp_entry;

/* Upper bounds of lifetimes, RFC 3711 section 9.2. */
#define KSRTP_RTP_LIFETIME_MAX	BIT_ULL(48)
#define KSRTP_RTCP_LIFETIME_MAX	BIT_ULL(31)

/* Maximum number of parts of a master key, RFC 8723. */
#define KSRTP_MASTER_PARTS_MAX	2

/**
 * struct ksrtp_master_config - parameters of a master key
 * @held: copy of @key and @salt, if they are not in the request
 * @key: master key; NULL for none
 * @salt: master salt
 * @outer_only: of an RFC 8723 suite, only the outer part is present
 * @mki: master key identifier
 * @mki_len: its length in bytes, 0 for none
 * @from: first RTP packet index that it is for
 * @to: last one
 * @lifetime: RTP and RTCP packets it may be used for; 0 for the maximum
 * @used: packets it has already been used for
 * @soft_limit: percentage of a lifetime to warn at; 0 for the default
 * @blank: nobody has the key, it only takes the place of those to come with packets
 * @ektkey: EKT key to tell peers the master key with, or NULL
 * @ekt_epoch: how many master keys were told before, with this EKT key
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
	bool blank;
	struct ksrtp_ektkey *ektkey;
	u16 ekt_epoch;
};

/**
 * struct ksrtp_announcement - what a sender tells its peers of a master key
 * @ektkey: EKT key to encrypt it with, referenced
 * @epoch: how many master keys were told before, with this EKT key
 * @key_len: length of @key in bytes
 * @key: the master key, or its inner part
 */
struct ksrtp_announcement {
	struct ksrtp_ektkey *ektkey;
	u16 epoch;
	u8 key_len;
	u8 key[KSRTP_MASTER_KEY_MAX];
};

/**
 * struct ksrtp_lifetime - use of a master key
 * @used: packets so far
 * @soft: packets to warn at
 * @hard: packets to stop at
 */
struct ksrtp_lifetime {
	atomic64_t used;
	u64 soft;
	u64 hard;
};

/**
 * struct ksrtp_master - a master key in one direction of a session
 * @number: sequence number among its direction's keys; the same key given twice
 *	in a row keeps its number
 * @known: it had been used before it was installed: counters may not restart
 * @mki_len: length of @mki in bytes, 0 for none
 * @outer_only: of an RFC 8723 suite, only the outer part is present
 * @blank: no packet can have it
 * @retiring: it is accepted until @retire_at, in jiffies
 * @soft_limit: percentage of a lifetime to warn at
 * @material_len: length of the master key and salt behind @mki, in bytes; 0 if
 *	they are not kept
 * @lifetime: of RTP, of RTCP
 * @srtp: session keys of SRTP; what RTP mostly reads is before it and at its start, in
 *	two cache lines
 * @keys: session keys of SRTP, which are @srtp, and of SRTCP; with a key derivation
 *	rate those of the first epoch, which have the properties of all. Without one,
 *	those of SRTCP may be NULL until a packet needs them
 * @epochs: session keys of all epochs, or NULL without a key derivation rate
 * @suite: its suite
 * @from: first RTP packet index that it is for
 * @to: last one
 * @warned: bits: soft limit reported
 * @expired: bits: hard limit reported
 * @retire_at: see @retiring
 * @born: time of its creation, in jiffies
 * @announcement: with EKT, what a sender tells of it; else NULL
 * @entries: ledger entries of it, or of its parts
 * @refs: references, one of each keyset that it is in
 * @srtcp: what session keys of SRTCP are made from, until they are
 * @mki: master key identifier; behind it master key and salt, to seal them
 */
struct ksrtp_master {
	u64 number;
	bool known;
	u8 mki_len;
	bool outer_only;
	bool blank;
	bool retiring;
	u8 soft_limit;
	u8 material_len;
	struct ksrtp_lifetime lifetime[2];
	struct ksrtp_keys srtp;
	struct ksrtp_keys *keys[2];
	struct ksrtp_epochs *epochs;
	const struct ksrtp_suite *suite;
	u64 from;
	u64 to;
	unsigned long warned;
	unsigned long expired;
	unsigned long retire_at;
	u64 born;
	struct ksrtp_announcement *announcement;
	struct ksrtp_entry *entries[KSRTP_MASTER_PARTS_MAX];
	refcount_t refs;
	struct ksrtp_derived srtcp;
	u8 mki[];
};

/* Result of counting a packet towards a key's lifetime. */
enum ksrtp_spend {
	KSRTP_SPEND_OK,
	KSRTP_SPEND_WARN,	/* soft limit reached, returned once */
	KSRTP_SPEND_EXPIRE,	/* hard limit reached, returned once */
	KSRTP_SPEND_EXPIRED,	/* past the hard limit */
};

struct ksrtp_policy;
struct ksrtp_quota;

struct ksrtp_master *
ksrtp_master_create(const struct ksrtp_policy *policy,
		    const struct ksrtp_master_config *config, bool keep,
		    struct ksrtp_quota *quota);
void ksrtp_master_complete(struct ksrtp_master *master);
void ksrtp_master_put(struct ksrtp_master *master);
enum ksrtp_spend ksrtp_master_reach(struct ksrtp_master *master, bool rtcp,
				    u64 n);
void ksrtp_master_heard(const struct ksrtp_master *master);
void ksrtp_master_retire(struct ksrtp_master *master, unsigned int ms);
int ksrtp_master_init(void);
void ksrtp_master_exit(void);

/* The master key, followed by the master salt, if they are kept. */
static inline const u8 *
ksrtp_master_material(const struct ksrtp_master *master)
{
	return master->mki + master->mki_len;
}

/* Has the key reached its lifetime? */
static inline bool ksrtp_master_used_up(const struct ksrtp_master *master,
					bool rtcp)
{
	const struct ksrtp_lifetime *lifetime = &master->lifetime[rtcp];

	return atomic64_read(&lifetime->used) >= lifetime->hard;
}

/* Has a packet been sent or received under the key? */
static inline bool ksrtp_master_proven(const struct ksrtp_master *master)
{
	return atomic64_read(&master->lifetime[0].used) ||
	       atomic64_read(&master->lifetime[1].used);
}

/* Is the key valid for this packet index? */
static inline bool ksrtp_master_covers(const struct ksrtp_master *master,
				       u64 index)
{
	return index >= master->from && index <= master->to;
}

/**
 * ksrtp_master_keys() - get the session keys for a packet
 * @master: the master key
 * @rtcp: the packet is SRTCP
 * @index: its packet index or SRTCP index
 * @resumed: the packet has waited already
 *
 * Context: any, under rcu_read_lock().
 * Return: the keys, or NULL if the packet has to wait for them.
 */
static inline struct ksrtp_keys *ksrtp_master_keys(struct ksrtp_master *master,
						   bool rtcp, u64 index,
						   bool resumed)
{
	if (!master->epochs)
		return READ_ONCE(master->keys[rtcp]);
	return ksrtp_epochs_keys(master->epochs, rtcp, index, resumed);
}

/**
 * ksrtp_master_retired() - has a key's time expired?
 * @master: the key
 *
 * Context: any.
 * Return: true if it must not be accepted any more.
 */
static inline bool ksrtp_master_retired(const struct ksrtp_master *master)
{
	/* pairs with the release in ksrtp_master_retire() */
	if (!smp_load_acquire(&master->retiring))
		return false;
	return time_after_eq(jiffies, READ_ONCE(master->retire_at));
}

#endif /* _KSRTP_MASTER_H */
