/* SPDX-License-Identifier: GPL-2.0 */
/* The kernel's keyrings, keyrings(7). */
#ifndef LIBKSRTP_KEYRING_H
#define LIBKSRTP_KEYRING_H

#include <stdbool.h>
#include <stddef.h>

struct complaint;

int keyring_read(const char *name, char *text, size_t size, bool *exposed,
		 struct complaint *complaint);

#endif
