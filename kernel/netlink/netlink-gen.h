/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/ksrtp.yaml */
/* YNL-GEN kernel header */
/* To regenerate run: tools/net/ynl/ynl-regen.sh */

#ifndef _LINUX_KSRTP_GEN_H
#define _LINUX_KSRTP_GEN_H

#include <net/netlink.h>
#include <net/genetlink.h>

#include <uapi/linux/ksrtp.h>

/* Common nested types */
extern const struct nla_policy ksrtp_direction_nl_policy[KSRTP_A_DIRECTION_FURTHER_KEYS + 1];
extern const struct nla_policy ksrtp_direction_request_nl_policy[KSRTP_A_DIRECTION_FURTHER_KEYS + 1];
extern const struct nla_policy ksrtp_flow_nl_policy[KSRTP_A_FLOW_SSRC + 1];
extern const struct nla_policy ksrtp_relay_nl_policy[KSRTP_A_RELAY_SSRCS + 1];
extern const struct nla_policy ksrtp_relays_nl_policy[KSRTP_A_RELAYS_RELAY + 1];
extern const struct nla_policy ksrtp_stats_nl_policy[KSRTP_A_STATS_DROP_NO_RELAY + 1];

/* Ops table for ksrtp */
extern const struct genl_split_ops ksrtp_nl_ops[31];

int ksrtp_nl_pre_doit(const struct genl_split_ops *ops, struct sk_buff *skb,
		      struct genl_info *info);
int ksrtp_nl_session_pre_doit(const struct genl_split_ops *ops,
			      struct sk_buff *skb, struct genl_info *info);
int ksrtp_nl_key_pre_doit(const struct genl_split_ops *ops,
			  struct sk_buff *skb, struct genl_info *info);
void
ksrtp_nl_post_doit_wipe(const struct genl_split_ops *ops, struct sk_buff *skb,
			struct genl_info *info);
void
ksrtp_nl_post_doit(const struct genl_split_ops *ops, struct sk_buff *skb,
		   struct genl_info *info);
int ksrtp_nl_session_get_start(struct netlink_callback *cb);
int ksrtp_nl_stream_get_start(struct netlink_callback *cb);

int ksrtp_nl_session_new_doit(struct sk_buff *skb, struct genl_info *info);
int ksrtp_nl_session_set_doit(struct sk_buff *skb, struct genl_info *info);
int ksrtp_nl_session_del_doit(struct sk_buff *skb, struct genl_info *info);
int ksrtp_nl_session_get_doit(struct sk_buff *skb, struct genl_info *info);
int ksrtp_nl_session_get_dumpit(struct sk_buff *skb,
				struct netlink_callback *cb);
int ksrtp_nl_session_flush_doit(struct sk_buff *skb, struct genl_info *info);
int ksrtp_nl_stream_get_doit(struct sk_buff *skb, struct genl_info *info);
int ksrtp_nl_stream_get_dumpit(struct sk_buff *skb,
			       struct netlink_callback *cb);
int ksrtp_nl_stream_set_doit(struct sk_buff *skb, struct genl_info *info);
int ksrtp_nl_suite_get_doit(struct sk_buff *skb, struct genl_info *info);
int ksrtp_nl_suite_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int ksrtp_nl_key_new_doit(struct sk_buff *skb, struct genl_info *info);
int ksrtp_nl_key_use_doit(struct sk_buff *skb, struct genl_info *info);
int ksrtp_nl_key_del_doit(struct sk_buff *skb, struct genl_info *info);
int ksrtp_nl_key_get_doit(struct sk_buff *skb, struct genl_info *info);
int ksrtp_nl_key_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int ksrtp_nl_require_new_doit(struct sk_buff *skb, struct genl_info *info);
int ksrtp_nl_require_del_doit(struct sk_buff *skb, struct genl_info *info);
int ksrtp_nl_require_get_dumpit(struct sk_buff *skb,
				struct netlink_callback *cb);
int ksrtp_nl_stat_get_doit(struct sk_buff *skb, struct genl_info *info);
int ksrtp_nl_attach_new_doit(struct sk_buff *skb, struct genl_info *info);
int ksrtp_nl_attach_del_doit(struct sk_buff *skb, struct genl_info *info);
int ksrtp_nl_attach_get_dumpit(struct sk_buff *skb,
			       struct netlink_callback *cb);
int ksrtp_nl_lease_set_doit(struct sk_buff *skb, struct genl_info *info);
int ksrtp_nl_lease_del_doit(struct sk_buff *skb, struct genl_info *info);
int ksrtp_nl_lease_get_doit(struct sk_buff *skb, struct genl_info *info);
int ksrtp_nl_lease_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int ksrtp_nl_seal_set_doit(struct sk_buff *skb, struct genl_info *info);
int ksrtp_nl_seal_del_doit(struct sk_buff *skb, struct genl_info *info);
int ksrtp_nl_seal_get_doit(struct sk_buff *skb, struct genl_info *info);
int ksrtp_nl_seal_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);

enum {
	KSRTP_NLGRP_EVENTS,
};

#endif /* _LINUX_KSRTP_GEN_H */
