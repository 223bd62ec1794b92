#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# features.sh INCLUDE: what a kernel's headers have, as options of the compiler, for
# compat.h. Versions do not tell: kernels of distributions, and stable ones, have what
# was made for later ones.
include=$1

# has NAME HEADER [PATTERN]: the header is there, and has a line that matches
has()
{
	if grep -Eqs -e "${3:-}" "$include/$2"; then
		printf ' -DKSRTP_HAS_%s' "$1"
	fi
}

has UNALIGNED_H	linux/unaligned.h
has HEX_H	linux/hex.h
has CRYPTO_UTILS_H	crypto/utils.h
has GSO_H	net/gso.h
has COMPLETION_DATA	linux/crypto.h	'crypto_completion_t\)\(void \*'
has NET_XGRESS	linux/skbuff.h	'CONFIG_NET_XGRESS'
has WQ_PERCPU	linux/workqueue.h	'^[[:space:]]*WQ_PERCPU[[:space:]]*='
has SPLIT_OPS	net/genetlink.h	'^struct genl_split_ops \{'
has LOCK_NESTED_BH	linux/local_lock.h	'define local_lock_nested_bh\('
has CONST_RANGE	net/netlink.h	'const struct netlink_range_validation[[:space:]]*\*range[;),]'
has INFO_DUMP	net/genetlink.h	'genl_info_dump\(struct '
has HMAC_SHA1_LIB	crypto/sha1.h	'hmac_sha1_preparekey\(struct '
has AES_LIB_KEY	crypto/aes.h	'aes_preparekey\(struct aes_key \*'
has RECVERR_FLAG	net/inet_sock.h	'INET_FLAGS_RECVERR[[:space:]]*='
has RECVERR6_FLAG	net/inet_sock.h	'INET_FLAGS_RECVERR6[[:space:]]*='
has UDP_TABLE_OF_NET	net/netns/ipv4.h	'struct udp_table[[:space:]]*\*udp_table[;),]'
has UDPLITE_H	net/udplite.h
has ROUTE_DSCP	net/route.h	'dscp_t dscp, struct net_device \*dev\);'
