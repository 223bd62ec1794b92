// SPDX-License-Identifier: GPL-2.0
/* Keysets: created and freed as a whole, never changed. */

#include <linux/llist.h>
#include <linux/minmax.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include "keyset.h"
#include "ledger.h"

/**
 * ksrtp_keyset_free() - free a keyset, and those in @before
 * @keyset: the keyset, or NULL; no packet can find it or holds it
 *
 * Context: process, sleeps.
 */
void ksrtp_keyset_free(struct ksrtp_keyset *keyset)
{
	struct ksrtp_keyset *before;
	unsigned int i;

	for (; keyset; keyset = before) {
		before = keyset->before;
		for (i = 0; i < keyset->n; i++)
			ksrtp_master_put(keyset->keys[i]);
		kfree(keyset);
	}
}

/* Keysets that nobody holds. Their keys can only be freed in process context. */
static LLIST_HEAD(ksrtp_keysets_dead);

static void ksrtp_keysets_free(struct work_struct *work)
{
	struct ksrtp_keyset *keyset, *next;

	llist_for_each_entry_safe(keyset, next,
				  llist_del_all(&ksrtp_keysets_dead), dead) {
		ksrtp_keyset_free(keyset);
		cond_resched();
	}
}

static DECLARE_WORK(ksrtp_keysets_work, ksrtp_keysets_free);

/*
 * Is there nothing to choose and nothing to wait for, and are packets neither more
 * nor less than header, ciphertext and tag?
 */
static bool ksrtp_keyset_is_plain(const struct ksrtp_keyset *keyset)
{
	const struct ksrtp_policy *policy = &keyset->policy;
	const struct ksrtp_master *master = keyset->keys[0];

	return keyset->n == 1 && !keyset->before && keyset->prompt &&
	       !keyset->mki_len && !keyset->unchecked && !master->blank &&
	       !master->from && master->to == KSRTP_INDEX_MAX &&
	       !ksrtp_suite_is_double(policy->suite) &&
	       !ksrtp_policy_clear(policy, false) &&
	       policy->rcc_mode == KSRTP_RCC_OFF &&
	       policy->cryptex == KSRTP_CRYPTEX_OFF &&
	       !policy->has_extensions && !policy->repeat &&
	       !policy->roc_search && !policy->ekt;
}

/**
 * ksrtp_keyset_create() - create a keyset
 * @policy: policy of the keys; has a suite
 * @keys: the keys, oldest first; a reference to each is taken
 * @n: number of keys, at least one
 * @active: the one to send with if keys have identifiers, or NULL
 * @before: keyset that is still valid for received packets, owned by this one
 *	from now on, or NULL
 *
 * Context: process, sleeps.
 * Return: the keyset with one reference; or NULL if memory is short, with
 * @before unchanged.
 */
struct ksrtp_keyset *ksrtp_keyset_create(const struct ksrtp_policy *policy,
					 struct ksrtp_master *const *keys,
					 unsigned int n,
					 const struct ksrtp_master *active,
					 struct ksrtp_keyset *before)
{
	static atomic64_t serial = ATOMIC64_INIT(0);
	struct ksrtp_keyset *keyset;
	const struct ksrtp_keys *sample;
	unsigned int i;

	keyset = kzalloc(struct_size(keyset, keys, n), GFP_KERNEL_ACCOUNT);
	if (!keyset)
		return NULL;
	keyset->serial = atomic64_inc_return(&serial);
	keyset->n = n;
	keyset->policy = *policy;
	keyset->mki_len = keys[0]->mki_len;
	keyset->active = -1;
	keyset->unchecked = ksrtp_policy_unchecked(policy);
	keyset->prompt = true;
	keyset->before = before;
	if (before) {
		keyset->reqsize = before->reqsize;
		keyset->newest = before->newest;
	}
	refcount_set(&keyset->refs, 1);
	for (i = 0; i < 2 * n; i++) {
		sample = keys[i / 2]->keys[i % 2];
		/* those of SRTCP that are made later ask for no more */
		if (!sample)
			continue;
		keyset->has_inner |= !!sample->set.inner;
		keyset->prompt &= !sample->async && !keys[i / 2]->epochs;
		keyset->reqsize = max(keyset->reqsize, sample->reqsize);
	}
	for (i = 0; i < n; i++) {
		refcount_inc(&keys[i]->refs);
		keyset->keys[i] = keys[i];
		if (keys[i] == active)
			keyset->active = i;
		keyset->newest = max(keyset->newest, keys[i]->number);
		if (!keys[i]->known)
			keyset->fresh = max(keyset->fresh, keys[i]->number);
	}
	keyset->first = keys[0];
	keyset->plain = ksrtp_keyset_is_plain(keyset);
	return keyset;
}

/**
 * ksrtp_keyset_note() - record in the ledger that packets are sent
 * @keyset: the keyset
 *
 * Done before the first packet takes an index: if the ledger says that a key
 * has not sent, then no packet in flight will use it.
 *
 * Context: any.
 */
void ksrtp_keyset_note(struct ksrtp_keyset *keyset)
{
	const struct ksrtp_master *master;
	unsigned int i, part;

	for (i = 0; i < keyset->n; i++) {
		master = keyset->keys[i];
		if (keyset->mki_len && keyset->active != i)
			continue;
		for (part = 0; part < KSRTP_MASTER_PARTS_MAX; part++)
			if (master->entries[part])
				WRITE_ONCE(master->entries[part]->sent, true);
	}
	/* concurrent packets may both do this, harmlessly */
	smp_store_release(&keyset->noted, true);
}

/**
 * ksrtp_keyset_put() - drop a reference to a keyset
 * @keyset: the keyset
 *
 * Context: any.
 */
void ksrtp_keyset_put(struct ksrtp_keyset *keyset)
{
	if (!refcount_dec_and_test(&keyset->refs))
		return;
	/* the first one to be added finds the work idle, or about to look again */
	if (llist_add(&keyset->dead, &ksrtp_keysets_dead))
		ksrtp_keys_queue(&ksrtp_keysets_work);
}

static void ksrtp_keyset_retired(struct rcu_head *rcu)
{
	ksrtp_keyset_put(container_of(rcu, struct ksrtp_keyset, rcu));
}

/**
 * ksrtp_keyset_retire() - drop the first reference to a keyset
 * @keyset: the keyset, or NULL; it was unlinked
 *
 * The reference lasts for another grace period: a packet that has found the
 * keyset may still take a reference.
 *
 * Context: any.
 */
void ksrtp_keyset_retire(struct ksrtp_keyset *keyset)
{
	if (keyset)
		call_rcu(&keyset->rcu, ksrtp_keyset_retired);
}

/**
 * ksrtp_keyset_count() - count the keys, including those in @before
 * @keyset: the keyset, or NULL
 *
 * Context: any.
 * Return: their number.
 */
unsigned int ksrtp_keyset_count(const struct ksrtp_keyset *keyset)
{
	unsigned int n = 0;

	for (; keyset; keyset = keyset->before)
		n += keyset->n;
	return n;
}

/**
 * ksrtp_keyset_after() - iterate over a keyset and those in @before, oldest
 *	first
 * @keyset: the keyset; not NULL
 * @before: current position, or NULL to start
 *
 * Context: any.
 * Return: the next one; NULL after @keyset.
 */
const struct ksrtp_keyset *
ksrtp_keyset_after(const struct ksrtp_keyset *keyset,
		   const struct ksrtp_keyset *before)
{
	if (keyset == before)
		return NULL;
	while (keyset->before != before)
		keyset = keyset->before;
	return keyset;
}

/**
 * ksrtp_keyset_find() - find the key of an identifier
 * @keyset: the keyset; its keys have identifiers
 * @mki: the identifier, @keyset->mki_len bytes
 *
 * Context: any.
 * Return: index of the key, or -1.
 */
int ksrtp_keyset_find(const struct ksrtp_keyset *keyset, const u8 *mki)
{
	int i;

	for (i = 0; i < keyset->n; i++)
		if (!memcmp(keyset->keys[i]->mki, mki, keyset->mki_len) &&
		    !ksrtp_master_retired(keyset->keys[i]))
			return i;
	return -1;
}

/**
 * ksrtp_keyset_oldest() - when was the oldest key created?
 * @keyset: the newest of the keysets, or NULL
 *
 * Context: any, under the namespace's lock.
 * Return: the time in jiffies; the current time if there is no key.
 */
u64 ksrtp_keyset_oldest(const struct ksrtp_keyset *keyset)
{
	u64 oldest = get_jiffies_64();
	unsigned int i;

	for (; keyset; keyset = keyset->before)
		for (i = 0; i < keyset->n; i++)
			oldest = min(oldest, keyset->keys[i]->born);
	return oldest;
}
