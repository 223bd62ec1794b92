// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "complaint.h"
#include "description.h"
#include "found.h"
#include "libksrtp.h"
#include "plan.h"
#include "rollover.h"

/* Where the packets are, according to the descriptions. */
static struct place place_of(const struct leg *leg)
{
	return (struct place) {
		.local = leg->flow.local, .remote = leg->flow.remote,
		.family = leg->family, .mux = leg->mux,
		.local_rtcp_port = leg->local_rtcp_port,
		.remote_rtcp_port = leg->remote_rtcp_port,
	};
}

/*
 * Where an existing session is from now on. The descriptions of a held session
 * do not tell where it is, so it stays.
 */
static struct place place_from(const struct leg *leg, const struct found *found)
{
	struct place place = place_of(leg);

	if (!place.local.address_len && !place.local.any) {
		place.local.address_len = found->local.address_len;
		memcpy(place.local.address, found->local.address,
		       sizeof(found->local.address));
	}
	if (!place.remote.given && !place.remote.any) {
		place.remote = found->remote;
		place.remote.given = !found_takes_any(found);
		if (!leg->mux)
			place.remote_rtcp_port = found->remote_rtcp_port;
	}
	return place;
}

static struct step *next_step(struct plan *plan, const struct step *step)
{
	plan->step[plan->n] = *step;
	return &plan->step[plan->n++];
}

static void add(struct plan *plan, const struct leg *leg)
{
	next_step(plan, &(struct step) {
		.what = PLAN_ADD, .call = plan->call, .leg = leg, .send = true,
		.recv = true, .new_send = true, .new_recv = true,
		.place = place_of(leg),
	});
}

static struct step *set(struct plan *plan, const struct leg *leg, uint32_t id)
{
	return next_step(plan, &(struct step) {
		.what = PLAN_SET, .call = plan->call, .leg = leg, .id = id,
	});
}

static void move(struct step *step, const struct found *found)
{
	step->moves = true;
	step->place = place_from(step->leg, found);
}

/* Setting given for a step's direction, or NULL. */
static const struct value *said_of(const struct plan *plan,
				   unsigned int direction, unsigned int attr)
{
	const struct value *value;

	if (!plan->settings)
		return NULL;
	value = &plan->settings->directions[direction][attr];
	return value->given ? value : NULL;
}

static void del(struct plan *plan, const struct call *of,
		const struct leg *leg, uint32_t id)
{
	next_step(plan, &(struct step) {
		.what = PLAN_DEL, .call = of, .leg = leg, .id = id,
	});
}

/* Attributes that belong to a key, and are invalid without one. */
static bool goes_with_key(unsigned int attr)
{
	return attr == KSRTP_A_DIRECTION_OVERLAP ||
	       attr == KSRTP_A_DIRECTION_SOFT_LIMIT ||
	       attr == KSRTP_A_DIRECTION_RTP_LIFETIME ||
	       attr == KSRTP_A_DIRECTION_RTCP_LIFETIME ||
	       attr == KSRTP_A_DIRECTION_UNUSED_KEY ||
	       attr == KSRTP_A_DIRECTION_RESTART_COUNTERS;
}

/* Are there settings that apply to existing sessions? */
static bool has_settings(const struct plan *plan)
{
	const struct ksrtp_session *said = plan->settings;
	unsigned int direction, i;

	if (!said)
		return false;
	for (direction = KSRTP_DIRECTION_SEND;
	     direction <= KSRTP_DIRECTION_MAX; direction++)
		for (i = 1; i <= KSRTP_A_DIRECTION_MAX; i++)
			if (said->directions[direction][i].given &&
			    !goes_with_key(i))
				return true;
	return said->values[KSRTP_A_SESSION_MAX_STREAMS].given ||
	       said->values[KSRTP_A_SESSION_STREAM_TIMEOUT].given;
}

/* The interface of the call, if given. */
static uint32_t ifindex_of(const struct plan *plan)
{
	return plan->settings ?
		       plan->settings->values[KSRTP_A_SESSION_IFINDEX].number : 0;
}

/*
 * Sessions are created first, since the kernel may refuse that and we can undo
 * it, and deleted last, so that there is no gap.
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

/* Is our own end unchanged? A held stream may have no address. */
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

static uint16_t remote_rtcp_port(const struct leg *leg)
{
	return leg->remote_rtcp_port ? leg->remote_rtcp_port :
				       leg->flow.remote.port + 1;
}

/*
 * Is the peer's RTCP port unchanged? What was held does not tell, but its session
 * does. One that accepts any peer accepts any RTCP port.
 */
static bool same_remote_rtcp(const struct leg *leg, const struct leg *was,
			     const struct found *found)
{
	if (leg->mux || !leg->flow.remote.given || found_takes_any(found))
		return true;
	return remote_rtcp_port(leg) == (was->flow.remote.given ?
						 remote_rtcp_port(was) :
						 found->remote_rtcp_port);
}

static bool same_rtcp(const struct leg *leg, const struct leg *was,
		      const struct found *found)
{
	return leg->mux == was->mux &&
	       leg->local_rtcp_port == was->local_rtcp_port &&
	       same_remote_rtcp(leg, was, found);
}

/* Are the keys of both directions new to the call? */
static bool both_new(const struct call *old, const struct leg *leg)
{
	return !call_has_keys(old, &leg->send_sdes) &&
	       !call_has_keys(old, &leg->recv_sdes);
}

/* A new section: it needs new keys, or packet indexes would be used twice. */
static int begin(struct plan *plan, const struct call *old,
		 const struct leg *leg, bool gone, struct complaint *c)
{
	if (both_new(old, leg)) {
		add(plan, leg);
		return 0;
	}
	sdp_at(&plan->call->local, leg->line, c);
	if (gone)
		return wrong(c, "its session is gone, and a key is not new; its packet indexes would be used twice; use another offer and answer with new keys");
	return wrong(c, "a session is new, but a key is not; its packet indexes would be used twice; use another offer and answer with new keys");
}

/*
 * Do counters restart at the new send key? If the first key is an old one, the
 * kernel lets them continue even when asked.
 */
static bool restarts(const struct plan *plan, const struct leg *leg,
		     const struct leg *was, const struct found *found,
		     bool moves)
{
	const struct value *said = said_of(plan, KSRTP_DIRECTION_SEND,
					   KSRTP_A_DIRECTION_COUNTERS);

	if (said ? said->number != KSRTP_COUNTERS_RESTART :
		   !moves && !found->restarts)
		return false;
	return !sdes_share(&leg->send_sdes, &was->send_sdes) ||
	       !sdes_keys_begins_new(&leg->send_sdes.media,
				     &was->send_sdes.media);
}

/*
 * The existing session continues, where it was or where its RTP or RTCP @moves
 * to. It may not get a key of another session.
 *
 * RFC 4568, section 7.1.4: a stream keeps its rollover counter as long as its
 * addresses stay, with the old key or a new one. Where they change, it restarts
 * with a new key; but under an old key packet indexes would be used twice. On
 * receive the kernel accepts either.
 */
static int go_on(struct plan *plan, const struct call *old,
		 const struct leg *leg, const struct leg *was,
		 const struct found *found, const bool moves[2],
		 struct complaint *c)
{
	bool send = !sdes_same(&leg->send_sdes, &was->send_sdes);
	bool recv = !sdes_same(&leg->recv_sdes, &was->recv_sdes);
	struct step *step;

	if ((send && !sdes_share(&leg->send_sdes, &was->send_sdes) &&
	     call_has_keys(old, &leg->send_sdes)) ||
	    (recv && !sdes_share(&leg->recv_sdes, &was->recv_sdes) &&
	     call_has_keys(old, &leg->recv_sdes))) {
		sdp_at(&plan->call->local, leg->line, c);
		return wrong(c, "a key was another session's; its packet indexes would be used twice; use another offer and answer with a new key");
	}
	if (!send && !recv && !moves[0] && !moves[1] && !has_settings(plan))
		return 0;
	step = set(plan, leg, found->id);
	step->was = was;
	step->send = send;
	step->recv = recv;
	step->new_send = send && sdes_keys_has_new(&leg->send_sdes.media,
						   &was->send_sdes.media);
	step->new_recv = recv && sdes_keys_has_new(&leg->recv_sdes.media,
						   &was->recv_sdes.media);
	step->restarts = send && restarts(plan, leg, was, found, moves[0]);
	if (moves[0] || moves[1])
		move(step, found);
	return 0;
}

static int change(struct plan *plan, struct ksrtp *handle,
		  const struct call *old, const struct leg *leg,
		  const struct leg *was, struct complaint *c)
{
	struct found found;
	bool moves[2];
	int ret;

	ret = found_read(&found, handle, old, was, &leg->flow.remote,
			 ifindex_of(plan), c);
	if (ret)
		return ret;
	if (!found.there)
		return begin(plan, old, leg, true, c);
	/* while our end was held, it may have moved: the session tells where from */
	moves[0] = !same_end(&leg->flow.local, &was->flow.local) ||
		   !found_is_at(&found, &leg->flow.local) ||
		   !found_has_peer(&found, &leg->flow.remote);
	moves[1] = found.parked || !same_rtcp(leg, was, &found);
	return go_on(plan, old, leg, was, &found, moves, c);
}

static int end(struct plan *plan, struct ksrtp *handle, const struct call *of,
	       const struct leg *was, struct complaint *c)
{
	struct found found;
	int ret = found_read(&found, handle, of, was, NULL, ifindex_of(plan),
			     c);

	if (!ret && found.there)
		del(plan, of, was, found.id);
	return ret;
}

/*
 * A parked session moves to where the section is now, so that it is found by the
 * current descriptions.
 */
static void wait_at(struct plan *plan, const struct leg *leg,
		    const struct leg *was, const struct found *found)
{
	struct step *step;

	if (found->parked && !memcmp(&leg->flow, &was->flow, sizeof(leg->flow)))
		return;
	step = set(plan, leg, found->id);
	step->parks = true;
	if (!memcmp(&leg->flow, &was->flow, sizeof(leg->flow)))
		return;
	move(step, found);
	/* it needs no ports for RTCP */
	step->place.mux = true;
	step->place.local_rtcp_port = 0;
	step->place.remote_rtcp_port = 0;
}

/* A section is something else for now, but may become RTP again. */
static int park(struct plan *plan, struct ksrtp *handle, const struct call *of,
		const struct leg *leg, const struct leg *was,
		struct complaint *c)
{
	struct found found;
	int ret = found_read(&found, handle, of, was, NULL, ifindex_of(plan),
			     c);

	if (!ret && found.there)
		wait_at(plan, leg, was, &found);
	return ret;
}

/* It is still something else, perhaps at another place. */
static int stay_parked(struct plan *plan, struct ksrtp *handle,
		       const struct call *of, const struct leg *leg,
		       const struct leg *was, struct complaint *c)
{
	struct found found;
	int ret = found_read_parked(&found, handle, of, was, ifindex_of(plan),
				    c);

	if (!ret && found.there)
		wait_at(plan, leg, was, &found);
	return ret;
}

/*
 * It is what it was again: its session goes on, whichever keys it has now. With a
 * new one what is sent is another stream.
 */
static int take_up(struct plan *plan, struct ksrtp *handle,
		   const struct call *old, const struct leg *leg,
		   const struct leg *was, struct complaint *c)
{
	const struct value *said = said_of(plan, KSRTP_DIRECTION_SEND,
					   KSRTP_A_DIRECTION_COUNTERS);
	struct found found;
	struct step *step;
	int ret = found_read_parked(&found, handle, old, was,
				    ifindex_of(plan), c);

	if (ret)
		return ret;
	if (!found.there)
		return begin(plan, old, leg, false, c);
	step = set(plan, leg, found.id);
	step->send = true;
	step->recv = true;
	step->new_send = true;
	step->new_recv = true;
	step->restarts = !said || said->number == KSRTP_COUNTERS_RESTART;
	move(step, &found);
	return 0;
}

/* It will not be RTP again: delete the parked session. */
static int end_parked(struct plan *plan, struct ksrtp *handle,
		      const struct call *of, const struct leg *was,
		      struct complaint *c)
{
	struct found found;
	int ret = found_read_parked(&found, handle, of, was, ifindex_of(plan),
				    c);

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

/* Pairs of new and old sections with the same session. */
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
 * Pair a section with the one in the same position, if addresses and ports are
 * the same; else with one that has the same, for example when the first section
 * of a bundle ends; else the one in the same position has moved.
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
		return wrong(c, "%s has %u media sections, and %s has %u; a section that ends stays, with port 0",
			     call->local.file, call->n, old->local.file,
			     old->n);
	find_pairs(&pairs, call, old);
	for (i = 0; !ret && i < call->n; i++) {
		const struct leg *leg = &call->leg[i], *was = pairs.was[i];

		if (leg->active && was)
			ret = change(plan, handle, old, leg, was, c);
		else if (leg->active && i < old->n && old->leg[i].other)
			ret = take_up(plan, handle, old, leg, &old->leg[i], c);
		else if (leg->active)
			ret = begin(plan, old, leg, false, c);
	}
	for (i = 0; !ret && i < old->n; i++) {
		const struct leg *leg = &call->leg[i], *was = &old->leg[i];

		if (was->active && !pairs.taken[i] && leg->other)
			ret = park(plan, handle, old, leg, was, c);
		else if (was->active && !pairs.taken[i])
			ret = end(plan, handle, old, was, c);
		else if (was->other && leg->other)
			ret = stay_parked(plan, handle, old, leg, was, c);
		else if (was->other && !leg->active)
			ret = end_parked(plan, handle, old, was, c);
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
		else if (call->leg[i].other)
			ret = end_parked(plan, handle, call, &call->leg[i], c);
	return ret;
}

/* The sessions of a call, by media section; 0 where there is none. */
int plan_ids(const struct plan *plan, struct ksrtp *handle,
	     const struct call *call, uint32_t *ids, struct complaint *c)
{
	struct found found;
	unsigned int i;
	int ret = 0;

	for (i = 0; !ret && i < call->n; i++) {
		ids[i] = 0;
		if (!call->leg[i].active)
			continue;
		ret = found_read(&found, handle, call, &call->leg[i], NULL,
				 ifindex_of(plan), c);
		if (ret)
			break;
		if (!found.there) {
			sdp_at(&call->local, call->leg[i].line, c);
			return complain(c, ENOENT,
					"no session has this local address and port, and this peer; create it by sdp add");
		}
		ids[i] = found.id;
	}
	return ret;
}

/* How long is the old key valid beside the new one? 0: not at all. */
uint64_t plan_overlap(const struct plan *plan, const struct step *step)
{
	const struct value *said = said_of(plan, KSRTP_DIRECTION_RECV,
					   KSRTP_A_DIRECTION_OVERLAP);

	if (step->what != PLAN_SET || !step->recv)
		return 0;
	return said ? said->number : PLAN_OVERLAP;
}

static bool takes_used(const struct plan *plan, unsigned int direction)
{
	const struct value *said = said_of(plan, direction,
					   KSRTP_A_DIRECTION_UNUSED_KEY);

	return said && !said->number;
}

/*
 * Is a new receive key refused if another session has received with it? That
 * one's replay lists are unknown here; settings can allow it.
 */
bool plan_unheard(const struct plan *plan, const struct step *step)
{
	return step->new_recv && !takes_used(plan, KSRTP_DIRECTION_RECV);
}

/* Is a new send key refused if another session has sent with it? */
bool plan_unsent(const struct plan *plan, const struct step *step)
{
	return step->new_send && !takes_used(plan, KSRTP_DIRECTION_SEND);
}

/* How long is a session that moves also found at its old place? */
uint64_t plan_linger(const struct plan *plan, const struct step *step)
{
	const struct value *said = plan->settings ?
		&plan->settings->values[KSRTP_A_SESSION_LINGER] : NULL;

	if (!step->moves || step->parks)
		return 0;
	return said && said->given ? said->number : PLAN_OVERLAP;
}

/* Attributes of a place, in a session and in a move. */
static const struct place_values {
	unsigned int ifindex, family, local_address, local_port, remote_address,
		     remote_port, mux, local_rtcp_port, remote_rtcp_port;
} of_session = {
	KSRTP_A_SESSION_IFINDEX, KSRTP_A_SESSION_FAMILY,
	KSRTP_A_SESSION_LOCAL_ADDRESS, KSRTP_A_SESSION_LOCAL_PORT,
	KSRTP_A_SESSION_REMOTE_ADDRESS, KSRTP_A_SESSION_REMOTE_PORT,
	KSRTP_A_SESSION_RTCP_MUX, KSRTP_A_SESSION_LOCAL_RTCP_PORT,
	KSRTP_A_SESSION_REMOTE_RTCP_PORT,
}, of_move = {
	KSRTP_A_FLOW_IFINDEX, KSRTP_A_FLOW_FAMILY,
	KSRTP_A_FLOW_LOCAL_ADDRESS, KSRTP_A_FLOW_LOCAL_PORT,
	KSRTP_A_FLOW_REMOTE_ADDRESS, KSRTP_A_FLOW_REMOTE_PORT,
	KSRTP_A_FLOW_RTCP_MUX, KSRTP_A_FLOW_LOCAL_RTCP_PORT,
	KSRTP_A_FLOW_REMOTE_RTCP_PORT,
};

static void describe_end(const struct end *end, struct value *address,
			 struct value *port)
{
	if (end->address_len)
		value_bytes(address, end->address, end->address_len);
	if (end->port)
		value_number(port, end->port);
}

static void describe_place(const struct place *place, uint32_t ifindex,
			   struct value *values, const struct place_values *of)
{
	describe_end(&place->local, &values[of->local_address],
		     &values[of->local_port]);
	describe_end(&place->remote, &values[of->remote_address],
		     &values[of->remote_port]);
	if (!place->local.address_len && !place->remote.address_len)
		value_number(&values[of->family], place->family);
	if (ifindex)
		value_number(&values[of->ifindex], ifindex);
	if (place->mux)
		value_number(&values[of->mux], 1);
	if (place->local_rtcp_port)
		value_number(&values[of->local_rtcp_port],
			     place->local_rtcp_port);
	if (place->remote_rtcp_port)
		value_number(&values[of->remote_rtcp_port],
			     place->remote_rtcp_port);
}

/* Apply the settings given in addition to SDP to this step. */
static void describe_settings(struct ksrtp_session *session,
			      const struct plan *plan, const struct step *step)
{
	static const unsigned int attrs[] = {
		KSRTP_A_SESSION_MAX_STREAMS, KSRTP_A_SESSION_STREAM_TIMEOUT,
	};
	const struct ksrtp_session *said = plan->settings;
	bool keys[] = {
		[KSRTP_DIRECTION_SEND] = step->send,
		[KSRTP_DIRECTION_RECV] = step->recv,
	};
	unsigned int direction, i;

	if (!said)
		return;
	for (i = 0; i < sizeof(attrs) / sizeof(*attrs); i++)
		if (said->values[attrs[i]].given)
			session->values[attrs[i]] = said->values[attrs[i]];
	for (direction = KSRTP_DIRECTION_SEND;
	     direction <= KSRTP_DIRECTION_MAX; direction++)
		for (i = 1; i <= KSRTP_A_DIRECTION_MAX; i++)
			if (said->directions[direction][i].given &&
			    i != KSRTP_A_DIRECTION_UNUSED_KEY &&
			    (keys[direction] || !goes_with_key(i)))
				session->directions[direction][i] =
					said->directions[direction][i];
}

static void describe_keys(struct ksrtp_session *session,
			  const struct step *step, unsigned int direction,
			  const struct sdes *sdes, bool unused, bool restarts)
{
	struct value *values = session->directions[direction];
	uint32_t ssrc, roc;
	unsigned int i;

	description_keyed(session, direction, sdes);
	if (unused)
		value_number(&values[KSRTP_A_DIRECTION_UNUSED_KEY], 1);
	/* not with keys that have intervals, which are added later */
	if (restarts && values[KSRTP_A_DIRECTION_MASTER_KEY].given)
		value_number(&values[KSRTP_A_DIRECTION_RESTART_COUNTERS], 1);
	if (values[KSRTP_A_DIRECTION_INITIAL_ROC].given)
		return;
	for (i = 0; rollover_of(step, direction, i, &ssrc, &roc); i++)
		if (!ssrc && roc)
			value_number(&values[KSRTP_A_DIRECTION_INITIAL_ROC],
				     roc);
}

static void describe(struct ksrtp_session *session, const struct plan *plan,
		     const struct step *step)
{
	const struct leg *leg = step->leg;
	struct value *values = session->values;

	if (step->what == PLAN_SET)
		value_number(&values[KSRTP_A_SESSION_ID], step->id);
	if (step->moves)
		describe_place(&step->place, ifindex_of(plan), session->move,
			       &of_move);
	if (step->parks) {
		value_number(&values[KSRTP_A_SESSION_PARKED], 1);
		return;
	}
	if (step->what == PLAN_ADD) {
		describe_place(&step->place, ifindex_of(plan), values,
			       &of_session);
		if (plan->owned)
			value_number(&values[KSRTP_A_SESSION_OWNED], 1);
		if (leg->sources > KSRTP_STREAMS_DEFAULT)
			value_number(&values[KSRTP_A_SESSION_MAX_STREAMS],
				     leg->sources);
	}
	if (step->moves)
		value_number(&values[KSRTP_A_SESSION_LINGER],
			     plan_linger(plan, step));
	session->replaces = step->what == PLAN_SET;
	describe_settings(session, plan, step);
	if (step->send)
		describe_keys(session, step, KSRTP_DIRECTION_SEND,
			      &leg->send_sdes, plan_unsent(plan, step),
			      step->restarts);
	if (step->recv)
		describe_keys(session, step, KSRTP_DIRECTION_RECV,
			      &leg->recv_sdes, plan_unheard(plan, step),
			      false);
	if (plan_overlap(plan, step))
		ksrtp_direction_set(session, KSRTP_DIRECTION_RECV,
				    KSRTP_A_DIRECTION_OVERLAP,
				    plan_overlap(plan, step));
}

/* Delete a session, but keep the error. */
static void take_back(struct ksrtp *handle, uint32_t id)
{
	char error[sizeof(handle->error)];

	memcpy(error, handle->error, sizeof(error));
	ksrtp_session_del(handle, id);
	memcpy(handle->error, error, sizeof(error));
}

static int carry_out(const struct plan *plan, const struct step *step,
		     struct ksrtp *handle, uint32_t *id)
{
	struct ksrtp_session *session;
	uint32_t made;
	int ret;

	if (step->what == PLAN_DEL) {
		ret = ksrtp_session_del(handle, step->id);
		/* it may have been deleted already */
		return ret == -ENOENT ? 0 : ret;
	}
	session = ksrtp_session_new();
	if (!session)
		return channel_fail(handle, -ENOMEM, "a session");
	describe(session, plan, step);
	ret = step->what == PLAN_ADD ?
		      ksrtp_session_add(handle, session, id) :
		      ksrtp_session_change(handle, session);
	ksrtp_session_free(session);
	if (ret)
		return ret;
	made = step->what == PLAN_ADD ? *id : step->id;
	ret = rollovers_set(step, handle, KSRTP_DIRECTION_SEND, made);
	if (!ret)
		ret = rollovers_set(step, handle, KSRTP_DIRECTION_RECV, made);
	/* without its counters the session cannot work */
	if (ret && step->what == PLAN_ADD)
		take_back(handle, made);
	return ret;
}

/* Advice for when this side has offered a key that was already used. */
static const char *remedy(const struct ksrtp *handle)
{
	if (strstr(handle->error, "unused-key: the key has received"))
		return "; the peer has to choose a new one, or recv used-key takes it";
	if (strstr(handle->error, "unused-key:"))
		return "; offer a new one, or use set for another answer to the same offer";
	if (strstr(handle->error, "counters:") ||
	    strstr(handle->error, "counters went back"))
		return "; offer a new one";
	return "";
}

/* If a session cannot be deleted, the others still are, and new ones stay. */
int plan_carry_out(const struct plan *plan, struct ksrtp *handle,
		   struct complaint *c)
{
	uint32_t made[SDP_MEDIA_MAX];
	const struct step *step;
	int ret, failed = 0;
	unsigned int n = 0;

	c->file = NULL;
	for (step = plan_next(plan, NULL); step; step = plan_next(plan, step)) {
		ret = carry_out(plan, step, handle, &made[n]);
		if (!ret) {
			n += step->what == PLAN_ADD;
			continue;
		}
		if (!failed) {
			sdp_at(&step->call->local, step->leg->line, c);
			c->refused = true;
			failed = complain(c, -ret, "%s%s", handle->error,
					  remedy(handle));
		}
		if (step->what == PLAN_DEL)
			continue;
		while (n)
			ksrtp_session_del(handle, made[--n]);
		break;
	}
	return failed;
}
