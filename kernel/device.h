/* SPDX-License-Identifier: GPL-2.0 */
/* Netfilter hooks of attached devices. */
#ifndef _KSRTP_DEVICE_H
#define _KSRTP_DEVICE_H

#include <linux/netfilter.h>

unsigned int ksrtp_device_ingress(void *priv, struct sk_buff *skb,
				  const struct nf_hook_state *state);
unsigned int ksrtp_device_egress(void *priv, struct sk_buff *skb,
				 const struct nf_hook_state *state);
int ksrtp_device_init(void);
void ksrtp_device_exit(void);

#endif /* _KSRTP_DEVICE_H */
