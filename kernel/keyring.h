/* SPDX-License-Identifier: GPL-2.0 */
/* Keyrings: the live master keys of one direction, and its policy. */
#ifndef _KSRTP_KEYRING_H
#define _KSRTP_KEYRING_H

#include <linux/refcount.h>
#include <linux/workqueue.h>

#include "master.h"
#include "policy.h"

/**
 * struct ksrtp_keyring - what a packet needs to know of a direction
 * @free_work: drops the direction's reference, after a grace period; and frees
 *	it where one may sleep
 * @policy: how to protect
 * @mki_len: length of all its keys' identifiers, in bytes; 0 for none
 * @n: number of keys
 * @active: the key to send with if keys have identifiers; -1 for none
 * @has_inner: a key has the inner part of an RFC 8723 suite
 * @prompt: packets need not wait, for keys or for a crypto driver
 * @retired: the direction's reference is gone
 * @serial: no other keyring has or had this number; one made later has a greater
 * @anew: serial of the keyring of this direction with which counters began anew
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
 * What packets heed never changes; another keyring takes its place. Those that are
 * told from it by policy or identifier, and not by an index, lie behind it: the
 * newest first, all keys together KSRTP_KEYS_MAX at most.
 */
struct ksrtp_keyring {
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
	struct ksrtp_keyring *before;
	struct ksrtp_master *keys[];
};

struct ksrtp_keyring *ksrtp_keyring_create(const struct ksrtp_policy *policy,
					   struct ksrtp_master *const *keys,
					   unsigned int n,
					   const struct ksrtp_master *active,
					   struct ksrtp_keyring *before);
void ksrtp_keyring_free(struct ksrtp_keyring *keyring);
void ksrtp_keyring_note(struct ksrtp_keyring *keyring);
void ksrtp_keyring_retire(struct ksrtp_keyring *keyring);
void ksrtp_keyring_put(struct ksrtp_keyring *keyring);
unsigned int ksrtp_keyring_count(const struct ksrtp_keyring *keyring);
const struct ksrtp_keyring *
ksrtp_keyring_after(const struct ksrtp_keyring *keyring,
		    const struct ksrtp_keyring *before);
int ksrtp_keyring_find(const struct ksrtp_keyring *keyring, const u8 *mki);
u64 ksrtp_keyring_oldest(const struct ksrtp_keyring *keyring);
int ksrtp_keyring_covering(const struct ksrtp_keyring *keyring, u64 index);

/* Number of the key to send with; with several for several indexes, the highest. */
static inline u64 ksrtp_keyring_speaker(const struct ksrtp_keyring *keyring)
{
	return keyring->active >= 0 ? keyring->keys[keyring->active]->number :
				      keyring->newest;
}

#endif /* _KSRTP_KEYRING_H */
