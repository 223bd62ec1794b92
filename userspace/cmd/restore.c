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
#include "dumped_keys.h"
#include "dumped_stream.h"
#include "restored.h"
#include "state.h"
#include "steps.h"
#include "util/attrs_json.h"
#include "util/fail.h"
#include "util/genl.h"
#include "util/genl_json.h"
#include "util/output.h"
#include "util/secret.h"
#include "util/suites.h"
#include "util/terminal.h"

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

static uint32_t jump;

/* Sessions that are made together. */
#define TOGETHER QUEUE_REQUESTS

static void make_require(json_t *rule, json_t *root)
{
	struct nlmsghdr *nlh = genl_request(KSRTP_CMD_REQUIRE_NEW,
					    &require_set);
	json_t *made;

	(void)root;
	json_object_del(rule, "id");
	attrs_put(&require_set, rule, nlh);
	made = genl_json_do(nlh);
	restored_rule(made);
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
	restored_device(output_number(device, "ifindex"));
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
		ekt[i] = dumped_keys_take_ekt(json_object_get(session, state_directions[i]));
		direction_trim(json_object_get(session, state_directions[i]));
	}
	steps_add(KSRTP_CMD_SESSION_NEW, &session_set, session, session);
}

static void make_stream(json_t *stream, json_t *session)
{
	dumped_stream_make(stream, session, jump);
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
			dumped_keys_make(session, state_directions[i]);
			continue;
		}
		here = place_enter(".%s", state_directions[i]);
		dumped_keys_make_ekt(session, state_directions[i], ekt[i]);
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
	steps_settle();
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
	restored_begin();
	/* all of the state or nothing */
	fail_whole_begin(restored_undo);
	if (json_object_get(root, "attached"))
		state_for_each(root, "attached", make_attached);
	state_for_each(root, "requires", make_require);
	make_sessions(json_object_get(root, "sessions"));
	progress_clear();
	fail_whole_end();
	restored_end();
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
