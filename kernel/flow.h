/* SPDX-License-Identifier: GPL-2.0 */
/* Flows: the addresses, ports and interface that identify a session. */
#ifndef _KSRTP_FLOW_H
#define _KSRTP_FLOW_H

#include <linux/in6.h>
#include <linux/types.h>

/**
 * struct ksrtp_flow - a UDP flow as seen from this end of the wire
 * @local: our address; IPv4 in the first word, the rest zero
 * @remote: the peer's address, in the same form
 * @local_port: our UDP port
 * @remote_port: the peer's UDP port
 * @ifindex: ingress or egress interface
 * @ssrc: SSRC, if @has_ssrc
 * @family: AF_INET or AF_INET6
 * @has_ssrc: 1 if the flow has only one SSRC, else 0
 *
 * A zero member is a wildcard.
 */
struct ksrtp_flow {
	struct in6_addr local;
	struct in6_addr remote;
	__be16 local_port;
	__be16 remote_port;
	u32 ifindex;
	u32 ssrc;
	u16 family;
	u16 has_ssrc;
};

/*
 * Mask: the exact members of a flow. Among the sessions that match a packet,
 * the greatest mask wins; with equal masks, the session that names the SSRC.
 */
#define KSRTP_MASK_FAMILY	BIT(0)
#define KSRTP_MASK_IFINDEX	BIT(1)
#define KSRTP_MASK_LOCAL_PORT	BIT(2)
#define KSRTP_MASK_LOCAL	BIT(3)
#define KSRTP_MASK_REMOTE_PORT	BIT(4)
#define KSRTP_MASK_REMOTE	BIT(5)
#define KSRTP_MASKS		64

unsigned int ksrtp_flow_mask(const struct ksrtp_flow *flow);
u32 ksrtp_flow_hash(const struct ksrtp_flow *flow, u32 seed);
bool ksrtp_flow_given(const struct ksrtp_flow *flow);
void ksrtp_flow_reduce(const struct ksrtp_flow *flow, unsigned int mask,
		       struct ksrtp_flow *masked);

#endif /* _KSRTP_FLOW_H */
