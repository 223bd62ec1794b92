/* SPDX-License-Identifier: GPL-2.0 */
/* Upkeep: what has to be done now and then. */
#ifndef _KSRTP_UPKEEP_H
#define _KSRTP_UPKEEP_H

struct ksrtp_net;
struct ksrtp_session;

void ksrtp_upkeep_init(struct ksrtp_net *kn);
void ksrtp_upkeep_start(struct ksrtp_net *kn);
void ksrtp_upkeep_stop(struct ksrtp_net *kn);
void ksrtp_upkeep_crowded(struct ksrtp_session *session);
void ksrtp_upkeep_exit(struct ksrtp_net *kn);

#endif /* _KSRTP_UPKEEP_H */
