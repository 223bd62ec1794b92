// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/complaint.h"
#include "lib/registry.h"
#include "lib/sdp.h"
#include "medium.h"
#include "ports.h"
#include "settings.h"

static const struct settings *settings;
static struct ports public_ports, application_ports;

/* How many ports in use by others are skipped. */
#define TRIES 64

void medium_begin(const struct settings *all)
{
	settings = all;
	ports_begin(&public_ports, all->public_ports.first,
		    all->public_ports.last);
	ports_begin(&application_ports, all->application_ports.first,
		    all->application_ports.last);
}

/* Is a section of the public side, and what does it speak? With DTLS, perhaps ICE. */
bool medium_is_web(const struct sdp_media *media, enum public_kind *kind)
{
	static const struct {
		const char *protocol;
		enum public_kind kind;
	} known[] = {
		{ "UDP/TLS/RTP/SAVPF", PUBLIC_DTLS },
		{ "UDP/TLS/RTP/SAVP", PUBLIC_DTLS },
		{ "RTP/SAVPF", PUBLIC_SDES }, { "RTP/SAVP", PUBLIC_SDES },
	};
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (!strcasecmp(media->protocol, known[i].protocol)) {
			*kind = known[i].kind;
			return true;
		}
	return false;
}

/* Has its profile feedback (RFC 4585)? */
bool medium_has_feedback(const struct sdp_media *media)
{
	size_t len = strlen(media->protocol);

	return len && strchr("Ff", media->protocol[len - 1]);
}

bool medium_is_plain(const struct sdp_media *media)
{
	return !strcasecmp(media->protocol, "RTP/AVP") ||
	       !strcasecmp(media->protocol, "RTP/AVPF");
}

static void set_port(union endpoint *endpoint, uint16_t port)
{
	if (endpoint->any.sa_family == AF_INET)
		endpoint->in4.sin_port = htons(port);
	else
		endpoint->in6.sin6_port = htons(port);
}

static int open_at(struct medium *m, unsigned int family, uint16_t port,
		   struct complaint *c)
{
	union endpoint local = settings->side[family == AF_INET6].public;
	int ret;

	set_port(&local, port);
	ret = transport_open(&m->transport, &local, c);
	if (ret)
		ports_return(&public_ports, port);
	return ret;
}

static int take_application_ports(struct medium *m, struct complaint *c)
{
	m->transport.port = ports_take(&application_ports);
	if (!m->transport.port)
		return complain(c, ENOSPC, "application-ports: all are taken");
	m->transport.rtcp_port = m->transport.port + 1;
	return 0;
}

/* Take a public port with a socket, and two ports for the application. */
int medium_open(struct medium *m, enum public_kind public,
		unsigned int family, struct complaint *c)
{
	unsigned int tries = TRIES;
	uint16_t port;
	int ret;

	m->transport.public = public;
	if (public == PUBLIC_ICE && ice_restart(&m->transport.ice))
		return complain(c, EIO, "no random numbers");
	ret = take_application_ports(m, c);
	if (ret)
		return ret;
	do {
		port = ports_take(&public_ports);
		ret = port ? open_at(m, family, port, c) :
			     complain(c, ENOSPC, "public-ports: all are taken");
	} while (ret == -EADDRINUSE && --tries);
	m->open = !ret;
	if (ret) {
		ports_return(&application_ports, m->transport.port);
		m->transport.port = 0;
	}
	return ret;
}

/* Take two ports for the application, and use the public port of another medium. */
int medium_open_within(struct medium *m, struct medium *bundle,
		       struct complaint *c)
{
	int ret = take_application_ports(m, c);

	if (ret)
		return ret;
	transport_join(&m->transport, &bundle->transport);
	m->open = true;
	return 0;
}

/* The medium whose public port this one uses, mostly itself. */
struct medium *medium_carrier(const struct medium *m)
{
	struct transport *t = (struct transport *)&m->transport;

	return watch_within(transport_carrier(t), struct medium, transport);
}

void medium_close(struct medium *m)
{
	void (*changed)(struct transport *transport) = m->transport.changed;

	crypto_forget(&m->crypto);
	if (!m->open)
		return;
	transport_close(&m->transport);
	if (m->transport.local.any.sa_family)
		ports_return(&public_ports,
			     endpoint_port(&m->transport.local));
	ports_return(&application_ports, m->transport.port);
	explicit_bzero(&m->transport, sizeof(m->transport));
	m->transport.changed = changed;
	m->transport.watch.fd = -1;
	m->open = false;
}

static enum setup read_setup(const char *text)
{
	if (text && !strcmp(text, "actpass"))
		return SETUP_ACTPASS;
	if (text && !strcmp(text, "active"))
		return SETUP_ACTIVE;
	if (text && !strcmp(text, "passive"))
		return SETUP_PASSIVE;
	return SETUP_NONE;
}

/* RFC 8839, section 5.4 */
static bool is_ice_text(const char *text, size_t least)
{
	size_t len = strlen(text);

	for (; isalnum((unsigned char)*text) || *text == '+' || *text == '/';
	     text++)
		;
	return !*text && len >= least && len < MEDIUM_UFRAG;
}

/* Read the role and the certificates of a peer that speaks DTLS. */
static int read_tls(struct medium_web *web, const struct sdp_keying *keying,
		    bool answers, struct complaint *c)
{
	web->given = true;
	web->setup = read_setup(keying->setup);
	if (web->setup == SETUP_NONE ||
	    (answers && web->setup == SETUP_ACTPASS))
		return wrong(c, "a=setup: %s", answers ?
			     "neither active nor passive" :
			     "none of actpass, active, passive");
	return fingerprints_read(&web->fingerprints, keying, c);
}

/* Read a section of a browser. */
int medium_read_ice(struct medium_web *web, const struct sdp *sdp,
		    const struct sdp_media *media, bool answers,
		    struct complaint *c)
{
	const struct sdp_keying *keying = &media->keying;

	sdp_at(sdp, media->line, c);
	if (!media->mux)
		return wrong(c, "a=rtcp-mux: missing; RTP and RTCP have to share a port");
	if (!keying->ufrag || !keying->pwd)
		return wrong(c, "a=ice-ufrag or a=ice-pwd: missing");
	if (!is_ice_text(keying->ufrag, 4))
		return wrong(c, "a=ice-ufrag: not 4 to 256 letters, digits, + and /");
	if (!is_ice_text(keying->pwd, 22))
		return wrong(c, "a=ice-pwd: not 22 to 256 letters, digits, + and /");
	strcpy(web->ufrag, keying->ufrag);
	return read_tls(web, keying, answers, c);
}

/* Read the SSRCs that a browser tells. */
void medium_read_sources(struct relay_marks *marks,
			 const struct sdp_media *media)
{
	marks->sources = media->sources < SDP_SOURCES_MAX ? media->sources :
							    SDP_SOURCES_MAX;
	memcpy(marks->source, media->source, sizeof(marks->source));
}

/* Read the payload types of an application; what is no number is none. */
void medium_read_types(struct relay_marks *marks, const struct sdp_media *media)
{
	const char *formats = media->formats;
	unsigned long type;
	char *end;

	for (; *formats; formats = end) {
		type = strtoul(formats, &end, 10);
		if (end == formats)
			break;
		if (type < 128)
			relay_mark_type(marks, type);
	}
}

/* Read a section of an application. */
int medium_read_plain(struct medium_plain *plain, const struct sdp *sdp,
		      struct sdp_media *media, unsigned int family,
		      struct complaint *c)
{
	int ret;

	memset(plain, 0, sizeof(*plain));
	sdp_at(sdp, media->line, c);
	if (!media->address.text)
		return wrong(c, "no c= line says the address, neither here nor before the sections");
	ret = sdp_address_read(sdp, &media->address, c);
	if (ret)
		return ret;
	if (media->address.family != family)
		return wrong(c, "address: not of the family of the call, which is IPv%d",
			     family == AF_INET ? 4 : 6);
	if (sdp_address_is_zero(&media->address))
		return 0;
	endpoint_make(&plain->endpoint, family, media->address.bytes,
		      media->port);
	plain->rtcp_port = media->rtcp_port ?: media->port + 1;
	return 0;
}

/* Read the address of a peer that is where its description says. */
static int read_place(struct medium_web *web, const struct sdp *sdp,
		      struct sdp_media *media, unsigned int family,
		      struct complaint *c)
{
	struct medium_plain plain;
	int ret = medium_read_plain(&plain, sdp, media, family, c);

	if (ret)
		return ret;
	web->endpoint = plain.endpoint;
	/* the address may be of another line */
	sdp_at(sdp, media->line, c);
	return 0;
}

/* Read a section of a peer that speaks DTLS, at the address of its description. */
int medium_read_dtls(struct medium_web *web, const struct sdp *sdp,
		     struct sdp_media *media, unsigned int family, bool answers,
		     struct complaint *c)
{
	int ret = read_place(web, sdp, media, family, c);

	if (ret)
		return ret;
	/* RTCP with a port of its own has a handshake of its own (RFC 5764) */
	if (!media->mux)
		return wrong(c, "a=rtcp-mux: missing; RTP and RTCP have to share a port");
	return read_tls(web, &media->keying, answers, c);
}

/* Read a section of a peer that has keys and addresses in its descriptions. */
int medium_read_sdes(struct medium_web *web, const struct sdp *sdp,
		     struct sdp_media *media, unsigned int family,
		     struct complaint *c)
{
	int ret = read_place(web, sdp, media, family, c);

	if (ret)
		return ret;
	if (!media->cryptos)
		return wrong(c, "%s: no a=crypto line; of it ksrtpd has the keys",
			     media->protocol);
	web->given = true;
	if (!media->mux)
		web->rtcp_port = media->rtcp_port ?: media->port + 1;
	return 0;
}

/* A new user name is an ICE restart (RFC 8839, section 4.4.1). */
int medium_renew(struct medium *m, const struct medium_web *web,
		 struct complaint *c)
{
	if (!*m->web.ufrag || !strcmp(m->web.ufrag, web->ufrag))
		return 0;
	if (ice_restart(&m->transport.ice))
		return complain(c, EIO, "no random numbers");
	return 0;
}

/*
 * Our DTLS role (RFC 5763, section 5). With a choice we are the server: the
 * browser knows first when the path works.
 */
bool medium_is_client(const struct medium *m, bool web_offers)
{
	const struct transport *t = &m->transport;

	if (web_offers && m->web.setup == SETUP_ACTPASS)
		return transport_is_keyed(t) && t->client;
	return m->web.setup == SETUP_PASSIVE;
}

/* Apply the descriptions of both sides. */
void medium_agree(struct medium *m, bool web_offers)
{
	bool somewhere = m->plain.endpoint.any.sa_family;

	transport_application(&m->transport,
			      somewhere ? &m->plain.endpoint : NULL,
			      m->plain.rtcp_port, &m->marks);
	if (m->transport.bundle || m->transport.public == PUBLIC_SDES)
		return;
	if (m->transport.public == PUBLIC_DTLS)
		transport_told(&m->transport, &m->web.endpoint);
	transport_keyed(&m->transport, &m->web.fingerprints,
			medium_is_client(m, web_offers));
}

static void set_text(json_t *object, const char *key, const char *text)
{
	if (*text)
		json_object_set_new(object, key, json_string(text));
}

static void set_endpoint(json_t *object, const char *key,
			 const union endpoint *endpoint)
{
	char text[ENDPOINT_TEXT];

	if (endpoint->any.sa_family)
		set_text(object, key, endpoint_text(endpoint, text));
}

static void set_number(json_t *object, const char *key, long long number)
{
	if (number)
		json_object_set_new(object, key, json_integer(number));
}

/* The public state of a medium. */
json_t *medium_json(const struct medium *m)
{
	const struct transport *t = &m->transport;
	const struct medium *carrier = medium_carrier(m);
	const struct transport *public = &carrier->transport;
	const struct profile *profile = registry_profile(public->profile);
	json_t *object = json_object();

	set_text(object, "mid", m->mid);
	if (!m->open) {
		set_text(object, "state", "refused");
		return object;
	}
	set_text(object, "state", transport_state_name(public->state));
	set_text(object, "why", public->why);
	if (carrier != m)
		set_text(object, "bundle", carrier->mid);
	set_endpoint(object, "public", &public->local);
	if (public->session)
		set_endpoint(object, "peer", &public->remote);
	set_number(object, "application-port", t->port);
	set_endpoint(object, "application", &t->application);
	set_number(object, "session", public->session);
	if (profile)
		set_text(object, "profile", profile->name);
	return object;
}

static void save_application(const struct transport *t, json_t *object)
{
	char text[ENDPOINT_TEXT];

	if (!t->application.any.sa_family)
		return;
	set_text(object, "application-address",
		 endpoint_address(&t->application, text));
	set_number(object, "application-rtp", endpoint_port(&t->application));
	set_number(object, "application-rtcp", t->application_rtcp);
}

/* What tells the packets of one medium of a bundle. */
static void save_marks(const struct transport *t, json_t *object)
{
	json_t *types = json_array(), *sources = json_array();
	unsigned int i;

	for (i = 0; i < 128; i++)
		if (relay_marks_type(&t->marks, i))
			json_array_append_new(types, json_integer(i));
	for (i = 0; i < t->marks.sources; i++)
		json_array_append_new(sources,
				      json_integer(t->marks.source[i]));
	json_object_set_new(object, "types", types);
	json_object_set_new(object, "sources", sources);
}

/* What a restart needs; no SRTP keys. */
json_t *medium_save(const struct medium *m)
{
	const struct transport *t = &m->transport;
	json_t *object = medium_json(m), *list;
	char text[ENDPOINT_TEXT], fingerprint[FINGERPRINT_TEXT];
	unsigned int i;

	json_object_set_new(object, "rtp", json_boolean(m->rtp));
	json_object_set_new(object, "tagged", json_boolean(m->tagged));
	json_object_set_new(object, "feedback", json_boolean(m->feedback));
	if (!m->open)
		return object;
	save_application(t, object);
	if (t->bundle || t->next)
		save_marks(t, object);
	if (t->bundle) {
		json_object_set_new(object, "carrier",
				    json_integer(medium_carrier(m)->index));
		return object;
	}
	set_number(object, "peer-rtcp", t->remote_rtcp);
	set_text(object, "ufrag", t->ice.own.ufrag);
	set_text(object, "pwd", t->ice.own.pwd);
	set_text(object, "peer-ufrag", m->web.ufrag);
	set_number(object, "peer-setup", m->web.setup);
	set_number(object, "profile-number", t->profile);
	set_number(object, "public-port", endpoint_port(&t->local));
	json_object_set_new(object, "client", json_boolean(t->client));
	list = json_array();
	for (i = 0; i < m->web.fingerprints.n; i++) {
		fingerprint_print(&m->web.fingerprints.one[i], fingerprint);
		json_array_append_new(list, json_string(fingerprint));
	}
	json_object_set_new(object, "fingerprints", list);
	if (t->told.any.sa_family) {
		set_text(object, "told-address",
			 endpoint_address(&t->told, text));
		set_number(object, "told-port", endpoint_port(&t->told));
	}
	if (t->session && t->remote.any.sa_family) {
		set_text(object, "peer-address",
			 endpoint_address(&t->remote, text));
		set_number(object, "peer-port", endpoint_port(&t->remote));
	}
	return object;
}

static bool get_text(const json_t *object, const char *key, char *text,
		     size_t size)
{
	const char *value = json_string_value(json_object_get(object, key));

	if (!value || strlen(value) >= size)
		return false;
	strcpy(text, value);
	return true;
}

static long long get_number(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

static bool get_endpoint(const json_t *object, const char *address,
			 const char *port, union endpoint *endpoint)
{
	const char *text = json_string_value(json_object_get(object, address));

	return text && endpoint_read(endpoint, text, get_number(object, port));
}

static void restore_fingerprints(struct fingerprints *fingerprints,
				 const json_t *list)
{
	const json_t *one;
	size_t i;

	json_array_foreach(list, i, one)
		if (json_string_value(one))
			fingerprints_add(fingerprints, json_string_value(one));
}

static void restore_marks(struct relay_marks *marks, const json_t *saved)
{
	const json_t *one;
	uint64_t type;
	size_t i;

	json_array_foreach(json_object_get(saved, "types"), i, one) {
		type = json_integer_value(one);
		if (type < 128)
			relay_mark_type(marks, type);
	}
	json_array_foreach(json_object_get(saved, "sources"), i, one)
		if (marks->sources < SDP_SOURCES_MAX)
			marks->source[marks->sources++] =
				json_integer_value(one);
}

static void restore_application(struct medium *m, const json_t *saved)
{
	struct transport *t = &m->transport;

	get_endpoint(saved, "application-address", "application-rtp",
		     &t->application);
	t->application_rtcp = get_number(saved, "application-rtcp");
	restore_marks(&t->marks, saved);
	m->plain.endpoint = t->application;
	m->plain.rtcp_port = t->application_rtcp;
}

static void restore_path(struct medium *m, const json_t *saved)
{
	struct transport *t = &m->transport;
	bool placed;

	if (get_text(saved, "why", t->why, sizeof(t->why)))
		t->state = TRANSPORT_CLOSED;
	t->session = get_number(saved, "session");
	t->profile = get_number(saved, "profile-number");
	t->remote_rtcp = get_number(saved, "peer-rtcp");
	get_endpoint(saved, "told-address", "told-port", &t->told);
	placed = get_endpoint(saved, "peer-address", "peer-port", &t->remote);
	if (t->session && (placed || t->public == PUBLIC_SDES))
		t->state = TRANSPORT_UP;
	if (t->session && placed && t->public == PUBLIC_ICE) {
		t->ice.remote[0].endpoint = t->remote;
		t->ice.remote[0].heard = loop_now();
		t->ice.remote[0].nominated = true;
		t->ice.remotes = 1;
		t->ice.selected = &t->ice.remote[0];
	}
}

/* The public side of a medium. */
static int restore_public(struct medium *m, unsigned int family, uint16_t port,
			  const json_t *saved, struct complaint *c)
{
	struct transport *t = &m->transport;
	bool credentials;
	int ret;

	credentials = get_text(saved, "ufrag", t->ice.own.ufrag, ICE_UFRAG) &&
		      get_text(saved, "pwd", t->ice.own.pwd, ICE_PWD);
	if (!credentials && t->public == PUBLIC_ICE)
		return wrong(c, "no credentials");
	if (!ports_claim(&public_ports, port))
		return wrong(c, "port %u is none of public-ports", port);
	ret = open_at(m, family, port, c);
	if (ret)
		return ret;
	m->web.given = true;
	get_text(saved, "peer-ufrag", m->web.ufrag, MEDIUM_UFRAG);
	m->web.setup = get_number(saved, "peer-setup");
	restore_fingerprints(&m->web.fingerprints,
			     json_object_get(saved, "fingerprints"));
	t->fingerprints = m->web.fingerprints;
	t->client = json_is_true(json_object_get(saved, "client"));
	restore_path(m, saved);
	return 0;
}

/*
 * Restore a medium from what was saved. One that uses the public port of another has to
 * join it yet.
 */
int medium_restore(struct medium *m, enum public_kind public,
		   unsigned int family, const json_t *saved, struct complaint *c)
{
	uint16_t port = get_number(saved, "public-port");
	uint16_t inner = get_number(saved, "application-port");
	int ret = 0;

	get_text(saved, "mid", m->mid, sizeof(m->mid));
	m->rtp = json_is_true(json_object_get(saved, "rtp"));
	m->tagged = json_is_true(json_object_get(saved, "tagged"));
	m->feedback = json_is_true(json_object_get(saved, "feedback"));
	m->transport.public = public;
	if (!port && !json_object_get(saved, "carrier"))
		return 0;
	if (!ports_claim(&application_ports, inner))
		return wrong(c, "port %u is none of application-ports", inner);
	m->transport.port = inner;
	m->transport.rtcp_port = inner + 1;
	restore_application(m, saved);
	if (port)
		ret = restore_public(m, family, port, saved, c);
	if (ret)
		ports_return(&application_ports, inner);
	m->open = !ret;
	return ret;
}
