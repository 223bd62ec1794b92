/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KSRTP_SESSION_H
#define KSRTP_SESSION_H

#include <jansson.h>
#include <stdint.h>

#include "args.h"

json_t *session_make(struct args *args);
void session_unmake(uint32_t id);
void session_change(struct args *args);
void session_command(struct args *args);
void session_print(json_t *object);

#endif
