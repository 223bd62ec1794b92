// SPDX-License-Identifier: GPL-2.0
/* Events. A listener that misses one gets ENOBUFS from its socket. */

#include "netlink/event.h"
#include "netlink/netlink.h"

/* Tell listeners that an event was lost. */
static void ksrtp_event_lose(struct net *net)
{
	genl_set_err(&ksrtp_family, net, 0, KSRTP_NLGRP_EVENTS, -ENOBUFS);
}

/**
 * ksrtp_event_new() - start an event
 * @net: namespace
 * @size: room for it, in bytes
 * @gfp: how to allocate it
 *
 * Context: as @gfp says.
 * Return: the message, or NULL if there are no listeners or memory is short.
 */
struct sk_buff *ksrtp_event_new(struct net *net, size_t size, gfp_t gfp)
{
	struct sk_buff *msg;

	if (!genl_has_listeners(&ksrtp_family, net, KSRTP_NLGRP_EVENTS))
		return NULL;
	msg = genlmsg_new(size, gfp);
	if (!msg)
		ksrtp_event_lose(net);
	return msg;
}

/**
 * ksrtp_event_send() - send an event
 * @net: namespace
 * @msg: the event, filled in
 * @err: 0, or why it could not be filled in
 * @gfp: how to allocate copies
 *
 * Context: as @gfp says.
 */
void ksrtp_event_send(struct net *net, struct sk_buff *msg, int err, gfp_t gfp)
{
	if (!err) {
		genlmsg_multicast_netns(&ksrtp_family, net, msg, 0,
					KSRTP_NLGRP_EVENTS, gfp);
		return;
	}
	nlmsg_free(msg);
	ksrtp_event_lose(net);
}
