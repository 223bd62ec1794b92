/* SPDX-License-Identifier: GPL-2.0 */
/* Sessions and streams of records, made in this host's kernel. */
#ifndef KSRTP_SYNC_RESTORE_H
#define KSRTP_SYNC_RESTORE_H

#include <stdint.h>

#include "group.h"

void restore_session(struct session *session, uint64_t base);
void restore_stream(struct stream *stream, uint64_t base);
void restore_again(struct session *session, uint64_t base);
void restore_flush(void);
void restore_base(struct group *group, uint64_t base);
void restore_withdraw(struct group *group);

#endif
