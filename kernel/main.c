// SPDX-License-Identifier: GPL-2.0
/* SRTP and SRTCP for UDP flows, RFC 3711 and its family. */

#include <linux/kernel.h>
#include <linux/module.h>
#include <net/genetlink.h>
#include <net/net_namespace.h>

#include "attach.h"
#include "bridged.h"
#include "device.h"
#include "flow.h"
#include "flowtable.h"
#include "gc.h"
#include "hook.h"
#include "crypto/keys.h"
#include "lease.h"
#include "master.h"
#include "net.h"
#include "netlink/netlink.h"
#include "packet.h"
#include "require.h"
#include "seal.h"
#include "served.h"
#include "session.h"
#include "quota.h"

#define CREATE_TRACE_POINTS
#include "trace.h"

static int __net_init ksrtp_net_enter(struct net *net)
{
	struct ksrtp_net *kn = ksrtp_net(net);
	unsigned int i;
	int err;

	kn->net = net;
	for (i = 0; i < KSRTP_HOOKS; i++) {
		kn->hooks[i] = ksrtp_hook_ops[i];
		kn->hooks[i].priv = kn;
	}
	for (i = 0; i < KSRTP_HOOKS_RELAY; i++) {
		kn->relay_hooks[i] = ksrtp_hook_relay_ops[i];
		kn->relay_hooks[i].priv = kn;
	}
	kn->forward = ksrtp_hook_forward_ops;
	kn->nforward = ARRAY_SIZE(ksrtp_hook_forward_ops);
	kn->ingress = ksrtp_device_ingress;
	kn->egress = ksrtp_device_egress;
	INIT_LIST_HEAD(&kn->attached);
	INIT_LIST_HEAD(&kn->requires);
	xa_init(&kn->leases);
	xa_init(&kn->seals);
	ksrtp_gc_init(kn);
	ksrtp_srtcp_init(&kn->srtcp);
	err = ksrtp_quota_get(net, &kn->quota);
	if (err)
		return err;
	err = ksrtp_session_table_init(kn);
	if (err)
		ksrtp_quota_put(kn->quota);
	return err;
}

/* Runs before the grace period that lets our hooks finish. */
static void __net_exit ksrtp_net_pre_exit(struct net *net)
{
	struct ksrtp_net *kn = ksrtp_net(net);
	struct ksrtp_session *session;
	unsigned long id;

	mutex_lock(&kn->lock);
	ksrtp_attach_delete_all(kn);
	xa_for_each(&kn->sessions, id, session)
		ksrtp_session_delete(session);
	ksrtp_require_delete_all(kn);
	ksrtp_lease_delete_all(kn);
	ksrtp_seal_delete_all(kn);
	mutex_unlock(&kn->lock);
	ksrtp_gc_stop(kn);
}

/*
 * Runs after it: no packet can start to wait for a crypto driver. Namespaces
 * that exit together, as at module unload, share one grace period.
 */
static void __net_exit ksrtp_net_leave(struct list_head *nets)
{
	struct ksrtp_net *kn;
	struct net *net;

	list_for_each_entry(net, nets, exit_list) {
		kn = ksrtp_net(net);
		wait_event(kn->idle, !atomic_read(&kn->inflight));
	}
	/* the last packet may still be in wake_up() */
	synchronize_rcu();
	list_for_each_entry(net, nets, exit_list) {
		kn = ksrtp_net(net);
		ksrtp_gc_exit(kn);
		ksrtp_srtcp_flush(&kn->srtcp);
		ksrtp_session_table_exit(kn);
		ksrtp_quota_put(kn->quota);
	}
}

static struct pernet_operations ksrtp_net_ops = {
	.init = ksrtp_net_enter,
	.pre_exit = ksrtp_net_pre_exit,
	.exit_batch = ksrtp_net_leave,
	.id = &ksrtp_net_id,
	.size = sizeof(struct ksrtp_net),
};

static int __init ksrtp_init(void)
{
	int err;

	ksrtp_flow_init();
	err = ksrtp_session_init();
	if (err)
		return err;
	err = ksrtp_master_init();
	if (err)
		goto err_session;
	err = ksrtp_keys_init();
	if (err)
		goto err_master;
	err = ksrtp_bridged_init();
	if (err)
		goto err_keys;
	err = ksrtp_served_init();
	if (err)
		goto err_bridged;
	err = ksrtp_flowtable_init();
	if (err)
		goto err_served;
	err = register_pernet_subsys(&ksrtp_net_ops);
	if (err)
		goto err_flowtable;
	err = ksrtp_device_init();
	if (err)
		goto err_net;
	err = ksrtp_owner_init();
	if (err)
		goto err_device;
	err = ksrtp_netlink_init(ksrtp_nl_ops, ARRAY_SIZE(ksrtp_nl_ops));
	if (err)
		goto err_owner;
	return 0;

err_owner:
	ksrtp_owner_exit();
err_device:
	ksrtp_device_exit();
err_net:
	unregister_pernet_subsys(&ksrtp_net_ops);
err_flowtable:
	ksrtp_flowtable_exit();
err_served:
	ksrtp_served_exit();
err_bridged:
	ksrtp_bridged_exit();
err_keys:
	ksrtp_keys_exit();
err_master:
	ksrtp_master_exit();
err_session:
	ksrtp_session_exit();
	return err;
}

static void __exit ksrtp_exit(void)
{
	ksrtp_netlink_exit();
	ksrtp_owner_exit();
	ksrtp_device_exit();
	unregister_pernet_subsys(&ksrtp_net_ops);
	ksrtp_flowtable_exit();
	ksrtp_served_exit();
	ksrtp_bridged_exit();
	ksrtp_packet_exit();
	/* it also waits until all sessions are freed */
	ksrtp_keys_exit();
	ksrtp_master_exit();
	ksrtp_session_exit();
}

module_init(ksrtp_init);
module_exit(ksrtp_exit);

MODULE_DESCRIPTION("SRTP and SRTCP for UDP flows");
MODULE_AUTHOR("The ksrtp authors");
MODULE_LICENSE("GPL");
MODULE_ALIAS_GENL_FAMILY(KSRTP_FAMILY_NAME);
/* accelerated implementations, which may not be loaded otherwise */
MODULE_SOFTDEP("pre: aesni_intel sha1_ssse3 ghash_clmulni_intel aes_ce_blk ghash_ce sha1_ce ctr cbc gcm hmac sha1");
