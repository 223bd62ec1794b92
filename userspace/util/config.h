/* SPDX-License-Identifier: GPL-2.0 */
/* Words of a command in a file, on lines. */
#ifndef KSRTP_CONFIG_H
#define KSRTP_CONFIG_H

#include <stdbool.h>

struct args;

void config_read(const char *file, void (*take)(struct args *args, void *data),
		 void *data);
void config_settings(struct args *args,
		     bool (*take)(struct args *args, void *settings),
		     void *settings);

#endif
