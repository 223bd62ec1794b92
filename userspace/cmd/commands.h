/* SPDX-License-Identifier: GPL-2.0 */
/* The objects of a command line, and parts of them in files of their own. */
#ifndef KSRTP_COMMANDS_H
#define KSRTP_COMMANDS_H

#include <jansson.h>

#include "util/args.h"

void session_command(struct args *args);
void sdp_command(struct args *args);
void stream_command(struct args *args);
void key_command(struct args *args);
void require_command(struct args *args);
void suite_command(struct args *args);
void stat_command(struct args *args);
void monitor_command(struct args *args);
void dump_command(struct args *args);
void restore_command(struct args *args);
void doctor_command(struct args *args);

/* of what monitor hears */
void session_print(json_t *object);
void stream_print(json_t *object);
void advice_add(json_t *event);

/* a form of stat */
void prometheus_print(const json_t *stat);

#endif
