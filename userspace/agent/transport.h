/* SPDX-License-Identifier: GPL-2.0 */
/* The public side of a medium: socket, ICE, DTLS, session and relays. */
#ifndef KSRTPD_TRANSPORT_H
#define KSRTPD_TRANSPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "certificate.h"
#include "dtls.h"
#include "endpoint.h"
#include "ice.h"
#include "daemon/loop.h"
#include "public.h"
#include "relay.h"

struct complaint;

enum transport_state {
	TRANSPORT_NEW,		/* no handshake yet */
	TRANSPORT_CONNECTING,	/* during the handshake */
	TRANSPORT_UP,
	TRANSPORT_CLOSED,	/* @why has the reason */
};

struct transport {
	struct watch watch;
	struct timer timer;		/* of DTLS */
	struct timer consent;		/* while media are up */
	enum transport_state state;
	char why[160];
	enum public_kind public;
	union endpoint local;
	struct ice ice;
	/* from the peer's description; none: not known yet */
	struct fingerprints fingerprints;
	bool client;			/* our role in DTLS */
	bool outdated;			/* keyed with an earlier certificate */
	struct dtls dtls;
	union endpoint told;		/* without ICE: where the peer says it is */
	union endpoint dtls_peer;
	unsigned int attempts;		/* failed handshakes */
	uint64_t not_before;		/* pause until then */
	unsigned int profile;
	uint32_t session;		/* number of the session; 0: none */
	union endpoint remote;		/* the session's; family 0: on hold */
	uint16_t remote_rtcp;		/* 0: RTCP shares the port of RTP */
	struct relay relay;		/* the application's side; family 0: on hold */
	struct relay relayed;		/* as the session has it */
	unsigned int relays;		/* how many the session has */
	/* of RTCP that has a port, a handshake and a session of its own; or whose it is */
	struct transport *rtcp, *owner;
	/* of a BUNDLE group: whose public side it uses, NULL for its own; the next */
	struct transport *bundle, *next;
	/* called when the state changes */
	void (*changed)(struct transport *transport);
};

struct transport *transport_carrier(struct transport *transport);
void transport_join(struct transport *transport, struct transport *bundle);
void transport_use(const struct dtls_method *method);
bool transport_is_keyed(const struct transport *transport);
int transport_open(struct transport *transport, const union endpoint *local,
		   struct complaint *complaint);
void transport_keyed(struct transport *transport,
		     const struct fingerprints *fingerprints, bool client);
void transport_application(struct transport *transport,
			   const union endpoint *application,
			   uint16_t rtcp_port, const struct relay_marks *marks);
int transport_open_rtcp(struct transport *transport,
			struct complaint *complaint);
void transport_told(struct transport *transport, const union endpoint *peer,
		    uint16_t rtcp_port);
enum transport_state transport_state(const struct transport *transport);
void transport_given(struct transport *transport, uint32_t session,
		     const union endpoint *remote, uint16_t rtcp_port);
void transport_restored(struct transport *transport);
void transport_close(struct transport *transport);
const char *transport_state_name(enum transport_state state);

#endif
