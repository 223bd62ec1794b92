/* SPDX-License-Identifier: GPL-2.0 */
/* Lists from other parts of the kernel: routes, nftables. */
#ifndef KSRTP_INQUIRY_H
#define KSRTP_INQUIRY_H

#include <stddef.h>
#include <stdint.h>

#include <libmnl/libmnl.h>

/*
 * Dump a list over netlink: @bus is the protocol (NETLINK_ROUTE...), @type the
 * type of the request, @header follows the netlink header. @each gets each
 * entry. An inconsistent list is good enough. Returns 0, or a negative errno.
 */
int inquire(int bus, uint16_t type, const void *header, size_t size,
	    void (*each)(const struct nlmsghdr *nlh, void *data), void *data);

#endif
