// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "complaint.h"
#include "fail.h"
#include "genl.h"
#include "place.h"
#include "plan.h"
#include "sdp_command.h"
#include "sdp_print.h"
#include "secret.h"

static const char sdp_help[] =
	"Usage: ksrtp sdp [ add ] local FILE remote FILE [ ADDRESSES ] [ dry-run ]\n"
	"       ksrtp sdp set local FILE remote FILE\n"
	"                     old-local FILE old-remote FILE\n"
	"                     [ ADDRESSES ] [ dry-run ]\n"
	"       ksrtp sdp del local FILE remote FILE [ ADDRESSES ] [ dry-run ]\n"
	"\n"
	"ADDRESSES := [ local-address [ADDR=]{ ADDR | any } ]...\n"
	"             [ remote-address [ADDR=]{ ADDR | any } ]...\n"
	"\n"
	"Sessions of a call, by the SDP that this side has sent, and that it has\n"
	"got; either may be the offer. set is for a new offer and answer, and\n"
	"takes those before as the old ones.\n"
	"ADDRESSES are those that packets have on this host, where SDP has others:\n"
	"behind address translation, or with several addresses. Before = stands\n"
	"the one of SDP that it is for; without it, each is meant.\n"
	"dry-run prints the commands of ksrtp session, without keys.\n";

/* Descriptions hold keys: here, so that they can be wiped. */
static struct call call, old;

static struct plan plan;

static struct files {
	const char *local, *remote, *old_local, *old_remote;
	struct translations translations;
	bool dry;
} files;

/* What is wrong is wrong in a file, or is what the kernel says. */
static void must(int ret, const struct complaint *complaint)
{
	if (!ret)
		return;
	if (complaint->file) {
		fail_file = complaint->file;
		fail_line = complaint->line;
	}
	place_enter("%s", complaint->place + (*complaint->place == ' '));
	fail(ret == -EINVAL && !complaint->refused ? KSRTP_USAGE : KSRTP_REFUSED,
	     "%s", complaint->text);
}

static bool take_file(struct args *args, const char *word, const char **file)
{
	bool seen = *file;

	if (!args_take(args, word))
		return false;
	args_once(&seen, word);
	*file = args_value(args, word);
	return true;
}

static bool take_address(struct args *args, const char *word,
			 struct translation *translation)
{
	struct complaint complaint = { 0 };

	if (!args_take(args, word))
		return false;
	complaint_enter(&complaint, "%s", word);
	must(translation_add(translation, args_value(args, word), &complaint),
	     &complaint);
	return true;
}

static void files_parse(struct args *args, const char *command, bool has_old)
{
	memset(&files, 0, sizeof(files));
	while (*args->word) {
		if (take_file(args, "local", &files.local) ||
		    take_file(args, "remote", &files.remote) ||
		    take_address(args, "local-address",
				 &files.translations.local) ||
		    take_address(args, "remote-address",
				 &files.translations.remote))
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

/* Unbuffered, since nobody else would wipe the buffer. */
static void read_text(struct sdp *sdp, const char *file)
{
	size_t len = 0;
	ssize_t n;
	int fd;

	sdp->file = file;
	fd = open(file, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		usage("sdp: %s: %s", file, strerror(errno));
	secret_warn(fd, file);
	do {
		n = read(fd, sdp->text + len, sizeof(sdp->text) - len);
		if (n < 0)
			usage("sdp: %s: %s", file, strerror(errno));
		len += n;
		if (len == sizeof(sdp->text))
			usage("sdp: %s: longer than %d bytes", file,
			      SDP_SIZE - 1);
	} while (n);
	close(fd);
	sdp->text[len] = '\0';
	if (!len)
		usage("sdp: %s: empty", file);
	if (strlen(sdp->text) != len)
		usage("sdp: %s: not text", file);
}

static void read_call(struct call *into, const char *local, const char *remote)
{
	struct complaint complaint = { 0 };

	explicit_bzero(into, sizeof(*into));
	into->translations = &files.translations;
	read_text(&into->local, local);
	read_text(&into->remote, remote);
	must(call_read(into, &complaint), &complaint);
}

static void finish(void)
{
	struct complaint complaint = { 0 };

	if (files.dry) {
		sdp_print(&plan);
	} else {
		fail_whole_begin(NULL);
		must(plan_carry_out(&plan, genl_handle(), &complaint),
		     &complaint);
		fail_whole_end();
	}
	explicit_bzero(&call, sizeof(call));
	explicit_bzero(&old, sizeof(old));
	memset(&plan, 0, sizeof(plan));
}

static void sdp_add(struct args *args)
{
	files_parse(args, "add", false);
	read_call(&call, files.local, files.remote);
	plan_add_call(&plan, &call);
	if (!plan.n)
		warn("%s has no section for a session", files.local);
	finish();
}

static void sdp_set(struct args *args)
{
	struct complaint complaint = { 0 };

	files_parse(args, "set", true);
	read_call(&call, files.local, files.remote);
	read_call(&old, files.old_local, files.old_remote);
	must(plan_change_call(&plan, genl_handle(), &call, &old, &complaint),
	     &complaint);
	finish();
}

static void sdp_del(struct args *args)
{
	struct complaint complaint = { 0 };

	files_parse(args, "del", false);
	read_call(&call, files.local, files.remote);
	must(plan_del_call(&plan, genl_handle(), &call, &complaint),
	     &complaint);
	finish();
}

/* Does it begin with what add takes, without the word? */
static bool is_add(const struct args *args)
{
	return args_next(args, "local") || args_next(args, "remote") ||
	       args_next(args, "local-address") ||
	       args_next(args, "remote-address") || args_next(args, "dry-run");
}

void sdp_command(struct args *args)
{
	if (args_take(args, "help"))
		fputs(sdp_help, stdout);
	else if (args_take(args, "add") || is_add(args))
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
