/* SPDX-License-Identifier: GPL-2.0 */
/* Words of a command in a file, on lines. */
#ifndef KSRTP_CONFIG_H
#define KSRTP_CONFIG_H

struct args;

void config_read(const char *file, void (*take)(struct args *args, void *data),
		 void *data);

#endif
