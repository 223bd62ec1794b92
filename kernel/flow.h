/* SPDX-License-Identifier: GPL-2.0 */
/* Flows: the addresses, ports and interface that identify a session. */
#ifndef _KSRTP_FLOW_H
#define _KSRTP_FLOW_H

#include <linux/bits.h>
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
} __aligned(8);

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

void ksrtp_flow_init(void);
unsigned int ksrtp_flow_mask(const struct ksrtp_flow *flow);
bool ksrtp_flow_given(const struct ksrtp_flow *flow);

/* Multipliers of the words that are hashed; secret, and chosen when we are loaded. */
extern u64 ksrtp_flow_secret[13];

/**
 * ksrtp_flow_hash() - hash a flow
 * @flow: the flow
 * @seed: number of the hash function
 *
 * A sum of products with secret 64-bit numbers, of which the upper half is taken: two
 * flows collide with a probability of 2^-32, whoever chooses them (Dietzfelbinger:
 * *Universal hashing and k-wise independent random variables via integer arithmetic
 * without primes*, 1996). The products do not wait for each other. Done for every
 * packet, so members that are usually zero cost nothing.
 *
 * Addresses and ports are often consecutive, and by some of the secret numbers such
 * sums come in heaps. So the result is mixed: another number for each, and heaps no
 * longer share their low bits.
 *
 * Context: any.
 * Return: the hash.
 */
static inline u32 ksrtp_flow_hash(const struct ksrtp_flow *flow, u32 seed)
{
	const u32 *local = (const u32 *)&flow->local;
	const u32 *remote = (const u32 *)&flow->remote;
	u32 ports = (__force u32)flow->local_port << 16 |
		    (__force u16)flow->remote_port;
	const u64 *secret = ksrtp_flow_secret;
	u64 sum = secret[0] + secret[1] * local[0] + secret[2] * remote[0] +
		  secret[3] * ports + secret[4] * seed;
	u32 hash;

	if (local[1] | local[2] | local[3] | remote[1] | remote[2] | remote[3])
		sum += secret[5] * local[1] + secret[6] * local[2] +
		       secret[7] * local[3] + secret[8] * remote[1] +
		       secret[9] * remote[2] + secret[10] * remote[3];
	if (flow->ifindex | flow->ssrc)
		sum += secret[11] * flow->ifindex + secret[12] * flow->ssrc;
	hash = sum >> 32;
	hash = (hash ^ hash >> 15) * 0x2c1b3c6d;
	return hash ^ hash >> 16;
}

/**
 * ksrtp_flow_equal() - compare two flows
 * @a: a flow
 * @b: another flow
 *
 * Context: any.
 * Return: true if all members are equal.
 */
static inline bool ksrtp_flow_equal(const struct ksrtp_flow *a,
				    const struct ksrtp_flow *b)
{
	const u64 *x = (const u64 *)a, *y = (const u64 *)b;

	/* addresses by words, the rest as it was written: this forwards stores */
	static_assert(offsetof(struct ksrtp_flow, local_port) == 4 * sizeof(*x));
	return !((x[0] ^ y[0]) | (x[1] ^ y[1]) | (x[2] ^ y[2]) |
		 (x[3] ^ y[3]) | (a->ifindex ^ b->ifindex) |
		 (a->ssrc ^ b->ssrc) |
		 (__force u16)(a->local_port ^ b->local_port) |
		 (__force u16)(a->remote_port ^ b->remote_port) |
		 (a->family ^ b->family) | (a->has_ssrc ^ b->has_ssrc));
}

/**
 * ksrtp_flow_reduce() - reduce a packet's flow to some of its members
 * @flow: a packet's flow
 * @mask: members to keep, KSRTP_MASK_*
 * @masked: result; without an SSRC
 *
 * Context: any.
 */
static inline void ksrtp_flow_reduce(const struct ksrtp_flow *flow,
				     unsigned int mask,
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

#endif /* _KSRTP_FLOW_H */
