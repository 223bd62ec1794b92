/* SPDX-License-Identifier: GPL-2.0 */
/* Suites as IANA's registries know them, which needs no kernel to be asked. */
#ifndef KSRTP_REGISTRY_H
#define KSRTP_REGISTRY_H

#include <stdint.h>

#include "suite.h"

/* A suite of SDES; without an id if the kernel does not have it. */
const struct suite *registry_sdes(const char *name);

#endif
