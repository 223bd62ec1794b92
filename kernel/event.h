/* SPDX-License-Identifier: GPL-2.0 */
/* Events, told to whoever listens. */
#ifndef _KSRTP_EVENT_H
#define _KSRTP_EVENT_H

#include <linux/ksrtp.h>

struct ksrtp_session;
struct ksrtp_stream;
struct net;

void ksrtp_event_session(struct ksrtp_session *session, enum ksrtp_cmd cmd);
void ksrtp_event_stream_new(struct net *net, struct ksrtp_stream *stream);

#endif /* _KSRTP_EVENT_H */
