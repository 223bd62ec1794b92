// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include <linux/ksrtp.h>

#include "attached.h"
#include "doctor.h"
#include "util/genl.h"
#include "util/genl_json.h"
#include "util/output.h"

static json_t *attached;

static void ask(void)
{
	json_t *device;
	size_t i;

	attached = genl_json_dump(genl_request(KSRTP_CMD_ATTACH_GET,
					       &attach_set));
	json_array_foreach(attached, i, device)
		output_dress(device);
}

void attached_read(const char *check)
{
	static bool asked;

	if (!asked)
		attempt(check, ask);
	asked = true;
}

bool attached_has(const char *dev)
{
	json_t *device;
	size_t i;

	json_array_foreach(attached, i, device)
		if (!strcmp(output_string(device, "dev"), dev))
			return true;
	return false;
}
