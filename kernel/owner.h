/* SPDX-License-Identifier: GPL-2.0 */
/* Owners: netlink sockets that sessions are tied to. */
#ifndef _KSRTP_OWNER_H
#define _KSRTP_OWNER_H

int ksrtp_owner_init(void);
void ksrtp_owner_exit(void);

#endif /* _KSRTP_OWNER_H */
