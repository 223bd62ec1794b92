/* SPDX-License-Identifier: GPL-2.0 */
/* Session keys of SRTCP that are made when the first packet needs them. */
#ifndef _KSRTP_SRTCP_H
#define _KSRTP_SRTCP_H

#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/workqueue.h>

struct ksrtp_parked;

/**
 * struct ksrtp_srtcp - packets of a namespace that wait for session keys of SRTCP
 * @lock: protects all members below; BH
 * @parked: the packets, in order
 * @nparked: their number
 * @work: makes the keys, and resumes the packets
 */
struct ksrtp_srtcp {
	spinlock_t lock;
	struct list_head parked;
	unsigned int nparked;
	struct work_struct work;
};

void ksrtp_srtcp_init(struct ksrtp_srtcp *srtcp);
bool ksrtp_srtcp_park(struct ksrtp_srtcp *srtcp, struct ksrtp_parked *parked);
void ksrtp_srtcp_flush(struct ksrtp_srtcp *srtcp);

#endif /* _KSRTP_SRTCP_H */
