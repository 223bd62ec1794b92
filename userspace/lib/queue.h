/* SPDX-License-Identifier: GPL-2.0 */
/* Requests to the kernel that are sent together. */
#ifndef LIBKSRTP_QUEUE_H
#define LIBKSRTP_QUEUE_H

#include <stdbool.h>
#include <stddef.h>

#include "channel.h"

#define QUEUE_REQUESTS 32
#define QUEUE_BYTES 65536

typedef void (*queue_done)(int error, const struct nlattr *attrs,
			   unsigned int len, void *data);

struct queued {
	queue_done done;
	void *data;
	const struct attr_set *set;
	size_t at;			/* in the queue */
	bool is_done;
	struct nlmsghdr *refusal;	/* or NULL */
};

/* All zero but for the channel before it is used. */
struct queue {
	struct ksrtp *channel;
	size_t len;
	unsigned int n, left, first_seq;
	struct queued queued[QUEUE_REQUESTS];
	_Alignas(struct nlmsghdr) char bytes[QUEUE_BYTES];
};

void queue_add(struct queue *queue, queue_done done, void *data);
void queue_commit(struct queue *queue);

#endif
