#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What a kernel can do is read out of its headers, not out of its version."""

import glob
import os
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from ksrtp_test import BUILD, main

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../..')
PROBE = os.path.join(TOP, 'kernel/features.sh')
# what Linux has since 6.12, and since 7.0
LATER = {'UNALIGNED_H', 'HEX_H', 'CRYPTO_UTILS_H', 'GSO_H', 'COMPLETION_DATA',
         'NET_XGRESS', 'SPLIT_OPS', 'CONST_RANGE', 'INFO_DUMP', 'RECVERR_FLAG',
         'RECVERR6_FLAG', 'UDP_TABLE_OF_NET', 'LOCK_NESTED_BH'}
LATEST = {'HMAC_SHA1_LIB', 'AES_LIB_KEY', 'ROUTE_DSCP'}
# what a kernel has, and what not; WQ_PERCPU came to 6.12 with a stable release
KERNELS = {
    '6.1': ({'UDPLITE_H'}, LATER | LATEST),
    '6.12': (LATER | {'UDPLITE_H'}, LATEST),
    'newest': (LATER | LATEST | {'WQ_PERCPU'}, {'UDPLITE_H'}),
}
# of the headers of Linux 6.1, as far as is looked at
OLD = {
    'net/udplite.h': '#ifndef _UDPLITE_H\n',
    'linux/crypto.h': 'typedef void (*crypto_completion_t)'
                      '(struct crypto_async_request *req, int err);\n',
    'linux/skbuff.h': '#ifdef CONFIG_NET_CLS_ACT\n\t__u8\ttc_skip_classify:1;\n',
    'linux/workqueue.h': '\tWQ_SYSFS\t\t= 1 << 6, /* visible in sysfs */\n',
    'net/genetlink.h': 'struct genl_ops {\n',
    'net/netlink.h': '\t\tstruct netlink_range_validation *range;\n',
    'net/inet_sock.h': '\t\t\t\trecverr:1,\n',
    'net/netns/ipv4.h': '\tstruct fqdir\t\t*fqdir;\n',
    'crypto/aes.h': 'int aes_expandkey(struct crypto_aes_ctx *ctx, '
                    'const u8 *in_key,\n',
    'crypto/sha1.h': '#define SHA1_DIGEST_SIZE        20\n',
}
# what a distribution brings to it: header, line, and what is found then
BACKPORTS = (
    ('net/gso.h', '#ifndef _NET_GSO_H\n', 'GSO_H'),
    ('crypto/utils.h', '#ifndef _CRYPTO_UTILS_H\n', 'CRYPTO_UTILS_H'),
    ('linux/unaligned.h', '#ifndef __LINUX_UNALIGNED_H\n', 'UNALIGNED_H'),
    ('linux/hex.h', '#ifndef _LINUX_HEX_H\n', 'HEX_H'),
    ('linux/crypto.h', 'typedef void (*crypto_completion_t)(void *req, int err);\n',
     'COMPLETION_DATA'),
    ('linux/skbuff.h', '#ifdef CONFIG_NET_XGRESS\n', 'NET_XGRESS'),
    ('linux/workqueue.h', '\tWQ_PERCPU\t\t= 1 << 8, /* bound */\n', 'WQ_PERCPU'),
    ('net/genetlink.h', 'struct genl_split_ops {\n', 'SPLIT_OPS'),
    ('net/genetlink.h', 'static inline const struct genl_info *\n'
     'genl_info_dump(struct netlink_callback *cb)\n', 'INFO_DUMP'),
    ('linux/local_lock.h', '#define local_lock_nested_bh(_lock)\\\n',
     'LOCK_NESTED_BH'),
    ('net/netlink.h', '\t\tconst struct netlink_range_validation *range;\n',
     'CONST_RANGE'),
    ('net/inet_sock.h', '\tINET_FLAGS_RECVERR\t= 9,\n', 'RECVERR_FLAG'),
    ('net/inet_sock.h', '\tINET_FLAGS_RECVERR6\t= 26,\n', 'RECVERR6_FLAG'),
    ('net/netns/ipv4.h', '\tstruct udp_table *udp_table;\n', 'UDP_TABLE_OF_NET'),
    # within what keeps the layout of structures for modules that were built before
    ('net/netns/ipv4.h', '\tRH_KABI_USE(1, struct udp_table *udp_table)\n',
     'UDP_TABLE_OF_NET'),
    ('net/netlink.h', '\t\tRH_KABI_REPLACE(struct netlink_range_validation *range,\n'
     '\t\t\t\tconst struct netlink_range_validation *range)\n', 'CONST_RANGE'),
    # with the type on the same line
    ('net/genetlink.h', 'static inline const struct genl_info *'
     'genl_info_dump(struct netlink_callback *cb)\n', 'INFO_DUMP'),
    ('crypto/aes.h', 'int aes_preparekey(struct aes_key *key, const u8 *in_key, '
     'size_t key_len);\n', 'AES_LIB_KEY'),
    ('crypto/sha1.h', 'void hmac_sha1_preparekey(struct hmac_sha1_key *key,\n',
     'HMAC_SHA1_LIB'),
    ('net/route.h', '\t\t     dscp_t dscp, struct net_device *dev);\n', 'ROUTE_DSCP'),
)
# what only looks like it
NEAR = (
    ('linux/workqueue.h', '/* WQ_PERCPU is for later kernels */\n'),
    ('net/genetlink.h', 'struct genl_split_ops;\n'),
    ('net/genetlink.h', ' * genl_info_dump() - get the info of a dump\n'),
    ('net/netlink.h', '\t\tRH_KABI_RESERVE(1)\n'
     '\t\tstruct netlink_range_validation *range;\n'),
    ('net/netns/ipv4.h', 'struct udp_table;\n'),
    ('net/inet_sock.h', '\tINET_FLAGS_RECVERR6_RFC4884 = 21,\n'),
    ('crypto/sha1.h', ' * hmac_sha1_preparekey() - Prepare a key\n'),
    ('crypto/aes.h', ' * aes_preparekey() - Prepare an AES key\n'),
    ('net/route.h', '\t\t\t\t dscp_t dscp, struct net_device *devin)\n'),
)


def probed(include):
    """What the probe finds in headers."""
    words = subprocess.run(['sh', PROBE, include], text=True, check=True,
                           stdout=subprocess.PIPE).stdout.split()
    return {word.removeprefix('-DKSRTP_HAS_') for word in words}


def found_with(more=None):
    """What it finds in those of 6.1, with a line more in one of them."""
    headers = dict(OLD)
    if more:
        headers[more[0]] = headers.get(more[0], '') + more[1]
    with tempfile.TemporaryDirectory(prefix='ksrtp-') as folder:
        for name, text in headers.items():
            path = os.path.join(folder, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, 'w') as file:
                file.write(text)
        return probed(folder)


def names(tap):
    """The probe and the file that it is for know the same."""
    defined = set(re.findall(r'^has (\w+)', open(PROBE).read(), re.M))
    used = set(re.findall(r'KSRTP_HAS_(\w+)', open(
        os.path.join(TOP, 'kernel/compat.h')).read()))
    tap.equal(used, defined, 'all that is looked for is used')
    tap.equal({name for *_, name in BACKPORTS} | {'UDPLITE_H'}, defined,
              'and has a test')


def backports(tap):
    """One thing more than a kernel had at first."""
    tap.equal(found_with(), {'UDPLITE_H'}, 'headers of 6.1')
    for header, line, name in BACKPORTS:
        tap.equal(found_with((header, line)), {'UDPLITE_H', name},
                  name + ': a backport to ' + header + ' is seen')
    for near in NEAR:
        tap.equal(found_with(near), {'UDPLITE_H'},
                  near[1].strip() + ': is none')
    tap.equal(probed('/nonexistent'), set(), 'no headers')


def kernels(tap):
    """Those that are there; make check builds for them in any case."""
    for kernel, (has, lacks) in KERNELS.items():
        found = glob.glob(os.path.join(
            BUILD, 'kernels', kernel,
            'root/usr/src/linux-headers-*-common/include'))
        if not found:
            tap.skip('Linux ' + kernel, 'its headers are not there yet')
            continue
        there = probed(found[0])
        tap.equal((has - there, lacks & there), (set(), set()),
                  'Linux ' + kernel)


main(names, backports, kernels)
