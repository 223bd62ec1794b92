/* SPDX-License-Identifier: GPL-2.0 */
/* Records of what has changed, written to the store in batches. */
#ifndef KSRTP_SYNC_WRITER_H
#define KSRTP_SYNC_WRITER_H

#include "group.h"

void writer_flush(struct group *group);
void writer_mark_all(struct group *group);

#endif
