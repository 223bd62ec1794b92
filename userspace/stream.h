/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KSRTP_STREAM_H
#define KSRTP_STREAM_H

#include <jansson.h>

#include "args.h"

void stream_command(struct args *args);
void stream_print(json_t *object);

#endif
