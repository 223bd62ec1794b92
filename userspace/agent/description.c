// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <string.h>

#include "call.h"
#include "certificate.h"
#include "description.h"
#include "lib/complaint.h"
#include "medium.h"
#include "rewrite.h"
#include "said.h"
#include "settings.h"

static const struct settings *settings;
static const struct certificate *certificate;

/* The plan to rewrite a description. It is large. */
static struct rewrite plan;

void description_begin(const struct settings *all,
		       const struct certificate *ours)
{
	settings = all;
	certificate = ours;
}

static const char *setup_word(const struct call *call, const struct medium *m,
			      bool offer)
{
	if (offer)
		return "actpass";
	return medium_is_client(m, call->web_offers) ? "active" : "passive";
}

static void list_mid(char *mids, const char *mid)
{
	if (*mids)
		strcat(mids, " ");
	strcat(mids, mid);
}

/*
 * What is bundled: media that share a port, the one that has it first. Of other groups
 * the first section alone stays, and the others leave (RFC 9143, section 7.3.2).
 */
static const char *list_bundle(const struct call *call, const struct said *said)
{
	static char mids[SDP_MEDIA_MAX * MEDIUM_MID];
	const struct medium *m, *carrier = NULL;
	unsigned int i;

	*mids = '\0';
	for (i = 0; i < call->n && !carrier; i++)
		if (said[i].active && call->media[i]->transport.bundle)
			carrier = medium_carrier(call->media[i]);
	for (i = 0; i < call->n && !carrier; i++)
		if (said[i].active && call->media[i]->open &&
		    call->media[i]->tagged)
			carrier = call->media[i];
	if (carrier && said[carrier->index].active)
		list_mid(mids, carrier->mid);
	for (i = 0; i < call->n; i++) {
		m = call->media[i];
		if (m != carrier && said[i].active && m->open &&
		    medium_carrier(m) == carrier)
			list_mid(mids, m->mid);
	}
	return *mids ? mids : NULL;
}

/* The protocol of a section for the public side, or for the application. */
static const char *protocol_of(const struct call *call, const struct medium *m,
			       bool web)
{
	if (!web)
		return call->feedback ? "RTP/AVPF" : "RTP/AVP";
	if (call->public == PUBLIC_ICE)
		return "UDP/TLS/RTP/SAVPF";
	if (call->public == PUBLIC_DTLS)
		return m->feedback ? "UDP/TLS/RTP/SAVPF" : "UDP/TLS/RTP/SAVP";
	return m->feedback ? "RTP/SAVPF" : "RTP/SAVP";
}

/* What is said of a medium to the public side. */
static void plan_public(const struct call *call, const struct medium *m,
			bool offer, struct rewrite_media *media)
{
	const struct medium *carrier = medium_carrier(m);
	const struct ice_credentials *own = &carrier->transport.ice.own;

	media->port = endpoint_port(&carrier->transport.local);
	media->mux = true;
	if (call->public != PUBLIC_ICE) {
		media->mux = offer || !m->web.rtcp_port;
		media->rtcp_port = offer || m->web.rtcp_port ? media->port + 1 :
							       0;
	}
	if (call->public == PUBLIC_SDES) {
		media->crypto = m->crypto.said;
		return;
	}
	media->setup = setup_word(call, carrier, offer);
	if (call->public == PUBLIC_DTLS)
		return;
	media->ufrag = own->ufrag;
	media->pwd = own->pwd;
	/* until it is answered nobody knows whether the peer bundles */
	media->bundle_only = offer && carrier != m && !carrier->web.given;
}

/* Write the description for the other side. */
int description_write(const struct call *call, const struct said *said,
		      bool web, bool offer, const char *text, char *out,
		      size_t size, struct complaint *c)
{
	unsigned int side = call->family == AF_INET6, i;

	memset(&plan, 0, sizeof(plan));
	plan.web = web;
	plan.public = call->public;
	plan.address = web ? &settings->side[side].advertised :
			     &settings->side[side].application;
	plan.fingerprint = certificate->fingerprint;
	if (web && call->public == PUBLIC_ICE)
		plan.bundle = list_bundle(call, said);
	for (i = 0; i < call->n; i++) {
		const struct medium *m = call->media[i];
		struct rewrite_media *media = &plan.media[i];

		media->mid = *m->mid ? m->mid : NULL;
		if (said[i].rtp)
			media->protocol = protocol_of(call, m, web);
		media->feedback = !media->protocol ||
				  media->protocol[strlen(media->protocol) - 1] ==
					  'F';
		if (!said[i].active || !m->open)
			continue;
		media->bundled = m->transport.bundle || m->transport.next;
		if (web) {
			plan_public(call, m, offer, media);
			continue;
		}
		media->port = endpoint_port(&m->transport.relay.local);
		media->rtcp_port = m->transport.relay.local_rtcp;
	}
	if (rewrite(&plan, text, out, size))
		return complain(c, EMSGSIZE, "the description grows too long");
	return 0;
}
