// SPDX-License-Identifier: GPL-2.0
/*
 * Garbage collection: wipes keys whose overlap is over, deletes streams that
 * are idle or must make room, leaves former places of sessions, and reports
 * leases that have expired.
 */

#include <linux/workqueue.h>

#include "netlink/event.h"
#include "gc.h"
#include "lease.h"
#include "net.h"
#include "rekey.h"
#include "session.h"
#include "stream.h"

static void ksrtp_gc_work(struct work_struct *work)
{
	struct ksrtp_net *kn = container_of(to_delayed_work(work),
					    struct ksrtp_net, gc);
	struct ksrtp_session *session;
	bool again = false;
	unsigned long id;
	int i;

	mutex_lock(&kn->lock);
	xa_for_each(&kn->sessions, id, session) {
		for (i = 0; i < 2; i++)
			again |= ksrtp_rekey_sweep(kn, &session->direction[i]) |
				 ksrtp_ekt_sweep(kn, &session->direction[i]);
		ksrtp_stream_let_go(session);
		again |= ksrtp_session_leave(session);
		if (session->stream_timeout) {
			ksrtp_stream_forget_idle(session, ksrtp_event_stream);
			again = true;
		}
		cond_resched();
	}
	if (again)
		ksrtp_net_start_gc(kn);
	mutex_unlock(&kn->lock);
}

static void ksrtp_gc_lease_end(struct work_struct *work)
{
	struct ksrtp_net *kn = container_of(to_delayed_work(work),
					    struct ksrtp_net, lease_end);

	mutex_lock(&kn->lock);
	ksrtp_lease_expire(kn, ksrtp_event_lease_end);
	mutex_unlock(&kn->lock);
}

/* Make room for one more stream in each session that has reached its limit. */
static void ksrtp_gc_make_room(struct work_struct *work)
{
	struct ksrtp_net *kn = container_of(work, struct ksrtp_net, make_room);
	struct ksrtp_session *session, *next;
	struct llist_node *crowded;

	mutex_lock(&kn->lock);
	crowded = llist_del_all(&kn->crowded);
	llist_for_each_entry_safe(session, next, crowded, crowded) {
		/* from here on it may be queued again */
		clear_bit_unlock(0, &session->wants_room);
		ksrtp_stream_make_room(session, ksrtp_event_stream);
		ksrtp_ekt_sweep(kn, ksrtp_direction(session,
						    KSRTP_DIRECTION_RECV));
		ksrtp_session_put(session);
		cond_resched();
	}
	mutex_unlock(&kn->lock);
}

/**
 * ksrtp_gc_crowded() - request room for more streams
 * @session: the session, which has just refused one
 *
 * Context: any, does not sleep, under rcu_read_lock().
 */
void ksrtp_gc_crowded(struct ksrtp_session *session)
{
	struct ksrtp_net *kn = session->kn;

	if (test_and_set_bit_lock(0, &session->wants_room))
		return;
	/* it may have been deleted since it was found */
	if (!refcount_inc_not_zero(&session->refs))
		return;
	llist_add(&session->crowded, &kn->crowded);
	schedule_work(&kn->make_room);
}

/**
 * ksrtp_gc_init() - set up garbage collection
 * @kn: the namespace
 *
 * Context: process.
 */
void ksrtp_gc_init(struct ksrtp_net *kn)
{
	INIT_DELAYED_WORK(&kn->gc, ksrtp_gc_work);
	INIT_DELAYED_WORK(&kn->lease_end, ksrtp_gc_lease_end);
	init_llist_head(&kn->crowded);
	INIT_WORK(&kn->make_room, ksrtp_gc_make_room);
}

/**
 * ksrtp_gc_stop() - stop what is done from time to time
 * @kn: the namespace, without sessions and lease groups
 *
 * Context: process, sleeps, not under the namespace's lock.
 */
void ksrtp_gc_stop(struct ksrtp_net *kn)
{
	cancel_delayed_work_sync(&kn->gc);
	cancel_delayed_work_sync(&kn->lease_end);
}

/**
 * ksrtp_gc_exit() - finish the work that packets have queued
 * @kn: the namespace, without sessions, and without packets in flight
 *
 * Context: process, sleeps, not under the namespace's lock.
 */
void ksrtp_gc_exit(struct ksrtp_net *kn)
{
	flush_work(&kn->make_room);
}
