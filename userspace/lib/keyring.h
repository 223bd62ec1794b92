/* SPDX-License-Identifier: GPL-2.0 */
/* The kernel's key service, keyrings(7). */
#ifndef LIBKSRTP_KEYRING_H
#define LIBKSRTP_KEYRING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct complaint;

struct held_key {
	uint32_t serial;
	/* of type logon, which only the kernel can read */
	bool opaque;
	/* others can read it */
	bool exposed;
};

int keyring_find(struct held_key *key, const char *name,
		 struct complaint *complaint);
int keyring_read(const struct held_key *key, const char *name, char *text,
		 size_t size, struct complaint *complaint);

#endif
