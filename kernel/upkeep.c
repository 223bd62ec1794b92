// SPDX-License-Identifier: GPL-2.0
/*
 * Upkeep: keys whose overlap is over are wiped, streams that are idle for too
 * long are forgotten. Packets heed both at once; this only frees memory.
 */

#include <linux/workqueue.h>

#include "net.h"
#include "rekey.h"
#include "session.h"
#include "stream.h"
#include "upkeep.h"

#define KSRTP_UPKEEP_PERIOD	HZ

static void ksrtp_upkeep_work(struct work_struct *work)
{
	struct ksrtp_net *kn = container_of(to_delayed_work(work),
					    struct ksrtp_net, upkeep);
	struct ksrtp_session *session;
	bool again = false;
	unsigned long id;
	int i;

	mutex_lock(&kn->lock);
	xa_for_each(&kn->sessions, id, session) {
		for (i = 0; i < 2; i++)
			again |= ksrtp_rekey_sweep(kn, &session->direction[i]);
		if (session->stream_timeout) {
			ksrtp_stream_forget_idle(session);
			again = true;
		}
		cond_resched();
	}
	if (again)
		schedule_delayed_work(&kn->upkeep, KSRTP_UPKEEP_PERIOD);
	mutex_unlock(&kn->lock);
}

/**
 * ksrtp_upkeep_init() - get ready
 * @kn: the namespace
 *
 * Context: process.
 */
void ksrtp_upkeep_init(struct ksrtp_net *kn)
{
	INIT_DELAYED_WORK(&kn->upkeep, ksrtp_upkeep_work);
}

/**
 * ksrtp_upkeep_start() - see whether there is anything to do, from now on
 * @kn: the namespace
 *
 * Context: any, under the namespace's lock.
 */
void ksrtp_upkeep_start(struct ksrtp_net *kn)
{
	schedule_delayed_work(&kn->upkeep, KSRTP_UPKEEP_PERIOD);
}

/**
 * ksrtp_upkeep_stop() - do nothing any more
 * @kn: the namespace, without sessions
 *
 * Context: process, sleeps, not under the namespace's lock.
 */
void ksrtp_upkeep_stop(struct ksrtp_net *kn)
{
	cancel_delayed_work_sync(&kn->upkeep);
}
