// SPDX-License-Identifier: GPL-2.0
/* State of a network namespace, and its netfilter hooks. */

#include <linux/err.h>
#include <linux/module.h>
#include <linux/netfilter.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "net.h"

/* Index of our state in struct net; assigned by main.c. */
unsigned int ksrtp_net_id;

/* Namespaces whose hooks are registered, and whether there can be flowtables. */
static LIST_HEAD(ksrtp_nets_in_use);
static DEFINE_MUTEX(ksrtp_nets_lock);
static bool ksrtp_nets_forward;

/* Register the hooks for forwarded packets, if there can be flowtables. */
static int ksrtp_net_watch(struct ksrtp_net *kn)
{
	int err = 0;

	if (ksrtp_nets_forward && !kn->forwarding) {
		err = nf_register_net_hooks(kn->net, kn->forward, kn->nforward);
		kn->forwarding = !err;
	}
	return err;
}

static int ksrtp_net_enlist(struct ksrtp_net *kn)
{
	int err;

	mutex_lock(&ksrtp_nets_lock);
	err = ksrtp_net_watch(kn);
	if (!err)
		list_add(&kn->in_use, &ksrtp_nets_in_use);
	mutex_unlock(&ksrtp_nets_lock);
	return err;
}

static void ksrtp_net_delist(struct ksrtp_net *kn)
{
	mutex_lock(&ksrtp_nets_lock);
	list_del(&kn->in_use);
	if (kn->forwarding)
		nf_unregister_net_hooks(kn->net, kn->forward, kn->nforward);
	kn->forwarding = false;
	mutex_unlock(&ksrtp_nets_lock);
}

/**
 * ksrtp_net_meet_flowtables() - register hooks for forwarded packets
 *
 * In all namespaces in use, and in those that will be.
 *
 * Context: process, sleeps.
 * Return: 0 or a negative errno.
 */
int ksrtp_net_meet_flowtables(void)
{
	struct ksrtp_net *kn;
	int err = 0;

	mutex_lock(&ksrtp_nets_lock);
	ksrtp_nets_forward = true;
	list_for_each_entry(kn, &ksrtp_nets_in_use, in_use) {
		err = ksrtp_net_watch(kn);
		if (err)
			break;
	}
	mutex_unlock(&ksrtp_nets_lock);
	return err;
}

static int ksrtp_net_hook(struct ksrtp_net *kn)
{
	int err;

	err = nf_register_net_hooks(kn->net, kn->hooks, KSRTP_HOOKS);
	if (err)
		return err;
	err = ksrtp_net_enlist(kn);
	if (err)
		nf_unregister_net_hooks(kn->net, kn->hooks, KSRTP_HOOKS);
	return err;
}

/* Hooks may still run until an RCU grace period has passed. */
static void ksrtp_net_unhook(struct ksrtp_net *kn)
{
	ksrtp_net_delist(kn);
	nf_unregister_net_hooks(kn->net, kn->hooks, KSRTP_HOOKS);
}

/**
 * ksrtp_net_see_ports() - update by which ports packets are looked at
 * @kn: the namespace, whose flows or rules have changed
 *
 * With a rule, or a flow without a local port, all are.
 *
 * Context: any, under the namespace's lock.
 */
void ksrtp_net_see_ports(struct ksrtp_net *kn)
{
	const struct ksrtp_ports *ports = kn->ports;
	bool some = ports && !ports->wildcards && !kn->nrequires;

	/* pairs with the acquire in ksrtp_net_foreign() */
	smp_store_release(&kn->used_ports, some ? ports->used : NULL);
}

/**
 * ksrtp_net_use() - register our hooks for one more user
 * @kn: the namespace
 *
 * Sessions and rules outlive the program that creates them, so they hold the
 * module.
 *
 * Context: process, sleeps, under the namespace's lock.
 * Return: 0 or a negative errno.
 */
int ksrtp_net_use(struct ksrtp_net *kn)
{
	int err;

	if (!kn->users) {
		err = ksrtp_net_hook(kn);
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
 * Hooks may still run until an RCU grace period has passed.
 *
 * Context: process, sleeps, under the namespace's lock.
 */
void ksrtp_net_unuse(struct ksrtp_net *kn)
{
	if (!--kn->users) {
		/* packets cannot continue behind hooks that are gone */
		ksrtp_srtcp_flush(&kn->srtcp);
		ksrtp_net_unhook(kn);
	}
	module_put(THIS_MODULE);
}

/**
 * ksrtp_net_relay() - register our hooks for one more session with relays
 * @kn: the namespace
 *
 * Context: process, sleeps, under the namespace's lock.
 * Return: 0 or a negative errno.
 */
int ksrtp_net_relay(struct ksrtp_net *kn)
{
	struct ksrtp_ports *ports;
	int err;

	if (!kn->relay_ports) {
		ports = ksrtp_ports_create();
		if (!ports)
			return -ENOMEM;
		/* pairs with the acquire in ksrtp_net_relays() */
		smp_store_release(&kn->relay_ports, ports);
	}
	if (!kn->nrelays) {
		err = nf_register_net_hooks(kn->net, kn->relay_hooks,
					    KSRTP_HOOKS_RELAY);
		if (err)
			return err;
	}
	WRITE_ONCE(kn->nrelays, kn->nrelays + 1);
	return 0;
}

/**
 * ksrtp_net_unrelay() - undo one ksrtp_net_relay()
 * @kn: the namespace
 *
 * Context: process, sleeps, under the namespace's lock.
 */
void ksrtp_net_unrelay(struct ksrtp_net *kn)
{
	WRITE_ONCE(kn->nrelays, kn->nrelays - 1);
	if (!kn->nrelays)
		nf_unregister_net_hooks(kn->net, kn->relay_hooks,
					KSRTP_HOOKS_RELAY);
}
