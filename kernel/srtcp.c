// SPDX-License-Identifier: GPL-2.0
/*
 * Session keys of SRTCP, made when the first packet needs them. Keyed ciphers take
 * most of a session's memory, and many sessions never see RTCP. To make one may
 * sleep, so a work item does it, and the packet waits.
 */

#include <linux/rcupdate.h>

#include "master.h"
#include "srtcp.h"

/* Maximum number of waiting packets; each key has some for less than a millisecond. */
#define KSRTP_SRTCP_PARKED	4096

static struct ksrtp_parked *ksrtp_srtcp_next(struct ksrtp_srtcp *srtcp)
{
	struct ksrtp_parked *parked;

	spin_lock_bh(&srtcp->lock);
	parked = list_first_entry_or_null(&srtcp->parked, struct ksrtp_parked,
					  list);
	if (parked) {
		list_del(&parked->list);
		srtcp->nparked--;
	}
	spin_unlock_bh(&srtcp->lock);
	return parked;
}

static void ksrtp_srtcp_work(struct work_struct *work)
{
	struct ksrtp_srtcp *srtcp = container_of(work, struct ksrtp_srtcp,
						 work);
	struct ksrtp_parked *parked;

	while ((parked = ksrtp_srtcp_next(srtcp))) {
		/* the packet holds its master key; this work runs once at a time */
		ksrtp_master_complete(parked->master);
		local_bh_disable();
		rcu_read_lock();
		parked->resume(parked, 0);
		rcu_read_unlock();
		local_bh_enable();
		cond_resched();
	}
}

/**
 * ksrtp_srtcp_park() - let a packet wait for session keys of SRTCP
 * @srtcp: packets of its namespace
 * @parked: the packet, with a reference to its master key
 *
 * A master key has them made once, so forged packets cannot cause more work than
 * that. A later packet may overtake those that wait.
 *
 * Context: any, does not sleep.
 * Return: false if too many packets are waiting.
 */
bool ksrtp_srtcp_park(struct ksrtp_srtcp *srtcp, struct ksrtp_parked *parked)
{
	bool ok;

	parked->derived = false;
	spin_lock_bh(&srtcp->lock);
	ok = srtcp->nparked < KSRTP_SRTCP_PARKED;
	if (ok) {
		list_add_tail(&parked->list, &srtcp->parked);
		srtcp->nparked++;
		ksrtp_keys_queue(&srtcp->work);
	}
	spin_unlock_bh(&srtcp->lock);
	return ok;
}

/**
 * ksrtp_srtcp_flush() - wait until no packet waits
 * @srtcp: packets of a namespace
 *
 * Context: process, sleeps; may be called under the namespace's lock.
 */
void ksrtp_srtcp_flush(struct ksrtp_srtcp *srtcp)
{
	flush_work(&srtcp->work);
}

/**
 * ksrtp_srtcp_init() - set up waiting for session keys of SRTCP
 * @srtcp: packets of a namespace
 *
 * Context: process.
 */
void ksrtp_srtcp_init(struct ksrtp_srtcp *srtcp)
{
	spin_lock_init(&srtcp->lock);
	INIT_LIST_HEAD(&srtcp->parked);
	INIT_WORK(&srtcp->work, ksrtp_srtcp_work);
}
