/* SPDX-License-Identifier: GPL-2.0 */
/* Packets that applications send to be relayed. */
#ifndef _KSRTP_APPLICATION_H
#define _KSRTP_APPLICATION_H

#include <linux/netfilter.h>
#include <linux/skbuff.h>

struct ksrtp_relay_port;
struct ksrtp_udp;

unsigned int ksrtp_application(struct sk_buff *skb,
			       const struct nf_hook_state *state,
			       const struct ksrtp_relay_port *port,
			       struct ksrtp_udp *udp);

#endif /* _KSRTP_APPLICATION_H */
