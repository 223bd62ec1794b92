/* SPDX-License-Identifier: GPL-2.0 */
/* The ledger: which master keys a network namespace has used, by fingerprint. */
#ifndef _KSRTP_LEDGER_H
#define _KSRTP_LEDGER_H

#include <linux/list.h>
#include <linux/refcount.h>
#include <linux/rhashtable-types.h>
#include <linux/types.h>

struct ksrtp_quota;

/* Keys of the past that a quota remembers: 2^16. */
#define KSRTP_LEDGER_MAX	65536

/**
 * struct ksrtp_print - what a key is recognised by, and cannot be found from
 * @hash: two keyed hashes of it
 */
struct ksrtp_print {
	u64 hash[2];
};

/**
 * struct ksrtp_entry - a master key that was used, or one part of it
 * @node: link in the table
 * @list: link in the order of use
 * @print: its fingerprint
 * @refs: references; the ledger's, and one of each master key
 * @sent: a packet may have been sent under it; written by packets
 * @received: it was installed for receiving
 */
struct ksrtp_entry {
	struct rhash_head node;
	struct list_head list;
	struct ksrtp_print print;
	refcount_t refs;
	bool sent;
	bool received;
};

/**
 * struct ksrtp_ledger - the keys of a network namespace
 * @entries: by fingerprint
 * @order: those used last come last
 * @quota: counts them
 */
struct ksrtp_ledger {
	struct rhashtable entries;
	struct list_head order;
	struct ksrtp_quota *quota;
};

int ksrtp_ledger_init(struct ksrtp_ledger *ledger, struct ksrtp_quota *quota);
void ksrtp_ledger_exit(struct ksrtp_ledger *ledger);
struct ksrtp_entry *ksrtp_ledger_enter(struct ksrtp_ledger *ledger,
				       const u8 *key, unsigned int len);
void ksrtp_entry_put(struct ksrtp_entry *entry);

#endif /* _KSRTP_LEDGER_H */
