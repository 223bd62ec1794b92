/* SPDX-License-Identifier: GPL-2.0 */
/* What a network namespace keeps. */
#ifndef _KSRTP_NET_H
#define _KSRTP_NET_H

#include <linux/atomic.h>
#include <linux/llist.h>
#include <linux/mutex.h>
#include <linux/rhashtable-types.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>

#include "flow.h"
#include "ledger.h"
#include "ports.h"
#include "quota.h"
#include "stats.h"

struct ksrtp_asked;
struct net;
struct nf_hook_ops;

/* Period of the garbage collection, in jiffies. */
#define KSRTP_GC_PERIOD	HZ

/**
 * struct ksrtp_masks - which masks of flows there are
 * @used: a bit for each
 * @count: number of flows of each
 */
struct ksrtp_masks {
	u64 used;
	u32 count[KSRTP_MASKS];
};

/**
 * struct ksrtp_net - state of one network namespace
 * @net: the namespace
 * @hooks: our hook functions, registered while there are @users
 * @nhooks: how many
 * @lock: guards what netlink changes: sessions, masks, rules, hooks
 * @sessions: sessions by id; read under RCU, written under @lock
 * @next_id: where to look for the next free id
 * @nsessions: number of sessions
 * @quota: what it may take, maybe together with others
 * @ledger: master keys that it has used, under @lock
 * @nowned: number of sessions tied to a socket; peeked at unlocked
 * @users: sessions and rules, which need our hooks
 * @flows: nodes of sessions by flow; read under RCU, written under @lock
 * @ports: local ports of the flows in the table; NULL before the first one
 * @masks: masks of the flows in the table that name no SSRC
 * @ssrc_masks: masks of those that do
 * @streams: streams by session, direction and SSRC; under RCU
 * @tombstones: what is left of streams forgotten, by session and SSRC; under RCU
 * @removals: streams and keys removed since, under @lock; for dumps
 * @stream_memory: memory that streams take, in bytes
 * @inflight: packets that wait for session keys or a crypto driver
 * @idle: woken when @inflight falls to zero
 * @requires: rules; read under RCU, written under @lock
 * @nrequires: number of rules
 * @asked: queries of DNS; under RCU, NULL without rules
 * @next_require: id of the next rule
 * @require_drops: packets dropped by rules, also by those deleted since
 * @folded: counters of sessions deleted since, by direction
 * @gc: garbage collection
 * @crowded: sessions that had no room for a stream
 * @make_room: makes it
 */
struct ksrtp_net {
	struct net *net;
	const struct nf_hook_ops *hooks;
	unsigned int nhooks;
	struct mutex lock;
	struct xarray sessions;
	u32 next_id;
	unsigned int nsessions;
	struct ksrtp_quota *quota;
	struct ksrtp_ledger ledger;
	unsigned int nowned;
	unsigned int users;
	struct rhashtable flows;
	struct ksrtp_ports *ports;
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
	struct ksrtp_stats folded[2];
	struct delayed_work gc;
	struct llist_head crowded;
	struct work_struct make_room;
};

extern unsigned int ksrtp_net_id;

struct ksrtp_net *ksrtp_net(const struct net *net);
int ksrtp_net_use(struct ksrtp_net *kn);
void ksrtp_net_unuse(struct ksrtp_net *kn);

/* Have garbage collected, from now on until there is none to wait for. */
static inline void ksrtp_net_start_gc(struct ksrtp_net *kn)
{
	schedule_delayed_work(&kn->gc, KSRTP_GC_PERIOD);
}

/* Take memory for streams; false if the quota has not enough left. */
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

/* Can no session and no rule be about packets of this local port? */
static inline bool ksrtp_net_foreign(const struct ksrtp_net *kn, __be16 port)
{
	/* pairs with the release in ksrtp_node_link() */
	const struct ksrtp_ports *ports = smp_load_acquire(&kn->ports);

	if (READ_ONCE(kn->nrequires))
		return false;
	return !ports || !ksrtp_ports_used(ports, port);
}

#endif /* _KSRTP_NET_H */
