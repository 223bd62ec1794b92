// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/ksrtp.h>

#include "flow.h"
#include "lib/description.h"
#include "util/fail.h"

/*
 * Refuse an IPv6 address that ends in what may be meant as a port: the session
 * would be for other packets, and the intended ones would be sent in plaintext.
 */
static void refuse_port_within(const char *text, const char *what)
{
	const char *port = strrchr(text, ':') + 1;
	size_t len = strlen(port);
	char address[INET6_ADDRSTRLEN];
	struct in6_addr parsed;

	if (len < 2 || strspn(port, "0123456789") != len ||
	    (size_t)(port - text) > sizeof(address))
		return;
	memcpy(address, text, port - text);
	address[port - text - 1] = '\0';
	if (inet_pton(AF_INET6, address, &parsed) == 1)
		usage("%s: no port found in '%s'; write [%s]:%s, or [%s] for an address without a port",
		      what, text, address, port, text);
}

/* ADDR, ADDR:PORT, [ADDR6]:PORT; "any" and "*" are wildcards. */
static void endpoint_parse(struct endpoint *end, const char *text,
			   const char *what)
{
	char address[INET6_ADDRSTRLEN + 1];
	const char *port = NULL;
	const char *stop;
	size_t len;

	args_once(&end->given, what);
	if (*text == '[') {
		stop = strchr(text, ']');
		if (!stop || (stop[1] && stop[1] != ':'))
			usage("%s: '%s' is not [ADDRESS]:PORT", what, text);
		if (stop[1])
			port = stop + 2;
		text++;
	} else {
		stop = strchr(text, ':');
		/* more than one colon: an IPv6 address without a port */
		if (stop && strchr(stop + 1, ':')) {
			refuse_port_within(text, what);
			stop = NULL;
		}
		if (stop)
			port = stop + 1;
		else
			stop = text + strlen(text);
	}
	len = stop - text;
	if (len >= sizeof(address))
		usage("%s: '%s' is not an address", what, text);
	memcpy(address, text, len);
	address[len] = '\0';

	if (!strcmp(address, "any") || !strcmp(address, "*"))
		end->address_len = 0;
	else if (inet_pton(AF_INET, address, end->address) == 1)
		end->address_len = 4;
	else if (inet_pton(AF_INET6, address, end->address) == 1)
		end->address_len = 16;
	else
		usage("%s: '%s' is not an address", what, address);
	if (port && strcmp(port, "any") && strcmp(port, "*"))
		end->port = parse_number(port, what, 1, 65535);
}

/* Take an interface or family, if there is one. */
bool flow_parse_link(struct flow *flow, struct args *args)
{
	const char *value;

	if (args_take(args, "dev")) {
		args_once(&flow->has_dev, "dev");
		value = args_value(args, "dev");
		flow->ifindex = if_nametoindex(value);
		if (!flow->ifindex)
			usage("dev: no interface '%s'", value);
	} else if (args_take(args, "family")) {
		args_once(&flow->has_family, "family");
		value = args_value(args, "family");
		if (!strcmp(value, "inet"))
			flow->family = AF_INET;
		else if (!strcmp(value, "inet6"))
			flow->family = AF_INET6;
		else
			usage("family: '%s' is neither inet nor inet6", value);
	} else {
		return false;
	}
	return true;
}

/* Take a part of a flow, if there is one. */
bool flow_parse(struct flow *flow, struct args *args)
{
	if (args_take(args, "local")) {
		endpoint_parse(&flow->local, args_value(args, "local"),
			       "local");
	} else if (args_take(args, "remote")) {
		endpoint_parse(&flow->remote, args_value(args, "remote"),
			       "remote");
	} else if (flow_parse_link(flow, args)) {
		return true;
	} else if (args_take(args, "ssrc")) {
		args_once(&flow->has_ssrc, "ssrc");
		flow->ssrc = args_number(args, "ssrc", 0, UINT32_MAX);
	} else {
		return false;
	}
	return true;
}

bool flow_given(const struct flow *flow)
{
	return flow->has_dev || flow->has_family || flow->has_ssrc ||
	       flow->local.given || flow->remote.given;
}

static void endpoint_put(const struct endpoint *end, struct nlmsghdr *nlh,
			 uint16_t address_attr, uint16_t port_attr)
{
	if (end->address_len)
		mnl_attr_put(nlh, address_attr, end->address_len, end->address);
	if (end->port)
		mnl_attr_put_u16(nlh, port_attr, htons(end->port));
}

void flow_put(const struct flow *flow, struct nlmsghdr *nlh)
{
	if (flow->ifindex)
		mnl_attr_put_u32(nlh, KSRTP_A_SESSION_IFINDEX, flow->ifindex);
	if (flow->family)
		mnl_attr_put_u16(nlh, KSRTP_A_SESSION_FAMILY, flow->family);
	endpoint_put(&flow->local, nlh, KSRTP_A_SESSION_LOCAL_ADDRESS,
		     KSRTP_A_SESSION_LOCAL_PORT);
	endpoint_put(&flow->remote, nlh, KSRTP_A_SESSION_REMOTE_ADDRESS,
		     KSRTP_A_SESSION_REMOTE_PORT);
	if (flow->has_ssrc)
		mnl_attr_put_u32(nlh, KSRTP_A_SESSION_SSRC, flow->ssrc);
}

static void endpoint_describe(const struct endpoint *end, struct value *address,
			      struct value *port)
{
	if (end->address_len)
		value_bytes(address, end->address, end->address_len);
	if (end->port)
		value_number(port, end->port);
}

/* Attributes of a flow, in a session and in a move. */
static const struct flow_values {
	unsigned int ifindex, family, local_address, local_port, remote_address,
		     remote_port, ssrc;
} of_session = {
	KSRTP_A_SESSION_IFINDEX, KSRTP_A_SESSION_FAMILY,
	KSRTP_A_SESSION_LOCAL_ADDRESS, KSRTP_A_SESSION_LOCAL_PORT,
	KSRTP_A_SESSION_REMOTE_ADDRESS, KSRTP_A_SESSION_REMOTE_PORT,
	KSRTP_A_SESSION_SSRC,
}, of_move = {
	KSRTP_A_FLOW_IFINDEX, KSRTP_A_FLOW_FAMILY,
	KSRTP_A_FLOW_LOCAL_ADDRESS, KSRTP_A_FLOW_LOCAL_PORT,
	KSRTP_A_FLOW_REMOTE_ADDRESS, KSRTP_A_FLOW_REMOTE_PORT,
	KSRTP_A_FLOW_SSRC,
};

static void describe(const struct flow *flow, struct value *values,
		     const struct flow_values *of)
{
	if (flow->ifindex)
		value_number(&values[of->ifindex], flow->ifindex);
	if (flow->family)
		value_number(&values[of->family], flow->family);
	endpoint_describe(&flow->local, &values[of->local_address],
			  &values[of->local_port]);
	endpoint_describe(&flow->remote, &values[of->remote_address],
			  &values[of->remote_port]);
	if (flow->has_ssrc)
		value_number(&values[of->ssrc], flow->ssrc);
}

/* Add it to a session's description. */
void flow_describe(const struct flow *flow, struct ksrtp_session *session)
{
	describe(flow, session->values, &of_session);
}

/* Add it to a description as the flow that the session moves to. */
void flow_describe_move(const struct flow *flow, struct ksrtp_session *session)
{
	describe(flow, session->move, &of_move);
}
