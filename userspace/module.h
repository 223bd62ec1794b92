/* SPDX-License-Identifier: GPL-2.0 */
/* The kernel module as it is installed. */
#ifndef KSRTP_MODULE_H
#define KSRTP_MODULE_H

#include <stdbool.h>

/* Would a kernel of this release find it? */
bool module_installed(const char *release);

#endif
