# SPDX-License-Identifier: GPL-2.0
"""Processes that end with the test that has started them, however that ends."""

import functools
import subprocess

# objects that have a close()
started = []


def reap(process, seconds):
    """Wait for a process that was told to end; one that does not is killed."""
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


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
