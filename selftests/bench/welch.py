# SPDX-License-Identifier: GPL-2.0
"""Whether two sets of measured times differ, as dudect asks it (Reparaz, Balasch,
Verbauwhede: Dude, is my code constant time?): Welch's t, of all of them and of
those that remain when the slowest are cropped, which interrupts have made."""

import math
import statistics

# how much of both sets together remains, fastest first
CROPS = (1, 0.99, 0.9, 0.5)


def welch(a, b):
    """Means of both, and Welch's t."""
    means = statistics.fmean(a), statistics.fmean(b)
    error = math.sqrt(sum(statistics.variance(one, mean) / len(one)
                          for one, mean in zip((a, b), means)))
    difference = means[1] - means[0]
    return difference, difference / error if error else math.copysign(
        math.inf, difference) if difference else 0.0


def compare(a, b):
    """For each crop: what remains of both, by how much b takes longer than a, and
    t; None where nothing is left of one."""
    both = sorted(a + b)
    found = []
    for crop in CROPS:
        limit = both[math.ceil(crop * len(both)) - 1]
        kept = [[time for time in one if time <= limit] for one in (a, b)]
        if min(map(len, kept)) < 2:
            found.append(None)
            continue
        difference, t = welch(*kept)
        found.append({'counts': [len(one) for one in kept],
                      'difference': difference, 't': t})
    return found
