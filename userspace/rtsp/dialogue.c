// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "exchange.h"
#include "lib/complaint.h"
#include "request.h"
#include "response.h"
#include "roster.h"
#include "speech.h"

/*
 * Times in ms: for the rest of a message that has begun; for a client without
 * streams to ask for something.
 */
#define MESSAGE_TIME	20000
#define IDLE_MAX	60000

static volatile sig_atomic_t stopped;

/* End the dialogue, as from a signal handler. */
void dialogue_stop(void)
{
	stopped = 1;
}

/* The client answers a request of the camera. */
static void client_response(struct dialogue *d, const struct message *m)
{
	if (!d->asked) {
		speech_log(d, "client: a response without a request");
		d->over = true;
		return;
	}
	d->asked--;
	speech_pass_answer(d, m);
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
	speech_complain(d, "interleaved", &c);
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
			request_take(d, &d->message);
		/* a request stays until it is answered, to be sent elsewhere */
		if (d->pending.sent)
			d->pending.size = size;
		else
			connection_drop(&d->client, size);
		d->since = connection_now();
	}
	if (*c.text) {
		speech_complain(d, "client", &c);
		speech_respond(d, NULL, 400, "Bad Request", "Connection: close\r\n");
	}
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
			response_take(d, &d->message);
		else
			response_ask(d, &d->message);
	}
	if (*c.text)
		speech_fail_camera(d, &c);
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
		speech_give_up(d, d->pending.cseq, 504, "Gateway Timeout", &c);
	} else if (!d->pending.sent && (d->client.len || d->server.len) &&
		   now >= d->since + MESSAGE_TIME) {
		speech_log(d, "a message does not end");
		d->over = true;
	} else if (!d->pending.sent && !d->streams &&
		   now >= d->since + IDLE_MAX) {
		speech_log(d, "asks for nothing");
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
		speech_complain(d, side, &c);
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
			speech_fail_camera(d, &c);
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
	speech_begin(d);
	text_put(&d->text, "TEARDOWN %s RTSP/1.0\r\nCSeq: 2000000000\r\nSession: %s\r\n\r\n",
		 url, d->session);
	speech_to_server(d);
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
 * @place: number of its place, where it notes its sessions
 *
 * All sessions are deleted when it returns.
 *
 * Context: in a process for this client
 */
void dialogue_run(int fd, const struct sockaddr_storage *client,
		  const struct camera *cameras, size_t n,
		  unsigned int place)
{
	static struct dialogue dialogue;
	struct dialogue *d = &dialogue;

	d->client.fd = fd;
	d->server.fd = -1;
	d->cameras = cameras;
	d->n_cameras = n;
	d->media.place = roster_place(place);
	d->media.member = place;
	d->since = connection_now();
	connection_text(client, d->who);
	if (!is_of_this_host(client)) {
		speech_refuse(d, NULL, 403,
			      "Forbidden: media come to the relay's host");
		d->over = true;
	}
	while (!d->over && !stopped)
		step(d);
	teardown(d);
	connection_close(&d->client);
	connection_close(&d->server);
	if (d->streams)
		speech_log(d, "ends");
	linger(d);
	media_end(&d->media);
	explicit_bzero(d, sizeof(*d));
}
