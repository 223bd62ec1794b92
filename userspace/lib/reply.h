/* SPDX-License-Identifier: GPL-2.0 */
/* Answers of the kernel, collected until all have arrived. */
#ifndef LIBKSRTP_REPLY_H
#define LIBKSRTP_REPLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "channel.h"
#include "libksrtp.h"

struct replies {
	char *bytes;
	size_t len, room;
	bool lost;		/* memory was short */
	const struct attr_set *set;
};

void replies_begin(void *replies);
void replies_add(const struct attr_set *set, const struct nlattr *attrs,
		 unsigned int len, void *replies);
bool replies_next(const struct replies *replies, size_t *at,
		  struct ksrtp_reply *reply);
void replies_free(struct replies *replies);
uint64_t reply_number(const struct ksrtp_reply *reply, unsigned int attr,
		      uint64_t otherwise);

#endif
