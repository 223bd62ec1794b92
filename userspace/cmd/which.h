/* SPDX-License-Identifier: GPL-2.0 */
/* Session and direction of an object. */
#ifndef KSRTP_WHICH_H
#define KSRTP_WHICH_H

#include <stdbool.h>
#include <stdint.h>

#include "util/args.h"

struct nlmsghdr;

struct which {
	bool has_session, has_direction;
	uint32_t session, direction;
};

bool which_parse(struct which *which, struct args *args);
void which_put(const struct which *which, struct nlmsghdr *nlh,
	       uint16_t session_attr, uint16_t direction_attr);
const char *which_name(const struct which *which);

#endif
