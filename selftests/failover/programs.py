# SPDX-License-Identifier: GPL-2.0
"""What the suites of this folder need of programs."""

import os
import shutil
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from ksrtp_sync import STORE, SYNC
from ksrtp_test import BUILD, KSFT_SKIP, need_machine, run


def need_programs(*names, here=False):
    """End unless these, ksrtp-sync and a Redis are in this machine, which is one of the
    tests' own unless that makes no difference; for the pages, too."""
    if not here:
        need_machine()
    folders = [os.path.abspath(BUILD)]
    if STORE:
        folders.append(tempfile.mkdtemp(prefix='ksrtp-redis-'))
        os.symlink(STORE, os.path.join(folders[-1], 'redis-server'))
    os.environ['PATH'] = ':'.join([*folders, os.environ['PATH']])
    missing = [name for name in (SYNC, 'redis-server', *names) if not shutil.which(name)]
    if missing:
        print('1..0 # SKIP needs ' + ', '.join(missing))
        sys.exit(KSFT_SKIP)


def forget_orphans(*hosts):
    """Connections of processes that were killed, to hosts that are gone, keep their
    namespace, and with it what the module has in it, for as long as they try."""
    for host in hosts:
        run('ip', 'netns', 'exec', host, 'sysctl', '-qw',
            'net.ipv4.tcp_orphan_retries=1')
