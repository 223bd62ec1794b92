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
/* Timers, sorted. Only handshakes have one, so the list is short. */
static struct timer *timers;
/* Events being handled. A watch that is removed meanwhile is cleared here. */
static struct epoll_event events[EVENTS];
static int events_n;

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
	return epoll < 0 ? -errno : 0;
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

void timer_set(struct timer *timer, uint64_t ms)
{
	struct timer **at = &timers;

	timer_stop(timer);
	timer->at = loop_now() + ms;
	while (*at && (*at)->at <= timer->at)
		at = &(*at)->next;
	timer->next = *at;
	timer->before = at;
	if (*at)
		(*at)->before = &timer->next;
	*at = timer;
}

void timer_stop(struct timer *timer)
{
	if (!timer->before)
		return;
	*timer->before = timer->next;
	if (timer->next)
		timer->next->before = timer->before;
	timer->before = NULL;
	timer->next = NULL;
}

static int wait_until(uint64_t second)
{
	uint64_t now = loop_now(), until = second;

	if (timers && timers->at < until)
		until = timers->at;
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

/* Run until loop_end(). @second is called once per second. */
int loop_run(void (*second)(void))
{
	uint64_t next = loop_now() + 1000;
	struct watch *watch;
	int i;

	while (!ended) {
		events_n = epoll_wait(epoll, events, EVENTS, wait_until(next));
		if (events_n < 0 && errno != EINTR)
			return -errno;
		for (i = 0; i < events_n && !ended; i++) {
			watch = events[i].data.ptr;
			if (watch)
				watch->ready(watch, events[i].events);
		}
		events_n = 0;
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
