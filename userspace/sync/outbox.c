// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "outbox.h"

static bool make_room(struct outbox *outbox, size_t len)
{
	size_t room = outbox->room ?: 65536, n;
	struct pending *pending;
	char *bytes;

	/* what was sent makes room, if there is more of it than of what was not */
	if (outbox->at > outbox->len) {
		memmove(outbox->bytes, outbox->bytes + outbox->at, outbox->len);
		outbox->at = 0;
	}
	while (room < outbox->at + outbox->len + len)
		room *= 2;
	if (room != outbox->room) {
		bytes = realloc(outbox->bytes, room);
		if (!bytes)
			return false;
		outbox->bytes = bytes;
		outbox->room = room;
	}
	if (outbox->pending_n < outbox->pending_room)
		return true;
	n = outbox->pending_room ? 2 * outbox->pending_room : 64;
	pending = calloc(n, sizeof(*pending));
	if (!pending)
		return false;
	for (room = 0; room < outbox->pending_n; room++)
		pending[room] = outbox->pending[(outbox->pending_at + room) %
						outbox->pending_room];
	free(outbox->pending);
	outbox->pending = pending;
	outbox->pending_at = 0;
	outbox->pending_room = n;
	return true;
}

/* Add a command; false if memory is short. */
bool outbox_add(struct outbox *outbox, const char *bytes, size_t len,
		const struct pending *pending)
{
	if (!make_room(outbox, len))
		return false;
	memcpy(outbox->bytes + outbox->at + outbox->len, bytes, len);
	outbox->len += len;
	outbox->pending[(outbox->pending_at + outbox->pending_n++) %
			outbox->pending_room] = *pending;
	return true;
}

/* Whose answer has come: those are answered in the order of commands. */
struct pending outbox_answered(struct outbox *outbox)
{
	struct pending pending = outbox->pending[outbox->pending_at];

	outbox->pending_at = (outbox->pending_at + 1) % outbox->pending_room;
	outbox->pending_n--;
	return pending;
}

/* What was not sent is not to be. */
void outbox_forget(struct outbox *outbox)
{
	outbox->at = 0;
	outbox->len = 0;
}
