/* SPDX-License-Identifier: GPL-2.0 */
/* Event loop and timers. */
#ifndef KSRTP_LOOP_H
#define KSRTP_LOOP_H

#include <stdbool.h>
#include <stdint.h>

/* A watched descriptor, embedded in its owner. */
struct watch {
	int fd;
	void (*ready)(struct watch *watch, uint32_t events);
};

/* A timer, embedded in its owner; inactive if all zero. */
struct timer {
	/* a node of a heap: its first child, and its siblings */
	struct timer *child, *next, *before;
	bool set;
	uint64_t at;
	void (*expired)(struct timer *timer);
};

uint64_t loop_now(void);
int loop_begin(void);
int loop_watch(struct watch *watch, uint32_t events);
int loop_change(struct watch *watch, uint32_t events);
void loop_forget(struct watch *watch);
void loop_calm(struct watch *watch, bool calm);
void timer_set(struct timer *timer, uint64_t ms);
void timer_stop(struct timer *timer);
int loop_run(void (*second)(void));
void loop_signals(void);
void loop_end(void);

#define watch_within(watch, type, member) \
	((type *)((char *)(watch) - __builtin_offsetof(type, member)))

#endif
