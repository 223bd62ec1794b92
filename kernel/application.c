// SPDX-License-Identifier: GPL-2.0
/*
 * Packets that applications send to be relayed: they get the addresses of the session,
 * and are protected in the same step.
 */

#include <net/ipv6.h>

#include "application.h"
#include "datagram.h"
#include "gso.h"
#include "mtu.h"
#include "relay.h"
#include "session.h"
#include "transit.h"
#include "verdict.h"

/**
 * struct ksrtp_application - a packet of an application, or several in one
 * @state: state of the hook
 * @port: the port that it was sent to
 * @session: its session
 * @told: its sender was told that packets are too big
 */
struct ksrtp_application {
	const struct nf_hook_state *state;
	const struct ksrtp_relay_port *port;
	struct ksrtp_session *session;
	bool told;
};

/*
 * May a program of this sender use the relay? It may send from other ports than it
 * receives at, and on this host from other addresses.
 */
static bool ksrtp_application_known(const struct ksrtp_application *app,
				    const struct ksrtp_udp *udp)
{
	const struct ksrtp_relay *relay = app->port->relay;

	if (relay->held)
		return false;
	return ipv6_addr_equal(&udp->source, &relay->remote) ||
	       (app->state->hook == NF_INET_LOCAL_OUT &&
		ksrtp_transit_local(app->state->net, udp->family,
				    &relay->remote));
}

/* Where the session is, or NULL if it cannot be sent by now. */
static const struct ksrtp_place *
ksrtp_application_place(const struct ksrtp_application *app)
{
	const struct ksrtp_place *place = ksrtp_session_place(app->session);

	/* while it is made, it has no id */
	return READ_ONCE(app->session->id) && !place->parked ? place : NULL;
}

/*
 * Find the session's node that a packet is to be sent by. Only RTP and RTCP are relayed.
 * Returns 0 or the cause to drop it for.
 */
static int ksrtp_application_admit(const struct ksrtp_application *app,
				   struct sk_buff *skb,
				   const struct ksrtp_udp *udp,
				   const struct ksrtp_node **node)
{
	const struct ksrtp_relay_port *port = app->port;
	const struct ksrtp_place *place = ksrtp_application_place(app);
	enum ksrtp_wire_class class;
	const u8 *start;

	if (!place || !ksrtp_application_known(app, udp))
		return KSRTP_A_STATS_DROP_NO_RELAY;
	if (!ksrtp_direction_configured(app->session, KSRTP_DIRECTION_SEND))
		return KSRTP_A_STATS_DROP_NO_KEY;
	if (udp->fragment)
		return KSRTP_A_STATS_DROP_FRAGMENT;
	if (udp->bad_len)
		return KSRTP_A_STATS_DROP_SHORT;
	if (ksrtp_udp_checksum_stray(skb, udp))
		return KSRTP_A_STATS_DROP_BAD_CHECKSUM;
	/* nobody may change it any more: RTP is what is protected */
	if (ksrtp_udp_make_writable(skb, udp, 0))
		return KSRTP_A_STATS_DROP_NO_MEMORY;
	start = ksrtp_udp_payload(skb, udp);
	class = ksrtp_wire_classify(start, udp->len, port->kind);
	if (class == KSRTP_WIRE_BAD)
		return KSRTP_A_STATS_DROP_BAD_VERSION;
	if (class == KSRTP_WIRE_OTHER)
		return KSRTP_A_STATS_DROP_NO_RELAY;
	if (class == KSRTP_WIRE_RTP && udp->len >= KSRTP_RTP_HEADER_LEN)
		ksrtp_relay_note(port->relay, ksrtp_rtp_ssrc(start));
	*node = class == KSRTP_WIRE_RTCP && ksrtp_place_has_rtcp_flow(place) ?
		&place->rtcp : &place->rtp;
	return 0;
}

/* Give a packet the addresses of a session's node. As ksrtp_transit_send(). */
static int ksrtp_application_readdress(const struct ksrtp_application *app,
				       struct sk_buff *skb,
				       const struct ksrtp_node *node,
				       struct ksrtp_udp *udp)
{
	const struct ksrtp_udp_ends ends = {
		.source = node->flow.local,
		.dest = node->flow.remote,
		.source_port = node->flow.local_port,
		.dest_port = node->flow.remote_port,
	};

	return ksrtp_transit_send(skb, app->state, &ends, udp);
}

/*
 * Relay one datagram. Returns as ksrtp_send(); one that is too big has its own addresses
 * again, by which its sender knows it.
 */
static int ksrtp_application_datagram(const struct ksrtp_application *app,
				      struct sk_buff *skb,
				      struct ksrtp_udp *udp)
{
	const struct ksrtp_udp_ends ends = ksrtp_udp_ends(udp);
	const struct ksrtp_node *node;
	int cause;

	cause = ksrtp_application_admit(app, skb, udp, &node);
	if (!cause)
		cause = ksrtp_application_readdress(app, skb, node, udp);
	if (cause)
		return cause;
	cause = ksrtp_send(skb, app->state, node, udp);
	if (cause == KSRTP_A_STATS_DROP_TOO_BIG)
		ksrtp_udp_readdress(skb, udp, &ends);
	return cause;
}

/* Relay one datagram outside of its hook, and end it. */
static void ksrtp_application_finish(struct sk_buff *skb, struct ksrtp_udp *udp,
				     void *data)
{
	struct ksrtp_application *app = data;
	int ret = ksrtp_application_datagram(app, skb, udp);

	if (!ret) {
		ksrtp_verdict_resume(skb, app->state);
		return;
	}
	if (ret == KSRTP_A_STATS_DROP_TOO_BIG && !app->told) {
		app->told = true;
		ksrtp_mtu_tell(skb, app->state, udp);
	}
	if (ret > 0)
		ksrtp_verdict_drop(skb, app->session, KSRTP_DIRECTION_SEND,
				   ret);
}

/*
 * Relay a super-packet in one piece. Returns as ksrtp_gso_process(), or the cause to drop
 * it for.
 */
static int ksrtp_application_whole(const struct ksrtp_application *app,
				   struct sk_buff *skb, struct ksrtp_udp *udp)
{
	const struct ksrtp_udp_ends ends = ksrtp_udp_ends(udp);
	const struct ksrtp_node *node;
	struct ksrtp_flow flow;
	int err;

	if (!ksrtp_gso_all(skb, udp, app->port->kind, KSRTP_WIRE_RTP) ||
	    skb_shared(skb))
		return -EOPNOTSUPP;
	err = ksrtp_application_admit(app, skb, udp, &node);
	if (!err)
		err = ksrtp_application_readdress(app, skb, node, udp);
	if (err)
		return err;
	ksrtp_udp_flow(udp, KSRTP_DIRECTION_SEND, 0, &flow);
	err = ksrtp_gso_process(skb, app->state, node, KSRTP_DIRECTION_SEND,
				udp, &flow);
	if (err == -EOPNOTSUPP)
		ksrtp_udp_readdress(skb, udp, &ends);
	return err;
}

static unsigned int ksrtp_application_super(struct ksrtp_application *app,
					    struct sk_buff *skb,
					    struct ksrtp_udp *udp)
{
	int ret = ksrtp_application_whole(app, skb, udp);

	if (!ret)
		return NF_ACCEPT;
	if (ret == -EOPNOTSUPP)
		ksrtp_gso_split(skb, udp->family, app->session,
				KSRTP_DIRECTION_SEND, ksrtp_application_finish,
				app);
	else if (ret > 0)
		ksrtp_verdict_drop(skb, app->session, KSRTP_DIRECTION_SEND,
				   ret);
	return NF_STOLEN;
}

/**
 * ksrtp_application() - relay a packet that an application sends to a session's peer
 * @skb: the packet
 * @state: state of the hook: PRE_ROUTING of IP for one of another host, or LOCAL_OUT
 * @port: the port that it was sent to
 * @udp: the datagram in @skb, without a routing header
 *
 * What is not sent to the peer goes nowhere. A local sender gets no error, unless the
 * packet is too big.
 *
 * Context: under rcu_read_lock(), does not sleep.
 * Return: a netfilter verdict.
 */
unsigned int ksrtp_application(struct sk_buff *skb,
			       const struct nf_hook_state *state,
			       const struct ksrtp_relay_port *port,
			       struct ksrtp_udp *udp)
{
	struct ksrtp_application app = {
		.state = state,
		.port = port,
		.session = port->relay->relays->session,
	};
	struct sk_buff *copy;
	int ret;

	if (skb_is_gso(skb)) {
		if (ksrtp_gso_is(skb))
			return ksrtp_application_super(&app, skb, udp);
		/* one large datagram, which the output path can fragment */
		skb_gso_reset(skb);
	}
	if (skb_shared(skb)) {
		copy = skb_copy(skb, GFP_ATOMIC | __GFP_NOWARN);
		if (!copy) {
			ksrtp_verdict_drop(skb, app.session,
					   KSRTP_DIRECTION_SEND,
					   KSRTP_A_STATS_DROP_NO_MEMORY);
			return NF_STOLEN;
		}
		consume_skb(skb);
		ksrtp_application_finish(copy, udp, &app);
		return NF_STOLEN;
	}
	ret = ksrtp_application_datagram(&app, skb, udp);
	if (!ret)
		return NF_ACCEPT;
	if (ret == KSRTP_A_STATS_DROP_TOO_BIG) {
		/* the only drop that a sender can react to */
		ksrtp_verdict_count(skb, app.session, KSRTP_DIRECTION_SEND,
				    ret);
		ksrtp_mtu_tell(skb, state, udp);
		return NF_DROP_ERR(-EMSGSIZE);
	}
	if (ret > 0)
		ksrtp_verdict_drop(skb, app.session, KSRTP_DIRECTION_SEND,
				   ret);
	return NF_STOLEN;
}
