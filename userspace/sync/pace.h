/* SPDX-License-Identifier: GPL-2.0 */
/* How far streams may count, and how often they report. */
#ifndef KSRTP_SYNC_PACE_H
#define KSRTP_SYNC_PACE_H

#include <stdbool.h>

#include "group.h"

bool pace_session(struct session *session);
void pace_grant(struct stream *stream);
void pace_limit(struct stream *stream);
void pace_raise(struct stream *stream, const uint64_t *limits);

#endif
