/* SPDX-License-Identifier: GPL-2.0 */
/* State of a network namespace. */
#ifndef _KSRTP_NET_H
#define _KSRTP_NET_H

#include <linux/atomic.h>
#include <linux/llist.h>
#include <linux/mutex.h>
#include <linux/netfilter.h>
#include <linux/rhashtable-types.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>
#include <net/netns/generic.h>

#include "flow.h"
#include "ledger.h"
#include "ports.h"
#include "quota.h"
#include "ratelimit.h"
#include "srtcp.h"
#include "stats.h"

struct ksrtp_asked;
struct ksrtp_seal;
struct net;

/* Period of the garbage collection, in jiffies. */
#define KSRTP_GC_PERIOD	HZ

/* Number of our hooks. */
#define KSRTP_HOOKS	6

/* Number of those that are needed for relays. */
#define KSRTP_HOOKS_RELAY	4

/**
 * struct ksrtp_masks - masks of the flows in the table
 * @used: a bit for each mask that is in use
 * @count: number of flows with each mask
 */
struct ksrtp_masks {
	u64 used;
	u32 count[KSRTP_MASKS];
};

/**
 * struct ksrtp_net - state of one network namespace
 * @net: the namespace
 * @hooks: our hook functions, with this as their private data; registered while
 *	@users is not 0
 * @forward: hooks that are registered as well once there can be flowtables
 * @nforward: number of these
 * @relay_hooks: hooks that are registered as well while @nrelays is not 0, as @hooks
 * @ingress: our hook function for packets received by an attached device
 * @egress: our hook function for packets sent by an attached device
 * @in_use: link in the list of namespaces with registered hooks
 * @forwarding: @forward is registered
 * @lock: protects what netlink changes: sessions, masks, rules, hooks
 * @sessions: sessions by id; read under RCU, written under @lock
 * @next_id: id to start the search for a free one at
 * @nsessions: number of sessions
 * @quota: resource limits, possibly shared with other namespaces
 * @ledger: master keys that were used, under @lock
 * @nowned: number of sessions tied to a socket; read without the lock
 * @users: number of sessions and rules, which need the hooks
 * @flows: nodes of sessions by flow; read under RCU, written under @lock
 * @relays: ports that applications send to, by address and port; as @flows
 * @nrelays: number of sessions with relays
 * @relay_ports: their numbers; NULL before the first; read without the lock
 * @ports: local ports of the flows in the table; NULL before the first flow
 * @used_ports: a bit for each local port of these; NULL if any may be a session's
 *	or a rule's; read without the lock
 * @masks: masks of the flows without an SSRC
 * @ssrc_masks: masks of the flows with an SSRC
 * @streams: streams by session, direction and SSRC; under RCU
 * @tombstones: tombstones of streams, by session and SSRC; under RCU
 * @removals: counts removed streams and keys, under @lock; for dumps
 * @stream_memory: memory used by streams, in bytes
 * @inflight: packets waiting for session keys or a crypto driver
 * @idle: woken when @inflight drops to zero
 * @requires: rules; read under RCU, written under @lock
 * @nrequires: number of rules
 * @asked: DNS queries; under RCU, NULL without rules
 * @next_require: id of the next rule
 * @require_drops: packets dropped by rules, including deleted ones
 * @attached: attached devices; read under RCU, written under the RTNL
 * @nattached: number of attached devices
 * @hardware: flows kept out of flowtables with hardware offload
 * @folded: counters of deleted sessions, by direction
 * @leases: lease groups by id; under @lock
 * @nleases: their number
 * @lease_end: reports leases that have expired
 * @seals: seal keys by id; under @lock
 * @nseals: their number
 * @seal: the one that seals, or NULL; under @lock
 * @gc: garbage collection
 * @crowded: sessions that have reached their limit of streams
 * @make_room: makes room in @crowded sessions
 * @srtcp: packets waiting for session keys of SRTCP
 */
struct ksrtp_net {
	struct net *net;
	struct nf_hook_ops hooks[KSRTP_HOOKS];
	const struct nf_hook_ops *forward;
	unsigned int nforward;
	struct nf_hook_ops relay_hooks[KSRTP_HOOKS_RELAY];
	nf_hookfn *ingress;
	nf_hookfn *egress;
	struct list_head in_use;
	bool forwarding;
	struct mutex lock;
	struct xarray sessions;
	u32 next_id;
	unsigned int nsessions;
	struct ksrtp_quota *quota;
	struct ksrtp_ledger ledger;
	unsigned int nowned;
	unsigned int users;
	struct rhashtable flows;
	struct rhashtable relays;
	unsigned int nrelays;
	struct ksrtp_ports *relay_ports;
	struct ksrtp_ports *ports;
	const unsigned long *used_ports;
	struct ksrtp_masks masks;
	struct ksrtp_masks ssrc_masks;
	struct rhashtable streams;
	struct rhashtable tombstones;
	u32 removals;
	atomic_long_t stream_memory;
	atomic_t inflight;
	wait_queue_head_t idle;
	struct list_head requires;
	unsigned int nrequires;
	struct ksrtp_asked __rcu *asked;
	u32 next_require;
	atomic64_t require_drops;
	struct list_head attached;
	unsigned int nattached;
	struct ksrtp_ratelimit hardware;
	struct ksrtp_stats folded[2];
	struct xarray leases;
	unsigned int nleases;
	struct delayed_work lease_end;
	struct xarray seals;
	unsigned int nseals;
	struct ksrtp_seal *seal;
	struct delayed_work gc;
	struct llist_head crowded;
	struct work_struct make_room;
	struct ksrtp_srtcp srtcp;
};

extern unsigned int ksrtp_net_id;

void ksrtp_net_see_ports(struct ksrtp_net *kn);
int ksrtp_net_use(struct ksrtp_net *kn);
void ksrtp_net_unuse(struct ksrtp_net *kn);
int ksrtp_net_relay(struct ksrtp_net *kn);
void ksrtp_net_unrelay(struct ksrtp_net *kn);
int ksrtp_net_meet_flowtables(void);

/**
 * ksrtp_net() - get our state of a network namespace
 * @net: the namespace
 *
 * Context: any.
 * Return: our state.
 */
static inline struct ksrtp_net *ksrtp_net(const struct net *net)
{
	return net_generic(net, ksrtp_net_id);
}

/* Schedule the garbage collection, which repeats while there is work left. */
static inline void ksrtp_net_start_gc(struct ksrtp_net *kn)
{
	schedule_delayed_work(&kn->gc, KSRTP_GC_PERIOD);
}

/* Charge memory of streams; false if over quota. */
static inline bool ksrtp_net_take_memory(struct ksrtp_net *kn, size_t size)
{
	if (!ksrtp_quota_take_memory(kn->quota, size))
		return false;
	atomic_long_add(size, &kn->stream_memory);
	return true;
}

static inline void ksrtp_net_give_memory(struct ksrtp_net *kn, size_t size)
{
	atomic_long_sub(size, &kn->stream_memory);
	ksrtp_quota_give_memory(kn->quota, size);
}

/* Is this local port used by no session and no rule? */
static inline bool ksrtp_net_foreign(const struct ksrtp_net *kn, __be16 port)
{
	/* pairs with the release in ksrtp_net_see_ports() */
	const unsigned long *used = smp_load_acquire(&kn->used_ports);
	unsigned int n = (__force u16)port;

	/* not test_bit(), whose instruction is a slow one on x86 */
	return used && !(READ_ONCE(used[BIT_WORD(n)]) & BIT_MASK(n));
}

/* Is this a number of a port that applications send to? */
static inline bool ksrtp_net_relays(const struct ksrtp_net *kn, __be16 port)
{
	/* pairs with the release in ksrtp_net_relay() */
	const struct ksrtp_ports *ports = smp_load_acquire(&kn->relay_ports);
	unsigned int n = (__force u16)port;

	return ports && READ_ONCE(ports->used[BIT_WORD(n)]) & BIT_MASK(n);
}

#endif /* _KSRTP_NET_H */
