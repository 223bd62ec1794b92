// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <linux/filter.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/complaint.h"
#include "reserve.h"

/* Takes no datagram. The sender is not told, nor does the kernel keep it. */
static struct sock_filter nothing[] = { BPF_STMT(BPF_RET | BPF_K, 0) };
static const struct sock_fprog filter = {
	.len = sizeof(nothing) / sizeof(*nothing),
	.filter = nothing,
};

static int reserve(int fd, const union endpoint *local)
{
	int one = 1;

	if (fd < 0)
		return -errno;
	/* an address that another host has until this one takes over is fine */
	if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter,
		       sizeof(filter)) ||
	    setsockopt(fd, IPPROTO_IP, IP_FREEBIND, &one, sizeof(one)) ||
	    (local->any.sa_family == AF_INET6 &&
	     setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof(one))) ||
	    bind(fd, &local->any, endpoint_len(local)))
		return -errno;
	return 0;
}

/*
 * Reserve a UDP port: what nothing relays is dropped there, without an ICMP error to who
 * has sent it.
 */
int reserve_port(int *fd, const union endpoint *local, struct complaint *c)
{
	char text[ENDPOINT_TEXT];
	int ret;

	*fd = socket(local->any.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	ret = reserve(*fd, local);
	if (!ret)
		return 0;
	reserve_end(*fd);
	return complain(c, -ret, "%s: %s", endpoint_text(local, text),
			strerror(-ret));
}

void reserve_end(int fd)
{
	if (fd >= 0)
		close(fd);
}
