// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "call.h"
#include "fail.h"
#include "sdes.h"

/* Is it protected by crypto lines? Quarrels with what is not, and should be. */
static bool wants_srtp(const struct sdp *sdp, const struct sdp_media *media)
{
	sdp_at(sdp, media->line);
	if (!strncmp(media->protocol, "UDP/TLS/RTP/", 12))
		usage("%s: keys come by DTLS; use session add dtls",
		      media->protocol);
	if (!strcmp(media->protocol, "RTP/SAVP") ||
	    !strcmp(media->protocol, "RTP/SAVPF")) {
		if (!media->cryptos && media->port)
			usage("%s: no crypto line", media->protocol);
		return true;
	}
	if (strcmp(media->protocol, "RTP/AVP") &&
	    strcmp(media->protocol, "RTP/AVPF")) {
		if (!strncmp(media->protocol, "RTP/", 4))
			usage("%.32s: unknown kind of RTP", media->protocol);
		return false;
	}
	/* products that leave it to the peer offer it so */
	if (!media->cryptos)
		usage("%s without a crypto line is not protected",
		      media->protocol);
	return true;
}

static const struct sdp_crypto *find_tag(const struct sdp_media *media,
					 const struct sdp_crypto *wanted)
{
	size_t len = strspn(wanted->tag, "0123456789") + 1;
	unsigned int i;

	for (i = 0; i < media->cryptos; i++)
		if (!strncmp(media->crypto[i].tag, wanted->tag, len))
			return &media->crypto[i];
	return NULL;
}

/* Read a line for its errors, and leave it as it is. */
static void read_crypto(const struct sdp *sdp, const struct sdp_crypto *crypto,
			struct sdes *sdes)
{
	static char copy[SDP_SIZE];

	sdp_at(sdp, crypto->line);
	strcpy(copy, crypto->text);
	memset(sdes, 0, sizeof(*sdes));
	sdes_read(sdes, copy);
	explicit_bzero(copy, sizeof(copy));
}

/* The answer has the one line that it takes, with the tag of the offer's. */
static void agree(const struct call *call, struct leg *leg,
		  const struct sdp_media *local, const struct sdp_media *remote)
{
	static struct sdes send, recv;

	if (local->cryptos > 1 && remote->cryptos > 1) {
		sdp_at(&call->remote, remote->crypto[1].line);
		usage("a=crypto: several lines here and in %s; an answer has the one that it takes",
		      call->local.file);
	}
	if (remote->cryptos == 1) {
		leg->recv = &remote->crypto[0];
		leg->send = find_tag(local, leg->recv);
		sdp_at(&call->remote, leg->recv->line);
	} else {
		leg->send = &local->crypto[0];
		leg->recv = find_tag(remote, leg->send);
		sdp_at(&call->local, leg->send->line);
	}
	if (!leg->send || !leg->recv)
		usage("a=crypto: the tag is none of the other side's");
	read_crypto(&call->local, leg->send, &send);
	read_crypto(&call->remote, leg->recv, &recv);
	sdes_agree(&send, &recv);
	explicit_bzero(&send, sizeof(send));
	explicit_bzero(&recv, sizeof(recv));
}

static void set_end(const struct sdp *sdp, const struct sdp_media *media,
		    struct endpoint *end)
{
	end->given = true;
	end->port = media->port;
	if (media->rtcp_address.len &&
	    (media->rtcp_address.len != media->address.len ||
	     memcmp(media->rtcp_address.bytes, media->address.bytes,
		    media->address.len))) {
		sdp_at(sdp, media->rtcp_line);
		usage("a=rtcp: another address than RTP's is not possible");
	}
	/* held as of old: an address of zeroes, where nothing is to be sent */
	if (sdp_address_is_zero(&media->address))
		return;
	end->address_len = media->address.len;
	memcpy(end->address, media->address.bytes, media->address.len);
}

static void set_rtcp(const struct sdp *sdp, const struct sdp_media *media,
		     uint16_t *port)
{
	*port = media->rtcp_port;
	if (!*port || *port != media->port)
		return;
	sdp_at(sdp, media->rtcp_line);
	usage("a=rtcp: RTP's port, without a=rtcp-mux on both sides");
}

static void make_leg(struct call *call, unsigned int i)
{
	const struct sdp_media *local = &call->local.media[i];
	const struct sdp_media *remote = &call->remote.media[i];
	struct leg *leg = &call->leg[i];

	leg->line = local->line;
	if (strcmp(local->protocol, remote->protocol) &&
	    local->port && remote->port) {
		sdp_at(&call->remote, remote->line);
		usage("%.32s: the section is %.32s in %s", remote->protocol,
		      local->protocol, call->local.file);
	}
	/* refused by one of both, or with another section's ports */
	if (!local->port || !remote->port ||
	    !wants_srtp(&call->local, local) ||
	    !wants_srtp(&call->remote, remote))
		return;
	if (local->address.len != remote->address.len) {
		sdp_at(&call->remote, remote->line);
		usage("address: not of the family of that in %s",
		      call->local.file);
	}
	leg->active = true;
	set_end(&call->local, local, &leg->flow.local);
	set_end(&call->remote, remote, &leg->flow.remote);
	/* without an address the port means nothing either */
	if (!leg->flow.remote.address_len)
		memset(&leg->flow.remote, 0, sizeof(leg->flow.remote));
	leg->mux = local->mux && remote->mux;
	if (!leg->mux) {
		set_rtcp(&call->local, local, &leg->local_rtcp_port);
		if (leg->flow.remote.given)
			set_rtcp(&call->remote, remote,
				 &leg->remote_rtcp_port);
	}
	leg->sources = local->sources + remote->sources;
	agree(call, leg, local, remote);
}

static bool bundled(const struct call *call, unsigned int i)
{
	return sdp_bundled(&call->local, &call->local.media[i]) &&
	       sdp_bundled(&call->remote, &call->remote.media[i]);
}

/* What is bundled has the transport, and the keys, of the first of the group. */
static void make_legs(struct call *call)
{
	struct leg *first = NULL;
	unsigned int i;

	for (i = 0; i < call->n; i++) {
		if (first && bundled(call, i)) {
			call->leg[i].line = call->local.media[i].line;
			first->sources += call->local.media[i].sources +
					  call->remote.media[i].sources;
			continue;
		}
		make_leg(call, i);
		if (!call->leg[i].active || !bundled(call, i))
			continue;
		first = &call->leg[i];
		sdp_at(&call->local, first->line);
		if (!first->mux)
			usage("BUNDLE needs a=rtcp-mux on both sides");
	}
}

static void check_flows(const struct call *call)
{
	unsigned int i, j;

	for (i = 0; i < call->n; i++)
		for (j = 0; j < i; j++)
			if (call->leg[i].active && call->leg[j].active &&
			    !memcmp(&call->leg[i].flow, &call->leg[j].flow,
				    sizeof(struct flow))) {
				sdp_at(&call->local, call->leg[i].line);
				usage("same addresses and ports as line %u, without BUNDLE",
				      call->leg[j].line);
			}
}

/* Read both descriptions of a call. */
void call_read(struct call *call, const char *local, const char *remote)
{
	const char *file = fail_file;
	unsigned int line = fail_line;

	sdp_read(&call->local, local);
	fail_file = file;
	fail_line = line;
	sdp_read(&call->remote, remote);
	call->n = call->local.n;
	if (call->local.n != call->remote.n)
		usage("%u media sections, and %u in %s; an answer has all of the offer's",
		      call->remote.n, call->n, local);
	make_legs(call);
	check_flows(call);
	fail_file = file;
	fail_line = line;
}

/* Is it the line that was before, but perhaps for its tag? */
bool call_same_key(const struct sdp_crypto *crypto,
		   const struct sdp_crypto *other)
{
	return !strcmp(crypto->text + strcspn(crypto->text, " \t"),
		       other->text + strcspn(other->text, " \t"));
}
