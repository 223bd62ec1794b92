/* SPDX-License-Identifier: GPL-2.0 */
/* Netlink requests: their policies, and what they say taken apart. */
#ifndef _KSRTP_REQUEST_H
#define _KSRTP_REQUEST_H

#include <linux/ksrtp.h>
#include <net/genetlink.h>

#include "rekey.h"
#include "require.h"
#include "session.h"
#include "stream.h"

extern const struct nla_policy ksrtp_session_new_policy[];
extern const struct nla_policy ksrtp_session_set_policy[];
extern const struct nla_policy ksrtp_session_find_policy[];
extern const struct nla_policy ksrtp_session_filter_policy[];
extern const struct nla_policy ksrtp_stream_get_policy[];
extern const struct nla_policy ksrtp_stream_set_policy[];
extern const struct nla_policy ksrtp_suite_get_policy[];
extern const struct nla_policy ksrtp_key_new_policy[];
extern const struct nla_policy ksrtp_key_use_policy[];
extern const struct nla_policy ksrtp_key_find_policy[];
extern const struct nla_policy ksrtp_require_new_policy[];
extern const struct nla_policy ksrtp_require_del_policy[];

/* Largest attribute each of the policies above covers. */
#define KSRTP_SESSION_NEW_MAX		KSRTP_A_SESSION_OWNED
#define KSRTP_SESSION_SET_MAX		KSRTP_A_SESSION_STREAM_TIMEOUT
#define KSRTP_SESSION_FIND_MAX		KSRTP_A_SESSION_SSRC
#define KSRTP_SESSION_FILTER_MAX	KSRTP_A_SESSION_SSRC
#define KSRTP_DIRECTION_REQUEST_MAX	KSRTP_A_DIRECTION_UNUSED_KEY
#define KSRTP_STREAM_GET_MAX		KSRTP_A_STREAM_SSRC
#define KSRTP_STREAM_SET_MAX		KSRTP_A_STREAM_SRTCP_USED_TO
#define KSRTP_SUITE_GET_MAX		KSRTP_A_SUITE_ID
#define KSRTP_KEY_NEW_MAX		KSRTP_A_KEY_KEY_SERIAL
/* reads what it refuses */
#define KSRTP_KEY_USE_MAX		KSRTP_A_KEY_FROM
#define KSRTP_KEY_FIND_MAX		KSRTP_A_KEY_FROM
#define KSRTP_REQUIRE_NEW_MAX		KSRTP_A_REQUIRE_JUDGE
#define KSRTP_REQUIRE_DEL_MAX		KSRTP_A_REQUIRE_ID

/* Longest time after which an idle stream is forgotten: a year, in seconds. */
#define KSRTP_STREAM_TIMEOUT_MAX	31536000

int ksrtp_request_flow(struct nlattr **attrs, struct ksrtp_flow *flow,
		       struct netlink_ext_ack *extack);
int ksrtp_request_session(struct nlattr **attrs, u32 portid,
			  struct ksrtp_session_config *config,
			  struct netlink_ext_ack *extack);
int ksrtp_request_policy(struct nlattr **attrs, struct ksrtp_session *session,
			 struct ksrtp_session_config *config,
			 struct netlink_ext_ack *extack);
int ksrtp_request_stream_id(struct nlattr **attrs, struct ksrtp_stream_id *id,
			    struct netlink_ext_ack *extack);
int ksrtp_request_stream_state(struct nlattr **attrs,
			       struct ksrtp_stream_state *state,
			       struct netlink_ext_ack *extack);
int ksrtp_request_key_id(struct nlattr **attrs, u32 *session, u32 *direction,
			 struct netlink_ext_ack *extack);
int ksrtp_request_key_name(struct nlattr **attrs, struct ksrtp_key_name *name,
			   struct netlink_ext_ack *extack);
int ksrtp_request_key(struct nlattr **attrs, const struct ksrtp_suite *suite,
		      struct ksrtp_master_config *config,
		      struct netlink_ext_ack *extack);
int ksrtp_request_require(struct nlattr **attrs,
			  struct ksrtp_require_config *config,
			  struct netlink_ext_ack *extack);
void ksrtp_request_wipe(struct genl_info *info);

#endif /* _KSRTP_REQUEST_H */
