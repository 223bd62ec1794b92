/* SPDX-License-Identifier: GPL-2.0 */
/* Records of another host, followed: read from the store, and as they change. */
#ifndef KSRTP_SYNC_READER_H
#define KSRTP_SYNC_READER_H

#include "group.h"
#include "link.h"

void reader_scan(struct group *group, void (*done)(struct group *group));
void reader_resume(struct group *group);
void reader_subscribe(struct group *group, link_done *done);
bool reader_change(struct group *group, const char *bytes, size_t len);

#endif
