// SPDX-License-Identifier: GPL-2.0
/* Keyrings: made whole, looked into, thrown away whole. */

#include <linux/minmax.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "keyring.h"
#include "ledger.h"

/**
 * ksrtp_keyring_free() - free a keyring, and those before it
 * @keyring: the keyring, or NULL; no packet has found it, or holds it any more
 *
 * Context: process, sleeps.
 */
void ksrtp_keyring_free(struct ksrtp_keyring *keyring)
{
	struct ksrtp_keyring *before;
	unsigned int i;

	for (; keyring; keyring = before) {
		before = keyring->before;
		for (i = 0; i < keyring->n; i++)
			ksrtp_master_put(keyring->keys[i]);
		kfree(keyring);
	}
}

/* Nobody finds it any more, or nobody holds it any more. */
static void ksrtp_keyring_free_work(struct work_struct *work)
{
	struct ksrtp_keyring *keyring = container_of(to_rcu_work(work),
						     struct ksrtp_keyring,
						     free_work);

	if (!keyring->retired) {
		keyring->retired = true;
		if (!refcount_dec_and_test(&keyring->refs))
			return;
	}
	ksrtp_keyring_free(keyring);
}

/**
 * ksrtp_keyring_create() - make a keyring
 * @policy: policy to go with the keys; has a suite
 * @keys: the keys, oldest first; a reference to each is taken
 * @n: how many, at least one
 * @active: the one to send with if keys have identifiers, or NULL
 * @before: keyring that is still good for received packets, which belongs to this
 *	one from now on, or NULL
 *
 * Context: process, sleeps.
 * Return: the keyring with one reference; or NULL if memory is short, with
 * @before as it was.
 */
struct ksrtp_keyring *ksrtp_keyring_create(const struct ksrtp_policy *policy,
					   struct ksrtp_master *const *keys,
					   unsigned int n,
					   const struct ksrtp_master *active,
					   struct ksrtp_keyring *before)
{
	static atomic64_t serial = ATOMIC64_INIT(0);
	struct ksrtp_keyring *keyring;
	const struct ksrtp_keys *sample;
	unsigned int i;

	keyring = kzalloc(struct_size(keyring, keys, n), GFP_KERNEL_ACCOUNT);
	if (!keyring)
		return NULL;
	keyring->serial = atomic64_inc_return(&serial);
	keyring->n = n;
	keyring->policy = *policy;
	keyring->mki_len = keys[0]->mki_len;
	keyring->active = -1;
	keyring->prompt = true;
	keyring->before = before;
	if (before) {
		keyring->reqsize = before->reqsize;
		keyring->newest = before->newest;
	}
	refcount_set(&keyring->refs, 1);
	INIT_RCU_WORK(&keyring->free_work, ksrtp_keyring_free_work);
	for (i = 0; i < 2 * n; i++) {
		sample = keys[i / 2]->keys[i % 2];
		keyring->has_inner |= !!sample->set.inner;
		keyring->prompt &= !sample->async && !keys[i / 2]->epochs;
		keyring->reqsize = max(keyring->reqsize, sample->reqsize);
	}
	for (i = 0; i < n; i++) {
		refcount_inc(&keys[i]->refs);
		keyring->keys[i] = keys[i];
		if (keys[i] == active)
			keyring->active = i;
		keyring->newest = max(keyring->newest, keys[i]->number);
		if (!keys[i]->known)
			keyring->fresh = max(keyring->fresh, keys[i]->number);
	}
	return keyring;
}

/**
 * ksrtp_keyring_note() - take note that packets are sent
 * @keyring: the keyring
 *
 * Before an index is taken for the first of them: who then finds that no key of
 * the name has sent can be sure that no packet in flight will.
 *
 * Context: any.
 */
void ksrtp_keyring_note(struct ksrtp_keyring *keyring)
{
	const struct ksrtp_master *master;
	unsigned int i, part;

	for (i = 0; i < keyring->n; i++) {
		master = keyring->keys[i];
		if (keyring->mki_len && keyring->active != i)
			continue;
		for (part = 0; part < KSRTP_MASTER_PARTS_MAX; part++)
			if (master->entries[part])
				WRITE_ONCE(master->entries[part]->sent, true);
	}
	/* of two packets at once, both do it */
	smp_store_release(&keyring->noted, true);
}

/**
 * ksrtp_keyring_retire() - drop the first reference to a keyring
 * @keyring: the keyring, or NULL; not to be found any more
 *
 * The reference lasts for another grace period: a packet that has found the
 * keyring before may still come to hold it.
 *
 * Context: any.
 */
void ksrtp_keyring_retire(struct ksrtp_keyring *keyring)
{
	if (keyring)
		ksrtp_keys_queue_rcu(&keyring->free_work);
}

/**
 * ksrtp_keyring_put() - drop a packet's reference to a keyring
 * @keyring: the keyring
 *
 * Context: any.
 */
void ksrtp_keyring_put(struct ksrtp_keyring *keyring)
{
	/* the first reference is gone, too, and its work done */
	if (refcount_dec_and_test(&keyring->refs))
		ksrtp_keys_queue(&keyring->free_work.work);
}

/**
 * ksrtp_keyring_count() - how many keys there are, with those before
 * @keyring: the keyring, or NULL
 *
 * Context: any.
 * Return: their number.
 */
unsigned int ksrtp_keyring_count(const struct ksrtp_keyring *keyring)
{
	unsigned int n = 0;

	for (; keyring; keyring = keyring->before)
		n += keyring->n;
	return n;
}

/**
 * ksrtp_keyring_after() - walk a keyring and those before it, oldest first
 * @keyring: the keyring; not NULL
 * @before: where the walk has come to, or NULL to begin
 *
 * Context: any.
 * Return: the next one; NULL after @keyring.
 */
const struct ksrtp_keyring *
ksrtp_keyring_after(const struct ksrtp_keyring *keyring,
		    const struct ksrtp_keyring *before)
{
	if (keyring == before)
		return NULL;
	while (keyring->before != before)
		keyring = keyring->before;
	return keyring;
}

/**
 * ksrtp_keyring_find() - find the key of an identifier
 * @keyring: the keyring; its keys have identifiers
 * @mki: the identifier, @keyring->mki_len bytes
 *
 * Context: any.
 * Return: index of the key, or -1.
 */
int ksrtp_keyring_find(const struct ksrtp_keyring *keyring, const u8 *mki)
{
	int i;

	for (i = 0; i < keyring->n; i++)
		if (!memcmp(keyring->keys[i]->mki, mki, keyring->mki_len) &&
		    !ksrtp_master_retired(keyring->keys[i]))
			return i;
	return -1;
}

/**
 * ksrtp_keyring_covering() - find the key for a packet index
 * @keyring: the keyring; its keys have no identifiers
 * @index: packet index of RTP
 *
 * RFC 3711 section 8.1.1. A key that is being replaced gives way to the new
 * one.
 *
 * Context: any.
 * Return: index of the key, or -1.
 */
int ksrtp_keyring_covering(const struct ksrtp_keyring *keyring, u64 index)
{
	int i;

	for (i = keyring->n - 1; i >= 0; i--)
		if (ksrtp_master_covers(keyring->keys[i], index) &&
		    !ksrtp_master_retired(keyring->keys[i]))
			return i;
	return -1;
}

/**
 * ksrtp_keyring_oldest() - since when there has been the oldest key
 * @keyring: the newest of the keyrings, or NULL
 *
 * Context: any, under the namespace's lock.
 * Return: the time in jiffies; the present if there is no key.
 */
u64 ksrtp_keyring_oldest(const struct ksrtp_keyring *keyring)
{
	u64 oldest = get_jiffies_64();
	unsigned int i;

	for (; keyring; keyring = keyring->before)
		for (i = 0; i < keyring->n; i++)
			oldest = min(oldest, keyring->keys[i]->born);
	return oldest;
}
