// SPDX-License-Identifier: GPL-2.0
/* ksrtp dump: all state as JSON, without keys, or with sealed ones. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <libmnl/libmnl.h>
#include <linux/ksrtp.h>

#include "commands.h"
#include "state.h"
#include "util/fail.h"
#include "util/genl.h"
#include "util/genl_json.h"
#include "util/output.h"
#include "util/suites.h"

static const char dump_help[] =
	"Usage: ksrtp dump [ sealed ] [ FILE ]\n"
	"\n"
	"Writes all of the network namespace but the keys as one JSON object:\n"
	"sessions with their keys' particulars and their streams, rules, and attached\n"
	"devices. With sealed it has the keys as well, for hosts that have the current\n"
	"seal key; see seal.\n"
	"FILE is replaced at once, and its owner's alone; without one, or with\n"
	"-, standard output. See restore.\n";

static json_t *dump_list(int cmd, const struct attr_set *set)
{
	return genl_json_dump(genl_request(cmd, set));
}

/* The same, with sealed keys if there is an attribute to ask for them with. */
static json_t *dump_sealed(int cmd, const struct attr_set *set, uint16_t seal)
{
	struct nlmsghdr *nlh = genl_request(cmd, set);

	if (seal)
		mnl_attr_put(nlh, seal, 0, NULL);
	return genl_json_dump(nlh);
}

/* Keys that came before there was a seal key cannot be sealed. */
static void check_sealed(const json_t *keys)
{
	size_t i, n = 0;
	json_t *key;

	json_array_foreach(keys, i, key)
		n += !json_object_get(key, "sealed");
	if (n)
		warn("%zu of %zu keys came before there was a seal key, and are not in the dump",
		     n, json_array_size(keys));
}

/* Move objects into their sessions. */
static void share_out(json_t *sessions, json_t *objects, const char *name)
{
	json_t *lists = json_object();
	json_t *session, *object;
	char id[24];
	size_t i;

	json_array_foreach(sessions, i, session) {
		snprintf(id, sizeof(id), "%lld", output_number(session, "id"));
		json_object_set_new(session, name, json_array());
		json_object_set(lists, id, json_object_get(session, name));
	}
	json_array_foreach(objects, i, object) {
		snprintf(id, sizeof(id), "%lld",
			 output_number(object, "session-id"));
		/* ignore objects of a session created meanwhile */
		json_array_append(json_object_get(lists, id), object);
	}
	json_decref(lists);
	json_decref(objects);
}

static json_t *snapshot(bool sealed)
{
	json_t *sessions, *keys, *requires, *attached, *object;
	size_t i;

	/* answers contain suite numbers; read their names beforehand */
	suites_read();
	sessions = dump_sealed(KSRTP_CMD_SESSION_GET, &session_set,
			       sealed ? KSRTP_A_SESSION_SEAL : 0);
	keys = dump_sealed(KSRTP_CMD_KEY_GET, &key_set,
			   sealed ? KSRTP_A_KEY_SEAL : 0);
	if (sealed)
		check_sealed(keys);
	share_out(sessions, keys, "keys");
	share_out(sessions, dump_list(KSRTP_CMD_STREAM_GET, &stream_set),
		  "streams");
	requires = dump_list(KSRTP_CMD_REQUIRE_GET, &require_set);
	/* interface numbers differ between hosts, so add names */
	json_array_foreach(sessions, i, object)
		output_dress(object);
	json_array_foreach(requires, i, object)
		output_dress(object);
	attached = dump_list(KSRTP_CMD_ATTACH_GET, &attach_set);
	json_array_foreach(attached, i, object)
		output_dress(object);

	object = json_object();
	json_object_set_new(object, "version", json_integer(STATE_VERSION));
	json_object_set_new(object, "sessions", sessions);
	json_object_set_new(object, "requires", requires);
	json_object_set_new(object, "attached", attached);
	return object;
}

/* Write everything and sync it; returns an errno. */
static int write_object(json_t *object, int fd)
{
	FILE *out = fdopen(fd, "w");
	int err = 0;

	if (!out)
		return errno;
	if (json_dumpf(object, out, output_pretty ? JSON_INDENT(4) : 0) ||
	    fputc('\n', out) == EOF || fflush(out) ||
	    /* not possible, and not needed, for pipes and the like */
	    (fsync(fd) && errno != EINVAL && errno != EROFS))
		err = errno;
	if (fclose(out) && !err)
		err = errno;
	return err;
}

static void write_file(json_t *object, const char *file)
{
	char temporary[PATH_MAX] = "";
	struct stat st;
	int err, fd;

	if (!lstat(file, &st) && !S_ISREG(st.st_mode)) {
		fd = open(file, O_WRONLY | O_TRUNC | O_CLOEXEC);
	} else {
		/* keep the old file until everything is written */
		snprintf(temporary, sizeof(temporary), "%s.XXXXXX", file);
		fd = mkostemp(temporary, O_CLOEXEC);
	}
	if (fd < 0)
		usage("dump: %s: %s", file, strerror(errno));
	err = write_object(object, fd);
	if (!err && *temporary && rename(temporary, file))
		err = errno;
	if (err && *temporary)
		unlink(temporary);
	if (err)
		usage("dump: %s: %s", file, strerror(err));
}

void dump_command(struct args *args)
{
	const char *file = "-";
	json_t *object;
	bool sealed;

	if (args_take(args, "help")) {
		fputs(dump_help, stdout);
		return;
	}
	sealed = args_take(args, "sealed");
	if (*args->word)
		file = args_value(args, "dump");
	args_end(args);
	object = snapshot(sealed);
	if (strcmp(file, "-"))
		write_file(object, file);
	else
		output_line(object);
	json_decref(object);
}
