# SPDX-License-Identifier: GPL-2.0
"""Processes that end with the test that has started them, however that ends."""

import functools

# objects that have a close()
started = []


def alone(test):
    """A test that leaves nobody behind."""
    @functools.wraps(test)
    def run(tap):
        try:
            test(tap)
        finally:
            while started:
                started.pop().close()
    return run
