/* SPDX-License-Identifier: GPL-2.0 */
/* What is asked at the control socket: calls. */
#ifndef KSRTPD_COMMANDS_H
#define KSRTPD_COMMANDS_H

#include <jansson.h>

#include "lib/sdp.h"

struct complaint;

/* Longest request: a description with all its bytes escaped. */
#define COMMANDS_REQUEST_MAX (6 * SDP_SIZE)

int commands_obey(const char *command, const json_t *request, json_t *answer,
		  struct complaint *complaint);

#endif
