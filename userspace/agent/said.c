// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/complaint.h"
#include "said.h"

/* Is this a description of ICE? */
static bool has_ice(const struct sdp *sdp)
{
	const struct sdp_media *media;

	for (media = sdp->media; media < &sdp->media[sdp->n]; media++)
		if (media->keying.ufrag || media->keying.pwd ||
		    media->candidates)
			return true;
	return false;
}

/*
 * Find out which side a description is from, and what the public one speaks. All its media
 * must agree.
 */
int said_side(const struct sdp *sdp, bool *web, enum public_kind *kind,
	      struct complaint *c)
{
	enum public_kind spoken = PUBLIC_DTLS;
	const struct sdp_media *media;
	bool known = false, is_web;

	for (media = sdp->media; media < &sdp->media[sdp->n]; media++) {
		sdp_at(sdp, media->line, c);
		is_web = medium_is_web(media, &spoken);
		if ((!media->port && !media->bundle_only) ||
		    (!is_web && !medium_is_plain(media)))
			continue;
		if (known && (*web != is_web || (is_web && *kind != spoken)))
			return wrong(c, "%.32s: beside media of another kind",
				     media->protocol);
		*web = is_web;
		if (is_web)
			*kind = spoken;
		known = true;
	}
	if (known && *web && *kind == PUBLIC_DTLS && has_ice(sdp))
		*kind = PUBLIC_ICE;
	if (!known)
		return wrong(c, "no section of UDP/TLS/RTP/SAVPF, RTP/SAVP or RTP/AVP that is not refused");
	return 0;
}

/* Is it the first one of a BUNDLE group? */
static bool is_tagged(struct sdp *sdp, const struct sdp_media *media)
{
	const char *at;
	unsigned int i;

	for (i = 0; i < sdp->bundles; i++) {
		at = NULL;
		if (sdp_bundle_next(sdp, &sdp->bundle[i], &at) == media)
			return true;
	}
	return false;
}

/* The first section of RTP in a BUNDLE group that is not refused. */
static const struct sdp_media *first_of(struct sdp *sdp,
					const struct sdp_bundle *group)
{
	const struct sdp_media *one;
	enum public_kind kind;
	const char *at = NULL;

	while ((one = sdp_bundle_next(sdp, group, &at)))
		if (medium_is_web(one, &kind) && (one->port || one->bundle_only))
			break;
	return one;
}

/*
 * Has a section no path but that of its group's first one? Later offers have a port
 * there, the first one's, but no user name. Chromium's with max-bundle have both from the
 * beginning, and no candidates.
 */
static bool shares(const struct sdp_media *media, const struct sdp_media *first)
{
	if (media == first)
		return false;
	if (!media->keying.ufrag)
		return true;
	return first->candidates && !media->candidates && first->keying.ufrag &&
	       !strcmp(media->keying.ufrag, first->keying.ufrag);
}

static void read_group(struct said *said, struct sdp *sdp,
		       const struct sdp_media *media)
{
	const struct sdp_bundle *group = sdp_bundle_of(sdp, media);
	const struct sdp_media *first = group ? first_of(sdp, group) : NULL;

	medium_read_sources(&said->marks, media);
	if (!first)
		return;
	said->group = group;
	said->first = first - sdp->media;
	said->bundle_only = media->port ? shares(media, first) :
					  media->bundle_only;
	said->active = media->port || said->bundle_only;
}

/* A group's first section may speak for all (RFC 9143, section 7.1.3). */
static void complete_section(struct sdp *sdp, struct sdp_media *media,
			     const struct sdp_bundle *group)
{
	const struct sdp_media *tagged;
	const char *at = NULL;

	tagged = sdp_bundle_next(sdp, group, &at);
	if (!media->keying.ufrag)
		media->keying = tagged->keying;
	media->mux = media->mux || tagged->mux;
}

/* Read a section of the public side, which is one of @kind. */
static int read_public(struct said *said, struct sdp *sdp, unsigned int i,
		       enum public_kind kind, bool answers, unsigned int family,
		       struct complaint *c)
{
	struct sdp_media *media = &sdp->media[i];

	if (kind == PUBLIC_SDES)
		return medium_read_sdes(&said->web, sdp, media, family, c);
	if (kind == PUBLIC_DTLS)
		return medium_read_dtls(&said->web, sdp, media, family, answers,
					c);
	if (said->bundle_only && said->first != i)
		return 0;
	if (said->group && said->first == i)
		complete_section(sdp, media, said->group);
	return medium_read_ice(&said->web, sdp, media, answers, c);
}

static int read_one(struct said *said, struct sdp *sdp, unsigned int i, bool web,
		    enum public_kind kind, bool answers, unsigned int family,
		    struct complaint *c)
{
	struct sdp_media *media = &sdp->media[i];
	enum public_kind spoken;

	sdp_at(sdp, media->line, c);
	said->rtp = medium_is_web(media, &spoken) || medium_is_plain(media);
	said->feedback = medium_has_feedback(media);
	said->active = said->rtp && media->port;
	if (media->mid && strlen(media->mid) >= MEDIUM_MID)
		return wrong(c, "a=mid: longer than %d characters",
			     MEDIUM_MID - 1);
	if (media->mid) {
		strcpy(said->mid, media->mid);
		said->tagged = is_tagged(sdp, media);
	}
	if (said->rtp && web && kind == PUBLIC_ICE)
		read_group(said, sdp, media);
	if (!said->active)
		return 0;
	if (!web) {
		medium_read_types(&said->marks, media);
		return medium_read_plain(&said->plain, sdp, media, family, c);
	}
	return read_public(said, sdp, i, kind, answers, family, c);
}

/* Read all sections, or fail without an effect. */
struct said *said_read(struct sdp *sdp, bool web, enum public_kind kind,
		       bool answers, unsigned int family, int *ret,
		       struct complaint *c)
{
	struct said *said = calloc(sdp->n, sizeof(*said));
	unsigned int i;

	*ret = said ? 0 : complain(c, ENOMEM, "%s", strerror(ENOMEM));
	for (i = 0; !*ret && i < sdp->n; i++)
		*ret = read_one(&said[i], sdp, i, web, kind, answers, family, c);
	if (!*ret) {
		/* errors from here on are not about a line */
		c->file = NULL;
		return said;
	}
	free(said);
	return NULL;
}
