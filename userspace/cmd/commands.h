/* SPDX-License-Identifier: GPL-2.0 */
/* Objects of the command line, and functions that they share. */
#ifndef KSRTP_COMMANDS_H
#define KSRTP_COMMANDS_H

#include <jansson.h>

#include "util/args.h"

void session_command(struct args *args);
void mikey_command(struct args *args);
void sdp_command(struct args *args);
void call_command(struct args *args);
void rtsp_command(struct args *args);
void stream_command(struct args *args);
void key_command(struct args *args);
void require_command(struct args *args);
void attach_command(struct args *args);
void lease_command(struct args *args);
void seal_command(struct args *args);
void suite_command(struct args *args);
void stat_command(struct args *args);
void monitor_command(struct args *args);
void dump_command(struct args *args);
void restore_command(struct args *args);
void doctor_command(struct args *args);

/* parts of events */
void session_print(json_t *object);
void stream_print(json_t *object);
void attach_print(json_t *object);
void lease_print(json_t *object);
void advice_add(json_t *event);

/* output format of stat */
void prometheus_print(const json_t *stat);

#endif
