/* SPDX-License-Identifier: GPL-2.0 */
/* Privileges that a process which goes on gives up. */
#ifndef KSRTP_PRIVILEGE_H
#define KSRTP_PRIVILEGE_H

struct complaint;

int privilege_no_cores(struct complaint *complaint);
int privilege_become(const char *user, struct complaint *complaint);

#endif
