/* SPDX-License-Identifier: GPL-2.0 */
/* Requests that have a stream in this host's kernel be as its record says. */
#ifndef KSRTP_SYNC_STREAM_H
#define KSRTP_SYNC_STREAM_H

#include "group.h"

void stream_install(struct stream *stream);

#endif
