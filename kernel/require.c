// SPDX-License-Identifier: GPL-2.0
/*
 * Rules that RTP and RTCP needs a session with keys: protection that is
 * forgotten, or taken away, ends the media instead of baring it.
 */

#include <linux/err.h>
#include <linux/netlink.h>
#include <linux/rculist.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "event.h"
#include "net.h"
#include "require.h"

/**
 * ksrtp_require_create() - make a rule
 * @kn: the namespace
 * @config: what packets it is about
 * @extack: where to explain a refusal
 *
 * Context: process, sleeps, under the namespace's lock.
 * Return: the rule, or an ERR_PTR(): -EEXIST, -ENOSPC, -ENOMEM or another errno
 * of netfilter.
 */
struct ksrtp_require *
ksrtp_require_create(struct ksrtp_net *kn,
		     const struct ksrtp_require_config *config,
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
	err = ksrtp_net_use(kn);
	if (err) {
		NL_SET_ERR_MSG(extack, "netfilter hooks cannot be registered");
		kfree(require);
		return ERR_PTR(err);
	}
	require->id = ++kn->next_require;
	require->config = *config;
	list_add_tail_rcu(&require->list, &kn->requires);
	WRITE_ONCE(kn->nrequires, kn->nrequires + 1);
	return require;
}

/**
 * ksrtp_require_find() - look a rule up by its number
 * @kn: the namespace
 * @id: its number
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
	ksrtp_net_unuse(kn);
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

static bool ksrtp_require_matches(const struct ksrtp_require_config *config,
				  const struct ksrtp_flow *flow)
{
	u16 port = ntohs(flow->local_port);

	return (!config->ifindex || config->ifindex == flow->ifindex) &&
	       (!config->family || config->family == flow->family) &&
	       port >= config->first_port && port <= config->last_port;
}

static struct ksrtp_require *ksrtp_require_match(struct ksrtp_net *kn,
						 const struct ksrtp_flow *flow)
{
	struct ksrtp_require *require;

	list_for_each_entry_rcu(require, &kn->requires, list)
		if (ksrtp_require_matches(&require->config, flow))
			return require;
	return NULL;
}

/**
 * ksrtp_require_applies() - is there a rule for packets of a flow?
 * @kn: the namespace
 * @flow: the flow
 *
 * Context: any, does not sleep, under rcu_read_lock().
 * Return: true if so, whatever these packets are.
 */
bool ksrtp_require_applies(struct ksrtp_net *kn, const struct ksrtp_flow *flow)
{
	return READ_ONCE(kn->nrequires) && ksrtp_require_match(kn, flow);
}

/**
 * ksrtp_require_refuses() - is a packet without a session to be dropped?
 * @kn: the namespace
 * @flow: the packet's flow; it looks like RTP or RTCP
 * @id: its direction
 *
 * Counts and reports it if so.
 *
 * Context: any, does not sleep, under rcu_read_lock().
 * Return: true if a rule says so.
 */
bool ksrtp_require_refuses(struct ksrtp_net *kn, const struct ksrtp_flow *flow,
			   enum ksrtp_direction_id id)
{
	struct ksrtp_require *require = ksrtp_require_match(kn, flow);
	struct ksrtp_alert_info info = {
		.type = KSRTP_ALERT_REQUIRE,
		.direction = id,
	};

	if (!require)
		return false;
	atomic64_inc(&require->drops[id - KSRTP_DIRECTION_SEND]);
	atomic64_inc(&kn->require_drops);
	info.require = require->id;
	info.count = ksrtp_burst_tell(&require->burst);
	if (info.count)
		ksrtp_event_alert(kn->net, &info);
	return true;
}
