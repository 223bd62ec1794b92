# SPDX-License-Identifier: GPL-2.0
"""systemd, as the first process of a container of this machine."""

import os
import subprocess

from ksrtp_test import BUILD, run

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../..')
UNITS = '/run/systemd/system'
OUT = '/run/boot'


def unit(name, text):
    """Write a unit, or a file of a folder beside it."""
    path = os.path.join(UNITS, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'w') as file:
        file.write(text + '\n')


def install(target):
    """Our own units, and what they start."""
    os.makedirs(UNITS, exist_ok=True)
    os.makedirs('/etc/ksrtp', exist_ok=True)
    run('make', '-s', '-C', TOP + '/userspace', 'BUILD=' + BUILD, 'PREFIX=/usr',
        'UNIT_DIR=' + UNITS, target)


def boot(tap, *before):
    """Boot as boot.target says, until a unit ends it, with words before the command; what
    files of OUT have then."""
    run('rm', '-rf', OUT)
    os.makedirs(OUT)
    done = subprocess.run(
        [*before, 'unshare', '--pid', '--mount', '--cgroup', '--fork', '--kill-child',
         '--mount-proc', 'sh', '-c', 'mount -t cgroup2 cgroup2 /sys/fs/cgroup; '
         # as systemd has it where it is in no container; credentials come by a mount
         'mount --make-rshared /; '
         'exec env -i container=ksrtp PATH="$PATH" /lib/systemd/systemd '
         '--system --unit=boot.target --show-status=0 --log-target=console '
         '--log-level=notice'], stdin=subprocess.DEVNULL, capture_output=True,
        text=True, timeout=300)
    found = {}
    for name in os.listdir(OUT):
        with open(os.path.join(OUT, name)) as file:
            found[name] = file.read()
    for line in (done.stdout + done.stderr).splitlines()[-20:]:
        tap.note(line)
    return found
