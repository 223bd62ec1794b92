// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <net/if.h>
#include <string.h>
#include <unistd.h>

#include "key_text.h"
#include "state.h"
#include "util/attrs_json.h"
#include "util/fail.h"
#include "util/output.h"
#include "util/suites.h"
#include "util/wipe.h"

const char *const state_directions[] = { "send", "recv" };

static bool keys_given;

/* Read a whole file, which may contain keys. */
json_t *state_read(int fd)
{
	size_t len = 0, size = 65536;
	char *text = wipe_alloc(size);
	json_error_t error;
	json_t *root;
	char *larger;
	ssize_t n;

	while (text) {
		n = read(fd, text + len, size - len);
		if (n < 0)
			usage("%s", strerror(errno));
		if (!n)
			break;
		len += n;
		if (len < size)
			continue;
		larger = wipe_alloc(2 * size);
		if (larger)
			memcpy(larger, text, len);
		wipe_free(text);
		text = larger;
		size *= 2;
	}
	if (!text)
		usage("%s", strerror(ENOMEM));
	root = json_loadb(text, len, JSON_REJECT_DUPLICATES, &error);
	wipe_free(text);
	/* the library's own message may contain a key */
	if (!root)
		usage("line %d, column %d: not JSON, or a member given twice",
		      error.line, error.column);
	return root;
}

/* A mandatory member. */
static json_t *member(json_t *object, const char *name)
{
	json_t *value = json_object_get(object, name);

	if (!value)
		usage_member(name, "missing");
	return value;
}

static json_t *list(json_t *object, const char *name)
{
	json_t *value = member(object, name);

	if (!json_is_array(value))
		usage_member(name, "not an array");
	return value;
}

/* Call @action for each object of a list; @owner is the object it is in. */
void state_for_each(json_t *owner, const char *name,
		    void (*action)(json_t *object, json_t *owner))
{
	json_t *object;
	size_t i, here;

	json_array_foreach(list(owner, name), i, object) {
		here = place_enter(".%s[%zu]", name, i);
		action(object, owner);
		place_leave(here);
	}
}

/* Interfaces are identified by name, if given. */
static void check_dev(json_t *object)
{
	json_t *dev = json_object_get(object, "dev");
	unsigned int ifindex;

	if (!dev)
		return;
	if (!json_is_string(dev))
		usage_member("dev", "not a string");
	ifindex = if_nametoindex(json_string_value(dev));
	if (!ifindex)
		usage_member("dev", "no interface '%s'",
			     json_string_value(dev));
	json_object_set_new(object, "ifindex", json_integer(ifindex));
}

static void check_key(json_t *key, json_t *session)
{
	const char *direction;
	bool sealed;

	attrs_check(&key_set, key, NULL);
	direction = json_string_value(member(key, "direction"));
	sealed = json_object_get(key, "sealed");
	if (!sealed && !json_object_get(key, "master-key") &&
	    !json_object_get(key, "master-salt"))
		return;
	if (!sealed) {
		member(key, "master-key");
		member(key, "master-salt");
	} else if (json_object_get(key, "master-key") ||
		   json_object_get(key, "master-salt")) {
		usage_member("sealed", "beside master-key");
	}
	if (!json_object_get(session, direction))
		usage_member("direction", "the session has no %s", direction);
	if (!json_object_get(json_object_get(session, direction), "suite"))
		usage_member("direction", "the session's %s has no suite",
			     direction);
	/* sealed ones are no secret */
	keys_given |= !sealed;
}

static void check_stream(json_t *stream, json_t *session)
{
	(void)session;
	attrs_check(&stream_set, stream, NULL);
	member(stream, "direction");
	member(stream, "ssrc");
	member(stream, "roc");
}

static void check_session(json_t *session, json_t *root)
{
	static const char *const others[] = { "dev", "keys", NULL };
	size_t i, here;

	(void)root;
	attrs_check(&session_set, session, others);
	for (i = 0; i < 2; i++) {
		if (!json_object_get(json_object_get(session, state_directions[i]),
				     "master-key"))
			continue;
		here = place_enter(".%s", state_directions[i]);
		usage_member("master-key", "belongs into keys");
		place_leave(here);
	}
	state_for_each(session, "keys", check_key);
	state_for_each(session, "streams", check_stream);
	check_dev(session);
}

static void check_require(json_t *rule, json_t *root)
{
	static const char *const others[] = { "dev", NULL };

	(void)root;
	attrs_check(&require_set, rule, others);
	check_dev(rule);
}

static void check_attached(json_t *device, json_t *root)
{
	static const char *const others[] = { "dev", NULL };

	(void)root;
	attrs_check(&attach_set, device, others);
	check_dev(device);
}

/* Check everything that needs no kernel; returns whether there are keys. */
bool state_check(json_t *root)
{
	const char *name;
	json_t *value;

	if (!json_is_object(root))
		usage("not an object");
	value = member(root, "version");
	if (!json_is_integer(value) ||
	    json_integer_value(value) != STATE_VERSION)
		usage_member("version", "not %d", STATE_VERSION);
	json_object_foreach(root, name, value)
		if (strcmp(name, "version") && strcmp(name, "sessions") &&
		    strcmp(name, "requires") && strcmp(name, "attached"))
			usage_member(name, "unknown member");
	keys_given = false;
	state_for_each(root, "sessions", check_session);
	state_for_each(root, "requires", check_require);
	/* what was written before there were any has none */
	if (json_object_get(root, "attached"))
		state_for_each(root, "attached", check_attached);
	return keys_given;
}

/* Suite of a direction, in a session that was checked. */
static struct suite direction_suite(json_t *session, const char *direction)
{
	json_t *object = json_object_get(session, direction);

	return suite_by_name(output_string(object, "suite"));
}

static void check_key_length(json_t *key, json_t *session)
{
	size_t key_len, salt_len;
	struct suite suite;

	if (!json_object_get(key, "master-key"))
		return;
	suite = direction_suite(session, output_string(key, "direction"));
	key_len = strlen(output_string(key, "master-key")) / 2;
	salt_len = strlen(output_string(key, "master-salt")) / 2;
	if (!key_fits(&suite, key_len, salt_len))
		usage_member("master-key",
			     "suite %s wants %u bytes, and %u of salt; got %zu and %zu",
			     suite.name, suite.key_len, suite.salt_len, key_len,
			     salt_len);
}

static void check_suites(json_t *session, json_t *root)
{
	struct suite suite;
	size_t i, here;

	(void)root;
	for (i = 0; i < 2; i++) {
		json_t *direction = json_object_get(session, state_directions[i]);
		const char *name = output_string(direction, "suite");

		if (!name || suite_find(name, &suite))
			continue;
		here = place_enter(".%s", state_directions[i]);
		usage_member("suite", "unknown suite '%s'", name);
		place_leave(here);
	}
	state_for_each(session, "keys", check_key_length);
}

/* Check the rest, for which the kernel has to be asked. */
void state_check_suites(json_t *root)
{
	state_for_each(root, "sessions", check_suites);
}
