// SPDX-License-Identifier: GPL-2.0
/* State after the next boot: the service, and a module for each kernel. */
#include <glob.h>
#include <string.h>

#include "doctor.h"
#include "util/lines.h"

/* Has the service failed at boot? */
static void check_service(void)
{
	char state[32];

	/* is-failed succeeds if the unit has failed */
	if (line_of("systemctl is-failed ksrtp.service 2>/dev/null", state,
		    sizeof(state)) && !strcmp(state, "failed"))
		finding(FINDING_PROBLEM, "service",
			"ksrtp.service has failed\nrules and sessions of /etc/ksrtp/ksrtp.conf may be missing\nsystemctl status ksrtp shows line and cause; then systemctl restart ksrtp");
}

/* Booting a kernel without the module would leave all media in plaintext. */
static void check_kernels(void)
{
	unsigned int with = 0, without = 0;
	const char *release, *first = NULL;
	glob_t found;
	size_t i;

	/* removed kernels may leave a directory without this list */
	if (glob("/lib/modules/*/modules.order", 0, NULL, &found))
		return;
	for (i = 0; i < found.gl_pathc; i++) {
		*strrchr(found.gl_pathv[i], '/') = '\0';
		release = strrchr(found.gl_pathv[i], '/') + 1;
		if (module_installed(release))
			with++;
		else if (!without++)
			first = release;
	}
	if (with && without)
		finding(FINDING_PROBLEM, "boot",
			"%u of %u installed kernels have no module, such as %s\nonce it is booted, nothing is protected\ninstall its headers, then dkms autoinstall -k %s; or remove that kernel",
			without, with + without, first, first);
	globfree(&found);
}

void check_boot(void)
{
	check_service();
	check_kernels();
}
