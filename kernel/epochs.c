// SPDX-License-Identifier: GPL-2.0
/*
 * Session keys by epoch. Derivation may sleep, so a work item derives them in
 * advance. A packet whose keys are missing waits for them; so do later packets
 * of its epoch, to keep the order.
 *
 * Derivation costs as much as authenticating many packets, and the epoch of a
 * received packet is its sender's unproven claim. So packets pay for it with a
 * token, which is returned when they prove authentic.
 */

#include <linux/err.h>
#include <linux/hash.h>
#include <linux/slab.h>

#include "epochs.h"
#include "crypto/keys.h"
#include "master.h"
#include "quota.h"

/*
 * Maximum number of keys, and of waiting packets. Streams of one master key are
 * at different epochs; keys that no authentic packet has used are evicted
 * first.
 */
#define KSRTP_EPOCHS_KEYS	512
#define KSRTP_EPOCHS_PARKED	1024

/* Approximate bytes of a set of keys with its ciphers, charged as stream memory. */
#define KSRTP_EPOCHS_CHARGE	2048

/*
 * Beyond this many parked packets, stop parking just to keep order: keep the
 * slots for packets whose keys are not derived yet.
 */
#define KSRTP_EPOCHS_ORDERED	(KSRTP_EPOCHS_PARKED / 2)

/*
 * Tokens for unproven derivations: bucket size, and rate per second. Each
 * packet of a burst at a stream's start may have its own epoch, and none can
 * prove authentic before the first keys are derived.
 */
#define KSRTP_EPOCHS_BUDGET	1024
#define KSRTP_EPOCHS_RATE	64

/*
 * A quarter of the bucket is reserved for epochs next to those of streams,
 * whose packets are most likely authentic, and another quarter for epochs at
 * this distance, which loss, reordering or a burst may reach.
 */
#define KSRTP_EPOCHS_NEAR	32

static unsigned long ksrtp_epochs_slot(bool rtcp, u64 epoch)
{
	return epoch << 1 | rtcp;
}

/* Counter of the packets that wait for keys of an epoch. */
static struct ksrtp_waiting *ksrtp_epochs_waiting(struct ksrtp_epochs *epochs,
						  unsigned long slot)
{
	return &epochs->waiting[hash_long(slot, KSRTP_EPOCHS_WAITING_BITS)];
}

static unsigned long ksrtp_epochs_slot_of(const struct ksrtp_epochs *epochs,
					  const struct ksrtp_parked *parked)
{
	return ksrtp_epochs_slot(parked->rtcp, parked->index >> epochs->shift);
}

static void ksrtp_epoch_destroy(struct ksrtp_epoch *epoch)
{
	ksrtp_keys_wipe(&epoch->keys);
	kfree(epoch);
}

static void ksrtp_epoch_free_work(struct work_struct *work)
{
	ksrtp_epoch_destroy(container_of(to_rcu_work(work), struct ksrtp_epoch,
					 free_work));
}

/* The last reference frees an epoch's keys after a grace period. */
static void ksrtp_epoch_put(struct ksrtp_epoch *epoch)
{
	if (refcount_dec_and_test(&epoch->refs))
		ksrtp_keys_queue_rcu(&epoch->free_work);
}

/**
 * ksrtp_epochs_hold() - keep session keys for a packet that waits
 * @keys: the keys, of an epoch or of a master key that the packet keeps
 *
 * Context: any, under rcu_read_lock().
 * Return: false if they are being evicted.
 */
bool ksrtp_epochs_hold(struct ksrtp_keys *keys)
{
	return !keys->of_epoch ||
	       refcount_inc_not_zero(&container_of(keys, struct ksrtp_epoch,
						   keys)->refs);
}

/**
 * ksrtp_epochs_drop() - undo ksrtp_epochs_hold()
 * @keys: the keys, or NULL
 *
 * Context: any.
 */
void ksrtp_epochs_drop(struct ksrtp_keys *keys)
{
	if (keys && keys->of_epoch)
		ksrtp_epoch_put(container_of(keys, struct ksrtp_epoch, keys));
}

/* Evict one key set, preferably one unused since the last eviction. */
static void ksrtp_epochs_evict(struct ksrtp_epochs *epochs)
{
	struct ksrtp_epoch *epoch;

	for (;;) {
		epoch = list_first_entry(&epochs->recent, struct ksrtp_epoch,
					 recent);
		if (!READ_ONCE(epoch->touched))
			break;
		WRITE_ONCE(epoch->touched, false);
		list_move_tail(&epoch->recent, &epochs->recent);
	}
	list_del(&epoch->recent);
	epochs->nkeys--;
	xa_erase(&epochs->keys, epoch->slot);
	ksrtp_epoch_put(epoch);
}

/* Charge one more set of keys, evicting another one if needed. */
static bool ksrtp_epochs_charge(struct ksrtp_epochs *epochs)
{
	bool ok;

	spin_lock_bh(&epochs->lock);
	ok = epochs->nkeys < KSRTP_EPOCHS_KEYS &&
	     ksrtp_quota_take_memory(epochs->quota, KSRTP_EPOCHS_CHARGE);
	if (!ok && epochs->nkeys) {
		ksrtp_epochs_evict(epochs);
		ok = true;
	}
	spin_unlock_bh(&epochs->lock);
	return ok;
}

static void ksrtp_epochs_uncharge(struct ksrtp_epochs *epochs)
{
	ksrtp_quota_give_memory(epochs->quota, KSRTP_EPOCHS_CHARGE);
}

/* Session keys of an epoch, in no cache yet; NULL if they cannot be made. */
static struct ksrtp_epoch *ksrtp_epoch_create(struct ksrtp_epochs *epochs,
					      bool rtcp, u64 number)
{
	struct ksrtp_epoch *epoch = kzalloc(sizeof(*epoch), GFP_KERNEL_ACCOUNT);

	if (!epoch)
		return NULL;
	epoch->slot = ksrtp_epochs_slot(rtcp, number);
	refcount_set(&epoch->refs, 1);
	INIT_RCU_WORK(&epoch->free_work, ksrtp_epoch_free_work);
	if (ksrtp_keys_derive(&epoch->keys, epochs->master->suite,
			      &epochs->outer,
			      epochs->inner.prf ? &epochs->inner : NULL,
			      epochs->with_header, rtcp, number)) {
		kfree(epoch);
		return NULL;
	}
	epoch->keys.of_epoch = true;
	return epoch;
}

/*
 * Derive the keys of an epoch, marked as @owed if a packet has paid for them.
 * Returns false if they exist already or cannot be made.
 */
static bool ksrtp_epochs_derive(struct ksrtp_epochs *epochs, bool rtcp,
				u64 number, bool owed)
{
	unsigned long slot = ksrtp_epochs_slot(rtcp, number);
	struct ksrtp_epoch *epoch;

	if (xa_load(&epochs->keys, slot) || !ksrtp_epochs_charge(epochs))
		return false;
	epoch = ksrtp_epoch_create(epochs, rtcp, number);
	if (!epoch) {
		ksrtp_epochs_uncharge(epochs);
		return false;
	}
	epoch->owed = owed;
	/*
	 * Packets have room for requests of the first keys' size. The xarray's
	 * lock nests in ours, which BH take.
	 */
	if (epoch->keys.reqsize > epochs->master->keys[rtcp]->reqsize ||
	    xa_err(xa_store_bh(&epochs->keys, slot, epoch, GFP_KERNEL))) {
		ksrtp_epoch_destroy(epoch);
		ksrtp_epochs_uncharge(epochs);
		return false;
	}
	spin_lock_bh(&epochs->lock);
	list_add_tail(&epoch->recent, &epochs->recent);
	epochs->nkeys++;
	spin_unlock_bh(&epochs->lock);
	return true;
}

/* No waiting packet has paid for this epoch any longer. */
static void ksrtp_epochs_unmark(struct ksrtp_epochs *epochs, unsigned long slot)
{
	struct ksrtp_waiting *waiting = ksrtp_epochs_waiting(epochs, slot);

	lockdep_assert_held(&epochs->lock);
	if (waiting->paid == slot)
		waiting->paid = KSRTP_EPOCHS_NONE;
}

/**
 * ksrtp_epochs_refund() - return a packet's token, if it has paid
 * @epochs: the cache
 * @parked: the packet; no keys were derived for it
 *
 * Context: any, does not sleep.
 */
void ksrtp_epochs_refund(struct ksrtp_epochs *epochs,
			 struct ksrtp_parked *parked)
{
	if (parked->paid == KSRTP_EPOCHS_NONE)
		return;
	spin_lock_bh(&epochs->lock);
	ksrtp_bucket_return(&epochs->bucket);
	ksrtp_epochs_unmark(epochs, parked->paid);
	spin_unlock_bh(&epochs->lock);
	parked->paid = KSRTP_EPOCHS_NONE;
}

static struct ksrtp_parked *ksrtp_epochs_next(struct ksrtp_epochs *epochs)
{
	struct ksrtp_parked *parked;

	spin_lock_bh(&epochs->lock);
	parked = list_first_entry_or_null(&epochs->parked, struct ksrtp_parked,
					  list);
	if (parked) {
		list_del(&parked->list);
		WRITE_ONCE(epochs->nparked, epochs->nparked - 1);
	}
	spin_unlock_bh(&epochs->lock);
	return parked;
}

static int ksrtp_epochs_renew(struct ksrtp_epochs *epochs,
			      struct ksrtp_parked *parked)
{
	unsigned long slot = ksrtp_epochs_slot_of(epochs, parked);
	int err;

	local_bh_disable();
	rcu_read_lock();
	err = parked->renew(parked);
	rcu_read_unlock();
	/* it paid for an epoch that turned out to be the wrong one */
	if (slot != ksrtp_epochs_slot_of(epochs, parked)) {
		spin_lock(&epochs->lock);
		ksrtp_epochs_unmark(epochs, slot);
		spin_unlock(&epochs->lock);
	}
	local_bh_enable();
	return err;
}

/* Derive the keys that a packet waits for, and resume it. */
static void ksrtp_epochs_serve(struct ksrtp_epochs *epochs,
			       struct ksrtp_parked *parked)
{
	struct ksrtp_waiting *waiting =
		ksrtp_epochs_waiting(epochs,
				     ksrtp_epochs_slot_of(epochs, parked));
	int err = ksrtp_epochs_renew(epochs, parked);

	if (!err)
		parked->derived =
			ksrtp_epochs_derive(epochs, parked->rtcp,
					    parked->index >> epochs->shift,
					    parked->paid != KSRTP_EPOCHS_NONE);
	if (!parked->derived)
		ksrtp_epochs_refund(epochs, parked);

	local_bh_disable();
	rcu_read_lock();
	parked->resume(parked, err);
	rcu_read_unlock();
	spin_lock(&epochs->lock);
	WRITE_ONCE(waiting->n, waiting->n - 1);
	spin_unlock(&epochs->lock);
	local_bh_enable();
}

static void ksrtp_epochs_work(struct work_struct *work)
{
	struct ksrtp_epochs *epochs = container_of(work, struct ksrtp_epochs,
						   work);
	struct ksrtp_master *master = epochs->master;
	struct ksrtp_parked *parked;
	u64 wanted;
	int rtcp;

	while ((parked = ksrtp_epochs_next(epochs))) {
		ksrtp_epochs_serve(epochs, parked);
		cond_resched();
	}
	for (rtcp = 0; rtcp < 2; rtcp++) {
		spin_lock_bh(&epochs->lock);
		wanted = epochs->wanted[rtcp];
		WRITE_ONCE(epochs->wanted[rtcp], 0);
		spin_unlock_bh(&epochs->lock);
		if (wanted)
			ksrtp_epochs_derive(epochs, rtcp, wanted, false);
	}
	/* taken by ksrtp_epochs_queue(); the last one frees @epochs */
	ksrtp_master_put(master);
}

static void ksrtp_epochs_queue(struct ksrtp_epochs *epochs)
{
	refcount_inc(&epochs->master->refs);
	/* already queued: the work holds another reference, so this frees nothing */
	if (!ksrtp_keys_queue(&epochs->work))
		refcount_dec(&epochs->master->refs);
}

/**
 * ksrtp_epochs_create() - create a cache of session keys
 * @master: master key, its suite set
 * @rate: key derivation rate, a power of two
 * @with_header: also derive keys of header extensions
 * @quota: charged for the memory of session keys
 *
 * The caller sets up @outer and @inner.
 *
 * Context: process, sleeps.
 * Return: the cache, or NULL if memory is short.
 */
struct ksrtp_epochs *ksrtp_epochs_create(struct ksrtp_master *master,
					 u32 rate, bool with_header,
					 struct ksrtp_quota *quota)
{
	struct ksrtp_epochs *epochs;
	unsigned int i;

	epochs = kzalloc(sizeof(*epochs), GFP_KERNEL_ACCOUNT);
	if (!epochs)
		return NULL;
	epochs->master = master;
	epochs->shift = ilog2(rate);
	epochs->with_header = with_header;
	ksrtp_quota_hold(quota);
	epochs->quota = quota;
	ksrtp_bucket_init(&epochs->bucket, KSRTP_EPOCHS_BUDGET,
			  KSRTP_EPOCHS_RATE, jiffies);
	xa_init(&epochs->keys);
	spin_lock_init(&epochs->lock);
	INIT_LIST_HEAD(&epochs->recent);
	INIT_LIST_HEAD(&epochs->parked);
	for (i = 0; i < ARRAY_SIZE(epochs->waiting); i++)
		epochs->waiting[i].paid = KSRTP_EPOCHS_NONE;
	INIT_WORK(&epochs->work, ksrtp_epochs_work);
	return epochs;
}

/**
 * ksrtp_epochs_destroy() - wipe and free a cache with all its keys
 * @epochs: the cache, or NULL; packets can no longer find it
 *
 * Context: process, sleeps.
 */
void ksrtp_epochs_destroy(struct ksrtp_epochs *epochs)
{
	struct ksrtp_epoch *epoch, *next;

	if (!epochs)
		return;
	list_for_each_entry_safe(epoch, next, &epochs->recent, recent) {
		ksrtp_epoch_destroy(epoch);
		ksrtp_epochs_uncharge(epochs);
	}
	ksrtp_quota_put(epochs->quota);
	xa_destroy(&epochs->keys);
	ksrtp_kdf_teardown(&epochs->outer);
	ksrtp_kdf_teardown(&epochs->inner);
	kfree_sensitive(epochs);
}

/**
 * ksrtp_epochs_keys() - get the session keys for a packet
 * @epochs: the cache
 * @rtcp: the packet is SRTCP
 * @index: its packet index or SRTCP index
 * @resumed: the packet has waited already
 *
 * Context: any, under rcu_read_lock().
 * Return: the keys, or NULL if the packet has to wait for them.
 */
struct ksrtp_keys *ksrtp_epochs_keys(struct ksrtp_epochs *epochs, bool rtcp,
				     u64 index, bool resumed)
{
	unsigned long slot = ksrtp_epochs_slot(rtcp, index >> epochs->shift);
	struct ksrtp_epoch *epoch;

	/* do not overtake waiting packets */
	if (!resumed && READ_ONCE(ksrtp_epochs_waiting(epochs, slot)->n) &&
	    READ_ONCE(epochs->nparked) < KSRTP_EPOCHS_ORDERED)
		return NULL;
	epoch = xa_load(&epochs->keys, slot);
	return epoch ? &epoch->keys : NULL;
}

/* Tokens that must be left, for an epoch at this distance from a stream's. */
static u32 ksrtp_epochs_reserve(u64 distance)
{
	if (distance <= 1)
		return 0;
	return distance <= KSRTP_EPOCHS_NEAR ? KSRTP_EPOCHS_BUDGET / 4 :
					       KSRTP_EPOCHS_BUDGET / 2;
}

/**
 * ksrtp_epochs_afford() - may keys be derived for a received packet?
 * @epochs: the cache
 * @parked: the packet, @rtcp and @index set, nothing paid
 * @last: index of the newest packet of its stream, or KSRTP_EPOCHS_NOWHERE
 *
 * Takes a token, unless the keys exist or another packet has paid.
 *
 * Context: any, does not sleep.
 * Return: false if there are too few tokens for a packet at this distance.
 */
bool ksrtp_epochs_afford(struct ksrtp_epochs *epochs,
			 struct ksrtp_parked *parked, u64 last)
{
	unsigned long slot = ksrtp_epochs_slot_of(epochs, parked);
	struct ksrtp_waiting *waiting = ksrtp_epochs_waiting(epochs, slot);
	u64 epoch = parked->index >> epochs->shift;
	bool there, paid;

	last >>= epochs->shift;
	spin_lock_bh(&epochs->lock);
	there = xa_load(&epochs->keys, slot) ||
		(waiting->n && waiting->paid == slot);
	paid = !there &&
	       ksrtp_bucket_take(&epochs->bucket,
				 ksrtp_epochs_reserve(max(epoch, last) -
						      min(epoch, last)),
				 jiffies);
	if (paid) {
		parked->paid = slot;
		waiting->paid = slot;
	}
	spin_unlock_bh(&epochs->lock);
	return there || paid;
}

/**
 * ksrtp_epochs_park() - let a packet wait for its keys
 * @epochs: the cache; the packet holds a reference to its master key
 * @parked: the packet
 *
 * Context: any, does not sleep.
 * Return: false if too many packets are waiting.
 */
bool ksrtp_epochs_park(struct ksrtp_epochs *epochs,
		       struct ksrtp_parked *parked)
{
	struct ksrtp_waiting *waiting =
		ksrtp_epochs_waiting(epochs,
				     ksrtp_epochs_slot_of(epochs, parked));
	bool ok;

	parked->derived = false;
	spin_lock_bh(&epochs->lock);
	ok = epochs->nparked < KSRTP_EPOCHS_PARKED;
	if (ok) {
		list_add_tail(&parked->list, &epochs->parked);
		WRITE_ONCE(epochs->nparked, epochs->nparked + 1);
		WRITE_ONCE(waiting->n, waiting->n + 1);
		ksrtp_epochs_queue(epochs);
	}
	spin_unlock_bh(&epochs->lock);
	return ok;
}

/* Authentic packets use these keys, so keep them. */
static void ksrtp_epoch_touch(struct ksrtp_epoch *epoch)
{
	if (!READ_ONCE(epoch->touched))
		WRITE_ONCE(epoch->touched, true);
}

/**
 * ksrtp_epochs_settle() - return the token paid for a packet's keys
 * @epochs: the cache
 * @rtcp: the packet is SRTCP
 * @index: its index; it was sent, or has proved authentic
 *
 * Context: any, does not sleep, under rcu_read_lock().
 */
void ksrtp_epochs_settle(struct ksrtp_epochs *epochs, bool rtcp, u64 index)
{
	struct ksrtp_epoch *epoch;

	epoch = xa_load(&epochs->keys,
			ksrtp_epochs_slot(rtcp, index >> epochs->shift));
	if (!epoch)
		return;
	ksrtp_epoch_touch(epoch);
	if (likely(!READ_ONCE(epoch->owed)))
		return;
	spin_lock_bh(&epochs->lock);
	if (epoch->owed)
		ksrtp_bucket_return(&epochs->bucket);
	WRITE_ONCE(epoch->owed, false);
	spin_unlock_bh(&epochs->lock);
}

/**
 * ksrtp_epochs_ahead() - derive the next epoch's keys in advance
 * @epochs: the cache
 * @rtcp: of SRTCP
 * @index: index of a packet that was sent, or has proved authentic
 *
 * Context: any, does not sleep, under rcu_read_lock().
 */
void ksrtp_epochs_ahead(struct ksrtp_epochs *epochs, bool rtcp, u64 index)
{
	u64 next = (index >> epochs->shift) + 1;
	struct ksrtp_epoch *epoch;

	epoch = xa_load(&epochs->keys, ksrtp_epochs_slot(rtcp, next));
	if (epoch)
		ksrtp_epoch_touch(epoch);
	if (epoch || READ_ONCE(epochs->wanted[rtcp]) == next)
		return;
	spin_lock_bh(&epochs->lock);
	WRITE_ONCE(epochs->wanted[rtcp], next);
	ksrtp_epochs_queue(epochs);
	spin_unlock_bh(&epochs->lock);
}
