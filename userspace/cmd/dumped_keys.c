// SPDX-License-Identifier: GPL-2.0
/* Keys of a dump, in the order in which they replace each other. */
#include <stdbool.h>
#include <string.h>

#include <linux/ksrtp.h>

#include "dumped_keys.h"
#include "steps.h"
#include "util/attrs_json.h"
#include "util/fail.h"
#include "util/genl.h"
#include "util/output.h"

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
	steps_add(KSRTP_CMD_SESSION_SET, &session_set, object, NULL);
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
	steps_add(KSRTP_CMD_KEY_NEW, &key_set, key, NULL);
}

static bool has_key(json_t *key)
{
	return json_object_get(key, "master-key") ||
	       json_object_get(key, "sealed");
}

/* Give a direction of a session its keys. */
void dumped_keys_make(json_t *session, const char *direction)
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
json_t *dumped_keys_take_ekt(json_t *direction)
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
void dumped_keys_make_ekt(json_t *session, const char *name, json_t *ekt)
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
