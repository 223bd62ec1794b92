/* SPDX-License-Identifier: GPL-2.0 */
/* Generic netlink family "ksrtp". */
#ifndef _KSRTP_NETLINK_H
#define _KSRTP_NETLINK_H

#include <linux/ksrtp.h>

struct genl_family;

/* Index of the group KSRTP_MCGRP_EVENTS in the family. */
#define KSRTP_EVENTS_GROUP	0

extern struct genl_family ksrtp_family;

int ksrtp_netlink_init(void);
void ksrtp_netlink_exit(void);

#endif /* _KSRTP_NETLINK_H */
