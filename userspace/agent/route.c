// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <sys/socket.h>
#include <time.h>

#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>

#include "route.h"

static int note_type(const struct nlmsghdr *nlh, void *type)
{
	const struct rtmsg *route = mnl_nlmsg_get_payload(nlh);

	*(unsigned char *)type = route->rtm_type;
	return MNL_CB_OK;
}

static bool ask(struct mnl_socket *sock, const union endpoint *endpoint,
		unsigned char *type)
{
	char bytes[4096];
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(bytes);
	struct rtmsg *route;
	const void *address;
	ssize_t n;
	size_t len;

	nlh->nlmsg_type = RTM_GETROUTE;
	nlh->nlmsg_flags = NLM_F_REQUEST;
	route = mnl_nlmsg_put_extra_header(nlh, sizeof(*route));
	address = endpoint_bytes(endpoint, &len);
	route->rtm_family = endpoint->any.sa_family;
	route->rtm_dst_len = 8 * len;
	mnl_attr_put(nlh, RTA_DST, len, address);
	if (mnl_socket_sendto(sock, nlh, nlh->nlmsg_len) < 0)
		return false;
	n = mnl_socket_recvfrom(sock, bytes, sizeof(bytes));
	return n > 0 && mnl_cb_run(bytes, n, 0, mnl_socket_get_portid(sock),
				   note_type, type) >= 0;
}

static bool is_loopback(const union endpoint *endpoint)
{
	if (endpoint->any.sa_family == AF_INET)
		return ntohl(endpoint->in4.sin_addr.s_addr) >> 24 ==
		       IN_LOOPBACKNET;
	return IN6_IS_ADDR_LOOPBACK(&endpoint->in6.sin6_addr);
}

/* Is it an address of this host? */
bool route_is_local(const union endpoint *endpoint)
{
	static struct mnl_socket *sock;
	unsigned char type = RTN_UNSPEC;

	/* most applications are there, and the kernel need not be asked */
	if (is_loopback(endpoint))
		return true;
	if (!sock)
		sock = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	return sock && ask(sock, endpoint, &type) && type == RTN_LOCAL;
}
