# SPDX-License-Identifier: GPL-2.0
"""The gateways of Documentation/recipes/failover.rst, and its times."""

import json
import socket

# the ends of their addresses, and their priorities
GATEWAYS = {'one': ('11', '150'), 'two': ('12', '100')}


def settings(page, slower):
    """Leases and adverts so many times as long as in the page; a lease has 50 ms at
    least."""
    for was, instead in (('lease 300', 'lease %d' % max(50, 300 * slower)),
                         ('advert_int 0.1', 'advert_int %g' % (slower / 10))):
        page.sections = [(title, text.replace(was, instead))
                         for title, text in page.sections]


def status(page, name):
    """Of a daemon; without a process of its own, which calls would have to wait for."""
    try:
        with socket.socket(socket.AF_UNIX) as sock:
            sock.settimeout(5)
            sock.connect(page.path(name + '.sock'))
            sock.sendall(b'{"command": "status"}\n')
            return json.loads(sock.makefile().readline())['status']
    except (OSError, ValueError):
        return {'groups': [{}]}
