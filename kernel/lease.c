// SPDX-License-Identifier: GPL-2.0
/*
 * Lease groups. A host may protect and unprotect for the sessions of a group
 * until a time that whoever decides on hosts has set, and not a packet longer:
 * another host goes on then, with the same keys.
 */

#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/netlink.h>
#include <linux/slab.h>
#include <linux/ksrtp.h>

#include "lease.h"
#include "net.h"

/**
 * ksrtp_lease_find() - find a lease group
 * @kn: its namespace
 * @id: its id
 *
 * Context: process, under the namespace's lock.
 * Return: the group, or NULL.
 */
struct ksrtp_lease *ksrtp_lease_find(struct ksrtp_net *kn, u32 id)
{
	return xa_load(&kn->leases, id);
}

/* Find a lease group, or make it. Returns it or an ERR_PTR(). */
static struct ksrtp_lease *ksrtp_lease_obtain(struct ksrtp_net *kn, u32 id,
					      struct netlink_ext_ack *extack)
{
	struct ksrtp_lease *lease = ksrtp_lease_find(kn, id);
	int err;

	if (lease)
		return lease;
	if (kn->nleases >= KSRTP_LEASES_MAX) {
		NL_SET_ERR_MSG(extack,
			       "lease: the namespace has as many groups as it may");
		return ERR_PTR(-ENOSPC);
	}
	lease = kzalloc(sizeof(*lease), GFP_KERNEL_ACCOUNT);
	if (!lease)
		return ERR_PTR(-ENOMEM);
	lease->id = id;
	/* nothing ends that has never begun */
	lease->told = true;
	refcount_set(&lease->refs, 1);
	err = xa_insert(&kn->leases, id, lease, GFP_KERNEL_ACCOUNT);
	if (err) {
		kfree(lease);
		return ERR_PTR(err);
	}
	kn->nleases++;
	return lease;
}

/**
 * ksrtp_lease_put() - drop a reference to a lease group
 * @lease: the group, or NULL
 *
 * Context: any. Packets may still look at it until a grace period has passed.
 */
void ksrtp_lease_put(struct ksrtp_lease *lease)
{
	if (lease && refcount_dec_and_test(&lease->refs))
		kfree_rcu(lease, rcu);
}

/* Take a group out of its namespace. */
static void ksrtp_lease_drop(struct ksrtp_net *kn, struct ksrtp_lease *lease)
{
	xa_erase(&kn->leases, lease->id);
	kn->nleases--;
	ksrtp_lease_put(lease);
}

/**
 * ksrtp_lease_join() - add a session to a lease group
 * @kn: its namespace
 * @id: id of the group
 * @extack: where to explain a refusal
 *
 * A group that does not exist is made, without a lease.
 *
 * Context: process, sleeps, under the namespace's lock.
 * Return: the group, with a reference; -ENOSPC or -ENOMEM as an ERR_PTR().
 */
struct ksrtp_lease *ksrtp_lease_join(struct ksrtp_net *kn, u32 id,
				     struct netlink_ext_ack *extack)
{
	struct ksrtp_lease *lease = ksrtp_lease_obtain(kn, id, extack);

	if (IS_ERR(lease))
		return lease;
	lease->sessions++;
	refcount_inc(&lease->refs);
	return lease;
}

/**
 * ksrtp_lease_leave() - remove a session from its lease group
 * @kn: its namespace
 * @lease: the group, or NULL; the session keeps its reference
 *
 * A group that was never set goes with its last session.
 *
 * Context: process, under the namespace's lock.
 */
void ksrtp_lease_leave(struct ksrtp_net *kn, struct ksrtp_lease *lease)
{
	if (lease && !--lease->sessions && !lease->set)
		ksrtp_lease_drop(kn, lease);
}

/* Report the end of the lease that ends next. */
static void ksrtp_lease_watch(struct ksrtp_net *kn)
{
	struct ksrtp_lease *lease;
	u64 next = U64_MAX;
	unsigned long id;

	cancel_delayed_work(&kn->lease_end);
	xa_for_each(&kn->leases, id, lease)
		if (!lease->told)
			next = min(next, ksrtp_lease_left(lease));
	if (next != U64_MAX)
		schedule_delayed_work(&kn->lease_end,
				      nsecs_to_jiffies(next) + 1);
}

/**
 * ksrtp_lease_set() - set the end of a lease
 * @kn: the namespace
 * @id: id of the group; made if there is none
 * @until: its end, in ns of CLOCK_BOOTTIME; if that is over, there is no lease
 * @extack: where to explain a refusal
 *
 * The time is absolute. Whoever was held up between asking for a lease and
 * setting it here then does not set more than was granted.
 *
 * Context: process, sleeps, under the namespace's lock.
 * Return: the group; -EINVAL, -ENOSPC or -ENOMEM as an ERR_PTR().
 */
struct ksrtp_lease *ksrtp_lease_set(struct ksrtp_net *kn, u32 id, u64 until,
				    struct netlink_ext_ack *extack)
{
	u64 now = ktime_get_boottime_ns();
	struct ksrtp_lease *lease;

	if (until > now && until - now > (u64)KSRTP_LEASE_MAX * NSEC_PER_MSEC) {
		NL_SET_ERR_MSG(extack,
			       "until: more than ten minutes from now");
		return ERR_PTR(-EINVAL);
	}
	lease = ksrtp_lease_obtain(kn, id, extack);
	if (IS_ERR(lease))
		return lease;
	atomic64_set(&lease->until, until);
	lease->set = true;
	/* an end that was asked for needs no alert */
	lease->told = until <= now;
	ksrtp_lease_watch(kn);
	return lease;
}

/**
 * ksrtp_lease_delete() - delete a lease group
 * @kn: its namespace
 * @lease: the group
 *
 * Context: process, under the namespace's lock.
 * Return: 0, or -EBUSY if sessions have it.
 */
int ksrtp_lease_delete(struct ksrtp_net *kn, struct ksrtp_lease *lease)
{
	if (lease->sessions)
		return -EBUSY;
	ksrtp_lease_drop(kn, lease);
	return 0;
}

/**
 * ksrtp_lease_expire() - report leases whose time is over
 * @kn: the namespace
 * @tell: reports one
 *
 * Packets do not wait for this.
 *
 * Context: process, sleeps, under the namespace's lock.
 */
void ksrtp_lease_expire(struct ksrtp_net *kn, ksrtp_lease_tell *tell)
{
	struct ksrtp_lease *lease;
	unsigned long id;

	xa_for_each(&kn->leases, id, lease) {
		if (lease->told || ksrtp_lease_left(lease))
			continue;
		lease->told = true;
		tell(kn, lease);
	}
	ksrtp_lease_watch(kn);
}

/**
 * ksrtp_lease_delete_all() - delete the lease groups of a namespace that exits
 * @kn: the namespace, without sessions
 *
 * Context: process, under the namespace's lock.
 */
void ksrtp_lease_delete_all(struct ksrtp_net *kn)
{
	struct ksrtp_lease *lease;
	unsigned long id;

	xa_for_each(&kn->leases, id, lease)
		ksrtp_lease_drop(kn, lease);
}
