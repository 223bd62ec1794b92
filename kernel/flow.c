// SPDX-License-Identifier: GPL-2.0
/* Exact and wildcard members of flows. */

#include <linux/bits.h>
#include <linux/random.h>
#include <linux/string.h>
#include <net/ipv6.h>

#include "flow.h"

u64 ksrtp_flow_secret[13] __ro_after_init;

/**
 * ksrtp_flow_init() - choose the secret numbers of ksrtp_flow_hash()
 *
 * Context: process, before the first flow.
 */
void __init ksrtp_flow_init(void)
{
	get_random_bytes(ksrtp_flow_secret, sizeof(ksrtp_flow_secret));
}

/**
 * ksrtp_flow_mask() - find the exact members of a flow
 * @flow: the flow
 *
 * Context: any.
 * Return: bits KSRTP_MASK_*.
 */
unsigned int ksrtp_flow_mask(const struct ksrtp_flow *flow)
{
	unsigned int mask = 0;

	if (!ipv6_addr_any(&flow->remote))
		mask |= KSRTP_MASK_REMOTE;
	if (flow->remote_port)
		mask |= KSRTP_MASK_REMOTE_PORT;
	if (!ipv6_addr_any(&flow->local))
		mask |= KSRTP_MASK_LOCAL;
	if (flow->local_port)
		mask |= KSRTP_MASK_LOCAL_PORT;
	if (flow->ifindex)
		mask |= KSRTP_MASK_IFINDEX;
	if (flow->family)
		mask |= KSRTP_MASK_FAMILY;
	return mask;
}

/**
 * ksrtp_flow_given() - has a flow any exact member?
 * @flow: the flow
 *
 * Context: any.
 * Return: true if so.
 */
bool ksrtp_flow_given(const struct ksrtp_flow *flow)
{
	return ksrtp_flow_mask(flow) || flow->has_ssrc;
}

