/* SPDX-License-Identifier: GPL-2.0 */
/* What an earlier ksrtpd has left in the kernel. */
#ifndef KSRTPD_FORMER_H
#define KSRTPD_FORMER_H

struct complaint;

int former_forget(struct complaint *complaint);

#endif
