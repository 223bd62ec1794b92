/* SPDX-License-Identifier: GPL-2.0 */
/* What a camera answers, and asks. */
#ifndef KSRTP_RTSP_RESPONSE_H
#define KSRTP_RTSP_RESPONSE_H

struct dialogue;
struct message;

void response_take(struct dialogue *d, const struct message *m);
void response_ask(struct dialogue *d, const struct message *m);

#endif
