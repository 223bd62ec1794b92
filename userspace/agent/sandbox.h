/* SPDX-License-Identifier: GPL-2.0 */
/* Privileges that are given up after start. */
#ifndef KSRTPD_SANDBOX_H
#define KSRTPD_SANDBOX_H

struct complaint;

int sandbox_no_cores(struct complaint *complaint);
int sandbox_become(const char *user, struct complaint *complaint);
int sandbox_enter(struct complaint *complaint);

#endif
