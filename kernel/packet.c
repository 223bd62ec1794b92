// SPDX-License-Identifier: GPL-2.0
/*
 * What becomes of one datagram: RFC 3711 sections 3.3 (SRTP) and 3.4 (SRTCP).
 * Here is what both directions have in common: waiting for keys and for crypto
 * drivers, and what has to be held meanwhile.
 */

#include <linux/err.h>
#include <linux/in.h>
#include <linux/net.h>
#include <linux/netfilter_bridge.h>
#include <linux/slab.h>
#include <net/sock.h>

#include "bridged.h"
#include "compat.h"
#include "event.h"
#include "hook.h"
#include "mtu.h"
#include "net.h"
#include "packet.h"
#include "protect.h"
#include "stream.h"
#include "unprotect.h"
#include "upkeep.h"

/*
 * Memory for the next packet, left by the last one, which needs one almost at
 * once: nearly all are done with before the hook returns.
 */
static DEFINE_PER_CPU(struct ksrtp_packet *, ksrtp_packet_spare);

/* Longest crypto request that has room there. */
#define KSRTP_PACKET_REQUEST	512U

/*
 * Leave memory for the next packet, or with NULL take it; returns the old. With
 * BH disabled.
 */
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
 * A socket that a program of BPF has found for the packet lasts until RCU says so,
 * and no longer; the packet will.
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

/* Hold on to what a packet needs while it waits. */
static int ksrtp_packet_hold(struct ksrtp_packet *packet)
{
	struct sk_buff *skb = packet->skb;

	if (packet->held)
		return 0;
	/* it may have been deleted since we found it */
	if (!refcount_inc_not_zero(&packet->session->refs))
		return KSRTP_A_STATS_DROP_NO_KEY;
	refcount_inc(&packet->keyrings->refs);
	memset(&packet->entry, 0, sizeof(packet->entry));
	packet->entry.skb = skb;
	packet->entry.state = *packet->state;
#if IS_ENABLED(CONFIG_BRIDGE_NETFILTER)
	packet->entry.physout = nf_bridge_get_physoutdev(skb);
#endif
	if (!ksrtp_packet_hold_socket(skb) ||
	    (skb_dst(skb) && !skb_dst_force(skb)) ||
	    !nf_queue_entry_get_refs(&packet->entry)) {
		ksrtp_keyring_put(packet->keyrings);
		ksrtp_session_put(packet->session);
		return KSRTP_A_STATS_DROP_NO_MEMORY;
	}
	packet->bridged = ksrtp_bridged_hold(skb);
	atomic_inc(&packet->session->kn->inflight);
	packet->state = &packet->entry.state;
	packet->held_udp = *packet->udp;
	packet->udp = &packet->held_udp;
	packet->held = true;
	/* those used so far were not held */
	packet->keys = NULL;
	return 0;
}

/* Free a packet's state, which crypto drivers wrote to; not the sk_buff. */
static void ksrtp_packet_free(struct ksrtp_packet *packet)
{
	struct ksrtp_keyring *keyrings = packet->keyrings;
	struct ksrtp_session *session = packet->session;
	struct ksrtp_net *kn = session->kn;

	memzero_explicit(packet->work.iv, sizeof(packet->work.iv));
	/* what has a context of the driver's behind it */
	if (keyrings->reqsize > sizeof(struct aead_request))
		memzero_explicit(packet->work.request, keyrings->reqsize);
	kfree(packet->backup);
	if (!packet->held) {
		if (packet->common)
			packet = ksrtp_packet_swap_spare(packet);
		kfree(packet);
		return;
	}
	if (packet->bridged)
		ksrtp_bridged_put();
	ksrtp_keys_put(packet->keys);
	nf_queue_entry_free(&packet->entry);
	ksrtp_keyring_put(keyrings);
	ksrtp_session_put(session);
	if (atomic_dec_and_test(&kn->inflight))
		wake_up(&kn->idle);
}

/* Use session keys from now on; false if they are just being thrown out. */
static bool ksrtp_packet_set_keys(struct ksrtp_packet *packet,
				  struct ksrtp_keys *keys)
{
	if (packet->held) {
		if (!refcount_inc_not_zero(&keys->refs))
			return false;
		ksrtp_keys_put(packet->keys);
	}
	packet->keys = keys;
	packet->work.keys = &keys->set;
	return true;
}

static int ksrtp_packet_finish(struct ksrtp_packet *packet, int err)
{
	/* other keys may have to be waited for, too */
	packet->resumed = false;
	return packet->id == KSRTP_DIRECTION_SEND ?
	       ksrtp_protect_finish(packet, err) :
	       ksrtp_unprotect_finish(packet, err);
}

/* Let a packet wait for its session keys. Returns as ksrtp_packet_find_keys(). */
static int ksrtp_packet_park(struct ksrtp_packet *packet)
{
	struct ksrtp_epochs *epochs = ksrtp_packet_master(packet)->epochs;
	struct ksrtp_parked *parked = &packet->parked;
	int cause;

	parked->rtcp = packet->work.rtcp;
	parked->index = packet->work.index;
	parked->paid = KSRTP_EPOCHS_NONE;
	/* what is sent says itself where it is, and may not be lost for that */
	if (packet->id == KSRTP_DIRECTION_RECV &&
	    !ksrtp_epochs_afford(epochs, parked,
				 ksrtp_unprotect_last(packet))) {
		packet->unaffordable = true;
		return -EBADMSG;
	}
	cause = ksrtp_packet_hold(packet);
	if (!cause && ksrtp_epochs_park(epochs, parked))
		return -EINPROGRESS;
	ksrtp_epochs_refund(epochs, parked);
	return cause ?: KSRTP_A_STATS_DROP_NO_MEMORY;
}

/*
 * Find the session keys for a packet. Returns 0, -EBADMSG if it has to be tried
 * with others, or as ksrtp_packet_run().
 */
static int ksrtp_packet_find_keys(struct ksrtp_packet *packet)
{
	struct ksrtp_keys *keys;
	int err;

	keys = ksrtp_master_keys(ksrtp_packet_master(packet), packet->work.rtcp,
				 packet->work.index, packet->resumed);
	if (keys && keys->async) {
		err = ksrtp_packet_hold(packet);
		if (err)
			return err;
	}
	if (keys && ksrtp_packet_set_keys(packet, keys))
		return 0;
	return packet->resumed ? KSRTP_A_STATS_DROP_NO_MEMORY :
				 ksrtp_packet_park(packet);
}

/*
 * Run the transform, more than once if a received packet has several keys or
 * indexes to be tried with. Returns 0, -EINPROGRESS or the cause of a drop.
 */
static int ksrtp_packet_run(struct ksrtp_packet *packet)
{
	int err;

	do {
		err = ksrtp_packet_find_keys(packet);
		if (!err)
			err = packet->id == KSRTP_DIRECTION_SEND ?
			      ksrtp_protect_run(packet) :
			      ksrtp_unprotect_run(packet);
		else if (err != -EBADMSG)
			return err;
		/* from here on the packet may be gone */
		if (err == -EINPROGRESS)
			return err;
		err = ksrtp_packet_finish(packet, err);
	} while (err == KSRTP_PACKET_AGAIN);
	return err;
}

/* A packet that was taken has reached its end. */
static void ksrtp_packet_leave(struct ksrtp_packet *packet, int cause)
{
	struct sk_buff *skb = packet->skb;

	if (cause) {
		ksrtp_hook_drop(skb, packet->session, packet->id, cause);
	} else {
		ksrtp_udp_resize(skb, packet->udp, packet->work.len);
		ksrtp_hook_resume(skb, packet->state);
	}
	ksrtp_packet_free(packet);
}

/* A crypto driver has finished, later and elsewhere. */
static void ksrtp_packet_done(struct ksrtp_work *work, int err)
{
	struct ksrtp_packet *packet = container_of(work, struct ksrtp_packet,
						   work);

	local_bh_disable();
	rcu_read_lock();
	packet->stream = NULL;
	err = ksrtp_packet_finish(packet, err);
	if (err == KSRTP_PACKET_AGAIN)
		err = ksrtp_packet_run(packet);
	if (err != -EINPROGRESS)
		ksrtp_packet_leave(packet, err);
	rcu_read_unlock();
	local_bh_enable();
}

/* Meanwhile packets before this one may have begun the stream. */
static int ksrtp_packet_renew(struct ksrtp_parked *parked)
{
	struct ksrtp_packet *packet = container_of(parked, struct ksrtp_packet,
						   parked);
	int cause = 0;

	packet->stream = NULL;
	if (packet->id == KSRTP_DIRECTION_RECV) {
		cause = ksrtp_unprotect_renew(packet);
		parked->index = packet->work.index;
	}
	return cause;
}

/* Session keys were derived, or could not be. */
static void ksrtp_packet_resume(struct ksrtp_parked *parked, int err)
{
	struct ksrtp_packet *packet = container_of(parked, struct ksrtp_packet,
						   parked);

	if (parked->derived)
		atomic64_inc(&ksrtp_direction(packet->session,
					      packet->id)->epochs_derived);
	packet->resumed = true;
	packet->stream = NULL;
	if (err && packet->id == KSRTP_DIRECTION_RECV) {
		packet->resumed = false;
		err = ksrtp_unprotect_retry(packet, err);
	}
	if (!err)
		err = ksrtp_packet_run(packet);
	if (err != -EINPROGRESS)
		ksrtp_packet_leave(packet, err);
}

static struct ksrtp_packet *
ksrtp_packet_alloc(struct sk_buff *skb, const struct nf_hook_state *state,
		   struct ksrtp_session *session, enum ksrtp_direction_id id,
		   struct ksrtp_keyring *keyring, struct ksrtp_udp *udp,
		   bool rtcp, u8 *data, unsigned int len)
{
	unsigned int reqsize = max(keyring->reqsize, KSRTP_PACKET_REQUEST);
	bool common = reqsize == KSRTP_PACKET_REQUEST;
	struct ksrtp_packet *packet = NULL;

	if (common)
		packet = ksrtp_packet_swap_spare(NULL);
	if (!packet)
		packet = kmalloc(sizeof(*packet) + reqsize,
				 GFP_ATOMIC | __GFP_NOWARN);
	if (!packet)
		return NULL;
	/*
	 * What is not set here is not read before it is. Clearing it all would
	 * take longer than many a step of what follows.
	 */
	packet->skb = skb;
	packet->state = state;
	packet->udp = udp;
	packet->session = session;
	packet->id = id;
	packet->keyrings = keyring;
	packet->keyring = keyring;
	packet->keys = NULL;
	packet->stream = NULL;
	packet->common = common;
	packet->held = false;
	packet->resumed = false;
	packet->unaffordable = false;
	packet->pass = 0;
	packet->cause = 0;
	packet->parked.renew = ksrtp_packet_renew;
	packet->parked.resume = ksrtp_packet_resume;
	packet->plain_rtcp = false;
	packet->cryptex = false;
	packet->sample_len = 0;
	packet->hole = 0;
	packet->step = 0;
	packet->anew = false;
	packet->begun = false;
	packet->refusal = 0;
	packet->backup = NULL;

	packet->work.data = data;
	packet->work.len = len;
	packet->work.hole = 0;
	packet->work.ssrc = 0;
	packet->work.rtcp = rtcp;
	packet->work.outer_only = false;
	packet->work.policy = &keyring->policy;
	packet->work.done = ksrtp_packet_done;
	return packet;
}

/**
 * ksrtp_packet_known_stream() - find the stream of a packet
 * @packet: the packet
 *
 * Context: under rcu_read_lock(), does not sleep.
 * Return: the stream, or NULL if there is none yet.
 */
struct ksrtp_stream *ksrtp_packet_known_stream(struct ksrtp_packet *packet)
{
	if (!packet->stream || READ_ONCE(packet->stream->forgotten))
		packet->stream = ksrtp_stream_find(packet->session, packet->id,
						   packet->work.ssrc);
	return packet->stream;
}

/*
 * Make the stream of a packet, and tell of it. Out of line: what it keeps on the
 * stack would be zeroed for each packet.
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

	/* the direction's policy may be another by now, and half written */
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
 * ksrtp_packet_stream() - find the stream of a packet, or make it
 * @packet: the packet
 * @stream: where to put it
 *
 * Tells of a stream that is new, and of one whose SSRC the other direction has
 * too: with one key for both, that is a two-time pad (RFC 3711 section 9.1).
 *
 * Context: under rcu_read_lock(), does not sleep.
 * Return: 0, or the cause to drop the packet for.
 */
int ksrtp_packet_stream(struct ksrtp_packet *packet,
			struct ksrtp_stream **stream)
{
	*stream = ksrtp_packet_known_stream(packet);
	if (likely(*stream))
		return 0;
	*stream = ksrtp_packet_new_stream(packet);
	if (!IS_ERR(*stream)) {
		packet->stream = *stream;
		return 0;
	}
	switch (PTR_ERR(*stream)) {
	case -ENOSPC:
		/* for those that come behind it */
		ksrtp_upkeep_crowded(packet->session);
		return KSRTP_A_STATS_DROP_STREAM_LIMIT;
	case -ENOENT:
		/* the session is being deleted, and its keys with it */
		return KSRTP_A_STATS_DROP_NO_KEY;
	default:
		return KSRTP_A_STATS_DROP_NO_MEMORY;
	}
}

/* Tell that a master key has reached a limit. */
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
 * ksrtp_packet_spend() - count a packet towards its master key's lifetime
 * @packet: the packet
 *
 * Tells of limits that are reached.
 *
 * Context: any, does not sleep.
 * Return: 0, or the cause to drop the packet for.
 */
int ksrtp_packet_spend(struct ksrtp_packet *packet)
{
	switch (ksrtp_master_spend(ksrtp_packet_master(packet),
				   packet->work.rtcp)) {
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

/* As ksrtp_packet_run(), from the start. */
static int ksrtp_packet_begin(struct ksrtp_packet *packet)
{
	int cause = packet->id == KSRTP_DIRECTION_SEND ?
		    ksrtp_protect_prepare(packet) :
		    ksrtp_unprotect_prepare(packet);

	return cause ?: ksrtp_packet_run(packet);
}

/**
 * ksrtp_packet_transform() - protect or unprotect an RTP or RTCP packet
 * @skb: what it is in
 * @state: what the hook was told
 * @session: its session
 * @id: direction: send protects, receive unprotects
 * @keyring: keys and policy
 * @udp: the datagram in @skb
 * @rtcp: it is RTCP
 * @data: its first byte; writable, with room for what protection adds
 * @len: its length in bytes, updated
 *
 * Lengths and checksums of @skb are the caller's, unless the packet has to wait.
 *
 * Context: under rcu_read_lock(), does not sleep.
 * Return: 0; -EINPROGRESS if @skb was taken and goes on later; else the
 * positive cause to drop the packet for.
 */
int ksrtp_packet_transform(struct sk_buff *skb,
			   const struct nf_hook_state *state,
			   struct ksrtp_session *session,
			   enum ksrtp_direction_id id,
			   struct ksrtp_keyring *keyring, struct ksrtp_udp *udp,
			   bool rtcp, u8 *data, unsigned int *len)
{
	int err = KSRTP_A_STATS_DROP_NO_MEMORY;
	struct ksrtp_packet *packet;

	local_bh_disable();
	packet = ksrtp_packet_alloc(skb, state, session, id, keyring, udp, rtcp,
				    data, *len);
	if (packet)
		err = ksrtp_packet_begin(packet);
	if (packet && err != -EINPROGRESS) {
		/*
		 * A packet that is held is not ours to hand back: its hook goes
		 * on, or drops it, as with any other.
		 */
		*len = packet->work.len;
		ksrtp_packet_free(packet);
	}
	local_bh_enable();
	return err;
}

/*
 * Is nothing but UDP's checksum to say whether a packet has come as it was sent?
 * Protected RTP without a tag, or with nothing but a rollover counter in it.
 */
static bool ksrtp_packet_unchecked(const struct ksrtp_keyring *keyring,
				   bool rtcp, const u8 *start, unsigned int len)
{
	struct ksrtp_trailer trailer;

	/* what is too short for a header is dropped as such */
	if (rtcp || len < KSRTP_RTP_HEADER_LEN)
		return false;
	ksrtp_policy_trailer(&keyring->policy, keyring->mki_len, false,
			     ksrtp_rtp_seq(start), &trailer);
	return trailer.tag_len == trailer.roc_len;
}

/* Which class a datagram is of, from its first bytes. */
static enum ksrtp_wire_class
ksrtp_packet_peek(struct sk_buff *skb, const struct ksrtp_udp *udp,
		  enum ksrtp_flow_kind kind, u8 *buf, const u8 **start)
{
	*start = skb_header_pointer(skb, udp->offset + sizeof(struct udphdr),
				    min_t(unsigned int, udp->len,
					  KSRTP_PEEK_LEN), buf);
	if (!*start)
		return KSRTP_WIRE_BAD;
	return ksrtp_wire_classify(*start, udp->len, kind);
}

/* Will a packet be too big, once it is protected? Says what size is left. */
static bool ksrtp_packet_too_big(struct sk_buff *skb,
				 const struct nf_hook_state *state,
				 const struct ksrtp_keyring *keyring, bool rtcp,
				 const u8 *start, struct ksrtp_udp *udp,
				 unsigned int headers)
{
	unsigned int growth = ksrtp_protect_growth(keyring, rtcp, start,
						   udp->len);

	if (likely(!ksrtp_mtu_exceeded(skb, state, udp, headers + udp->len,
				       growth)))
		return false;
	growth = ksrtp_protect_overhead(keyring, rtcp, start, udp->len);
	udp->room = ksrtp_mtu_left(udp->family, udp->room, growth);
	return true;
}

/**
 * ksrtp_packet_oversized() - will a part of a super-packet be too big?
 * @skb: the super-packet
 * @state: what the hook was told
 * @node: the session's node that the part was found by
 * @udp: where the part lies in @skb; @room is set if it will
 * @headers: length of the headers before it, in bytes
 *
 * Context: under rcu_read_lock(), does not sleep.
 * Return: true if it cannot be sent.
 */
bool ksrtp_packet_oversized(struct sk_buff *skb,
			    const struct nf_hook_state *state,
			    const struct ksrtp_node *node,
			    struct ksrtp_udp *udp, unsigned int headers)
{
	const struct ksrtp_direction *direction =
		ksrtp_direction(ksrtp_node_session(node), KSRTP_DIRECTION_SEND);
	const struct ksrtp_keyring *keyring =
		rcu_dereference(direction->keyring);
	u8 buf[KSRTP_PEEK_LEN];
	enum ksrtp_wire_class class;
	const u8 *start;

	class = ksrtp_packet_peek(skb, udp, node->kind, buf, &start);
	return keyring &&
	       (class == KSRTP_WIRE_RTP || class == KSRTP_WIRE_RTCP) &&
	       ksrtp_packet_too_big(skb, state, keyring,
				    class == KSRTP_WIRE_RTCP, start, udp,
				    headers);
}

/**
 * ksrtp_packet_process() - protect or unprotect a datagram of a session
 * @skb: the packet, held by nobody else, not a super-packet
 * @state: what the hook was told
 * @node: the session's node that the packet was found by
 * @id: direction: send protects, receive unprotects
 * @udp: the datagram in @skb
 *
 * Of one that is too big, the sender is still to be told: ksrtp_mtu_tell().
 *
 * Context: under rcu_read_lock(), does not sleep.
 * Return: 0 if the packet may go on, changed or not; -EINPROGRESS if it was
 * taken and goes on later; else the positive cause to drop it for.
 */
int ksrtp_packet_process(struct sk_buff *skb, const struct nf_hook_state *state,
			 const struct ksrtp_node *node,
			 enum ksrtp_direction_id id, struct ksrtp_udp *udp)
{
	struct ksrtp_session *session = ksrtp_node_session(node);
	struct ksrtp_direction *direction = ksrtp_direction(session, id);
	u8 buf[KSRTP_PEEK_LEN];
	enum ksrtp_wire_class class;
	struct ksrtp_keyring *keyring;
	unsigned int growth = 0, len;
	const u8 *start;
	bool rtcp;
	int err;

	class = ksrtp_packet_peek(skb, udp, node->kind, buf, &start);
	if (class == KSRTP_WIRE_OTHER) {
		atomic64_inc(&direction->passed);
		return 0;
	}
	if (class == KSRTP_WIRE_BAD)
		return KSRTP_A_STATS_DROP_BAD_VERSION;
	if (udp->fragment)
		return KSRTP_A_STATS_DROP_FRAGMENT;
	if (udp->bad_len)
		return KSRTP_A_STATS_DROP_SHORT;
	if (ksrtp_udp_checksum_stray(skb, udp))
		return KSRTP_A_STATS_DROP_BAD_CHECKSUM;
	keyring = rcu_dereference(direction->keyring);
	if (!keyring)
		return KSRTP_A_STATS_DROP_NO_KEY;

	rtcp = class == KSRTP_WIRE_RTCP;
	if (id == KSRTP_DIRECTION_SEND) {
		growth = ksrtp_protect_growth(keyring, rtcp, start, udp->len);
		if (!ksrtp_udp_checksum_ok(skb, udp))
			return KSRTP_A_STATS_DROP_BAD_CHECKSUM;
		if (ksrtp_packet_too_big(skb, state, keyring, rtcp, start, udp,
					 ksrtp_udp_headers(skb, udp)))
			return KSRTP_A_STATS_DROP_TOO_BIG;
	} else if (unlikely(ksrtp_packet_unchecked(keyring, rtcp, start,
						   udp->len)) &&
		   !ksrtp_udp_checksum_ok(skb, udp)) {
		return KSRTP_A_STATS_DROP_BAD_CHECKSUM;
	}
	if (ksrtp_udp_make_writable(skb, udp, growth))
		return KSRTP_A_STATS_DROP_NO_MEMORY;
	ksrtp_udp_prepare_checksum(skb, udp);

	len = udp->len;
	err = ksrtp_packet_transform(skb, state, session, id, keyring, udp, rtcp,
				     ksrtp_udp_payload(skb, udp), &len);
	if (!err)
		ksrtp_udp_resize(skb, udp, len);
	return err;
}

/**
 * ksrtp_packet_exit() - free what packets have left, after the last one
 *
 * Context: process.
 */
void ksrtp_packet_exit(void)
{
	int cpu;

	for_each_possible_cpu(cpu)
		kfree(per_cpu(ksrtp_packet_spare, cpu));
}
