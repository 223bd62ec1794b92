// SPDX-License-Identifier: GPL-2.0
/* SRTP and SRTCP for UDP flows, RFC 3711 and its family. */

#include <linux/module.h>
#include <net/genetlink.h>

#include "bridged.h"
#include "keys.h"
#include "net.h"
#include "netlink/netlink.h"
#include "owner.h"
#include "packet.h"

#define CREATE_TRACE_POINTS
#include "trace.h"

static int __init ksrtp_init(void)
{
	int err;

	err = ksrtp_keys_init();
	if (err)
		return err;
	err = ksrtp_bridged_init();
	if (err)
		goto err_keys;
	err = ksrtp_net_init();
	if (err)
		goto err_bridged;
	err = ksrtp_owner_init();
	if (err)
		goto err_net;
	err = ksrtp_netlink_init();
	if (err)
		goto err_owner;
	return 0;

err_owner:
	ksrtp_owner_exit();
err_net:
	ksrtp_net_exit();
err_bridged:
	ksrtp_bridged_exit();
err_keys:
	ksrtp_keys_exit();
	return err;
}

static void __exit ksrtp_exit(void)
{
	ksrtp_netlink_exit();
	ksrtp_owner_exit();
	ksrtp_net_exit();
	ksrtp_bridged_exit();
	ksrtp_packet_exit();
	ksrtp_keys_exit();
}

module_init(ksrtp_init);
module_exit(ksrtp_exit);

MODULE_DESCRIPTION("SRTP and SRTCP for UDP flows");
MODULE_AUTHOR("The ksrtp authors");
MODULE_LICENSE("GPL");
MODULE_ALIAS_GENL_FAMILY(KSRTP_FAMILY_NAME);
/* the fast implementations, which nothing else might have loaded yet */
MODULE_SOFTDEP("pre: aesni_intel sha1_ssse3 ghash_clmulni_intel aes_ce_blk ghash_ce sha1_ce ctr cbc gcm hmac sha1");
