// SPDX-License-Identifier: GPL-2.0
/* Exact and wildcard members of flows. */

#include <linux/bits.h>
#include <linux/jhash.h>
#include <linux/string.h>
#include <net/ipv6.h>

#include "flow.h"

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
 * ksrtp_flow_hash() - hash a flow
 * @flow: the flow
 * @seed: secret, so that nobody can construct collisions
 *
 * Done for every packet, so members that are usually zero cost nothing.
 *
 * Context: any.
 * Return: the hash.
 */
u32 ksrtp_flow_hash(const struct ksrtp_flow *flow, u32 seed)
{
	const u32 *local = (const u32 *)&flow->local;
	const u32 *remote = (const u32 *)&flow->remote;
	u32 ports = (__force u32)flow->local_port << 16 |
		    (__force u16)flow->remote_port;

	if (local[1] | local[2] | local[3] | remote[1] | remote[2] | remote[3]) {
		seed = jhash_3words(local[1], local[2], local[3], seed);
		seed = jhash_3words(remote[1], remote[2], remote[3], seed);
	}
	if (flow->ifindex | flow->ssrc)
		seed = jhash_2words(flow->ifindex, flow->ssrc, seed);
	return jhash_3words(local[0], remote[0], ports, seed);
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

/**
 * ksrtp_flow_reduce() - reduce a packet's flow to some of its members
 * @flow: a packet's flow
 * @mask: members to keep, KSRTP_MASK_*
 * @masked: result; without an SSRC
 *
 * Context: any.
 */
void ksrtp_flow_reduce(const struct ksrtp_flow *flow, unsigned int mask,
		       struct ksrtp_flow *masked)
{
	/* member by member, as they were just written: this forwards the stores */
	masked->local = mask & KSRTP_MASK_LOCAL ?
			flow->local : (struct in6_addr){};
	masked->remote = mask & KSRTP_MASK_REMOTE ?
			 flow->remote : (struct in6_addr){};
	masked->local_port = mask & KSRTP_MASK_LOCAL_PORT ?
			     flow->local_port : 0;
	masked->remote_port = mask & KSRTP_MASK_REMOTE_PORT ?
			      flow->remote_port : 0;
	masked->ifindex = mask & KSRTP_MASK_IFINDEX ? flow->ifindex : 0;
	masked->ssrc = 0;
	masked->family = mask & KSRTP_MASK_FAMILY ? flow->family : 0;
	masked->has_ssrc = 0;
}
