/* SPDX-License-Identifier: GPL-2.0 */
/* Epochs: session keys that change with the key derivation rate, RFC 3711 s. 4.3.1. */
#ifndef _KSRTP_EPOCHS_H
#define _KSRTP_EPOCHS_H

#include <linux/list.h>
#include <linux/refcount.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>

#include "bucket.h"
#include "crypto/kdf.h"
#include "crypto/keys.h"

struct ksrtp_master;
struct ksrtp_quota;

/* Position of an unknown stream: far from every epoch. */
#define KSRTP_EPOCHS_NOWHERE	U64_MAX

/* Hash bits of the counters of waiting packets. */
#define KSRTP_EPOCHS_WAITING_BITS	6

/* No epoch. */
#define KSRTP_EPOCHS_NONE	ULONG_MAX

/**
 * struct ksrtp_waiting - packets waiting for keys of epochs with the same hash
 * @n: number of packets
 * @paid: epoch that one of them has paid for, valid while @n is not 0
 */
struct ksrtp_waiting {
	unsigned int n;
	unsigned long paid;
};

/**
 * struct ksrtp_parked - a packet that waits for its session keys
 * @list: link in the list of waiting packets
 * @master: its master key, if it waits for those of SRTCP without epochs
 * @rtcp: it needs SRTCP keys
 * @paid: slot of the epoch that it took a token for, or KSRTP_EPOCHS_NONE
 * @derived: keys were derived for it
 * @index: its packet index
 * @renew: updates @index before keys are derived; returns 0, or the error to
 *	resume the packet with
 * @resume: continues processing; its keys exist unless memory is short
 *
 * Both callbacks run in process context, BH disabled, under rcu_read_lock().
 */
struct ksrtp_parked {
	struct list_head list;
	struct ksrtp_master *master;
	bool rtcp;
	bool derived;
	unsigned long paid;
	u64 index;
	int (*renew)(struct ksrtp_parked *parked);
	void (*resume)(struct ksrtp_parked *parked, int err);
};

/**
 * struct ksrtp_epoch - session keys of one epoch
 * @keys: the keys
 * @slot: where they are, ksrtp_epochs_slot()
 * @recent: link in the order of eviction
 * @touched: an authentic packet has used them since the last eviction
 * @owed: a packet has paid for them, and none has proved authentic yet
 * @refs: references: one of the cache, others of packets in flight
 * @free_work: frees them, after a grace period and in process context
 */
struct ksrtp_epoch {
	struct ksrtp_keys keys;
	unsigned long slot;
	struct list_head recent;
	bool touched;
	bool owed;
	refcount_t refs;
	struct rcu_work free_work;
};

/**
 * struct ksrtp_epochs - session keys of a master key, by epoch
 * @master: the master key
 * @outer: key derivation state
 * @inner: the same, for the inner AEAD
 * @shift: log2 of the key derivation rate
 * @with_header: also derive keys for header extensions
 * @quota: charged for the memory of @keys
 * @keys: session keys by ksrtp_epochs_slot(); read under RCU
 * @lock: protects all members below, and changes of @keys; BH
 * @recent: the keys, in eviction order
 * @nkeys: number of keys
 * @bucket: tokens for keys derived for unauthenticated packets
 * @parked: packets waiting for session keys, in order
 * @nparked: number of waiting packets; read without the lock
 * @waiting: packets waiting for each epoch, hashed, until @work is done with
 *	them; counts are read without the lock
 * @wanted: epoch to derive in advance, of SRTP and of SRTCP; 0 for none; read
 *	without the lock
 * @work: derives keys
 */
struct ksrtp_epochs {
	struct ksrtp_master *master;
	struct ksrtp_kdf outer;
	struct ksrtp_kdf inner;
	u8 shift;
	bool with_header;
	struct ksrtp_quota *quota;
	struct xarray keys;
	spinlock_t lock;
	struct list_head recent;
	unsigned int nkeys;
	struct ksrtp_bucket bucket;
	struct list_head parked;
	unsigned int nparked;
	struct ksrtp_waiting waiting[1 << KSRTP_EPOCHS_WAITING_BITS];
	u64 wanted[2];
	struct work_struct work;
};

struct ksrtp_epochs *ksrtp_epochs_create(struct ksrtp_master *master,
					 u32 rate, bool with_header,
					 struct ksrtp_quota *quota);
void ksrtp_epochs_destroy(struct ksrtp_epochs *epochs);
struct ksrtp_keys *ksrtp_epochs_keys(struct ksrtp_epochs *epochs, bool rtcp,
				     u64 index, bool resumed);
bool ksrtp_epochs_afford(struct ksrtp_epochs *epochs,
			 struct ksrtp_parked *parked, u64 last);
void ksrtp_epochs_refund(struct ksrtp_epochs *epochs,
			 struct ksrtp_parked *parked);
bool ksrtp_epochs_park(struct ksrtp_epochs *epochs,
		       struct ksrtp_parked *parked);
void ksrtp_epochs_settle(struct ksrtp_epochs *epochs, bool rtcp, u64 index);
bool ksrtp_epochs_hold(struct ksrtp_keys *keys);
void ksrtp_epochs_drop(struct ksrtp_keys *keys);
void ksrtp_epochs_ahead(struct ksrtp_epochs *epochs, bool rtcp, u64 index);

#endif /* _KSRTP_EPOCHS_H */
