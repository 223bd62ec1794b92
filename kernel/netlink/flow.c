// SPDX-License-Identifier: GPL-2.0
/* Flows in requests and messages. */

#include <net/ipv6.h>

#include "netlink/netlink.h"

/**
 * ksrtp_request_family() - read an address family
 * @attr: the attribute, or NULL
 * @family: filled in, if there is an attribute
 * @extack: where to explain a refusal
 *
 * Context: any.
 * Return: 0 or -EINVAL.
 */
int ksrtp_request_family(const struct nlattr *attr, u16 *family,
			 struct netlink_ext_ack *extack)
{
	if (!attr)
		return 0;
	*family = nla_get_u16(attr);
	if (*family != AF_INET && *family != AF_INET6)
		return KSRTP_REFUSE(extack, attr,
				    "family: neither AF_INET nor AF_INET6");
	return 0;
}

/**
 * ksrtp_request_address() - read an address
 * @attr: the attribute, or NULL
 * @family: AF_INET, AF_INET6, or 0 for either; filled in
 * @address: filled in, if there is an attribute
 * @extack: where to explain a refusal
 *
 * Context: any.
 * Return: 0 or -EINVAL.
 */
int ksrtp_request_address(const struct nlattr *attr, u16 *family,
			  struct in6_addr *address,
			  struct netlink_ext_ack *extack)
{
	u16 implied;

	if (!attr)
		return 0;
	switch (nla_len(attr)) {
	case 4:
		implied = AF_INET;
		break;
	case 16:
		implied = AF_INET6;
		break;
	default:
		return KSRTP_REFUSE(extack, attr,
				    "address: must be 4 bytes or 16");
	}
	if (*family && *family != implied)
		return KSRTP_REFUSE(extack, attr,
				    "address: not of the family of the rest of the flow");
	*family = implied;
	nla_memcpy(address, attr, sizeof(*address));
	if (ipv6_addr_any(address))
		return KSRTP_REFUSE(extack, attr,
				    "address: zero; leave the attribute out for a wildcard");
	return 0;
}

/**
 * ksrtp_request_flow() - read a flow from a request
 * @attrs: session attributes of the request
 * @flow: filled in; members without an attribute are zero, a wildcard
 * @extack: where to explain a refusal
 *
 * Context: any.
 * Return: 0 or -EINVAL.
 */
int ksrtp_request_flow(struct nlattr **attrs, struct ksrtp_flow *flow,
		       struct netlink_ext_ack *extack)
{
	int err;

	memset(flow, 0, sizeof(*flow));
	err = ksrtp_request_family(attrs[KSRTP_A_SESSION_FAMILY], &flow->family,
				   extack);
	if (err)
		return err;
	err = ksrtp_request_address(attrs[KSRTP_A_SESSION_LOCAL_ADDRESS],
				    &flow->family, &flow->local, extack);
	if (err)
		return err;
	err = ksrtp_request_address(attrs[KSRTP_A_SESSION_REMOTE_ADDRESS],
				    &flow->family, &flow->remote, extack);
	if (err)
		return err;
	if (attrs[KSRTP_A_SESSION_LOCAL_PORT])
		flow->local_port =
			nla_get_be16(attrs[KSRTP_A_SESSION_LOCAL_PORT]);
	if (attrs[KSRTP_A_SESSION_REMOTE_PORT])
		flow->remote_port =
			nla_get_be16(attrs[KSRTP_A_SESSION_REMOTE_PORT]);
	if (attrs[KSRTP_A_SESSION_IFINDEX])
		flow->ifindex = nla_get_u32(attrs[KSRTP_A_SESSION_IFINDEX]);
	if (attrs[KSRTP_A_SESSION_SSRC]) {
		flow->has_ssrc = 1;
		flow->ssrc = nla_get_u32(attrs[KSRTP_A_SESSION_SSRC]);
	}
	return 0;
}

/**
 * ksrtp_put_address() - add an address to a message, unless it is zero
 * @msg: the message
 * @attr: its attribute
 * @family: AF_INET or AF_INET6
 * @address: the address
 *
 * Context: any.
 * Return: 0 or -EMSGSIZE.
 */
int ksrtp_put_address(struct sk_buff *msg, int attr, u16 family,
		      const struct in6_addr *address)
{
	if (ipv6_addr_any(address))
		return 0;
	return nla_put(msg, attr, family == AF_INET ? 4 : 16, address);
}

/**
 * ksrtp_put_port() - add a port to a message, unless it is zero
 * @msg: the message
 * @attr: its attribute
 * @port: the port
 *
 * Context: any.
 * Return: 0 or -EMSGSIZE.
 */
int ksrtp_put_port(struct sk_buff *msg, int attr, __be16 port)
{
	return port ? nla_put_be16(msg, attr, port) : 0;
}

/**
 * ksrtp_put_flow() - add the flow of a session to a message
 * @msg: the message
 * @s: the session
 *
 * Context: any.
 * Return: 0 or -EMSGSIZE.
 */
int ksrtp_put_flow(struct sk_buff *msg, const struct ksrtp_session *s)
{
	const struct ksrtp_place *place = s->place;
	const struct ksrtp_flow *flow = &place->rtp.flow;

	if (flow->ifindex &&
	    nla_put_u32(msg, KSRTP_A_SESSION_IFINDEX, flow->ifindex))
		return -EMSGSIZE;
	if (flow->has_ssrc &&
	    nla_put_u32(msg, KSRTP_A_SESSION_SSRC, flow->ssrc))
		return -EMSGSIZE;
	if (flow->family &&
	    nla_put_u16(msg, KSRTP_A_SESSION_FAMILY, flow->family))
		return -EMSGSIZE;
	if (ksrtp_put_address(msg, KSRTP_A_SESSION_LOCAL_ADDRESS,
			      flow->family, &flow->local) ||
	    ksrtp_put_address(msg, KSRTP_A_SESSION_REMOTE_ADDRESS,
			      flow->family, &flow->remote) ||
	    ksrtp_put_port(msg, KSRTP_A_SESSION_LOCAL_PORT,
			   flow->local_port) ||
	    ksrtp_put_port(msg, KSRTP_A_SESSION_REMOTE_PORT,
			   flow->remote_port))
		return -EMSGSIZE;
	if (!ksrtp_place_has_rtcp_flow(place))
		return nla_put_flag(msg, KSRTP_A_SESSION_RTCP_MUX);
	if (ksrtp_put_port(msg, KSRTP_A_SESSION_LOCAL_RTCP_PORT,
			   place->rtcp.flow.local_port) ||
	    ksrtp_put_port(msg, KSRTP_A_SESSION_REMOTE_RTCP_PORT,
			   place->rtcp.flow.remote_port))
		return -EMSGSIZE;
	return 0;
}
