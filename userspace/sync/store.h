/* SPDX-License-Identifier: GPL-2.0 */
/* What is in the store: names of keys, and scripts that the store carries out. */
#ifndef KSRTP_SYNC_STORE_H
#define KSRTP_SYNC_STORE_H

#include "group.h"
#include "link.h"

#define STORE_NAME 128

/* One connection for commands, and one for what is published. */
extern struct link store_commands, store_changes;

const char *store_name(const struct group *group, const char *what,
		       char *name);
void store_script(const struct group *group, link_done *done, void *data,
		  const char *script, unsigned int argc,
		  const char *const *argv, const size_t *lengths);

#endif
