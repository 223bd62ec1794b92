// SPDX-License-Identifier: GPL-2.0
/*
 * What becomes of one datagram: RFC 3711 sections 3.3 (SRTP) and 3.4 (SRTCP),
 * from the first byte to the last count.
 */

#include <linux/err.h>
#include <linux/in.h>
#include <linux/net.h>
#include <linux/netfilter_bridge.h>
#include <linux/siphash.h>
#include <linux/slab.h>
#include <net/ipv6.h>

#include "compat.h"
#include "event.h"
#include "hook.h"
#include "mtu.h"
#include "net.h"
#include "packet.h"
#include "stream.h"

/* Hold on to what a packet needs while it waits for a crypto driver. */
static int ksrtp_packet_hold(struct ksrtp_packet *packet)
{
	struct sk_buff *skb = packet->entry.skb;

	if (skb_dst(skb) && !skb_dst_force(skb))
		return KSRTP_A_STATS_DROP_NO_MEMORY;
#if IS_ENABLED(CONFIG_BRIDGE_NETFILTER)
	packet->entry.physout = nf_bridge_get_physoutdev(skb);
#endif
	if (!nf_queue_entry_get_refs(&packet->entry))
		return KSRTP_A_STATS_DROP_NO_MEMORY;
	refcount_inc(&packet->session->refs);
	refcount_inc(&packet->keys->refs);
	atomic_inc(&packet->session->kn->inflight);
	return 0;
}

/* Free a packet's state, which crypto drivers wrote to; not the sk_buff. */
static void ksrtp_packet_free(struct ksrtp_packet *packet)
{
	struct ksrtp_session *session = packet->session;
	struct ksrtp_keys *keys = packet->keys;
	struct ksrtp_net *kn = session->kn;

	memzero_explicit(&packet->work, sizeof(packet->work) + keys->reqsize);
	if (!keys->async) {
		kfree(packet);
		return;
	}
	nf_queue_entry_free(&packet->entry);
	ksrtp_keys_put(keys);
	ksrtp_session_put(session);
	if (atomic_dec_and_test(&kn->inflight))
		wake_up(&kn->idle);
}

/* Find the stream of a packet, or make it. */
static int ksrtp_packet_stream(struct ksrtp_session *session,
			       enum ksrtp_direction_id id, u32 ssrc,
			       struct ksrtp_stream **stream, bool *created)
{
	*created = false;
	*stream = ksrtp_stream_find(session, id, ssrc);
	if (!*stream)
		*stream = ksrtp_stream_create(session, id, ssrc, created,
					      GFP_ATOMIC);
	if (!IS_ERR(*stream))
		return 0;
	switch (PTR_ERR(*stream)) {
	case -ENOSPC:
		return KSRTP_A_STATS_DROP_STREAM_LIMIT;
	case -ENOENT:
		/* the session is being deleted, and its keys with it */
		return KSRTP_A_STATS_DROP_NO_KEY;
	default:
		return KSRTP_A_STATS_DROP_NO_MEMORY;
	}
}

/* The transform is done with a received packet: take note, make it plain. */
static int ksrtp_packet_unprotected(struct ksrtp_packet *packet, int err)
{
	struct ksrtp_work *work = &packet->work;
	struct ksrtp_stream *stream;
	bool created;
	int cause;

	if (err == -EBADMSG) {
		if (packet->plain_rtcp ||
		    (!work->rtcp && ksrtp_looks_plain(packet->sample,
						      packet->sample_len)))
			return KSRTP_A_STATS_DROP_PLAINTEXT;
		return KSRTP_A_STATS_DROP_BAD_TAG;
	}
	if (err)
		return KSRTP_A_STATS_DROP_CRYPTO_ERROR;

	cause = ksrtp_packet_stream(packet->session, packet->id, work->ssrc,
				    &stream, &created);
	if (cause)
		return cause;
	cause = ksrtp_stream_accept(stream, work->rtcp, work->index, work->len);
	if (cause)
		return cause;
	if (created)
		ksrtp_event_stream_new(packet->session->kn->net, stream);
	if (work->rtcp && !ksrtp_rtcp_well_formed(work->data, work->len))
		return KSRTP_A_STATS_DROP_BAD_RTCP;
	ksrtp_udp_resize(packet->entry.skb, &packet->udp, work->len);
	return 0;
}

static int ksrtp_packet_transformed(struct ksrtp_packet *packet, int err)
{
	if (packet->id == KSRTP_DIRECTION_RECV)
		return ksrtp_packet_unprotected(packet, err);
	return err ? KSRTP_A_STATS_DROP_CRYPTO_ERROR : 0;
}

/* A crypto driver has finished, later and elsewhere. */
static void ksrtp_packet_done(struct ksrtp_work *work, int err)
{
	struct ksrtp_packet *packet = container_of(work, struct ksrtp_packet,
						   work);
	int cause;

	local_bh_disable();
	rcu_read_lock();
	cause = ksrtp_packet_transformed(packet, err);
	if (cause)
		ksrtp_hook_drop(packet->entry.skb, packet->session, packet->id,
				cause);
	else
		ksrtp_hook_resume(packet->entry.skb, &packet->entry.state);
	ksrtp_packet_free(packet);
	rcu_read_unlock();
	local_bh_enable();
}

/* Run the transform. Returns 0, -EINPROGRESS or the cause of a drop. */
static int ksrtp_packet_transform(struct ksrtp_packet *packet)
{
	const struct ksrtp_transform *transform =
		packet->keys->suite->transform;
	int err;

	packet->work.done = ksrtp_packet_done;
	if (packet->keys->async) {
		err = ksrtp_packet_hold(packet);
		if (err) {
			kfree(packet);
			return err;
		}
	}
	if (packet->id == KSRTP_DIRECTION_SEND)
		err = transform->protect(&packet->work);
	else
		err = transform->unprotect(&packet->work);
	/* from here on the packet may be gone */
	if (err == -EINPROGRESS)
		return err;
	err = ksrtp_packet_transformed(packet, err);
	ksrtp_packet_free(packet);
	return err;
}

static struct ksrtp_packet *
ksrtp_packet_alloc(struct sk_buff *skb, const struct nf_hook_state *state,
		   struct ksrtp_session *session, enum ksrtp_direction_id id,
		   struct ksrtp_keys *keys, bool rtcp)
{
	struct ksrtp_packet *packet;

	packet = kmalloc(sizeof(*packet) + keys->reqsize,
			 GFP_ATOMIC | __GFP_NOWARN);
	if (!packet)
		return NULL;
	memset(&packet->entry, 0, sizeof(packet->entry));
	packet->entry.skb = skb;
	packet->entry.state = *state;
	packet->session = session;
	packet->id = id;
	packet->keys = keys;
	packet->plain_rtcp = false;
	packet->sample_len = 0;
	packet->work.rtcp = rtcp;
	packet->work.keys = rtcp ? &keys->rtcp : &keys->rtp;
	return packet;
}

/* Take apart a packet that an application sent. */
static int ksrtp_packet_parse_plain(struct ksrtp_work *work)
{
	int len;

	if (work->rtcp) {
		if (!ksrtp_rtcp_well_formed(work->data, work->len))
			return KSRTP_A_STATS_DROP_BAD_RTCP;
		work->clear_len = KSRTP_RTCP_HEADER_LEN;
		work->ssrc = ksrtp_rtcp_ssrc(work->data);
		return 0;
	}
	if (work->len < KSRTP_RTP_HEADER_LEN)
		return KSRTP_A_STATS_DROP_SHORT;
	len = ksrtp_rtp_header_len(work->data, work->len);
	if (len < 0)
		return KSRTP_A_STATS_DROP_BAD_RTP;
	work->clear_len = len;
	work->ssrc = ksrtp_rtp_ssrc(work->data);
	return 0;
}

/*
 * Multicast that the sender's own host listens to comes by twice: once to be
 * looped back, and once for the wire. Both copies have to be the same SRTP.
 */
static u64 ksrtp_packet_digest(const struct ksrtp_packet *packet)
{
	static siphash_key_t key __read_mostly;
	const struct in6_addr *dest = &packet->udp.dest;

	if (packet->udp.family == AF_INET ?
	    !ipv4_is_multicast(dest->s6_addr32[0]) :
	    !ipv6_addr_is_multicast(dest))
		return 0;
	net_get_random_once(&key, sizeof(key));
	return siphash(packet->work.data, packet->work.len, &key) ?: 1;
}

static int ksrtp_packet_protect(struct ksrtp_packet *packet)
{
	struct ksrtp_work *work = &packet->work;
	struct sk_buff *skb = packet->entry.skb;
	struct ksrtp_stream *stream;
	bool created;
	u16 seq = 0;
	int cause;

	cause = ksrtp_packet_parse_plain(work);
	if (cause)
		return cause;
	if (!work->rtcp)
		seq = ksrtp_rtp_seq(work->data);
	cause = ksrtp_packet_stream(packet->session, packet->id, work->ssrc,
				    &stream, &created);
	if (cause)
		return cause;
	cause = ksrtp_stream_reserve(stream, work->rtcp, seq,
				     ksrtp_packet_digest(packet), work->len,
				     &work->index);
	if (cause)
		return cause;
	if (created)
		ksrtp_event_stream_new(packet->session->kn->net, stream);

	ksrtp_udp_prepare_checksum(skb, &packet->udp);
	ksrtp_udp_resize(skb, &packet->udp, packet->udp.len +
			 ksrtp_keys_overhead(packet->keys, work->rtcp));
	return 0;
}

/* Take apart SRTCP: the E bit and index lie before or behind the tag. */
static int ksrtp_packet_parse_srtcp(struct ksrtp_packet *packet)
{
	const struct ksrtp_suite *suite = packet->keys->suite;
	struct ksrtp_work *work = &packet->work;
	const u8 *trailer;
	u32 word;

	packet->plain_rtcp = ksrtp_rtcp_well_formed(work->data, work->len);
	if (work->len < KSRTP_RTCP_HEADER_LEN +
			ksrtp_keys_overhead(packet->keys, true))
		return packet->plain_rtcp ? KSRTP_A_STATS_DROP_PLAINTEXT :
					    KSRTP_A_STATS_DROP_SHORT;
	/* the first packet's type travels in clear, RFC 3711 section 3.4 */
	if (work->data[1] < 192 || work->data[1] > 223)
		return KSRTP_A_STATS_DROP_BAD_RTCP;

	trailer = work->data + work->len - KSRTP_SRTCP_INDEX_LEN;
	if (!suite->transform->srtcp_index_last)
		trailer -= work->keys->tag_len;
	word = get_unaligned_be32(trailer);
	if (!(word & KSRTP_SRTCP_E_BIT))
		return packet->plain_rtcp ? KSRTP_A_STATS_DROP_PLAINTEXT :
					    KSRTP_A_STATS_DROP_UNENCRYPTED;
	work->index = word & KSRTP_SRTCP_INDEX_MASK;
	work->clear_len = KSRTP_RTCP_HEADER_LEN;
	work->ssrc = ksrtp_rtcp_ssrc(work->data);
	return 0;
}

static int ksrtp_packet_parse_srtp(struct ksrtp_packet *packet)
{
	struct ksrtp_work *work = &packet->work;
	int len;

	if (work->len < KSRTP_RTP_HEADER_LEN)
		return KSRTP_A_STATS_DROP_SHORT;
	len = ksrtp_rtp_header_len(work->data, work->len);
	if (len < 0)
		return KSRTP_A_STATS_DROP_BAD_RTP;
	if (work->len < len + work->keys->tag_len)
		return KSRTP_A_STATS_DROP_SHORT;
	work->clear_len = len;
	work->ssrc = ksrtp_rtp_ssrc(work->data);

	packet->sample_len = min_t(unsigned int, work->len - len,
				   KSRTP_SAMPLE_LEN);
	memcpy(packet->sample, work->data + len, packet->sample_len);
	return 0;
}

static int ksrtp_packet_unprotect(struct ksrtp_packet *packet)
{
	struct ksrtp_work *work = &packet->work;
	struct ksrtp_stream *stream;
	u16 seq = 0;
	int cause;

	cause = work->rtcp ? ksrtp_packet_parse_srtcp(packet) :
			     ksrtp_packet_parse_srtp(packet);
	if (cause)
		return cause;
	if (!work->rtcp)
		seq = ksrtp_rtp_seq(work->data);
	stream = ksrtp_stream_find(packet->session, packet->id, work->ssrc);
	cause = ksrtp_stream_admit(stream, work->rtcp, seq, &work->index);
	if (cause)
		return cause;
	ksrtp_udp_prepare_checksum(packet->entry.skb, &packet->udp);
	return 0;
}

/**
 * ksrtp_packet_process() - protect or unprotect a datagram of a session
 * @skb: the packet, held by nobody else, not a super-packet
 * @state: what the hook was told
 * @node: the session's node that the packet was found by
 * @id: direction: send protects, receive unprotects
 * @udp: the datagram in @skb
 *
 * Context: under rcu_read_lock(), does not sleep.
 * Return: 0 if the packet may go on, changed or not; -EINPROGRESS if it was
 * taken and goes on later; else the positive cause to drop it for.
 */
int ksrtp_packet_process(struct sk_buff *skb, const struct nf_hook_state *state,
			 const struct ksrtp_node *node,
			 enum ksrtp_direction_id id,
			 const struct ksrtp_udp *udp)
{
	struct ksrtp_session *session = node->session;
	struct ksrtp_direction *direction = ksrtp_direction(session, id);
	u8 buf[KSRTP_CLASSIFY_LEN];
	struct ksrtp_packet *packet;
	enum ksrtp_wire_class class;
	unsigned int overhead = 0;
	struct ksrtp_keys *keys;
	const u8 *start;
	int cause;

	start = skb_header_pointer(skb, udp->offset + sizeof(struct udphdr),
				   min_t(unsigned int, udp->len, sizeof(buf)),
				   buf);
	if (!start)
		return KSRTP_A_STATS_DROP_SHORT;
	class = ksrtp_wire_classify(start, udp->len, node->kind);
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
	keys = rcu_dereference(direction->keys);
	if (!keys)
		return KSRTP_A_STATS_DROP_NO_KEY;

	if (id == KSRTP_DIRECTION_SEND) {
		overhead = ksrtp_keys_overhead(keys, class == KSRTP_WIRE_RTCP);
		if (!ksrtp_udp_checksum_ok(skb, udp))
			return KSRTP_A_STATS_DROP_BAD_CHECKSUM;
		if (ksrtp_mtu_exceeded(skb, state, udp, overhead))
			return KSRTP_A_STATS_DROP_TOO_BIG;
	}
	if (ksrtp_udp_make_writable(skb, udp, overhead))
		return KSRTP_A_STATS_DROP_NO_MEMORY;
	packet = ksrtp_packet_alloc(skb, state, session, id, keys,
				    class == KSRTP_WIRE_RTCP);
	if (!packet)
		return KSRTP_A_STATS_DROP_NO_MEMORY;
	packet->udp = *udp;
	packet->work.data = ksrtp_udp_payload(skb, udp);
	packet->work.len = udp->len;

	cause = id == KSRTP_DIRECTION_SEND ? ksrtp_packet_protect(packet) :
					     ksrtp_packet_unprotect(packet);
	if (cause) {
		kfree(packet);
		return cause;
	}
	return ksrtp_packet_transform(packet);
}
