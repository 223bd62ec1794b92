// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "call.h"
#include "calls.h"
#include "certificate.h"
#include "crypto.h"
#include "description.h"
#include "exchange.h"
#include "former.h"
#include "lib/complaint.h"
#include "media.h"
#include "medium.h"
#include "medium_json.h"
#include "settings.h"
#include "state.h"

static const struct certificate *certificate;

static bool flag(const json_t *object, const char *key)
{
	return json_is_true(json_object_get(object, key));
}

/* Media use the ports of others again. */
static void rejoin(struct call *call, const json_t *media)
{
	const json_t *one, *with;
	struct medium *carrier;
	size_t i;

	json_array_foreach(media, i, one) {
		with = json_object_get(one, "carrier");
		if (!with || !call->media[i]->open ||
		    call->media[i]->transport.watch.fd >= 0)
			continue;
		carrier = json_integer_value(with) < call->n ?
			  call->media[json_integer_value(with)] : NULL;
		if (carrier && carrier->transport.watch.fd >= 0)
			transport_join(&call->media[i]->transport,
				       &carrier->transport);
	}
}

static void restore(unsigned int number, const json_t *saved)
{
	const char *id = json_string_value(json_object_get(saved, "call"));
	const json_t *media = json_object_get(saved, "media"), *one;
	struct complaint complaint = { 0 };
	const char *told;
	struct call *call;
	size_t i;
	int ret;

	if (!id || strlen(id) >= CALL_ID || call_find(id) ||
	    json_array_size(media) > SDP_MEDIA_MAX)
		return;
	call = call_create(id, number);
	if (!call)
		return;
	call->saved = true;
	call->family = json_integer_value(json_object_get(saved, "family")) == 6 ?
		       AF_INET6 : AF_INET;
	call->web_offers = flag(saved, "web-offers");
	told = json_string_value(json_object_get(saved, "public"));
	if (told)
		public_named(&call->public, told);
	call->feedback = flag(saved, "feedback");
	ret = call_grow(call, json_array_size(media), &complaint);
	json_array_foreach(media, i, one) {
		if (!ret)
			ret = medium_json_restore(call->media[i], call->public,
						  call->family, one,
						  &complaint);
		if (!ret)
			continue;
		fprintf(stderr, "ksrtpd: call '%s' is not restored: %s\n", id,
			complaint.text);
		call_destroy(call);
		state_forget(number);
		return;
	}
	rejoin(call, media);
	told = json_string_value(json_object_get(saved, "certificate"));
	for (i = 0; i < call->n; i++) {
		struct transport *t = &call->media[i]->transport;

		if (!call->media[i]->open)
			continue;
		t->outdated = !told || strcmp(told, certificate->fingerprint);
		if (t->rtcp)
			t->rtcp->outdated = t->outdated;
		/* closes it if the kernel lost its session */
		transport_restored(t);
	}
}

static void own(const struct call *call, void *data)
{
	const struct transport *t;
	uint32_t *owners = data;
	unsigned int i;

	for (i = 0; i < call->n; i++) {
		t = &call->media[i]->transport;
		if (!call->media[i]->open)
			continue;
		owners[endpoint_port(&t->local)] = t->session;
		if (t->rtcp)
			owners[endpoint_port(&t->rtcp->local)] =
				t->rtcp->session;
	}
}

/* Delete sessions that no restored call has. */
static int sweep(const struct settings *settings, struct complaint *c)
{
	uint32_t *owners = calloc(65536, sizeof(*owners));
	int ret;

	if (!owners)
		return complain(c, ENOMEM, "%s", strerror(ENOMEM));
	call_each(own, owners);
	ret = media_sweep(settings, owners, c);
	free(owners);
	return ret;
}

/* Prepare the kernel, and restore the calls of the previous process. */
int calls_begin(const struct settings *settings, const struct certificate *ours,
		const struct dtls_method *method, void (*event)(json_t *event),
		struct complaint *c)
{
	int ret;

	certificate = ours;
	transport_use(method);
	medium_begin(settings);
	crypto_begin(settings->profiles);
	call_begin(certificate, event);
	description_begin(settings, certificate);
	exchange_begin(settings);
	ret = state_begin(settings->state, c);
	if (!ret)
		ret = media_require(&settings->public_ports, c);
	if (!ret)
		ret = state_load(restore, c);
	if (!ret)
		ret = sweep(settings, c);
	/* only now, so that media do not stop */
	if (!ret)
		ret = former_forget(c);
	return ret;
}

void calls_second(void)
{
	call_save_all();
}

/* Stop. Calls continue: sessions and their relays stay in the kernel. */
void calls_end(void)
{
	call_save_all();
}
