/* SPDX-License-Identifier: GPL-2.0 */
/* Events of this host's kernel, and what was missed of them before it was at work. */
#ifndef KSRTP_SYNC_EVENTS_H
#define KSRTP_SYNC_EVENTS_H

#include "group.h"

struct nlattr;

void events_welcome(struct group *group);
void events_follow(struct group *groups, unsigned int n, int cmd,
		   const struct nlattr *attrs, unsigned int len);

#endif
