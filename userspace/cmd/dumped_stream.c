// SPDX-License-Identifier: GPL-2.0
/* Streams of a dump: how far they are, and what they have received. */
#include <stdint.h>
#include <string.h>

#include <linux/ksrtp.h>

#include "dumped_stream.h"
#include "lib/hex.h"
#include "steps.h"
#include "util/attrs_json.h"
#include "util/genl.h"
#include "util/output.h"

#define RTCP_INDEX_MAX 0x7fffffff

/* The largest replay window has a bit for each of 32768 indexes. */
#define REPLAY_BYTES_MAX 4096

/*
 * Move a sender past what it may have sent since the dump. Which packets of its
 * window were sent is unknown, so none of them may be sent again.
 */
static void move_on(json_t *stream, uint32_t jump)
{
	uint64_t index = (uint64_t)output_number(stream, "roc") << 16 |
			 output_number(stream, "seq");
	uint64_t rtcp = output_number(stream, "srtcp-index") + jump;

	if (json_object_get(stream, "seq")) {
		index = index + jump < KSRTP_INDEX_MAX ? index + jump :
			KSRTP_INDEX_MAX;
		json_object_set_new(stream, "roc", json_integer(index >> 16));
		json_object_set_new(stream, "seq",
				    json_integer(index & 0xffff));
		json_object_del(stream, "rtp-replay");
	}
	if (rtcp > RTCP_INDEX_MAX)
		rtcp = RTCP_INDEX_MAX;
	json_object_set_new(stream, "srtcp-index", json_integer(rtcp));
	json_object_del(stream, "rtcp-replay");
	/* what was granted then may lie behind it now */
	json_object_del(stream, "rtp-limit");
	json_object_del(stream, "srtcp-limit");
}

static unsigned int replay_window(json_t *object, unsigned int otherwise)
{
	json_t *window = json_object_get(object, "replay-window");

	return window ? json_integer_value(window) : otherwise;
}

/*
 * Windows of the dumped streams may differ from those of new ones. Indexes
 * outside of a smaller window count as seen.
 */
static void replay_fit(json_t *stream, const char *name, json_t *session)
{
	json_t *direction = json_object_get(session,
					    output_string(stream, "direction"));
	unsigned int new = replay_window(direction, KSRTP_REPLAY_WINDOW_DEFAULT);
	unsigned int old = replay_window(stream, new);
	const char *hex = output_string(stream, name);
	char digits[2 * REPLAY_BYTES_MAX + 1];
	unsigned char bytes[REPLAY_BYTES_MAX];
	unsigned int n;

	if (!hex || new > 8 * REPLAY_BYTES_MAX)
		return;
	memset(bytes, 0, sizeof(bytes));
	hex_decode(hex, bytes, sizeof(bytes));
	for (n = old; n < new; n++)
		bytes[n / 8] |= 1 << n % 8;
	hex_encode(bytes, (new + 7) / 8, digits);
	json_object_set_new(stream, name, json_string(digits));
}

/* Make a stream of a session; one that sends goes on after so many more packets. */
void dumped_stream_make(json_t *stream, json_t *session, uint32_t jump)
{
	json_object_set(stream, "session-id",
			json_object_get(session, "id"));
	if (jump && !strcmp(output_string(stream, "direction"), "send"))
		move_on(stream, jump);
	replay_fit(stream, "rtp-replay", session);
	replay_fit(stream, "rtcp-replay", session);
	steps_add(KSRTP_CMD_STREAM_SET, &stream_set, stream, NULL);
}
