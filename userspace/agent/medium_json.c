// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "lib/complaint.h"
#include "lib/registry.h"
#include "medium.h"
#include "medium_json.h"

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
	set_text(object, "state", transport_state_name(transport_state(public)));
	set_text(object, "why", public->why);
	if (carrier != m)
		set_text(object, "bundle", carrier->mid);
	set_endpoint(object, "public", &public->local);
	if (public->session)
		set_endpoint(object, "peer", &public->remote);
	set_number(object, "application-port", endpoint_port(&t->relay.local));
	set_endpoint(object, "application", &t->relay.application);
	set_number(object, "session", public->session);
	if (profile)
		set_text(object, "profile", profile->name);
	return object;
}

static void save_application(const struct transport *t, json_t *object)
{
	char text[ENDPOINT_TEXT];

	if (!t->relay.application.any.sa_family)
		return;
	set_text(object, "application-address",
		 endpoint_address(&t->relay.application, text));
	set_number(object, "application-rtp", endpoint_port(&t->relay.application));
	set_number(object, "application-rtcp", t->relay.application_rtcp);
}

/* What tells the packets of one medium of a bundle. */
static void save_marks(const struct transport *t, json_t *object)
{
	json_t *types = json_array(), *sources = json_array();
	unsigned int i;

	for (i = 0; i < 128; i++)
		if (relay_marks_type(&t->relay.marks, i))
			json_array_append_new(types, json_integer(i));
	for (i = 0; i < t->relay.marks.sources; i++)
		json_array_append_new(sources,
				      json_integer(t->relay.marks.source[i]));
	json_object_set_new(object, "types", types);
	json_object_set_new(object, "sources", sources);
}

/* What a restart needs; no SRTP keys. */
json_t *medium_json_save(const struct medium *m)
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
	if (t->rtcp) {
		set_number(object, "told-rtcp", m->web.rtcp_port);
		set_number(object, "rtcp-session", t->rtcp->session);
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
		     &t->relay.application);
	t->relay.application_rtcp = get_number(saved, "application-rtcp");
	restore_marks(&t->relay.marks, saved);
	m->plain.endpoint = t->relay.application;
	m->plain.rtcp_port = t->relay.application_rtcp;
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

/* RTCP with a session of its own. */
static int restore_rtcp(struct medium *m, const json_t *saved,
			struct complaint *c)
{
	struct transport *t = &m->transport;
	int ret;

	m->web.rtcp_port = get_number(saved, "told-rtcp");
	if (!m->web.rtcp_port)
		return 0;
	ret = transport_open_rtcp(t, c);
	if (ret)
		return ret;
	t->rtcp->told = t->told;
	t->rtcp->remote = t->remote;
	if (t->told.any.sa_family)
		endpoint_set_port(&t->rtcp->told, m->web.rtcp_port);
	if (t->remote.any.sa_family)
		endpoint_set_port(&t->rtcp->remote, m->web.rtcp_port);
	t->rtcp->fingerprints = t->fingerprints;
	t->rtcp->client = t->client;
	t->rtcp->session = get_number(saved, "rtcp-session");
	t->rtcp->state = t->rtcp->session ? TRANSPORT_UP : t->state;
	return 0;
}

/* The public side of a medium. */
static void restore_public(struct medium *m, const json_t *saved)
{
	struct transport *t = &m->transport;

	m->web.given = true;
	get_text(saved, "peer-ufrag", m->web.ufrag, MEDIUM_UFRAG);
	m->web.setup = get_number(saved, "peer-setup");
	restore_fingerprints(&m->web.fingerprints,
			     json_object_get(saved, "fingerprints"));
	t->fingerprints = m->web.fingerprints;
	t->client = json_is_true(json_object_get(saved, "client"));
	restore_path(m, saved);
}

/*
 * Restore a medium from what was saved. One that uses the public port of another has to
 * join it yet.
 */
int medium_json_restore(struct medium *m, enum public_kind public,
			unsigned int family, const json_t *saved,
			struct complaint *c)
{
	struct ice_credentials *own = &m->transport.ice.own;
	uint16_t port = get_number(saved, "public-port");
	bool credentials;
	int ret;

	get_text(saved, "mid", m->mid, sizeof(m->mid));
	m->rtp = json_is_true(json_object_get(saved, "rtp"));
	m->tagged = json_is_true(json_object_get(saved, "tagged"));
	m->feedback = json_is_true(json_object_get(saved, "feedback"));
	if (!port && !json_object_get(saved, "carrier"))
		return 0;
	credentials = get_text(saved, "ufrag", own->ufrag, ICE_UFRAG) &&
		      get_text(saved, "pwd", own->pwd, ICE_PWD);
	if (port && public == PUBLIC_ICE && !credentials)
		return wrong(c, "no credentials");
	ret = medium_reopen(m, public, family, port,
			    get_number(saved, "application-port"), c);
	if (ret)
		return ret;
	restore_application(m, saved);
	if (!port)
		return 0;
	restore_public(m, saved);
	return restore_rtcp(m, saved, c);
}
