/* SPDX-License-Identifier: GPL-2.0 */
/* A session as a program describes it, attribute by attribute. */
#ifndef LIBKSRTP_DESCRIPTION_H
#define LIBKSRTP_DESCRIPTION_H

#include <linux/ksrtp.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#define DESCRIPTION_BYTES_MAX 255

struct value {
	bool given;
	uint64_t number;
	size_t len;
	uint8_t bytes[DESCRIPTION_BYTES_MAX];
};

struct ksrtp_session {
	struct value values[KSRTP_A_SESSION_MAX + 1];
	struct value directions[KSRTP_DIRECTION_MAX + 1]
			       [KSRTP_A_DIRECTION_MAX + 1];
};

struct nlmsghdr;

void description_put(const struct ksrtp_session *session,
		     struct nlmsghdr *nlh);

#endif
