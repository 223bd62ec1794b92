// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "exchange.h"
#include "flow.h"
#include "lib/complaint.h"
#include "request.h"
#include "response.h"
#include "speech.h"

#define REDIRECTS_MAX	5

/* Requests of a camera that the client has not answered. */
#define ASKED_MAX	8

/* The camera's answer was passed on, or replaced by ours. */
static void answered(struct dialogue *d)
{
	d->pending.sent = false;
	connection_drop(&d->client, d->pending.size);
	d->since = connection_now();
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
		speech_fail_camera(d, &c);
		return;
	}
	speech_begin(d);
	text_put(&d->text, "RTSP/1.0 %u %s\r\n", m->status, m->reason);
	speech_put_headers(d, m, NULL);
	put_base(d, m);
	speech_put_body(d, d->presentation.text, strlen(d->presentation.text));
	speech_to_client(d);
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

/* Where the media of a stream go, by the camera's answer to SETUP. */
static int find_flow(struct dialogue *d, const struct transport *answer,
		     struct flow *flow, struct complaint *c)
{
	const struct transport *asked = &d->pending.transport;
	int fd = d->server.fd;

	flow->family = connection_family(&d->server);
	if (address_of(getsockname, fd, flow->local, sizeof(flow->local)) ||
	    address_of(getpeername, fd, flow->remote, sizeof(flow->remote)))
		return complain(c, EIO, "addresses of the connection");
	if (!answer->server_port[0])
		return wrong(c, "Transport: no server_port");
	if (answer->client_port[0] &&
	    answer->client_port[0] != asked->client_port[0])
		return wrong(c, "Transport: client_port is another");
	if (*answer->destination && strcmp(answer->destination, flow->local))
		return wrong(c, "Transport: destination is another host");
	if (*answer->source && !flow_is_address(flow->family, answer->source))
		return wrong(c, "Transport: source is not an address of the client's family");
	if (*answer->source)
		strcpy(flow->remote, answer->source);
	memcpy(flow->local_port, asked->client_port, sizeof(flow->local_port));
	memcpy(flow->remote_port, answer->server_port,
	       sizeof(flow->remote_port));
	return 0;
}

/* The group that is heard, by the camera's answer to SETUP. */
static int find_group(struct dialogue *d, const struct transport *answer,
		      struct flow *flow, struct complaint *c)
{
	flow->family = connection_family(&d->server);
	if (!flow_is_group(flow->family, answer->destination))
		return wrong(c, "Transport: destination is not a group of the client's family");
	if (!answer->port[0])
		return wrong(c, "Transport: no port");
	if (*answer->source && !flow_is_address(flow->family, answer->source))
		return wrong(c, "Transport: source is not an address of the client's family");
	strcpy(flow->local, answer->destination);
	strcpy(flow->remote, answer->source);
	memcpy(flow->local_port, answer->port, sizeof(flow->local_port));
	return 0;
}

/* The session of another client may be about to leave these ports. */
static int add_media(struct dialogue *d, const struct flow *flow,
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

/* Have the sessions, and make the answer one for the client. */
static int set_up(struct dialogue *d, struct transport *answer,
		  struct complaint *c)
{
	const struct transport *asked = &d->pending.transport;
	struct flow flow = { 0 };
	int ret;

	if (answer->interleaved || answer->multicast != asked->multicast)
		return wrong(c, "Transport: not what was asked for");
	answer->secure = false;
	answer->feedback = asked->feedback;
	if (answer->multicast) {
		ret = find_group(d, answer, &flow, c);
		if (!ret)
			ret = media_join(&d->media, &d->presentation.sdp,
					 d->pending.section, &flow, c);
		return ret;
	}
	ret = find_flow(d, answer, &flow, c);
	if (!ret)
		ret = add_media(d, &flow, c);
	*answer->destination = '\0';
	memcpy(answer->client_port, asked->client_port,
	       sizeof(answer->client_port));
	/* clients send RTCP to the host of their URL otherwise */
	strcpy(answer->source, flow.remote);
	return ret;
}

static void log_stream(const struct dialogue *d, const struct transport *t)
{
	speech_log(d, "stream %d: ports %u-%u of %s", d->pending.section + 1,
		   t->multicast ? t->port[0] : t->server_port[0],
		   t->multicast ? t->port[1] : t->server_port[1],
		   t->multicast ? t->destination : t->source);
}

/* The session is there before the client can begin to play. */
static void response_setup(struct dialogue *d, const struct message *m)
{
	const char *list = message_header(m, "Transport");
	const char *session = message_header(m, "Session");
	struct complaint c = { 0 };
	struct transport answer;
	char text[2 * TRANSPORT_MAX];
	int ret;

	if (session)
		snprintf(d->session, sizeof(d->session), "%.*s",
			 (int)strcspn(session, "; \t"), session);
	d->streams = true;
	if (d->pending.transport.interleaved) {
		d->interleaved = true;
		speech_pass_response(d, m, NULL);
		return;
	}
	ret = list ? transport_read(&answer, &list, &c) :
		     wrong(&c, "SETUP: no Transport");
	if (!ret)
		ret = set_up(d, &answer, &c);
	if (ret) {
		speech_fail_camera(d, &c);
		return;
	}
	if (!transport_write(&answer, text, sizeof(text)))
		d->over = true;
	else
		speech_pass_response(d, m, text);
	log_stream(d, &answer);
}

static void response_teardown(struct dialogue *d, const struct message *m)
{
	uint64_t until = connection_now() + LINGER;
	unsigned int i;

	for (i = 0; i < SDP_MEDIA_MAX; i++)
		if (d->pending.section < 0 ||
		    d->pending.section == (int)i)
			media_leave(&d->media, i, until);
	speech_pass_response(d, m, NULL);
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
	speech_log(d, "redirected to %s", url->host);
	memcpy(d->scratch, d->client.in, size);
	d->pending.sent = false;
	if (!message_read(&d->message, d->scratch, size, &c))
		request_take(d, &d->message);
	if (!d->pending.sent)
		connection_drop(&d->client, size);
}

/**
 * response_take() - serve a response of the camera
 * @d: the dialogue
 * @m: the response, to the pending request
 */
void response_take(struct dialogue *d, const struct message *m)
{
	const char *cseq = message_header(m, "CSeq");
	struct complaint c = { 0 };
	struct url url;

	if (!d->pending.sent || !cseq || strcmp(cseq, d->pending.cseq)) {
		wrong(&c, "a response to nothing that was asked");
		speech_fail_camera(d, &c);
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
		speech_pass_response(d, m, NULL);
	if (m->status >= 200)
		answered(d);
}

/**
 * response_ask() - pass on a request of the camera, such as REDIRECT
 * @d: the dialogue
 * @m: the request
 */
void response_ask(struct dialogue *d, const struct message *m)
{
	char url[URL_MAX];

	if (d->asked++ == ASKED_MAX) {
		speech_log(d, "camera: too many requests");
		d->over = true;
		return;
	}
	speech_begin(d);
	text_put(&d->text, "%s %s RTSP/1.0\r\n", m->method,
		 url_to_client(&d->map, m->uri, url) ? url : m->uri);
	speech_put_headers(d, m, NULL);
	speech_put_body(d, m->body, m->body_len);
	speech_to_client(d);
}
