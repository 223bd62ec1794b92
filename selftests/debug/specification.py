# SPDX-License-Identifier: GPL-2.0
"""The specification of the netlink family, as tests use it."""

import os

import yaml

SPEC = os.path.join(os.path.dirname(__file__),
                    '../../Documentation/netlink/specs/ksrtp.yaml')
SIZES = {'u8': '=B', 'u16': '=H', 'u32': '=I', 'u64': '=Q'}


class Spec:
    """Commands and attributes, numbered as the kernel numbers them."""

    def __init__(self, path):
        spec = yaml.safe_load(open(path))
        # a request is tried with all of a set, not only with what it may have
        self.sets, whole = {}, {}
        for one in spec['attribute-sets']:
            whole[one['name']] = one.get('subset-of', one['name'])
            if 'subset-of' not in one:
                self.sets[one['name']] = list(enumerate(one['attributes'], 1))
        # stats and others begin with their padding, which has number 1
        self.commands, self.numbers, self.dumped = [], {}, set()
        number = 0
        for one in spec['operations']['list']:
            number = one.get('value', number + 1)
            if 'do' not in one and 'dump' not in one:
                continue
            wanted = set()
            for way in ('do', 'dump'):
                wanted |= set(one.get(way, {}).get('request', {})
                              .get('attributes', ()))
            kind = whole[one['attribute-set']]
            self.commands.append((number, one['name'], kind, wanted,
                                  'dump' in one))
            if 'do' not in one:
                self.dumped.add(one['name'])
            self.numbers[one['name']] = (number, kind, 'dump' in one)
        self.suites = [name.upper().replace('-', '_')
                       for one in spec['definitions']
                       if one['name'] == 'suite-id' for name in one['entries']]


SPECIFICATION = Spec(SPEC)
