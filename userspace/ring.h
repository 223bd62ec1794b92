/* SPDX-License-Identifier: GPL-2.0 */
/* The kernel's keyrings, keyrings(7). */
#ifndef KSRTP_RING_H
#define KSRTP_RING_H

#include <stddef.h>

size_t ring_read(const char *name, const char *keyword, unsigned char *payload,
		 size_t size);

#endif
