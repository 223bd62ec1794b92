#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""The specification and the uapi header say the same."""

import os
import re
import subprocess
import sys

import yaml

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../..')
HEADER = os.path.join(TOP, 'uapi/linux/ksrtp.h')
SPEC = yaml.safe_load(open(os.path.join(
    TOP, 'Documentation/netlink/specs/ksrtp.yaml')))

count = failed = 0


def equal(got, wanted, name):
    global count, failed
    count += 1
    if got != wanted:
        failed += 1
        print('# header %r, specification %r' % (got, wanted))
        print('not ', end='')
    print('ok %d - %s' % (count, name))


def upper(name):
    return name.replace('-', '_').upper()


commented = open(HEADER).read()
text = re.sub(r'/\*.*?\*/', '', commented, flags=re.S)
names = set(re.findall(r'\b(KSRTP_[A-Z0-9_]+)\b', text))
names -= {'_UAPI_LINUX_KSRTP_H'}
strings = {'KSRTP_FAMILY_NAME', 'KSRTP_MCGRP_EVENTS'}
# the compiler knows their values best
program = '#include <stdio.h>\n#include <linux/ksrtp.h>\nint main(void) {\n'
for name in sorted(names - strings):
    program += 'printf("%s %%lld\\n", (long long)%s);\n' % (name, name)
for name in sorted(strings):
    program += 'printf("%s %%s\\n", %s);\n' % (name, name)
program += 'return 0; }\n'
binary = os.path.join(os.environ.get('KSRTP_BUILD', TOP + '/build'),
                      'spec-header')
os.makedirs(os.path.dirname(binary), exist_ok=True)
subprocess.run([os.environ.get('CC', 'cc'), '-x', 'c', '-', '-o', binary,
                '-I', os.path.join(TOP, 'uapi')], input=program, text=True,
               check=True)
header = dict(line.split() for line in
              subprocess.check_output([binary], text=True).splitlines())

wanted = {'KSRTP_FAMILY_NAME': SPEC['name'],
          'KSRTP_FAMILY_VERSION': str(SPEC['version'])}
for group in SPEC['mcast-groups']['list']:
    wanted['KSRTP_MCGRP_' + upper(group['name'])] = group['name']


def numbered(prefix, entries, first):
    for n, entry in enumerate(entries):
        if isinstance(entry, dict):
            entry = entry['name']
        wanted[upper(prefix + entry)] = str(first + n)
    wanted[upper(prefix) + 'MAX'] = str(first + len(entries) - 1)


for item in SPEC['definitions']:
    if item['type'] == 'const':
        wanted['KSRTP_' + upper(item['name'])] = str(item['value'])
    else:
        numbered(item['name-prefix'], item['entries'], item['value-start'])
for item in SPEC['attribute-sets']:
    numbered(item['name-prefix'], item['attributes'], 1)
numbered(SPEC['operations']['name-prefix'], SPEC['operations']['list'], 1)

for name in sorted(set(header) | set(wanted)):
    if not name.startswith('__'):
        equal(header.get(name), wanted.get(name), name)

# a generator that reads the specification gives what C code uses already
consts = ['KSRTP_' + upper(item['name']) for item in SPEC['definitions']
          if item['type'] == 'const']
equal([name for name in re.findall(r'#define (\w+)\s+\S', text)
       if name in consts], consts, 'order of constants')
enums = ['ksrtp-' + item['name'] for item in SPEC['definitions']
         if item['type'] == 'enum']
enums += [item['enum-name'] for item in SPEC['attribute-sets']]
enums.append(SPEC['operations']['enum-name'])
equal(re.findall(r'^enum (\w+) {', text, flags=re.M),
      [name.replace('-', '_') for name in enums], 'names of enums')
ends = [item['attr-cnt-name'] for item in SPEC['attribute-sets']]
ends.append(SPEC['cmd-cnt-name'])
equal(re.findall(r'\b(__KSRTP_(?:A_\w+|CMD)_LAST),', text),
      [upper(name) for name in ends], 'names that end them')

# what the comments say of types
said = dict(re.findall(r'\b(KSRTP_A_\w+)(?: = 1)?,\s*/\* '
                       r'(flag|u8|u16, big|u16|u32|u64|string|binary|nest)\b',
                       commented))
types = {}
for item in SPEC['attribute-sets']:
    for a in item['attributes']:
        name = upper(item['name-prefix'] + a['name'])
        if name in said:
            types[name] = a['type'] + (', big' if 'byte-order' in a else '')
equal(said, types, 'types of attributes')
print('1..%d' % count)
sys.exit(1 if failed else 0)
