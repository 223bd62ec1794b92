/* SPDX-License-Identifier: GPL-2.0 */
/* Generic netlink family "ksrtp". */
#ifndef _KSRTP_NETLINK_H
#define _KSRTP_NETLINK_H

#include "compat.h"
#include "netlink/netlink-gen.h"

extern struct genl_family ksrtp_family;

int ksrtp_netlink_init(void);
void ksrtp_netlink_exit(void);

#endif /* _KSRTP_NETLINK_H */
