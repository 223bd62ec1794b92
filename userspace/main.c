// SPDX-License-Identifier: GPL-2.0
/* ksrtp: sessions, keys and replay state of SRTP in the kernel. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <jansson.h>

#include "args.h"
#include "batch.h"
#include "doctor.h"
#include "dump.h"
#include "fail.h"
#include "force.h"
#include "keys.h"
#include "monitor.h"
#include "output.h"
#include "require.h"
#include "restore.h"
#include "sdp_command.h"
#include "session.h"
#include "stat.h"
#include "stream.h"
#include "suite.h"
#include "wipe.h"

static const char main_help[] =
	"Usage: ksrtp [ OPTIONS ] OBJECT { COMMAND | help }\n"
	"       ksrtp [ OPTIONS ] [ -f ] -b FILE\n"
	"\n"
	"OBJECT := { session | sdp | stream | key | require | suite | stat |\n"
	"            monitor | dump | restore | doctor }\n"
	"OPTIONS := { -j | -p | -s | -n NETNS | -b FILE | -f | -V |\n"
	"             -h }\n"
	"    -j        JSON\n"
	"    -p        JSON for people to read\n"
	"    -s        with counters\n"
	"    -n NETNS  in a network namespace made by ip netns\n"
	"    -b FILE   commands from FILE, or - for standard input\n"
	"    -f        with -b: go on behind commands that fail, and take what is\n"
	"              there already for made\n"
	"    -V        version\n"
	"    -h        this help\n";

static void enter_netns(const char *name)
{
	char path[256];
	int fd;

	if (!*name || strchr(name, '/') ||
	    snprintf(path, sizeof(path), "/run/netns/%s", name) >=
	    (int)sizeof(path))
		usage("-n: '%s' is not the name of a network namespace", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		usage("-n: network namespace %s: %s", name, strerror(errno));
	if (setns(fd, CLONE_NEWNET))
		fail(KSRTP_REFUSED, "-n: network namespace %s: %s", name,
		     strerror(errno));
	close(fd);
}

static void command(struct args *args)
{
	if (args_take(args, "help"))
		fputs(main_help, stdout);
	else if (args_take(args, "session"))
		session_command(args);
	else if (args_take(args, "sdp"))
		sdp_command(args);
	else if (args_take(args, "stream"))
		stream_command(args);
	else if (args_take(args, "suite"))
		suite_command(args);
	else if (args_take(args, "key"))
		keys_command(args);
	else if (args_take(args, "require"))
		require_command(args);
	else if (args_take(args, "stat"))
		stat_command(args);
	else if (args_take(args, "dump"))
		dump_command(args);
	else if (args_take(args, "restore"))
		restore_command(args);
	else if (args_take(args, "doctor"))
		doctor_command(args);
	else if (args_take(args, "monitor"))
		monitor_command(args);
	else
		usage("unknown object '%s'", *args->word);
}

int main(int argc, char **argv)
{
	const struct rlimit no_core = { 0, 0 };
	const char *batch = NULL, *netns = NULL;
	struct args args;
	int option;

	/* keys pass through: no core, no debugger */
	prctl(PR_SET_DUMPABLE, 0);
	setrlimit(RLIMIT_CORE, &no_core);
	json_set_alloc_funcs(wipe_alloc, wipe_free);

	opterr = 0;
	while ((option = getopt(argc, argv, "+:jpsn:b:fVh")) != -1) {
		switch (option) {
		case 'j':
			output_is_json = true;
			break;
		case 'p':
			output_is_json = true;
			output_pretty = true;
			break;
		case 's':
			output_stats = true;
			break;
		case 'n':
			netns = optarg;
			break;
		case 'b':
			batch = optarg;
			break;
		case 'f':
			force = true;
			break;
		case 'V':
			printf("ksrtp %s\n", KSRTP_VERSION);
			return 0;
		case 'h':
			fputs(main_help, stdout);
			return 0;
		case ':':
			usage("-%c: value missing", optopt);
		default:
			usage("unknown option '%s'", argv[optind - 1]);
		}
	}
	if (force && !batch)
		usage("-f: goes with -b");
	if (netns)
		enter_netns(netns);
	args.word = argv + optind;
	if (batch) {
		args_end(&args);
		batch_run(batch, command);
	} else if (!*args.word) {
		usage("no object given; ksrtp -h helps");
	} else {
		command(&args);
	}
	if (fflush(stdout) || ferror(stdout))
		fail(KSRTP_REFUSED, "writing: %s", strerror(errno));
	return 0;
}
