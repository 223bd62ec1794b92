/* SPDX-License-Identifier: GPL-2.0 */
/* Memory that is overwritten when it is freed. */
#ifndef KSRTP_WIPE_H
#define KSRTP_WIPE_H

#include <stddef.h>

void *wipe_alloc(size_t size);
void wipe_free(void *memory);

#endif
