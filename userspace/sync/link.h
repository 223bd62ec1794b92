/* SPDX-License-Identifier: GPL-2.0 */
/* A connection to the store, which comes back by itself. */
#ifndef KSRTP_SYNC_LINK_H
#define KSRTP_SYNC_LINK_H

#include <hiredis/hiredis.h>
#include <stdbool.h>
#include <stddef.h>

#include "daemon/loop.h"
#include "outbox.h"
#include "place.h"
#include "wire.h"

struct link {
	struct watch watch;
	struct timer retry, silence;
	const struct places *places;
	unsigned int place;			/* the one in use */
	const char *role;			/* that it has to have there */
	struct wire wire;
	redisReader *reader;
	enum { LINK_DOWN, LINK_CONNECTS, LINK_SHAKES, LINK_GREETS, LINK_UP } state;
	struct outbox outbox;
	uint32_t events;			/* that it waits for */
	char error[160];			/* why it is down */
	unsigned long long losses;
	void (*up)(struct link *link);
	void (*down)(struct link *link);
	/* what comes to a subscriber; or NULL */
	void (*message)(struct link *link, const char *channel,
			const char *bytes, size_t len);
};

void link_begin(struct link *link, const struct places *places,
		const char *role);
void link_again(struct link *link, const char *why);
bool link_is_up(const struct link *link);
size_t link_backlog(const struct link *link);
void link_command(struct link *link, link_done *done, void *data,
		  unsigned int argc, const char *const *argv,
		  const size_t *lengths);
void link_words(struct link *link, link_done *done, void *data, ...)
	__attribute__((sentinel));
void link_lose(struct link *link, const char *why);

#endif
