// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <string.h>

#include <libmnl/libmnl.h>

#include "channel.h"
#include "complaint.h"
#include "found.h"
#include "reply.h"

static void read_end(struct end *end, const struct ksrtp_reply *reply,
		     unsigned int address_attr, unsigned int port_attr)
{
	const void *address;
	size_t len;

	end->port = reply_number(reply, port_attr, 0);
	if (ksrtp_reply_bytes(reply, address_attr, &address, &len) ||
	    len > sizeof(end->address))
		return;
	end->address_len = len;
	memcpy(end->address, address, len);
}

static void read_one(struct found *found, const struct ksrtp_reply *reply)
{
	struct ksrtp_reply send;
	uint64_t flag;

	memset(found, 0, sizeof(*found));
	found->there = true;
	found->id = reply_number(reply, KSRTP_A_SESSION_ID, 0);
	found->parked = !ksrtp_reply_number(reply, KSRTP_A_SESSION_PARKED,
					    &flag);
	found->remote_rtcp_port =
		reply_number(reply, KSRTP_A_SESSION_REMOTE_RTCP_PORT, 0);
	if (!ksrtp_reply_nested(reply, KSRTP_A_SESSION_SEND, &send))
		found->restarts = reply_number(&send,
					       KSRTP_A_DIRECTION_COUNTERS, 0) ==
				  KSRTP_COUNTERS_RESTART;
	read_end(&found->local, reply, KSRTP_A_SESSION_LOCAL_ADDRESS,
		 KSRTP_A_SESSION_LOCAL_PORT);
	read_end(&found->remote, reply, KSRTP_A_SESSION_REMOTE_ADDRESS,
		 KSRTP_A_SESSION_REMOTE_PORT);
}

static bool same_address(const struct end *end, const struct end *other)
{
	return end->address_len == other->address_len &&
	       !memcmp(end->address, other->address, end->address_len);
}

/* Does it accept any peer, like a session that was created while held? */
bool found_takes_any(const struct found *found)
{
	return !found->remote.address_len && !found->remote.port;
}

static bool is_peer(const struct found *found, const struct end *peer)
{
	return found->remote.port == peer->port &&
	       same_address(&found->remote, peer);
}

/* Does a session have the peer of a leg? A held session accepts any. */
bool found_has_peer(const struct found *found, const struct end *peer)
{
	return !peer->given || found_takes_any(found) || is_peer(found, peer);
}

/*
 * Does a session, found by its port, have our own address of a leg? A held end
 * has none, and neither has a session that was created then.
 */
bool found_is_at(const struct found *found, const struct end *local)
{
	return !local->address_len || !found->local.address_len ||
	       same_address(&found->local, local);
}

/*
 * How well does our own address match, 0 for not at all? A session that was
 * created while our end was held has none, and keeps it so.
 */
static unsigned int fit_local(const struct found *found,
			      const struct end *local)
{
	if (!found->local.address_len)
		return 1;
	if (!local->address_len)
		return !local->any;
	return same_address(&found->local, local) ? 2 : 0;
}

/*
 * How well does the peer match, 0 for not at all? Sessions of a server may
 * share one port and differ by their peers alone. A held session has kept its
 * old peer, which the description does not tell, but the next one may.
 */
static unsigned int fit_peer(const struct found *found, const struct end *peer,
			     const struct end *next)
{
	if (peer->given)
		return is_peer(found, peer) ? 3 : 2 * found_takes_any(found);
	if (peer->any || (next && next->any))
		return found_takes_any(found);
	if (next && next->given)
		return is_peer(found, next) ? 3 : 1 + found_takes_any(found);
	return 1;
}

/* The same for a parked session, whose peer may have had another port. */
static unsigned int fit_parked(const struct found *found,
			       const struct end *peer)
{
	if (!found->parked)
		return 0;
	if (!peer->given)
		return 1;
	return is_peer(found, peer) ? 3 : 1 + same_address(&found->remote, peer);
}

static int choose(struct found *found, const struct replies *replies,
		  const struct leg *leg, const struct end *next, bool parked,
		  struct complaint *c)
{
	const struct end *peer = &leg->flow.remote;
	unsigned int best = 0, n = 0, fits, local;
	struct ksrtp_reply reply;
	struct found one;
	uint64_t ssrc;
	size_t at = 0;

	memset(found, 0, sizeof(*found));
	while (replies_next(replies, &at, &reply)) {
		if (!ksrtp_reply_number(&reply, KSRTP_A_SESSION_SSRC, &ssrc))
			continue;
		read_one(&one, &reply);
		local = fit_local(&one, &leg->flow.local);
		fits = parked ? fit_parked(&one, peer) :
				fit_peer(&one, peer, next);
		if (!local || !fits)
			continue;
		/* among those with the same peer, prefer our exact address */
		fits = 2 * (2 * fits + local) + !one.parked;
		if (fits < best)
			continue;
		n = fits == best ? n + 1 : 1;
		best = fits;
		*found = one;
	}
	if (n > 1)
		return complain(c, EEXIST,
				"several sessions have this local address and port, so it is not clear which is meant; use ksrtp session set or del with an id");
	return 0;
}

static int look(struct found *found, struct ksrtp *handle,
		const struct call *of, const struct leg *leg,
		const struct end *next, uint32_t ifindex, bool parked,
		struct complaint *c)
{
	struct replies replies = { 0 };
	struct nlmsghdr *nlh;
	int ret;

	nlh = channel_request(handle, KSRTP_CMD_SESSION_GET, &session_set);
	/* a filter with an address would leave out sessions without one */
	mnl_attr_put_u16(nlh, KSRTP_A_SESSION_FAMILY, leg->family);
	mnl_attr_put_u16(nlh, KSRTP_A_SESSION_LOCAL_PORT,
			 htons(leg->flow.local.port));
	if (ifindex)
		mnl_attr_put_u32(nlh, KSRTP_A_SESSION_IFINDEX, ifindex);
	ret = channel_dump(handle, replies_begin, replies_add, &replies);
	if (!ret && replies.lost)
		ret = channel_fail(handle, -ENOMEM, "answers");
	if (ret) {
		c->refused = true;
		complain(c, -ret, "%s", handle->error);
	} else {
		sdp_at(&of->local, leg->line, c);
		ret = choose(found, &replies, leg, next, parked, c);
		if (!ret)
			c->file = NULL;
	}
	replies_free(&replies);
	return ret;
}

/*
 * Find the session of a leg of a call, which may not exist. @next is its future
 * peer, or NULL.
 */
int found_read(struct found *found, struct ksrtp *handle,
	       const struct call *of, const struct leg *leg,
	       const struct end *next, uint32_t ifindex, struct complaint *c)
{
	return look(found, handle, of, leg, next, ifindex, false, c);
}

/* Find the parked session of a leg, which may not exist. */
int found_read_parked(struct found *found, struct ksrtp *handle,
		      const struct call *of, const struct leg *leg,
		      uint32_t ifindex, struct complaint *c)
{
	return look(found, handle, of, leg, NULL, ifindex, true, c);
}
