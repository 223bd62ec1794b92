/* SPDX-License-Identifier: GPL-2.0 */
/* System calls that are given up after start. */
#ifndef KSRTPD_SANDBOX_H
#define KSRTPD_SANDBOX_H

struct complaint;

int sandbox_enter(struct complaint *complaint);

#endif
