// SPDX-License-Identifier: GPL-2.0
/*
 * Bridged packets that are held return to br_netfilter's code, which may be
 * unloaded meanwhile. nfqueue then drops its packets. A packet in a crypto
 * driver cannot be dropped, but returns soon, so wait for it before
 * br_netfilter's memory is freed.
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
 * ksrtp_bridged_own() - give a segment of a bridged packet its own bridge info
 * @skb: the segment
 *
 * Segments share br_netfilter's per-packet info, but travel through the bridge
 * as separate packets.
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
 * ksrtp_bridged_is() - has br_netfilter passed a packet through hooks?
 * @skb: the packet
 *
 * Context: any, under rcu_read_lock().
 * Return: true if so.
 */
bool ksrtp_bridged_is(const struct sk_buff *skb)
{
#if IS_ENABLED(CONFIG_BRIDGE_NETFILTER)
	return nf_bridge_info_exists(skb);
#else
	return false;
#endif
}

/**
 * ksrtp_bridged_hold() - count a packet that is held, if it is bridged
 * @skb: the packet
 *
 * Context: any, under rcu_read_lock().
 * Return: true if it is; the caller must call ksrtp_bridged_put() later.
 */
bool ksrtp_bridged_hold(const struct sk_buff *skb)
{
#if IS_ENABLED(CONFIG_BRIDGE_NETFILTER)
	if (ksrtp_bridged_is(skb)) {
		atomic_inc(&ksrtp_bridged_held);
		return true;
	}
#endif
	return false;
}

/**
 * ksrtp_bridged_put() - a bridged packet was resumed or dropped
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
	/* hooks are gone; packets still in them are held once this returns */
	synchronize_rcu();
	wait_event(ksrtp_bridged_idle, !atomic_read(&ksrtp_bridged_held));
	/* wait until resumed packets have left its code */
	synchronize_rcu();
	return NOTIFY_DONE;
}

static struct notifier_block ksrtp_bridged_notifier = {
	.notifier_call = ksrtp_bridged_notify,
};

/**
 * ksrtp_bridged_init() - register for module unloads
 *
 * Context: process, sleeps.
 * Return: 0 or a negative errno.
 */
int __init ksrtp_bridged_init(void)
{
	return register_module_notifier(&ksrtp_bridged_notifier);
}

/**
 * ksrtp_bridged_exit() - undo ksrtp_bridged_init()
 *
 * Context: process, sleeps.
 */
void ksrtp_bridged_exit(void)
{
	unregister_module_notifier(&ksrtp_bridged_notifier);
}
