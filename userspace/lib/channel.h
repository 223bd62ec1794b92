/* SPDX-License-Identifier: GPL-2.0 */
/* Requests to the kernel's family "ksrtp", and its answers. */
#ifndef LIBKSRTP_CHANNEL_H
#define LIBKSRTP_CHANNEL_H

#include <linux/netlink.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attrs.h"
#include "translation.h"

struct ksrtp_mikey;
struct ksrtp_session;
struct mnl_socket;

#define CHANNEL_REQUEST_MAX 16384
/* Answers that are received together, and bytes of each: twice what the kernel's have. */
#define CHANNEL_ANSWERS 16
#define CHANNEL_ANSWER_MAX 4096

/* All zero before it is connected. */
struct ksrtp {
	struct mnl_socket *sock;
	uint16_t family_id;		/* 0: the module is not loaded */
	uint32_t group_id;
	unsigned int seq;

	/* Requests are small and contain keys: use one place, which is wiped. */
	union {
		struct nlmsghdr header;
		char bytes[CHANNEL_REQUEST_MAX];
	} request;
	const struct attr_set *set;

	/* Why the last request failed. */
	char error[512];
	bool found_it_there;
	/* Events are received here, and would be taken for answers. */
	bool listens;
	/* The module was unloaded. */
	bool gone;
	/* For calls from now on. */
	struct translations translations;
	struct ksrtp_session *settings;
	struct ksrtp_mikey *mikey;	/* the program's, or NULL */

	_Alignas(struct nlmsghdr) char reply[65536];
};

typedef void (*channel_reply)(const struct attr_set *set,
			      const struct nlattr *attrs, unsigned int len,
			      void *data);

int channel_fail(struct ksrtp *channel, int error, const char *what);
int channel_refuse(struct ksrtp *channel, int error, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
int channel_gone(struct ksrtp *channel);
bool channel_is_farewell(const struct ksrtp *channel,
			 const struct nlmsghdr *nlh);
int channel_ready(struct ksrtp *channel);
int channel_connect(struct ksrtp *channel);
void channel_close(struct ksrtp *channel);
struct nlmsghdr *channel_request(struct ksrtp *channel, int cmd,
				 const struct attr_set *set);
int channel_do(struct ksrtp *channel, channel_reply reply, void *data);
int channel_refused(struct ksrtp *channel, const struct nlmsghdr *answer);
int channel_dump(struct ksrtp *channel, void (*begin)(void *data),
		 channel_reply reply, void *data);
int channel_dump_once(struct ksrtp *channel, channel_reply reply, void *data);
int channel_join(struct ksrtp *channel);
int channel_receive(struct ksrtp *channel);
int channel_receive_all(struct ksrtp *channel, size_t *lengths);
const struct nlattr *channel_attrs(const struct nlmsghdr *nlh,
				   unsigned int *len);

#endif
