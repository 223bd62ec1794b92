// SPDX-License-Identifier: GPL-2.0
/*
 * The ledger records which master keys a network namespace has used. Keys are
 * wiped, but a key that is installed again must be recognized: restarting
 * counters under it would repeat its keystream. Only a hash under a random key
 * is kept, which never leaves the module.
 */

#include <linux/err.h>
#include <linux/once.h>
#include <linux/rhashtable.h>
#include <linux/siphash.h>
#include <linux/slab.h>

#include "ledger.h"
#include "quota.h"

/* Old entries to examine for eviction, for each new one. */
#define KSRTP_LEDGER_TRIES	16

static const struct rhashtable_params ksrtp_ledger_params = {
	.head_offset = offsetof(struct ksrtp_entry, node),
	.key_offset = offsetof(struct ksrtp_entry, print),
	.key_len = sizeof(struct ksrtp_print),
	.automatic_shrinking = true,
};

/**
 * ksrtp_ledger_init() - set up an empty ledger
 * @ledger: ledger to set up
 * @quota: charged for its keys
 *
 * Context: process, sleeps.
 * Return: 0 or -ENOMEM.
 */
int ksrtp_ledger_init(struct ksrtp_ledger *ledger, struct ksrtp_quota *quota)
{
	INIT_LIST_HEAD(&ledger->order);
	ledger->quota = quota;
	return rhashtable_init(&ledger->entries, &ksrtp_ledger_params);
}

/**
 * ksrtp_entry_put() - drop a reference to an entry
 * @entry: the entry, or NULL
 *
 * Context: any.
 */
void ksrtp_entry_put(struct ksrtp_entry *entry)
{
	if (entry && refcount_dec_and_test(&entry->refs))
		kfree_sensitive(entry);
}

static void ksrtp_ledger_forget(struct ksrtp_ledger *ledger,
				struct ksrtp_entry *entry)
{
	rhashtable_remove_fast(&ledger->entries, &entry->node,
			       ksrtp_ledger_params);
	list_del(&entry->list);
	ksrtp_quota_give_key(ledger->quota);
	ksrtp_entry_put(entry);
}

/**
 * ksrtp_ledger_exit() - drop all keys
 * @ledger: the ledger
 *
 * Context: process, sleeps.
 */
void ksrtp_ledger_exit(struct ksrtp_ledger *ledger)
{
	struct ksrtp_entry *entry, *next;

	list_for_each_entry_safe(entry, next, &ledger->order, list)
		ksrtp_ledger_forget(ledger, entry);
	rhashtable_destroy(&ledger->entries);
}

/* Evict an old key that no session uses. */
static void ksrtp_ledger_make_room(struct ksrtp_ledger *ledger)
{
	struct ksrtp_entry *entry;
	unsigned int n;

	for (n = 0; n < KSRTP_LEDGER_TRIES; n++) {
		entry = list_first_entry_or_null(&ledger->order,
						 struct ksrtp_entry, list);
		if (!entry)
			return;
		if (refcount_read(&entry->refs) == 1) {
			ksrtp_ledger_forget(ledger, entry);
			return;
		}
		list_move_tail(&entry->list, &ledger->order);
	}
}

static void ksrtp_ledger_print(const u8 *key, unsigned int len,
			       struct ksrtp_print *print)
{
	static siphash_key_t secret[2] __read_mostly;

	get_random_once(&secret, sizeof(secret));
	print->hash[0] = siphash(key, len, &secret[0]);
	print->hash[1] = siphash(key, len, &secret[1]);
}

/* Find the entry of a key, whose print is kept for one that is created. */
static struct ksrtp_entry *ksrtp_ledger_look(struct ksrtp_ledger *ledger,
					     const u8 *key, unsigned int len,
					     struct ksrtp_print *print)
{
	ksrtp_ledger_print(key, len, print);
	return rhashtable_lookup_fast(&ledger->entries, print,
				      ksrtp_ledger_params);
}

/**
 * ksrtp_ledger_find() - find the entry of a key
 * @ledger: the ledger
 * @key: the key, or one part of it, without its salt
 * @len: its length in bytes
 *
 * Context: process, under the namespace's lock, by which the entry is valid.
 * Return: the entry, or NULL.
 */
struct ksrtp_entry *ksrtp_ledger_find(struct ksrtp_ledger *ledger,
				      const u8 *key, unsigned int len)
{
	struct ksrtp_print print;

	return ksrtp_ledger_look(ledger, key, len, &print);
}

/**
 * ksrtp_ledger_enter() - find or create the entry of a key
 * @ledger: the ledger
 * @key: the key, or one part of it, without its salt
 * @len: its length in bytes
 *
 * Context: process, sleeps, under the namespace's lock.
 * Return: the entry with a reference, or NULL if memory is short.
 */
struct ksrtp_entry *ksrtp_ledger_enter(struct ksrtp_ledger *ledger,
				       const u8 *key, unsigned int len)
{
	struct ksrtp_print print;
	struct ksrtp_entry *entry;

	entry = ksrtp_ledger_look(ledger, key, len, &print);
	if (entry) {
		list_move_tail(&entry->list, &ledger->order);
		refcount_inc(&entry->refs);
		return entry;
	}
	entry = kzalloc(sizeof(*entry), GFP_KERNEL_ACCOUNT);
	if (!entry)
		return NULL;
	entry->print = print;
	refcount_set(&entry->refs, 2);
	if (rhashtable_insert_fast(&ledger->entries, &entry->node,
				   ksrtp_ledger_params)) {
		kfree(entry);
		return NULL;
	}
	list_add_tail(&entry->list, &ledger->order);
	/* keys of sessions stay: sessions have their own limit */
	if (!ksrtp_quota_take_key(ledger->quota, KSRTP_LEDGER_MAX))
		ksrtp_ledger_make_room(ledger);
	return entry;
}
