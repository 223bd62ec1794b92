/* SPDX-License-Identifier: GPL-2.0 */
/* Packets that wait for session keys and crypto drivers. */
#ifndef _KSRTP_WAIT_H
#define _KSRTP_WAIT_H

struct ksrtp_packet;
struct ksrtp_packet_ops;

void ksrtp_wait_prepare(struct ksrtp_packet *packet,
			const struct ksrtp_packet_ops *ops);
int ksrtp_wait_keys(struct ksrtp_packet *packet);

#endif /* _KSRTP_WAIT_H */
