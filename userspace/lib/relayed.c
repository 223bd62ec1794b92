// SPDX-License-Identifier: GPL-2.0
/* Relays in the description of a session. */
#include <errno.h>

#include "description.h"
#include "libksrtp.h"

/* The relay that was added last. */
static struct relay *last(struct ksrtp_session *session, struct complaint *c)
{
	struct relays *relays = &session->relays;

	if (relays->n)
		return &relays->relay[relays->n - 1];
	wrong(c, "none was added");
	return NULL;
}

int ksrtp_session_relay(struct ksrtp_session *session,
			const struct sockaddr *local, socklen_t local_len,
			const struct sockaddr *remote, socklen_t remote_len)
{
	struct complaint complaint = { .place = "relay" };
	struct relay *relay;
	int ret = 0;

	if (!session)
		return -ENOMEM;
	relay = relays_add(&session->relays, &complaint);
	if (!relay)
		return description_end(session, -E2BIG, &complaint);
	if (local)
		ret = relay_end_set(&relay->local, local, local_len,
				    &complaint);
	if (!ret && remote)
		ret = relay_end_set(&relay->remote, remote, remote_len,
				    &complaint);
	return description_end(session, ret, &complaint);
}

int ksrtp_session_relay_rtcp(struct ksrtp_session *session,
			     unsigned int local_port, unsigned int remote_port)
{
	struct complaint complaint = { .place = "relay" };
	struct relay *relay;
	int ret = 0;

	if (!session)
		return -ENOMEM;
	relay = last(session, &complaint);
	if (!relay) {
		ret = -EINVAL;
	} else if (local_port > UINT16_MAX || remote_port > UINT16_MAX) {
		ret = complain(&complaint, ERANGE, "port: too large");
	} else {
		relay->mux = !local_port && !remote_port;
		relay->local.rtcp_port = local_port;
		relay->remote.rtcp_port = remote_port;
	}
	return description_end(session, ret, &complaint);
}

int ksrtp_session_relay_type(struct ksrtp_session *session, unsigned int type)
{
	struct complaint complaint = { .place = "relay" };
	struct relay *relay;

	if (!session)
		return -ENOMEM;
	relay = last(session, &complaint);
	return description_end(session, relay ?
			       relay_add_type(relay, type, &complaint) :
			       -EINVAL, &complaint);
}

int ksrtp_session_relay_ssrc(struct ksrtp_session *session, uint32_t ssrc)
{
	struct complaint complaint = { .place = "relay" };
	struct relay *relay;

	if (!session)
		return -ENOMEM;
	relay = last(session, &complaint);
	return description_end(session, relay ?
			       relay_add_ssrc(relay, ssrc, &complaint) :
			       -EINVAL, &complaint);
}

/* The session is to relay nothing, or what is added after this. */
int ksrtp_session_no_relay(struct ksrtp_session *session)
{
	if (!session)
		return -ENOMEM;
	session->relays.given = true;
	session->relays.n = 0;
	return 0;
}
