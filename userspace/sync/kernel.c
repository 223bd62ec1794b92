// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/epoll.h>
#include <time.h>

#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/ksrtp.h>

#include "cluster.h"
#include "daemon/loop.h"
#include "kernel.h"
#include "lib/complaint.h"

/* Until the module is looked for again, ms. */
#define RETRY 1000
/* Messages that are read together; and times, before others have their turn. */
#define EVENTS 64
#define EVENT_MAX 8192
#define TURN 4

static struct ksrtp requests, events;
static struct queue queue = { .channel = &requests };
static struct watch watch = { .fd = -1 };
static struct timer retry;
static const struct kernel_listener *listener;

/* Time of CLOCK_BOOTTIME in ns, which leases are counted in. */
uint64_t kernel_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

bool kernel_is_there(void)
{
	return watch.fd >= 0;
}

const char *kernel_error(void)
{
	return requests.error;
}

static void leave(void)
{
	loop_forget(&watch);
	channel_close(&events);
	channel_close(&requests);
	timer_set(&retry, RETRY);
}

static void lose(void)
{
	bool was_there = kernel_is_there();

	leave();
	if (was_there)
		listener->gone();
}

/* What a message tells; false if it is that the module has gone. */
static bool hear(const struct nlmsghdr *nlh, int n)
{
	const struct nlattr *attrs;
	unsigned int len;

	for (; mnl_nlmsg_ok(nlh, n); nlh = mnl_nlmsg_next(nlh, &n)) {
		if (channel_is_farewell(&events, nlh))
			return false;
		if (nlh->nlmsg_type != events.family_id)
			continue;
		attrs = channel_attrs(nlh, &len);
		listener->event(((struct genlmsghdr *)
				 mnl_nlmsg_get_payload(nlh))->cmd, attrs, len);
	}
	return true;
}

/* Read events that wait; false if these were all. */
static bool read_events(void)
{
	static _Alignas(struct nlmsghdr) char room[EVENTS][EVENT_MAX];
	struct mmsghdr messages[EVENTS] = { 0 };
	struct iovec at[EVENTS];
	int i, n;

	for (i = 0; i < EVENTS; i++) {
		at[i] = (struct iovec){ room[i], EVENT_MAX };
		messages[i].msg_hdr.msg_iov = &at[i];
		messages[i].msg_hdr.msg_iovlen = 1;
	}
	n = recvmmsg(watch.fd, messages, EVENTS, MSG_DONTWAIT, NULL);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return errno == EINTR;
	if (n < 0 && errno == ENOBUFS) {
		listener->lost();
		return true;
	}
	for (i = 0; i < n; i++) {
		if (messages[i].msg_hdr.msg_flags & MSG_TRUNC)
			listener->lost();
		else if (!messages[i].msg_len ||
			 !hear((const void *)room[i], messages[i].msg_len))
			n = -1;
	}
	if (n <= 0)
		lose();
	return n == EVENTS;
}

static void ready(struct watch *unused, uint32_t wanted)
{
	unsigned int turn;

	(void)unused;
	(void)wanted;
	for (turn = 0; turn < TURN && kernel_is_there() && read_events();)
		turn++;
}

/* Have all that the kernel has told until now. */
void kernel_catch_up(void)
{
	while (kernel_is_there() && read_events())
		;
}

static int reach(void)
{
	int fd, ret;

	if (channel_connect(&requests) || channel_connect(&events) ||
	    !requests.family_id || !events.family_id ||
	    channel_join(&events))
		return -ENOENT;
	/* the channel closes its own */
	fd = fcntl(mnl_socket_get_fd(events.sock), F_DUPFD_CLOEXEC, 0);
	if (fd < 0 || fcntl(fd, F_SETFL, O_NONBLOCK))
		return -EMFILE;
	watch = (struct watch){ .fd = fd, .ready = ready };
	ret = loop_watch(&watch, EPOLLIN);
	/* thousands a second, which are written to the store together all the same */
	if (!ret)
		loop_calm(&watch, true);
	return ret;
}

static void attempt(struct timer *unused)
{
	(void)unused;
	if (reach())
		leave();
	else
		listener->back();
}

/**
 * kernel_begin() - reach the kernel
 * @hears: its events
 * @c: complaint
 *
 * Return: 0, or a negative errno
 */
int kernel_begin(const struct kernel_listener *hears, struct complaint *c)
{
	int ret;

	listener = hears;
	retry.expired = attempt;
	ret = channel_connect(&requests);
	if (ret)
		return complain(c, -ret, "kernel: %s", requests.error);
	channel_close(&requests);
	timer_set(&retry, 0);
	return 0;
}

/* Start a request; the caller adds attributes. */
struct nlmsghdr *kernel_request(int cmd, const struct attr_set *set)
{
	return channel_request(&requests, cmd, set);
}

int kernel_do(channel_reply reply, void *data)
{
	return kernel_is_there() ? channel_do(&requests, reply, data) : -ENODEV;
}

/* Carry out the requests that were queued. */
void kernel_commit(void)
{
	queue_commit(&queue);
}

/**
 * kernel_queue() - carry out the request that was started, with others
 * @done: is told what came of it, see queue_add()
 * @data: passed to @done
 *
 * When there are enough of them, or by kernel_commit(). What it depends on is
 * committed before.
 */
void kernel_queue(queue_done done, void *data)
{
	queue_add(&queue, done, data);
}

/* Carry out a dump. What comes twice, since it changed meanwhile, replaces. */
int kernel_dump(channel_reply reply, void *data)
{
	/* events tell what has changed meanwhile */
	return kernel_is_there() ? channel_dump_once(&requests, reply, data) :
				   -ENODEV;
}

static int give_seal(const struct cluster_key *key, bool current)
{
	struct nlmsghdr *nlh = kernel_request(KSRTP_CMD_SEAL_SET, &seal_set);

	mnl_attr_put_u32(nlh, KSRTP_A_SEAL_ID, key->id);
	mnl_attr_put(nlh, KSRTP_A_SEAL_KEY, CLUSTER_KEY, key->seal);
	if (current)
		mnl_attr_put(nlh, KSRTP_A_SEAL_CURRENT, 0, NULL);
	return channel_do(&requests, NULL, NULL);
}

/**
 * kernel_seal() - give the kernel the keys that master keys leave it under
 * @cluster: the cluster's keys; the first one seals
 * @c: complaint
 *
 * Return: 0, or a negative errno
 */
int kernel_seal(const struct cluster *cluster, struct complaint *c)
{
	unsigned int i;
	int ret = channel_connect(&requests);

	if (!ret && !requests.family_id)
		ret = channel_refuse(&requests, -ENOENT,
				     "the kernel module is not loaded");
	for (i = 0; i < cluster->n && !ret; i++)
		ret = give_seal(&cluster->keys[i], !i);
	if (ret)
		complain(c, -ret, "seal keys: %s", requests.error);
	channel_close(&requests);
	return ret;
}

/* Set the end of a lease; 0 for at once. */
int kernel_lease_set(uint32_t id, uint64_t until)
{
	struct nlmsghdr *nlh = kernel_request(KSRTP_CMD_LEASE_SET, &lease_set);

	mnl_attr_put_u32(nlh, KSRTP_A_LEASE_ID, id);
	if (until)
		mnl_attr_put_u64(nlh, KSRTP_A_LEASE_UNTIL, until);
	else
		mnl_attr_put_u32(nlh, KSRTP_A_LEASE_DURATION, 0);
	return kernel_do(NULL, NULL);
}

static void take_until(const struct attr_set *set, const struct nlattr *attrs,
		       unsigned int len, void *until)
{
	const struct nlattr *attr;

	(void)set;
	mnl_attr_for_each_payload(attrs, len)
		if (mnl_attr_get_type(attr) == KSRTP_A_LEASE_UNTIL)
			*(uint64_t *)until = mnl_attr_get_u64(attr);
}

/* End of a lease; 0 if it was never set since the module was loaded. */
int kernel_lease_get(uint32_t id, uint64_t *until)
{
	struct nlmsghdr *nlh = kernel_request(KSRTP_CMD_LEASE_GET, &lease_set);
	int ret;

	*until = 0;
	mnl_attr_put_u32(nlh, KSRTP_A_LEASE_ID, id);
	ret = kernel_do(take_until, until);
	return ret == -ENOENT ? 0 : ret;
}
