/* SPDX-License-Identifier: GPL-2.0 */
/* Netlink requests: what they say taken apart. */
#ifndef _KSRTP_REQUEST_H
#define _KSRTP_REQUEST_H

#include <linux/ksrtp.h>
#include <net/genetlink.h>

#include "rekey.h"
#include "require.h"
#include "session.h"
#include "stream.h"

int ksrtp_request_flow(struct nlattr **attrs, struct ksrtp_flow *flow,
		       struct netlink_ext_ack *extack);
int ksrtp_request_session(struct nlattr **attrs, u32 portid,
			  struct ksrtp_session_config *config,
			  struct netlink_ext_ack *extack);
int ksrtp_request_policy(struct nlattr **attrs, struct ksrtp_session *session,
			 struct ksrtp_session_config *config,
			 struct netlink_ext_ack *extack);
int ksrtp_request_move(struct nlattr **attrs,
		       struct ksrtp_session_config *config,
		       struct netlink_ext_ack *extack);
int ksrtp_request_stream_id(struct nlattr **attrs, struct ksrtp_stream_id *id,
			    struct netlink_ext_ack *extack);
int ksrtp_request_stream_state(struct nlattr **attrs,
			       struct ksrtp_stream_state *state,
			       struct netlink_ext_ack *extack);
int ksrtp_request_key_id(struct nlattr **attrs, u32 *session, u32 *direction,
			 struct netlink_ext_ack *extack);
int ksrtp_request_key_name(const struct nlattr *mki, const struct nlattr *from,
			   struct ksrtp_key_name *name,
			   struct netlink_ext_ack *extack);
int ksrtp_request_key(struct nlattr **attrs, const struct ksrtp_suite *suite,
		      struct ksrtp_master_config *config,
		      struct netlink_ext_ack *extack);
int ksrtp_request_require(struct nlattr **attrs,
			  struct ksrtp_require_config *config,
			  struct netlink_ext_ack *extack);
void ksrtp_request_wipe(struct genl_info *info);

#endif /* _KSRTP_REQUEST_H */
