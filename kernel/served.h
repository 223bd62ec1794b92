/* SPDX-License-Identifier: GPL-2.0 */
/* Notes on packets that one of our hooks has dealt with, for the next one. */
#ifndef _KSRTP_SERVED_H
#define _KSRTP_SERVED_H

#include <linux/jump_label.h>
#include <linux/netfilter.h>
#include <linux/skbuff.h>
#include <uapi/linux/if_packet.h>

/* Is a device of any namespace attached? Without, no packet bears a note. */
DECLARE_STATIC_KEY_FALSE(ksrtp_served_wanted);

int ksrtp_served_init(void);
void ksrtp_served_exit(void);
bool ksrtp_served_received(const struct sk_buff *skb);
void ksrtp_served_note(struct sk_buff *skb, const struct nf_hook_state *state);

/*
 * On the way out: has the packet been protected, or found to need no protection?
 * This is of what stays in the packet from POST_ROUTING to its device, in each of its
 * fragments and segments, and begins anew in another namespace. Nobody else gives a
 * packet of IP this type.
 */
static inline bool ksrtp_served_sent(const struct sk_buff *skb)
{
	return skb->pkt_type == PACKET_KERNEL;
}

/* Note that a packet which may go on was dealt with, where it may meet us again. */
static inline void ksrtp_served(struct sk_buff *skb,
				const struct nf_hook_state *state)
{
	if (static_branch_unlikely(&ksrtp_served_wanted))
		ksrtp_served_note(skb, state);
}

#endif /* _KSRTP_SERVED_H */
