/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KSRTP_SESSION_H
#define KSRTP_SESSION_H

#include <jansson.h>

#include "args.h"

void session_command(struct args *args);
void session_print(json_t *object);

#endif
