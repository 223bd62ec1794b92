// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "flow.h"

/**
 * flow_set_name() - write what the kernel finds a flow's session by
 * @flow: the flow, with valid addresses
 * @name: receives it
 */
void flow_set_name(const struct flow *flow, struct flow_name *name)
{
	memset(name, 0, sizeof(*name));
	inet_pton(flow->family, flow->local, name->local);
	inet_pton(flow->family, flow->remote, name->remote);
	name->local_port = flow->local_port[0];
	name->remote_port = flow->remote_port[0];
	name->family = flow->family;
}

/**
 * flow_end() - write an address and a port
 * @family: AF_INET or AF_INET6
 * @text: a valid address; empty: any
 * @port: the port; 0: any
 * @address: receives them
 *
 * Return: length of the address
 */
socklen_t flow_end(int family, const char *text, uint16_t port,
		   struct sockaddr_storage *address)
{
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)address;
	struct sockaddr_in *in = (struct sockaddr_in *)address;

	memset(address, 0, sizeof(*address));
	address->ss_family = family;
	if (family == AF_INET) {
		inet_pton(family, text, &in->sin_addr);
		in->sin_port = htons(port);
		return sizeof(*in);
	}
	inet_pton(family, text, &in6->sin6_addr);
	in6->sin6_port = htons(port);
	return sizeof(*in6);
}

/**
 * flow_is_address() - is this text an address?
 * @family: of this family
 * @text: the text
 *
 * Return: true if it is
 */
bool flow_is_address(int family, const char *text)
{
	unsigned char bytes[16];

	return inet_pton(family, text, bytes) == 1;
}

/**
 * flow_is_group() - is this text the address of a multicast group?
 * @family: of this family
 * @text: the text
 *
 * Return: true if it is
 */
bool flow_is_group(int family, const char *text)
{
	unsigned char bytes[16];

	return inet_pton(family, text, bytes) == 1 &&
	       (family == AF_INET ? *bytes >> 4 == 14 : *bytes == 255);
}
