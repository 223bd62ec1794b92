// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "complaint.h"
#include "description.h"
#include "found.h"
#include "libksrtp.h"
#include "plan.h"

static void add(struct plan *plan, const struct leg *leg)
{
	plan->step[plan->n++] = (struct step) {
		.what = PLAN_ADD, .call = plan->call, .leg = leg, .send = true,
		.recv = true,
	};
}

static void set(struct plan *plan, const struct leg *leg, uint32_t id,
		bool send, bool recv)
{
	plan->step[plan->n++] = (struct step) {
		.what = PLAN_SET, .call = plan->call, .leg = leg, .id = id,
		.send = send, .recv = recv,
	};
}

static void del(struct plan *plan, const struct call *of,
		const struct leg *leg, uint32_t id)
{
	plan->step[plan->n++] = (struct step) {
		.what = PLAN_DEL, .call = of, .leg = leg, .id = id,
	};
}

/*
 * Sessions are made first, since that is what the kernel may refuse and we can
 * take back; and deleted last, so that nothing is open in between.
 */
const struct step *plan_next(const struct plan *plan, const struct step *before)
{
	unsigned int what = before ? before->what : PLAN_ADD;
	const struct step *step = before ? before + 1 : plan->step;

	for (; what <= PLAN_DEL; what++, step = plan->step)
		for (; step < &plan->step[plan->n]; step++)
			if (step->what == what)
				return step;
	return NULL;
}

/* Is our own end where it was? That of a held stream may be without address. */
static bool same_end(const struct end *end, const struct end *was)
{
	return end->port == was->port &&
	       (!end->address_len || !was->address_len ||
		!memcmp(end, was, sizeof(*end)));
}

static bool same_flow(const struct leg *leg, const struct leg *was)
{
	const struct end *remote = &leg->flow.remote;

	return same_end(&leg->flow.local, &was->flow.local) &&
	       (!remote->given || !was->flow.remote.given ||
		!memcmp(remote, &was->flow.remote, sizeof(*remote)));
}

/*
 * RTCP's ports are part of what a session is found by, and cannot be changed;
 * one that takes any peer takes any of its ports.
 */
static bool same_rtcp(const struct leg *leg, const struct leg *was,
		      const struct found *found)
{
	return leg->mux == was->mux &&
	       leg->local_rtcp_port == was->local_rtcp_port &&
	       (!leg->flow.remote.given || !was->flow.remote.given ||
		found_takes_any(found) ||
		leg->remote_rtcp_port == was->remote_rtcp_port);
}

/*
 * RFC 4568, section 7.1.4: a stream keeps its rollover counter as long as its
 * addresses stay, with the old key or a new one. Where they change it begins
 * anew, and so does a section that comes: a key that was used would see its
 * packet indexes twice.
 */
static int begin(struct plan *plan, const struct call *old,
		 const struct leg *leg, bool gone, struct complaint *c)
{
	if (!call_has_keys(old, &leg->send_sdes) &&
	    !call_has_keys(old, &leg->recv_sdes)) {
		add(plan, leg);
		return 0;
	}
	sdp_at(&plan->call->local, leg->line, c);
	if (gone)
		return wrong(c, "its session is gone and a key is not new, whose packet indexes would be used twice; another offer and answer, with new keys, make it again");
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
	struct found found;
	bool stays;
	int ret;

	ret = found_read(&found, handle, old, was, &leg->flow.remote, c);
	if (ret)
		return ret;
	stays = found.there && same_end(&leg->flow.local, &was->flow.local) &&
		found_has_peer(&found, &leg->flow.remote);
	if (stays && same_rtcp(leg, was, &found))
		return go_on(plan, old, leg, was, found.id, c);
	ret = begin(plan, old, leg, !found.there, c);
	if (ret || !found.there)
		return ret;
	if (stays) {
		sdp_at(&plan->call->local, leg->line, c);
		return wrong(c, "RTCP's ports are new and RTP's are not, which no session can change; delete the call and add it, with new keys");
	}
	del(plan, old, was, found.id);
	return 0;
}

static int end(struct plan *plan, struct ksrtp *handle, const struct call *of,
	       const struct leg *was, struct complaint *c)
{
	struct found found;
	int ret = found_read(&found, handle, of, was, NULL, c);

	if (!ret && found.there)
		del(plan, of, was, found.id);
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

/* Which section had the session of another one before? */
struct pairs {
	const struct leg *was[SDP_MEDIA_MAX];	/* by new sections; or NULL */
	bool taken[SDP_MEDIA_MAX];		/* by old ones */
};

static void pair(struct pairs *pairs, const struct call *call,
		 const struct call *old, unsigned int i, unsigned int j,
		 bool moved)
{
	const struct leg *leg = &call->leg[i], *was = &old->leg[j];

	if (pairs->was[i] || pairs->taken[j] || !leg->active || !was->active ||
	    (!moved && !same_flow(leg, was)))
		return;
	pairs->was[i] = was;
	pairs->taken[j] = true;
}

/*
 * The section in the same place, if addresses and ports are the same; else one
 * that has them, as where a bundle's first section ends; else the one in the
 * same place has moved.
 */
static void find_pairs(struct pairs *pairs, const struct call *call,
		       const struct call *old)
{
	unsigned int i, j;

	for (i = 0; i < old->n; i++)
		pair(pairs, call, old, i, i, false);
	for (i = 0; i < call->n; i++)
		for (j = 0; j < old->n; j++)
			pair(pairs, call, old, i, j, false);
	for (i = 0; i < old->n; i++)
		pair(pairs, call, old, i, i, true);
}

int plan_change_call(struct plan *plan, struct ksrtp *handle,
		     const struct call *call, const struct call *old,
		     struct complaint *c)
{
	struct pairs pairs = { 0 };
	unsigned int i;
	int ret = 0;

	plan->call = call;
	if (call->n < old->n)
		return wrong(c, "%s has %u media sections, and %s has %u; a section stays, with port 0",
			     call->local.file, call->n, old->local.file,
			     old->n);
	find_pairs(&pairs, call, old);
	for (i = 0; !ret && i < call->n; i++) {
		const struct leg *leg = &call->leg[i], *was = pairs.was[i];

		if (leg->active && was)
			ret = change(plan, handle, old, leg, was, c);
		else if (leg->active)
			ret = begin(plan, old, leg, false, c);
	}
	for (i = 0; !ret && i < old->n; i++)
		if (old->leg[i].active && !pairs.taken[i])
			ret = end(plan, handle, old, &old->leg[i], c);
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
		ret = found_read(&found, handle, call, &call->leg[i], NULL, c);
		if (ret)
			break;
		if (!found.there) {
			sdp_at(&call->local, call->leg[i].line, c);
			return complain(c, ENOENT,
					"no session has this local address and port, and this peer");
		}
		ids[i] = found.id;
	}
	return ret;
}

/* Is the old key to be good for a while beside the new one? */
bool plan_overlaps(const struct step *step)
{
	return step->what == PLAN_SET && step->recv;
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
	if (!leg->flow.local.address_len && !leg->flow.remote.address_len)
		value_number(&values[KSRTP_A_SESSION_FAMILY], leg->family);
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
	session->replaces = step->what == PLAN_SET;
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
		ret = ksrtp_session_del(handle, step->id);
		/* it may be gone by now, which is as well */
		return ret == -ENOENT ? 0 : ret;
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

/* If a session cannot be deleted the others are, and all that is new stays. */
int plan_carry_out(const struct plan *plan, struct ksrtp *handle,
		   struct complaint *c)
{
	uint32_t made[SDP_MEDIA_MAX];
	const struct step *step;
	int ret, failed = 0;
	unsigned int n = 0;

	c->file = NULL;
	for (step = plan_next(plan, NULL); step; step = plan_next(plan, step)) {
		ret = carry_out(step, handle, plan->owned, &made[n]);
		if (!ret) {
			n += step->what == PLAN_ADD;
			continue;
		}
		if (!failed) {
			sdp_at(&step->call->local, step->leg->line, c);
			c->refused = true;
			failed = complain(c, -ret, "%s", handle->error);
		}
		if (step->what == PLAN_DEL)
			continue;
		while (n)
			ksrtp_session_del(handle, made[--n]);
		break;
	}
	return failed;
}
