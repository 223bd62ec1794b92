/* SPDX-License-Identifier: GPL-2.0 */
/* Packets that protection makes larger than the MTU. */
#ifndef _KSRTP_MTU_H
#define _KSRTP_MTU_H

#include <linux/netfilter.h>

#include "udp.h"

struct sock;

/**
 * struct ksrtp_mtu_error - contents of an error for a socket's error queue
 * @mtu: maximum packet size, in bytes
 * @addr_offset: offset of the destination address from the network header
 * @port: destination port
 * @origin: SO_EE_ORIGIN_*
 * @type: type of the ICMP message, if there is one
 * @code: its code
 */
struct ksrtp_mtu_error {
	u32 mtu;
	u16 addr_offset;
	__be16 port;
	u8 origin;
	u8 type;
	u8 code;
};

unsigned int ksrtp_mtu(const struct sk_buff *skb,
		       const struct nf_hook_state *state, u16 family);
unsigned int ksrtp_mtu_device(const struct sk_buff *skb,
			      const struct nf_hook_state *state);
unsigned int ksrtp_mtu_left(u16 family, unsigned int mtu,
			    unsigned int overhead);
bool ksrtp_mtu_exceeded(struct sk_buff *skb, const struct nf_hook_state *state,
			struct ksrtp_udp *udp, unsigned int len,
			unsigned int growth);
void ksrtp_mtu_tell(struct sk_buff *skb, const struct nf_hook_state *state,
		    const struct ksrtp_udp *udp);
bool ksrtp_mtu_telling(void);
void ksrtp_mtu_queue(struct sock *sk, struct sk_buff *skb,
		     const struct ksrtp_mtu_error *error);
void ksrtp_mtu_show(struct sock *sk, u16 family, const struct in6_addr *peer,
		    unsigned int mtu);

#endif /* _KSRTP_MTU_H */
