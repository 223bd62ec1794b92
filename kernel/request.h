/* SPDX-License-Identifier: GPL-2.0 */
/* Netlink requests: their policies, and what they say taken apart. */
#ifndef _KSRTP_REQUEST_H
#define _KSRTP_REQUEST_H

#include <linux/ksrtp.h>
#include <net/netlink.h>

#include "session.h"
#include "stream.h"

extern const struct nla_policy ksrtp_session_new_policy[];
extern const struct nla_policy ksrtp_session_set_policy[];
extern const struct nla_policy ksrtp_session_find_policy[];
extern const struct nla_policy ksrtp_session_filter_policy[];
extern const struct nla_policy ksrtp_stream_get_policy[];
extern const struct nla_policy ksrtp_stream_set_policy[];

/* Largest attribute each of the policies above covers. */
#define KSRTP_SESSION_NEW_MAX		KSRTP_A_SESSION_RECV
#define KSRTP_SESSION_SET_MAX		KSRTP_A_SESSION_RECV
#define KSRTP_SESSION_FIND_MAX		KSRTP_A_SESSION_REMOTE_PORT
#define KSRTP_SESSION_FILTER_MAX	KSRTP_A_SESSION_REMOTE_PORT
#define KSRTP_STREAM_GET_MAX		KSRTP_A_STREAM_SSRC
#define KSRTP_STREAM_SET_MAX		KSRTP_A_STREAM_RTCP_REPLAY

int ksrtp_request_flow(struct nlattr **attrs, struct ksrtp_flow *flow,
		       struct netlink_ext_ack *extack);
int ksrtp_request_session(struct nlattr **attrs,
			  struct ksrtp_session_config *config,
			  struct netlink_ext_ack *extack);
int ksrtp_request_policy(struct nlattr **attrs,
			 struct ksrtp_session_config *config,
			 struct netlink_ext_ack *extack);
int ksrtp_request_stream_id(struct nlattr **attrs, struct ksrtp_stream_id *id,
			    struct netlink_ext_ack *extack);
int ksrtp_request_stream_state(struct nlattr **attrs,
			       struct ksrtp_stream_state *state,
			       struct netlink_ext_ack *extack);
void ksrtp_request_wipe(struct nlattr **attrs);

#endif /* _KSRTP_REQUEST_H */
