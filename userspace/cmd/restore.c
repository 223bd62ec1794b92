// SPDX-License-Identifier: GPL-2.0
/* ksrtp restore: create the state that dump has written; all of it or nothing. */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <libmnl/libmnl.h>
#include <linux/ksrtp.h>

#include "commands.h"
#include "state.h"
#include "lib/hex.h"
#include "util/attrs_json.h"
#include "util/fail.h"
#include "util/genl.h"
#include "util/genl_json.h"
#include "util/output.h"
#include "util/secret.h"
#include "util/suites.h"
#include "util/terminal.h"
#include "util/wipe.h"

static const char restore_help[] =
	"Usage: ksrtp restore [ jump N ] [ FILE ]\n"
	"\n"
	"Makes the sessions and rules, and attaches the devices, that dump has\n"
	"written to FILE, or standard input. A direction has those keys that\n"
	"master-key and master-salt, in hex, were added to, or that dump sealed has\n"
	"written; without any, it waits for them. All of the file is made, or nothing.\n"
	"\n"
	"jump N moves what is sent N packets on, 32767 at most, past those that\n"
	"were sent after the dump.\n";

#define JUMP_MAX 32767
#define RTCP_INDEX_MAX 0x7fffffff

/* The largest replay window has a bit for each of 32768 indexes. */
#define REPLAY_BYTES_MAX 4096

static uint32_t jump;

/* Sessions that are made together. */
#define TOGETHER QUEUE_REQUESTS

/* A request on its way. */
struct step {
	char where[sizeof(place)];
	json_t *session;		/* that it makes, or NULL */
	int error;
	char why[512];
};

static struct step steps[QUEUE_REQUESTS];
static unsigned int steps_n;

/* Ids of created objects, to be deleted if the rest is refused. */
static json_t *made_sessions, *made_requires, *made_attached;

static void undo_list(json_t *ids, int cmd, const struct attr_set *set,
		      uint16_t attr)
{
	struct nlmsghdr *nlh;
	json_t *id;
	size_t i;

	json_array_foreach(ids, i, id) {
		nlh = genl_request(cmd, set);
		mnl_attr_put_u32(nlh, attr, json_integer_value(id));
		genl_try(nlh);
	}
}

/*
 * Orphaned sessions keep their flows closed until ours replace them. If the
 * rest of the state is refused, these replacements stay, or the flows would be
 * in plaintext.
 */
static json_t *orphans, *kept;

/* Text of a session's flow as reported by the kernel, which is unique. */
static char *flow_of(const json_t *session)
{
	static const char *const names[] = {
		"family", "local-address", "local-port", "remote-address",
		"remote-port", "ifindex", "ssrc",
	};
	json_t *flow = json_object();
	char *text;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		json_object_set(flow, names[i],
				json_object_get(session, names[i]));
	text = json_dumps(flow, JSON_COMPACT | JSON_SORT_KEYS);
	json_decref(flow);
	if (!text)
		fail(KSRTP_REFUSED, "out of memory");
	return text;
}

/* Flows of orphaned sessions, as members of an object. */
static json_t *list_orphans(void)
{
	json_t *sessions = genl_json_dump(genl_request(KSRTP_CMD_SESSION_GET,
						       &session_set));
	json_t *found = json_object();
	json_t *session;
	char *flow;
	size_t i;

	json_array_foreach(sessions, i, session) {
		if (!json_object_get(session, "orphaned"))
			continue;
		flow = flow_of(session);
		json_object_set_new(found, flow, json_true());
		wipe_free(flow);
	}
	json_decref(sessions);
	return found;
}

/* After creating a session, check whether it has replaced an orphan. */
static void check_orphan(const json_t *session)
{
	size_t last = json_array_size(made_sessions) - 1;
	char *flow = flow_of(session);

	if (json_object_get(orphans, flow)) {
		json_array_append(kept, json_array_get(made_sessions, last));
		json_array_remove(made_sessions, last);
	}
	wipe_free(flow);
}

static void undo(void)
{
	json_t *id;
	size_t i;

	json_array_foreach(kept, i, id)
		warn("session %lld stays, since it has replaced an orphaned one",
		     (long long)json_integer_value(id));
	undo_list(made_sessions, KSRTP_CMD_SESSION_DEL, &session_set,
		  KSRTP_A_SESSION_ID);
	undo_list(made_requires, KSRTP_CMD_REQUIRE_DEL, &require_set,
		  KSRTP_A_REQUIRE_ID);
	undo_list(made_attached, KSRTP_CMD_ATTACH_DEL, &attach_set,
		  KSRTP_A_ATTACH_IFINDEX);
}

/* Carry out what is on its way, and fail where the first of it was refused. */
static void settle(void)
{
	unsigned int i;

	genl_commit();
	for (i = 0; i < steps_n; i++) {
		if (!steps[i].error)
			continue;
		strcpy(place, steps[i].where);
		fail(KSRTP_REFUSED, "%s", steps[i].why);
	}
	steps_n = 0;
}

static void stepped(int error, const struct nlattr *attrs, unsigned int len,
		    void *data)
{
	struct step *step = data;
	json_t *made;

	if (error) {
		step->error = error;
		snprintf(step->why, sizeof(step->why), "%s", genl_error());
	}
	if (!attrs || !step->session)
		return;
	made = attrs_json(&session_set, attrs, len);
	json_array_append(made_sessions, json_object_get(made, "id"));
	json_object_set(step->session, "id", json_object_get(made, "id"));
	check_orphan(made);
	json_decref(made);
}

/* Carry out a request with others, by settle(); one that makes a session tells its id. */
static void carry_out(int cmd, const struct attr_set *set, json_t *object,
		      json_t *session)
{
	struct nlmsghdr *nlh;
	struct step *step;

	if (steps_n == QUEUE_REQUESTS)
		settle();
	nlh = genl_request(cmd, set);
	attrs_put(set, object, nlh);
	step = &steps[steps_n++];
	strcpy(step->where, place);
	step->session = session;
	step->error = 0;
	genl_queue(nlh, stepped, step);
}

static void make_require(json_t *rule, json_t *root)
{
	struct nlmsghdr *nlh = genl_request(KSRTP_CMD_REQUIRE_NEW,
					    &require_set);
	json_t *made;

	(void)root;
	json_object_del(rule, "id");
	attrs_put(&require_set, rule, nlh);
	made = genl_json_do(nlh);
	json_array_append(made_requires, json_object_get(made, "id"));
	json_decref(made);
}

static void make_attached(json_t *device, json_t *root)
{
	struct nlmsghdr *nlh = genl_request(KSRTP_CMD_ATTACH_NEW, &attach_set);

	(void)root;
	/* of the flowtable that was there */
	json_object_del(device, "hardware-offload");
	attrs_put(&attach_set, device, nlh);
	json_decref(genl_json_do(nlh));
	json_array_append_new(made_attached,
			      json_integer(output_number(device, "ifindex")));
}

/*
 * Move a sender past what it may have sent since the dump. Which packets of its
 * window were sent is unknown, so none of them may be sent again.
 */
static void stream_jump(json_t *stream)
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

static void make_stream(json_t *stream, json_t *session)
{
	json_object_set(stream, "session-id",
			json_object_get(session, "id"));
	if (jump && !strcmp(output_string(stream, "direction"), "send"))
		stream_jump(stream);
	replay_fit(stream, "rtp-replay", session);
	replay_fit(stream, "rtcp-replay", session);
	carry_out(KSRTP_CMD_STREAM_SET, &stream_set, stream, NULL);
}

static bool has_state(json_t *key, const char *state)
{
	const char *text = output_string(key, "state");

	return text && !strcmp(text, state);
}

/* Add a key to the settings of a direction. */
static void put_key(json_t *direction, json_t *key)
{
	static const char *const members[] = {
		"master-key", "master-salt", "sealed", "rtp-lifetime",
		"rtcp-lifetime", "soft-limit", "rtp-packets", "rtcp-packets",
	};
	size_t i;

	for (i = 0; i < sizeof(members) / sizeof(*members); i++)
		json_object_set(direction, members[i],
				json_object_get(key, members[i]));
}

/* Change a direction, whose settings are released. */
static void set_direction(json_t *session, const char *name, json_t *direction)
{
	json_t *object = json_object();

	json_object_set(object, "id", json_object_get(session, "id"));
	json_object_set_new(object, name, direction);
	carry_out(KSRTP_CMD_SESSION_SET, &session_set, object, NULL);
	json_decref(object);
}

/* Replace the previous key, which stays valid for some time. */
static void replace_key(json_t *key, json_t *session, json_int_t overlap)
{
	const char *name = output_string(key, "direction");
	json_t *direction = json_object();

	put_key(direction, key);
	json_object_set(direction, "suite",
			json_object_get(json_object_get(session, name),
					"suite"));
	json_object_set_new(direction, "overlap", json_integer(overlap));
	set_direction(session, name, direction);
}

/*
 * Retiring keys come first, since their successors determine how long they
 * stay; then active keys, since a sender uses its first key.
 */
static unsigned int key_rank(json_t *key)
{
	if (has_state(key, "retiring"))
		return 0;
	return has_state(key, "active") ? 1 : 2;
}

#define KEY_RANKS 3

/* @overlap is how long the previous key stays valid, in ms, or 0. */
static void make_key(json_t *key, json_t *session, json_int_t *overlap)
{
	bool has_mki = json_object_get(key, "mki");
	json_int_t before = *overlap;

	*overlap = 0;
	if (has_state(key, "retiring")) {
		/* with an identifier, it would stay forever */
		if (has_mki || json_object_get(key, "suite") ||
		    output_number(key, "overlap") <= 0)
			return;
		*overlap = output_number(key, "overlap");
	}
	if (before && !has_mki) {
		replace_key(key, session, before);
		return;
	}
	if (has_mki) {
		json_object_del(key, "from");
		json_object_del(key, "to");
	}
	json_object_set(key, "session-id", json_object_get(session, "id"));
	carry_out(KSRTP_CMD_KEY_NEW, &key_set, key, NULL);
}

static bool has_key(json_t *key)
{
	return json_object_get(key, "master-key") ||
	       json_object_get(key, "sealed");
}

static void make_keys(json_t *session, const char *direction)
{
	json_int_t overlap = 0;
	unsigned int rank;
	size_t i, here;
	json_t *key;

	for (rank = 0; rank < KEY_RANKS; rank++) {
		json_array_foreach(json_object_get(session, "keys"), i, key) {
			/* all packets of an expired key would be dropped */
			if (key_rank(key) != rank || has_state(key, "expired") ||
			    !has_key(key) ||
			    strcmp(output_string(key, "direction"), direction))
				continue;
			here = place_enter(".keys[%zu]", i);
			make_key(key, session, &overlap);
			place_leave(here);
		}
	}
}

static const char *const ekt_members[] = {
	"ekt-sealed", "ekt-interval", "ekt-rate",
};

#define EKT_MEMBERS (sizeof(ekt_members) / sizeof(*ekt_members))

/*
 * Take sealed EKT keys out of a direction, with what goes with them: they are
 * given with the master key, behind streams. Returns NULL if there are none.
 */
static json_t *take_ekt(json_t *direction)
{
	json_t *ekt;
	size_t i;

	if (!json_object_get(direction, "ekt-sealed"))
		return NULL;
	ekt = json_object();
	for (i = 0; i < EKT_MEMBERS; i++) {
		json_object_set(ekt, ekt_members[i],
				json_object_get(direction, ekt_members[i]));
		json_object_del(direction, ekt_members[i]);
	}
	return ekt;
}

/*
 * Give a direction its EKT keys, with its master key if it has one. A sender
 * cannot go on without: it waits for keys.
 */
static void make_ekt(json_t *session, const char *name, json_t *ekt)
{
	bool keyed = false;
	json_t *key;
	size_t i;

	json_array_foreach(json_object_get(session, "keys"), i, key) {
		if (!has_key(key) || !has_state(key, "active") ||
		    strcmp(output_string(key, "direction"), name))
			continue;
		put_key(ekt, key);
		keyed = true;
	}
	if (keyed || strcmp(name, "send"))
		set_direction(session, name, ekt);
	else
		json_decref(ekt);
}

/* Remove members that the kernel only reports, and those of keys. */
static void direction_trim(json_t *direction)
{
	static const char *const of_key[] = {
		"mki", "rtp-lifetime", "rtcp-lifetime", "soft-limit", "overlap",
	};
	static const char *const of_ekt[] = {
		"ekt-spi", "ekt-interval", "ekt-rate",
	};
	bool ekt = json_object_get(direction, "ekt-key");
	const char *name, *text;
	json_t *value;
	void *next;
	size_t i;

	for (i = 0; i < sizeof(of_key) / sizeof(*of_key); i++)
		json_object_del(direction, of_key[i]);
	/* without its key, which is not in a dump, EKT has to be set up again */
	for (i = 0; !ekt && i < sizeof(of_ekt) / sizeof(*of_ekt); i++)
		json_object_del(direction, of_ekt[i]);
	/* some suites refuse even the defaults of settings they lack */
	json_object_foreach_safe(direction, next, name, value) {
		text = json_string_value(value);
		if (json_is_false(value) || (text && !strcmp(text, "off")) ||
		    (json_is_array(value) && !json_array_size(value)) ||
		    (json_is_integer(value) && !json_integer_value(value) &&
		     strcmp(name, "ekt-spi")) ||
		    (!strcmp(name, "rcc-rate") &&
		     json_integer_value(value) == 1))
			json_object_del(direction, name);
	}
}

/* EKT keys of the directions of sessions that are made together, or NULL. */
static json_t *ekts[TOGETHER][2];

/* Make a session without streams and keys. */
static void make_session(json_t *session, json_t *ekt[2])
{
	size_t i;

	json_object_del(session, "id");
	/* its owner was another program */
	json_object_del(session, "owned");
	/* about former places; and an existing session must not be replaced */
	json_object_del(session, "linger");
	json_object_del(session, "replace");
	for (i = 0; i < 2; i++) {
		ekt[i] = take_ekt(json_object_get(session, state_directions[i]));
		direction_trim(json_object_get(session, state_directions[i]));
	}
	carry_out(KSRTP_CMD_SESSION_NEW, &session_set, session, session);
}

static void make_streams(json_t *session, json_t *ekt[2])
{
	(void)ekt;
	state_for_each(session, "streams", make_stream);
}

static void give_keys(json_t *session, json_t *ekt[2])
{
	size_t i, here;

	for (i = 0; i < 2; i++) {
		if (!ekt[i]) {
			make_keys(session, state_directions[i]);
			continue;
		}
		here = place_enter(".%s", state_directions[i]);
		make_ekt(session, state_directions[i], ekt[i]);
		place_leave(here);
	}
}

/* Do something for some of the sessions, in few sends; all of it, or fail. */
static void for_some(json_t *sessions, size_t first, size_t n,
		     void (*action)(json_t *session, json_t *ekt[2]))
{
	size_t i, here;

	for (i = 0; i < n; i++) {
		here = place_enter(".sessions[%zu]", first + i);
		action(json_array_get(sessions, first + i), ekts[i]);
		place_leave(here);
	}
	settle();
}

/*
 * Streams are installed before keys: otherwise a packet could start its stream
 * with packet indexes that were used before.
 */
static void make_sessions(json_t *sessions)
{
	size_t all = json_array_size(sessions), first, n, i;

	for (first = 0; first < all; first += n) {
		n = all - first < TOGETHER ? all - first : TOGETHER;
		for_some(sessions, first, n, make_session);
		for_some(sessions, first, n, make_streams);
		for_some(sessions, first, n, give_keys);
		for (i = first + 1; i <= first + n; i++)
			if (progress_due(i))
				progress_show("%zu of %zu sessions", i, all);
	}
}

static void restore(json_t *root)
{
	/* answers contain suite numbers; read their names beforehand */
	suites_read();
	state_check_suites(root);
	made_sessions = json_array();
	made_requires = json_array();
	made_attached = json_array();
	orphans = list_orphans();
	kept = json_array();
	/* all of the state or nothing */
	fail_whole_begin(undo);
	if (json_object_get(root, "attached"))
		state_for_each(root, "attached", make_attached);
	state_for_each(root, "requires", make_require);
	make_sessions(json_object_get(root, "sessions"));
	progress_clear();
	fail_whole_end();
	json_decref(made_sessions);
	json_decref(made_requires);
	json_decref(made_attached);
	json_decref(orphans);
	json_decref(kept);
}

static int open_file(const char *file)
{
	int fd;

	if (!strcmp(file, "-")) {
		if (stdin_is_batch)
			usage("restore: standard input is the batch");
		return STDIN_FILENO;
	}
	fd = open(file, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		usage("restore: %s: %s", file, strerror(errno));
	return fd;
}

void restore_command(struct args *args)
{
	bool has_jump = false, has_file = false;
	const char *file = "-";
	json_t *root;
	int fd;

	if (args_take(args, "help")) {
		fputs(restore_help, stdout);
		return;
	}
	jump = 0;
	while (*args->word) {
		if (args_take(args, "jump")) {
			args_once(&has_jump, "jump");
			jump = args_number(args, "jump", 0, JUMP_MAX);
		} else if (!has_file) {
			has_file = true;
			file = args_value(args, "restore");
		} else {
			args_end(args);
		}
	}
	fd = open_file(file);
	place_file = strcmp(file, "-") ? file : "stdin";
	root = state_read(fd);
	if (state_check(root) && fd != STDIN_FILENO)
		secret_warn(fd, file);
	restore(root);
	json_decref(root);
	place_file = NULL;
	if (fd != STDIN_FILENO)
		close(fd);
}
