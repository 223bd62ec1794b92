# SPDX-License-Identifier: GPL-2.0
"""A picture of the results: who takes how long for a packet."""

import matplotlib

matplotlib.use('svg')
import matplotlib.pyplot as plt

WAYS = ('protect', 'unprotect')


def bars(results, suite, way):
    """Payload sizes, and ns by name."""
    mine = {one['payload']: one['ns'] for one in results['ksrtp']
            if one['what'] == 'packets' and one['suite'] == suite and
            one['sessions'] == 1 and one['threads'] == 1}
    payloads = sorted(mine)
    found = {'bare crypto': [mine[p]['floor-' + way][0] for p in payloads],
             'ksrtp': [mine[p][way][0] for p in payloads]}
    for name, label in (('openssl', 'libsrtp with OpenSSL'),
                        ('debian', 'libsrtp as packaged')):
        theirs = {one['payload']: one[way]
                  for one in results['libsrtp'][name]['ns']
                  if one['suite'] == suite}
        found[label] = [theirs[p] for p in payloads]
    return payloads, found


def plot(results, suites, path):
    figure, axes = plt.subplots(len(suites), 2, figsize=(11, 3.2 * len(suites)),
                                sharey='row')
    for row, suite in zip(axes, suites):
        for axis, way in zip(row, WAYS):
            payloads, found = bars(results, suite, way)
            for n, (label, values) in enumerate(found.items()):
                axis.bar([at + 0.2 * n for at in range(len(payloads))], values,
                         0.19, label=label)
            axis.set_xticks([at + 0.3 for at in range(len(payloads))],
                            ['%d B' % p for p in payloads])
            axis.set_title('%s, %s' % (suite, way), fontsize=9)
            axis.grid(axis='y', alpha=0.4)
        row[0].set_ylabel('ns per packet')
    axes[0][0].legend(fontsize=8)
    figure.tight_layout()
    figure.savefig(path)
