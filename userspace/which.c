// SPDX-License-Identifier: GPL-2.0
#include <libmnl/libmnl.h>
#include <linux/ksrtp.h>

#include "which.h"

/* Take "session N", "send" or "recv", if one is there. */
bool which_parse(struct which *which, struct args *args)
{
	if (args_take(args, "session")) {
		args_once(&which->has_session, "session");
		which->session = args_number(args, "session", 1, UINT32_MAX);
	} else if (args_take(args, "send")) {
		args_once(&which->has_direction, "send");
		which->direction = KSRTP_DIRECTION_SEND;
	} else if (args_take(args, "recv")) {
		args_once(&which->has_direction, "recv");
		which->direction = KSRTP_DIRECTION_RECV;
	} else {
		return false;
	}
	return true;
}

void which_put(const struct which *which, struct nlmsghdr *nlh,
	       uint16_t session_attr, uint16_t direction_attr)
{
	if (which->has_session)
		mnl_attr_put_u32(nlh, session_attr, which->session);
	if (which->has_direction)
		mnl_attr_put_u32(nlh, direction_attr, which->direction);
}

/* The direction's name. */
const char *which_name(const struct which *which)
{
	return which->direction == KSRTP_DIRECTION_SEND ? "send" : "recv";
}
