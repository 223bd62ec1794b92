/* SPDX-License-Identifier: GPL-2.0 */
/* Lease groups: sessions that are at work only until a certain time. */
#ifndef _KSRTP_LEASE_H
#define _KSRTP_LEASE_H

#include <linux/atomic.h>
#include <linux/refcount.h>
#include <linux/timekeeping.h>
#include <linux/types.h>

struct ksrtp_net;
struct netlink_ext_ack;

/**
 * struct ksrtp_lease - a lease group
 * @until: end of the lease, in ns of CLOCK_BOOTTIME; 0 before it is first set
 * @drops: packets that were dropped for lack of a lease
 * @id: its id in the namespace
 * @sessions: sessions that have it; under the namespace's lock
 * @set: a request has set it, so it stays without sessions; likewise
 * @told: its end was reported; likewise
 * @refs: references: one of the namespace, one of each session
 * @rcu: frees it
 */
struct ksrtp_lease {
	atomic64_t until;
	atomic64_t drops;
	u32 id;
	unsigned int sessions;
	bool set;
	bool told;
	refcount_t refs;
	struct rcu_head rcu;
};

/* Reports a lease whose time is over. */
typedef void ksrtp_lease_tell(struct ksrtp_net *kn, struct ksrtp_lease *lease);

struct ksrtp_lease *ksrtp_lease_find(struct ksrtp_net *kn, u32 id);
struct ksrtp_lease *ksrtp_lease_join(struct ksrtp_net *kn, u32 id,
				     struct netlink_ext_ack *extack);
void ksrtp_lease_leave(struct ksrtp_net *kn, struct ksrtp_lease *lease);
void ksrtp_lease_put(struct ksrtp_lease *lease);
struct ksrtp_lease *ksrtp_lease_set(struct ksrtp_net *kn, u32 id, u64 until,
				    struct netlink_ext_ack *extack);
int ksrtp_lease_delete(struct ksrtp_net *kn, struct ksrtp_lease *lease);
void ksrtp_lease_expire(struct ksrtp_net *kn, ksrtp_lease_tell *tell);
void ksrtp_lease_delete_all(struct ksrtp_net *kn);

/**
 * ksrtp_lease_left() - time that a lease has left
 * @lease: the group
 *
 * Reads the clock itself: a timer may run late after a host was frozen, and a
 * coarse clock be behind.
 *
 * Context: any.
 * Return: time in ns, or 0.
 */
static inline u64 ksrtp_lease_left(const struct ksrtp_lease *lease)
{
	u64 until = atomic64_read(&lease->until);
	u64 now = ktime_get_boottime_ns();

	return now < until ? until - now : 0;
}

#endif /* _KSRTP_LEASE_H */
