/* SPDX-License-Identifier: GPL-2.0 */
/* Garbage collection, and sessions that end with their owner's socket. */
#ifndef _KSRTP_GC_H
#define _KSRTP_GC_H

struct ksrtp_net;
struct ksrtp_session;

void ksrtp_gc_init(struct ksrtp_net *kn);
void ksrtp_gc_stop(struct ksrtp_net *kn);
void ksrtp_gc_crowded(struct ksrtp_session *session);
void ksrtp_gc_exit(struct ksrtp_net *kn);

/* owner.c */
int ksrtp_owner_init(void);
void ksrtp_owner_exit(void);

#endif /* _KSRTP_GC_H */
