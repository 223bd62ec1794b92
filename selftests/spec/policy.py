#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""The running kernel's policies and operations are the specification's, also where
compat.h makes of them what an older kernel takes."""

import os
import struct
import sys

import yaml

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from genl import CTRL, Genl, attr, parse
from ksrtp_test import Tap

SPEC = yaml.safe_load(open(os.path.join(
    os.path.dirname(os.path.abspath(__file__)),
    '../../Documentation/netlink/specs/ksrtp.yaml')))
SETS = {s['name']: s for s in SPEC['attribute-sets']}
CONSTS = {d['name']: d['value'] for d in SPEC['definitions']
          if d['type'] == 'const'}
ENUMS = {d['name']: d for d in SPEC['definitions'] if d['type'] == 'enum'}
TYPES = {1: 'flag', 2: 'u8', 3: 'u16', 4: 'u32', 5: 'u64', 10: 'binary',
         12: 'string', 13: 'nest'}
FULL = {'u8': 0xff, 'u16': 0xffff, 'u32': 0xffffffff, 'u64': (1 << 64) - 1}


def number(value):
    return CONSTS.get(value, value)


def u32(data):
    return struct.unpack('=I', data)[0]


def integer(data):
    return int.from_bytes(data, sys.byteorder)


def wanted_attr(item):
    """What the kernel should say of an attribute of the specification."""
    checks = item.get('checks', {})
    if item['type'] in FULL:
        least, most = number(checks.get('min', 0)), \
            number(checks.get('max', FULL[item['type']]))
        if 'enum' in item:
            enum = ENUMS[item['enum']]
            least, most = enum['value-start'], \
                enum['value-start'] + len(enum['entries']) - 1
        return item['type'], least, most
    if item['type'] == 'binary':
        return 'binary', number(checks['max-len'])
    return item['type'],


def kernel_attr(data):
    found = dict(parse(data))
    kind = TYPES.get(u32(found[1]), u32(found[1]))
    if kind in FULL:
        return kind, integer(found.get(4, b'\0')), \
            integer(found[5]) if 5 in found else FULL[kind]
    if kind == 'binary':
        return kind, u32(found[7])
    return kind,


def attributes_of(name):
    """A set's attributes by number; those of a subset are numbered as the set."""
    whole = SETS[name]
    within = whole.get('subset-of')
    if not within:
        return dict(enumerate(whole['attributes'], 1))
    other = {item['name']: item for item in whole['attributes']}
    return {n: {**item, **other[item['name']]} for n, item in
            attributes_of(within).items() if item['name'] in other}


def policies(genl):
    """Policies by index, and the ones of each operation."""
    table, ops = {}, {}
    for reply in genl.ask(CTRL, 10, attr(1, struct.pack('=H', genl.family)),
                          5 | 0x300):
        for kind, data in parse(reply):
            if kind == 8:
                for index, attrs in parse(data):
                    for number_, body in parse(attrs):
                        table.setdefault(index, {})[number_] = body
            elif kind == 9:
                for cmd, body in parse(data):
                    ops[cmd] = {k: u32(v) for k, v in parse(body)}
    return table, ops


def compare(tap, name, table, index, set_name, allowed=None):
    """One policy against the attributes of a set, or those that are allowed."""
    attributes = {n: item for n, item in attributes_of(set_name).items()
                  if item['type'] != 'pad' and
                  (allowed is None or item['name'] in allowed)}
    got = {n: kernel_attr(body) for n, body in table.get(index, {}).items()}
    # kernels do not tell of big endian types; net/netlink.py tries those
    tap.equal(got, {n: wanted_attr(item) for n, item in attributes.items()
                    if n in got or not item.get('byte-order')}, name)
    for n, item in attributes.items():
        if item['type'] == 'nest' and n in got:
            nested = u32(dict(parse(table[index][n]))[8])
            compare(tap, '%s, %s' % (name, item['name']), table, nested,
                    item['nested-attributes'])


tap = Tap()
genl = Genl()
table, ops = policies(genl)
tap.equal(u32(genl.info[3]), SPEC['version'], 'version')
groups = [dict(parse(body)) for n, body in parse(genl.info[7])]
tap.equal([g[1].rstrip(b'\0').decode() for g in groups],
          [g['name'] for g in SPEC['mcast-groups']['list']],
          'multicast groups')

wanted_ops = {}
for cmd, op in enumerate(SPEC['operations']['list'], 1):
    if 'notify' in op or 'event' in op:
        continue
    flags = (2 if 'do' in op else 0) | (4 if 'dump' in op else 0)
    if op.get('flags') == ['uns-admin-perm']:
        flags |= 0x10
    wanted_ops[cmd] = flags
    for number_, mode in ((1, 'do'), (2, 'dump')):
        if 'request' in op.get(mode, {}):
            compare(tap, '%s, %s' % (op['name'], mode), table,
                    ops.get(cmd, {}).get(number_), op['attribute-set'],
                    op[mode]['request']['attributes'])
got_ops = {}
for n, body in parse(genl.info[6]):
    found = dict(parse(body))
    # whether an operation without attributes has a policy depends
    got_ops[u32(found[1])] = u32(found[2]) & ~8
tap.equal(got_ops, wanted_ops, 'operations and their flags')
print('1..%d' % tap.count)
sys.exit(1 if tap.failed else 0)
