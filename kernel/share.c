// SPDX-License-Identifier: GPL-2.0
/*
 * Shares: network namespaces that the host's administrator has made have one
 * each. A user can make as many as he likes, so all of his have one together;
 * and since users within a user namespace are whoever its root wants them to be,
 * what counts is who made the outermost one. Where that was the host's root, as
 * for a container, each such user namespace has a share.
 */

#include <linux/err.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/user_namespace.h>
#include <net/net_namespace.h>

#include "share.h"

uint ksrtp_sessions_max = 262144;
module_param_named(sessions_max, ksrtp_sessions_max, uint, 0644);
MODULE_PARM_DESC(sessions_max,
		 "sessions that a network namespace, or all of one user's, may hold");

ulong ksrtp_stream_memory_max = 256UL << 20;
module_param_named(stream_memory_max, ksrtp_stream_memory_max, ulong, 0644);
MODULE_PARM_DESC(stream_memory_max,
		 "memory that streams, and their session keys by epoch, may take, in bytes, of a network namespace or of all of one user's");

static LIST_HEAD(ksrtp_shares);
static DEFINE_MUTEX(ksrtp_shares_lock);

/* Find the share of those who have this in common. */
static struct ksrtp_share *ksrtp_share_find(kuid_t owner,
					    const struct user_namespace *top)
{
	struct ksrtp_share *share;

	list_for_each_entry(share, &ksrtp_shares, list)
		if (uid_eq(share->owner, owner) && share->top == top)
			return share;
	return NULL;
}

static struct ksrtp_share *ksrtp_share_create(kuid_t owner,
					      const struct user_namespace *top)
{
	struct ksrtp_share *share = kzalloc(sizeof(*share), GFP_KERNEL_ACCOUNT);

	if (!share)
		return NULL;
	share->owner = owner;
	share->top = top;
	INIT_LIST_HEAD(&share->list);
	return share;
}

/**
 * ksrtp_share_get() - get the share of a network namespace
 * @net: the namespace
 * @share: where to put it
 *
 * Context: process, sleeps.
 * Return: 0 or -ENOMEM.
 */
int ksrtp_share_get(struct net *net, struct ksrtp_share **share)
{
	const struct user_namespace *top = net->user_ns;
	struct ksrtp_share *found = NULL;
	bool common = top != &init_user_ns;
	kuid_t owner = GLOBAL_ROOT_UID;

	if (common) {
		while (top->parent != &init_user_ns)
			top = top->parent;
		owner = top->owner;
		if (!uid_eq(owner, GLOBAL_ROOT_UID))
			top = NULL;
	}

	mutex_lock(&ksrtp_shares_lock);
	if (common)
		found = ksrtp_share_find(owner, top);
	if (!found) {
		found = ksrtp_share_create(owner, top);
		if (found && common)
			list_add(&found->list, &ksrtp_shares);
	}
	if (found)
		found->users++;
	mutex_unlock(&ksrtp_shares_lock);
	*share = found;
	return found ? 0 : -ENOMEM;
}

/**
 * ksrtp_share_hold() - keep a share beyond its network namespace
 * @share: the share; somebody has it
 *
 * Context: process, sleeps.
 */
void ksrtp_share_hold(struct ksrtp_share *share)
{
	mutex_lock(&ksrtp_shares_lock);
	share->users++;
	mutex_unlock(&ksrtp_shares_lock);
}

/**
 * ksrtp_share_put() - let go of a share
 * @share: the share; its user has given back what it took
 *
 * Context: process, sleeps.
 */
void ksrtp_share_put(struct ksrtp_share *share)
{
	mutex_lock(&ksrtp_shares_lock);
	if (--share->users)
		share = NULL;
	else
		list_del(&share->list);
	mutex_unlock(&ksrtp_shares_lock);
	kfree(share);
}
