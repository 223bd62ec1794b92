/* SPDX-License-Identifier: GPL-2.0 */
/* What is asked at the control socket, and who asks. */
#ifndef KSRTP_SYNC_COMMANDS_H
#define KSRTP_SYNC_COMMANDS_H

#include <jansson.h>

struct args;
struct complaint;

#define COMMANDS_REQUEST_MAX 4096

int commands_obey(const char *command, const json_t *request, json_t *answer,
		  struct complaint *complaint);
void commands_ask(const char *command, struct args *args);

#endif
