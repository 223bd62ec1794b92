// SPDX-License-Identifier: GPL-2.0
#include "libksrtp.h"

/* The library that runs, which may be newer than the header. */
const char *ksrtp_version(void)
{
	return KSRTP_VERSION;
}
