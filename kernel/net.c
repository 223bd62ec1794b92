// SPDX-License-Identifier: GPL-2.0
/* Network namespaces: each has sessions of its own, and ends with them. */

#include <linux/err.h>
#include <linux/module.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "hook.h"
#include "net.h"
#include "require.h"
#include "session.h"
#include "share.h"
#include "upkeep.h"

static unsigned int ksrtp_net_id;

/**
 * ksrtp_net() - what we keep for a network namespace
 * @net: the namespace
 *
 * Context: any.
 * Return: our state.
 */
struct ksrtp_net *ksrtp_net(const struct net *net)
{
	return net_generic(net, ksrtp_net_id);
}

/**
 * ksrtp_net_use() - have packets shown to us
 * @kn: the namespace
 *
 * Sessions and rules outlive the program that makes them, and hold the module.
 *
 * Context: process, sleeps, under the namespace's lock.
 * Return: 0 or a negative errno.
 */
int ksrtp_net_use(struct ksrtp_net *kn)
{
	int err;

	if (!kn->users) {
		err = ksrtp_hooks_enable(kn->net);
		if (err)
			return err;
	}
	kn->users++;
	__module_get(THIS_MODULE);
	return 0;
}

/**
 * ksrtp_net_unuse() - undo one ksrtp_net_use()
 * @kn: the namespace
 *
 * Packets may still be shown to us until an RCU grace period has passed.
 *
 * Context: process, sleeps, under the namespace's lock.
 */
void ksrtp_net_unuse(struct ksrtp_net *kn)
{
	if (!--kn->users)
		ksrtp_hooks_disable(kn->net);
	module_put(THIS_MODULE);
}

static int __net_init ksrtp_net_enter(struct net *net)
{
	struct ksrtp_net *kn = ksrtp_net(net);
	int err;

	kn->net = net;
	INIT_LIST_HEAD(&kn->requires);
	ksrtp_upkeep_init(kn);
	err = ksrtp_share_get(net, &kn->share);
	if (err)
		return err;
	err = ksrtp_session_table_init(kn);
	if (err)
		ksrtp_share_put(kn->share);
	return err;
}

/* Before the grace period that lets our hooks run out. */
static void __net_exit ksrtp_net_pre_exit(struct net *net)
{
	struct ksrtp_net *kn = ksrtp_net(net);
	struct ksrtp_session *session;
	unsigned long id;

	mutex_lock(&kn->lock);
	xa_for_each(&kn->sessions, id, session)
		ksrtp_session_delete(session);
	ksrtp_require_delete_all(kn);
	mutex_unlock(&kn->lock);
	ksrtp_upkeep_stop(kn);
}

/*
 * After it: no packet can begin to wait for a crypto driver any more. Namespaces
 * that go together, as all do when the module goes, wait for a grace period once.
 */
static void __net_exit ksrtp_net_leave(struct list_head *nets)
{
	struct ksrtp_net *kn;
	struct net *net;

	list_for_each_entry(net, nets, exit_list) {
		kn = ksrtp_net(net);
		wait_event(kn->idle, !atomic_read(&kn->inflight));
	}
	/* the last packet may still be on its way out of wake_up() */
	synchronize_rcu();
	list_for_each_entry(net, nets, exit_list) {
		kn = ksrtp_net(net);
		ksrtp_upkeep_exit(kn);
		ksrtp_session_table_exit(kn);
		ksrtp_share_put(kn->share);
	}
}

static struct pernet_operations ksrtp_net_ops = {
	.init = ksrtp_net_enter,
	.pre_exit = ksrtp_net_pre_exit,
	.exit_batch = ksrtp_net_leave,
	.id = &ksrtp_net_id,
	.size = sizeof(struct ksrtp_net),
};

/**
 * ksrtp_net_init() - enter all namespaces, present and future
 *
 * Context: process, sleeps.
 * Return: 0 or a negative errno.
 */
int __init ksrtp_net_init(void)
{
	return register_pernet_subsys(&ksrtp_net_ops);
}

/**
 * ksrtp_net_exit() - leave all namespaces
 *
 * Context: process, sleeps.
 */
void ksrtp_net_exit(void)
{
	unregister_pernet_subsys(&ksrtp_net_ops);
}
