/* SPDX-License-Identifier: GPL-2.0 */
/* What a network namespace keeps. */
#ifndef _KSRTP_NET_H
#define _KSRTP_NET_H

#include <linux/atomic.h>
#include <linux/mutex.h>
#include <linux/rhashtable-types.h>
#include <linux/wait.h>
#include <linux/xarray.h>

#include "flow.h"

struct net;

/**
 * struct ksrtp_net - state of one network namespace
 * @net: the namespace
 * @lock: guards what netlink changes: sessions, @shape_count, hooks
 * @sessions: sessions by id; read under RCU, written under @lock
 * @next_id: where to look for the next free id
 * @nsessions: number of sessions
 * @flows: nodes of sessions by flow; read under RCU, written under @lock
 * @shapes: bitmap of the shapes that flows in the table have
 * @shape_count: number of flows of each shape
 * @streams: streams by session, direction and SSRC; under RCU
 * @stream_memory: memory that streams take, in bytes
 * @inflight: packets that wait for a crypto driver
 * @idle: woken when @inflight falls to zero
 */
struct ksrtp_net {
	struct net *net;
	struct mutex lock;
	struct xarray sessions;
	u32 next_id;
	unsigned int nsessions;
	struct rhashtable flows;
	u64 shapes;
	u32 shape_count[KSRTP_SHAPES];
	struct rhashtable streams;
	atomic_long_t stream_memory;
	atomic_t inflight;
	wait_queue_head_t idle;
};

struct ksrtp_net *ksrtp_net(const struct net *net);
int ksrtp_net_init(void);
void ksrtp_net_exit(void);

#endif /* _KSRTP_NET_H */
