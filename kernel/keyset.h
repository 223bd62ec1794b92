/* SPDX-License-Identifier: GPL-2.0 */
/* Keysets: the live master keys of one direction, and its policy. */
#ifndef _KSRTP_KEYSET_H
#define _KSRTP_KEYSET_H

#include <linux/llist.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>

#include "master.h"
#include "policy.h"

/**
 * struct ksrtp_keyset - what a packet needs to know about its direction
 * @serial: unique number, increasing with time
 * @anew: serial of the keyset of this direction with which counters last
 *	restarted, or 0
 * @newest: highest key number, including keysets in @before
 * @fresh: highest number of a key under which counters may restart, or 0
 * @mki_len: length of the identifiers of all its keys, in bytes; 0 for none
 * @n: number of keys
 * @active: the key to send with if keys have identifiers; -1 for none
 * @has_inner: a key has the inner part of an RFC 8723 suite
 * @unchecked: SRTP may have no tag, or one that is only a rollover counter
 * @prompt: packets never wait, neither for keys nor for a crypto driver
 * @plain: one key without an identifier, and nothing beyond RFC 3711 and 7714, so
 *	that most of RTP's path is known; see ksrtp_keyset_is_plain()
 * @learned: its keys came with packets of one SSRC, RFC 8870
 * @noted: the ledger has recorded that its keys may have sent; this and the next
 *	are the only mutable members
 * @doubted: if @learned, the last packet fitted none of its keys
 * @reqsize: size of a crypto request, including keysets in @before
 * @first: the first of @keys
 * @policy: how to protect; its suite is the last that most packets read here, all in
 *	one cache line
 * @before: the keyset that this one replaced, still valid for received packets
 *	while keys overlap; owned by this one; or NULL
 * @refs: references: one of the direction, others of packets in flight
 * @rcu: drops the direction's reference after a grace period
 * @dead: link in the list of those to be freed, once nobody holds it
 * @keys: the keys, oldest first
 *
 * Members that packets use never change; a change replaces the keyset. Keys
 * that differ from these in policy or identifier, rather than by index, are in
 * the keysets of @before, newest first. All together have at most
 * KSRTP_KEYS_MAX keys.
 */
struct ksrtp_keyset {
	u64 serial;
	u64 anew;
	u64 newest;
	u64 fresh;
	u8 mki_len;
	u8 n;
	s8 active;
	bool has_inner;
	bool unchecked;
	bool prompt;
	bool plain;
	bool learned;
	bool noted;
	bool doubted;
	unsigned int reqsize;
	struct ksrtp_master *first;
	struct ksrtp_policy policy;
	struct ksrtp_keyset *before;
	refcount_t refs;
	union {
		struct rcu_head rcu;
		struct llist_node dead;
	};
	struct ksrtp_master *keys[];
};

struct ksrtp_keyset *ksrtp_keyset_create(const struct ksrtp_policy *policy,
					 struct ksrtp_master *const *keys,
					 unsigned int n,
					 const struct ksrtp_master *active,
					 struct ksrtp_keyset *before);
void ksrtp_keyset_free(struct ksrtp_keyset *keyset);
void ksrtp_keyset_note(struct ksrtp_keyset *keyset);
void ksrtp_keyset_retire(struct ksrtp_keyset *keyset);
void ksrtp_keyset_put(struct ksrtp_keyset *keyset);
unsigned int ksrtp_keyset_count(const struct ksrtp_keyset *keyset);
const struct ksrtp_keyset *
ksrtp_keyset_after(const struct ksrtp_keyset *keyset,
		   const struct ksrtp_keyset *before);
int ksrtp_keyset_find(const struct ksrtp_keyset *keyset, const u8 *mki);
u64 ksrtp_keyset_oldest(const struct ksrtp_keyset *keyset);

/* Number of the key to send with; if that depends on the index, the highest. */
static inline u64 ksrtp_keyset_speaker(const struct ksrtp_keyset *keyset)
{
	/* as most are, and without reading @keys */
	if (likely(keyset->plain))
		return keyset->first->number;
	return keyset->active >= 0 ? keyset->keys[keyset->active]->number :
				      keyset->newest;
}

/**
 * ksrtp_keyset_covering() - find the key for a packet index
 * @keyset: the keyset; its keys have no identifiers
 * @index: packet index of RTP
 *
 * RFC 3711 section 8.1.1. A new key is preferred to one that is being replaced.
 *
 * Context: any.
 * Return: index of the key, or -1.
 */
static inline int ksrtp_keyset_covering(const struct ksrtp_keyset *keyset,
					u64 index)
{
	int i;

	for (i = keyset->n - 1; i >= 0; i--)
		if (ksrtp_master_covers(keyset->keys[i], index) &&
		    !ksrtp_master_retired(keyset->keys[i]))
			return i;
	return -1;
}

#endif /* _KSRTP_KEYSET_H */
