/* SPDX-License-Identifier: GPL-2.0 */
/* Commands to a store: bytes that it has not taken, and answers that have not come. */
#ifndef KSRTP_SYNC_OUTBOX_H
#define KSRTP_SYNC_OUTBOX_H

#include <hiredis/hiredis.h>
#include <stdbool.h>
#include <stddef.h>

struct link;

/* Gets the answer to a command; NULL if the connection was lost before. */
typedef void link_done(struct link *link, const redisReply *reply, void *data);

struct pending {
	link_done *done;
	void *data;
};

struct outbox {
	char *bytes;
	size_t at, len, room;		/* what is not sent yet */
	/* commands without an answer, in a ring */
	struct pending *pending;
	unsigned int pending_at, pending_n, pending_room;
};

bool outbox_add(struct outbox *outbox, const char *bytes, size_t len,
		const struct pending *pending);
struct pending outbox_answered(struct outbox *outbox);
void outbox_forget(struct outbox *outbox);

#endif
