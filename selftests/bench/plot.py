# SPDX-License-Identifier: GPL-2.0
"""A picture of the results: who takes how long for a packet."""

import matplotlib

matplotlib.use('svg')
# letters as text, not as curves
matplotlib.rcParams['svg.fonttype'] = 'none'
matplotlib.rcParams['svg.hashsalt'] = 'ksrtp'
import matplotlib.pyplot as plt

WAYS = ('protect', 'unprotect')


LINES = (('floor-', 'bare crypto'), ('', 'ksrtp'),
         ('openssl-', 'libsrtp with OpenSSL'),
         ('debian-', 'libsrtp as packaged'))


def plot(results, path):
    found = [one for one in results['found']
             if one['what'] == 'packets' and one['sessions'] == 1]
    suites = list(dict.fromkeys(one['suite'] for one in found))
    if not suites:
        return
    figure, axes = plt.subplots(len(suites), 2, figsize=(11, 3.2 * len(suites)),
                                sharey='row', squeeze=False)
    for row, suite in zip(axes, suites):
        of = [one for one in found if one['suite'] == suite]
        payloads = [one['payload'] for one in of]
        for axis, way in zip(row, WAYS):
            lines = [(prefix, label) for prefix, label in LINES
                     if all(prefix + way in one['ns'] for one in of)]
            for n, (prefix, label) in enumerate(lines):
                axis.bar([at + 0.2 * n for at in range(len(of))],
                         [one['ns'][prefix + way]['min'] for one in of], 0.19,
                         label=label)
            axis.set_xticks([at + 0.3 for at in range(len(payloads))],
                            ['%d B' % p for p in payloads])
            axis.set_title('%s, %s' % (suite, way), fontsize=9)
            axis.grid(axis='y', alpha=0.4)
        row[0].set_ylabel('ns per packet')
    axes[0][0].legend(fontsize=8)
    figure.tight_layout()
    figure.savefig(path)
