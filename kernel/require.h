/* SPDX-License-Identifier: GPL-2.0 */
/* Rules that RTP and RTCP need a session with keys. */
#ifndef _KSRTP_REQUIRE_H
#define _KSRTP_REQUIRE_H

#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/types.h>
#include <linux/ksrtp.h>

#include "ratelimit.h"
#include "flow.h"

struct ksrtp_net;
struct ksrtp_sight;
struct netlink_ext_ack;

#define KSRTP_REQUIRES_MAX	64

/**
 * struct ksrtp_port_range - ports, in host byte order
 * @first: the first one
 * @last: the last one
 */
struct ksrtp_port_range {
	u16 first;
	u16 last;
};

/**
 * struct ksrtp_require_config - packets that a rule applies to
 * @ifindex: interface, 0 for any
 * @family: AF_INET or AF_INET6, 0 for both
 * @local: local ports; @local.first is 0 for all
 * @nexcepts: number of @excepts
 * @excepts: excluded remote ports, ascending; zero behind the last
 * @judge: how to recognize RTP and RTCP
 */
struct ksrtp_require_config {
	u32 ifindex;
	u16 family;
	struct ksrtp_port_range local;
	u16 nexcepts;
	struct ksrtp_port_range excepts[KSRTP_EXCEPTS_MAX];
	enum ksrtp_judge judge;
};

/**
 * struct ksrtp_require - a rule
 * @list: link in its namespace
 * @id: its id
 * @config: packets that it applies to
 * @lease: group of a lease that it came with, or 0
 * @drops: packets dropped, by direction
 * @limit: rate limit of alerts
 * @rcu: frees it
 */
struct ksrtp_require {
	struct list_head list;
	u32 id;
	struct ksrtp_require_config config;
	u32 lease;
	atomic64_t drops[2];
	struct ksrtp_ratelimit limit;
	struct rcu_head rcu;
};

struct ksrtp_require *
ksrtp_require_create(struct ksrtp_net *kn,
		     const struct ksrtp_require_config *config, u32 lease,
		     struct netlink_ext_ack *extack);
struct ksrtp_require *ksrtp_require_find(struct ksrtp_net *kn, u32 id);
void ksrtp_require_delete(struct ksrtp_net *kn, struct ksrtp_require *require);
void ksrtp_require_delete_all(struct ksrtp_net *kn);
bool ksrtp_require_about(struct ksrtp_net *kn, const struct ksrtp_flow *flow,
			 bool *dev);
bool ksrtp_require_suspects(struct ksrtp_net *kn, const struct ksrtp_flow *flow,
			    const struct ksrtp_sight *sight);
struct ksrtp_require *ksrtp_require_refuses(struct ksrtp_net *kn,
					    const struct ksrtp_flow *flow,
					    enum ksrtp_direction_id id,
					    const struct ksrtp_sight *sight);

#endif /* _KSRTP_REQUIRE_H */
