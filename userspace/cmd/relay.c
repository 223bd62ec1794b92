// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include <linux/ksrtp.h>

#include "relay.h"
#include "lib/complaint.h"
#include "lib/value.h"
#include "util/fail.h"
#include "util/list.h"
#include "util/output.h"

static void take_end(struct relay_end *end, const struct endpoint *from,
		     const char *what)
{
	if (!from->given)
		return;
	if (!from->address_len || !from->port)
		usage("relay: %s: needs address and port", what);
	end->address_len = from->address_len;
	memcpy(end->address, from->address, from->address_len);
	end->port = from->port;
}

/* All words of the relay were read. */
void relay_end(struct relay_words *words)
{
	struct relay *relay = words->relay;

	if (!relay)
		return;
	if (words->flow.remote.given && !words->flow.local.given)
		usage("relay: remote without local");
	take_end(&relay->local, &words->flow.local, "local");
	take_end(&relay->remote, &words->flow.remote, "remote");
	words->relay = NULL;
}

static void begin(struct relay_words *words, struct relays *relays)
{
	struct complaint complaint = { 0 };
	bool none = words->none;

	relay_end(words);
	memset(words, 0, sizeof(*words));
	words->none = none;
	if (none)
		usage("relay: beside no-relay");
	words->relay = relays_add(relays, &complaint);
	if (!words->relay)
		usage("relay: %s", complaint.text);
}

static void take_types(struct relay_words *words, struct args *args)
{
	struct value list = { 0 };

	args_once(&words->has_types, "types");
	list_parse(&list, args, "types", 0, RELAY_TYPES - 1);
	words->relay->n_types = list.len;
	memcpy(words->relay->types, list.bytes, list.len);
}

static void take_ssrcs(struct relay_words *words, struct args *args)
{
	struct complaint complaint = { 0 };
	char *text;

	args_once(&words->has_ssrcs, "ssrcs");
	text = args_value(args, "ssrcs");
	while (text)
		if (relay_add_ssrc(words->relay,
				   parse_number(strsep(&text, ","), "ssrcs", 0,
						UINT32_MAX), &complaint))
			usage("ssrcs: %s", complaint.text);
}

static void take_rtcp(uint16_t *port, bool *given, struct args *args,
		      const char *keyword)
{
	args_once(given, keyword);
	*port = args_number(args, keyword, 1, UINT16_MAX);
}

/* Take a word of a relay, or one that begins another, if there is one. */
bool relay_parse(struct relay_words *words, struct relays *relays,
		 struct args *args)
{
	struct relay *relay = words->relay;

	if (args_take(args, "relay")) {
		begin(words, relays);
	} else if (args_take(args, "no-relay")) {
		args_once(&words->none, "no-relay");
		if (relays->given)
			usage("no-relay: beside relay");
		relays->given = true;
	} else if (!relay) {
		return false;
	} else if (args_take(args, "rtcp-mux")) {
		args_once(&relay->mux, "rtcp-mux");
	} else if (args_take(args, "local-rtcp-port")) {
		take_rtcp(&relay->local.rtcp_port, &words->has_local_rtcp, args,
			  "local-rtcp-port");
	} else if (args_take(args, "remote-rtcp-port")) {
		take_rtcp(&relay->remote.rtcp_port, &words->has_remote_rtcp,
			  args, "remote-rtcp-port");
	} else if (args_take(args, "types")) {
		take_types(words, args);
	} else if (args_take(args, "ssrcs")) {
		take_ssrcs(words, args);
	} else {
		return (args_next(args, "local") || args_next(args, "remote")) &&
		       flow_parse(&words->flow, args);
	}
	return true;
}

static void print_port(const json_t *relay, const char *name)
{
	if (output_number(relay, name))
		printf(" %s %lld", name, output_number(relay, name));
}

static void print(json_t *relay)
{
	char text[OUTPUT_ENDPOINT];
	json_t *ssrc;
	size_t i;

	printf("    relay");
	if (*output_local(relay, text))
		printf(" local %s", output_local(relay, text));
	if (*output_remote(relay, text))
		printf(" remote %s", output_remote(relay, text));
	if (json_object_get(relay, "rtcp-mux"))
		printf(" rtcp-mux");
	print_port(relay, "local-rtcp-port");
	print_port(relay, "remote-rtcp-port");
	if (json_object_get(relay, "types")) {
		printf(" types");
		list_print(json_object_get(relay, "types"));
	}
	json_array_foreach(json_object_get(relay, "ssrcs"), i, ssrc)
		printf("%s%s", i ? "," : " ssrcs ", json_string_value(ssrc));
	putchar('\n');
}

/* The relays of a session, one a line. */
void relay_print(const json_t *session)
{
	json_t *relay;
	size_t i;

	json_array_foreach(json_object_get(session, "relays"), i, relay)
		print(relay);
}
