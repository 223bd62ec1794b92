// SPDX-License-Identifier: GPL-2.0
/* What restore has made, which goes again if the rest is refused. */
#include <stdlib.h>

#include <libmnl/libmnl.h>
#include <linux/ksrtp.h>

#include "restored.h"
#include "util/fail.h"
#include "util/genl.h"
#include "util/genl_json.h"
#include "util/wipe.h"

/* Ids of created objects. */
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

/* A session was made, as the kernel tells it; it may have replaced an orphan. */
void restored_session(const json_t *session)
{
	char *flow = flow_of(session);

	json_array_append(json_object_get(orphans, flow) ? kept : made_sessions,
			  json_object_get(session, "id"));
	wipe_free(flow);
}

/* A rule was made. */
void restored_rule(const json_t *rule)
{
	json_array_append(made_requires, json_object_get(rule, "id"));
}

/* A device was attached. */
void restored_device(json_int_t ifindex)
{
	json_array_append_new(made_attached, json_integer(ifindex));
}

/* Delete it all, but for what has replaced an orphan. */
void restored_undo(void)
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

/* Nothing was made yet. */
void restored_begin(void)
{
	made_sessions = json_array();
	made_requires = json_array();
	made_attached = json_array();
	orphans = list_orphans();
	kept = json_array();
}

/* All was, and stays. */
void restored_end(void)
{
	json_decref(made_sessions);
	json_decref(made_requires);
	json_decref(made_attached);
	json_decref(orphans);
	json_decref(kept);
}
