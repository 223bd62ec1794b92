/* SPDX-License-Identifier: GPL-2.0 */
/* Rules that RTP and RTCP needs a session with keys. */
#ifndef _KSRTP_REQUIRE_H
#define _KSRTP_REQUIRE_H

#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/types.h>
#include <linux/ksrtp.h>

#include "burst.h"
#include "flow.h"

struct ksrtp_net;
struct netlink_ext_ack;

#define KSRTP_REQUIRES_MAX	64

/**
 * struct ksrtp_require_config - what packets a rule is about
 * @ifindex: interface, 0 for any
 * @family: AF_INET or AF_INET6, 0 for both
 * @first_port: first local port
 * @last_port: last local port
 */
struct ksrtp_require_config {
	u32 ifindex;
	u16 family;
	u16 first_port;
	u16 last_port;
};

/**
 * struct ksrtp_require - a rule
 * @list: link in its namespace
 * @id: its number there
 * @config: what packets it is about
 * @drops: packets dropped, by direction
 * @burst: for alerts
 * @rcu: frees it
 */
struct ksrtp_require {
	struct list_head list;
	u32 id;
	struct ksrtp_require_config config;
	atomic64_t drops[2];
	struct ksrtp_burst burst;
	struct rcu_head rcu;
};

struct ksrtp_require *
ksrtp_require_create(struct ksrtp_net *kn,
		     const struct ksrtp_require_config *config,
		     struct netlink_ext_ack *extack);
struct ksrtp_require *ksrtp_require_find(struct ksrtp_net *kn, u32 id);
void ksrtp_require_delete(struct ksrtp_net *kn, struct ksrtp_require *require);
void ksrtp_require_delete_all(struct ksrtp_net *kn);
bool ksrtp_require_applies(struct ksrtp_net *kn, const struct ksrtp_flow *flow);
bool ksrtp_require_refuses(struct ksrtp_net *kn, const struct ksrtp_flow *flow,
			   enum ksrtp_direction_id id);

#endif /* _KSRTP_REQUIRE_H */
