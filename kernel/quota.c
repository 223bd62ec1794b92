// SPDX-License-Identifier: GPL-2.0
/*
 * Quotas. Each network namespace that the host's administrator has created has
 * its own. A user can create any number of them, so all of a user's namespaces
 * share one. Root of a user namespace can become any user in it, so the creator
 * of the outermost user namespace counts. Where that is the host's root, as for
 * containers, each such user namespace has a quota.
 */

#include <linux/err.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/user_namespace.h>
#include <net/net_namespace.h>

#include "quota.h"

uint ksrtp_sessions_max = 262144;
module_param_named(sessions_max, ksrtp_sessions_max, uint, 0644);
MODULE_PARM_DESC(sessions_max,
		 "sessions that a network namespace, or all of one user's, may hold");

ulong ksrtp_stream_memory_max = 256UL << 20;
module_param_named(stream_memory_max, ksrtp_stream_memory_max, ulong, 0644);
MODULE_PARM_DESC(stream_memory_max,
		 "memory that streams, and their session keys by epoch, may take, in bytes, of a network namespace or of all of one user's");

static LIST_HEAD(ksrtp_quotas);
static DEFINE_MUTEX(ksrtp_quotas_lock);

/* Find the shared quota of this creator and user namespace. */
static struct ksrtp_quota *ksrtp_quota_find(kuid_t owner,
					    const struct user_namespace *top)
{
	struct ksrtp_quota *quota;

	list_for_each_entry(quota, &ksrtp_quotas, list)
		if (uid_eq(quota->owner, owner) && quota->top == top)
			return quota;
	return NULL;
}

static struct ksrtp_quota *ksrtp_quota_create(kuid_t owner,
					      const struct user_namespace *top)
{
	struct ksrtp_quota *quota = kzalloc(sizeof(*quota), GFP_KERNEL_ACCOUNT);

	if (!quota)
		return NULL;
	quota->owner = owner;
	quota->top = top;
	INIT_LIST_HEAD(&quota->list);
	return quota;
}

/**
 * ksrtp_quota_get() - get the quota of a network namespace
 * @net: the namespace
 * @quota: where to put it
 *
 * Context: process, sleeps.
 * Return: 0 or -ENOMEM.
 */
int ksrtp_quota_get(struct net *net, struct ksrtp_quota **quota)
{
	const struct user_namespace *top = net->user_ns;
	struct ksrtp_quota *found = NULL;
	bool common = top != &init_user_ns;
	kuid_t owner = GLOBAL_ROOT_UID;

	if (common) {
		while (top->parent != &init_user_ns)
			top = top->parent;
		owner = top->owner;
		if (!uid_eq(owner, GLOBAL_ROOT_UID))
			top = NULL;
	}

	mutex_lock(&ksrtp_quotas_lock);
	if (common)
		found = ksrtp_quota_find(owner, top);
	if (!found) {
		found = ksrtp_quota_create(owner, top);
		if (found && common)
			list_add(&found->list, &ksrtp_quotas);
	}
	if (found)
		found->users++;
	mutex_unlock(&ksrtp_quotas_lock);
	*quota = found;
	return found ? 0 : -ENOMEM;
}

/**
 * ksrtp_quota_hold() - keep a quota beyond its network namespace
 * @quota: the quota, in use
 *
 * Context: process, sleeps.
 */
void ksrtp_quota_hold(struct ksrtp_quota *quota)
{
	mutex_lock(&ksrtp_quotas_lock);
	quota->users++;
	mutex_unlock(&ksrtp_quotas_lock);
}

/**
 * ksrtp_quota_put() - release a quota
 * @quota: the quota; its user has returned all charges
 *
 * Context: process, sleeps.
 */
void ksrtp_quota_put(struct ksrtp_quota *quota)
{
	mutex_lock(&ksrtp_quotas_lock);
	if (--quota->users)
		quota = NULL;
	else
		list_del(&quota->list);
	mutex_unlock(&ksrtp_quotas_lock);
	kfree(quota);
}
