/* SPDX-License-Identifier: GPL-2.0 */
/* Marks of packets that a hook has processed, for the next one. */
#ifndef _KSRTP_SERVED_H
#define _KSRTP_SERVED_H

#include <linux/jump_label.h>
#include <linux/netfilter.h>
#include <linux/skbuff.h>
#include <uapi/linux/if_packet.h>

/* Is a device of any namespace attached? If not, no packet has a mark. */
DECLARE_STATIC_KEY_FALSE(ksrtp_served_wanted);

int ksrtp_served_init(void);
void ksrtp_served_exit(void);
bool ksrtp_served_received(const struct sk_buff *skb);
void ksrtp_served_note(struct sk_buff *skb, const struct nf_hook_state *state);

/*
 * Was a packet on its way out protected, or found to need no protection? The
 * type stays with it from POST_ROUTING to its device, and with its fragments
 * and segments. It is reset in another namespace. No other packet of IP has
 * this type.
 */
static inline bool ksrtp_served_sent(const struct sk_buff *skb)
{
	return skb->pkt_type == PACKET_KERNEL;
}

/* Mark a packet that continues as processed, where another hook may see it. */
static inline void ksrtp_served(struct sk_buff *skb,
				const struct nf_hook_state *state)
{
	if (static_branch_unlikely(&ksrtp_served_wanted))
		ksrtp_served_note(skb, state);
}

#endif /* _KSRTP_SERVED_H */
