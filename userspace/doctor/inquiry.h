/* SPDX-License-Identifier: GPL-2.0 */
/* Lists of other parts of the kernel: routes, rules of nftables. */
#ifndef KSRTP_INQUIRY_H
#define KSRTP_INQUIRY_H

#include <stddef.h>
#include <stdint.h>

#include <libmnl/libmnl.h>

/*
 * Ask for a list by netlink: @bus is the protocol (NETLINK_ROUTE...), @type that of
 * the request, @header what follows the header of netlink. @each gets one after the
 * other. A list that changed while it was read does as well. Returns 0, or a
 * negative error number.
 */
int inquire(int bus, uint16_t type, const void *header, size_t size,
	    void (*each)(const struct nlmsghdr *nlh, void *data), void *data);

#endif
