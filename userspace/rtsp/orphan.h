/* SPDX-License-Identifier: GPL-2.0 */
/* Sessions whose process has died. */
#ifndef KSRTP_RTSP_ORPHAN_H
#define KSRTP_RTSP_ORPHAN_H

#include <stdbool.h>
#include <stdint.h>

struct flow_name;
struct ksrtp;

void orphan_delete(struct ksrtp *handle, uint32_t id);
void orphan_delete_flow(struct ksrtp *handle, const struct flow_name *name,
			bool owned);

#endif
