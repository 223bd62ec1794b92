// SPDX-License-Identifier: GPL-2.0
/* Relays of a session in requests and messages. */

#include <linux/in.h>
#include <net/ipv6.h>

#include "netlink/netlink.h"
#include "relay.h"

/* An end of a relay: where its attributes are, and what they say. */
struct ksrtp_relay_end {
	const struct nlattr *address;
	const struct nlattr *port;
	const struct nlattr *rtcp_port;
	struct in6_addr *to_address;
	__be16 *to_port;
	__be16 *to_rtcp_port;
};

/* Read one end. Returns 0 or a negative errno. */
static int ksrtp_request_relay_end(const struct ksrtp_relay_end *end, bool mux,
				   u16 *family, struct netlink_ext_ack *extack)
{
	__be16 port;
	int err;

	if (!end->address != !end->port)
		return KSRTP_REFUSE(extack, end->address ?: end->port,
				    "relay: needs address and port of an end, or neither");
	if (end->rtcp_port && (mux || !end->port))
		return KSRTP_REFUSE(extack, end->rtcp_port,
				    "rtcp-port: makes no sense with rtcp-mux, or without address and port");
	if (!end->address)
		return 0;
	err = ksrtp_request_address(end->address, family, end->to_address,
				    extack);
	if (err)
		return err;
	if (*family == AF_INET ?
	    ipv4_is_multicast(end->to_address->s6_addr32[0]) ||
	    ipv4_is_lbcast(end->to_address->s6_addr32[0]) :
	    ipv6_addr_is_multicast(end->to_address))
		return KSRTP_REFUSE(extack, end->address,
				    "address: of a relay, which is not for multicast");
	port = nla_get_be16(end->port);
	*end->to_port = port;
	*end->to_rtcp_port = port;
	if (mux)
		return 0;
	if (!end->rtcp_port && port == htons(65535))
		return KSRTP_REFUSE(extack, end->port,
				    "rtcp-port: has to be given, since there is none above 65535");
	*end->to_rtcp_port = end->rtcp_port ? nla_get_be16(end->rtcp_port) :
					      htons(ntohs(port) + 1);
	if (*end->to_rtcp_port == port)
		return KSRTP_REFUSE(extack, end->rtcp_port,
				    "rtcp-port: same as RTP's; use rtcp-mux");
	return 0;
}

/* Read payload types and SSRCs. Returns 0 or a negative errno. */
static int ksrtp_request_relay_marks(struct nlattr **attrs,
				     struct ksrtp_relays *relays,
				     unsigned int number,
				     struct netlink_ext_ack *extack)
{
	const struct nlattr *types = attrs[KSRTP_A_RELAY_TYPES];
	const struct nlattr *ssrcs = attrs[KSRTP_A_RELAY_SSRCS];
	int i, n = types ? nla_len(types) : 0;
	u8 type;
	u32 ssrc;

	for (i = 0; i < n; i++) {
		type = ((const u8 *)nla_data(types))[i];
		if (type >= KSRTP_RELAY_TYPES)
			return KSRTP_REFUSE(extack, types,
					    "types: 0 to 127");
		if (relays->of_type[type] != KSRTP_RELAY_NONE)
			return KSRTP_REFUSE(extack, types,
					    "types: one of them has a relay already");
		relays->of_type[type] = number;
	}
	n = ssrcs ? nla_len(ssrcs) : 0;
	if (n % sizeof(ssrc))
		return KSRTP_REFUSE(extack, ssrcs, "ssrcs: 4 bytes each");
	for (i = 0; i < n; i += sizeof(ssrc)) {
		memcpy(&ssrc, nla_data(ssrcs) + i, sizeof(ssrc));
		if (ksrtp_relay_tell(relays, number, ssrc))
			return KSRTP_REFUSE(extack, ssrcs,
					    "ssrcs: one of them has a relay already");
	}
	return 0;
}

static int ksrtp_request_relay(const struct nlattr *nest,
			       struct ksrtp_relays *relays, unsigned int number,
			       struct netlink_ext_ack *extack)
{
	struct ksrtp_relay *relay = &relays->relay[number];
	struct nlattr *attrs[KSRTP_A_RELAY_MAX + 1];
	struct ksrtp_relay_end local, remote;
	int err;

	err = nla_parse_nested(attrs, KSRTP_A_RELAY_MAX, nest,
			       ksrtp_relay_nl_policy, extack);
	if (err)
		return err;
	relay->mux = nla_get_flag(attrs[KSRTP_A_RELAY_RTCP_MUX]);
	relay->held = !attrs[KSRTP_A_RELAY_REMOTE_ADDRESS];
	if (!relay->held && !attrs[KSRTP_A_RELAY_LOCAL_ADDRESS])
		return KSRTP_REFUSE(extack, attrs[KSRTP_A_RELAY_REMOTE_ADDRESS],
				    "relay: remote address without a local one");
	local = (struct ksrtp_relay_end){
		attrs[KSRTP_A_RELAY_LOCAL_ADDRESS],
		attrs[KSRTP_A_RELAY_LOCAL_PORT],
		attrs[KSRTP_A_RELAY_LOCAL_RTCP_PORT],
		&relay->local, &relay->local_port, &relay->local_rtcp_port,
	};
	remote = (struct ksrtp_relay_end){
		attrs[KSRTP_A_RELAY_REMOTE_ADDRESS],
		attrs[KSRTP_A_RELAY_REMOTE_PORT],
		attrs[KSRTP_A_RELAY_REMOTE_RTCP_PORT],
		&relay->remote, &relay->remote_port, &relay->remote_rtcp_port,
	};
	return ksrtp_request_relay_end(&local, relay->mux, &relays->family,
				       extack) ?:
	       ksrtp_request_relay_end(&remote, relay->mux, &relays->family,
				       extack) ?:
	       ksrtp_request_relay_marks(attrs, relays, number, extack);
}

/* How many relays are in a nest? */
static unsigned int ksrtp_request_relays_count(const struct nlattr *attr)
{
	const struct nlattr *nest;
	unsigned int n = 0;
	int left;

	nla_for_each_nested(nest, attr, left)
		n++;
	return n;
}

/**
 * ksrtp_request_relays() - read the relays of a session
 * @attr: the attribute, or NULL
 * @config: its members @has_relays and @relays are filled in; to be given to
 *	ksrtp_request_done(), also after an error
 * @extack: where to explain a refusal
 *
 * Context: process, sleeps.
 * Return: 0 or a negative errno.
 */
int ksrtp_request_relays(const struct nlattr *attr,
			 struct ksrtp_session_config *config,
			 struct netlink_ext_ack *extack)
{
	unsigned int i = 0, n = attr ? ksrtp_request_relays_count(attr) : 0;
	const struct nlattr *nest;
	int err, left;

	config->has_relays = attr;
	if (!n)
		return 0;
	if (n > KSRTP_RELAYS_MAX) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "relays: more than a session may have");
		return -E2BIG;
	}
	config->relays = ksrtp_relay_alloc(n);
	if (!config->relays)
		return -ENOMEM;
	nla_for_each_nested(nest, attr, left) {
		err = ksrtp_request_relay(nest, config->relays, i++, extack);
		if (err)
			return err;
	}
	return 0;
}

/* Add payload types and SSRCs of a relay. */
static int ksrtp_put_relay_marks(struct sk_buff *msg,
				 const struct ksrtp_relays *relays,
				 unsigned int number)
{
	u8 types[KSRTP_RELAY_TYPES];
	u32 ssrcs[KSRTP_RELAY_SSRCS_MAX];
	unsigned int i, n = 0, nssrcs = 0;

	for (i = 0; i < KSRTP_RELAY_TYPES; i++)
		if (relays->of_type[i] == number)
			types[n++] = i;
	for (i = 0; i < relays->ntold; i++)
		if (relays->told[i].relay == number)
			ssrcs[nssrcs++] = relays->told[i].ssrc;
	if (n && nla_put(msg, KSRTP_A_RELAY_TYPES, n, types))
		return -EMSGSIZE;
	return nssrcs ? nla_put(msg, KSRTP_A_RELAY_SSRCS,
				nssrcs * sizeof(*ssrcs), ssrcs) : 0;
}

static int ksrtp_put_relay(struct sk_buff *msg,
			   const struct ksrtp_relays *relays,
			   unsigned int number)
{
	const struct ksrtp_relay *relay = &relays->relay[number];
	struct nlattr *nest = nla_nest_start(msg, KSRTP_A_RELAYS_RELAY);

	if (!nest ||
	    ksrtp_put_address(msg, KSRTP_A_RELAY_LOCAL_ADDRESS, relays->family,
			      &relay->local) ||
	    ksrtp_put_port(msg, KSRTP_A_RELAY_LOCAL_PORT, relay->local_port) ||
	    ksrtp_put_address(msg, KSRTP_A_RELAY_REMOTE_ADDRESS,
			      relays->family, &relay->remote) ||
	    ksrtp_put_port(msg, KSRTP_A_RELAY_REMOTE_PORT, relay->remote_port))
		return -EMSGSIZE;
	if (relay->mux ? nla_put_flag(msg, KSRTP_A_RELAY_RTCP_MUX) :
	    ksrtp_put_port(msg, KSRTP_A_RELAY_LOCAL_RTCP_PORT,
			   relay->local_rtcp_port) ||
	    ksrtp_put_port(msg, KSRTP_A_RELAY_REMOTE_RTCP_PORT,
			   relay->remote_rtcp_port))
		return -EMSGSIZE;
	if (ksrtp_put_relay_marks(msg, relays, number))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

/* The relays of a session, under the namespace's lock; or NULL. */
static const struct ksrtp_relays *
ksrtp_relays_of(const struct ksrtp_session *session)
{
	return rcu_dereference_protected(session->relays,
					 lockdep_is_held(&session->kn->lock));
}

/**
 * ksrtp_put_relays() - add the relays of a session to a message
 * @msg: the message
 * @session: the session
 *
 * Context: any, under the namespace's lock.
 * Return: 0 or -EMSGSIZE.
 */
int ksrtp_put_relays(struct sk_buff *msg, const struct ksrtp_session *session)
{
	const struct ksrtp_relays *relays = ksrtp_relays_of(session);
	struct nlattr *nest;
	unsigned int i;
	int err = 0;

	if (!relays)
		return 0;
	nest = nla_nest_start(msg, KSRTP_A_SESSION_RELAYS);
	if (!nest)
		return -EMSGSIZE;
	for (i = 0; !err && i < relays->n; i++)
		err = ksrtp_put_relay(msg, relays, i);
	nla_nest_end(msg, nest);
	return err;
}

/**
 * ksrtp_relays_size() - room for the relays of a session in a message
 * @session: the session
 *
 * Context: any, under the namespace's lock.
 * Return: bytes.
 */
size_t ksrtp_relays_size(const struct ksrtp_session *session)
{
	const struct ksrtp_relays *relays = ksrtp_relays_of(session);

	return relays ? relays->n * KSRTP_MESSAGE_RELAY_SIZE : 0;
}
