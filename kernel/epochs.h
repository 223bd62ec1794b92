/* SPDX-License-Identifier: GPL-2.0 */
/* Epochs: session keys that change every so many packets, RFC 3711 s. 4.3.1. */
#ifndef _KSRTP_EPOCHS_H
#define _KSRTP_EPOCHS_H

#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>

#include "bucket.h"
#include "crypto/kdf.h"

struct ksrtp_keys;
struct ksrtp_master;
struct ksrtp_quota;

/* Where a stream is of which nothing is known: far from all that there is. */
#define KSRTP_EPOCHS_NOWHERE	U64_MAX

/* Bits of the hash by which packets that wait are counted. */
#define KSRTP_EPOCHS_WAITING_BITS	6

/* No epoch, as one is numbered there. */
#define KSRTP_EPOCHS_NONE	ULONG_MAX

/**
 * struct ksrtp_waiting - packets that wait for keys, of epochs that hash alike
 * @n: how many
 * @paid: while there are any, an epoch that one of them has paid for
 */
struct ksrtp_waiting {
	unsigned int n;
	unsigned long paid;
};

/**
 * struct ksrtp_parked - a packet that waits for its session keys
 * @list: link among those that wait
 * @rtcp: it wants keys of SRTCP
 * @paid: epoch, as one is numbered there, for which it has taken from the
 *	bucket, or KSRTP_EPOCHS_NONE
 * @derived: keys were derived for it
 * @index: its packet index
 * @renew: brings @index up to date before keys are derived; returns 0, or what
 *	to resume the packet with in place of keys
 * @resume: goes on with it, its keys being there unless memory is short
 *
 * Both are called in process context, BH disabled, under rcu_read_lock().
 */
struct ksrtp_parked {
	struct list_head list;
	bool rtcp;
	bool derived;
	unsigned long paid;
	u64 index;
	int (*renew)(struct ksrtp_parked *parked);
	void (*resume)(struct ksrtp_parked *parked, int err);
};

/**
 * struct ksrtp_epochs - session keys of a master key, by epoch
 * @master: the master key
 * @outer: what to derive from
 * @inner: likewise, of the inner AEAD
 * @shift: logarithm of the key derivation rate
 * @with_header: keys of header extensions are derived too
 * @quota: what the memory of @keys is taken of
 * @keys: session keys by ksrtp_epochs_slot(); read under RCU
 * @lock: guards all below, and changes of @keys; BH
 * @recent: the keys, in the order in which they may be thrown out
 * @nkeys: how many
 * @bucket: of keys derived for packets that are not known to be authentic
 * @parked: packets that wait for session keys, in order
 * @nparked: how many; peeked at unlocked
 * @waiting: those of each epoch, by a hash, until @work has finished with them;
 *	how many is peeked at unlocked
 * @wanted: epoch to derive ahead, of SRTP and of SRTCP; 0 for none; peeked at
 *	unlocked
 * @work: derives
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
void ksrtp_epochs_ahead(struct ksrtp_epochs *epochs, bool rtcp, u64 index);

#endif /* _KSRTP_EPOCHS_H */
