// SPDX-License-Identifier: GPL-2.0
/* The kernel and its module: is it loaded, or can it be? */
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "doctor.h"
#include "util/genl.h"
#include "util/lines.h"

#define OLDEST_MAJOR 6
#define OLDEST_MINOR 1

static struct utsname host;

void check_kernel(void)
{
	int major = 0, minor = 0;

	uname(&host);
	sscanf(host.release, "%d.%d", &major, &minor);
	if (major < OLDEST_MAJOR ||
	    (major == OLDEST_MAJOR && minor < OLDEST_MINOR))
		finding(FINDING_PROBLEM, "kernel",
			"Linux %s is too old\nksrtp needs functions of Linux %d.%d\nboot a newer kernel",
			host.release, OLDEST_MAJOR, OLDEST_MINOR);
	else
		finding(FINDING_OK, "kernel", "Linux %s", host.release);
}

/* Does the kernel refuse modules without a trusted signature? */
static bool wants_signature(void)
{
	char line[128];

	if (line_read("/sys/module/module/parameters/sig_enforce", line,
		      sizeof(line)) && *line == 'Y')
		return true;
	return line_read("/sys/kernel/security/lockdown", line, sizeof(line)) &&
	       !strstr(line, "[none]");
}

static void not_loaded(void)
{
	if (number_of("/proc/sys/kernel/modules_disabled", 0))
		finding(FINDING_PROBLEM, "module",
			"the module is not loaded\nkernel.modules_disabled is set: no module can be loaded any more\nload ksrtp before that (/etc/modules-load.d), and reboot");
	else if (!module_installed(host.release))
		finding(FINDING_PROBLEM, "module",
			"the module is not loaded\nthere is none for this kernel\ninstall ksrtp-dkms and the headers of Linux %s, then see \"dkms status\"; or make install && depmod",
			host.release);
	else if (wants_signature())
		finding(FINDING_PROBLEM, "module",
			"the module is not loaded\nSecure Boot: the kernel loads only modules whose key it trusts\nsign the module, or enrol the key of DKMS: Documentation/install.rst");
	else
		finding(FINDING_PROBLEM, "module",
			"the module is not loaded\nthere is one, but the kernel does not take it\nsee what \"modprobe ksrtp\" and \"dmesg\" say");
}

static bool available;

static void ask(void)
{
	available = genl_available();
}

bool check_module(void)
{
	char loaded[64], installed[64];

	if (!attempt("module", ask))
		return false;
	if (!available) {
		not_loaded();
		return false;
	}
	/* after an upgrade the old module stays as long as it is in use */
	if (line_read("/sys/module/ksrtp/srcversion", loaded, sizeof(loaded)) &&
	    line_of("modinfo -F srcversion ksrtp 2>/dev/null", installed,
		    sizeof(installed)) && strcmp(loaded, installed))
		finding(FINDING_NOTE, "module",
			"the module that is loaded is not the one that is installed\nit was upgraded since\nwithout sessions and rules: modprobe -r ksrtp; or reboot");
	else
		finding(FINDING_OK, "module", "the module is loaded");
	return true;
}
