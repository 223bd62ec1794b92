/* SPDX-License-Identifier: GPL-2.0 */
/* Sessions and streams of this host's kernel, which its records follow. */
#ifndef KSRTP_SYNC_SOURCE_H
#define KSRTP_SYNC_SOURCE_H

#include "group.h"

struct nlattr;

bool source_is_new(struct group *group);
void source_adopt(struct group *group);
void source_read(struct group *group);
void source_finish(struct group *group);
void source_prepare(struct session *session);
struct stream *source_take_stream(struct session *session,
				  const struct nlattr *attrs, unsigned int len);
struct session *source_take_session(struct group *group,
				    const struct nlattr *attrs,
				    unsigned int len);
void source_read_streams(struct group *group, uint32_t id);
bool source_set_pace(struct session *session);

#endif
