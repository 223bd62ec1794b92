// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "keyed.h"
#include "lib/complaint.h"
#include "lib/sdp.h"
#include "media.h"
#include "util/text.h"

/* What both sides have agreed on before. They have keys. */
static char past_local[SDP_SIZE], past_remote[SDP_SIZE];

static int put_section(struct text *text, const union endpoint *endpoint,
		       uint16_t rtcp_port, const char *line, struct complaint *c)
{
	char address[ENDPOINT_TEXT], *unknown = NULL;
	bool v4 = endpoint->any.sa_family == AF_INET;

	if (!line)
		line = unknown = crypto_unknown(c);
	if (!line)
		return -ENOMEM;
	text_put(text, "m=audio %u RTP/SAVP 0\r\nc=IN %s %s\r\n%s\r\n",
		 endpoint_port(endpoint), v4 ? "IP4" : "IP6",
		 endpoint_address(endpoint, address), line);
	if (rtcp_port)
		text_put(text, "a=rtcp:%u\r\n", rtcp_port);
	else
		text_put(text, "a=rtcp-mux\r\n");
	if (unknown)
		explicit_bzero(unknown, strlen(unknown));
	free(unknown);
	return 0;
}

/* A medium without a session begins anew. */
static int put_past(struct text *local, struct text *remote,
		    const struct medium *m, struct complaint *c)
{
	static const char none[] = "m=audio 0 RTP/SAVP 0\r\n";
	const struct transport *t = &m->transport;
	union endpoint peer = t->remote;
	uint16_t rtcp_port = 0;
	int ret;

	if (!m->open || !t->session) {
		text_put(local, none);
		text_put(remote, none);
		return 0;
	}
	/* on hold */
	if (!peer.any.sa_family)
		endpoint_make(&peer, t->local.any.sa_family, (unsigned char[16]){ 0 },
			      endpoint_port(&t->local));
	if (t->remote_rtcp)
		rtcp_port = endpoint_port(&t->local) + 1;
	ret = put_section(local, &t->local, rtcp_port, m->crypto.ours, c);
	return ret ?: put_section(remote, &peer, t->remote_rtcp,
				  m->crypto.theirs, c);
}

/*
 * Write what was agreed on before from what is known of it. After a restart the keys are
 * not: then all of the new ones are given to the sessions, which are the same ones.
 */
static int write_past(struct medium *const *media, unsigned int n, bool *any,
		      struct complaint *c)
{
	static const char start[] = "v=0\r\no=- 0 0 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n";
	struct text local = {
		.at = past_local, .end = past_local + sizeof(past_local),
	}, remote = {
		.at = past_remote, .end = past_remote + sizeof(past_remote),
	};
	unsigned int i;
	int ret = 0;

	text_put(&local, start);
	text_put(&remote, start);
	for (i = 0; !ret && i < n; i++) {
		*any = *any || (media[i]->open && media[i]->transport.session);
		ret = put_past(&local, &remote, media[i], c);
	}
	if (!ret && (local.full || remote.full))
		ret = complain(c, EMSGSIZE, "crypto lines: too long");
	return ret;
}

/*
 * Create, change and delete sessions as @local and @remote agree on, as "ksrtp sdp" does;
 * all or nothing. Their numbers are @ids, one per section, 0 for none.
 */
int keyed_change(struct medium *const *media, unsigned int n, const char *local,
		 const char *remote, uint32_t *ids, struct complaint *c)
{
	bool any = false;
	int ret = write_past(media, n, &any, c);

	if (!ret)
		ret = media_call(local, remote, any ? past_local : NULL,
				 past_remote, ids, c);
	explicit_bzero(past_local, strlen(past_local));
	explicit_bzero(past_remote, strlen(past_remote));
	return ret;
}
