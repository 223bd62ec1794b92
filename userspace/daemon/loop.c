// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "loop.h"

#define EVENTS 64

static int epoll = -1;
static volatile sig_atomic_t ended;
/*
 * The timer that expires first, the root of a pairing heap: each call has a timer,
 * and nothing has to be allocated for one.
 */
static struct timer *timers;
/* Events being handled. A watch that is removed meanwhile is cleared here. */
static struct epoll_event events[EVENTS];
static int events_n;

/*
 * Watches that are in no hurry have an epoll of their own. Its first event wakes this
 * process; others are then waited for and taken all at once, since to be woken takes
 * longer than most of them do. Meanwhile it wakes nobody.
 */
#define CALM 20
static void wake(struct watch *watch, uint32_t wanted);
static struct watch calm = { .fd = -1, .ready = wake };
/* When they are looked at next; 0: once it wakes. */
static uint64_t calm_at;
/* Whether there were any since it woke, or since the last pause. */
static bool calm_seen;

/* Monotonic time in milliseconds. */
uint64_t loop_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000ULL + now.tv_nsec / 1000000;
}

int loop_begin(void)
{
	epoll = epoll_create1(EPOLL_CLOEXEC);
	calm.fd = epoll_create1(EPOLL_CLOEXEC);
	if (epoll < 0 || calm.fd < 0)
		return -errno;
	return loop_watch(&calm, EPOLLIN | EPOLLONESHOT);
}

static void wake(struct watch *watch, uint32_t wanted)
{
	(void)watch;
	(void)wanted;
	calm_at = loop_now();
}

int loop_watch(struct watch *watch, uint32_t wanted)
{
	struct epoll_event event = { .events = wanted, .data.ptr = watch };

	return epoll_ctl(epoll, EPOLL_CTL_ADD, watch->fd, &event) ? -errno : 0;
}

int loop_change(struct watch *watch, uint32_t wanted)
{
	struct epoll_event event = { .events = wanted, .data.ptr = watch };

	return epoll_ctl(epoll, EPOLL_CTL_MOD, watch->fd, &event) ? -errno : 0;
}

/*
 * Whether a watch for input is in no hurry. If there is no memory it is as it was.
 */
void loop_calm(struct watch *watch, bool is)
{
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = watch };

	if (!epoll_ctl(is ? calm.fd : epoll, EPOLL_CTL_ADD, watch->fd, &event))
		epoll_ctl(is ? epoll : calm.fd, EPOLL_CTL_DEL, watch->fd, NULL);
}

/* Remove a watch, and close its descriptor. */
void loop_forget(struct watch *watch)
{
	int i;

	if (watch->fd < 0)
		return;
	for (i = 0; i < events_n; i++)
		if (events[i].data.ptr == watch)
			events[i].data.ptr = NULL;
	close(watch->fd);
	watch->fd = -1;
}

/* Join two heaps; either may be NULL. */
static struct timer *join(struct timer *one, struct timer *other)
{
	struct timer *root = one;

	if (!one || !other)
		return one ?: other;
	if (other->at < one->at) {
		root = other;
		other = one;
	}
	other->next = root->child;
	if (other->next)
		other->next->before = other;
	other->before = root;
	root->child = other;
	return root;
}

/* Take the first of a list of siblings out of it. */
static struct timer *pop(struct timer **list)
{
	struct timer *first = *list;

	if (first) {
		*list = first->next;
		first->next = NULL;
		first->before = NULL;
	}
	return first;
}

/* Join siblings, in pairs first, which keeps the heap flat. */
static struct timer *join_all(struct timer *list)
{
	struct timer *pairs = NULL, *root = NULL, *pair;

	while (list) {
		pair = pop(&list);
		pair = join(pair, pop(&list));
		pair->next = pairs;
		pairs = pair;
	}
	while (pairs)
		root = join(root, pop(&pairs));
	return root;
}

void timer_set(struct timer *timer, uint64_t ms)
{
	timer_stop(timer);
	timer->at = loop_now() + ms;
	timer->set = true;
	timers = join(timers, timer);
}

void timer_stop(struct timer *timer)
{
	struct timer *below;

	if (!timer->set)
		return;
	below = join_all(timer->child);
	if (timer == timers) {
		timers = below;
	} else {
		if (timer->before->child == timer)
			timer->before->child = timer->next;
		else
			timer->before->next = timer->next;
		if (timer->next)
			timer->next->before = timer->before;
		timers = join(timers, below);
	}
	timer->child = NULL;
	timer->next = NULL;
	timer->before = NULL;
	timer->set = false;
}

static int wait_until(uint64_t second)
{
	uint64_t now = loop_now(), until = second;

	if (timers && timers->at < until)
		until = timers->at;
	if (calm_at && calm_at < until)
		until = calm_at;
	return until > now ? until - now : 0;
}

static void expire(void)
{
	uint64_t now = loop_now();
	struct timer *timer;

	while ((timer = timers) && timer->at <= now) {
		timer_stop(timer);
		timer->expired(timer);
	}
}

/* Take what came; returns the number of events. */
static int take(int fd, int timeout)
{
	struct watch *watch;
	int i, n;

	events_n = epoll_wait(fd, events, EVENTS, timeout);
	n = events_n < 0 ? -errno : events_n;
	for (i = 0; i < events_n && !ended; i++) {
		watch = events[i].data.ptr;
		if (watch)
			watch->ready(watch, events[i].events);
	}
	events_n = 0;
	return n;
}

/* Others have their turn between what calm watches have, and none of these waits. */
static void take_calm(void)
{
	if (!calm_at || calm_at > loop_now())
		return;
	if (take(calm.fd, 0) > 0) {
		calm_seen = true;
		return;
	}
	calm_at = calm_seen ? loop_now() + CALM : 0;
	if (!calm_seen)
		loop_change(&calm, EPOLLIN | EPOLLONESHOT);
	calm_seen = false;
}

/* Run until loop_end(). @second is called once per second. */
int loop_run(void (*second)(void))
{
	uint64_t next = loop_now() + 1000;
	int n;

	while (!ended) {
		n = take(epoll, wait_until(next));
		if (n < 0 && n != -EINTR)
			return n;
		take_calm();
		expire();
		if (loop_now() < next)
			continue;
		next = loop_now() + 1000;
		second();
	}
	return 0;
}

void loop_end(void)
{
	ended = 1;
}

static void stop(int unused)
{
	(void)unused;
	loop_end();
}

/* Signals that end processes end the loop; but not that the log has gone. */
void loop_signals(void)
{
	struct sigaction action = { .sa_handler = stop };

	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	signal(SIGPIPE, SIG_IGN);
}
