# SPDX-License-Identifier: GPL-2.0
"""The browsers that are here."""

import sys

import chromium
import firefox
from started import alone

BROWSERS = [module.BROWSER for module in (chromium, firefox) if module.available()]


def each(*tests):
    """Tests of (tap, browser), with each browser; or some, by name on the command
    line: "firefox-audio"."""
    def make(test, kind):
        @alone
        def run(tap):
            test(tap, kind)
        run.__name__ = '%s-%s' % (kind.__name__.lower(), test.__name__)
        return run
    runs = [make(test, kind) for test in tests for kind in BROWSERS]
    return [run for run in runs if not sys.argv[1:] or run.__name__ in sys.argv[1:]]
