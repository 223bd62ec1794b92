// SPDX-License-Identifier: GPL-2.0
/*
 * Rules that RTP and RTCP need a session with keys. Without them, a missing or
 * deleted session would let media pass in plaintext; with them, the media
 * stops.
 */

#include <linux/err.h>
#include <linux/netlink.h>
#include <linux/rculist.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "asked.h"
#include "net.h"
#include "require.h"
#include "wire.h"

/* The first rule of a namespace sets up what all of them need. */
static int ksrtp_require_begin(struct ksrtp_net *kn,
			       struct netlink_ext_ack *extack)
{
	struct ksrtp_asked *asked;
	int err;

	if (kn->nrequires)
		return ksrtp_net_use(kn);
	asked = ksrtp_asked_create();
	if (!asked)
		return -ENOMEM;
	err = ksrtp_net_use(kn);
	if (err) {
		NL_SET_ERR_MSG(extack, "netfilter hooks cannot be registered");
		kvfree(asked);
		return err;
	}
	rcu_assign_pointer(kn->asked, asked);
	return 0;
}

/* The last rule frees it. */
static void ksrtp_require_end(struct ksrtp_net *kn)
{
	struct ksrtp_asked *asked;

	if (!kn->nrequires) {
		asked = rcu_replace_pointer(kn->asked, NULL,
					    lockdep_is_held(&kn->lock));
		kvfree_rcu(asked, rcu);
	}
	ksrtp_net_unuse(kn);
}

/**
 * ksrtp_require_create() - create a rule
 * @kn: the namespace
 * @config: packets that it applies to
 * @lease: group of a lease that it comes with, or 0
 * @extack: where to explain a refusal
 *
 * Context: process, sleeps, under the namespace's lock.
 * Return: the rule, or an ERR_PTR(): -EEXIST, -ENOSPC, -ENOMEM or another errno
 * of netfilter.
 */
struct ksrtp_require *
ksrtp_require_create(struct ksrtp_net *kn,
		     const struct ksrtp_require_config *config, u32 lease,
		     struct netlink_ext_ack *extack)
{
	struct ksrtp_require *require;
	int err;

	list_for_each_entry(require, &kn->requires, list) {
		if (memcmp(&require->config, config, sizeof(*config)))
			continue;
		NL_SET_ERR_MSG(extack, "there is a rule that says just that");
		return ERR_PTR(-EEXIST);
	}
	if (kn->nrequires == KSRTP_REQUIRES_MAX) {
		NL_SET_ERR_MSG(extack,
			       "the namespace has as many rules as it may");
		return ERR_PTR(-ENOSPC);
	}
	require = kzalloc(sizeof(*require), GFP_KERNEL_ACCOUNT);
	if (!require)
		return ERR_PTR(-ENOMEM);
	err = ksrtp_require_begin(kn, extack);
	if (err) {
		kfree(require);
		return ERR_PTR(err);
	}
	require->id = ++kn->next_require;
	require->config = *config;
	require->lease = lease;
	list_add_tail_rcu(&require->list, &kn->requires);
	WRITE_ONCE(kn->nrequires, kn->nrequires + 1);
	ksrtp_net_see_ports(kn);
	return require;
}

/**
 * ksrtp_require_find() - find a rule by its id
 * @kn: the namespace
 * @id: its id
 *
 * Context: any, under the namespace's lock.
 * Return: the rule, or NULL.
 */
struct ksrtp_require *ksrtp_require_find(struct ksrtp_net *kn, u32 id)
{
	struct ksrtp_require *require;

	list_for_each_entry(require, &kn->requires, list)
		if (require->id == id)
			return require;
	return NULL;
}

/**
 * ksrtp_require_delete() - delete a rule
 * @kn: the namespace
 * @require: the rule
 *
 * Context: process, sleeps, under the namespace's lock.
 */
void ksrtp_require_delete(struct ksrtp_net *kn, struct ksrtp_require *require)
{
	list_del_rcu(&require->list);
	WRITE_ONCE(kn->nrequires, kn->nrequires - 1);
	ksrtp_net_see_ports(kn);
	ksrtp_require_end(kn);
	kfree_rcu(require, rcu);
}

/**
 * ksrtp_require_delete_all() - delete all rules of a namespace
 * @kn: the namespace
 *
 * Context: process, sleeps, under the namespace's lock.
 */
void ksrtp_require_delete_all(struct ksrtp_net *kn)
{
	struct ksrtp_require *require, *next;

	list_for_each_entry_safe(require, next, &kn->requires, list)
		ksrtp_require_delete(kn, require);
}

static bool ksrtp_port_within(const struct ksrtp_port_range *range, u16 port)
{
	return port >= range->first && port <= range->last;
}

/* Does a rule apply to packets of a flow? */
static bool ksrtp_require_covers(const struct ksrtp_require_config *config,
				 const struct ksrtp_flow *flow)
{
	unsigned int i;

	if ((config->ifindex && config->ifindex != flow->ifindex) ||
	    (config->family && config->family != flow->family) ||
	    !ksrtp_port_within(&config->local, ntohs(flow->local_port)))
		return false;
	for (i = 0; i < config->nexcepts; i++)
		if (ksrtp_port_within(&config->excepts[i],
				      ntohs(flow->remote_port)))
			return false;
	return true;
}

/**
 * ksrtp_require_about() - does a rule cover a flow?
 * @kn: the namespace
 * @flow: the flow
 * @dev: set to true if such a rule names a device; else unchanged
 *
 * Context: any, does not sleep, under rcu_read_lock().
 * Return: true if one does, whatever the packets contain.
 */
bool ksrtp_require_about(struct ksrtp_net *kn, const struct ksrtp_flow *flow,
			 bool *dev)
{
	struct ksrtp_require *require;
	bool found = false;

	list_for_each_entry_rcu(require, &kn->requires, list) {
		if (!ksrtp_require_covers(&require->config, flow))
			continue;
		found = true;
		if (require->config.ifindex)
			*dev = true;
	}
	return found;
}

/**
 * ksrtp_require_suspects() - may a rule drop a datagram?
 * @kn: the namespace
 * @flow: its flow
 * @sight: its readable part
 *
 * Context: any, does not sleep, under rcu_read_lock().
 * Return: false if ksrtp_require_refuses() would not drop it either.
 */
bool ksrtp_require_suspects(struct ksrtp_net *kn, const struct ksrtp_flow *flow,
			    const struct ksrtp_sight *sight)
{
	struct ksrtp_require *require;

	list_for_each_entry_rcu(require, &kn->requires, list)
		if (ksrtp_require_covers(&require->config, flow) &&
		    ksrtp_sight_media(sight, require->config.judge))
			return true;
	return false;
}

/* The first rule that drops a datagram. */
static struct ksrtp_require *
ksrtp_require_refusing(struct ksrtp_net *kn, const struct ksrtp_flow *flow,
		       enum ksrtp_direction_id id,
		       const struct ksrtp_sight *sight)
{
	struct ksrtp_require *require;

	list_for_each_entry_rcu(require, &kn->requires, list) {
		if (!ksrtp_require_covers(&require->config, flow))
			continue;
		/* first, since answers to DNS queries can look like media */
		if (require->config.judge != KSRTP_JUDGE_VERSION &&
		    ksrtp_asked_pass(rcu_dereference(kn->asked), flow, id,
				     sight))
			continue;
		if (ksrtp_sight_media(sight, require->config.judge))
			return require;
	}
	return NULL;
}

/**
 * ksrtp_require_refuses() - does a rule drop a datagram without a session?
 * @kn: the namespace
 * @flow: its flow
 * @id: its direction
 * @sight: its readable part, at least KSRTP_DNS_QUERY_MAX bytes or all
 *
 * Counts it if so.
 *
 * Context: any, does not sleep, under rcu_read_lock().
 * Return: the rule that drops it, or NULL.
 */
struct ksrtp_require *ksrtp_require_refuses(struct ksrtp_net *kn,
					    const struct ksrtp_flow *flow,
					    enum ksrtp_direction_id id,
					    const struct ksrtp_sight *sight)
{
	struct ksrtp_require *require = ksrtp_require_refusing(kn, flow, id,
							       sight);

	if (require) {
		atomic64_inc(&require->drops[id - KSRTP_DIRECTION_SEND]);
		atomic64_inc(&kn->require_drops);
	}
	return require;
}
