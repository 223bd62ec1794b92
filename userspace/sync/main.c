// SPDX-License-Identifier: GPL-2.0
/* ksrtp-sync: keeps sessions in a store, for a host that takes over. */
#include <malloc.h>
#include <stdio.h>
#include <string.h>

#include "cluster.h"
#include "commands.h"
#include "daemon/control.h"
#include "daemon/loop.h"
#include "daemon/sandbox.h"
#include "kernel.h"
#include "lib/complaint.h"
#include "member.h"
#include "notices.h"
#include "place.h"
#include "settings.h"
#include "util/args.h"
#include "util/fail.h"
#include "util/privilege.h"

#define KEPT (16 << 20)

static const char help[] =
	"Usage: ksrtp-sync [ config FILE ] group ID...\n"
	"                  { cluster-key-file FILE | cluster-key-ring NAME... }\n"
	"                  { store PLACE... | sentinel PLACE... sentinel-master NAME }\n"
	"                  [ host NAME ] [ take asked | expired ]\n"
	"                  [ lease MS ] [ margin MS ] [ interval MS ] [ report N ]\n"
	"                  [ rtp-block N ] [ srtcp-block N ] [ senders remote | local ]\n"
	"                  [ replays accept | drop ]\n"
	"                  [ without-store drop | continue ] [ replicas N ]\n"
	"                  [ store-user NAME ] [ store-password-file FILE ]\n"
	"                  [ store-ca-file FILE ] [ prefix TEXT ]\n"
	"                  [ sentinel-user NAME ] [ sentinel-password-file FILE ]\n"
	"                  [ control SOCKET ] [ user NAME ]\n"
	"       ksrtp-sync take GROUP [ control SOCKET ]\n"
	"       ksrtp-sync release GROUP [ control SOCKET ]\n"
	"       ksrtp-sync able GROUP [ control SOCKET ]\n"
	"       ksrtp-sync notify { INSTANCE GROUP }... [ control SOCKET ] FIFO\n"
	"       ksrtp-sync status [ control SOCKET ]\n"
	"\n"
	"Keeps the sessions of lease groups, with sealed keys, in Valkey or Redis, so\n"
	"that another host can go on with them. PLACE is redis://HOST:PORT,\n"
	"rediss://HOST:PORT (TLS) or unix:PATH. FILE has the same words, on lines.\n";

static struct settings settings;
static struct cluster cluster;
static struct places store, sentinels;

/* Words that ask a daemon, or only for help; returns whether there were any. */
static bool ask(struct args *args)
{
	static const char *const commands[] = { "take", "release", "able",
						"status" };
	size_t i;

	if (args_take(args, "help")) {
		fputs(help, stdout);
		return true;
	}
	if (args_take(args, "notify")) {
		notices_follow(args);
		return true;
	}
	/* "take asked" is a setting */
	if (args_next(args, "take") && args->word[1] &&
	    (!strcmp(args->word[1], "asked") ||
	     !strcmp(args->word[1], "expired")))
		return false;
	for (i = 0; i < sizeof(commands) / sizeof(*commands); i++) {
		if (args_take(args, commands[i])) {
			commands_ask(commands[i], args);
			return true;
		}
	}
	return false;
}

/* Batches come and go: their memory is kept, and not had anew page by page. */
static void keep_memory(void)
{
	mallopt(M_MMAP_THRESHOLD, KEPT);
	mallopt(M_TRIM_THRESHOLD, KEPT);
}

int main(int argc, char **argv)
{
	struct args args = { argv + 1 };
	struct complaint complaint = { 0 };

	(void)argc;
	keep_memory();
	fail_program = "ksrtp-sync";
	if (ask(&args))
		return 0;
	settings_read(&settings, &args);
	fail_must(privilege_no_cores(&complaint), &complaint);
	loop_signals();
	fail_must(cluster_read(&cluster, &settings, &complaint),
		  &complaint);
	fail_must(places_read(&store, &settings, &complaint), &complaint);
	fail_must(places_read_sentinels(&sentinels, &settings, &complaint),
		  &complaint);
	fail_must(loop_begin(), &complaint);
	/* a second process stops here */
	fail_must(control_begin(settings.control, commands_obey,
				COMMANDS_REQUEST_MAX, &complaint), &complaint);
	fail_must(kernel_seal(&cluster, &complaint), &complaint);
	cluster_wipe_seals(&cluster);
	fail_must(privilege_become(settings.user, &complaint), &complaint);
	/* again, since the kernel forgets it when the user changes */
	fail_must(privilege_no_cores(&complaint), &complaint);
	fail_must(member_begin(&settings, &cluster, &store, &sentinels,
			       &complaint), &complaint);
	fail_must(sandbox_enter(&complaint), &complaint);
	fail_must(loop_run(member_second), &complaint);
	control_end();
	return 0;
}
