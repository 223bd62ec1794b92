// SPDX-License-Identifier: GPL-2.0
/*
 * Preloaded, takes the place of libmnl's sockets: what the tool would tell the
 * kernel goes to the test that listens at $KSRTP_FAKE_KERNEL.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

struct mnl_socket {
	int fd;
};

/*
 * Hide the machine's own settings: once something has turned the first on, it stays on
 * until the next boot.
 */
FILE *fopen(const char *path, const char *mode)
{
	FILE *(*next)(const char *path, const char *mode) =
		(FILE *(*)(const char *, const char *))dlsym(RTLD_NEXT, "fopen");

	if (!strcmp(path, "/proc/sys/net/netfilter/nf_hooks_lwtunnel") ||
	    !strcmp(path, "/proc/sys/net/bridge/bridge-nf-call-iptables")) {
		errno = ENOENT;
		return NULL;
	}
	return next(path, mode);
}

struct mnl_socket *mnl_socket_open2(int bus, int flags)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct mnl_socket *fake = malloc(sizeof(*fake));

	(void)bus;
	strncpy(address.sun_path, getenv("KSRTP_FAKE_KERNEL"),
		sizeof(address.sun_path) - 1);
	fake->fd = socket(AF_UNIX, SOCK_SEQPACKET | flags, 0);
	if (fake->fd < 0 || connect(fake->fd, (struct sockaddr *)&address,
				    sizeof(address))) {
		free(fake);
		return NULL;
	}
	return fake;
}

int mnl_socket_get_fd(const struct mnl_socket *nl)
{
	return nl->fd;
}

int mnl_socket_bind(struct mnl_socket *nl, unsigned int groups, pid_t pid)
{
	(void)nl;
	(void)groups;
	(void)pid;
	return 0;
}

int mnl_socket_setsockopt(const struct mnl_socket *nl, int type, void *buf,
			  socklen_t len)
{
	struct nlmsghdr hello = { .nlmsg_len = sizeof(hello),
				  .nlmsg_type = NLMSG_NOOP };

	(void)buf;
	(void)len;
	/* who listens says so, since there are no groups to join */
	if (type == NETLINK_ADD_MEMBERSHIP)
		send(nl->fd, &hello, sizeof(hello), 0);
	return 0;
}

unsigned int mnl_socket_get_portid(const struct mnl_socket *nl)
{
	(void)nl;
	return 0;
}

ssize_t mnl_socket_sendto(const struct mnl_socket *nl, const void *req,
			  size_t size)
{
	const struct nlmsghdr *nlh = req;
	int left = size;

	/* several messages at once come one by one */
	for (; NLMSG_OK(nlh, left); nlh = NLMSG_NEXT(nlh, left))
		if (send(nl->fd, nlh, nlh->nlmsg_len, 0) < 0)
			return -1;
	return size;
}

ssize_t mnl_socket_recvfrom(const struct mnl_socket *nl, void *buf,
			    size_t size)
{
	const struct nlmsghdr *nlh = buf;
	ssize_t n = recv(nl->fd, buf, size, 0);

	if (n < (ssize_t)sizeof(*nlh) || nlh->nlmsg_type != NLMSG_OVERRUN)
		return n;
	errno = ENOBUFS;
	return -1;
}

/* Of events, one may say that some were lost; so are those that come with it then. */
int recvmmsg(int fd, struct mmsghdr *messages, unsigned int n, int flags,
	     struct timespec *timeout)
{
	static int lost;
	const struct nlmsghdr *nlh;
	int i = 0, got = 0;

	if (!lost)
		got = syscall(SYS_recvmmsg, fd, messages, n, flags, timeout);
	for (; i < got && !lost; i++) {
		nlh = messages[i].msg_hdr.msg_iov->iov_base;
		lost = messages[i].msg_len >= sizeof(*nlh) &&
		       nlh->nlmsg_type == NLMSG_OVERRUN;
		if (lost)
			break;
	}
	if (i || got < 0 || !lost)
		return i ?: got;
	lost = 0;
	errno = ENOBUFS;
	return -1;
}

int mnl_socket_close(struct mnl_socket *nl)
{
	int ret = close(nl->fd);

	free(nl);
	return ret;
}
