// SPDX-License-Identifier: GPL-2.0
#include <libmnl/libmnl.h>
#include <linux/ksrtp.h>

#include "which.h"
#include "util/fail.h"

static void take_direction(struct which *which,
			   enum ksrtp_direction_id direction, const char *word)
{
	if (which->has_direction && which->direction != direction)
		usage("%s: either send or recv", word);
	args_once(&which->has_direction, word);
	which->direction = direction;
}

/* Take "session N", "send" or "recv", if one is there. */
bool which_parse(struct which *which, struct args *args)
{
	if (args_take(args, "session")) {
		args_once(&which->has_session, "session");
		which->session = args_number(args, "session", 1, UINT32_MAX);
	} else if (args_take(args, "send")) {
		take_direction(which, KSRTP_DIRECTION_SEND, "send");
	} else if (args_take(args, "recv")) {
		take_direction(which, KSRTP_DIRECTION_RECV, "recv");
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

/* Name of the direction. */
const char *which_name(const struct which *which)
{
	return which->direction == KSRTP_DIRECTION_SEND ? "send" : "recv";
}
