// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/netlink.h>

#include "inquiry.h"

#define SEQUENCE 1

/* Process received messages; 1 if there are more, 0 at the end of the list. */
static int take(const char *reply, int n,
		void (*each)(const struct nlmsghdr *nlh, void *data), void *data)
{
	const struct nlmsghdr *nlh = (const struct nlmsghdr *)reply;

	for (; mnl_nlmsg_ok(nlh, n); nlh = mnl_nlmsg_next(nlh, &n)) {
		if (nlh->nlmsg_seq != SEQUENCE)
			continue;
		/* both start with an error number, which is negative or 0 */
		if (nlh->nlmsg_type == NLMSG_ERROR ||
		    nlh->nlmsg_type == NLMSG_DONE)
			return *(const int *)mnl_nlmsg_get_payload(nlh);
		if (nlh->nlmsg_type >= NLMSG_MIN_TYPE)
			each(nlh, data);
	}
	return 1;
}

static int exchange(struct mnl_socket *sock, const struct nlmsghdr *request,
		    void (*each)(const struct nlmsghdr *nlh, void *data),
		    void *data)
{
	_Alignas(struct nlmsghdr) char reply[65536];
	ssize_t n;
	int ret;

	if (mnl_socket_bind(sock, 0, MNL_SOCKET_AUTOPID) < 0 ||
	    mnl_socket_sendto(sock, request, request->nlmsg_len) < 0)
		return -errno;
	do {
		n = mnl_socket_recvfrom(sock, reply, sizeof(reply));
		if (n < 0 && errno == EINTR)
			ret = 1;
		else if (n <= 0)
			ret = n ? -errno : -ECONNRESET;
		else
			ret = take(reply, n, each, data);
	} while (ret > 0);
	return ret;
}

int inquire(int bus, uint16_t type, const void *header, size_t size,
	    void (*each)(const struct nlmsghdr *nlh, void *data), void *data)
{
	_Alignas(struct nlmsghdr) char bytes[128];
	struct nlmsghdr *request = mnl_nlmsg_put_header(bytes);
	struct mnl_socket *sock;
	int ret;

	request->nlmsg_type = type;
	request->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	request->nlmsg_seq = SEQUENCE;
	memcpy(mnl_nlmsg_put_extra_header(request, size), header, size);
	sock = mnl_socket_open2(bus, SOCK_CLOEXEC);
	if (!sock)
		return -errno;
	ret = exchange(sock, request, each, data);
	mnl_socket_close(sock);
	return ret;
}
