// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <string.h>

#include <libmnl/libmnl.h>

#include "channel.h"
#include "complaint.h"
#include "found.h"
#include "reply.h"

static void read_one(struct found *found, const struct ksrtp_reply *reply)
{
	struct end *remote = &found->remote;
	const void *address;
	size_t len;

	memset(found, 0, sizeof(*found));
	found->there = true;
	found->id = reply_number(reply, KSRTP_A_SESSION_ID, 0);
	found->has_local = !ksrtp_reply_bytes(reply,
					      KSRTP_A_SESSION_LOCAL_ADDRESS,
					      &address, &len);
	remote->port = reply_number(reply, KSRTP_A_SESSION_REMOTE_PORT, 0);
	if (ksrtp_reply_bytes(reply, KSRTP_A_SESSION_REMOTE_ADDRESS, &address,
			      &len) || len > sizeof(remote->address))
		return;
	remote->address_len = len;
	memcpy(remote->address, address, len);
}

/* Does it take any peer, as what was held when it was made? */
static bool takes_any(const struct found *found)
{
	return !found->remote.address_len && !found->remote.port;
}

static bool is_peer(const struct found *found, const struct end *peer)
{
	return found->remote.port == peer->port &&
	       found->remote.address_len == peer->address_len &&
	       !memcmp(found->remote.address, peer->address, peer->address_len);
}

/* Does a session have the peer that a leg wants? One that is held takes any. */
bool found_has_peer(const struct found *found, const struct end *peer)
{
	return !peer->given || takes_any(found) || is_peer(found, peer);
}

/*
 * How well does a session fit, 0 for not at all? Those of a server may all have
 * one port, and differ by their peers alone. What is held has kept the peer it
 * had, which its description does not tell; the next one may.
 */
static unsigned int fit(const struct found *found, const struct end *peer,
			const struct end *next)
{
	if (peer->given)
		return is_peer(found, peer) ? 3 : takes_any(found) ? 2 : 0;
	if (peer->any || (next && next->any))
		return takes_any(found);
	if (next && next->given)
		return is_peer(found, next) ? 3 : takes_any(found) ? 2 : 1;
	return 1;
}

static int choose(struct found *found, const struct replies *replies,
		  const struct leg *leg, const struct end *next,
		  struct complaint *c)
{
	const struct end *peer = &leg->flow.remote;
	unsigned int best = 0, n = 0, fits;
	struct ksrtp_reply reply;
	struct found one;
	uint64_t ssrc;
	size_t at = 0;

	memset(found, 0, sizeof(*found));
	while (replies_next(replies, &at, &reply)) {
		if (!ksrtp_reply_number(&reply, KSRTP_A_SESSION_SSRC, &ssrc))
			continue;
		read_one(&one, &reply);
		if (leg->flow.local.any && one.has_local)
			continue;
		fits = fit(&one, peer, next);
		if (!fits || fits < best)
			continue;
		n = fits == best ? n + 1 : 1;
		best = fits;
		*found = one;
	}
	if (n > 1)
		return complain(c, EEXIST,
				"several sessions have this local address and port, and nothing tells which it is");
	return 0;
}

/*
 * Find the session of a leg of a call, which may not be there; @next is the
 * peer that it is going to have, or NULL.
 */
int found_read(struct found *found, struct ksrtp *handle,
	       const struct call *of, const struct leg *leg,
	       const struct end *next, struct complaint *c)
{
	const struct end *local = &leg->flow.local;
	struct replies replies = { 0 };
	struct nlmsghdr *nlh;
	int ret;

	nlh = channel_request(handle, KSRTP_CMD_SESSION_GET, &session_set);
	if (local->address_len)
		mnl_attr_put(nlh, KSRTP_A_SESSION_LOCAL_ADDRESS,
			     local->address_len, local->address);
	else
		mnl_attr_put_u16(nlh, KSRTP_A_SESSION_FAMILY, leg->family);
	mnl_attr_put_u16(nlh, KSRTP_A_SESSION_LOCAL_PORT, htons(local->port));
	ret = channel_dump(handle, replies_begin, replies_add, &replies);
	if (!ret && replies.lost)
		ret = channel_fail(handle, -ENOMEM, "answers");
	if (ret) {
		complain(c, -ret, "%s", handle->error);
	} else {
		sdp_at(&of->local, leg->line, c);
		ret = choose(found, &replies, leg, next, c);
		if (!ret)
			c->file = NULL;
	}
	replies_free(&replies);
	return ret;
}
