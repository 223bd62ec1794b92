// SPDX-License-Identifier: GPL-2.0
/* ksrtp: sessions, keys and replay state of SRTP in the kernel. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <jansson.h>

#include "batch.h"
#include "commands.h"
#include "util/args.h"
#include "util/fail.h"
#include "util/output.h"
#include "util/wipe.h"

static const char main_help[] =
	"Usage: ksrtp [ OPTIONS ] OBJECT { COMMAND | help }\n"
	"       ksrtp [ OPTIONS ] [ -f ] -b FILE\n"
	"\n"
	"OBJECT := { session | sdp | mikey | call | rtsp | stream | key | require |\n"
	"            attach | lease | seal | suite | stat | monitor | dump | restore |\n"
	"            doctor }\n"
	"OPTIONS :=\n"
	"    -j, --json         JSON\n"
	"    -p, --pretty       JSON for people to read\n"
	"    -s, --stats        with counters\n"
	"    -B, --brief        sessions one a line, in columns\n"
	"    -t, --top          sessions at work, again and again\n"
	"    -n, --netns NETNS  in a network namespace made by ip netns\n"
	"    -b, --batch FILE   commands from FILE, or - for standard input\n"
	"    -f, --force        with -b: go on behind commands that fail, and take\n"
	"                       what is there already for made\n"
	"    -V, --version      version\n"
	"    -h, --help         this help\n";

static const struct option options[] = {
	{ "json", no_argument, NULL, 'j' },
	{ "pretty", no_argument, NULL, 'p' },
	{ "stats", no_argument, NULL, 's' },
	{ "brief", no_argument, NULL, 'B' },
	{ "top", no_argument, NULL, 't' },
	{ "netns", required_argument, NULL, 'n' },
	{ "batch", required_argument, NULL, 'b' },
	{ "force", no_argument, NULL, 'f' },
	{ "version", no_argument, NULL, 'V' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 }
};

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

static bool is_session_show(const struct args *args)
{
	struct args rest = *args;

	return args_take(&rest, "session") &&
	       (!*rest.word || args_next(&rest, "show") ||
		args_next(&rest, "list"));
}

static void command(struct args *args)
{
	if ((output_brief || output_top) && !is_session_show(args))
		usage("-B and -t are options of session show");
	if (args_take(args, "help"))
		fputs(main_help, stdout);
	else if (args_take(args, "session"))
		session_command(args);
	else if (args_take(args, "sdp"))
		sdp_command(args);
	else if (args_take(args, "mikey"))
		mikey_command(args);
	else if (args_take(args, "call"))
		call_command(args);
	else if (args_take(args, "rtsp"))
		rtsp_command(args);
	else if (args_take(args, "stream"))
		stream_command(args);
	else if (args_take(args, "suite"))
		suite_command(args);
	else if (args_take(args, "key"))
		key_command(args);
	else if (args_take(args, "require"))
		require_command(args);
	else if (args_take(args, "attach"))
		attach_command(args);
	else if (args_take(args, "lease"))
		lease_command(args);
	else if (args_take(args, "seal"))
		seal_command(args);
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
	static const char letters[] = "+:jpsBtn:b:fVh";
	const struct rlimit no_core = { 0, 0 };
	const char *batch = NULL, *netns = NULL;
	struct args args;
	int option;

	/* the program handles keys: no core dump, no debugger */
	prctl(PR_SET_DUMPABLE, 0);
	setrlimit(RLIMIT_CORE, &no_core);
	json_set_alloc_funcs(wipe_alloc, wipe_free);

	opterr = 0;
	while ((option = getopt_long(argc, argv, letters, options, NULL)) !=
	       -1) {
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
		case 'B':
			output_brief = true;
			break;
		case 't':
			output_top = true;
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
			/* it may be in a group behind valid ones */
			if (optopt && !strchr(letters, optopt))
				usage("unknown option '-%c'", optopt);
			usage("unknown option '%s'", argv[optind - 1]);
		}
	}
	if (force && !batch)
		usage("-f: goes with -b");
	output_check(batch);
	if (netns)
		enter_netns(netns);
	args.word = argv + optind;
	if (batch) {
		args_end(&args);
		batch_run(batch, command);
	} else if (!*args.word && (output_brief || output_top)) {
		session_command(&args);
	} else if (!*args.word) {
		usage("no object given; ksrtp -h helps");
	} else {
		command(&args);
	}
	if (fflush(stdout) || ferror(stdout))
		fail(KSRTP_REFUSED, "writing: %s", strerror(errno));
	return 0;
}
