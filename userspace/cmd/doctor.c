// SPDX-License-Identifier: GPL-2.0
/* ksrtp doctor: problems of the host, and their remedies. */
#include <stdio.h>
#include <stdlib.h>

#include "commands.h"
#include "doctor/doctor.h"
#include "util/fail.h"

static const char doctor_help[] =
	"Usage: ksrtp doctor\n"
	"\n"
	"Looks at kernel, module, crypto drivers, sessions, interfaces, firewall, routes,\n"
	"redirects and buffers, and tells of each problem its cause and remedy. Exit\n"
	"status is 1 if there is a problem. It changes nothing, but may load the module.\n";

void doctor_command(struct args *args)
{
	if (args_take(args, "help")) {
		fputs(doctor_help, stdout);
		return;
	}
	args_end(args);
	check_kernel();
	if (check_module()) {
		check_crypto();
		check_sessions();
		check_ports();
		check_links();
	}
	check_rules();
	check_routes();
	check_shortcuts();
	check_buffers();
	check_boot();
	attempts_end();
	if (!findings_end())
		return;
	fflush(stdout);
	exit(KSRTP_REFUSED);
}
