// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "connection.h"
#include "dialogue.h"
#include "lib/complaint.h"
#include "media.h"
#include "message.h"
#include "presentation.h"
#include "transport.h"
#include "util/fail.h"
#include "util/text.h"

/* Times in ms: for a camera's response; for the rest of a message that has begun;
 * for a client without streams to ask for something.
 */
#define RESPONSE_MAX	20000
#define MESSAGE_TIME	20000
#define IDLE_MAX	60000

/* A session outlives its stream by this, for the client's last RTCP. */
#define LINGER		2000

#define REDIRECTS_MAX	5

/* Requests of a camera that the client has not answered. */
#define ASKED_MAX	8

/* A message with URLs that have become longer, and our headers. */
#define OUT_SIZE	(PRESENTATION_SIZE + 2 * MESSAGE_HEAD_MAX)

/* The request that the camera is to answer. */
struct pending {
	bool sent;
	size_t size;			/* in the client's buffer */
	char cseq[32];
	char method[24];
	int section;			/* of SETUP and TEARDOWN; -1: all */
	struct transport transport;	/* SETUP: as the client wants it */
	uint64_t until;
};

struct dialogue {
	char who[CONNECTION_TEXT];
	const struct camera *cameras;
	size_t n_cameras;
	const struct camera *camera;	/* NULL: not yet chosen */
	struct url_map map;
	struct connection client, server;
	struct presentation presentation;
	bool described;
	struct media media;
	struct pending pending;
	unsigned int redirects, asked;
	bool streams;			/* was set up once */
	char session[128];
	bool interleaved;
	bool over;
	uint64_t since;			/* when the client began to be silent */
	struct message message;
	char scratch[MESSAGE_SIZE];
	char out[OUT_SIZE];
	struct text text;
};

static volatile sig_atomic_t stopped;

/* End the dialogue, as from a signal handler. */
void dialogue_stop(void)
{
	stopped = 1;
}

/* Lines name client and camera, but no URL: it may have a password. */
static void tell(const struct dialogue *d, const char *format, ...)
{
	char text[600];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	fprintf(stderr, "%s: rtsp: %s%s%s: %s\n", fail_program,
		d->camera ? d->camera->name : "", d->camera ? ": " : "",
		d->who, text);
}

static void tell_complaint(const struct dialogue *d, const char *what,
			   const struct complaint *c)
{
	char text[512];

	complaint_tell(c, text, sizeof(text));
	tell(d, "%s: %s", what, text);
}

static void begin_text(struct dialogue *d)
{
	d->text = (struct text){
		.at = d->out, .end = d->out + sizeof(d->out),
	};
}

/* Send what was written; the dialogue is over if that fails. */
static void send_text(struct dialogue *d, struct connection *to,
		      const char *side)
{
	struct complaint c = { 0 };
	int ret;

	if (d->text.full)
		ret = wrong(&c, "a message is too long");
	else
		ret = connection_send(to, d->out, d->text.at - d->out, &c);
	explicit_bzero(d->out, d->text.at - d->out);
	if (ret) {
		tell_complaint(d, side, &c);
		d->over = true;
	}
}

static void send_client(struct dialogue *d)
{
	send_text(d, &d->client, "client");
}

static void send_server(struct dialogue *d)
{
	send_text(d, &d->server, "camera");
}

/* A response of our own. */
static void respond(struct dialogue *d, const char *cseq, unsigned int status,
		    const char *reason, const char *headers)
{
	begin_text(d);
	text_put(&d->text, "RTSP/1.0 %u %s\r\n", status, reason);
	if (cseq)
		text_put(&d->text, "CSeq: %s\r\n", cseq);
	text_put(&d->text, "%s\r\n", headers);
	send_client(d);
}

static void refuse(struct dialogue *d, const char *cseq, unsigned int status,
		   const char *reason)
{
	tell(d, "%u %s", status, reason);
	respond(d, cseq, status, reason, "");
}

/* Refuse, and end the dialogue. */
static void give_up(struct dialogue *d, const char *cseq, unsigned int status,
		    const char *reason, const struct complaint *c)
{
	tell_complaint(d, reason, c);
	respond(d, cseq, status, reason, "Connection: close\r\n");
	d->over = true;
}

/* Find the camera that the first URL names. */
static bool choose(struct dialogue *d, const char *uri)
{
	size_t i;

	if (!url_split(uri, d->map.authority, d->map.name))
		return false;
	for (i = 0; i < d->n_cameras && !d->camera; i++)
		if (!strcmp(d->cameras[i].name, d->map.name))
			d->camera = &d->cameras[i];
	if (!d->camera)
		return false;
	d->map.camera = d->camera->url;
	d->media.rules = &d->camera->rules;
	return true;
}

static int family_of(const struct connection *connection)
{
	struct sockaddr_storage address;
	socklen_t len = sizeof(address);

	if (getpeername(connection->fd, (struct sockaddr *)&address, &len))
		return AF_UNSPEC;
	return address.ss_family;
}

static int reach(struct dialogue *d, struct complaint *c)
{
	if (d->server.fd >= 0)
		return 0;
	return connection_open(&d->server, &d->map.camera, &d->camera->trust,
			       family_of(&d->client), c);
}

/* Headers that are about keys, or that we write ourselves. */
static bool is_ours(const char *name)
{
	return !strcasecmp(name, "KeyMgmt") ||
	       !strcasecmp(name, "Content-Length");
}

static bool is_url(const char *name)
{
	static const char *const names[] = {
		"Content-Base", "Content-Location", "Location",
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (!strcasecmp(name, names[i]))
			return true;
	return false;
}

/* "url=rtsp://...;seq=1;rtptime=2,url=..." */
static void put_rtp_info(struct dialogue *d, const char *value)
{
	char theirs[URL_MAX], ours[URL_MAX];
	const char *at;
	size_t len;

	text_put(&d->text, "RTP-Info: ");
	for (; (at = strcasestr(value, "url=")); value = at + len) {
		at += strlen("url=");
		text_put(&d->text, "%.*s", (int)(at - value), value);
		len = strcspn(at, ";,");
		if (len >= sizeof(theirs))
			break;
		memcpy(theirs, at, len);
		theirs[len] = '\0';
		text_put(&d->text, "%s", url_to_client(&d->map, theirs, ours) ?
			 ours : theirs);
	}
	text_put(&d->text, "%s\r\n", at ? "" : value);
}

static void put_body(struct dialogue *d, const char *body, size_t len)
{
	text_put(&d->text, len ? "Content-Length: %zu\r\n\r\n" : "\r\n", len);
	if ((size_t)(d->text.end - d->text.at) < len) {
		d->text.full = true;
		return;
	}
	memcpy(d->text.at, body, len);
	d->text.at += len;
}

/* The headers of a message for the client; @transport replaces that of SETUP. */
static void put_headers(struct dialogue *d, const struct message *m,
			const char *transport)
{
	const struct header *header;
	char url[URL_MAX];

	for (header = m->header; header < &m->header[m->n]; header++) {
		if (is_ours(header->name))
			continue;
		if (!strcasecmp(header->name, "RTP-Info"))
			put_rtp_info(d, header->value);
		else if (is_url(header->name) &&
			 url_to_client(&d->map, header->value, url))
			text_put(&d->text, "%s: %s\r\n", header->name, url);
		else if (transport && !strcasecmp(header->name, "Transport"))
			text_put(&d->text, "Transport: %s\r\n", transport);
		else
			text_put(&d->text, "%s: %s\r\n", header->name,
				 header->value);
	}
}

static void pass_response(struct dialogue *d, const struct message *m,
			  const char *transport)
{
	begin_text(d);
	text_put(&d->text, "RTSP/1.0 %u %s\r\n", m->status, m->reason);
	put_headers(d, m, transport);
	put_body(d, m->body, m->body_len);
	send_client(d);
}

/* Pass a request on; @transport replaces the client's, @keys is for KeyMgmt:. */
static void pass_request(struct dialogue *d, const struct message *m,
			 const char *url, const char *transport,
			 const char *keys)
{
	const struct header *header;

	begin_text(d);
	text_put(&d->text, "%s %s RTSP/1.0\r\n", m->method, url);
	for (header = m->header; header < &m->header[m->n]; header++) {
		if (is_ours(header->name) ||
		    (transport && !strcasecmp(header->name, "Transport")))
			continue;
		text_put(&d->text, "%s: %s\r\n", header->name, header->value);
	}
	if (transport)
		text_put(&d->text, "Transport: %s\r\n", transport);
	if (keys && *keys)
		text_put(&d->text, "KeyMgmt: %s\r\n", keys);
	put_body(d, m->body, m->body_len);
	d->pending.sent = true;
	d->pending.until = connection_now() + RESPONSE_MAX;
	send_server(d);
}

#define UNSUPPORTED "Unsupported Transport: "

/*
 * Choose a transport that the client offers and that can be protected.
 * Returns NULL, or why there is none.
 */
static const char *choose_transport(const char *list, bool secure,
				    struct transport *chosen)
{
	const char *why = UNSUPPORTED "no RTP/AVP over UDP";
	struct complaint unheard = { 0 };

	while (*list) {
		if (transport_read(chosen, &list, &unheard) || chosen->secure)
			continue;
		if (secure && chosen->interleaved)
			why = UNSUPPORTED "RTP in the RTSP connection bypasses SRTP; use UDP";
		else if (chosen->multicast)
			why = UNSUPPORTED "multicast is not relayed; use UDP unicast";
		else if (!secure && !chosen->interleaved)
			why = UNSUPPORTED "plain RTP would be in the clear over UDP";
		else if (!secure || chosen->client_port[0])
			return NULL;
	}
	return why;
}

static void request_setup(struct dialogue *d, const struct message *m,
			  const char *url)
{
	struct pending *p = &d->pending;
	char transport[2 * TRANSPORT_MAX], keys[MEDIA_HEADER_MAX] = "";
	const char *list = message_header(m, "Transport"), *why;
	struct complaint c = { 0 };
	const struct sdp_media *section;
	struct transport asked;
	bool secure;

	if (!d->described) {
		refuse(d, p->cseq, 455, "Method Not Valid In This State: DESCRIBE comes first");
		return;
	}
	p->section = presentation_find(&d->presentation, m->uri);
	if (p->section < 0) {
		refuse(d, p->cseq, 404, "Not Found: no stream of the description");
		return;
	}
	section = &d->presentation.sdp.media[p->section];
	secure = presentation_is_secure(section);
	why = choose_transport(list ? list : "", secure, &p->transport);
	if (why) {
		refuse(d, p->cseq, 461, why);
		return;
	}
	asked = p->transport;
	asked.secure = secure;
	if (secure)
		asked.feedback = section->protocol[strlen("RTP/SAVP")];
	/* media come here, and nowhere else */
	*asked.destination = '\0';
	if (secure && media_offer(&d->media, &d->presentation.sdp, p->section,
				  url, keys, &c)) {
		give_up(d, p->cseq, 503, "Service Unavailable", &c);
		return;
	}
	if (transport_write(&asked, transport, sizeof(transport)))
		pass_request(d, m, url, transport, keys);
	else
		refuse(d, p->cseq, 400, "Bad Request: Transport");
	explicit_bzero(keys, sizeof(keys));
}

static bool is_known(const char *method)
{
	static const char *const methods[] = {
		"OPTIONS", "DESCRIBE", "SETUP", "PLAY", "PAUSE", "TEARDOWN",
		"GET_PARAMETER", "SET_PARAMETER",
	};
	size_t i;

	for (i = 0; i < sizeof(methods) / sizeof(*methods); i++)
		if (!strcmp(method, methods[i]))
			return true;
	return false;
}

static void client_request(struct dialogue *d, const struct message *m)
{
	const char *cseq = message_header(m, "CSeq");
	struct complaint c = { 0 };
	char url[URL_MAX];

	d->pending.section = -1;
	if (!cseq || strlen(cseq) >= sizeof(d->pending.cseq)) {
		refuse(d, NULL, 400, "Bad Request: CSeq");
		return;
	}
	strcpy(d->pending.cseq, cseq);
	if (!is_known(m->method)) {
		refuse(d, cseq, 501, "Not Implemented: the relay is for playing");
		return;
	}
	strcpy(d->pending.method, m->method);
	if (!d->camera && message_is(m, "OPTIONS") && !strcmp(m->uri, "*")) {
		respond(d, cseq, 200, "OK",
			"Public: OPTIONS, DESCRIBE, SETUP, PLAY, PAUSE, TEARDOWN\r\n");
		return;
	}
	if ((!d->camera && !choose(d, m->uri)) ||
	    !url_to_camera(&d->map, m->uri, url)) {
		refuse(d, cseq, 404, "Not Found: no camera of this name");
		return;
	}
	if (reach(d, &c))
		give_up(d, cseq, 502, "Bad Gateway: camera", &c);
	else if (message_is(m, "SETUP"))
		request_setup(d, m, url);
	else
		pass_request(d, m, url, NULL, NULL);
	if (d->pending.sent && message_is(m, "TEARDOWN") && d->described)
		d->pending.section = presentation_find(&d->presentation,
						       m->uri);
}

/* The client answers a request of the camera. */
static void client_response(struct dialogue *d, const struct message *m)
{
	const struct header *header;

	if (!d->asked) {
		tell(d, "client: a response without a request");
		d->over = true;
		return;
	}
	d->asked--;
	begin_text(d);
	text_put(&d->text, "RTSP/1.0 %u %s\r\n", m->status, m->reason);
	for (header = m->header; header < &m->header[m->n]; header++)
		if (!is_ours(header->name))
			text_put(&d->text, "%s: %s\r\n", header->name,
				 header->value);
	put_body(d, m->body, m->body_len);
	send_server(d);
}

/* Interleaved data belong to streams that need no SRTP. */
static void pass_frame(struct dialogue *d, const struct connection *from,
		       struct connection *to, size_t size)
{
	struct complaint c = { 0 };

	if (!d->interleaved || to->fd < 0)
		wrong(&c, "data that nobody has set up");
	else if (!connection_send(to, from->in, size, &c))
		return;
	tell_complaint(d, "interleaved", &c);
	d->over = true;
}

/* Empty lines may precede a message. */
static void skip_lines(struct connection *connection)
{
	size_t n = 0;

	while (n < connection->len && strchr("\r\n", connection->in[n]) &&
	       connection->in[n])
		n++;
	if (n)
		connection_drop(connection, n);
}

/* Read the next message; false if there is none. */
static bool next(struct dialogue *d, struct connection *from, size_t *size,
		 struct complaint *c)
{
	int ret;

	skip_lines(from);
	ret = message_measure(from->in, from->len, size, c);
	if (!ret && *size && *from->in != FRAME_MARK) {
		memcpy(d->scratch, from->in, *size);
		ret = message_read(&d->message, d->scratch, *size, c);
	}
	if (!ret)
		return *size;
	d->over = true;
	return false;
}

/* One request at a time, so that responses are those to what was asked. */
static void serve_client(struct dialogue *d)
{
	struct complaint c = { 0 };
	size_t size;

	while (!d->over && !d->pending.sent && next(d, &d->client, &size, &c)) {
		if (*d->client.in == FRAME_MARK)
			pass_frame(d, &d->client, &d->server, size);
		else if (d->message.response)
			client_response(d, &d->message);
		else
			client_request(d, &d->message);
		/* a request stays until it is answered, to be sent elsewhere */
		if (d->pending.sent)
			d->pending.size = size;
		else
			connection_drop(&d->client, size);
		d->since = connection_now();
	}
	if (*c.text) {
		tell_complaint(d, "client", &c);
		respond(d, NULL, 400, "Bad Request", "Connection: close\r\n");
	}
}

/* The camera's answer was passed on, or replaced by ours. */
static void answered(struct dialogue *d)
{
	d->pending.sent = false;
	connection_drop(&d->client, d->pending.size);
	d->since = connection_now();
}

static void fail_camera(struct dialogue *d, const struct complaint *c)
{
	give_up(d, d->pending.sent ? d->pending.cseq : NULL, 502,
		"Bad Gateway: camera", c);
}

/* A description needs a base for relative URLs: the URL that was asked for. */
static void put_base(struct dialogue *d, const struct message *m)
{
	char theirs[URL_MAX], ours[URL_MAX];

	if (message_header(m, "Content-Base") ||
	    message_header(m, "Content-Location"))
		return;
	snprintf(ours, sizeof(ours), "rtsp://%s/%s", d->map.authority,
		 d->map.name);
	if (url_to_camera(&d->map, ours, theirs) &&
	    url_to_client(&d->map, theirs, ours))
		text_put(&d->text, "Content-Base: %s\r\n", ours);
}

static void response_describe(struct dialogue *d, const struct message *m)
{
	static const char type[] = "application/sdp";
	const char *given = message_header(m, "Content-Type");
	struct complaint c = { 0 };
	int ret;

	if (!given || strncasecmp(given, type, strlen(type)) ||
	    message_header(m, "Content-Encoding"))
		ret = wrong(&c, "description is not application/sdp");
	else
		ret = presentation_read(&d->presentation, &d->map, m->body,
					m->body_len, &c);
	d->described = !ret;
	if (ret) {
		fail_camera(d, &c);
		return;
	}
	begin_text(d);
	text_put(&d->text, "RTSP/1.0 %u %s\r\n", m->status, m->reason);
	put_headers(d, m, NULL);
	put_base(d, m);
	put_body(d, d->presentation.text, strlen(d->presentation.text));
	send_client(d);
}

static int address_of(int (*get)(int, struct sockaddr *, socklen_t *), int fd,
		      char *text, size_t size)
{
	struct sockaddr_storage address;
	socklen_t len = sizeof(address);

	if (get(fd, (struct sockaddr *)&address, &len) ||
	    getnameinfo((struct sockaddr *)&address, len, text, size, NULL, 0,
			NI_NUMERICHOST))
		return -EIO;
	/* a scope is not part of it */
	text[strcspn(text, "%")] = '\0';
	return 0;
}

static bool is_address(int family, const char *text)
{
	unsigned char bytes[16];

	return inet_pton(family, text, bytes) == 1;
}

/* Where the media of a stream go, by the camera's answer to SETUP. */
static int find_flow(struct dialogue *d, const struct transport *answer,
		     struct media_flow *flow, struct complaint *c)
{
	const struct transport *asked = &d->pending.transport;
	int fd = d->server.fd;

	flow->family = family_of(&d->server);
	if (address_of(getsockname, fd, flow->local, sizeof(flow->local)) ||
	    address_of(getpeername, fd, flow->remote, sizeof(flow->remote)))
		return complain(c, EIO, "addresses of the connection");
	if (answer->interleaved || answer->multicast)
		return wrong(c, "Transport: not what was asked for");
	if (!answer->server_port[0])
		return wrong(c, "Transport: no server_port");
	if (answer->client_port[0] &&
	    answer->client_port[0] != asked->client_port[0])
		return wrong(c, "Transport: client_port is another");
	if (*answer->destination && strcmp(answer->destination, flow->local))
		return wrong(c, "Transport: destination is another host");
	if (*answer->source && !is_address(flow->family, answer->source))
		return wrong(c, "Transport: source is not an address of the client's family");
	if (*answer->source)
		strcpy(flow->remote, answer->source);
	memcpy(flow->local_port, asked->client_port, sizeof(flow->local_port));
	memcpy(flow->remote_port, answer->server_port,
	       sizeof(flow->remote_port));
	return 0;
}

/* The session of another client may be about to leave these ports. */
static int add_media(struct dialogue *d, const struct media_flow *flow,
		     struct complaint *c)
{
	uint64_t until = connection_now() + 2 * LINGER;
	int ret;

	for (;;) {
		ret = media_add(&d->media, &d->presentation.sdp,
				d->pending.section, flow, c);
		if (ret != -EEXIST || connection_now() > until)
			return ret;
		if (connection_wait(NULL, 0, connection_now() + 200) == -EINTR)
			return ret;
	}
}

/* The session is there before the client can begin to play. */
static void response_setup(struct dialogue *d, const struct message *m)
{
	const char *list = message_header(m, "Transport");
	const char *session = message_header(m, "Session");
	struct complaint c = { 0 };
	struct transport answer;
	struct media_flow flow;
	char text[2 * TRANSPORT_MAX];
	int ret;

	if (session)
		snprintf(d->session, sizeof(d->session), "%.*s",
			 (int)strcspn(session, "; \t"), session);
	d->streams = true;
	if (d->pending.transport.interleaved) {
		d->interleaved = true;
		pass_response(d, m, NULL);
		return;
	}
	ret = list ? transport_read(&answer, &list, &c) :
		     wrong(&c, "SETUP: no Transport");
	if (!ret)
		ret = find_flow(d, &answer, &flow, &c);
	if (!ret)
		ret = add_media(d, &flow, &c);
	if (ret) {
		fail_camera(d, &c);
		return;
	}
	answer.secure = false;
	answer.feedback = d->pending.transport.feedback;
	*answer.destination = '\0';
	memcpy(answer.client_port, d->pending.transport.client_port,
	       sizeof(answer.client_port));
	/* clients send RTCP to the host of their URL otherwise */
	strcpy(answer.source, flow.remote);
	if (!transport_write(&answer, text, sizeof(text)))
		d->over = true;
	else
		pass_response(d, m, text);
	tell(d, "stream %d: ports %u-%u of %s", d->pending.section + 1,
	     answer.server_port[0], answer.server_port[1], flow.remote);
}

static void response_teardown(struct dialogue *d, const struct message *m)
{
	uint64_t until = connection_now() + LINGER;
	unsigned int i;

	for (i = 0; i < SDP_MEDIA_MAX; i++)
		if (d->pending.section < 0 ||
		    d->pending.section == (int)i)
			media_leave(&d->media, i, until);
	pass_response(d, m, NULL);
}

/* Is it a redirection that we can follow, so that the client need not know? */
static bool redirects(struct dialogue *d, const struct message *m,
		      struct url *url)
{
	const char *location = message_header(m, "Location");

	return m->status / 100 == 3 && m->status != 304 && m->status != 305 &&
	       location && !d->streams && url_read(url, location) &&
	       (url->secure || !d->map.camera.secure) &&
	       d->redirects < REDIRECTS_MAX;
}

/* Ask again, elsewhere. */
static void redirect(struct dialogue *d, const struct url *url)
{
	struct complaint c = { 0 };
	size_t size = d->pending.size;

	d->redirects++;
	d->map.camera = *url;
	d->described = false;
	connection_close(&d->server);
	tell(d, "redirected to %s", url->host);
	memcpy(d->scratch, d->client.in, size);
	d->pending.sent = false;
	if (!message_read(&d->message, d->scratch, size, &c))
		client_request(d, &d->message);
	if (!d->pending.sent)
		connection_drop(&d->client, size);
}

static void server_response(struct dialogue *d, const struct message *m)
{
	const char *cseq = message_header(m, "CSeq");
	struct complaint c = { 0 };
	struct url url;

	if (!d->pending.sent || !cseq || strcmp(cseq, d->pending.cseq)) {
		wrong(&c, "a response to nothing that was asked");
		fail_camera(d, &c);
		return;
	}
	if (redirects(d, m, &url)) {
		redirect(d, &url);
		return;
	}
	if (m->status / 100 == 2 && !strcmp(d->pending.method, "DESCRIBE"))
		response_describe(d, m);
	else if (m->status / 100 == 2 && !strcmp(d->pending.method, "SETUP"))
		response_setup(d, m);
	else if (m->status / 100 == 2 && !strcmp(d->pending.method, "TEARDOWN"))
		response_teardown(d, m);
	else
		pass_response(d, m, NULL);
	if (m->status >= 200)
		answered(d);
}

/* A request of the camera's, such as REDIRECT. */
static void server_request(struct dialogue *d, const struct message *m)
{
	char url[URL_MAX];

	if (d->asked++ == ASKED_MAX) {
		tell(d, "camera: too many requests");
		d->over = true;
		return;
	}
	begin_text(d);
	text_put(&d->text, "%s %s RTSP/1.0\r\n", m->method,
		 url_to_client(&d->map, m->uri, url) ? url : m->uri);
	put_headers(d, m, NULL);
	put_body(d, m->body, m->body_len);
	send_client(d);
}

static void serve_server(struct dialogue *d)
{
	struct complaint c = { 0 };
	size_t size;

	while (!d->over && next(d, &d->server, &size, &c)) {
		if (*d->server.in == FRAME_MARK) {
			pass_frame(d, &d->server, &d->client, size);
			connection_drop(&d->server, size);
			continue;
		}
		connection_drop(&d->server, size);
		if (d->message.response)
			server_response(d, &d->message);
		else
			server_request(d, &d->message);
	}
	if (*c.text)
		fail_camera(d, &c);
}

static uint64_t earlier(uint64_t one, uint64_t other)
{
	return other && other < one ? other : one;
}

/* When to look at the time again. */
static uint64_t wake_up(struct dialogue *d, uint64_t now)
{
	uint64_t next = now + IDLE_MAX;

	next = earlier(next, media_expire(&d->media, now));
	if (d->pending.sent)
		return earlier(next, d->pending.until);
	if (d->client.len || d->server.len)
		return earlier(next, d->since + MESSAGE_TIME);
	if (!d->streams)
		return earlier(next, d->since + IDLE_MAX);
	return next;
}

static void check_time(struct dialogue *d, uint64_t now)
{
	struct complaint c = { 0 };

	if (d->pending.sent && now >= d->pending.until) {
		wrong(&c, "no answer to %s", d->pending.method);
		give_up(d, d->pending.cseq, 504, "Gateway Timeout", &c);
	} else if (!d->pending.sent && (d->client.len || d->server.len) &&
		   now >= d->since + MESSAGE_TIME) {
		tell(d, "a message does not end");
		d->over = true;
	} else if (!d->pending.sent && !d->streams &&
		   now >= d->since + IDLE_MAX) {
		tell(d, "asks for nothing");
		d->over = true;
	}
}

static void receive(struct dialogue *d, struct connection *from,
		    const char *side)
{
	struct complaint c = { 0 };
	bool silent = !from->len;

	if (from->fd < 0 || from->ended)
		return;
	if (connection_fill(from, &c)) {
		tell_complaint(d, side, &c);
		from->ended = true;
	}
	if (silent && from->len)
		d->since = connection_now();
}

static void step(struct dialogue *d)
{
	struct pollfd fds[2] = {
		{ .fd = d->client.ended ? -1 : d->client.fd },
		{ .fd = d->server.ended ? -1 : d->server.fd },
	};
	struct complaint c = { 0 };

	fds[0].events = d->client.len < sizeof(d->client.in) ? POLLIN : 0;
	fds[1].events = d->server.len < sizeof(d->server.in) ? POLLIN : 0;
	if (connection_wait(fds, 2, wake_up(d, connection_now())) == -EINTR &&
	    stopped)
		d->over = true;
	/* without room it would tell forever */
	if (!fds[0].events && fds[0].revents)
		d->client.ended = true;
	receive(d, &d->client, "client");
	receive(d, &d->server, "camera");
	serve_server(d);
	serve_client(d);
	if (!d->over)
		check_time(d, connection_now());
	if (d->server.ended && !d->over) {
		complain(&c, ECONNRESET, "the connection has ended");
		if (d->pending.sent)
			fail_camera(d, &c);
		d->over = true;
	}
	if (d->client.ended && !d->pending.sent)
		d->over = true;
}

/* A client that has gone does not end its session with the camera. */
static void teardown(struct dialogue *d)
{
	char url[URL_MAX], ours[URL_MAX];

	if (!*d->session || d->server.fd < 0 || d->server.ended)
		return;
	snprintf(ours, sizeof(ours), "rtsp://%s/%s", d->map.authority,
		 d->map.name);
	if (!url_to_camera(&d->map, ours, url))
		return;
	begin_text(d);
	text_put(&d->text, "TEARDOWN %s RTSP/1.0\r\nCSeq: 2000000000\r\nSession: %s\r\n\r\n",
		 url, d->session);
	send_server(d);
}

/* Sessions protect what the client still sends. */
static void linger(struct dialogue *d)
{
	uint64_t now = connection_now(), next;
	unsigned int i;

	for (i = 0; i < SDP_MEDIA_MAX; i++)
		media_leave(&d->media, i, now + LINGER);
	while ((next = media_expire(&d->media, connection_now())))
		connection_wait(NULL, 0, next);
}

static bool is_of_this_host(const struct sockaddr_storage *client)
{
	struct sockaddr_storage address = *client;
	int fd = socket(address.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool is;

	/* port and port of IPv6 are at the same place */
	((struct sockaddr_in *)&address)->sin_port = 0;
	is = fd >= 0 && !bind(fd, (struct sockaddr *)&address,
			      address.ss_family == AF_INET6 ?
			      sizeof(struct sockaddr_in6) :
			      sizeof(struct sockaddr_in));
	if (fd >= 0)
		close(fd);
	return is;
}

/**
 * dialogue_run() - pass on the dialogue of a client until it ends
 * @fd: the client's connection, which is closed
 * @client: its address
 * @cameras: the cameras that it can name
 * @n: their number
 * @ids: receives the sessions, for whoever deletes them if this process dies
 *
 * All sessions are deleted when it returns.
 *
 * Context: in a process for this client
 */
void dialogue_run(int fd, const struct sockaddr_storage *client,
		  const struct camera *cameras, size_t n, uint32_t *ids)
{
	static struct dialogue dialogue;
	struct dialogue *d = &dialogue;

	d->client.fd = fd;
	d->server.fd = -1;
	d->cameras = cameras;
	d->n_cameras = n;
	d->media.ids = ids;
	d->since = connection_now();
	connection_text(client, d->who);
	if (!is_of_this_host(client)) {
		refuse(d, NULL, 403, "Forbidden: media come to the relay's host");
		d->over = true;
	}
	while (!d->over && !stopped)
		step(d);
	teardown(d);
	connection_close(&d->client);
	connection_close(&d->server);
	if (d->streams)
		tell(d, "ends");
	linger(d);
	media_end(&d->media);
	explicit_bzero(d, sizeof(*d));
}
