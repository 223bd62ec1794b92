// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>

#include <libmnl/libmnl.h>
#include <linux/genetlink.h>

#include "fail.h"
#include "genl.h"

static struct ksrtp kernel;
static struct queue queue = { .channel = &kernel };

/* Events have a socket of their own, so that requests can be sent meanwhile. */
static struct ksrtp listener;

static int last;

/* Fail if a function of the library did. */
void genl_must(int ret)
{
	last = ret;
	if (ret < 0)
		fail(KSRTP_REFUSED, "%s", kernel.error);
}

/* Was the last request refused for lack of privilege? */
bool genl_not_permitted(void)
{
	return last == -EPERM;
}

/* Is the module loaded? Asking for its family loads it, if possible. */
bool genl_available(void)
{
	if (!kernel.sock)
		genl_must(channel_connect(&kernel));
	return kernel.family_id;
}

static void need_family(void)
{
	if (!genl_available())
		fail(KSRTP_REFUSED,
		     "the kernel module is not loaded (modprobe ksrtp; ksrtp doctor tells more)");
}

/* Handle for functions of the library. */
struct ksrtp *genl_handle(void)
{
	need_family();
	return &kernel;
}

/* Start a request; the caller adds attributes of the set. */
struct nlmsghdr *genl_request(int cmd, const struct attr_set *set)
{
	need_family();
	return channel_request(&kernel, cmd, set);
}

/* Was the last request refused because its object exists? */
bool genl_found_it_there(void)
{
	return kernel.found_it_there;
}

/* Carry out a request that may be refused. */
void genl_try(struct nlmsghdr *request)
{
	(void)request;
	channel_do(&kernel, NULL, NULL);
}

/* Carry out a request with others, see queue_add(). */
void genl_queue(struct nlmsghdr *request, queue_done done, void *data)
{
	(void)request;
	queue_add(&queue, done, data);
}

/* Carry out what was queued. */
void genl_commit(void)
{
	queue_commit(&queue);
}

/* Why the last request was refused. */
const char *genl_error(void)
{
	return kernel.error;
}

static void listener_must(int ret)
{
	if (ret < 0)
		fail(KSRTP_REFUSED, "%s", listener.error);
}

static void listen_begin(void)
{
	need_family();
	listener_must(channel_connect(&listener));
	listener_must(channel_join(&listener));
}

/* Wait for events until the module is unloaded. */
void genl_listen(void (*event)(int cmd, const struct nlattr *attrs,
			       unsigned int len))
{
	const struct genlmsghdr *genl;
	const struct nlattr *attrs;
	struct nlmsghdr *nlh;
	unsigned int len;
	int n;

	listen_begin();
	for (;;) {
		n = channel_receive(&listener);
		if (n == -ENOBUFS) {
			fprintf(stderr, "ksrtp: events were lost, more came than could be read; ksrtp doctor tells what is wrong\n");
			continue;
		}
		listener_must(n);
		nlh = (struct nlmsghdr *)listener.reply;
		for (; mnl_nlmsg_ok(nlh, n); nlh = mnl_nlmsg_next(nlh, &n)) {
			if (channel_is_farewell(&listener, nlh))
				listener_must(channel_gone(&listener));
			if (nlh->nlmsg_type != listener.family_id)
				continue;
			genl = mnl_nlmsg_get_payload(nlh);
			attrs = channel_attrs(nlh, &len);
			event(genl->cmd, attrs, len);
		}
	}
}
