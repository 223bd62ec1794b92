/* SPDX-License-Identifier: GPL-2.0 */
/* Sessions and streams of this host's kernel, which its records follow. */
#ifndef KSRTP_SYNC_SOURCE_H
#define KSRTP_SYNC_SOURCE_H

#include "group.h"

struct nlattr;

bool source_is_new(struct group *group);
void source_adopt(struct group *group);
void source_welcome(struct group *group);
void source_read(struct group *group);
void source_finish(struct group *group);
void source_prepare(struct session *session);
void source_event(struct group *groups, unsigned int n, int cmd,
		  const struct nlattr *attrs, unsigned int len);

#endif
