// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <string.h>

#include <libmnl/libmnl.h>

#include "complaint.h"
#include "description.h"
#include "plan.h"
#include "reply.h"

static void add(struct plan *plan, const struct leg *leg)
{
	plan->step[plan->n++] = (struct step) {
		.what = PLAN_ADD, .leg = leg, .send = true, .recv = true,
	};
}

static void set(struct plan *plan, const struct leg *leg, uint32_t id,
		bool send, bool recv)
{
	plan->step[plan->n++] = (struct step) {
		.what = PLAN_SET, .leg = leg, .id = id, .send = send,
		.recv = recv,
	};
}

static void del(struct plan *plan, const struct leg *leg, uint32_t id)
{
	plan->step[plan->n++] = (struct step) {
		.what = PLAN_DEL, .leg = leg, .id = id,
	};
}

/* What the kernel has of a leg. */
struct found {
	uint32_t id;
	unsigned char remote[16];
	size_t remote_len;
	uint16_t remote_port;
};

static int found_one(const struct replies *replies, struct found *found,
		     struct complaint *c)
{
	struct ksrtp_reply reply;
	const void *address;
	unsigned int n = 0;
	uint64_t ssrc;
	size_t at = 0;

	while (replies_next(replies, &at, &reply)) {
		if (!ksrtp_reply_number(&reply, KSRTP_A_SESSION_SSRC, &ssrc))
			continue;
		if (n++)
			return complain(c, EEXIST,
					"several sessions have this local address and port");
		found->id = reply_number(&reply, KSRTP_A_SESSION_ID, 0);
		found->remote_port =
			reply_number(&reply, KSRTP_A_SESSION_REMOTE_PORT, 0);
		found->remote_len = 0;
		if (ksrtp_reply_bytes(&reply, KSRTP_A_SESSION_REMOTE_ADDRESS,
				      &address, &found->remote_len) ||
		    found->remote_len > sizeof(found->remote))
			continue;
		memcpy(found->remote, address, found->remote_len);
	}
	if (!n)
		return complain(c, ENOENT,
				"no session has this local address and port");
	return 0;
}

/*
 * The session of a leg that was: by its own end alone, since what is held has
 * kept the peer it had, whatever its description says.
 */
static int find(struct ksrtp *handle, const struct call *of,
		const struct leg *leg, struct found *found, struct complaint *c)
{
	const struct end *local = &leg->flow.local;
	struct replies replies = { 0 };
	struct nlmsghdr *nlh;
	int ret;

	nlh = channel_request(handle, KSRTP_CMD_SESSION_GET, &session_set);
	if (local->address_len)
		mnl_attr_put(nlh, KSRTP_A_SESSION_LOCAL_ADDRESS,
			     local->address_len, local->address);
	mnl_attr_put_u16(nlh, KSRTP_A_SESSION_LOCAL_PORT, htons(local->port));
	ret = channel_dump(handle, replies_begin, replies_add, &replies);
	if (!ret && replies.lost)
		ret = channel_fail(handle, -ENOMEM, "answers");
	if (ret) {
		complain(c, -ret, "%s", handle->error);
	} else {
		sdp_at(&of->local, leg->line, c);
		ret = found_one(&replies, found, c);
		if (!ret)
			c->file = NULL;
	}
	replies_free(&replies);
	return ret;
}

/* Does a session have the peer that a leg wants? One that is held takes any. */
static bool has_peer(const struct found *found, const struct end *peer)
{
	return !peer->given ||
	       (found->remote_port == peer->port &&
		found->remote_len == peer->address_len &&
		!memcmp(found->remote, peer->address, peer->address_len));
}

/* Is our own end where it was? That of a held stream may be without address. */
static bool same_end(const struct end *end, const struct end *was)
{
	return end->port == was->port &&
	       (!end->address_len || !was->address_len ||
		!memcmp(end, was, sizeof(*end)));
}

/* RTCP's ports are part of what a session is found by, and cannot be changed. */
static bool same_rtcp(const struct leg *leg, const struct leg *was)
{
	return leg->mux == was->mux &&
	       leg->local_rtcp_port == was->local_rtcp_port &&
	       (!leg->flow.remote.given || !was->flow.remote.given ||
		leg->remote_rtcp_port == was->remote_rtcp_port);
}

/*
 * RFC 4568, section 7.1.4: a stream keeps its rollover counter as long as its
 * addresses stay, with the old key or a new one. Where they change it begins
 * anew, and so does a section that comes: a key that was used would see its
 * packet indexes twice.
 */
static int begin(struct plan *plan, const struct call *old,
		 const struct leg *leg, struct complaint *c)
{
	if (!call_has_keys(old, &leg->send_sdes) &&
	    !call_has_keys(old, &leg->recv_sdes)) {
		add(plan, leg);
		return 0;
	}
	sdp_at(&plan->call->local, leg->line, c);
	return wrong(c, "a session begins anew and a key is not new; its packet indexes would be used twice");
}

/* The session that is there goes on; a key of another one's may not come. */
static int go_on(struct plan *plan, const struct call *old,
		 const struct leg *leg, const struct leg *was, uint32_t id,
		 struct complaint *c)
{
	bool send = !sdes_same(&leg->send_sdes, &was->send_sdes);
	bool recv = !sdes_same(&leg->recv_sdes, &was->recv_sdes);

	if ((send && !sdes_share(&leg->send_sdes, &was->send_sdes) &&
	     call_has_keys(old, &leg->send_sdes)) ||
	    (recv && !sdes_share(&leg->recv_sdes, &was->recv_sdes) &&
	     call_has_keys(old, &leg->recv_sdes))) {
		sdp_at(&plan->call->local, leg->line, c);
		return wrong(c, "a key was another's before; its packet indexes would be used twice");
	}
	if (send || recv)
		set(plan, leg, id, send, recv);
	return 0;
}

static int change(struct plan *plan, struct ksrtp *handle,
		  const struct call *old, const struct leg *leg,
		  const struct leg *was, struct complaint *c)
{
	struct found found = { 0 };
	int ret;

	ret = find(handle, old, was, &found, c);
	if (ret)
		return ret;
	if (same_end(&leg->flow.local, &was->flow.local) &&
	    has_peer(&found, &leg->flow.remote) && same_rtcp(leg, was))
		return go_on(plan, old, leg, was, found.id, c);
	ret = begin(plan, old, leg, c);
	if (!ret)
		del(plan, was, found.id);
	return ret;
}

static int end(struct plan *plan, struct ksrtp *handle, const struct call *of,
	       const struct leg *was, struct complaint *c)
{
	struct found found = { 0 };
	int ret = find(handle, of, was, &found, c);

	if (!ret)
		del(plan, was, found.id);
	return ret;
}

void plan_add_call(struct plan *plan, const struct call *call)
{
	unsigned int i;

	plan->call = call;
	for (i = 0; i < call->n; i++)
		if (call->leg[i].active)
			add(plan, &call->leg[i]);
}

int plan_change_call(struct plan *plan, struct ksrtp *handle,
		     const struct call *call, const struct call *old,
		     struct complaint *c)
{
	unsigned int i;
	int ret = 0;

	plan->call = call;
	if (call->n < old->n)
		return wrong(c, "%s has %u media sections, and %s has %u; a section stays, with port 0",
			     call->local.file, call->n, old->local.file,
			     old->n);
	for (i = 0; !ret && i < call->n; i++) {
		const struct leg *leg = &call->leg[i], *was = &old->leg[i];

		if (leg->active && was->active)
			ret = change(plan, handle, old, leg, was, c);
		else if (leg->active)
			ret = begin(plan, old, leg, c);
		else if (was->active)
			ret = end(plan, handle, old, was, c);
	}
	return ret;
}

int plan_del_call(struct plan *plan, struct ksrtp *handle,
		  const struct call *call, struct complaint *c)
{
	unsigned int i;
	int ret = 0;

	plan->call = call;
	for (i = 0; !ret && i < call->n; i++)
		if (call->leg[i].active)
			ret = end(plan, handle, call, &call->leg[i], c);
	return ret;
}

/* The sessions of a call, by its media sections; 0 where there is none. */
int plan_ids(struct ksrtp *handle, const struct call *call, uint32_t *ids,
	     struct complaint *c)
{
	struct found found;
	unsigned int i;
	int ret = 0;

	for (i = 0; !ret && i < call->n; i++) {
		ids[i] = 0;
		if (!call->leg[i].active)
			continue;
		ret = find(handle, call, &call->leg[i], &found, c);
		ids[i] = found.id;
	}
	return ret;
}

/* Is the old key to be good for a while beside the new one? */
bool plan_overlaps(const struct step *step)
{
	return step->what == PLAN_SET && step->recv &&
	       !step->leg->recv_sdes.media.key[0].mki_len;
}

static void describe_end(struct ksrtp_session *session, const struct end *end,
			 unsigned int address, unsigned int port)
{
	if (end->address_len)
		value_bytes(&session->values[address], end->address,
			    end->address_len);
	if (end->port)
		value_number(&session->values[port], end->port);
}

static void describe_birth(struct ksrtp_session *session,
			   const struct leg *leg, bool owned)
{
	struct value *values = session->values;

	describe_end(session, &leg->flow.local, KSRTP_A_SESSION_LOCAL_ADDRESS,
		     KSRTP_A_SESSION_LOCAL_PORT);
	describe_end(session, &leg->flow.remote, KSRTP_A_SESSION_REMOTE_ADDRESS,
		     KSRTP_A_SESSION_REMOTE_PORT);
	if (owned)
		value_number(&values[KSRTP_A_SESSION_OWNED], 1);
	if (leg->mux)
		value_number(&values[KSRTP_A_SESSION_RTCP_MUX], 1);
	if (leg->local_rtcp_port)
		value_number(&values[KSRTP_A_SESSION_LOCAL_RTCP_PORT],
			     leg->local_rtcp_port);
	if (leg->remote_rtcp_port)
		value_number(&values[KSRTP_A_SESSION_REMOTE_RTCP_PORT],
			     leg->remote_rtcp_port);
	if (leg->sources > KSRTP_STREAMS_DEFAULT)
		value_number(&values[KSRTP_A_SESSION_MAX_STREAMS],
			     leg->sources);
}

static void describe(struct ksrtp_session *session, const struct step *step,
		     bool owned)
{
	const struct leg *leg = step->leg;

	if (step->what == PLAN_ADD)
		describe_birth(session, leg, owned);
	else
		value_number(&session->values[KSRTP_A_SESSION_ID], step->id);
	if (step->send)
		ksrtp_direction_sdes(session, KSRTP_DIRECTION_SEND,
				     leg->send->text, 0);
	if (step->recv)
		ksrtp_direction_sdes(session, KSRTP_DIRECTION_RECV,
				     leg->recv->text, 0);
	if (plan_overlaps(step))
		ksrtp_direction_set(session, KSRTP_DIRECTION_RECV,
				    KSRTP_A_DIRECTION_OVERLAP, PLAN_OVERLAP);
}

static int carry_out(const struct step *step, struct ksrtp *handle, bool owned,
		     uint32_t *id)
{
	struct ksrtp_session *session;
	int ret;

	if (step->what == PLAN_DEL) {
		/* it may be gone, which is as well */
		ksrtp_session_del(handle, step->id);
		return 0;
	}
	session = ksrtp_session_new();
	if (!session)
		return channel_fail(handle, -ENOMEM, "a session");
	describe(session, step, owned);
	ret = step->what == PLAN_ADD ?
		      ksrtp_session_add(handle, session, id) :
		      ksrtp_session_change(handle, session);
	ksrtp_session_free(session);
	return ret;
}

/*
 * Sessions are made first, since that is what the kernel may refuse and we can
 * take back; and deleted last, so that nothing is open in between.
 */
int plan_carry_out(const struct plan *plan, struct ksrtp *handle,
		   struct complaint *c)
{
	uint32_t made[SDP_MEDIA_MAX];
	unsigned int what, i, n = 0;
	int ret;

	for (what = PLAN_ADD; what <= PLAN_DEL; what++) {
		for (i = 0; i < plan->n; i++) {
			if (plan->step[i].what != what)
				continue;
			sdp_at(&plan->call->local, plan->step[i].leg->line, c);
			ret = carry_out(&plan->step[i], handle, plan->owned,
					&made[n]);
			if (ret) {
				complain(c, -ret, "%s", handle->error);
				while (n)
					ksrtp_session_del(handle, made[--n]);
				return ret;
			}
			if (what == PLAN_ADD)
				n++;
		}
	}
	c->file = NULL;
	return 0;
}
