// SPDX-License-Identifier: GPL-2.0
/* Keysets: made whole, looked into, thrown away whole. */

#include <linux/minmax.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "keyset.h"
#include "ledger.h"

/**
 * ksrtp_keyset_free() - free a keyset, and those before it
 * @keyset: the keyset, or NULL; no packet has found it, or holds it any more
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

/* Runs twice: after a grace period it drops the first reference; with the last it frees. */
static void ksrtp_keyset_free_work(struct work_struct *work)
{
	struct ksrtp_keyset *keyset = container_of(to_rcu_work(work),
						   struct ksrtp_keyset,
						   free_work);

	if (!keyset->retired) {
		keyset->retired = true;
		if (!refcount_dec_and_test(&keyset->refs))
			return;
	}
	ksrtp_keyset_free(keyset);
}

/**
 * ksrtp_keyset_create() - make a keyset
 * @policy: policy to go with the keys; has a suite
 * @keys: the keys, oldest first; a reference to each is taken
 * @n: how many, at least one
 * @active: the one to send with if keys have identifiers, or NULL
 * @before: keyset that is still good for received packets, which belongs to this
 *	one from now on, or NULL
 *
 * Context: process, sleeps.
 * Return: the keyset with one reference; or NULL if memory is short, with
 * @before as it was.
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
	keyset->prompt = true;
	keyset->before = before;
	if (before) {
		keyset->reqsize = before->reqsize;
		keyset->newest = before->newest;
	}
	refcount_set(&keyset->refs, 1);
	INIT_RCU_WORK(&keyset->free_work, ksrtp_keyset_free_work);
	for (i = 0; i < 2 * n; i++) {
		sample = keys[i / 2]->keys[i % 2];
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
	return keyset;
}

/**
 * ksrtp_keyset_note() - take note that packets are sent
 * @keyset: the keyset
 *
 * Before an index is taken for the first of them: who then finds that no key of
 * the name has sent can be sure that no packet in flight will.
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
	/* of two packets at once, both do it */
	smp_store_release(&keyset->noted, true);
}

/**
 * ksrtp_keyset_retire() - drop the first reference to a keyset
 * @keyset: the keyset, or NULL; not to be found any more
 *
 * The reference lasts for another grace period: a packet that has found the
 * keyset before may still come to hold it.
 *
 * Context: any.
 */
void ksrtp_keyset_retire(struct ksrtp_keyset *keyset)
{
	if (keyset)
		ksrtp_keys_queue_rcu(&keyset->free_work);
}

/**
 * ksrtp_keyset_put() - drop a packet's reference to a keyset
 * @keyset: the keyset
 *
 * Context: any.
 */
void ksrtp_keyset_put(struct ksrtp_keyset *keyset)
{
	/* the first reference is gone, too, and its work done */
	if (refcount_dec_and_test(&keyset->refs))
		ksrtp_keys_queue(&keyset->free_work.work);
}

/**
 * ksrtp_keyset_count() - how many keys there are, with those before
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
 * ksrtp_keyset_after() - walk a keyset and those before it, oldest first
 * @keyset: the keyset; not NULL
 * @before: where the walk has come to, or NULL to begin
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
 * ksrtp_keyset_covering() - find the key for a packet index
 * @keyset: the keyset; its keys have no identifiers
 * @index: packet index of RTP
 *
 * RFC 3711 section 8.1.1. A key that is being replaced gives way to the new
 * one.
 *
 * Context: any.
 * Return: index of the key, or -1.
 */
int ksrtp_keyset_covering(const struct ksrtp_keyset *keyset, u64 index)
{
	int i;

	for (i = keyset->n - 1; i >= 0; i--)
		if (ksrtp_master_covers(keyset->keys[i], index) &&
		    !ksrtp_master_retired(keyset->keys[i]))
			return i;
	return -1;
}

/**
 * ksrtp_keyset_oldest() - since when there has been the oldest key
 * @keyset: the newest of the keysets, or NULL
 *
 * Context: any, under the namespace's lock.
 * Return: the time in jiffies; the present if there is no key.
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
