// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "exchange.h"
#include "flow.h"
#include "lib/complaint.h"
#include "request.h"
#include "speech.h"

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

static int reach(struct dialogue *d, struct complaint *c)
{
	if (d->server.fd >= 0)
		return 0;
	return connection_open(&d->server, &d->map.camera, &d->camera->trust,
			       connection_family(&d->client), c);
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
		else if (!secure && !chosen->interleaved)
			why = UNSUPPORTED "plain RTP would be in the clear over UDP";
		else if (!secure || chosen->multicast || chosen->client_port[0])
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
		speech_refuse(d, p->cseq, 455,
			      "Method Not Valid In This State: DESCRIBE comes first");
		return;
	}
	p->section = presentation_find(&d->presentation, m->uri);
	if (p->section < 0) {
		speech_refuse(d, p->cseq, 404,
			      "Not Found: no stream of the description");
		return;
	}
	section = &d->presentation.sdp.media[p->section];
	secure = presentation_is_secure(section);
	why = choose_transport(list ? list : "", secure, &p->transport);
	if (why) {
		speech_refuse(d, p->cseq, 461, why);
		return;
	}
	asked = p->transport;
	asked.secure = secure;
	if (secure)
		asked.feedback = section->protocol[strlen("RTP/SAVP")];
	/* media come here, and nowhere else, unless all may hear them */
	if (!asked.multicast ||
	    !flow_is_group(connection_family(&d->server), asked.destination))
		*asked.destination = '\0';
	if (secure && media_offer(&d->media, &d->presentation.sdp, p->section,
				  asked.multicast, url, keys, &c)) {
		speech_give_up(d, p->cseq, 503, "Service Unavailable", &c);
		return;
	}
	if (transport_write(&asked, transport, sizeof(transport)))
		speech_pass_request(d, m, url, transport, keys);
	else
		speech_refuse(d, p->cseq, 400, "Bad Request: Transport");
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

/**
 * request_take() - serve a request of the client
 * @d: the dialogue; its pending request is this one if it goes to the camera
 * @m: the request
 */
void request_take(struct dialogue *d, const struct message *m)
{
	const char *cseq = message_header(m, "CSeq");
	struct complaint c = { 0 };
	char url[URL_MAX];

	d->pending.section = -1;
	if (!cseq || strlen(cseq) >= sizeof(d->pending.cseq)) {
		speech_refuse(d, NULL, 400, "Bad Request: CSeq");
		return;
	}
	strcpy(d->pending.cseq, cseq);
	if (!is_known(m->method)) {
		speech_refuse(d, cseq, 501,
			      "Not Implemented: the relay is for playing");
		return;
	}
	strcpy(d->pending.method, m->method);
	if (!d->camera && message_is(m, "OPTIONS") && !strcmp(m->uri, "*")) {
		speech_respond(d, cseq, 200, "OK",
			       "Public: OPTIONS, DESCRIBE, SETUP, PLAY, PAUSE, TEARDOWN\r\n");
		return;
	}
	if ((!d->camera && !choose(d, m->uri)) ||
	    !url_to_camera(&d->map, m->uri, url)) {
		speech_refuse(d, cseq, 404, "Not Found: no camera of this name");
		return;
	}
	if (reach(d, &c))
		speech_give_up(d, cseq, 502, "Bad Gateway: camera", &c);
	else if (message_is(m, "SETUP"))
		request_setup(d, m, url);
	else
		speech_pass_request(d, m, url, NULL, NULL);
	if (d->pending.sent && message_is(m, "TEARDOWN") && d->described)
		d->pending.section = presentation_find(&d->presentation,
						       m->uri);
}
