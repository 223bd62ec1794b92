// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/ksrtp.h>

#include "channel.h"

#define DUMP_TRIES 5

_Static_assert(CHANNEL_ANSWERS * CHANNEL_ANSWER_MAX ==
	       sizeof(((struct ksrtp *)0)->reply), "no room for answers");

/* In bytes: a program that dies may leave thousands of orphans at once. */
#define LISTENER_ROOM (16 << 20)

const struct nlattr *channel_attrs(const struct nlmsghdr *nlh,
				   unsigned int *len)
{
	*len = mnl_nlmsg_get_payload_len(nlh) - sizeof(struct genlmsghdr);
	return mnl_nlmsg_get_payload_offset(nlh, sizeof(struct genlmsghdr));
}

/* Record what failed; returns @error, which is negative. */
int channel_fail(struct ksrtp *channel, int error, const char *what)
{
	return channel_refuse(channel, error, "%s: %s", what,
			      strerror(-error));
}

/* Record an error message; returns @error. */
int channel_refuse(struct ksrtp *channel, int error, const char *format, ...)
{
	va_list args;

	/* without memory for a handle there is no place for a message */
	if (!channel)
		return error;
	va_start(args, format);
	vsnprintf(channel->error, sizeof(channel->error), format, args);
	va_end(args);
	return error;
}

/* Can the handle carry out requests? */
int channel_ready(struct ksrtp *channel)
{
	if (!channel)
		return -ENOMEM;
	*channel->error = '\0';
	if (!channel->family_id)
		return channel_fail(channel, -ENOTCONN,
				    "the handle is not open");
	if (channel->listens)
		return channel_fail(channel, -EBUSY,
				    "the handle only receives events");
	return 0;
}

static void group_found(struct ksrtp *channel, const struct nlattr *groups)
{
	const struct nlattr *group, *attr;
	const char *name;
	uint32_t id;

	mnl_attr_for_each_nested(attr, groups) {
		group = attr;
		name = "";
		id = 0;
		mnl_attr_for_each_nested(attr, group) {
			if (mnl_attr_get_type(attr) == CTRL_ATTR_MCAST_GRP_NAME)
				name = mnl_attr_get_str(attr);
			else if (mnl_attr_get_type(attr) ==
				 CTRL_ATTR_MCAST_GRP_ID)
				id = mnl_attr_get_u32(attr);
		}
		if (!strcmp(name, KSRTP_MCGRP_EVENTS))
			channel->group_id = id;
		attr = group;
	}
}

static int family_found(const struct nlmsghdr *nlh, void *data)
{
	struct ksrtp *channel = data;
	struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		if (mnl_attr_get_type(attr) == CTRL_ATTR_FAMILY_ID)
			channel->family_id = mnl_attr_get_u16(attr);
		else if (mnl_attr_get_type(attr) == CTRL_ATTR_MCAST_GROUPS)
			group_found(channel, attr);
	}
	return MNL_CB_OK;
}

static struct nlmsghdr *message_start(struct ksrtp *channel, uint16_t type,
				      uint8_t cmd, uint8_t version)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(channel->request.bytes);
	struct genlmsghdr *genl;

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	nlh->nlmsg_seq = ++channel->seq;
	genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));
	genl->cmd = cmd;
	genl->version = version;
	return nlh;
}

static int message_send(struct ksrtp *channel)
{
	const struct nlmsghdr *nlh = &channel->request.header;
	ssize_t n;

	do {
		n = mnl_socket_sendto(channel->sock, nlh, nlh->nlmsg_len);
	} while (n < 0 && errno == EINTR);
	return n < 0 ? channel_fail(channel, -errno, "netlink") : 0;
}

/* Returns the number of bytes received, or an error. */
int channel_receive(struct ksrtp *channel)
{
	ssize_t n;

	do {
		n = mnl_socket_recvfrom(channel->sock, channel->reply,
					sizeof(channel->reply));
	} while (n < 0 && errno == EINTR);
	return n < 0 ? channel_fail(channel, -errno, "netlink") : n;
}

/*
 * Wait for an answer, and receive those that have come, in parts of the handle's
 * reply. Returns how many, or an error; -ENOSPC if one is longer.
 */
int channel_receive_all(struct ksrtp *channel, size_t *lengths)
{
	struct mmsghdr messages[CHANNEL_ANSWERS] = { 0 };
	struct iovec at[CHANNEL_ANSWERS];
	int i, n;

	for (i = 0; i < CHANNEL_ANSWERS; i++) {
		at[i] = (struct iovec){ channel->reply + i * CHANNEL_ANSWER_MAX,
					CHANNEL_ANSWER_MAX };
		messages[i].msg_hdr.msg_iov = &at[i];
		messages[i].msg_hdr.msg_iovlen = 1;
	}
	do {
		n = recvmmsg(mnl_socket_get_fd(channel->sock), messages,
			     CHANNEL_ANSWERS, MSG_WAITFORONE, NULL);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return channel_fail(channel, -errno, "netlink");
	for (i = 0; i < n; i++) {
		if (messages[i].msg_hdr.msg_flags & MSG_TRUNC)
			return channel_fail(channel, -ENOSPC, "netlink");
		lengths[i] = messages[i].msg_len;
	}
	return n;
}

/* The module that the handle knew was unloaded, even if it was loaded again. */
int channel_gone(struct ksrtp *channel)
{
	return channel_refuse(channel, -ENODEV,
			      "the kernel module was unloaded, and all sessions and rules with it");
}

/* Was the handle's family removed? */
bool channel_is_farewell(const struct ksrtp *channel,
			 const struct nlmsghdr *nlh)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attr;

	if (nlh->nlmsg_type != GENL_ID_CTRL || genl->cmd != CTRL_CMD_DELFAMILY)
		return false;
	mnl_attr_for_each(attr, nlh, sizeof(*genl))
		if (mnl_attr_get_type(attr) == CTRL_ATTR_FAMILY_ID)
			return mnl_attr_get_u16(attr) == channel->family_id;
	return false;
}

/* Send a request for the family, and read the answer. */
static int family_ask(struct ksrtp *channel)
{
	int n = message_send(channel);

	if (n < 0)
		return n;
	do {
		n = channel_receive(channel);
		if (n < 0)
			return n;
		n = mnl_cb_run(channel->reply, n, channel->seq,
			       mnl_socket_get_portid(channel->sock),
			       family_found, channel);
	} while (n > 0);
	return n < 0 ? channel_fail(channel, -errno, "netlink") : 0;
}

static struct nlmsghdr *family_request(struct ksrtp *channel)
{
	return message_start(channel, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 1);
}

/* Asking for the family by name loads the module, if possible. */
int channel_connect(struct ksrtp *channel)
{
	struct mnl_socket *sock;
	int on = 1, ret;

	/* owned sessions end with the last descriptor of the socket */
	sock = mnl_socket_open2(NETLINK_GENERIC, SOCK_CLOEXEC);
	if (!sock)
		return channel_fail(channel, -errno, "netlink");
	channel->sock = sock;
	if (mnl_socket_bind(sock, 0, MNL_SOCKET_AUTOPID) < 0)
		return channel_fail(channel, -errno, "netlink");
	/* error messages, without a copy of the request and its keys */
	mnl_socket_setsockopt(sock, NETLINK_EXT_ACK, &on, sizeof(on));
	mnl_socket_setsockopt(sock, NETLINK_CAP_ACK, &on, sizeof(on));
	mnl_socket_setsockopt(sock, NETLINK_GET_STRICT_CHK, &on, sizeof(on));

	mnl_attr_put_strz(family_request(channel), CTRL_ATTR_FAMILY_NAME,
			  KSRTP_FAMILY_NAME);
	ret = family_ask(channel);
	return ret == -ENOENT ? 0 : ret;
}

void channel_close(struct ksrtp *channel)
{
	if (channel->sock)
		mnl_socket_close(channel->sock);
	explicit_bzero(channel, sizeof(*channel));
}

/* Start a request; the caller adds attributes of the set. */
struct nlmsghdr *channel_request(struct ksrtp *channel, int cmd,
				 const struct attr_set *set)
{
	channel->set = set;
	return message_start(channel, channel->family_id, cmd,
			     KSRTP_FAMILY_VERSION);
}

/*
 * Netlink returns -ENOENT without a message if there is no such family. Ask for
 * the family by its number, since asking by its name would load the module.
 */
static int check_family(struct ksrtp *channel)
{
	char error[sizeof(channel->error)];
	int ret;

	memcpy(error, channel->error, sizeof(error));
	mnl_attr_put_u16(family_request(channel), CTRL_ATTR_FAMILY_ID,
			 channel->family_id);
	ret = family_ask(channel);
	if (ret == -ENOENT)
		return channel_gone(channel);
	memcpy(channel->error, error, sizeof(error));
	return -ENOENT;
}

/*
 * Record in one line why the kernel refused the request; error attributes start
 * @size bytes into the error message.
 */
static int refused(struct ksrtp *channel, const struct nlmsghdr *nlh,
		   int error, unsigned int size)
{
	const struct nlattr *attrs;
	const char *message = "";
	struct nlattr *attr;
	char path[128] = "";
	unsigned int len;

	if (nlh->nlmsg_flags & NLM_F_ACK_TLVS) {
		mnl_attr_for_each(attr, nlh, size) {
			if (mnl_attr_get_type(attr) == NLMSGERR_ATTR_MSG)
				message = mnl_attr_get_str(attr);
			if (mnl_attr_get_type(attr) != NLMSGERR_ATTR_OFFS)
				continue;
			attrs = channel_attrs(&channel->request.header, &len);
			if (!attrs_path(channel->set, attrs, len,
					channel->request.bytes +
					mnl_attr_get_u32(attr),
					path, sizeof(path)))
				*path = '\0';
		}
	}
	/* not if another session's flow of RTCP is in the way */
	channel->found_it_there = error == -EEXIST && !strstr(message, "RTCP");
	snprintf(channel->error, sizeof(channel->error), "%s%s%s%s%s%s",
		 message, *message ? ": " : "", *path ? "attribute " : "", path,
		 *path ? ": " : "", strerror(-error));
	if (error == -ENOENT && !*message)
		return check_family(channel);
	return error;
}

/*
 * Copying keys leaves them in vector registers, possibly until the thread ends,
 * and the kernel saves these to memory. Overwrite all that memcpy() uses by
 * another copy; its size is volatile so that memcpy() is really called.
 */
static void wipe_registers(void)
{
	static const char zeros[256];
	char copy[sizeof(zeros)];
	volatile size_t size = sizeof(zeros);

	memcpy(copy, zeros, size);
	/* use the copy, so that it is not optimized away */
	__asm__ volatile("" : : "r"(copy) : "memory");
}

/* Record why the request was refused, by an error message that has come; and wipe it. */
int channel_refused(struct ksrtp *channel, const struct nlmsghdr *answer)
{
	const struct nlmsgerr *err = mnl_nlmsg_get_payload(answer);
	int ret = refused(channel, answer, err->error, sizeof(*err));

	explicit_bzero(&channel->request, sizeof(channel->request));
	wipe_registers();
	return ret;
}

/*
 * Send the request and read its answers until it is acknowledged or done.
 * Returns 0 if a dump was interrupted by changes, negative if it failed.
 */
static int transact(struct ksrtp *channel, channel_reply reply, void *data)
{
	unsigned int len, seq = channel->request.header.nlmsg_seq;
	const struct nlattr *attrs;
	struct nlmsghdr *nlh;
	int consistent = 1;
	int n;

	n = message_send(channel);
	if (n < 0)
		return n;
	for (;;) {
		n = channel_receive(channel);
		if (n < 0)
			return n;
		nlh = (struct nlmsghdr *)channel->reply;
		for (; mnl_nlmsg_ok(nlh, n); nlh = mnl_nlmsg_next(nlh, &n)) {
			if (nlh->nlmsg_seq != seq)
				continue;
			if (nlh->nlmsg_flags & NLM_F_DUMP_INTR)
				consistent = 0;
			if (nlh->nlmsg_type == NLMSG_ERROR) {
				const struct nlmsgerr *err =
					mnl_nlmsg_get_payload(nlh);

				if (err->error)
					return refused(channel, nlh, err->error,
						       sizeof(*err));
				return consistent;
			}
			if (nlh->nlmsg_type == NLMSG_DONE) {
				const int *err = mnl_nlmsg_get_payload(nlh);

				if (*err < 0)
					return refused(channel, nlh, *err,
						       sizeof(*err));
				return consistent;
			}
			attrs = channel_attrs(nlh, &len);
			if (reply)
				reply(channel->set, attrs, len, data);
		}
	}
}

/* Carry out the request. */
int channel_do(struct ksrtp *channel, channel_reply reply, void *data)
{
	int ret = transact(channel, reply, data);

	explicit_bzero(&channel->request, sizeof(channel->request));
	wipe_registers();
	return ret < 0 ? ret : 0;
}

/* Carry out a dump request; @begin discards earlier answers. */
int channel_dump(struct ksrtp *channel, void (*begin)(void *data),
		 channel_reply reply, void *data)
{
	int tries, ret;

	channel->request.header.nlmsg_flags |= NLM_F_DUMP;
	for (tries = 0; tries < DUMP_TRIES; tries++) {
		begin(data);
		ret = transact(channel, reply, data);
		if (ret)
			return ret < 0 ? ret : 0;
		channel->request.header.nlmsg_seq = ++channel->seq;
	}
	snprintf(channel->error, sizeof(channel->error),
		 "the list kept changing while it was read");
	return -EAGAIN;
}

/* The same for whoever hears by events what has changed meanwhile. */
int channel_dump_once(struct ksrtp *channel, channel_reply reply, void *data)
{
	int ret;

	channel->request.header.nlmsg_flags |= NLM_F_DUMP;
	ret = transact(channel, reply, data);
	return ret < 0 ? ret : 0;
}

/* Listen to events. */
int channel_join(struct ksrtp *channel)
{
	int families = GENL_ID_CTRL, group = channel->group_id;
	int fd = mnl_socket_get_fd(channel->sock), room = LISTENER_ROOM;

	/* when the module is unloaded, its group vanishes silently */
	mnl_socket_setsockopt(channel->sock, NETLINK_ADD_MEMBERSHIP, &families,
			      sizeof(families));
	if (mnl_socket_setsockopt(channel->sock, NETLINK_ADD_MEMBERSHIP, &group,
				  sizeof(group)) < 0)
		return channel_fail(channel, -errno, "listening to events");
	/* without the privilege, the limit is the host's default maximum */
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room)))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
	return 0;
}
