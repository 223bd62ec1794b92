// SPDX-License-Identifier: GPL-2.0
/* ksrtp stream: the state of each SSRC. */
#include <stdio.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/ksrtp.h>

#include "commands.h"
#include "which.h"
#include "lib/hex.h"
#include "util/fail.h"
#include "util/genl.h"
#include "util/genl_json.h"
#include "util/output.h"

static const char stream_help[] =
	"Usage: ksrtp stream show [ session N ] [ { send | recv } ] [ ssrc X ]\n"
	"       ksrtp stream set session N { send | recv } ssrc X\n"
	"                        [ roc N ] [ seq N ] [ srtcp-index N ]\n"
	"                        [ rtp-replay HEX ] [ rtcp-replay HEX ]\n"
	"                        [ rtp-used-from N rtp-used-to N ]\n"
	"                        [ srtcp-used-from N srtcp-used-to N ]\n"
	"                        [ rtp-limit N ] [ srtcp-limit N ]\n"
	"\n"
	"roc without seq is that of the next packet of an SSRC not heard yet.\n"
	"A replay bitmap says in bit n (least significant bit of the first byte\n"
	"first) that the packet n below the highest was seen; without one, all\n"
	"of the window counts as seen.\n"
	"A limit is the first index that may not be used.\n";

#define REPLAY_MAX (KSRTP_REPLAY_WINDOW_MAX / 8)

static void replay_put(struct nlmsghdr *nlh, uint16_t attr, const char *what,
		       const char *hex)
{
	static unsigned char bitmap[REPLAY_MAX];
	int len = hex_decode(hex, bitmap, sizeof(bitmap));

	if (len <= 0)
		usage("%s: '%s' is not bytes in hex", what, hex);
	if (len > REPLAY_MAX)
		usage("%s: longer than any replay window", what);
	mnl_attr_put(nlh, attr, len, bitmap);
}

static bool take_u32(struct args *args, struct nlmsghdr *nlh, const char *word,
		     uint16_t attr, bool *seen, uint32_t max)
{
	if (!args_take(args, word))
		return false;
	args_once(seen, word);
	mnl_attr_put_u32(nlh, attr, args_number(args, word, 0, max));
	return true;
}

static bool take_u64(struct args *args, struct nlmsghdr *nlh, const char *word,
		     uint16_t attr, bool *seen, uint64_t max)
{
	if (!args_take(args, word))
		return false;
	args_once(seen, word);
	mnl_attr_put_u64(nlh, attr, args_count(args, word, 0, max));
	return true;
}

static bool take_replay(struct args *args, struct nlmsghdr *nlh,
			const char *word, uint16_t attr, bool *seen)
{
	if (!args_take(args, word))
		return false;
	args_once(seen, word);
	replay_put(nlh, attr, word, args_value(args, word));
	return true;
}

static bool take_ssrc(struct args *args, struct nlmsghdr *nlh, bool *seen)
{
	return take_u32(args, nlh, "ssrc", KSRTP_A_STREAM_SSRC, seen,
			UINT32_MAX);
}

void stream_print(json_t *object)
{
	json_t *value;
	const char *key;

	printf("session %lld %s ssrc %s",
	       (long long)json_integer_value(json_object_get(object,
							     "session-id")),
	       json_string_value(json_object_get(object, "direction")),
	       json_string_value(json_object_get(object, "ssrc")));
	json_object_foreach(object, key, value) {
		/* bitmaps are for programs; counters only on request */
		if (!json_is_integer(value) || !strcmp(key, "session-id") ||
		    (!output_stats && (strstr(key, "-packets") ||
				       strstr(key, "-bytes") ||
				       strstr(key, "drop-"))))
			continue;
		printf(" %s %lld", key, (long long)json_integer_value(value));
	}
	putchar('\n');
}

static void stream_show(struct args *args)
{
	struct nlmsghdr *nlh = genl_request(KSRTP_CMD_STREAM_GET, &stream_set);
	struct which which = { 0 };
	bool ssrc = false;
	json_t *list;

	while (*args->word)
		if (!which_parse(&which, args) && !take_ssrc(args, nlh, &ssrc))
			args_end(args);
	if (ssrc && !(which.has_session && which.has_direction))
		usage("ssrc: needs session, and send or recv");
	which_put(&which, nlh, KSRTP_A_STREAM_SESSION_ID,
		  KSRTP_A_STREAM_DIRECTION);
	if (ssrc) {
		list = json_array();
		json_array_append_new(list, genl_json_do(nlh));
	} else {
		list = genl_json_dump(nlh);
	}
	output_list(list, stream_print);
	json_decref(list);
}

static void stream_change(struct args *args)
{
	struct nlmsghdr *nlh = genl_request(KSRTP_CMD_STREAM_SET, &stream_set);
	bool ssrc = false, roc = false, seq = false, index = false;
	bool rtp_replay = false, rtcp_replay = false, used[4] = { false };
	bool limits[2] = { false };
	struct which which = { 0 };

	while (*args->word) {
		if (which_parse(&which, args) || take_ssrc(args, nlh, &ssrc) ||
		    take_u32(args, nlh, "roc", KSRTP_A_STREAM_ROC, &roc,
			     UINT32_MAX) ||
		    take_u32(args, nlh, "srtcp-index",
			     KSRTP_A_STREAM_SRTCP_INDEX, &index, INT32_MAX) ||
		    take_replay(args, nlh, "rtp-replay",
				KSRTP_A_STREAM_RTP_REPLAY, &rtp_replay) ||
		    take_replay(args, nlh, "rtcp-replay",
				KSRTP_A_STREAM_RTCP_REPLAY, &rtcp_replay) ||
		    take_u64(args, nlh, "rtp-used-from",
			     KSRTP_A_STREAM_RTP_USED_FROM, &used[0],
			     KSRTP_INDEX_MAX) ||
		    take_u64(args, nlh, "rtp-used-to",
			     KSRTP_A_STREAM_RTP_USED_TO, &used[1],
			     KSRTP_INDEX_MAX) ||
		    take_u32(args, nlh, "srtcp-used-from",
			     KSRTP_A_STREAM_SRTCP_USED_FROM, &used[2],
			     INT32_MAX) ||
		    take_u32(args, nlh, "srtcp-used-to",
			     KSRTP_A_STREAM_SRTCP_USED_TO, &used[3],
			     INT32_MAX) ||
		    take_u64(args, nlh, "rtp-limit", KSRTP_A_STREAM_RTP_LIMIT,
			     &limits[0], KSRTP_INDEX_MAX + 1) ||
		    take_u64(args, nlh, "srtcp-limit",
			     KSRTP_A_STREAM_SRTCP_LIMIT, &limits[1],
			     (uint64_t)INT32_MAX + 1))
			continue;
		if (!args_take(args, "seq"))
			args_end(args);
		args_once(&seq, "seq");
		mnl_attr_put_u16(nlh, KSRTP_A_STREAM_SEQ,
				 args_number(args, "seq", 0, 65535));
	}
	if (!which.has_session || !which.has_direction || !ssrc)
		usage("stream set: needs session, send or recv, and ssrc");
	which_put(&which, nlh, KSRTP_A_STREAM_SESSION_ID,
		  KSRTP_A_STREAM_DIRECTION);
	json_decref(genl_json_do(nlh));
}

void stream_command(struct args *args)
{
	if (args_take(args, "help"))
		fputs(stream_help, stdout);
	else if (args_take(args, "set"))
		stream_change(args);
	else if (args_take(args, "show") || args_take(args, "list") ||
		 !*args->word)
		stream_show(args);
	else
		usage("stream: unknown command '%s'", *args->word);
}
