/* SPDX-License-Identifier: GPL-2.0 */
/* Local UDP ports with flows, to pass all other packets quickly. */
#ifndef _KSRTP_PORTS_H
#define _KSRTP_PORTS_H

#include <linux/bitops.h>
#include <linux/types.h>

#define KSRTP_PORTS		65536

/**
 * struct ksrtp_ports - local ports of flows
 * @used: a bit for each port, by its number in network byte order
 * @wildcards: number of flows without a local port
 * @count: number of flows of each port
 */
struct ksrtp_ports {
	unsigned long used[BITS_TO_LONGS(KSRTP_PORTS)];
	u32 wildcards;
	u32 count[KSRTP_PORTS];
};

struct ksrtp_ports *ksrtp_ports_create(void);
void ksrtp_ports_destroy(struct ksrtp_ports *ports);
void ksrtp_ports_add(struct ksrtp_ports *ports, __be16 port);
void ksrtp_ports_remove(struct ksrtp_ports *ports, __be16 port);

#endif /* _KSRTP_PORTS_H */
