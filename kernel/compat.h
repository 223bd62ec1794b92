/* SPDX-License-Identifier: GPL-2.0 */
/* All that differs between the kernels we build for, and nothing else. */
#ifndef _KSRTP_COMPAT_H
#define _KSRTP_COMPAT_H

#include <linux/crypto.h>
#include <linux/version.h>
#include <net/genetlink.h>

/* Moved in 6.12. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 12, 0)
#include <asm/unaligned.h>
#else
#include <linux/unaligned.h>
#endif

/* crypto_memneq() moved out of algapi.h in 6.5. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 5, 0)
#include <crypto/algapi.h>
#else
#include <crypto/utils.h>
#endif

/* Since 6.17 a workqueue that runs work where it was queued has to say so. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 17, 0)
#define KSRTP_WQ_PERCPU	0
#else
#define KSRTP_WQ_PERCPU	WQ_PERCPU
#endif

/* skb_gso_segment() moved out of netdevice.h in 6.5. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 5, 0)
#include <linux/netdevice.h>
#else
#include <net/gso.h>
#endif

/* Since 6.3 a crypto completion gets its data instead of the request. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
typedef struct crypto_async_request *ksrtp_completion_arg;
#define ksrtp_completion_data(arg)	((arg)->data)
#else
typedef void *ksrtp_completion_arg;
#define ksrtp_completion_data(arg)	(arg)
#endif

/* Before 6.2 NL_SET_ERR_MSG_FMT() is missing, and NL_SET_ERR_MSG() copies. */
static inline void ksrtp_extack_msg(struct netlink_ext_ack *extack,
				    const char *msg)
{
	if (extack)
		extack->_msg = msg;
}

/* Attributes of a dump request. */
static inline struct nlattr **ksrtp_dump_attrs(struct netlink_callback *cb)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 7, 0)
	return genl_dumpit_info(cb)->attrs;
#else
	return genl_info_dump(cb)->attrs;
#endif
}

/* Since 6.8 a multicast group itself can ask for CAP_NET_ADMIN. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 8, 0)
#define KSRTP_MCGRP_FLAGS	0
#else
#define KSRTP_MCGRP_FLAGS	GENL_MCAST_CAP_NET_ADMIN
#endif

#endif /* _KSRTP_COMPAT_H */
