// SPDX-License-Identifier: GPL-2.0
/* The installed kernel module. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "doctor.h"

/* Lines of depmod's list are "DIR/NAME.ko: ...", or .ko.xz and so on. */
static bool is_ours(const char *line)
{
	size_t len = strcspn(line, ":");
	const char *name = memrchr(line, '/', len);

	name = name ? name + 1 : line;
	return !strncmp(name, "ksrtp.ko", strlen("ksrtp.ko")) &&
	       strchr(".:", name[strlen("ksrtp.ko")]);
}

bool module_installed(const char *release)
{
	char *name, *line = NULL;
	bool found = false;
	size_t size = 0;
	FILE *in;

	if (asprintf(&name, "/lib/modules/%s/modules.dep", release) < 0)
		return false;
	in = fopen(name, "re");
	free(name);
	if (!in)
		return false;
	while (!found && getline(&line, &size, in) >= 0)
		found = is_ours(line);
	free(line);
	fclose(in);
	return found;
}
