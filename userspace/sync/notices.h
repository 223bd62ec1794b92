/* SPDX-License-Identifier: GPL-2.0 */
/* What keepalived tells of its instances, by a FIFO. */
#ifndef KSRTP_SYNC_NOTICES_H
#define KSRTP_SYNC_NOTICES_H

struct args;

void notices_follow(struct args *args);

#endif
