// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "lib/complaint.h"
#include "media.h"
#include "transport.h"

/* Longest datagram of STUN or DTLS. */
#define DATAGRAM_MAX 4096

/* Pause after a failed handshake, in ms. It doubles each time. */
#define PAUSE_FIRST 20
#define PAUSE_DOUBLINGS 6

/* Types of DTLS records (RFC 7983, RFC 6347). */
#define DTLS_FIRST 20
#define DTLS_LAST 63
#define DTLS_HANDSHAKE 22
#define DTLS_HELLO_AT 13
#define DTLS_CLIENT_HELLO 1
#define STUN_LAST 3

static const struct dtls_method *method;

void transport_use(const struct dtls_method *dtls_method)
{
	method = dtls_method;
}

const char *transport_state_name(enum transport_state state)
{
	static const char *const names[] = {
		[TRANSPORT_NEW] = "new",
		[TRANSPORT_CONNECTING] = "connecting",
		[TRANSPORT_UP] = "up",
		[TRANSPORT_CLOSED] = "closed",
	};

	return names[state];
}

/* The transport that has the public side of this one, mostly itself. */
struct transport *transport_carrier(struct transport *t)
{
	return t->bundle ?: t;
}

/* That of RTP and RTCP; what one of them lacks is lacking. */
enum transport_state transport_state(const struct transport *t)
{
	if (!t->rtcp || t->state == TRANSPORT_CLOSED)
		return t->state;
	return t->rtcp->state < t->state ? t->rtcp->state : t->state;
}

static void enter(struct transport *t, enum transport_state state)
{
	struct transport *whole = t->owner ?: t;
	enum transport_state before = transport_state(whole);
	bool was_up = t->state == TRANSPORT_UP;

	if (t->state == state)
		return;
	t->state = state;
	/* what comes then is checks of consent */
	if (was_up != (state == TRANSPORT_UP))
		loop_calm(&t->watch, !was_up);
	if (transport_state(whole) != before)
		whole->changed(whole);
}

/* Stop media. The relays go with their session. */
static void stop_media(struct transport *t)
{
	if (t->session)
		media_del(t->session);
	t->session = 0;
	t->relays = 0;
}

static void end(struct transport *t, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void halt(struct transport *t, enum transport_state state)
{
	stop_media(t);
	timer_stop(&t->timer);
	timer_stop(&t->consent);
	dtls_end(&t->dtls);
	if (!t->rtcp)
		return;
	halt(t->rtcp, state);
	/* without an event, which is that of RTP */
	if (t->rtcp->state == TRANSPORT_UP)
		loop_calm(&t->rtcp->watch, false);
	t->rtcp->state = state;
}

/* With RTCP's, RTP's ends, too. */
static void end(struct transport *t, const char *format, ...)
{
	va_list args;

	t = t->owner ?: t;
	halt(t, TRANSPORT_CLOSED);
	va_start(args, format);
	vsnprintf(t->why, sizeof(t->why), format, args);
	va_end(args);
	enter(t, TRANSPORT_CLOSED);
}

static void send_to(struct transport *t, const union endpoint *to,
		    const unsigned char *bytes, size_t len)
{
	/* a lost datagram is retransmitted */
	sendto(t->watch.fd, bytes, len, MSG_DONTWAIT | MSG_NOSIGNAL, &to->any,
	       endpoint_len(to));
}

static void send_dtls(void *of, const unsigned char *bytes, size_t len)
{
	struct transport *t = of;

	send_to(t, &t->dtls_peer, bytes, len);
}

/* Has a peer without ICE said that it is nowhere? */
static bool is_held(const struct transport *t)
{
	if (t->public == PUBLIC_SDES)
		return !t->remote.any.sa_family;
	return t->public == PUBLIC_DTLS && !t->told.any.sa_family;
}

/* Leave out of @marks what others before have, and add the rest to those. */
static void mask(struct relay_marks *marks, struct relay_marks *taken,
		 const struct relays *before)
{
	unsigned int i, j, n = 0;
	bool found;

	for (i = 0; i < 2; i++) {
		marks->types[i] &= ~taken->types[i];
		taken->types[i] |= marks->types[i];
	}
	for (i = 0; i < marks->sources; i++) {
		found = false;
		for (j = 0; j < before->n; j++)
			found |= relay_marks_source(&before->relay[j].marks,
						    marks->source[i]);
		if (!found)
			marks->source[n++] = marks->source[i];
	}
	marks->sources = n;
}

/*
 * What the session of @t is to relay to; it holds until the next call. What is marked
 * twice is the first one's. Of a peer on hold nothing is relayed, and applications may
 * send all the same.
 */
static const struct relays *list_relays(const struct transport *t)
{
	static struct relays relays;
	struct relay_marks taken = { .sources = 0 };
	const struct transport *part;
	struct relay *relay;

	relays.n = 0;
	for (part = t; part; part = part->next) {
		relay = &relays.relay[relays.n];
		*relay = part->relay;
		if (t->next)
			mask(&relay->marks, &taken, &relays);
		else
			memset(&relay->marks, 0, sizeof(relay->marks));
		if (is_held(t))
			memset(&relay->application, 0,
			       sizeof(relay->application));
		/* its ports are those of another session */
		if (t->rtcp)
			relay->local_rtcp = relay->application_rtcp = 0;
		relays.n++;
	}
	return &relays;
}

static bool is_current(const struct transport *t, const struct relays *relays)
{
	const struct transport *part;
	unsigned int i = 0;

	if (t->relays != relays->n)
		return false;
	for (part = t; part; part = part->next, i++)
		if (memcmp(&part->relayed, &relays->relay[i],
			   sizeof(part->relayed)))
			return false;
	return true;
}

/* Note what the session has. */
static void note_relays(struct transport *t, const struct relays *relays)
{
	struct transport *part;
	unsigned int i = 0;

	t->relays = relays->n;
	for (part = t; part; part = part->next)
		part->relayed = relays->relay[i++];
}

/* Let the session's relays be as the state requires. */
static void relay(struct transport *t)
{
	const struct relays *relays = list_relays(t);
	struct complaint complaint = { 0 };

	if (!t->session || is_current(t, relays))
		return;
	if (media_relay(t->session, relays, &complaint))
		end(t, "%s", complaint.text);
	else
		note_relays(t, relays);
}

/* Create the session for the selected path, or the handshake's. */
static void start_media(struct transport *t)
{
	const struct relays *relays = list_relays(t);
	struct complaint complaint = { 0 };

	t->remote = t->dtls_peer;
	if (t->public == PUBLIC_ICE) {
		ice_use(&t->ice, &t->dtls_peer);
		t->remote = t->ice.selected->endpoint;
	}
	if (media_add(&t->local, &t->remote, &t->dtls, relays, &t->session,
		      &complaint)) {
		t->session = 0;
		end(t, "%s", complaint.text);
		return;
	}
	note_relays(t, relays);
	t->profile = dtls_profile(&t->dtls);
	if (t->public == PUBLIC_ICE)
		timer_set(&t->consent, ICE_CONSENT);
	enter(t, TRANSPORT_UP);
}

/* Where the peer is to be reached, or NULL. */
static const union endpoint *path_of(const struct transport *t)
{
	if (t->public == PUBLIC_DTLS)
		return is_held(t) ? NULL : &t->told;
	return t->ice.selected ? &t->ice.selected->endpoint : NULL;
}

static void move(struct transport *t)
{
	const union endpoint *to = path_of(t);
	struct complaint complaint = { 0 };

	if (!t->session || endpoint_same(to, &t->remote))
		return;
	if (media_move(t->session, &t->local, to, &complaint)) {
		end(t, "%s", complaint.text);
		return;
	}
	t->remote = *to;
	/* close_notify, too, has to get there */
	t->dtls_peer = *to;
}

/*
 * A forged datagram with the peer's address can break a handshake, so it may be
 * repeated. A wrong certificate is final.
 */
static void handshake_failed(struct transport *t)
{
	unsigned int doublings = t->attempts < PAUSE_DOUBLINGS ?
				 t->attempts++ : PAUSE_DOUBLINGS;

	if (t->dtls.impostor) {
		end(t, "DTLS: %s", t->dtls.error);
		return;
	}
	t->not_before = loop_now() + (PAUSE_FIRST << doublings);
	timer_stop(&t->timer);
	dtls_end(&t->dtls);
	enter(t, TRANSPORT_NEW);
	/* with ICE the next check begins another */
	if (t->public == PUBLIC_DTLS && t->client)
		timer_set(&t->timer, PAUSE_FIRST << doublings);
}

/* React to a change of the association. */
static void after_dtls(struct transport *t)
{
	uint64_t ms;

	switch (t->dtls.state) {
	case DTLS_GOING:
		if (dtls_timeout(&t->dtls, &ms))
			timer_set(&t->timer, ms);
		break;
	case DTLS_UP:
		timer_stop(&t->timer);
		if (t->state == TRANSPORT_CONNECTING)
			start_media(t);
		dtls_release(&t->dtls);
		dtls_settle(&t->dtls);
		break;
	case DTLS_CLOSED:
		end(t, "DTLS: %s", t->dtls.error);
		break;
	case DTLS_FAILED:
		if (t->state == TRANSPORT_CONNECTING)
			handshake_failed(t);
		else
			end(t, "DTLS: %s", t->dtls.error);
		break;
	}
}

static bool begin_dtls(struct transport *t)
{
	t->dtls.fingerprints = &t->fingerprints;
	t->dtls.send = send_dtls;
	t->dtls.of = t;
	if (dtls_begin(&t->dtls, method, t->client))
		return false;
	enter(t, TRANSPORT_CONNECTING);
	return true;
}

static void connect_dtls(struct transport *t);

static void expired(struct timer *timer)
{
	struct transport *t = watch_within(timer, struct transport, timer);

	if (!dtls_exists(&t->dtls)) {
		connect_dtls(t);
		return;
	}
	dtls_expired(&t->dtls);
	after_dtls(t);
}

/* Look whether a check has come to the path in use since. */
static void consent_expired(struct timer *timer)
{
	struct transport *t = watch_within(timer, struct transport, consent);
	uint64_t until = ice_heard(&t->ice) + ICE_CONSENT, now = loop_now();

	if (until > now)
		timer_set(&t->consent, until - now);
	else
		end(t, "consent: no check has come for %d s",
		    ICE_CONSENT / 1000);
}

/* As a client, begin once there are a path and fingerprints. */
static void connect_dtls(struct transport *t)
{
	if (!t->client || dtls_exists(&t->dtls) || !t->fingerprints.n ||
	    !path_of(t) || t->state != TRANSPORT_NEW ||
	    loop_now() < t->not_before)
		return;
	t->dtls_peer = *path_of(t);
	if (!begin_dtls(t))
		return;
	dtls_go(&t->dtls);
	after_dtls(t);
}

static void take_stun(struct transport *t, const unsigned char *bytes,
		      size_t len, const union endpoint *from)
{
	unsigned char answer[CHECK_ANSWER];
	size_t answer_len;
	bool moved;

	moved = ice_receive(&t->ice, bytes, len, from, answer, &answer_len);
	/* before the answer, which may start media on the new path */
	if (moved)
		move(t);
	if (answer_len)
		send_to(t, from, answer, answer_len);
	connect_dtls(t);
}

/* Is this an address of the peer: by a valid check, or by its description? */
static bool is_peer(const struct transport *t, const union endpoint *from)
{
	if (t->public == PUBLIC_DTLS)
		return !is_held(t) && endpoint_same(from, &t->told);
	return ice_knows(&t->ice, from);
}

/*
 * Other addresses get no answer and no memory. A ClientHello
 * that comes before the description is retransmitted by the peer.
 */
static void take_dtls(struct transport *t, const unsigned char *bytes,
		      size_t len, const union endpoint *from)
{
	if (!t->fingerprints.n || t->state == TRANSPORT_CLOSED ||
	    !is_peer(t, from))
		return;
	if (!dtls_exists(&t->dtls)) {
		if (t->client || t->state != TRANSPORT_NEW ||
		    len <= DTLS_HELLO_AT || bytes[0] != DTLS_HANDSHAKE ||
		    bytes[DTLS_HELLO_AT] != DTLS_CLIENT_HELLO ||
		    loop_now() < t->not_before || !begin_dtls(t))
			return;
	}
	t->dtls_peer = *from;
	dtls_receive(&t->dtls, bytes, len);
	after_dtls(t);
}

static void receive(struct transport *t, const unsigned char *bytes, size_t len,
		    const union endpoint *from)
{
	if (t->public == PUBLIC_SDES)
		return;
	if (bytes[0] <= STUN_LAST && t->public == PUBLIC_ICE)
		take_stun(t, bytes, len, from);
	else if (bytes[0] >= DTLS_FIRST && bytes[0] <= DTLS_LAST)
		take_dtls(t, bytes, len, from);
}

/* One datagram, for then it is the turn of others. */
static void ready(struct watch *watch, uint32_t events)
{
	struct transport *t = watch_within(watch, struct transport, watch);
	unsigned char bytes[DATAGRAM_MAX];
	union endpoint from;
	socklen_t from_len;
	ssize_t len;

	(void)events;
	memset(&from, 0, sizeof(from));
	from_len = sizeof(from);
	/* errors are about datagrams sent before */
	len = recvfrom(watch->fd, bytes, sizeof(bytes), MSG_DONTWAIT,
		       &from.any, &from_len);
	if (len > 0)
		receive(t, bytes, len, &from);
}

/* Open the public socket. */
int transport_open(struct transport *t, const union endpoint *local,
		   struct complaint *c)
{
	unsigned int family = local->any.sa_family;
	char text[ENDPOINT_TEXT];
	int one = 1, ret = 0;

	t->local = *local;
	t->timer.expired = expired;
	t->consent.expired = consent_expired;
	t->watch.ready = ready;
	t->watch.fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
			     0);
	if (t->watch.fd < 0)
		return complain(c, errno, "socket: %s", strerror(errno));
	if ((family == AF_INET6 &&
	     setsockopt(t->watch.fd, IPPROTO_IPV6, IPV6_V6ONLY, &one,
			sizeof(one))) ||
	    bind(t->watch.fd, &local->any, endpoint_len(local)))
		ret = -errno;
	if (!ret)
		ret = loop_watch(&t->watch, EPOLLIN);
	if (!ret)
		return 0;
	loop_forget(&t->watch);
	return complain(c, -ret, "%s: %s", endpoint_text(local, text),
			strerror(-ret));
}

/* Does an association exist that continues? Its roles stay then. */
bool transport_is_keyed(const struct transport *t)
{
	return t->state != TRANSPORT_NEW && t->state != TRANSPORT_CLOSED &&
	       !t->outdated;
}

/*
 * Take the peer's fingerprints. A new association starts if they or ours are
 * different (RFC 8842, section 4), or if the medium was closed.
 */
static void key(struct transport *t, const struct fingerprints *fingerprints,
		bool client)
{
	if (t->state != TRANSPORT_CLOSED && !t->outdated &&
	    fingerprints_same(&t->fingerprints, fingerprints)) {
		connect_dtls(t);
		return;
	}
	halt(t, TRANSPORT_NEW);
	t->fingerprints = *fingerprints;
	t->client = client;
	t->attempts = 0;
	t->not_before = 0;
	t->outdated = false;
	t->why[0] = '\0';
	enter(t, TRANSPORT_NEW);
	connect_dtls(t);
}

/* Set the peer's fingerprints. Both handshakes have the same. */
void transport_keyed(struct transport *t,
		     const struct fingerprints *fingerprints, bool client)
{
	key(t, fingerprints, client);
	if (t->rtcp)
		key(t->rtcp, fingerprints, client);
}

/* What is RTCP to the application is all to the session that has RTCP alone. */
static void place_rtcp(struct transport *t)
{
	struct relay *rtcp = &t->rtcp->relay;

	memset(rtcp, 0, sizeof(*rtcp));
	rtcp->local = t->relay.local;
	endpoint_set_port(&rtcp->local, t->relay.local_rtcp);
	rtcp->application = t->relay.application;
	if (rtcp->application.any.sa_family)
		endpoint_set_port(&rtcp->application,
				  t->relay.application_rtcp);
}

/* Set the application's address; NULL while on hold. */
void transport_application(struct transport *t,
			   const union endpoint *application,
			   uint16_t rtcp_port, const struct relay_marks *marks)
{
	memset(&t->relay.application, 0, sizeof(t->relay.application));
	if (application)
		t->relay.application = *application;
	t->relay.application_rtcp = rtcp_port;
	t->relay.marks = *marks;
	relay(transport_carrier(t));
	if (!t->rtcp)
		return;
	place_rtcp(t);
	relay(t->rtcp);
}

/* Use the public side of another transport, as BUNDLE has it (RFC 9143). */
void transport_join(struct transport *t, struct transport *bundle)
{
	struct transport **at = &bundle->next;

	while (*at)
		at = &(*at)->next;
	*at = t;
	t->bundle = bundle;
}

/* Have no others at this public side, or leave that of another. */
static void part(struct transport *t)
{
	struct transport **at, *other;

	while ((other = t->bundle ? NULL : t->next)) {
		t->next = other->next;
		other->next = NULL;
		other->bundle = NULL;
	}
	if (!t->bundle)
		return;
	for (at = &t->bundle->next; *at != t; at = &(*at)->next)
		;
	*at = t->next;
	t->next = NULL;
	/* the one that is left may be alone now */
	relay(t->bundle);
	t->bundle = NULL;
}

static void tell(struct transport *t, const union endpoint *peer)
{
	t->told = *peer;
	if (!is_held(t))
		move(t);
	relay(t);
}

static void close_rtcp(struct transport *t)
{
	transport_close(t->rtcp);
	explicit_bzero(t->rtcp, sizeof(*t->rtcp));
	free(t->rtcp);
	t->rtcp = NULL;
}

/* Have a socket for RTCP, at the port above that of RTP. */
int transport_open_rtcp(struct transport *t, struct complaint *c)
{
	union endpoint local = t->local;
	int ret;

	t->rtcp = calloc(1, sizeof(*t->rtcp));
	if (!t->rtcp)
		return complain(c, ENOMEM, "%s", strerror(ENOMEM));
	endpoint_set_port(&local, endpoint_port(&local) + 1);
	t->rtcp->public = t->public;
	t->rtcp->owner = t;
	ret = transport_open(t->rtcp, &local, c);
	if (ret)
		close_rtcp(t);
	return ret;
}

/*
 * A peer without ICE says where it is; with a family of 0, on hold. RTCP may have a port of
 * its own, and is keyed by its own handshake then (RFC 5764, section 4.1).
 */
void transport_told(struct transport *t, const union endpoint *peer,
		    uint16_t rtcp_port)
{
	struct complaint complaint = { 0 };
	union endpoint rtcp = *peer;

	if (t->rtcp && !rtcp_port)
		close_rtcp(t);
	if (!t->rtcp && rtcp_port && transport_open_rtcp(t, &complaint)) {
		end(t, "%s", complaint.text);
		return;
	}
	tell(t, peer);
	if (!t->rtcp)
		return;
	if (rtcp.any.sa_family)
		endpoint_set_port(&rtcp, rtcp_port);
	place_rtcp(t);
	tell(t->rtcp, &rtcp);
}

/*
 * Media whose keys are in descriptions: their session, and where the peer is, with a family
 * of 0 while it is on hold.
 */
void transport_given(struct transport *t, uint32_t session,
		     const union endpoint *remote, uint16_t rtcp_port)
{
	if (t->session != session)
		t->relays = 0;
	t->session = session;
	t->remote = *remote;
	t->remote_rtcp = rtcp_port;
	t->why[0] = '\0';
	relay(t);
	if (t->session)
		enter(t, TRANSPORT_UP);
}

/* After a restart: check that the kernel still has the session. */
void transport_restored(struct transport *t)
{
	if (t->state != TRANSPORT_UP)
		return;
	if (!media_exists(t->session, &t->local)) {
		t->session = 0;
		end(t, "the session has gone");
		return;
	}
	relay(t);
	if (!t->session)
		return;
	loop_calm(&t->watch, true);
	if (t->public == PUBLIC_ICE)
		timer_set(&t->consent, ICE_CONSENT);
	if (!t->rtcp)
		return;
	place_rtcp(t);
	transport_restored(t->rtcp);
}

void transport_close(struct transport *t)
{
	part(t);
	if (t->rtcp)
		close_rtcp(t);
	stop_media(t);
	timer_stop(&t->timer);
	timer_stop(&t->consent);
	dtls_end(&t->dtls);
	if (t->watch.ready)
		loop_forget(&t->watch);
}
