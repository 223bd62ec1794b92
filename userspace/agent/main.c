// SPDX-License-Identifier: GPL-2.0
/* ksrtpd: ends ICE and DTLS-SRTP, and leaves media to the kernel. */
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "calls.h"
#include "certificate.h"
#include "commands.h"
#include "daemon/control.h"
#include "daemon/loop.h"
#include "daemon/sandbox.h"
#include "dtls.h"
#include "lib/complaint.h"
#include "media.h"
#include "settings.h"
#include "util/args.h"
#include "util/fail.h"
#include "util/privilege.h"

static const char help[] =
	"Usage: ksrtpd [ config FILE ] public ADDR [ public ADDR6 ]\n"
	"              [ advertise ADDR ]... [ application ADDR ]...\n"
	"              [ public-ports FIRST-LAST ] [ application-ports FIRST-LAST ]\n"
	"              [ control SOCKET ] [ state DIRECTORY ] [ profiles LIST ]\n"
	"              [ certificate FILE private-key FILE ] [ user NAME ]\n"
	"\n"
	"public is the address of this host that browsers reach, advertise what it is\n"
	"called outside, and application the address that plain RTP is sent to\n"
	"(127.0.0.1, ::1). FILE has the same words, on lines.\n";

static struct settings settings;
static struct certificate certificate;
static struct dtls_method method;

static void take_words(char **argv)
{
	struct args args = { argv + 1 };

	if (args_take(&args, "help")) {
		fputs(help, stdout);
		return;
	}
	settings_read(&settings, &args);
}

/* Each medium needs a descriptor. */
static void raise_limit(void)
{
	struct rlimit limit;

	if (!getrlimit(RLIMIT_NOFILE, &limit)) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

static void take_certificate(struct complaint *c)
{
	if (settings.certificate)
		fail_must(certificate_read(&certificate, settings.certificate,
					   settings.key, c), c);
	else
		fail_must(certificate_make(&certificate, c), c);
	fail_must(dtls_method_make(&method, &certificate, settings.profiles, c), c);
}

int main(int argc, char **argv)
{
	struct complaint complaint = { 0 };

	fail_program = "ksrtpd";
	take_words(argv);
	if (argc == 2 && !strcmp(argv[1], "help"))
		return 0;
	fail_must(privilege_no_cores(&complaint), &complaint);
	raise_limit();
	loop_signals();
	fail_must(loop_begin(), &complaint);
	/* first, so that a second process stops here */
	fail_must(control_begin(settings.control, commands_obey,
				COMMANDS_REQUEST_MAX, &complaint), &complaint);
	take_certificate(&complaint);
	fail_must(privilege_become(settings.user, &complaint), &complaint);
	/* again, since the kernel forgets it when the user changes */
	fail_must(privilege_no_cores(&complaint), &complaint);
	fail_must(media_begin(&settings, &complaint), &complaint);
	fail_must(calls_begin(&settings, &certificate, &method, control_tell,
			      &complaint), &complaint);
	fail_must(sandbox_enter(&complaint), &complaint);
	fail_must(loop_run(calls_second), &complaint);
	control_end();
	calls_end();
	media_end();
	dtls_method_free(&method);
	certificate_free(&certificate);
	return 0;
}
