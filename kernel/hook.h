/* SPDX-License-Identifier: GPL-2.0 */
/* Netfilter hooks. */
#ifndef _KSRTP_HOOK_H
#define _KSRTP_HOOK_H

#include <linux/netfilter.h>

#define KSRTP_HOOKS	6

extern const struct nf_hook_ops ksrtp_hook_ops[KSRTP_HOOKS];

#endif /* _KSRTP_HOOK_H */
