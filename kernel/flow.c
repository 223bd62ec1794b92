// SPDX-License-Identifier: GPL-2.0
/* Exact and wildcard members of flows. */

#include <linux/bits.h>
#include <linux/string.h>
#include <net/ipv6.h>

#include "flow.h"

/**
 * ksrtp_flow_shape() - tell which members of a flow are exact
 * @flow: the flow
 *
 * Context: any.
 * Return: bits KSRTP_SHAPE_*.
 */
unsigned int ksrtp_flow_shape(const struct ksrtp_flow *flow)
{
	unsigned int shape = 0;

	if (!ipv6_addr_any(&flow->remote))
		shape |= KSRTP_SHAPE_REMOTE;
	if (flow->remote_port)
		shape |= KSRTP_SHAPE_REMOTE_PORT;
	if (!ipv6_addr_any(&flow->local))
		shape |= KSRTP_SHAPE_LOCAL;
	if (flow->local_port)
		shape |= KSRTP_SHAPE_LOCAL_PORT;
	if (flow->ifindex)
		shape |= KSRTP_SHAPE_IFINDEX;
	if (flow->family)
		shape |= KSRTP_SHAPE_FAMILY;
	return shape;
}

/**
 * ksrtp_flow_given() - is there anything but wildcards in a flow?
 * @flow: the flow
 *
 * Context: any.
 * Return: true if so.
 */
bool ksrtp_flow_given(const struct ksrtp_flow *flow)
{
	return ksrtp_flow_shape(flow) || flow->has_ssrc;
}

/**
 * ksrtp_flow_mask() - reduce a packet's flow to some of its members
 * @flow: a packet's flow
 * @shape: the members to keep, KSRTP_SHAPE_*
 * @masked: where to put the result; without an SSRC
 *
 * Context: any.
 */
void ksrtp_flow_mask(const struct ksrtp_flow *flow, unsigned int shape,
		     struct ksrtp_flow *masked)
{
	memset(masked, 0, sizeof(*masked));
	if (shape & KSRTP_SHAPE_REMOTE)
		masked->remote = flow->remote;
	if (shape & KSRTP_SHAPE_REMOTE_PORT)
		masked->remote_port = flow->remote_port;
	if (shape & KSRTP_SHAPE_LOCAL)
		masked->local = flow->local;
	if (shape & KSRTP_SHAPE_LOCAL_PORT)
		masked->local_port = flow->local_port;
	if (shape & KSRTP_SHAPE_IFINDEX)
		masked->ifindex = flow->ifindex;
	if (shape & KSRTP_SHAPE_FAMILY)
		masked->family = flow->family;
}
