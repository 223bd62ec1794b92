/* SPDX-License-Identifier: GPL-2.0 */
/* Streams of a dump: how far they are, and what they have received. */
#ifndef KSRTP_DUMPED_STREAM_H
#define KSRTP_DUMPED_STREAM_H

#include <jansson.h>
#include <stdint.h>

void dumped_stream_make(json_t *stream, json_t *session, uint32_t jump);

#endif
