// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "exchange.h"
#include "lib/complaint.h"
#include "speech.h"
#include "util/fail.h"

/* Time in ms for a camera's response. */
#define RESPONSE_MAX	20000

/**
 * speech_log() - write a line to the log
 * @d: the dialogue, whose client and camera the line names
 * @format: format of the line; it must show no URL, which may have a password
 */
void speech_log(const struct dialogue *d, const char *format, ...)
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

/**
 * speech_complain() - write an error to the log
 * @d: the dialogue
 * @what: what it is about
 * @complaint: the error
 */
void speech_complain(const struct dialogue *d, const char *what,
		     const struct complaint *complaint)
{
	char text[512];

	complaint_tell(complaint, text, sizeof(text));
	speech_log(d, "%s: %s", what, text);
}

/**
 * speech_begin() - begin a message, which text_put() adds to
 * @d: the dialogue
 */
void speech_begin(struct dialogue *d)
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
		speech_complain(d, side, &c);
		d->over = true;
	}
}

/**
 * speech_to_client() - send the message that was begun
 * @d: the dialogue, which is over if that fails
 */
void speech_to_client(struct dialogue *d)
{
	send_text(d, &d->client, "client");
}

/**
 * speech_to_server() - send the message that was begun to the camera
 * @d: the dialogue, which is over if that fails
 */
void speech_to_server(struct dialogue *d)
{
	send_text(d, &d->server, "camera");
}

/**
 * speech_respond() - answer a client
 * @d: the dialogue
 * @cseq: CSeq of the request, or NULL
 * @status: the status
 * @reason: its text
 * @headers: further headers, each with its end of line
 */
void speech_respond(struct dialogue *d, const char *cseq, unsigned int status,
		    const char *reason, const char *headers)
{
	speech_begin(d);
	text_put(&d->text, "RTSP/1.0 %u %s\r\n", status, reason);
	if (cseq)
		text_put(&d->text, "CSeq: %s\r\n", cseq);
	text_put(&d->text, "%s\r\n", headers);
	speech_to_client(d);
}

/**
 * speech_refuse() - refuse a request
 * @d: the dialogue, which goes on
 * @cseq: CSeq of the request, or NULL
 * @status: the status
 * @reason: its text, which is logged
 */
void speech_refuse(struct dialogue *d, const char *cseq, unsigned int status,
		   const char *reason)
{
	speech_log(d, "%u %s", status, reason);
	speech_respond(d, cseq, status, reason, "");
}

/**
 * speech_give_up() - refuse a request, and end the dialogue
 * @d: the dialogue
 * @cseq: CSeq of the request, or NULL
 * @status: the status
 * @reason: its text
 * @complaint: what is logged
 */
void speech_give_up(struct dialogue *d, const char *cseq, unsigned int status,
		    const char *reason, const struct complaint *complaint)
{
	speech_complain(d, reason, complaint);
	speech_respond(d, cseq, status, reason, "Connection: close\r\n");
	d->over = true;
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

/**
 * speech_put_body() - write the end of headers, and a body
 * @d: the dialogue
 * @body: the body
 * @len: its length
 */
void speech_put_body(struct dialogue *d, const char *body, size_t len)
{
	text_put(&d->text, len ? "Content-Length: %zu\r\n\r\n" : "\r\n", len);
	if ((size_t)(d->text.end - d->text.at) < len) {
		d->text.full = true;
		return;
	}
	memcpy(d->text.at, body, len);
	d->text.at += len;
}

/**
 * speech_put_headers() - write headers of the camera for the client
 * @d: the dialogue
 * @m: the camera's message
 * @transport: replaces that of SETUP; NULL: stays
 *
 * URLs become the client's. Headers that are about keys stay with us.
 */
void speech_put_headers(struct dialogue *d, const struct message *m,
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

/**
 * speech_pass_response() - pass a response on to the client
 * @d: the dialogue
 * @m: the response
 * @transport: replaces that of SETUP; NULL: stays
 */
void speech_pass_response(struct dialogue *d, const struct message *m,
			  const char *transport)
{
	speech_begin(d);
	text_put(&d->text, "RTSP/1.0 %u %s\r\n", m->status, m->reason);
	speech_put_headers(d, m, transport);
	speech_put_body(d, m->body, m->body_len);
	speech_to_client(d);
}

/**
 * speech_pass_request() - pass a request on, for the camera to answer
 * @d: the dialogue
 * @m: the request
 * @url: the camera's URL
 * @transport: replaces the client's; NULL: stays
 * @keys: for KeyMgmt:; NULL or empty: none
 */
void speech_pass_request(struct dialogue *d, const struct message *m,
			 const char *url, const char *transport,
			 const char *keys)
{
	const struct header *header;

	speech_begin(d);
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
	speech_put_body(d, m->body, m->body_len);
	d->pending.sent = true;
	d->pending.until = connection_now() + RESPONSE_MAX;
	speech_to_server(d);
}

/**
 * speech_fail_camera() - end the dialogue, since the camera does not do
 * @d: the dialogue
 * @complaint: what is logged
 */
void speech_fail_camera(struct dialogue *d, const struct complaint *complaint)
{
	speech_give_up(d, d->pending.sent ? d->pending.cseq : NULL, 502,
		       "Bad Gateway: camera", complaint);
}

/**
 * speech_pass_answer() - pass a client's response on to the camera
 * @d: the dialogue
 * @m: the response
 */
void speech_pass_answer(struct dialogue *d, const struct message *m)
{
	const struct header *header;

	speech_begin(d);
	text_put(&d->text, "RTSP/1.0 %u %s\r\n", m->status, m->reason);
	for (header = m->header; header < &m->header[m->n]; header++)
		if (!is_ours(header->name))
			text_put(&d->text, "%s: %s\r\n", header->name,
				 header->value);
	speech_put_body(d, m->body, m->body_len);
	speech_to_server(d);
}
