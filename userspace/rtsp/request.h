/* SPDX-License-Identifier: GPL-2.0 */
/* What a client asks. */
#ifndef KSRTP_RTSP_REQUEST_H
#define KSRTP_RTSP_REQUEST_H

struct dialogue;
struct message;

void request_take(struct dialogue *d, const struct message *m);

#endif
