/* SPDX-License-Identifier: GPL-2.0 */
/* The control socket: one line of JSON per request and answer. */
#ifndef KSRTP_CONTROL_H
#define KSRTP_CONTROL_H

#include <jansson.h>

struct complaint;

/* Carries out a command; what it puts into @answer goes beside "result". */
typedef int control_obey(const char *command, const json_t *request,
			 json_t *answer, struct complaint *complaint);

int control_begin(const char *path, control_obey *does, size_t longest,
		  struct complaint *complaint);
void control_tell(json_t *event);
void control_end(void);

#endif
