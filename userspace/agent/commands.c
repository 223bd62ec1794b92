// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <string.h>

#include "call.h"
#include "commands.h"
#include "exchange.h"
#include "lib/complaint.h"
#include "lib/sdp.h"

static char text[2 * SDP_SIZE];

static const char *string(const json_t *request, const char *key)
{
	return json_string_value(json_object_get(request, key));
}

static int describe(const json_t *request, const char *command, const char *id,
		    json_t *answer, struct complaint *c)
{
	const char *sdp = string(request, "sdp");
	struct exchange_flags flags = {
		.feedback = json_is_true(json_object_get(request, "feedback")),
		.bundle = json_is_true(json_object_get(request, "bundle")),
	};
	const char *public = string(request, "public");
	int ret;

	if (!sdp)
		return wrong(c, "%s: 'sdp' is missing", command);
	flags.chosen = public;
	if (public && !public_named(&flags.public, public))
		return wrong(c, "public: none of ice, dtls, sdes");
	if (!strcmp(command, "offer"))
		ret = exchange_offer(id, sdp, &flags, text, sizeof(text), c);
	else
		ret = exchange_answer(id, sdp, text, sizeof(text), c);
	if (!ret)
		json_object_set_new(answer, "sdp", json_string(text));
	explicit_bzero(text, strlen(text));
	return ret;
}

static int query(const char *id, json_t *answer, struct complaint *c)
{
	json_t *list = call_query(id, c);

	if (!list)
		return -ENOENT;
	json_object_set_new(answer, "calls", list);
	return 0;
}

/* Carry out what a client asks for. */
int commands_obey(const char *command, const json_t *request, json_t *answer,
		  struct complaint *c)
{
	const char *id = string(request, "call");

	if (id && (!*id || strlen(id) >= CALL_ID))
		return wrong(c, "call: not 1 to %d bytes", CALL_ID - 1);
	if (!strcmp(command, "query"))
		return query(id, answer, c);
	if (strcmp(command, "offer") && strcmp(command, "answer") &&
	    strcmp(command, "delete"))
		return wrong(c, "command: none of offer, answer, delete, query, listen");
	if (!id)
		return wrong(c, "%s: 'call' is missing", command);
	if (!strcmp(command, "delete"))
		return call_delete(id, c);
	return describe(request, command, id, answer, c);
}
