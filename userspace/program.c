// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>

#include "program.h"

json_t *program_json(const char *command)
{
	FILE *in = popen(command, "re");
	json_t *root;

	if (!in)
		return NULL;
	root = json_loadf(in, 0, NULL);
	pclose(in);
	return root;
}
