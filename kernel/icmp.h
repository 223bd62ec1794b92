/* SPDX-License-Identifier: GPL-2.0 */
/* ICMP errors that quote our packets. */
#ifndef _KSRTP_ICMP_H
#define _KSRTP_ICMP_H

#include <linux/skbuff.h>
#include <linux/types.h>

#include "net.h"

/**
 * struct ksrtp_icmp - offsets of the parts of an ICMP error in its sk_buff
 * @offset: offset of the ICMP header from skb->data, in bytes
 * @option: offset of the option that holds the quote, 0 for none
 * @quote: offset of the quoted packet's IP header
 * @udp: offset of the quoted packet's UDP header
 * @length: bits of the header's third word that hold the quote's length
 */
struct ksrtp_icmp {
	unsigned int offset;
	unsigned int option;
	unsigned int quote;
	unsigned int udp;
	__be16 length;
};

bool ksrtp_icmp_parse(const struct sk_buff *skb, u16 family,
		      struct ksrtp_icmp *icmp);
int ksrtp_icmp_find_udp(const struct sk_buff *skb, u16 family,
			struct ksrtp_icmp *icmp);
void ksrtp_icmp_write(void *where, __be16 value, __sum16 *check);
bool ksrtp_icmp_cut(struct sk_buff *skb, const struct ksrtp_net *kn,
		    u16 family);

#endif /* _KSRTP_ICMP_H */
