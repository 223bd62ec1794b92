// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/ksrtp.h>

#include "fail.h"
#include "genl.h"

#define DUMP_TRIES 5

static struct mnl_socket *sock;
static uint16_t family_id;
static uint32_t group_id;
static unsigned int last_seq;

/* Requests are small, and hold keys: one place, to be wiped. */
static union {
	struct nlmsghdr header;
	char bytes[16384];
} request_buf;
static const struct attr_set *request_set;

/* Why the last request was refused. */
static char refusal[512];
static bool found_it_there;

static char reply_buf[65536];

static const struct nlattr *message_attrs(const struct nlmsghdr *nlh,
					  unsigned int *len)
{
	*len = mnl_nlmsg_get_payload_len(nlh) - sizeof(struct genlmsghdr);
	return mnl_nlmsg_get_payload_offset(nlh, sizeof(struct genlmsghdr));
}

static void group_found(const struct nlattr *groups)
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
			group_id = id;
		attr = group;
	}
}

static int family_found(const struct nlmsghdr *nlh, void *data)
{
	struct nlattr *attr;

	(void)data;
	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		if (mnl_attr_get_type(attr) == CTRL_ATTR_FAMILY_ID)
			family_id = mnl_attr_get_u16(attr);
		else if (mnl_attr_get_type(attr) == CTRL_ATTR_MCAST_GROUPS)
			group_found(attr);
	}
	return MNL_CB_OK;
}

static struct nlmsghdr *message_start(uint16_t type, uint8_t cmd,
				      uint8_t version)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(request_buf.bytes);
	struct genlmsghdr *genl;

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	nlh->nlmsg_seq = ++last_seq;
	genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));
	genl->cmd = cmd;
	genl->version = version;
	return nlh;
}

static void connect_family(void)
{
	struct nlmsghdr *nlh;
	int on = 1, n;

	sock = mnl_socket_open(NETLINK_GENERIC);
	if (!sock || mnl_socket_bind(sock, 0, MNL_SOCKET_AUTOPID) < 0)
		fail(KSRTP_REFUSED, "netlink: %s", strerror(errno));
	/* explanations with errors, and no keys sent back with them */
	mnl_socket_setsockopt(sock, NETLINK_EXT_ACK, &on, sizeof(on));
	mnl_socket_setsockopt(sock, NETLINK_CAP_ACK, &on, sizeof(on));
	mnl_socket_setsockopt(sock, NETLINK_GET_STRICT_CHK, &on, sizeof(on));

	nlh = message_start(GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 1);
	mnl_attr_put_strz(nlh, CTRL_ATTR_FAMILY_NAME, KSRTP_FAMILY_NAME);
	if (mnl_socket_sendto(sock, nlh, nlh->nlmsg_len) < 0)
		fail(KSRTP_REFUSED, "netlink: %s", strerror(errno));
	do {
		n = mnl_socket_recvfrom(sock, reply_buf, sizeof(reply_buf));
		if (n > 0)
			n = mnl_cb_run(reply_buf, n, last_seq,
				       mnl_socket_get_portid(sock),
				       family_found, NULL);
	} while (n > 0);
}

/* Is the module there? To ask for its family loads it, if it can be loaded. */
bool genl_available(void)
{
	if (!sock)
		connect_family();
	return family_id;
}

static void need_family(void)
{
	if (!genl_available())
		fail(KSRTP_REFUSED,
		     "the kernel module is not loaded (modprobe ksrtp; ksrtp doctor tells more)");
}

/* Begin a request; the caller adds attributes of the set. */
struct nlmsghdr *genl_request(int cmd, const struct attr_set *set)
{
	need_family();
	request_set = set;
	return message_start(family_id, cmd, KSRTP_FAMILY_VERSION);
}

/*
 * Note in one line why the kernel refused the request; explanations follow
 * @size bytes of the error message.
 */
static int refused(const struct nlmsghdr *nlh, int error, unsigned int size)
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
			attrs = message_attrs(&request_buf.header, &len);
			if (!attrs_path(request_set, attrs, len,
					request_buf.bytes +
					mnl_attr_get_u32(attr),
					path, sizeof(path)))
				*path = '\0';
		}
	}
	/* another session's flow for RTCP is in the way, not what is wanted */
	found_it_there = error == -EEXIST && !strstr(message, "RTCP");
	snprintf(refusal, sizeof(refusal), "%s%s%s%s%s%s", message,
		 *message ? ": " : "", *path ? "attribute " : "", path,
		 *path ? ": " : "", strerror(-error));
	return error;
}

/*
 * Send the request and take its answers until it is acknowledged or done.
 * Returns 0 if a dump was interrupted by changes, negative if it was refused.
 */
static int transact(struct nlmsghdr *request, json_t *replies)
{
	const struct nlattr *attrs;
	unsigned int len, seq = request->nlmsg_seq;
	struct nlmsghdr *nlh;
	int consistent = 1;
	int n;

	if (mnl_socket_sendto(sock, request, request->nlmsg_len) < 0)
		fail(KSRTP_REFUSED, "netlink: %s", strerror(errno));
	for (;;) {
		n = mnl_socket_recvfrom(sock, reply_buf, sizeof(reply_buf));
		if (n < 0)
			fail(KSRTP_REFUSED, "netlink: %s", strerror(errno));
		nlh = (struct nlmsghdr *)reply_buf;
		for (; mnl_nlmsg_ok(nlh, n); nlh = mnl_nlmsg_next(nlh, &n)) {
			if (nlh->nlmsg_seq != seq)
				continue;
			if (nlh->nlmsg_flags & NLM_F_DUMP_INTR)
				consistent = 0;
			if (nlh->nlmsg_type == NLMSG_ERROR) {
				const struct nlmsgerr *err =
					mnl_nlmsg_get_payload(nlh);

				if (err->error)
					return refused(nlh, err->error,
						       sizeof(*err));
				return consistent;
			}
			if (nlh->nlmsg_type == NLMSG_DONE) {
				const int *err = mnl_nlmsg_get_payload(nlh);

				if (*err < 0)
					return refused(nlh, *err, sizeof(*err));
				return consistent;
			}
			attrs = message_attrs(nlh, &len);
			json_array_append_new(replies,
					      attrs_json(request_set, attrs,
							 len));
		}
	}
}

/* Carry out a request; returns what it was answered with, or NULL. */
json_t *genl_do(struct nlmsghdr *request)
{
	json_t *replies = json_array();
	json_t *first;
	int err;

	err = transact(request, replies);
	explicit_bzero(&request_buf, sizeof(request_buf));
	if (err < 0)
		fail(KSRTP_REFUSED, "%s", refusal);
	first = json_incref(json_array_get(replies, 0));
	json_decref(replies);
	return first;
}

/* Was the last request refused since what it wants is there? */
bool genl_found_it_there(void)
{
	return found_it_there;
}

/* Carry out a request that may be refused. */
void genl_try(struct nlmsghdr *request)
{
	json_t *replies = json_array();

	transact(request, replies);
	json_decref(replies);
}

/* Carry out a request for a list. */
json_t *genl_dump(struct nlmsghdr *request)
{
	json_t *replies = json_array();
	int tries, ret;

	request->nlmsg_flags |= NLM_F_DUMP;
	for (tries = 0; tries < DUMP_TRIES; tries++) {
		json_array_clear(replies);
		ret = transact(request, replies);
		if (ret < 0)
			fail(KSRTP_REFUSED, "%s", refusal);
		if (ret)
			return replies;
		request->nlmsg_seq = ++last_seq;
	}
	fail(KSRTP_REFUSED, "the list kept changing while it was read");
}

/* Wait for events, forever. */
void genl_listen(void (*event)(int cmd, const struct nlattr *attrs,
			       unsigned int len))
{
	const struct genlmsghdr *genl;
	const struct nlattr *attrs;
	struct nlmsghdr *nlh;
	unsigned int len;
	int group, n;

	need_family();
	group = group_id;
	if (mnl_socket_setsockopt(sock, NETLINK_ADD_MEMBERSHIP, &group,
				  sizeof(group)) < 0)
		fail(KSRTP_REFUSED, "listening to events: %s", strerror(errno));
	for (;;) {
		n = mnl_socket_recvfrom(sock, reply_buf, sizeof(reply_buf));
		if (n < 0 && errno == ENOBUFS) {
			fprintf(stderr, "ksrtp: events were lost\n");
			continue;
		}
		if (n < 0)
			fail(KSRTP_REFUSED, "netlink: %s", strerror(errno));
		nlh = (struct nlmsghdr *)reply_buf;
		for (; mnl_nlmsg_ok(nlh, n); nlh = mnl_nlmsg_next(nlh, &n)) {
			if (nlh->nlmsg_type != family_id)
				continue;
			genl = mnl_nlmsg_get_payload(nlh);
			attrs = message_attrs(nlh, &len);
			event(genl->cmd, attrs, len);
		}
	}
}
