/* SPDX-License-Identifier: GPL-2.0 */
/* Keysets: the live master keys of one direction, and its policy. */
#ifndef _KSRTP_KEYSET_H
#define _KSRTP_KEYSET_H

#include <linux/refcount.h>
#include <linux/workqueue.h>

#include "master.h"
#include "policy.h"

/**
 * struct ksrtp_keyset - what a packet needs to know of a direction
 * @free_work: drops the direction's reference, after a grace period; and frees
 *	it where one may sleep
 * @policy: how to protect
 * @mki_len: length of all its keys' identifiers, in bytes; 0 for none
 * @n: number of keys
 * @active: the key to send with if keys have identifiers; -1 for none
 * @has_inner: a key has the inner part of an RFC 8723 suite
 * @prompt: packets need not wait, for keys or for a crypto driver
 * @retired: the direction's reference is gone
 * @serial: no other keyset has or had this number; one made later has a greater
 * @anew: serial of the keyset of this direction with which counters began anew
 *	last, or 0
 * @newest: highest number of a key, also of what is @before
 * @fresh: highest number of a key under which something may begin anew, or 0
 * @noted: that its keys may have been used for sending is in the ledger; the one
 *	member that changes
 * @reqsize: size of a crypto request, also with what is @before
 * @refs: references; one is the direction's, others are packets' in flight
 * @before: what it has replaced and packets may still be protected by, while
 *	keys overlap; its own, and found through it alone; or NULL
 * @keys: the keys, oldest first
 *
 * What packets heed never changes; another keyset takes its place. Those that are
 * told from it by policy or identifier, and not by an index, lie behind it: the
 * newest first, all keys together KSRTP_KEYS_MAX at most.
 */
struct ksrtp_keyset {
	struct rcu_work free_work;
	struct ksrtp_policy policy;
	u8 mki_len;
	u8 n;
	s8 active;
	bool has_inner;
	bool prompt;
	bool retired;
	u64 serial;
	u64 anew;
	u64 newest;
	u64 fresh;
	bool noted;
	unsigned int reqsize;
	refcount_t refs;
	struct ksrtp_keyset *before;
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
int ksrtp_keyset_covering(const struct ksrtp_keyset *keyset, u64 index);

/* Number of the key to send with; with several for several indexes, the highest. */
static inline u64 ksrtp_keyset_speaker(const struct ksrtp_keyset *keyset)
{
	return keyset->active >= 0 ? keyset->keys[keyset->active]->number :
				      keyset->newest;
}

#endif /* _KSRTP_KEYSET_H */
