// SPDX-License-Identifier: GPL-2.0
/*
 * One datagram of a session: lookup of its session and stream, and the memory
 * and references that it needs. Both directions call this; it calls neither.
 */

#include <linux/err.h>
#include <linux/in.h>
#include <linux/net.h>
#include <linux/netfilter_bridge.h>
#include <linux/slab.h>
#include <net/sock.h>

#include "bridged.h"
#include "compat.h"
#include "gc.h"
#include "lease.h"
#include "net.h"
#include "netlink/event.h"
#include "packet.h"
#include "stream.h"

/*
 * Memory of the last packet, reused for the next one: almost all packets are
 * finished before the hook returns.
 */
static DEFINE_PER_CPU(struct ksrtp_packet *, ksrtp_packet_spare);

/* Store memory for the next packet, or take it (NULL); returns the old. BH disabled. */
static struct ksrtp_packet *ksrtp_packet_swap_spare(struct ksrtp_packet *packet)
{
	struct ksrtp_packet *old;

	preempt_disable_nested();
	old = __this_cpu_read(ksrtp_packet_spare);
	__this_cpu_write(ksrtp_packet_spare, packet);
	preempt_enable_nested();
	return old;
}

/*
 * A socket assigned by a BPF program is only valid under RCU, but the packet
 * will outlive that.
 */
static bool ksrtp_packet_hold_socket(struct sk_buff *skb)
{
	if (!skb_sk_is_prefetched(skb) || sk_is_refcounted(skb->sk))
		return true;
	if (!refcount_inc_not_zero(&skb->sk->sk_refcnt))
		return false;
	skb->destructor = sock_edemux;
	return true;
}

/**
 * ksrtp_packet_hold() - take references to what a packet needs while it waits
 * @packet: the packet
 *
 * Context: under rcu_read_lock(), does not sleep.
 * Return: 0, or the cause to drop the packet for.
 */
int ksrtp_packet_hold(struct ksrtp_packet *packet)
{
	struct sk_buff *skb = packet->skb;

	if (packet->held)
		return 0;
	/* it may have been deleted since the lookup */
	if (!refcount_inc_not_zero(&packet->session->refs))
		return KSRTP_A_STATS_DROP_NO_KEY;
	refcount_inc(&packet->keysets->refs);
	memset(&packet->entry, 0, sizeof(packet->entry));
	packet->entry.skb = skb;
	packet->entry.state = *packet->state;
#if IS_ENABLED(CONFIG_BRIDGE_NETFILTER)
	packet->entry.physout = nf_bridge_get_physoutdev(skb);
#endif
	if (!ksrtp_packet_hold_socket(skb) ||
	    (skb_dst(skb) && !skb_dst_force(skb)) ||
	    !nf_queue_entry_get_refs(&packet->entry)) {
		ksrtp_keyset_put(packet->keysets);
		ksrtp_session_put(packet->session);
		return KSRTP_A_STATS_DROP_NO_MEMORY;
	}
	packet->bridged = ksrtp_bridged_hold(skb);
	atomic_inc(&packet->session->kn->inflight);
	packet->state = &packet->entry.state;
	packet->held_udp = *packet->udp;
	packet->udp = &packet->held_udp;
	packet->held = true;
	/* earlier keys were not referenced */
	packet->keys = NULL;
	return 0;
}

/**
 * ksrtp_packet_free() - free a packet's state and wipe crypto requests
 * @packet: the packet; its sk_buff stays
 *
 * Context: any, BH disabled.
 */
__always_inline void ksrtp_packet_free(struct ksrtp_packet *packet)
{
	struct ksrtp_keyset *keysets = packet->keysets;
	struct ksrtp_session *session = packet->session;
	struct ksrtp_net *kn;
	unsigned int reqsize = keysets->reqsize;

	/* keys that were made later may ask for more */
	if (unlikely(packet->work.rtcp))
		reqsize = max(reqsize, KSRTP_REQUEST_ROOM);
	memzero_explicit(packet->work.iv, sizeof(packet->work.iv));
	/* the request has a driver context behind it */
	if (reqsize > sizeof(struct aead_request))
		memzero_explicit(packet->work.request, reqsize);
	if (unlikely(packet->backup))
		kfree(packet->backup);
	if (!packet->held) {
		if (packet->common)
			packet = ksrtp_packet_swap_spare(packet);
		kfree(packet);
		return;
	}
	kn = session->kn;
	if (packet->bridged)
		ksrtp_bridged_put();
	ksrtp_epochs_drop(packet->keys);
	nf_queue_entry_free(&packet->entry);
	ksrtp_keyset_put(keysets);
	ksrtp_session_put(session);
	if (atomic_dec_and_test(&kn->inflight))
		wake_up(&kn->idle);
}

/**
 * ksrtp_packet_set_keyset() - use another keyset instead of the direction's
 * @packet: the packet, which no key was tried with yet
 * @keyset: the keyset
 *
 * Context: any, does not sleep, under rcu_read_lock().
 * Return: 0, or the cause to drop the packet for.
 */
int ksrtp_packet_set_keyset(struct ksrtp_packet *packet,
			    struct ksrtp_keyset *keyset)
{
	/* memory was allocated for the direction's, which has the same suite */
	if (keyset->reqsize > max(packet->keysets->reqsize,
				  KSRTP_REQUEST_ROOM))
		return KSRTP_A_STATS_DROP_NO_MEMORY;
	if (packet->held) {
		refcount_inc(&keyset->refs);
		ksrtp_keyset_put(packet->keysets);
	}
	packet->keysets = keyset;
	packet->keyset = keyset;
	packet->work.policy = &keyset->policy;
	return 0;
}

/**
 * ksrtp_packet_set_keys() - set the session keys to use
 * @packet: the packet
 * @keys: the keys; a reference is taken if @packet is held
 *
 * Context: any, does not sleep, under rcu_read_lock().
 * Return: false if they are being evicted.
 */
bool ksrtp_packet_set_keys(struct ksrtp_packet *packet, struct ksrtp_keys *keys)
{
	if (packet->held) {
		if (!ksrtp_epochs_hold(keys))
			return false;
		ksrtp_epochs_drop(packet->keys);
	}
	packet->keys = keys;
	packet->work.keys = &keys->set;
	return true;
}

/**
 * ksrtp_packet_alloc() - allocate the state of a packet
 * @skb: sk_buff that it is in
 * @state: hook state
 * @session: its session
 * @id: its direction
 * @keyset: keys and policy
 * @udp: the datagram in @skb
 * @rtcp: it is RTCP
 * @data: its first byte
 * @len: its length in bytes
 *
 * Context: under rcu_read_lock(), BH disabled.
 * Return: its state, or NULL if memory is short.
 */
__always_inline struct ksrtp_packet *
ksrtp_packet_alloc(struct sk_buff *skb, const struct nf_hook_state *state,
		   struct ksrtp_session *session, enum ksrtp_direction_id id,
		   struct ksrtp_keyset *keyset, struct ksrtp_udp *udp,
		   bool rtcp, u8 *data, unsigned int len)
{
	unsigned int reqsize = max(keyset->reqsize, KSRTP_REQUEST_ROOM);
	bool common = reqsize == KSRTP_REQUEST_ROOM;
	struct ksrtp_packet *packet = NULL;

	if (common)
		packet = ksrtp_packet_swap_spare(NULL);
	if (!packet) {
		packet = kmalloc(sizeof(*packet) + reqsize,
				 GFP_ATOMIC | __GFP_NOWARN);
		if (!packet)
			return NULL;
		sg_init_table(packet->work.sg, ARRAY_SIZE(packet->work.sg));
	}
	/* the rest is written before it is read; clearing it all is costly */
	packet->skb = skb;
	packet->state = state;
	packet->udp = udp;
	packet->session = session;
	packet->id = id;
	packet->keysets = keyset;
	packet->keyset = keyset;
	packet->common = common;
	packet->keys = NULL;
	packet->stream = NULL;
	packet->backup = NULL;
	packet->hole = 0;
	packet->step = 0;
	packet->refusal = 0;
	packet->cause = 0;
	packet->held = false;
	packet->resumed = false;
	packet->unaffordable = false;
	packet->pass = 0;
	packet->plain_rtcp = false;
	packet->cryptex = false;
	packet->sample_len = 0;
	packet->anew = false;
	packet->begun = false;
	packet->of_stream = false;

	packet->work.data = data;
	packet->work.len = len;
	packet->work.hole = 0;
	packet->work.ssrc = 0;
	packet->work.rtcp = rtcp;
	packet->work.outer_only = false;
	packet->work.policy = &keyset->policy;
	return packet;
}

/*
 * Create the stream of a packet, and report it. Not inlined: its locals would
 * be zeroed for each packet.
 */
static noinline struct ksrtp_stream *
ksrtp_packet_new_stream(struct ksrtp_packet *packet)
{
	struct ksrtp_session *session = packet->session;
	struct ksrtp_alert_info info = {
		.type = KSRTP_ALERT_SSRC_COLLISION,
		.session = session->id,
		.direction = packet->id,
		.has_ssrc = true,
		.ssrc = packet->work.ssrc,
	};
	struct net *net = session->kn->net;
	struct ksrtp_stream *stream;
	bool created;

	/* the direction's policy may be changing right now */
	stream = ksrtp_stream_create(session, packet->id, info.ssrc,
				     packet->work.policy->initial_roc, &created,
				     GFP_ATOMIC);
	if (IS_ERR(stream) || !created)
		return stream;
	ksrtp_event_stream(net, stream, KSRTP_CMD_STREAM_NEW_NTF);
	if (ksrtp_stream_find(session, KSRTP_DIRECTION_SEND +
			      KSRTP_DIRECTION_RECV - packet->id, info.ssrc))
		ksrtp_event_alert(net, &info);
	return stream;
}

/**
 * ksrtp_packet_begin_stream() - create the stream of a packet
 * @packet: the packet
 * @stream: where to put it
 *
 * Reports a new stream, and an SSRC that the other direction uses too: with one
 * key for both, that is a two-time pad (RFC 3711 section 9.1).
 *
 * Context: under rcu_read_lock(), does not sleep.
 * Return: 0, or the cause to drop the packet for.
 */
int ksrtp_packet_begin_stream(struct ksrtp_packet *packet,
			      struct ksrtp_stream **stream)
{
	*stream = ksrtp_packet_new_stream(packet);
	if (!IS_ERR(*stream)) {
		packet->stream = *stream;
		return 0;
	}
	switch (PTR_ERR(*stream)) {
	case -ENOSPC:
		/* make room for later packets */
		ksrtp_gc_crowded(packet->session);
		return KSRTP_A_STATS_DROP_STREAM_LIMIT;
	case -ENOENT:
		/* the session and its keys are being deleted */
		return KSRTP_A_STATS_DROP_NO_KEY;
	default:
		return KSRTP_A_STATS_DROP_NO_MEMORY;
	}
}

/* Report that a master key has reached a limit. */
static noinline void ksrtp_packet_tell_limit(const struct ksrtp_packet *packet,
					     enum ksrtp_alert type)
{
	const struct ksrtp_master *master = ksrtp_packet_master(packet);
	const struct ksrtp_alert_info info = {
		.type = type,
		.session = packet->session->id,
		.direction = packet->id,
		.mki = master->mki,
		.mki_len = master->mki_len,
		.rtcp = packet->work.rtcp,
	};

	ksrtp_event_alert(packet->session->kn->net, &info);
}

/**
 * ksrtp_packet_reach() - a packet reaches a limit of its master key's lifetime
 * @packet: the packet
 * @n: its number among the packets of the key
 *
 * Reports the limit.
 *
 * Context: any, does not sleep.
 * Return: 0, or the cause to drop the packet for.
 */
int ksrtp_packet_reach(struct ksrtp_packet *packet, u64 n)
{
	switch (ksrtp_master_reach(ksrtp_packet_master(packet),
				   packet->work.rtcp, n)) {
	case KSRTP_SPEND_OK:
		return 0;
	case KSRTP_SPEND_WARN:
		ksrtp_packet_tell_limit(packet, KSRTP_ALERT_KEY_SOFT_LIMIT);
		return 0;
	case KSRTP_SPEND_EXPIRE:
		ksrtp_packet_tell_limit(packet, KSRTP_ALERT_KEY_HARD_LIMIT);
		break;
	case KSRTP_SPEND_EXPIRED:
		break;
	}
	return KSRTP_A_STATS_DROP_KEY_EXPIRED;
}

/**
 * ksrtp_packet_leased() - may a session protect and unprotect now?
 * @session: the session
 *
 * Counts the packet with its lease group if not.
 *
 * Context: any, under rcu_read_lock().
 * Return: true if it may.
 */
bool ksrtp_packet_leased(struct ksrtp_session *session)
{
	struct ksrtp_lease *lease = rcu_dereference(session->lease);

	if (likely(!lease) || ksrtp_lease_left(lease))
		return true;
	atomic64_inc(&lease->drops);
	return false;
}

/**
 * ksrtp_packet_report() - report the stream of a packet whose index was due
 * @packet: the packet
 * @stream: the stream
 *
 * Whatever becomes of the report, the packet goes on.
 *
 * Context: under rcu_read_lock(), does not sleep.
 */
void ksrtp_packet_report(const struct ksrtp_packet *packet,
			 struct ksrtp_stream *stream)
{
	ksrtp_event_stream(packet->session->kn->net, stream,
			   KSRTP_CMD_STREAM_REPORT_NTF);
}

/* Read the possible SSRCs of a packet; false if it is neither RTP nor RTCP. */
static bool ksrtp_packet_ssrcs(const struct sk_buff *skb,
			       const struct ksrtp_udp *udp,
			       struct ksrtp_ssrcs *ssrcs)
{
	unsigned int len = min_t(unsigned int, udp->len, KSRTP_PEEK_LEN);
	enum ksrtp_wire_class class;
	u8 buf[KSRTP_PEEK_LEN];
	const u8 *start;

	if (len < KSRTP_RTCP_HEADER_LEN)
		return false;
	start = skb_header_pointer(skb, udp->offset + sizeof(struct udphdr),
				   len, buf);
	if (!start)
		return false;
	class = ksrtp_wire_classify(start, udp->len, KSRTP_FLOW_MUX);
	if (class != KSRTP_WIRE_RTP && class != KSRTP_WIRE_RTCP)
		return false;
	/* shorter than any RTP packet: dropped if it turns out to be RTP */
	ssrcs->rtp = len < KSRTP_RTP_HEADER_LEN ? 0 : ksrtp_rtp_ssrc(start);
	ssrcs->rtcp = ksrtp_rtcp_ssrc(start);
	ssrcs->looks_rtcp = class == KSRTP_WIRE_RTCP;
	return true;
}

/**
 * ksrtp_packet_match() - find the session of a packet
 * @skb: the packet
 * @kn: its namespace
 * @flow: its flow as seen from this end of the wire
 * @udp: the datagram in it, or one of several
 *
 * Context: any, under rcu_read_lock(). Does not change the packet.
 * Return: the session's node, or NULL.
 */
__always_inline
const struct ksrtp_node *ksrtp_packet_match(const struct sk_buff *skb,
					    struct ksrtp_net *kn,
					    const struct ksrtp_flow *flow,
					    const struct ksrtp_udp *udp)
{
	struct ksrtp_ssrcs ssrcs;

	if (likely(!READ_ONCE(kn->ssrc_masks.used)) ||
	    !ksrtp_packet_ssrcs(skb, udp, &ssrcs))
		return ksrtp_session_match(kn, flow, NULL);
	return ksrtp_session_match(kn, flow, &ssrcs);
}

/**
 * ksrtp_packet_peek() - classify a datagram by its first bytes
 * @skb: sk_buff that it is in
 * @udp: the datagram in @skb
 * @kind: kind of flow that matched it
 * @buf: buffer of KSRTP_PEEK_LEN bytes
 * @start: set to its first bytes, KSRTP_PEEK_LEN or all
 *
 * Context: any. RFC 7983 and RFC 5761 section 4.
 * Return: the class.
 */
__always_inline
enum ksrtp_wire_class ksrtp_packet_peek(const struct sk_buff *skb,
					const struct ksrtp_udp *udp,
					enum ksrtp_flow_kind kind, u8 *buf,
					const u8 **start)
{
	*start = skb_header_pointer(skb, udp->offset + sizeof(struct udphdr),
				    min_t(unsigned int, udp->len,
					  KSRTP_PEEK_LEN), buf);
	if (!*start)
		return KSRTP_WIRE_BAD;
	return ksrtp_wire_classify(*start, udp->len, kind);
}

/**
 * ksrtp_packet_look() - examine a datagram of a session before it is modified
 * @skb: sk_buff that it is in
 * @node: the session's node that matched it
 * @id: its direction
 * @udp: the datagram in @skb
 * @look: filled in if it is to be transformed
 *
 * Counts packets of other protocols.
 *
 * Context: under rcu_read_lock(), does not sleep.
 * Return: 0; KSRTP_PACKET_PASS if it may pass unchanged; else the cause to drop
 * it for. for.
 */
__always_inline
int ksrtp_packet_look(const struct sk_buff *skb, const struct ksrtp_node *node,
		      enum ksrtp_direction_id id, const struct ksrtp_udp *udp,
		      struct ksrtp_look *look)
{
	struct ksrtp_direction *direction =
		ksrtp_direction(ksrtp_node_session(node), id);
	enum ksrtp_wire_class class;

	class = ksrtp_packet_peek(skb, udp, node->kind, look->buf,
				  &look->start);
	if (class == KSRTP_WIRE_OTHER) {
		atomic64_inc(&direction->passed);
		return KSRTP_PACKET_PASS;
	}
	if (class == KSRTP_WIRE_BAD)
		return KSRTP_A_STATS_DROP_BAD_VERSION;
	if (udp->fragment)
		return KSRTP_A_STATS_DROP_FRAGMENT;
	if (udp->bad_len)
		return KSRTP_A_STATS_DROP_SHORT;
	if (ksrtp_udp_checksum_stray(skb, udp))
		return KSRTP_A_STATS_DROP_BAD_CHECKSUM;
	look->rtcp = class == KSRTP_WIRE_RTCP;
	look->keyset = rcu_dereference(direction->keyset);
	return look->keyset ? 0 : KSRTP_A_STATS_DROP_NO_KEY;
}

/**
 * ksrtp_packet_last() - position of a packet's stream
 * @packet: the packet
 *
 * Context: under rcu_read_lock(), BH disabled.
 * Return: the index of its newest packet; 0 for SRTCP that has not started,
 * since it starts at 0 or 1; KSRTP_EPOCHS_NOWHERE for RTP that has not started.
 */
u64 ksrtp_packet_last(struct ksrtp_packet *packet)
{
	struct ksrtp_stream *stream = ksrtp_packet_known_stream(packet);
	bool rtcp = packet->work.rtcp;
	const struct ksrtp_tombstone *tombstone = NULL;
	u64 last;

	if (stream && ksrtp_stream_last(stream, rtcp, &last))
		return last;
	if (!stream)
		tombstone = ksrtp_tombstone_find(packet->session,
						 packet->work.ssrc);
	if (tombstone && (rtcp ? tombstone->rtcp : tombstone->rtp))
		return rtcp ? tombstone->srtcp_top : tombstone->top;
	return rtcp ? 0 : KSRTP_EPOCHS_NOWHERE;
}

/**
 * ksrtp_packet_exit() - free the per-CPU memory, after the last packet
 *
 * Context: process.
 */
void ksrtp_packet_exit(void)
{
	int cpu;

	for_each_possible_cpu(cpu)
		kfree(per_cpu(ksrtp_packet_spare, cpu));
}
