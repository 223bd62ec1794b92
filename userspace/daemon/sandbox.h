/* SPDX-License-Identifier: GPL-2.0 */
/* System calls that are given up after start. */
#ifndef KSRTP_SANDBOX_H
#define KSRTP_SANDBOX_H

struct complaint;

int sandbox_enter(struct complaint *complaint);

#endif
