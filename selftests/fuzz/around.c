// SPDX-License-Identifier: GPL-2.0
/* What surrounds the packet path in the kernel, and has nothing to do here. */
#include "kernel.h"

#include "bridged.h"
#include "gc.h"
#include "mtu.h"
#include "netlink/event.h"
#include "packet.h"
#include "rekey.h"
#include "quota.h"
#include "transit.h"
#include "verdict.h"

void ksrtp_verdict_count(struct sk_buff *skb, struct ksrtp_session *session,
			 enum ksrtp_direction_id id, enum ksrtp_stats_attr cause)
{
}

void ksrtp_verdict_drop(struct sk_buff *skb, struct ksrtp_session *session,
			enum ksrtp_direction_id id, enum ksrtp_stats_attr cause)
{
}

void ksrtp_verdict_resume(struct sk_buff *skb, const struct nf_hook_state *state)
{
}

void ksrtp_event_stream(struct net *net, struct ksrtp_stream *stream,
			enum ksrtp_cmd cmd)
{
}

void ksrtp_event_alert(struct net *net, const struct ksrtp_alert_info *info)
{
}

const bool ksrtp_relay_wanted;

int ksrtp_transit_receive(struct sk_buff *skb, const struct nf_hook_state *state,
			  const struct ksrtp_session *session, bool rtcp,
			  struct ksrtp_udp *udp)
{
	return 0;
}

bool ksrtp_bridged_hold(const struct sk_buff *skb)
{
	return false;
}

void ksrtp_bridged_put(void)
{
}

int ksrtp_ekt_take(struct ksrtp_ekt *ekt, const struct ksrtp_keyset *base,
		   u32 ssrc, const u8 *data, unsigned int len,
		   unsigned int *field_len)
{
	return 0;
}

bool ksrtp_ekt_park(struct ksrtp_ekt *ekt, struct ksrtp_ekt_parked *parked)
{
	return false;
}

struct ksrtp_keyset *ksrtp_ekt_keyset(struct ksrtp_ekt *ekt, u32 ssrc)
{
	return NULL;
}

void ksrtp_session_put(struct ksrtp_session *session)
{
}

bool ksrtp_mtu_exceeded(struct sk_buff *skb, const struct nf_hook_state *state,
			struct ksrtp_udp *udp, unsigned int len,
			unsigned int growth)
{
	return false;
}

unsigned int ksrtp_mtu_left(u16 family, unsigned int mtu,
			    unsigned int overhead)
{
	return mtu;
}

bool ksrtp_udp_verify(const struct sk_buff *skb, const struct ksrtp_udp *udp)
{
	return true;
}

bool ksrtp_udp_twice(const struct sk_buff *skb, const struct ksrtp_udp *udp)
{
	return false;
}

/* All streams stay. */
struct ksrtp_tombstone *ksrtp_tombstone_find(struct ksrtp_session *session,
					     u32 ssrc)
{
	return NULL;
}

struct ksrtp_tombstone *ksrtp_tombstone_alloc(struct ksrtp_session *session)
{
	return NULL;
}

void ksrtp_tombstone_free(struct ksrtp_session *session,
			  struct ksrtp_tombstone *tombstone)
{
}

int ksrtp_tombstone_bury(struct ksrtp_session *session, u32 ssrc,
			 struct ksrtp_tombstone *tombstone)
{
	return -ENOMEM;
}

void ksrtp_tombstone_remove(struct ksrtp_session *session,
			    struct ksrtp_tombstone *tombstone)
{
}

bool ksrtp_tombstones_make_room(struct ksrtp_session *session)
{
	return false;
}

bool ksrtp_tombstones_blurred(const struct ksrtp_session *session, u32 ssrc)
{
	return false;
}

void ksrtp_tombstones_purge(struct ksrtp_session *session, u64 oldest)
{
}

void ksrtp_tombstones_delete_all(struct ksrtp_session *session)
{
}

void ksrtp_gc_crowded(struct ksrtp_session *session)
{
}

const struct ksrtp_node *ksrtp_session_match(struct ksrtp_net *kn,
					     const struct ksrtp_flow *flow,
					     const struct ksrtp_ssrcs *ssrcs)
{
	return NULL;
}

int ksrtp_udp_make_writable(struct sk_buff *skb, const struct ksrtp_udp *udp,
			    unsigned int room)
{
	return 0;
}

void ksrtp_udp_defer_checksum(struct sk_buff *skb, const struct ksrtp_udp *udp)
{
}

void ksrtp_udp_resize(struct sk_buff *skb, struct ksrtp_udp *udp,
		      unsigned int len)
{
}

/* Keys are remembered by who installs them. */
void ksrtp_entry_put(struct ksrtp_entry *entry)
{
}

uint ksrtp_sessions_max = 1;
ulong ksrtp_stream_memory_max = ULONG_MAX;

/* Without a key derivation rate there are no epochs. */
struct ksrtp_epochs *ksrtp_epochs_create(struct ksrtp_master *master,
					 u32 rate, bool with_header,
					 struct ksrtp_quota *quota)
{
	return NULL;
}

void ksrtp_epochs_destroy(struct ksrtp_epochs *epochs)
{
}

struct ksrtp_keys *ksrtp_epochs_keys(struct ksrtp_epochs *epochs, bool rtcp,
				     u64 index, bool resumed)
{
	return NULL;
}

bool ksrtp_epochs_hold(struct ksrtp_keys *keys)
{
	return true;
}

void ksrtp_epochs_drop(struct ksrtp_keys *keys)
{
}

bool ksrtp_epochs_afford(struct ksrtp_epochs *epochs,
			 struct ksrtp_parked *parked, u64 last)
{
	return false;
}

void ksrtp_epochs_refund(struct ksrtp_epochs *epochs,
			 struct ksrtp_parked *parked)
{
}

bool ksrtp_epochs_park(struct ksrtp_epochs *epochs,
		       struct ksrtp_parked *parked)
{
	return false;
}

bool ksrtp_srtcp_park(struct ksrtp_srtcp *srtcp, struct ksrtp_parked *parked)
{
	return false;
}

void ksrtp_epochs_ahead(struct ksrtp_epochs *epochs, bool rtcp, u64 index)
{
}

void ksrtp_epochs_settle(struct ksrtp_epochs *epochs, bool rtcp, u64 index)
{
}
