// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/ksrtp.h>

#include "call.h"
#include "fail.h"
#include "genl.h"
#include "output.h"
#include "plan.h"
#include "sdp_command.h"
#include "suite.h"

static const char sdp_help[] =
	"Usage: ksrtp sdp add local FILE remote FILE [ dry-run ]\n"
	"       ksrtp sdp set local FILE remote FILE\n"
	"                     old-local FILE old-remote FILE [ dry-run ]\n"
	"       ksrtp sdp del local FILE remote FILE [ dry-run ]\n"
	"\n"
	"Sessions of a call, by the SDP that this side has sent, and that it has\n"
	"got; either may be the offer. set is for a new offer and answer, and\n"
	"takes those before as the old ones.\n"
	"dry-run prints the commands of ksrtp session, without keys.\n";

/* Descriptions hold keys: here, so that they can be wiped. */
static struct call call, old;

static struct files {
	const char *local, *remote, *old_local, *old_remote;
	bool dry;
} files;

/* Where in a batch the command stands. */
static const char *outer_file;
static unsigned int outer_line;

static bool take_file(struct args *args, const char *word, const char **file)
{
	bool seen = *file;

	if (!args_take(args, word))
		return false;
	args_once(&seen, word);
	*file = args_value(args, word);
	return true;
}

static void files_parse(struct args *args, const char *command, bool has_old)
{
	memset(&files, 0, sizeof(files));
	while (*args->word) {
		if (take_file(args, "local", &files.local) ||
		    take_file(args, "remote", &files.remote))
			continue;
		if (has_old && (take_file(args, "old-local", &files.old_local) ||
				take_file(args, "old-remote",
					  &files.old_remote)))
			continue;
		if (!args_take(args, "dry-run"))
			args_end(args);
		args_once(&files.dry, "dry-run");
	}
	if (!files.local || !files.remote)
		usage("sdp %s: needs local and remote", command);
	if (has_old && (!files.old_local || !files.old_remote))
		usage("sdp %s: needs old-local and old-remote", command);
}

/*
 * The session of a leg that was: by its own end alone, since what is held has
 * kept the peer it had, whatever its description says.
 */
static json_t *session_of(const struct call *of, const struct leg *leg)
{
	struct nlmsghdr *nlh;
	struct flow flow = { .local = leg->flow.local };
	json_t *list, *found = NULL, *object;
	size_t i;

	suite_name(0);
	nlh = genl_request(KSRTP_CMD_SESSION_GET, &session_set);
	flow_put(&flow, nlh);
	list = genl_dump(nlh);
	sdp_at(&of->local, leg->line);
	json_array_foreach(list, i, object) {
		if (json_object_get(object, "ssrc"))
			continue;
		if (found)
			fail(KSRTP_REFUSED,
			     "several sessions have this local address and port");
		found = json_incref(object);
	}
	if (!found)
		fail(KSRTP_REFUSED,
		     "no session has this local address and port");
	json_decref(list);
	fail_file = outer_file;
	fail_line = outer_line;
	return found;
}

/* Does a session have the peer that a leg wants? One that is held takes any. */
static bool has_peer(json_t *session, const struct endpoint *peer)
{
	const char *text = output_string(session, "remote-address");
	unsigned char address[16];

	if (!peer->given)
		return true;
	return text &&
	       inet_pton(peer->address_len == 4 ? AF_INET : AF_INET6, text,
			 address) == 1 &&
	       !memcmp(address, peer->address, peer->address_len) &&
	       output_number(session, "remote-port") == peer->port;
}

/* Is our own end where it was? That of a held stream may be without address. */
static bool same_end(const struct endpoint *end, const struct endpoint *was)
{
	return end->port == was->port &&
	       (!end->address_len || !was->address_len ||
		!memcmp(end, was, sizeof(*end)));
}

/* RTCP's ports are part of what a session is found by, and cannot be changed. */
static bool same_rtcp(const struct leg *leg, const struct leg *was)
{
	return leg->mux == was->mux &&
	       leg->local_rtcp_port == was->local_rtcp_port &&
	       (!leg->flow.remote.given || !was->flow.remote.given ||
		leg->remote_rtcp_port == was->remote_rtcp_port);
}

/*
 * RFC 4568, section 7.1.4: a stream keeps its rollover counter as long as its
 * addresses stay, with the old key or a new one. Where they change it begins
 * anew, and the old key would see its packet indexes twice.
 */
static void plan_change(const struct leg *leg, const struct leg *was)
{
	bool send = !call_same_key(leg->send, was->send);
	bool recv = !call_same_key(leg->recv, was->recv);
	json_t *session = session_of(&old, was);
	uint32_t id = output_number(session, "id");

	if (same_end(&leg->flow.local, &was->flow.local) &&
	    has_peer(session, &leg->flow.remote) && same_rtcp(leg, was)) {
		if (send || recv)
			plan_set(leg, id, send, recv);
	} else {
		if (!send || !recv) {
			sdp_at(&call.local, leg->line);
			usage("addresses or ports are new and a key is not; its packet indexes would be used twice");
		}
		plan_add(leg);
		plan_del(id);
	}
	json_decref(session);
}

static void plan_end(const struct call *of, const struct leg *was)
{
	json_t *session = session_of(of, was);

	plan_del(output_number(session, "id"));
	json_decref(session);
}

static void finish(void)
{
	if (files.dry)
		plan_print();
	else
		plan_carry_out(files.local);
	explicit_bzero(&call, sizeof(call));
	explicit_bzero(&old, sizeof(old));
}

static void sdp_add(struct args *args)
{
	unsigned int i;

	files_parse(args, "add", false);
	call_read(&call, files.local, files.remote);
	for (i = 0; i < call.n; i++)
		if (call.leg[i].active)
			plan_add(&call.leg[i]);
	finish();
}

static void sdp_set(struct args *args)
{
	unsigned int i;

	files_parse(args, "set", true);
	call_read(&call, files.local, files.remote);
	call_read(&old, files.old_local, files.old_remote);
	if (call.n < old.n)
		usage("sdp set: %s has %u media sections, and %s has %u; a section stays, with port 0",
		      files.local, call.n, files.old_local, old.n);
	for (i = 0; i < call.n; i++) {
		const struct leg *leg = &call.leg[i], *was = &old.leg[i];

		if (leg->active && was->active)
			plan_change(leg, was);
		else if (leg->active)
			plan_add(leg);
		else if (was->active)
			plan_end(&old, was);
	}
	finish();
}

static void sdp_del(struct args *args)
{
	unsigned int i;

	files_parse(args, "del", false);
	call_read(&call, files.local, files.remote);
	for (i = 0; i < call.n; i++)
		if (call.leg[i].active)
			plan_end(&call, &call.leg[i]);
	finish();
}

void sdp_command(struct args *args)
{
	outer_file = fail_file;
	outer_line = fail_line;
	if (args_take(args, "help"))
		fputs(sdp_help, stdout);
	else if (args_take(args, "add"))
		sdp_add(args);
	else if (args_take(args, "set"))
		sdp_set(args);
	else if (args_take(args, "del"))
		sdp_del(args);
	else if (!*args->word)
		usage("sdp: command missing");
	else
		usage("sdp: unknown command '%s'", *args->word);
}
