// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "agreed_mikey.h"
#include "call.h"
#include "complaint.h"
#include "sdes.h"

/* SAVP and SAVPF may answer each other. */
static bool is_protected(const struct sdp_media *media)
{
	return !strcasecmp(media->protocol, "RTP/SAVP") ||
	       !strcasecmp(media->protocol, "RTP/SAVPF");
}

static bool has_keys(const struct sdp_media *media)
{
	return media->cryptos || media->mikey.text;
}

/*
 * Does it need SRTP? Fails if it should be protected but has no keys. A message of
 * MIKEY has the keys of both sides.
 */
static int wants_srtp(const struct sdp *sdp, const struct sdp_media *media,
		      const struct sdp_media *other, bool *wants,
		      struct complaint *c)
{
	const char *protocol = media->protocol;

	sdp_at(sdp, media->line, c);
	*wants = true;
	if (!strncasecmp(protocol, "UDP/TLS/RTP/", 12))
		return wrong(c, "%s: keys come from DTLS; use session add dtls",
			     protocol);
	if (is_protected(media)) {
		if (!has_keys(media) && !other->mikey.text && media->port)
			return wrong(c, "%s: no crypto line; without one its port must be 0",
				     protocol);
		return 0;
	}
	if (strcasecmp(protocol, "RTP/AVP") &&
	    strcasecmp(protocol, "RTP/AVPF")) {
		if (strcasestr(protocol, "RTP"))
			return wrong(c, "%.32s: unsupported protocol; sessions are for RTP/SAVP, RTP/SAVPF, RTP/AVP and RTP/AVPF",
				     protocol);
		if (media->cryptos)
			return wrong(c, "%.32s: crypto lines without RTP; remove them, or use RTP/SAVP",
				     protocol);
		*wants = false;
		return 0;
	}
	/* products that let the peer choose offer both */
	if (!has_keys(media))
		return wrong(c, "%s without a crypto line is not protected; offer one, or disable the section by port 0",
			     protocol);
	return 0;
}

static const struct sdp_crypto *find_tag(const struct sdp_media *media,
					 const struct sdp_crypto *wanted)
{
	unsigned int i;

	for (i = 0; i < media->cryptos; i++)
		if (sdp_same_tag(&media->crypto[i], wanted))
			return &media->crypto[i];
	return NULL;
}

/* Parse a copy of a line, to find its errors. */
static int read_crypto(const struct sdp *sdp, const struct sdp_crypto *crypto,
		       struct sdes *sdes, struct complaint *c)
{
	size_t size = strlen(crypto->text) + 1;
	char *copy = malloc(size);
	int ret;

	if (!copy)
		return complain(c, ENOMEM, "%s", strerror(ENOMEM));
	sdp_at(sdp, crypto->line, c);
	memcpy(copy, crypto->text, size);
	memset(sdes, 0, sizeof(*sdes));
	ret = sdes_read(sdes, copy, c);
	explicit_bzero(copy, size);
	free(copy);
	return ret;
}

/* The answer has exactly one line, with the tag of one in the offer. */
static int find_cryptos(const struct call *call, struct leg *leg,
			const struct sdp_media *local,
			const struct sdp_media *remote, struct complaint *c)
{
	if (local->cryptos > 1 && remote->cryptos > 1) {
		sdp_at(&call->remote, remote->crypto[1].line, c);
		return wrong(c, "a=crypto: several lines here and in %s; an answer has only the one it accepts",
			     call->local.file);
	}
	if (remote->cryptos == 1) {
		leg->recv = &remote->crypto[0];
		leg->send = find_tag(local, leg->recv);
		sdp_at(&call->remote, leg->recv->line, c);
	} else {
		leg->send = &local->crypto[0];
		leg->recv = find_tag(remote, leg->send);
		sdp_at(&call->local, leg->send->line, c);
	}
	if (!leg->send || !leg->recv)
		return wrong(c, "a=crypto: the other side has no line with this tag; an answer repeats the tag of the line it accepts");
	return 0;
}

static int agree_sdes(const struct call *call, struct leg *leg,
		      const struct sdp_media *local,
		      const struct sdp_media *remote, struct complaint *c)
{
	int ret;

	ret = find_cryptos(call, leg, local, remote, c);
	if (!ret)
		ret = read_crypto(&call->local, leg->send, &leg->send_sdes, c);
	if (!ret)
		ret = read_crypto(&call->remote, leg->recv, &leg->recv_sdes, c);
	if (!ret)
		ret = sdes_agree(&leg->send_sdes, &leg->recv_sdes, c);
	return ret;
}

/* An offer may have both crypto lines and MIKEY; an answer has one of them. */
static int agree(const struct call *call, struct leg *leg,
		 const struct sdp_media *local, const struct sdp_media *remote,
		 struct complaint *c)
{
	bool both = local->mikey.text && remote->mikey.text;

	if (local->cryptos && remote->cryptos && both) {
		sdp_at(&call->remote, remote->mikey.line, c);
		return wrong(c, "a=key-mgmt: crypto lines and MIKEY, here and in %s; an answer must have only one of them",
			     call->local.file);
	}
	if (local->cryptos && remote->cryptos)
		return agree_sdes(call, leg, local, remote, c);
	if (local->mikey.text || remote->mikey.text)
		return agreed_mikey(call, leg, local, remote, c);
	return agree_sdes(call, leg, local, remote, c);
}

/* Read an address and translate it to the one that packets have here. */
static int read_address(const struct sdp *sdp,
			const struct translation *translation,
			struct sdp_address *address, struct complaint *c)
{
	int ret = sdp_address_read(sdp, address, c);

	if (!ret)
		translation_apply(translation, address);
	return ret;
}

/*
 * RFC 4566: the number is that of streams, each with RTCP on the port above.
 * Old products count RTP and RTCP; an RTCP port that confirms this is accepted.
 */
static int check_ports(const struct sdp_media *media, struct complaint *c)
{
	if (media->ports == 1)
		return 0;
	if (!media->ports)
		return wrong(c, "port: invalid number of ports behind '/'; omit it for one port");
	if (media->ports == 2 && media->rtcp_line &&
	    media->rtcp_port == media->port + 1)
		return 0;
	if (media->ports == 2)
		return wrong(c, "port: two ports are two streams of RTP, unless a=rtcp:%u says that the second is for RTCP; give each stream a section",
			     (unsigned int)media->port + 1);
	return wrong(c, "port: %u ports mean as many RTP streams; give each a section",
		     (unsigned int)media->ports);
}

static int set_end(const struct sdp *sdp, const struct translation *translation,
		   struct sdp_media *media, struct end *end,
		   struct complaint *c)
{
	int ret;

	sdp_at(sdp, media->line, c);
	ret = check_ports(media, c);
	if (ret)
		return ret;
	if (!media->address.text)
		return wrong(c, "no c= line with an address, neither here nor before the sections");
	ret = read_address(sdp, translation, &media->address, c);
	if (ret)
		return ret;
	end->given = true;
	end->any = !media->address.len;
	end->port = media->port;
	/* old way to hold a stream: a zero address, to which nothing is sent */
	if (sdp_address_is_zero(&media->address))
		return 0;
	end->address_len = media->address.len;
	memcpy(end->address, media->address.bytes, media->address.len);
	return 0;
}

/* Check the address of unmuxed RTCP; a held stream may still have it. */
static int check_rtcp_address(const struct sdp *sdp,
			      const struct translation *translation,
			      struct sdp_media *media, struct complaint *c)
{
	int ret;

	if (!media->rtcp_address.text || sdp_address_is_zero(&media->address))
		return 0;
	ret = read_address(sdp, translation, &media->rtcp_address, c);
	if (ret)
		return ret;
	if (media->rtcp_address.len == media->address.len &&
	    !memcmp(media->rtcp_address.bytes, media->address.bytes,
		    media->address.len))
		return 0;
	return wrong(c, "a=rtcp: %.64s is not RTP's %.64s; a session has one address for both; use a=rtcp-mux on both sides, or local-address or remote-address if packets have one",
		     media->rtcp_address.text, media->address.text);
}

static int set_rtcp(const struct sdp *sdp,
		    const struct translation *translation,
		    struct sdp_media *media, uint16_t *port,
		    struct complaint *c)
{
	int ret = check_rtcp_address(sdp, translation, media, c);

	if (ret)
		return ret;
	/* the default may be given explicitly on one side or once only */
	*port = media->rtcp_port == media->port + 1 ? 0 : media->rtcp_port;
	if (!*port || *port != media->port)
		return 0;
	sdp_at(sdp, media->rtcp_line, c);
	return wrong(c, "a=rtcp: same port as RTP, without a=rtcp-mux on both sides; add it to both, or give RTCP a port");
}

static int set_ends(const struct call *call, struct leg *leg,
		    struct sdp_media *local, struct sdp_media *remote,
		    struct complaint *c)
{
	static const struct translations none;
	const struct translations *as = call->translations ?: &none;
	struct end *peer = &leg->flow.remote;
	int ret;

	ret = set_end(&call->local, &as->local, local, &leg->flow.local, c);
	if (!ret)
		ret = set_end(&call->remote, &as->remote, remote, peer, c);
	if (ret)
		return ret;
	leg->family = local->address.family;
	if (leg->family != remote->address.family) {
		sdp_at(&call->remote, remote->line, c);
		return wrong(c, "address: not of the same family as in %s; local-address or remote-address sets the one that packets have",
			     call->local.file);
	}
	/* without an address the port has no meaning */
	if (!peer->address_len)
		*peer = (struct end){ .any = peer->any };
	leg->mux = local->mux && remote->mux;
	if (leg->mux)
		return 0;
	ret = set_rtcp(&call->local, &as->local, local, &leg->local_rtcp_port,
		       c);
	if (!ret && peer->given)
		ret = set_rtcp(&call->remote, &as->remote, remote,
			       &leg->remote_rtcp_port, c);
	return ret;
}

/*
 * A section that is not RTP, such as speech that has become a fax. Its
 * addresses may identify the session that it had and may have again; otherwise
 * they are ignored.
 */
static void make_other(struct call *call, struct leg *leg,
		       struct sdp_media *local, struct sdp_media *remote)
{
	struct complaint unheard = { 0 };

	leg->other = !set_ends(call, leg, local, remote, &unheard);
}

static int make_leg(struct call *call, unsigned int i, struct complaint *c)
{
	struct sdp_media *local = &call->local.media[i];
	struct sdp_media *remote = &call->remote.media[i];
	struct leg *leg = &call->leg[i];
	bool wanted;
	int ret;

	leg->line = local->line;
	/* refused by one side, or bundled with another section */
	if (!local->port || !remote->port)
		return 0;
	if (strcasecmp(local->protocol, remote->protocol) &&
	    !(is_protected(local) && is_protected(remote))) {
		sdp_at(&call->remote, remote->line, c);
		return wrong(c, "%.32s: the section is %.32s in %s",
			     remote->protocol, local->protocol,
			     call->local.file);
	}
	ret = wants_srtp(&call->local, local, remote, &wanted, c);
	if (!ret)
		ret = wants_srtp(&call->remote, remote, local, &wanted, c);
	if (ret)
		return ret;
	if (!wanted) {
		make_other(call, leg, local, remote);
		return 0;
	}
	leg->active = true;
	leg->sources = local->sources + remote->sources;
	ret = set_ends(call, leg, local, remote, c);
	return ret ? ret : agree(call, leg, local, remote, c);
}

static bool bundled(const struct call *call, unsigned int i)
{
	return sdp_bundle_of(&call->local, &call->local.media[i]) &&
	       sdp_bundle_of(&call->remote, &call->remote.media[i]);
}

static bool together(const struct sdp *sdp, unsigned int i, unsigned int j)
{
	return sdp_bundle_of(sdp, &sdp->media[i]) ==
	       sdp_bundle_of(sdp, &sdp->media[j]);
}

/* A group of an answer is a group of the offer, or a part of it: RFC 9143, 7.3. */
static int check_groups(const struct call *call, struct complaint *c)
{
	const struct sdp *apart, *other;
	unsigned int i, j;

	for (i = 0; i < call->n; i++)
		for (j = 0; j < i; j++) {
			if (!bundled(call, i) || !bundled(call, j) ||
			    together(&call->local, i, j) ==
			    together(&call->remote, i, j))
				continue;
			apart = together(&call->local, i, j) ? &call->remote :
							       &call->local;
			other = apart == &call->local ? &call->remote :
							&call->local;
			sdp_at(apart, apart->media[i].line, c);
			return wrong(c, "BUNDLE: in another group than the section of line %u, but in %s in the same",
				     apart->media[j].line, other->file);
		}
	return 0;
}

/*
 * Bundled sections share the transport and keys of the first section of the
 * group, which need not be the first m= line: RFC 9143, section 7.2.
 */
static int make_bundle(struct call *call, const struct sdp_bundle *bundle,
		       struct complaint *c)
{
	const struct sdp_media *media;
	struct leg *first = NULL;
	const char *at = NULL;
	unsigned int i;
	int ret;

	while ((media = sdp_bundle_next(&call->local, bundle, &at))) {
		i = media - call->local.media;
		if (!bundled(call, i))
			continue;
		if (first) {
			call->leg[i].line = media->line;
			call->leg[i].rides = true;
			first->sources += media->sources +
					  call->remote.media[i].sources;
			continue;
		}
		ret = make_leg(call, i, c);
		if (ret)
			return ret;
		if (!call->leg[i].active)
			continue;
		first = &call->leg[i];
		sdp_at(&call->local, first->line, c);
		if (!first->mux)
			return wrong(c, "BUNDLE needs a=rtcp-mux on both sides; add it to both, or do not bundle");
	}
	return 0;
}

static int make_legs(struct call *call, struct complaint *c)
{
	unsigned int i;
	int ret;

	ret = check_groups(call, c);
	for (i = 0; !ret && i < call->local.bundles; i++)
		ret = make_bundle(call, &call->local.bundle[i], c);
	for (i = 0; !ret && i < call->n; i++) {
		if (call->leg[i].line)
			continue;
		sdp_at(&call->local, call->local.media[i].line, c);
		if (bundled(call, i))
			return wrong(c, "a=mid: another section has the same");
		ret = make_leg(call, i, c);
	}
	return ret;
}

static bool leg_has_keys(const struct leg *leg, const struct sdes *sdes)
{
	return sdes_share(&leg->send_sdes, sdes) ||
	       sdes_share(&leg->recv_sdes, sdes);
}

/* May both be in one call? */
static int check_pair(const struct call *call, const struct leg *leg,
		      const struct leg *other, struct complaint *c)
{
	sdp_at(&call->local, leg->line, c);
	if (!memcmp(&leg->flow, &other->flow, sizeof(leg->flow)))
		return wrong(c, "same addresses and ports as line %u, without BUNDLE; bundle them on both sides, or give each a port",
			     other->line);
	if (leg_has_keys(leg, &other->send_sdes) ||
	    leg_has_keys(leg, &other->recv_sdes))
		return wrong(c, "a key of the section of line %u; without BUNDLE each needs its own",
			     other->line);
	return 0;
}

static int check_legs(const struct call *call, struct complaint *c)
{
	const struct leg *leg, *other;
	int ret = 0;

	for (leg = call->leg; leg < &call->leg[call->n]; leg++)
		for (other = call->leg; !ret && other < leg; other++)
			if (leg->active && other->active)
				ret = check_pair(call, leg, other, c);
	return ret;
}

/* Parse both descriptions; their texts are modified. */
int call_read(struct call *call, struct complaint *c)
{
	int ret;

	ret = sdp_read(&call->local, c);
	if (!ret)
		ret = sdp_read(&call->remote, c);
	if (ret)
		return ret;
	call->n = call->local.n;
	sdp_at(&call->remote, call->remote.media[call->remote.n - 1].line, c);
	if (call->local.n != call->remote.n)
		return wrong(c, "%u media sections, and %u in %s; an answer has all of the offer's",
			     call->remote.n, call->n, call->local.file);
	ret = make_legs(call, c);
	if (!ret)
		ret = check_legs(call, c);
	if (!ret)
		c->file = NULL;
	return ret;
}

/* Do the lines of a section have one of these keys, if they can be parsed? */
static bool media_has_keys(const struct sdp *sdp, const struct sdp_media *media,
			   const struct sdes *wanted)
{
	struct complaint complaint = { 0 };
	struct sdes sdes;
	bool has = false;
	unsigned int i;
	int ret;

	for (i = 0; !has && i < media->cryptos; i++) {
		ret = read_crypto(sdp, &media->crypto[i], &sdes, &complaint);
		has = ret == -ENOMEM || (!ret && sdes_share(&sdes, wanted));
		complaint_leave(&complaint, 0);
	}
	explicit_bzero(&sdes, sizeof(sdes));
	return has;
}

/* May a section without a session have used a key of these? */
static bool may_have_used(const struct call *call, const struct sdp *sdp,
			  const struct sdp_media *media,
			  const struct sdes *wanted)
{
	return media_has_keys(sdp, media, wanted) ||
	       agreed_mikey_has(call, sdp, media, wanted);
}

/*
 * May a call have used one of these keys, on either side? A section without a
 * session may have had one before, with the keys still in its lines. Bundled
 * sections after the first have never used theirs.
 */
bool call_has_keys(const struct call *call, const struct sdes *sdes)
{
	unsigned int i;
	bool has;

	for (i = 0; i < call->n; i++) {
		const struct leg *leg = &call->leg[i];

		if (leg->rides)
			continue;
		if (leg->active)
			has = leg_has_keys(leg, sdes);
		else
			has = may_have_used(call, &call->local,
					    &call->local.media[i], sdes) ||
			      may_have_used(call, &call->remote,
					    &call->remote.media[i], sdes);
		if (has)
			return true;
	}
	return false;
}
