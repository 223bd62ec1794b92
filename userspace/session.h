/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KSRTP_SESSION_H
#define KSRTP_SESSION_H

#include <jansson.h>

#include "args.h"

/* Words on the command line can be seen by others; lines of a batch cannot. */
extern bool session_words_private;

void session_command(struct args *args);
void session_print(json_t *object);

#endif
