/* SPDX-License-Identifier: GPL-2.0 */
/* Packets that wait, for session keys or for asynchronous crypto drivers. */
#ifndef _KSRTP_WAIT_H
#define _KSRTP_WAIT_H

#include "packet.h"

void ksrtp_wait_prepare(struct ksrtp_packet *packet,
			const struct ksrtp_packet_ops *ops);
int ksrtp_wait_learn(struct ksrtp_packet *packet, struct ksrtp_ekt *ekt);
int ksrtp_wait_hold(struct ksrtp_packet *packet, struct ksrtp_keys *keys);

/**
 * ksrtp_wait_keys() - get the session keys for a packet, or let it wait
 *	for them
 * @packet: the packet, prepared
 *
 * Context: under rcu_read_lock(), BH disabled.
 * Return: 0; -EINPROGRESS if it waits; -EBADMSG if a received packet has to be
 * tried with other keys; or the cause to drop it for.
 */
static inline int ksrtp_wait_keys(struct ksrtp_packet *packet)
{
	struct ksrtp_keys *keys =
		ksrtp_master_keys(ksrtp_packet_master(packet), packet->work.rtcp,
				  packet->work.index, packet->resumed);

	if (unlikely(!keys || keys->async || packet->held))
		return ksrtp_wait_hold(packet, keys);
	packet->keys = keys;
	packet->work.keys = &keys->set;
	return 0;
}

#endif /* _KSRTP_WAIT_H */
