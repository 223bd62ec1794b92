// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "call.h"
#include "description.h"
#include "exchange.h"
#include "keyed.h"
#include "lib/complaint.h"
#include "lib/sdp.h"
#include "medium.h"
#include "said.h"
#include "settings.h"

static const struct settings *settings;

/* The description being parsed. It is large. */
static struct sdp sdp;
static size_t sdp_len;

void exchange_begin(const struct settings *all)
{
	settings = all;
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

/* Does the port of a medium that is refused go on for others of its bundle? */
static bool carries(const struct call *call, const struct medium *m,
		    const struct said *answer)
{
	const struct transport *t = &m->transport;

	while ((t = t->next)) {
		const unsigned int i = watch_within(t, struct medium,
						    transport)->index;

		if (answer[i].active)
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
	int ret = call_grow(call, sdp.n, c);

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
static int check_offer(const struct call *call,
		       const struct exchange_flags *flags, bool web,
		       enum public_kind *kind, struct complaint *c)
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
int exchange_offer(const char *id, const char *text,
		   const struct exchange_flags *flags, char *out, size_t size,
		   struct complaint *c)
{
	struct call *call = call_find(id);
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
		call = call_create(id, 0);
	if (!call) {
		free(said);
		return complain(c, ENOMEM, "%s", strerror(ENOMEM));
	}
	call->family = family;
	call->public = kind;
	call_forget_offer(call);
	call->said = said;
	call->web_offers = web;
	call->feedback = flags->feedback;
	call->bundle = flags->bundle;
	ret = prepare(call, said, web, c);
	if (!ret)
		ret = description_write(call, said, !web, true, text, out, size,
					c);
	if (!ret)
		ret = keep_offer(call, web ? text : out, c);
	if (ret && fresh)
		call_destroy(call);
	if (ret)
		return ret;
	/* not saved, since nobody could answer it after a restart */
	call->offered = true;
	return 0;
}

/* Of an answer, what was offered counts. */
static void agree(struct call *call, struct said *answer)
{
	const struct said *offer = call->said, *web, *plain;
	struct medium *m;
	unsigned int i;

	for (i = 0; i < sdp.n; i++)
		answer[i].active = answer[i].active && offer[i].active;
	for (i = 0; i < sdp.n; i++) {
		m = call->media[i];
		web = call->web_offers ? &offer[i] : &answer[i];
		plain = call->web_offers ? &answer[i] : &offer[i];
		if (answer[i].active)
			m->plain = plain->plain;
		else if (m->open && carries(call, m, answer))
			memset(&m->plain, 0, sizeof(m->plain));
		else
			continue;
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
 * Create, change and delete sessions of media whose keys are in descriptions; @answer is that
 * of the public side.
 */
static int take_keys(struct call *call, const char *answer, uint32_t *ids,
		     struct complaint *c)
{
	const char *local = call->web_offers ? answer : call->offer;
	const char *remote = call->web_offers ? call->offer : answer;

	return keyed_change(call->media, call->n, local, remote, ids, c);
}

/* Close media that were refused, which is after what may fail. */
static void close_refused(struct call *call, const struct said *answer)
{
	struct medium *m;
	unsigned int i;

	for (i = 0; i < call->n; i++) {
		m = call->media[i];
		if (answer[i].active || (m->open && carries(call, m, answer)))
			continue;
		medium_close(m);
		memset(&m->web, 0, sizeof(m->web));
	}
}

static void use_keys(struct call *call, const uint32_t *ids)
{
	struct medium *m;
	unsigned int i;

	for (i = 0; i < call->n; i++) {
		m = call->media[i];
		if (!m->open)
			continue;
		crypto_agree(&m->crypto, call->web_offers ? NULL :
						&sdp.media[i]);
		transport_given(&m->transport, ids[i], &m->web.endpoint,
				m->web.rtcp_port);
	}
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
int exchange_answer(const char *id, const char *text, char *out, size_t size,
		    struct complaint *c)
{
	struct call *call = call_find(id);
	uint32_t ids[SDP_MEDIA_MAX] = { 0 };
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
	ret = description_write(call, said, !web, false, text, out, size, c);
	if (!ret && call->public == PUBLIC_SDES)
		ret = take_keys(call, web ? text : out, ids, c);
	if (!ret)
		close_refused(call, said);
	free(said);
	if (ret)
		return ret;
	if (call->public == PUBLIC_SDES)
		use_keys(call, ids);
	call_forget_offer(call);
	begin(call);
	call_save_soon(call);
	return 0;
}
