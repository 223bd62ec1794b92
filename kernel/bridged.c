// SPDX-License-Identifier: GPL-2.0
/*
 * Bridged packets that are held go on in br_netfilter's code, which may be unloaded
 * meanwhile. nfqueue drops its packets then; what a crypto driver works on cannot
 * be dropped, but it comes back soon, so that br_netfilter's memory stays until it
 * has.
 */

#include <linux/atomic.h>
#include <linux/module.h>
#include <linux/netfilter_bridge.h>
#include <linux/rcupdate.h>
#include <linux/string.h>
#include <linux/wait.h>

#include "bridged.h"

static atomic_t ksrtp_bridged_held = ATOMIC_INIT(0);
static DECLARE_WAIT_QUEUE_HEAD(ksrtp_bridged_idle);

/**
 * ksrtp_bridged_own() - give a segment of a bridged packet its own notes
 * @skb: the segment
 *
 * What br_netfilter notes of a packet all its segments have in common, but on the
 * bridge's way each of them is a packet.
 *
 * Context: any, does not sleep.
 * Return: false if memory is short.
 */
bool ksrtp_bridged_own(struct sk_buff *skb)
{
#if IS_ENABLED(CONFIG_BRIDGE_NETFILTER)
	return !nf_bridge_info_exists(skb) ||
	       skb_ext_add(skb, SKB_EXT_BRIDGE_NF);
#else
	return true;
#endif
}

/**
 * ksrtp_bridged_hold() - take note of a packet that is held, if it is bridged
 * @skb: the packet
 *
 * Context: any, under rcu_read_lock().
 * Return: true if it is, and ksrtp_bridged_put() has to follow.
 */
bool ksrtp_bridged_hold(const struct sk_buff *skb)
{
#if IS_ENABLED(CONFIG_BRIDGE_NETFILTER)
	if (nf_bridge_info_exists(skb)) {
		atomic_inc(&ksrtp_bridged_held);
		return true;
	}
#endif
	return false;
}

/**
 * ksrtp_bridged_put() - a bridged packet has gone on, or was dropped
 *
 * Context: any, under rcu_read_lock().
 */
void ksrtp_bridged_put(void)
{
	if (atomic_dec_and_test(&ksrtp_bridged_held))
		wake_up(&ksrtp_bridged_idle);
}

static int ksrtp_bridged_notify(struct notifier_block *block,
				unsigned long event, void *data)
{
	const struct module *module = data;

	if (event != MODULE_STATE_GOING || strcmp(module->name, "br_netfilter"))
		return NOTIFY_DONE;
	/* its hooks are gone; whom they were about to show us is held after this */
	synchronize_rcu();
	wait_event(ksrtp_bridged_idle, !atomic_read(&ksrtp_bridged_held));
	/* and those that have gone on are out of it after this */
	synchronize_rcu();
	return NOTIFY_DONE;
}

static struct notifier_block ksrtp_bridged_notifier = {
	.notifier_call = ksrtp_bridged_notify,
};

/**
 * ksrtp_bridged_init() - learn of modules that go
 *
 * Context: process, sleeps.
 * Return: 0 or a negative errno.
 */
int __init ksrtp_bridged_init(void)
{
	return register_module_notifier(&ksrtp_bridged_notifier);
}

/**
 * ksrtp_bridged_exit() - learn of them no more
 *
 * Context: process, sleeps.
 */
void ksrtp_bridged_exit(void)
{
	unregister_module_notifier(&ksrtp_bridged_notifier);
}
