// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "call.h"
#include "keyed.h"
#include "lib/complaint.h"
#include "lib/sdp.h"
#include "daemon/loop.h"
#include "media.h"
#include "medium.h"
#include "pool.h"
#include "relay.h"
#include "rewrite.h"
#include "ruleset.h"
#include "said.h"
#include "state.h"

#define BUCKETS 4096

struct call {
	struct call *next;		/* of its bucket */
	unsigned int number;		/* of its file */
	char id[CALL_ID];
	unsigned int family;
	enum public_kind public;	/* what its public side speaks */
	bool web_offers;		/* the last offer is of the public side */
	bool offered;			/* an offer waits for its answer */
	bool feedback;
	bool bundle;			/* by the last offer */
	bool saved;			/* it has a file */
	/* among those to be saved, if it is one */
	struct call *later, **before;
	struct said *said;		/* by that offer, one per section */
	char *offer;			/* of the public side; with keys of SDES */
	unsigned int n;
	struct medium *media[SDP_MEDIA_MAX];
};

static struct call *buckets[BUCKETS];
static struct call *unsaved;
static struct pool call_pool = { .size = sizeof(struct call) };
static struct pool medium_pool = { .size = sizeof(struct medium) };
static unsigned int last_number;
static const struct settings *settings;
static const struct certificate *certificate;
static void (*tell)(json_t *event);

/* The description being parsed, and the plan to rewrite it. They are large. */
static struct sdp sdp;
static size_t sdp_len;
static struct rewrite plan;

static struct call **bucket_of(const char *id)
{
	unsigned int hash = 5381;

	while (*id)
		hash = hash * 33 + (unsigned char)*id++;
	return &buckets[hash % BUCKETS];
}

static struct call *find(const char *id)
{
	struct call *call = *bucket_of(id);

	while (call && strcmp(call->id, id))
		call = call->next;
	return call;
}

static json_t *call_json(const struct call *call,
			 json_t *(*medium)(const struct medium *medium))
{
	json_t *object = json_object(), *list = json_array();
	unsigned int i;

	json_object_set_new(object, "call", json_string(call->id));
	json_object_set_new(object, "public",
			    json_string(public_name(call->public)));
	for (i = 0; i < call->n; i++)
		json_array_append_new(list, medium(call->media[i]));
	json_object_set_new(object, "media", list);
	return object;
}

static void take_from_unsaved(struct call *call)
{
	if (!call->before)
		return;
	*call->before = call->later;
	if (call->later)
		call->later->before = call->before;
	call->before = NULL;
}

/*
 * A call continues if it cannot be saved. A restart would lose it, hence the
 * message.
 */
static void save(struct call *call)
{
	struct complaint complaint = { 0 };
	json_t *object = call_json(call, medium_save);

	json_object_set_new(object, "family",
			    json_integer(call->family == AF_INET ? 4 : 6));
	json_object_set_new(object, "web-offers",
			    json_boolean(call->web_offers));
	json_object_set_new(object, "feedback", json_boolean(call->feedback));
	json_object_set_new(object, "certificate",
			    json_string(certificate->fingerprint));
	if (state_save(call->number, object, &complaint))
		fprintf(stderr, "ksrtpd: %s\n", complaint.text);
	json_decref(object);
	call->saved = true;
	take_from_unsaved(call);
}

/* Media of most calls are up soon after the answer, and one file is enough then. */
static void save_later(struct call *call)
{
	if (call->before)
		return;
	call->later = unsaved;
	call->before = &unsaved;
	if (unsaved)
		unsaved->before = &call->later;
	unsaved = call;
}

static void save_all(void)
{
	while (unsaved)
		save(unsaved);
}

static void tell_medium(const struct call *call, const struct medium *m)
{
	json_t *event = medium_json(m);

	json_object_set_new(event, "event", json_string("medium"));
	json_object_set_new(event, "call", json_string(call->id));
	json_object_set_new(event, "medium", json_integer(m->index));
	tell(event);
	json_decref(event);
}

static void changed(struct transport *transport)
{
	struct call *call = watch_within(transport, struct medium,
					 transport)->call;
	struct transport *one;

	for (one = transport; one; one = one->next)
		tell_medium(call, watch_within(one, struct medium, transport));
	/* a restart knows nothing of handshakes */
	if (transport->state == TRANSPORT_UP ||
	    transport->state == TRANSPORT_CLOSED)
		save(call);
}

static void forget_said(struct call *call)
{
	free(call->said);
	call->said = NULL;
	if (call->offer)
		explicit_bzero(call->offer, strlen(call->offer));
	free(call->offer);
	call->offer = NULL;
	call->offered = false;
}

static void destroy(struct call *call)
{
	struct call **at = bucket_of(call->id);
	unsigned int i;

	take_from_unsaved(call);
	while (*at && *at != call)
		at = &(*at)->next;
	if (*at)
		*at = call->next;
	for (i = 0; i < call->n; i++) {
		medium_close(call->media[i]);
		pool_return(&medium_pool, call->media[i]);
	}
	forget_said(call);
	pool_return(&call_pool, call);
}

static struct call *create(const char *id, unsigned int number)
{
	struct call *call = pool_take(&call_pool);
	struct call **bucket = bucket_of(id);

	if (!call)
		return NULL;
	snprintf(call->id, sizeof(call->id), "%s", id);
	call->number = number;
	call->next = *bucket;
	*bucket = call;
	return call;
}

/* Add media until there are as many as the description has sections. */
static int grow(struct call *call, unsigned int n, struct complaint *c)
{
	struct medium *m;

	while (call->n < n) {
		m = pool_take(&medium_pool);
		if (!m)
			return complain(c, ENOMEM, "%s", strerror(ENOMEM));
		m->call = call;
		m->index = call->n;
		m->transport.changed = changed;
		m->transport.watch.fd = -1;
		call->media[call->n++] = m;
	}
	return 0;
}

/* Clear what the last description has used of @sdp. */
static void clear_sdp(void)
{
	unsigned int n = sdp.n < SDP_MEDIA_MAX ? sdp.n + 1 : SDP_MEDIA_MAX;

	explicit_bzero(sdp.text, sdp_len);
	explicit_bzero(&sdp, offsetof(struct sdp, media[n]));
}

static int read_sdp(const char *text, const char *name, struct complaint *c)
{
	size_t len = strlen(text);

	clear_sdp();
	sdp.file = name;
	if (len >= sizeof(sdp.text))
		return complain(c, EMSGSIZE, "%s: longer than %d bytes", name,
				SDP_SIZE - 1);
	memcpy(sdp.text, text, len + 1);
	sdp_len = len;
	return sdp_read(&sdp, c);
}

/* Choose the address family of a call: who offers has it, except with ICE. */
static int choose_family(bool web, enum public_kind public, unsigned int *family,
			 struct complaint *c)
{
	struct sdp_media *media = sdp.media, *end = &sdp.media[sdp.n];
	bool has4 = settings->side[0].public.any.sa_family;
	enum public_kind kind;
	int ret;

	*family = has4 ? AF_INET : AF_INET6;
	if (web && public == PUBLIC_ICE)
		return 0;
	while (media < end && (!media->port ||
			       (web ? !medium_is_web(media, &kind) :
				      !medium_is_plain(media))))
		media++;
	/* bundled with nothing */
	if (media == end)
		return wrong(c, "no section with a port");
	sdp_at(&sdp, media->line, c);
	if (!media->address.text)
		return wrong(c, "no c= line says the address, neither here nor before the sections");
	ret = sdp_address_read(&sdp, &media->address, c);
	if (ret)
		return ret;
	*family = media->address.family;
	if (!settings->side[*family == AF_INET6].public.any.sa_family)
		return wrong(c, "address: there is no public address of this family");
	return 0;
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
	for (i = 0; i < sdp.n && !carrier; i++)
		if (said[i].active && call->media[i]->transport.bundle)
			carrier = medium_carrier(call->media[i]);
	for (i = 0; i < sdp.n && !carrier; i++)
		if (said[i].active && call->media[i]->open &&
		    call->media[i]->tagged)
			carrier = call->media[i];
	if (carrier && said[carrier->index].active)
		list_mid(mids, carrier->mid);
	for (i = 0; i < sdp.n; i++) {
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
	if (call->public == PUBLIC_SDES) {
		media->mux = offer || !m->web.rtcp_port;
		media->rtcp_port = offer || m->web.rtcp_port ? media->port + 1 :
							       0;
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
static int write_sdp(const struct call *call, const struct said *said, bool web,
		     bool offer, const char *text, char *out, size_t size,
		     struct complaint *c)
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
	for (i = 0; i < sdp.n; i++) {
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
		media->port = m->transport.port;
		media->rtcp_port = m->transport.rtcp_port;
	}
	if (rewrite(&plan, text, out, size))
		return complain(c, EMSGSIZE, "the description grows too long");
	return 0;
}

/* A description refuses a medium. */
static void refuse(struct medium *m)
{
	medium_close(m);
	memset(&m->web, 0, sizeof(m->web));
}

/* Does the port of a medium that is refused go on for others of its bundle? */
static bool carries(const struct call *call, const struct medium *m,
		    const struct said *offer, const struct said *answer)
{
	const struct transport *t = &m->transport;

	while ((t = t->next)) {
		const unsigned int i = watch_within(t, struct medium,
						    transport)->index;

		if (i < sdp.n && offer[i].active &&
		    (!answer || answer[i].active))
			return call->media[i]->open;
	}
	return false;
}

/*
 * The medium whose port a section of a browser's offer has to use, NULL for its own. A
 * medium that has its own port keeps it, and so does one that shares another's.
 */
static struct medium *wanted_carrier(const struct call *call,
				     const struct said *said, unsigned int i)
{
	const struct medium *m = call->media[i];
	struct medium *before;

	if (!said[i].group)
		return NULL;
	if (m->transport.bundle) {
		before = medium_carrier(m);
		if (!said[before->index].active ||
		    said[before->index].group == said[i].group)
			return before;
	}
	if ((!said[i].bundle_only && !call->bundle) || said[i].first == i)
		return NULL;
	return medium_carrier(call->media[said[i].first]);
}

/* Likewise of an application's: the first medium's port, if it is asked for. */
static struct medium *first_carrier(const struct call *call,
				    const struct said *said)
{
	unsigned int i = 0;

	if (!call->bundle)
		return NULL;
	while (!said[i].active)
		i++;
	return medium_carrier(call->media[i]);
}

/* The crypto lines for an offer, or the one that answers it. */
static int prepare_keys(struct medium *m, const struct said *said, bool web,
			unsigned int i, struct complaint *c)
{
	int ret;

	if (!web)
		return crypto_offer(&m->crypto, c);
	/* what the answer says of RTCP */
	m->web.rtcp_port = said->web.rtcp_port;
	sdp_at(&sdp, sdp.media[i].line, c);
	ret = crypto_answer(&m->crypto, &sdp.media[i], c);
	if (!ret)
		c->file = NULL;
	return ret;
}

/* Open what a section of an offer needs. */
static int prepare_one(struct call *call, const struct said *said, bool web,
		       unsigned int i, struct complaint *c)
{
	struct medium *m = call->media[i], *carrier = medium_carrier(m);
	int ret = 0;

	if (web) {
		carrier = wanted_carrier(call, said, i) ?: m;
		if (m->open && carrier != medium_carrier(m))
			medium_close(m);
	} else if (!m->open) {
		carrier = first_carrier(call, said) ?: m;
	}
	if (!m->open)
		ret = carrier == m ? medium_open(m, call->public, call->family,
						 c) :
				     medium_open_within(m, carrier, c);
	else if (web && *said[i].web.ufrag)
		ret = medium_renew(carrier, &said[i].web, c);
	/* our DTLS role depends on it */
	if (!ret && web && said[i].web.given)
		carrier->web.setup = said[i].web.setup;
	if (!ret && call->public == PUBLIC_SDES)
		ret = prepare_keys(m, &said[i], web, i, c);
	return ret;
}

/* May a section need another's port? */
static bool is_second(const struct said *said, unsigned int i)
{
	return said[i].group && said[i].first != i;
}

/* Open sockets and renew credentials as an offer requires. */
static int prepare(struct call *call, const struct said *said, bool web,
		   struct complaint *c)
{
	struct medium *m;
	unsigned int i;
	int ret = grow(call, sdp.n, c);

	for (i = 0; !ret && i < sdp.n; i++) {
		m = call->media[i];
		m->rtp = said[i].rtp;
		m->feedback = said[i].feedback;
		if (web) {
			strcpy(m->mid, said[i].mid);
			m->tagged = said[i].tagged;
		} else if (!*m->mid && call->public == PUBLIC_ICE) {
			sprintf(m->mid, "%u", i);
		}
		if (!said[i].active && !carries(call, m, said, NULL))
			refuse(m);
	}
	for (i = 0; !ret && i < sdp.n; i++)
		if (said[i].active && !is_second(said, i))
			ret = prepare_one(call, said, web, i, c);
	for (i = 0; !ret && i < sdp.n; i++)
		if (said[i].active && is_second(said, i))
			ret = prepare_one(call, said, web, i, c);
	return ret;
}

/* May a call have such an offer? @kind is what it speaks, if it is of the public side. */
static int check_offer(const struct call *call, const struct call_flags *flags,
		       bool web, enum public_kind *kind, struct complaint *c)
{
	if (!web)
		*kind = flags->chosen ? flags->public :
			call ? call->public : PUBLIC_ICE;
	if (call && sdp.n < call->n)
		return wrong(c, "%u media sections, and %u before; there are never fewer",
			     sdp.n, call->n);
	if (call && call->public != *kind)
		return wrong(c, "the public side of the call speaks %s, not %s",
			     public_name(call->public), public_name(*kind));
	if (flags->bundle && *kind != PUBLIC_ICE)
		return wrong(c, "bundle: with ice only, not with %s",
			     public_name(*kind));
	if (web && flags->chosen && flags->public != *kind)
		return wrong(c, "public: the offer is of the public side, and speaks %s",
			     public_name(*kind));
	return 0;
}

/* Keep what the public side has been offered, or has. */
static int keep_offer(struct call *call, const char *text, struct complaint *c)
{
	if (call->public != PUBLIC_SDES)
		return 0;
	call->offer = strdup(text);
	return call->offer ? 0 : complain(c, ENOMEM, "%s", strerror(ENOMEM));
}

/*
 * Take an offer for a new or an existing call, and write the offer for the
 * other side to @out. The offer takes effect with its answer.
 */
int call_offer(const char *id, const char *text, const struct call_flags *flags,
	       char *out, size_t size, struct complaint *c)
{
	struct call *call = find(id);
	unsigned int family = call ? call->family : 0;
	bool web = false, fresh = !call;
	enum public_kind kind;
	struct said *said;
	int ret;

	ret = read_sdp(text, "offer", c);
	if (!ret)
		ret = said_side(&sdp, &web, &kind, c);
	if (!ret)
		ret = check_offer(call, flags, web, &kind, c);
	if (!ret && fresh)
		ret = choose_family(web, kind, &family, c);
	if (ret)
		return ret;
	said = said_read(&sdp, web, kind, false, family, &ret, c);
	if (ret)
		return ret;
	if (fresh)
		call = create(id, ++last_number);
	if (!call) {
		free(said);
		return complain(c, ENOMEM, "%s", strerror(ENOMEM));
	}
	call->family = family;
	call->public = kind;
	forget_said(call);
	call->said = said;
	call->web_offers = web;
	call->feedback = flags->feedback;
	call->bundle = flags->bundle;
	ret = prepare(call, said, web, c);
	if (!ret)
		ret = write_sdp(call, said, !web, true, text, out, size, c);
	if (!ret)
		ret = keep_offer(call, web ? text : out, c);
	if (ret && fresh)
		destroy(call);
	if (ret)
		return ret;
	/* not saved, since nobody could answer it after a restart */
	call->offered = true;
	return 0;
}

static void agree(struct call *call, const struct said *answer)
{
	const struct said *offer = call->said, *web, *plain;
	struct medium *m;
	unsigned int i;

	for (i = 0; i < sdp.n; i++) {
		m = call->media[i];
		web = call->web_offers ? &offer[i] : &answer[i];
		plain = call->web_offers ? &answer[i] : &offer[i];
		if (offer[i].active && answer[i].active) {
			m->plain = plain->plain;
		} else if (m->open && carries(call, m, offer, answer)) {
			memset(&m->plain, 0, sizeof(m->plain));
		} else {
			refuse(m);
			continue;
		}
		m->marks = web->marks;
		memcpy(m->marks.types, plain->marks.types,
		       sizeof(m->marks.types));
		/* a port and its keys are of the medium that has them */
		if (web->web.given)
			medium_carrier(m)->web = web->web;
		if (!call->web_offers) {
			m->tagged = web->tagged;
			if (*web->mid)
				strcpy(m->mid, web->mid);
		}
	}
}

/*
 * Create and change sessions of media whose keys are in descriptions; @answer is that of the
 * public side.
 */
static int take_keys(struct call *call, const char *answer, struct complaint *c)
{
	const char *local = call->web_offers ? answer : call->offer;
	const char *remote = call->web_offers ? call->offer : answer;
	uint32_t ids[SDP_MEDIA_MAX] = { 0 };
	struct medium *m;
	unsigned int i;
	int ret;

	ret = keyed_change(call->media, call->n, local, remote, ids, c);
	for (i = 0; !ret && i < call->n; i++) {
		m = call->media[i];
		if (!m->open)
			continue;
		crypto_agree(&m->crypto, call->web_offers ? NULL :
						&sdp.media[i]);
		transport_given(&m->transport, ids[i], &m->web.endpoint,
				m->web.rtcp_port);
	}
	return ret;
}

/* Start media. The answer was written before, since it tells our role. */
static void begin(struct call *call)
{
	unsigned int i;

	for (i = 0; i < call->n; i++)
		if (call->media[i]->open)
			medium_agree(call->media[i], call->web_offers);
}

/* Take an answer, and write the answer for the side that offered to @out. */
int call_answer(const char *id, const char *text, char *out, size_t size,
		struct complaint *c)
{
	struct call *call = find(id);
	struct said *said;
	enum public_kind kind = PUBLIC_ICE;
	bool web = false;
	unsigned int i;
	int ret;

	if (!call)
		return complain(c, ENOENT, "no call '%s'", id);
	if (!call->offered)
		return complain(c, EINVAL, "call '%s' has no offer to be answered",
				id);
	ret = read_sdp(text, "answer", c);
	if (!ret && sdp.n != call->n)
		ret = wrong(c, "%u media sections, and %u in the offer; an answer has all of them",
			    sdp.n, call->n);
	if (!ret && !said_side(&sdp, &web, &kind, c)) {
		if (web == call->web_offers)
			ret = wrong(c, "the offer is of the same side, %s",
				    web ? "the public one" : "an application");
		else if (web && kind != call->public)
			ret = wrong(c, "the offer speaks %s, and the answer %s",
				    public_name(call->public),
				    public_name(kind));
	}
	if (ret)
		return ret;
	web = !call->web_offers;
	said = said_read(&sdp, web, call->public, true, call->family, &ret, c);
	if (ret)
		return ret;
	for (i = 0; web && i < sdp.n; i++)
		if (said[i].active && !said[i].web.given &&
		    !call->media[i]->transport.bundle)
			ret = wrong(c, "medium %u: a=ice-ufrag is missing, and it is not bundled",
				    i);
	if (ret) {
		free(said);
		return ret;
	}
	agree(call, said);
	ret = write_sdp(call, said, !web, false, text, out, size, c);
	free(said);
	if (!ret && call->public == PUBLIC_SDES)
		ret = take_keys(call, web ? text : out, c);
	if (ret)
		return ret;
	forget_said(call);
	begin(call);
	if (call->saved)
		save(call);
	else
		save_later(call);
	return 0;
}

int call_delete(const char *id, struct complaint *c)
{
	struct call *call = find(id);

	if (!call)
		return complain(c, ENOENT, "no call '%s'", id);
	state_forget(call->number);
	destroy(call);
	return 0;
}

/* List one call, or all calls if @id is NULL. */
json_t *call_query(const char *id, struct complaint *c)
{
	json_t *list = json_array();
	const struct call *call;
	unsigned int i;

	if (id) {
		call = find(id);
		if (call) {
			json_array_append_new(list, call_json(call,
							      medium_json));
			return list;
		}
		json_decref(list);
		complain(c, ENOENT, "no call '%s'", id);
		return NULL;
	}
	for (i = 0; i < BUCKETS; i++)
		for (call = buckets[i]; call; call = call->next)
			json_array_append_new(list, call_json(call,
							      medium_json));
	return list;
}

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

	if (!id || strlen(id) >= CALL_ID || find(id) ||
	    json_array_size(media) > SDP_MEDIA_MAX)
		return;
	if (number > last_number)
		last_number = number;
	call = create(id, number);
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
	ret = grow(call, json_array_size(media), &complaint);
	json_array_foreach(media, i, one) {
		if (!ret)
			ret = medium_restore(call->media[i], call->public,
					     call->family, one, &complaint);
		if (!ret)
			continue;
		fprintf(stderr, "ksrtpd: call '%s' is not restored: %s\n", id,
			complaint.text);
		destroy(call);
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
		/* closes it if the kernel lost its session */
		transport_restored(t);
	}
}

/* Delete sessions that no restored call has. */
static int sweep(struct complaint *c)
{
	uint32_t *owners = calloc(65536, sizeof(*owners));
	const struct transport *t;
	const struct call *call;
	unsigned int i, j;
	int ret;

	if (!owners)
		return complain(c, ENOMEM, "%s", strerror(ENOMEM));
	for (i = 0; i < BUCKETS; i++)
		for (call = buckets[i]; call; call = call->next)
			for (j = 0; j < call->n; j++) {
				t = &call->media[j]->transport;
				if (call->media[j]->open)
					owners[endpoint_port(&t->local)] =
						t->session;
			}
	ret = media_sweep(settings, owners, c);
	free(owners);
	return ret;
}

static void note(unsigned int number, const json_t *saved)
{
	(void)number;
	(void)saved;
	last_number++;
}

/* Prepare the kernel, and restore the calls of the previous process. */
int calls_begin(const struct settings *all, const struct certificate *ours,
		const struct dtls_method *method, void (*event)(json_t *event),
		struct complaint *c)
{
	int ret;

	settings = all;
	certificate = ours;
	tell = event;
	transport_use(method);
	medium_begin(settings);
	crypto_begin(settings->profiles);
	ret = state_begin(settings->state, c);
	if (!ret)
		ret = state_load(note, c);
	if (!ret)
		ret = media_require(&settings->public_ports, c);
	if (!ret)
		ret = ruleset_load(settings, last_number, c);
	if (!ret)
		ret = relay_begin(c);
	last_number = 0;
	if (!ret)
		ret = state_load(restore, c);
	if (!ret)
		ret = sweep(c);
	return ret;
}

void calls_second(void)
{
	save_all();
}

/* Stop. Calls continue: sessions and map elements stay in the kernel. */
void calls_end(void)
{
	save_all();
	relay_end();
}
