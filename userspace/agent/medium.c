// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/complaint.h"
#include "lib/sdp.h"
#include "medium.h"
#include "ports.h"
#include "reserve.h"
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

static int open_at(struct medium *m, unsigned int family, uint16_t port,
		   struct complaint *c)
{
	union endpoint local = settings->side[family == AF_INET6].public;
	int ret;

	endpoint_set_port(&local, port);
	ret = transport_open(&m->transport, &local, c);
	if (ret)
		ports_return(&public_ports, port);
	return ret;
}

/* Have the application's ports from @port on. */
static int reserve_at(struct medium *m, unsigned int family, uint16_t port,
		      struct complaint *c)
{
	union endpoint local = settings->side[family == AF_INET6].application;
	int ret;

	endpoint_set_port(&local, port + 1);
	ret = reserve_port(&m->reserved[1], &local, c);
	endpoint_set_port(&local, port);
	if (!ret) {
		ret = reserve_port(&m->reserved[0], &local, c);
		if (ret)
			reserve_end(m->reserved[1]);
	}
	if (ret) {
		ports_return(&application_ports, port);
		return ret;
	}
	m->transport.relay.local = local;
	m->transport.relay.local_rtcp = port + 1;
	return 0;
}

static void return_application_ports(struct medium *m)
{
	reserve_end(m->reserved[0]);
	reserve_end(m->reserved[1]);
	ports_return(&application_ports,
		     endpoint_port(&m->transport.relay.local));
	memset(&m->transport.relay.local, 0, sizeof(m->transport.relay.local));
}

static int take_application_ports(struct medium *m, unsigned int family,
				  struct complaint *c)
{
	unsigned int tries = TRIES;
	uint16_t port;
	int ret;

	do {
		port = ports_take(&application_ports);
		ret = port ? reserve_at(m, family, port, c) :
			     complain(c, ENOSPC, "application-ports: all are taken");
	} while (ret == -EADDRINUSE && --tries);
	return ret;
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
	ret = take_application_ports(m, family, c);
	if (ret)
		return ret;
	do {
		port = ports_take(&public_ports);
		ret = port ? open_at(m, family, port, c) :
			     complain(c, ENOSPC, "public-ports: all are taken");
	} while (ret == -EADDRINUSE && --tries);
	m->open = !ret;
	if (ret)
		return_application_ports(m);
	return ret;
}

/* Take two ports for the application, and use the public port of another medium. */
int medium_open_within(struct medium *m, struct medium *bundle,
		       struct complaint *c)
{
	int ret = take_application_ports(m, bundle->transport.local.any.sa_family,
					 c);

	if (ret)
		return ret;
	transport_join(&m->transport, &bundle->transport);
	m->open = true;
	return 0;
}

/* Take the ports of before a restart. With 0 for the public one it was that of another. */
int medium_reopen(struct medium *m, enum public_kind public,
		  unsigned int family, uint16_t port, uint16_t application_port,
		  struct complaint *c)
{
	int ret;

	m->transport.public = public;
	if (!ports_claim(&application_ports, application_port))
		return wrong(c, "port %u is none of application-ports",
			     application_port);
	ret = reserve_at(m, family, application_port, c);
	if (ret)
		return ret;
	if (port)
		ret = ports_claim(&public_ports, port) ?
		      open_at(m, family, port, c) :
		      wrong(c, "port %u is none of public-ports", port);
	if (ret)
		return_application_ports(m);
	m->open = !ret;
	return ret;
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
	return_application_ports(m);
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
	if (!media->mux)
		web->rtcp_port = media->rtcp_port ?: media->port + 1;
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
		transport_told(&m->transport, &m->web.endpoint,
			       m->web.rtcp_port);
	transport_keyed(&m->transport, &m->web.fingerprints,
			medium_is_client(m, web_offers));
}
