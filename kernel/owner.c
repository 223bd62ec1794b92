// SPDX-License-Identifier: GPL-2.0
/* Owners: when a netlink socket is closed, the sessions tied to it are, too. */

#include <linux/netlink.h>
#include <linux/notifier.h>

#include "netlink/event.h"
#include "net.h"
#include "gc.h"
#include "session.h"

static int ksrtp_owner_notify(struct notifier_block *block,
			      unsigned long event, void *data)
{
	const struct netlink_notify *notify = data;
	struct ksrtp_session *session;
	struct ksrtp_net *kn;
	unsigned long id;

	if (event != NETLINK_URELEASE || notify->protocol != NETLINK_GENERIC)
		return NOTIFY_DONE;
	kn = ksrtp_net(notify->net);
	/*
	 * Every run of a tool closes a socket, and should not wait for the
	 * lock. The socket's own requests are finished, so its sessions have
	 * been counted.
	 */
	if (!READ_ONCE(kn->nowned))
		return NOTIFY_DONE;
	mutex_lock(&kn->lock);
	xa_for_each(&kn->sessions, id, session) {
		if (session->owner != notify->portid || session->orphaned)
			continue;
		ksrtp_session_orphan(session);
		ksrtp_event_session(session, KSRTP_CMD_SESSION_SET_NTF);
	}
	mutex_unlock(&kn->lock);
	return NOTIFY_DONE;
}

static struct notifier_block ksrtp_owner_notifier = {
	.notifier_call = ksrtp_owner_notify,
};

/**
 * ksrtp_owner_init() - register for closed netlink sockets
 *
 * Context: process, sleeps.
 * Return: 0 or a negative errno.
 */
int __init ksrtp_owner_init(void)
{
	return netlink_register_notifier(&ksrtp_owner_notifier);
}

/**
 * ksrtp_owner_exit() - undo ksrtp_owner_init()
 *
 * Context: process, sleeps.
 */
void ksrtp_owner_exit(void)
{
	netlink_unregister_notifier(&ksrtp_owner_notifier);
}
