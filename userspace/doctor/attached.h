/* SPDX-License-Identifier: GPL-2.0 */
/* Devices that ksrtp is attached to. */
#ifndef KSRTP_ATTACHED_H
#define KSRTP_ATTACHED_H

#include <stdbool.h>

/* Ask for them, once; without privilege or module, there are none. */
void attached_read(const char *check);

bool attached_has(const char *dev);

#endif
