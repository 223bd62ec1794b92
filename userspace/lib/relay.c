// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include <libmnl/libmnl.h>

#include "complaint.h"
#include "relay.h"

/* Another relay, or NULL if there are too many. */
struct relay *relays_add(struct relays *relays, struct complaint *c)
{
	relays->given = true;
	if (relays->n == KSRTP_RELAYS_MAX) {
		complain(c, E2BIG, "more than %d of a session",
			 KSRTP_RELAYS_MAX);
		return NULL;
	}
	return &relays->relay[relays->n++];
}

int relay_add_type(struct relay *relay, unsigned int type, struct complaint *c)
{
	if (type >= RELAY_TYPES)
		return wrong(c, "payload type %u: not within 0..%d", type,
			     RELAY_TYPES - 1);
	if (relay->n_types == RELAY_TYPES)
		return wrong(c, "payload type %u: given twice", type);
	relay->types[relay->n_types++] = type;
	return 0;
}

int relay_add_ssrc(struct relay *relay, uint32_t ssrc, struct complaint *c)
{
	if (relay->n_ssrcs == KSRTP_RELAY_SSRCS_MAX)
		return complain(c, E2BIG, "more than %d SSRCs",
				KSRTP_RELAY_SSRCS_MAX);
	relay->ssrcs[relay->n_ssrcs++] = ssrc;
	return 0;
}

int relay_end_set(struct relay_end *end, const struct sockaddr *address,
		  socklen_t len, struct complaint *c)
{
	struct sockaddr_in6 in6;
	struct sockaddr_in in;

	if (len >= sizeof(in) && address->sa_family == AF_INET) {
		memcpy(&in, address, sizeof(in));
		end->address_len = sizeof(in.sin_addr);
		memcpy(end->address, &in.sin_addr, sizeof(in.sin_addr));
		end->port = ntohs(in.sin_port);
	} else if (len >= sizeof(in6) && address->sa_family == AF_INET6) {
		memcpy(&in6, address, sizeof(in6));
		end->address_len = sizeof(in6.sin6_addr);
		memcpy(end->address, &in6.sin6_addr, sizeof(in6.sin6_addr));
		end->port = ntohs(in6.sin6_port);
	} else {
		return complain(c, EAFNOSUPPORT,
				"address: neither IPv4 nor IPv6");
	}
	if (!end->port)
		return wrong(c, "address: without a port");
	return 0;
}

static void put_port(struct nlmsghdr *nlh, uint16_t attr, uint16_t port)
{
	if (port)
		mnl_attr_put_u16(nlh, attr, htons(port));
}

static void put_end(struct nlmsghdr *nlh, const struct relay_end *end,
		    uint16_t address, uint16_t port, uint16_t rtcp_port)
{
	if (end->address_len)
		mnl_attr_put(nlh, address, end->address_len, end->address);
	put_port(nlh, port, end->port);
	put_port(nlh, rtcp_port, end->rtcp_port);
}

static void put(const struct relay *relay, struct nlmsghdr *nlh)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, KSRTP_A_RELAYS_RELAY);

	put_end(nlh, &relay->local, KSRTP_A_RELAY_LOCAL_ADDRESS,
		KSRTP_A_RELAY_LOCAL_PORT, KSRTP_A_RELAY_LOCAL_RTCP_PORT);
	put_end(nlh, &relay->remote, KSRTP_A_RELAY_REMOTE_ADDRESS,
		KSRTP_A_RELAY_REMOTE_PORT, KSRTP_A_RELAY_REMOTE_RTCP_PORT);
	if (relay->mux)
		mnl_attr_put(nlh, KSRTP_A_RELAY_RTCP_MUX, 0, NULL);
	if (relay->n_types)
		mnl_attr_put(nlh, KSRTP_A_RELAY_TYPES, relay->n_types,
			     relay->types);
	if (relay->n_ssrcs)
		mnl_attr_put(nlh, KSRTP_A_RELAY_SSRCS,
			     relay->n_ssrcs * sizeof(*relay->ssrcs),
			     relay->ssrcs);
	mnl_attr_nest_end(nlh, nest);
}

/* Add them to a message, if they are given; without any, the session is to have none. */
void relays_put(const struct relays *relays, struct nlmsghdr *nlh,
		uint16_t attr)
{
	struct nlattr *nest;
	unsigned int i;

	if (!relays->given)
		return;
	nest = mnl_attr_nest_start(nlh, attr);
	for (i = 0; i < relays->n; i++)
		put(&relays->relay[i], nlh);
	mnl_attr_nest_end(nlh, nest);
}
