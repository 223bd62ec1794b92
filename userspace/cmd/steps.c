// SPDX-License-Identifier: GPL-2.0
/* Requests of restore, of which many are carried out together. */
#include <stdio.h>
#include <string.h>

#include "restored.h"
#include "steps.h"
#include "util/attrs_json.h"
#include "util/fail.h"
#include "util/genl.h"

/* A request on its way. */
struct step {
	char where[sizeof(place)];
	json_t *session;		/* that it makes, or NULL */
	int error;
	char why[512];
};

static struct step steps[QUEUE_REQUESTS];
static unsigned int steps_n;

/* Carry out what is on its way, and fail where the first of it was refused. */
void steps_settle(void)
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
	json_object_set(step->session, "id", json_object_get(made, "id"));
	restored_session(made);
	json_decref(made);
}

/*
 * Carry out a request with others, by steps_settle() at the latest; one that makes
 * a session tells its id.
 */
void steps_add(int cmd, const struct attr_set *set, json_t *object,
	       json_t *session)
{
	struct nlmsghdr *nlh;
	struct step *step;

	if (steps_n == QUEUE_REQUESTS)
		steps_settle();
	nlh = genl_request(cmd, set);
	attrs_put(set, object, nlh);
	step = &steps[steps_n++];
	strcpy(step->where, place);
	step->session = session;
	step->error = 0;
	genl_queue(nlh, stepped, step);
}
