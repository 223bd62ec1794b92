/* SPDX-License-Identifier: GPL-2.0 */
/* Ledger: fingerprints of the master keys that a network namespace has used. */
#ifndef _KSRTP_LEDGER_H
#define _KSRTP_LEDGER_H

#include <linux/list.h>
#include <linux/refcount.h>
#include <linux/rhashtable-types.h>
#include <linux/types.h>

struct ksrtp_quota;

/* Former keys that a quota can remember. */
#define KSRTP_LEDGER_MAX	65536

/* The user of an entry that several directions have had. */
#define KSRTP_USERS_SEVERAL	U64_MAX

/**
 * struct ksrtp_print - fingerprint of a key, from which it cannot be recovered
 * @hash: two keyed hashes of the key
 */
struct ksrtp_print {
	u64 hash[2];
};

/**
 * struct ksrtp_entry - a master key that was used, or one part of it
 * @node: link in the table
 * @list: link in the order of use
 * @print: its fingerprint
 * @user: who has had it for sending, and for receiving: the number of a
 *	direction, 0 for none, or KSRTP_USERS_SEVERAL; under the namespace's lock
 * @refs: references: the ledger's, and one of each master key
 * @sent: a packet may have been sent under it; set by packets
 * @received: it was installed for receiving
 * @heard: a packet was received under it; set by packets
 */
struct ksrtp_entry {
	struct rhash_head node;
	struct list_head list;
	struct ksrtp_print print;
	u64 user[2];
	refcount_t refs;
	bool sent;
	bool received;
	bool heard;
};

/**
 * struct ksrtp_ledger - master keys used by a network namespace
 * @entries: entries by fingerprint
 * @order: entries, least recently used first
 * @quota: counts the entries
 */
struct ksrtp_ledger {
	struct rhashtable entries;
	struct list_head order;
	struct ksrtp_quota *quota;
};

int ksrtp_ledger_init(struct ksrtp_ledger *ledger, struct ksrtp_quota *quota);
void ksrtp_ledger_exit(struct ksrtp_ledger *ledger);
struct ksrtp_entry *ksrtp_ledger_find(struct ksrtp_ledger *ledger,
				      const u8 *key, unsigned int len);
struct ksrtp_entry *ksrtp_ledger_enter(struct ksrtp_ledger *ledger,
				       const u8 *key, unsigned int len);
void ksrtp_entry_put(struct ksrtp_entry *entry);

#endif /* _KSRTP_LEDGER_H */
