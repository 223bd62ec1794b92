/* SPDX-License-Identifier: GPL-2.0 */
/* Epochs: session keys that change every so many packets, RFC 3711 s. 4.3.1. */
#ifndef _KSRTP_EPOCHS_H
#define _KSRTP_EPOCHS_H

#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>

#include "kdf.h"

struct ksrtp_keys;
struct ksrtp_master;

/**
 * struct ksrtp_parked - a packet that waits for its session keys
 * @list: link among those that wait
 * @rtcp: it wants keys of SRTCP
 * @index: its packet index
 * @resume: goes on with it, its keys being there unless memory is short;
 *	returns true to be called again, once keys for what @index is then are
 *	derived; process context, BH disabled, under rcu_read_lock()
 */
struct ksrtp_parked {
	struct list_head list;
	bool rtcp;
	u64 index;
	bool (*resume)(struct ksrtp_parked *parked);
};

/**
 * struct ksrtp_epochs - session keys of a master key, by epoch
 * @master: the master key
 * @outer: what to derive from
 * @inner: likewise, of the inner AEAD
 * @shift: logarithm of the key derivation rate
 * @with_header: keys of header extensions are derived too
 * @keys: session keys by ksrtp_epochs_slot(); read under RCU
 * @lock: guards all below, and changes of @keys; BH
 * @recent: the keys, those that were looked at last at the end
 * @nkeys: how many
 * @parked: packets that wait for session keys, in order
 * @nparked: how many
 * @busy: packets wait, or @work has not finished with them; peeked at unlocked
 * @wanted: epoch to derive ahead, of SRTP and of SRTCP; 0 for none; likewise
 * @work: derives
 */
struct ksrtp_epochs {
	struct ksrtp_master *master;
	struct ksrtp_kdf outer;
	struct ksrtp_kdf inner;
	u8 shift;
	bool with_header;
	struct xarray keys;
	spinlock_t lock;
	struct list_head recent;
	unsigned int nkeys;
	struct list_head parked;
	unsigned int nparked;
	bool busy;
	u64 wanted[2];
	struct work_struct work;
};

struct ksrtp_epochs *ksrtp_epochs_create(struct ksrtp_master *master,
					 u32 rate, bool with_header);
void ksrtp_epochs_destroy(struct ksrtp_epochs *epochs);
struct ksrtp_keys *ksrtp_epochs_keys(struct ksrtp_epochs *epochs, bool rtcp,
				     u64 index, bool resumed);
bool ksrtp_epochs_park(struct ksrtp_epochs *epochs,
		       struct ksrtp_parked *parked);
void ksrtp_epochs_ahead(struct ksrtp_epochs *epochs, bool rtcp, u64 index);

#endif /* _KSRTP_EPOCHS_H */
