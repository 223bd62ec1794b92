// SPDX-License-Identifier: GPL-2.0
/*
 * Session keys by epoch. Deriving may sleep, so it is done ahead, in a work
 * item; a packet whose keys are not there yet waits for them, and so do those
 * behind it, which keeps their order.
 */

#include <linux/err.h>
#include <linux/slab.h>

#include "epochs.h"
#include "keys.h"
#include "master.h"

/*
 * Keys held at most, and packets waiting at most. Streams of one master key are
 * at different places; keys of forged packets are never looked at again and so
 * go before those of streams.
 */
#define KSRTP_EPOCHS_KEYS	512
#define KSRTP_EPOCHS_PARKED	1024

static unsigned long ksrtp_epochs_slot(bool rtcp, u64 epoch)
{
	return epoch << 1 | rtcp;
}

/* Make room; the keys that were not looked at since the last time go first. */
static void ksrtp_epochs_shrink(struct ksrtp_epochs *epochs)
{
	struct ksrtp_keys *keys;

	while (epochs->nkeys > KSRTP_EPOCHS_KEYS) {
		keys = list_first_entry(&epochs->recent, struct ksrtp_keys,
					recent);
		if (READ_ONCE(keys->touched)) {
			WRITE_ONCE(keys->touched, false);
			list_move_tail(&keys->recent, &epochs->recent);
			continue;
		}
		list_del(&keys->recent);
		epochs->nkeys--;
		xa_erase(&epochs->keys,
			 ksrtp_epochs_slot(keys->rtcp, keys->epoch));
		ksrtp_keys_put(keys);
	}
}

/* Derive the keys of an epoch, unless they are there. */
static void ksrtp_epochs_derive(struct ksrtp_epochs *epochs, bool rtcp,
				u64 epoch)
{
	unsigned long slot = ksrtp_epochs_slot(rtcp, epoch);
	const struct ksrtp_master *master = epochs->master;
	struct ksrtp_keys *keys;

	if (xa_load(&epochs->keys, slot))
		return;
	keys = ksrtp_keys_create(master->suite, &epochs->outer,
				 epochs->inner.prf ? &epochs->inner : NULL,
				 epochs->with_header, rtcp, epoch);
	if (IS_ERR(keys))
		return;
	/*
	 * Packets have room for requests of the size that the first keys had.
	 * The array's own lock nests in ours, which BH take.
	 */
	if (keys->reqsize > master->keys[rtcp]->reqsize ||
	    xa_err(xa_store_bh(&epochs->keys, slot, keys, GFP_KERNEL))) {
		ksrtp_keys_destroy(keys);
		return;
	}
	spin_lock_bh(&epochs->lock);
	list_add_tail(&keys->recent, &epochs->recent);
	epochs->nkeys++;
	ksrtp_epochs_shrink(epochs);
	spin_unlock_bh(&epochs->lock);
}

static struct ksrtp_parked *ksrtp_epochs_next(struct ksrtp_epochs *epochs)
{
	struct ksrtp_parked *parked;

	spin_lock_bh(&epochs->lock);
	parked = list_first_entry_or_null(&epochs->parked, struct ksrtp_parked,
					  list);
	if (parked) {
		list_del(&parked->list);
		epochs->nparked--;
	} else {
		WRITE_ONCE(epochs->busy, false);
	}
	spin_unlock_bh(&epochs->lock);
	return parked;
}

static void ksrtp_epochs_work(struct work_struct *work)
{
	struct ksrtp_epochs *epochs = container_of(work, struct ksrtp_epochs,
						   work);
	struct ksrtp_master *master = epochs->master;
	struct ksrtp_parked *parked;
	bool again;
	u64 wanted;
	int rtcp;

	while ((parked = ksrtp_epochs_next(epochs))) {
		do {
			ksrtp_epochs_derive(epochs, parked->rtcp,
					    parked->index >> epochs->shift);
			local_bh_disable();
			rcu_read_lock();
			again = parked->resume(parked);
			rcu_read_unlock();
			local_bh_enable();
			cond_resched();
		} while (again);
	}
	for (rtcp = 0; rtcp < 2; rtcp++) {
		spin_lock_bh(&epochs->lock);
		wanted = epochs->wanted[rtcp];
		WRITE_ONCE(epochs->wanted[rtcp], 0);
		spin_unlock_bh(&epochs->lock);
		if (wanted)
			ksrtp_epochs_derive(epochs, rtcp, wanted);
	}
	/* taken by ksrtp_epochs_queue(); frees us if it was the last */
	ksrtp_master_put(master);
}

static void ksrtp_epochs_queue(struct ksrtp_epochs *epochs)
{
	refcount_inc(&epochs->master->refs);
	/* somebody else's reference is still in the work's hands, so no free */
	if (!ksrtp_keys_queue(&epochs->work))
		refcount_dec(&epochs->master->refs);
}

/**
 * ksrtp_epochs_create() - make a cache of session keys
 * @master: master key, its suite set
 * @rate: key derivation rate, a power of two
 * @with_header: derive keys of header extensions too
 *
 * The caller sets up @outer and @inner.
 *
 * Context: process, sleeps.
 * Return: the cache, or NULL if memory is short.
 */
struct ksrtp_epochs *ksrtp_epochs_create(struct ksrtp_master *master,
					 u32 rate, bool with_header)
{
	struct ksrtp_epochs *epochs;

	epochs = kzalloc(sizeof(*epochs), GFP_KERNEL_ACCOUNT);
	if (!epochs)
		return NULL;
	epochs->master = master;
	epochs->shift = ilog2(rate);
	epochs->with_header = with_header;
	xa_init(&epochs->keys);
	spin_lock_init(&epochs->lock);
	INIT_LIST_HEAD(&epochs->recent);
	INIT_LIST_HEAD(&epochs->parked);
	INIT_WORK(&epochs->work, ksrtp_epochs_work);
	return epochs;
}

/**
 * ksrtp_epochs_destroy() - wipe and free a cache with all its keys
 * @epochs: the cache, or NULL; no packet can find it any more
 *
 * Context: process, sleeps.
 */
void ksrtp_epochs_destroy(struct ksrtp_epochs *epochs)
{
	struct ksrtp_keys *keys, *next;

	if (!epochs)
		return;
	list_for_each_entry_safe(keys, next, &epochs->recent, recent)
		ksrtp_keys_destroy(keys);
	xa_destroy(&epochs->keys);
	ksrtp_kdf_teardown(&epochs->outer);
	ksrtp_kdf_teardown(&epochs->inner);
	kfree_sensitive(epochs);
}

/**
 * ksrtp_epochs_keys() - session keys for a packet
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
	struct ksrtp_keys *keys;

	/* not past those that wait */
	if (!resumed && READ_ONCE(epochs->busy))
		return NULL;
	keys = xa_load(&epochs->keys,
		       ksrtp_epochs_slot(rtcp, index >> epochs->shift));
	if (keys && !READ_ONCE(keys->touched))
		WRITE_ONCE(keys->touched, true);
	return keys;
}

/**
 * ksrtp_epochs_park() - let a packet wait for its keys
 * @epochs: the cache; the packet holds a reference to its master key
 * @parked: the packet
 *
 * Context: any, does not sleep.
 * Return: false if too many wait already.
 */
bool ksrtp_epochs_park(struct ksrtp_epochs *epochs,
		       struct ksrtp_parked *parked)
{
	bool ok;

	spin_lock_bh(&epochs->lock);
	ok = epochs->nparked < KSRTP_EPOCHS_PARKED;
	if (ok) {
		list_add_tail(&parked->list, &epochs->parked);
		epochs->nparked++;
		WRITE_ONCE(epochs->busy, true);
		ksrtp_epochs_queue(epochs);
	}
	spin_unlock_bh(&epochs->lock);
	return ok;
}

/**
 * ksrtp_epochs_ahead() - have the next epoch's keys derived in time
 * @epochs: the cache
 * @rtcp: of SRTCP
 * @index: index of a packet that was sent, or has proved to be authentic
 *
 * Context: any, does not sleep, under rcu_read_lock().
 */
void ksrtp_epochs_ahead(struct ksrtp_epochs *epochs, bool rtcp, u64 index)
{
	u64 next = (index >> epochs->shift) + 1;

	if (READ_ONCE(epochs->wanted[rtcp]) == next ||
	    xa_load(&epochs->keys, ksrtp_epochs_slot(rtcp, next)))
		return;
	spin_lock_bh(&epochs->lock);
	WRITE_ONCE(epochs->wanted[rtcp], next);
	ksrtp_epochs_queue(epochs);
	spin_unlock_bh(&epochs->lock);
}
