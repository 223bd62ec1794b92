/* SPDX-License-Identifier: GPL-2.0 */
/* Master keys that the kernel's key service holds, by serial number. */
#ifndef _KSRTP_KEYSERVICE_H
#define _KSRTP_KEYSERVICE_H

#include <linux/types.h>

int ksrtp_keyservice_read(u32 serial, u8 *material, unsigned int size);
const char *ksrtp_keyservice_error(int err);

#endif /* _KSRTP_KEYSERVICE_H */
