// SPDX-License-Identifier: GPL-2.0
/*
 * session-bench COUNT SUITE KEY SALT [LEASE]: adds sessions over netlink, as fast
 * as one program can, and prints how long that took in seconds. SUITE is its number;
 * KEY and SALT are the lengths of its master key and salt in bytes; LEASE is the
 * lease group of the sessions.
 *
 * Session N is that of 10.0.0.1 plus N; its master key is N, again and again.
 */

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/ksrtp.h>

#include "program.h"

#define LOCAL		0x0a000001
#define LOCAL_PORT	5004
#define REMOTE		0x0afffffe
#define REMOTE_PORT	6000
/* Requests in one system call, and answers. */
#define BATCH		32
#define REQUEST_MAX	512
#define REPLY_MAX	4096

static struct mnl_socket *sock;
static __u16 family;
static __u32 lease;

static int family_found(const struct nlmsghdr *nlh, void *data)
{
	struct nlattr *attr;

	(void)data;
	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr))
		if (mnl_attr_get_type(attr) == CTRL_ATTR_FAMILY_ID)
			family = mnl_attr_get_u16(attr);
	return MNL_CB_OK;
}

static struct nlmsghdr *message(char *at, __u16 type, __u8 cmd,
				__u8 version)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(at);
	struct genlmsghdr *genl;

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST;
	genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));
	genl->cmd = cmd;
	genl->version = version;
	return nlh;
}

static void find_family(void)
{
	char buf[REPLY_MAX];
	struct nlmsghdr *nlh = message(buf, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 1);
	ssize_t len;

	mnl_attr_put_strz(nlh, CTRL_ATTR_FAMILY_NAME, KSRTP_FAMILY_NAME);
	if (mnl_socket_sendto(sock, nlh, nlh->nlmsg_len) < 0)
		die("ctrl");
	len = mnl_socket_recvfrom(sock, buf, sizeof(buf));
	if (len < 0 || mnl_cb_run(buf, len, 0, 0, family_found, NULL) < 0)
		die(KSRTP_FAMILY_NAME);
}

static void put_direction(struct nlmsghdr *nlh, __u16 type, __u32 suite,
			  const __u32 *key, size_t key_len, size_t salt_len)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, type);

	mnl_attr_put_u32(nlh, KSRTP_A_DIRECTION_SUITE, suite);
	mnl_attr_put(nlh, KSRTP_A_DIRECTION_MASTER_KEY, key_len, key);
	mnl_attr_put(nlh, KSRTP_A_DIRECTION_MASTER_SALT, salt_len,
		     (const char *)key + key_len);
	mnl_attr_nest_end(nlh, nest);
}

static size_t put_session(char *at, __u32 n, __u32 suite, size_t key_len,
			  size_t salt_len)
{
	struct nlmsghdr *nlh = message(at, family, KSRTP_CMD_SESSION_NEW,
				       KSRTP_FAMILY_VERSION);
	__u32 key[16];
	unsigned int i;

	for (i = 0; i < 16; i++)
		key[i] = htonl(n);
	mnl_attr_put_u32(nlh, KSRTP_A_SESSION_LOCAL_ADDRESS, htonl(LOCAL + n));
	mnl_attr_put_u32(nlh, KSRTP_A_SESSION_REMOTE_ADDRESS, htonl(REMOTE));
	mnl_attr_put_u16(nlh, KSRTP_A_SESSION_LOCAL_PORT, htons(LOCAL_PORT));
	mnl_attr_put_u16(nlh, KSRTP_A_SESSION_REMOTE_PORT, htons(REMOTE_PORT));
	mnl_attr_put(nlh, KSRTP_A_SESSION_RTCP_MUX, 0, NULL);
	if (lease)
		mnl_attr_put_u32(nlh, KSRTP_A_SESSION_LEASE, lease);
	put_direction(nlh, KSRTP_A_SESSION_SEND, suite, key, key_len, salt_len);
	put_direction(nlh, KSRTP_A_SESSION_RECV, suite, key, key_len, salt_len);
	return nlh->nlmsg_len;
}

/* Each request has one answer: the session, or why there is none. */
static void take_replies(unsigned int n)
{
	static char replies[BATCH][REPLY_MAX];
	struct mmsghdr messages[BATCH];
	const struct nlmsghdr *nlh;
	struct iovec at[BATCH];
	int got, i;

	while (n) {
		memset(messages, 0, sizeof(messages));
		for (i = 0; i < BATCH; i++) {
			at[i] = (struct iovec){ replies[i], REPLY_MAX };
			messages[i].msg_hdr.msg_iov = &at[i];
			messages[i].msg_hdr.msg_iovlen = 1;
		}
		got = recvmmsg(mnl_socket_get_fd(sock), messages, n,
			       MSG_WAITFORONE, NULL);
		if (got <= 0)
			die("recvmmsg");
		for (i = 0; i < got; i++) {
			nlh = (const struct nlmsghdr *)replies[i];
			if (nlh->nlmsg_type != family) {
				fputs("a session was refused\n", stderr);
				exit(1);
			}
		}
		n -= got;
	}
}

int main(int argc, char **argv)
{
	static char requests[BATCH * REQUEST_MAX];
	unsigned int count, suite, key_len, salt_len, n, i;
	double start;
	size_t len;

	if (argc != 5 && argc != 6)
		return 2;
	count = atoi(argv[1]);
	suite = atoi(argv[2]);
	key_len = atoi(argv[3]);
	salt_len = atoi(argv[4]);
	lease = argc == 6 ? atoi(argv[5]) : 0;
	sock = mnl_socket_open(NETLINK_GENERIC);
	if (!sock || mnl_socket_bind(sock, 0, MNL_SOCKET_AUTOPID) < 0)
		die("netlink");
	find_family();

	start = now();
	for (n = 0; n < count; n += i) {
		len = 0;
		for (i = 0; i < BATCH && n + i < count; i++)
			len += put_session(requests + len, n + i, suite,
					   key_len, salt_len);
		if (mnl_socket_sendto(sock, requests, len) < 0)
			die("sendto");
		take_replies(i);
	}
	printf("%f\n", (now() - start) / 1e9);
	return 0;
}
