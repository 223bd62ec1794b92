// SPDX-License-Identifier: GPL-2.0
#include "libksrtp.h"

/* Version of the library at run time, which may be newer than the header. */
const char *ksrtp_version(void)
{
	return KSRTP_VERSION;
}
