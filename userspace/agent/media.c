// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "dtls.h"
#include "lib/complaint.h"
#include "lib/libksrtp.h"
#include "lib/registry.h"
#include "lib/sdp.h"
#include "media.h"

/* Packets from a peer's old address are accepted this long, in ms. */
#define LINGER 2000

static struct ksrtp *handle;

static int refused(int error, struct complaint *c)
{
	return complain(c, -error, "kernel: %s", ksrtp_error(handle));
}

/* What descriptions call an address of this host outside. */
static int translate(const union endpoint *advertised,
		     const union endpoint *public)
{
	char from[ENDPOINT_TEXT], to[ENDPOINT_TEXT];
	char text[2 * ENDPOINT_TEXT];

	if (!public->any.sa_family || endpoint_same(advertised, public))
		return 0;
	snprintf(text, sizeof(text), "%s=%s", endpoint_address(advertised, from),
		 endpoint_address(public, to));
	return ksrtp_call_local_address(handle, text);
}

int media_begin(const struct settings *settings, struct complaint *c)
{
	int ret = ksrtp_open(&handle);
	unsigned int i;

	for (i = 0; !ret && i < SETTINGS_FAMILIES; i++)
		ret = translate(&settings->side[i].advertised,
				&settings->side[i].public);
	return ret ? refused(ret, c) : 0;
}

void media_end(void)
{
	ksrtp_close(handle);
	handle = NULL;
}

/* Search for a rule with these ports. */
struct wanted_rule {
	const struct port_range *range;
	bool found;
};

static void look(const struct ksrtp_reply *reply, void *data)
{
	struct wanted_rule *wanted = data;
	uint64_t first, last, number;

	if (!ksrtp_reply_number(reply, KSRTP_A_REQUIRE_FIRST_PORT, &first) &&
	    !ksrtp_reply_number(reply, KSRTP_A_REQUIRE_LAST_PORT, &last) &&
	    ksrtp_reply_number(reply, KSRTP_A_REQUIRE_IFINDEX, &number) &&
	    ksrtp_reply_number(reply, KSRTP_A_REQUIRE_FAMILY, &number) &&
	    first <= wanted->range->first && last >= wanted->range->last)
		wanted->found = true;
}

/*
 * Add a rule that drops media of these ports without a session, whatever
 * happens to this process. The rule stays.
 */
int media_require(const struct port_range *range, struct complaint *c)
{
	struct wanted_rule wanted = { .range = range };
	struct ksrtp_request *request;
	int ret;

	request = ksrtp_request_new(KSRTP_CMD_REQUIRE_GET);
	ret = ksrtp_dump(handle, request, look, &wanted);
	ksrtp_request_free(request);
	if (ret)
		return refused(ret, c);
	if (wanted.found)
		return 0;
	request = ksrtp_request_new(KSRTP_CMD_REQUIRE_NEW);
	ksrtp_request_set(request, KSRTP_A_REQUIRE_FIRST_PORT, range->first);
	ksrtp_request_set(request, KSRTP_A_REQUIRE_LAST_PORT, range->last);
	ret = ksrtp_do(handle, request, NULL, NULL);
	ksrtp_request_free(request);
	return ret ? refused(ret, c) : 0;
}

/* Export the keys of a handshake to a session's description. */
static int take_keys(struct ksrtp_session *session, struct dtls *dtls,
		     struct complaint *c)
{
	const struct profile *profile = registry_profile(dtls_profile(dtls));
	unsigned char material[DTLS_MATERIAL];
	size_t len;
	int ret;

	if (!profile)
		return complain(c, EPROTO, "an SRTP profile that is not known");
	len = 2 * (profile->suite.key_len + profile->suite.salt_len);
	ret = dtls_export(dtls, material, len);
	if (ret)
		ret = complain(c, EIO, "no keys could be exported");
	else if (ksrtp_session_dtls(session, dtls->client, profile->number,
				    material, len))
		ret = complain(c, EINVAL, "%s", ksrtp_session_error(session));
	explicit_bzero(material, sizeof(material));
	return ret;
}

static void put_relay(struct ksrtp_session *session, const struct relay *relay)
{
	bool somewhere = relay->application.any.sa_family;
	bool mux = !relay->local_rtcp ||
		   (somewhere && relay->application_rtcp ==
				 endpoint_port(&relay->application));
	unsigned int i;

	ksrtp_session_relay(session, &relay->local.any,
			    endpoint_len(&relay->local),
			    somewhere ? &relay->application.any : NULL,
			    somewhere ? endpoint_len(&relay->application) : 0);
	if (mux)
		ksrtp_session_relay_rtcp(session, 0, 0);
	else if (somewhere)
		ksrtp_session_relay_rtcp(session, relay->local_rtcp,
					 relay->application_rtcp);
	for (i = 0; i < 128; i++)
		if (relay_marks_type(&relay->marks, i))
			ksrtp_session_relay_type(session, i);
	for (i = 0; i < relay->marks.sources; i++)
		ksrtp_session_relay_ssrc(session, relay->marks.source[i]);
}

/* What is wrong with one makes the request fail. */
static void put_relays(struct ksrtp_session *session,
		       const struct relays *relays)
{
	unsigned int i;

	ksrtp_session_no_relay(session);
	for (i = 0; i < relays->n; i++)
		put_relay(session, &relays->relay[i]);
}

/* Create the session after a handshake. */
int media_add(const union endpoint *local, const union endpoint *remote,
	      struct dtls *dtls, const struct relays *relays, uint32_t *id,
	      struct complaint *c)
{
	struct ksrtp_session *session = ksrtp_session_new();
	int ret;

	if (!session)
		return complain(c, ENOMEM, "%s", strerror(ENOMEM));
	ksrtp_session_set_local(session, &local->any, endpoint_len(local));
	ksrtp_session_set_remote(session, &remote->any, endpoint_len(remote));
	ksrtp_session_set(session, KSRTP_A_SESSION_RTCP_MUX, 1);
	put_relays(session, relays);
	ret = take_keys(session, dtls, c);
	if (!ret) {
		ret = ksrtp_session_add(handle, session, id);
		if (ret)
			refused(ret, c);
	}
	/* wipes the keys as well */
	ksrtp_session_free(session);
	return ret;
}

static int change(struct ksrtp_session *session, struct complaint *c)
{
	int ret = ksrtp_session_change(handle, session);

	if (ret)
		refused(ret, c);
	ksrtp_session_free(session);
	return ret;
}

/* Have the kernel relay media of a session to these applications. */
int media_relay(uint32_t id, const struct relays *relays, struct complaint *c)
{
	struct ksrtp_session *session = ksrtp_session_new();

	if (!session)
		return complain(c, ENOMEM, "%s", strerror(ENOMEM));
	ksrtp_session_set(session, KSRTP_A_SESSION_ID, id);
	put_relays(session, relays);
	return change(session, c);
}

/* Move a session to the peer's new address; its relays go with it. */
int media_move(uint32_t id, const union endpoint *local,
	       const union endpoint *remote, struct complaint *c)
{
	struct ksrtp_session *session = ksrtp_session_new();

	if (!session)
		return complain(c, ENOMEM, "%s", strerror(ENOMEM));
	ksrtp_session_set(session, KSRTP_A_SESSION_ID, id);
	ksrtp_session_move_local(session, &local->any, endpoint_len(local));
	ksrtp_session_move_remote(session, &remote->any, endpoint_len(remote));
	ksrtp_session_move(session, KSRTP_A_FLOW_RTCP_MUX, 1);
	ksrtp_session_set(session, KSRTP_A_SESSION_LINGER, LINGER);
	return change(session, c);
}

/*
 * Sessions of a call, of which descriptions have the keys; @old_local is NULL if there
 * were none. The numbers are per section.
 */
int media_call(const char *local, const char *remote, const char *old_local,
	       const char *old_remote, uint32_t *ids, struct complaint *c)
{
	size_t n = SDP_MEDIA_MAX;
	int ret;

	ret = old_local ? ksrtp_call_change(handle, local, remote, old_local,
					    old_remote, 0) :
			  ksrtp_call_add(handle, local, remote, 0);
	if (ret)
		return complain(c, -ret, "%s", ksrtp_error(handle));
	ret = ksrtp_call_sessions(handle, local, remote, ids, &n);
	if (!ret)
		return 0;
	refused(ret, c);
	if (!old_local)
		ksrtp_call_del(handle, local, remote);
	return ret;
}

/* Delete a session. It may be gone already. */
void media_del(uint32_t id)
{
	ksrtp_session_del(handle, id);
}

/* Sessions that belong to no call. */
struct orphans {
	const struct settings *settings;
	const uint32_t *owners;
	uint32_t id[64];
	unsigned int n;
};

static bool is_public(const struct settings *settings, const void *bytes,
		      size_t len)
{
	const void *public;
	size_t public_len;
	unsigned int i;

	for (i = 0; i < SETTINGS_FAMILIES; i++) {
		public = endpoint_bytes(&settings->side[i].public, &public_len);
		if (settings->side[i].public.any.sa_family &&
		    public_len == len && !memcmp(public, bytes, len))
			return true;
	}
	return false;
}

static void collect(const struct ksrtp_reply *reply, void *data)
{
	struct orphans *orphans = data;
	const struct port_range *range = &orphans->settings->public_ports;
	uint64_t id, port;
	const void *bytes;
	size_t len;

	if (orphans->n == sizeof(orphans->id) / sizeof(*orphans->id) ||
	    ksrtp_reply_number(reply, KSRTP_A_SESSION_ID, &id) ||
	    ksrtp_reply_number(reply, KSRTP_A_SESSION_LOCAL_PORT, &port) ||
	    ksrtp_reply_bytes(reply, KSRTP_A_SESSION_LOCAL_ADDRESS, &bytes,
			      &len) ||
	    port < range->first || port > range->last ||
	    orphans->owners[port] == id ||
	    !is_public(orphans->settings, bytes, len))
		return;
	orphans->id[orphans->n++] = id;
}

/*
 * Delete sessions of public ports that belong to no call, as a process leaves
 * them that is killed before it saved them. @owners has the session of each
 * port.
 */
int media_sweep(const struct settings *settings, const uint32_t *owners,
		struct complaint *c)
{
	struct orphans orphans = { .settings = settings, .owners = owners };
	struct ksrtp_request *request;
	int ret;

	do {
		while (orphans.n)
			media_del(orphans.id[--orphans.n]);
		request = ksrtp_request_new(KSRTP_CMD_SESSION_GET);
		ret = ksrtp_dump(handle, request, collect, &orphans);
		ksrtp_request_free(request);
	} while (!ret && orphans.n);
	return ret ? refused(ret, c) : 0;
}

static void compare(const struct ksrtp_reply *reply, void *data)
{
	const union endpoint **local = data;
	uint64_t port;

	if (!ksrtp_reply_number(reply, KSRTP_A_SESSION_LOCAL_PORT, &port) &&
	    port == endpoint_port(*local))
		*local = NULL;
}

/* Does the kernel still have this session? */
bool media_exists(uint32_t id, const union endpoint *local)
{
	struct ksrtp_request *request =
		ksrtp_request_new(KSRTP_CMD_SESSION_GET);
	int ret;

	ksrtp_request_set(request, KSRTP_A_SESSION_ID, id);
	ret = ksrtp_do(handle, request, compare, &local);
	ksrtp_request_free(request);
	return !ret && !local;
}
