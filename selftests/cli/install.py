#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""make install-tool, install-dkms and uninstall: what goes where, and what stays."""

import os
import re
import stat
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from ksrtp_test import BUILD, main

FUNCTIONS = 'lib/libksrtp.map'
USERSPACE = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                         '../../userspace')
PAGES = ('libksrtp.3', 'ksrtp.7', 'ksrtp.8', 'ksrtp-dump.8', 'ksrtp-rtsp.8', 'ksrtp-sdp.8',
         'ksrtp-session.8')


def files(top):
    return {os.path.relpath(os.path.join(where, name), top)
            for where, _, names in os.walk(top) for name in names}


def install(tap):
    with tempfile.TemporaryDirectory() as top:
        def make(*words):
            done = subprocess.run(
                ['make', '-s', '-C', USERSPACE, 'BUILD=' + os.path.abspath(BUILD),
                 'DESTDIR=' + top, *words], capture_output=True, text=True)
            tap.ok(not done.returncode and not done.stderr, ' '.join(words), done)

        with open(os.path.join(USERSPACE, FUNCTIONS)) as file:
            functions = re.findall(r'^\s(ksrtp_\w+);', file.read(), re.M)
        configuration = 'etc/ksrtp/ksrtp.conf'
        for prefix in ('/usr/local', '/opt/x'):
            make('install', 'PREFIX=' + prefix)
            at = prefix[1:]
            tap.equal(files(top), {
                configuration, at + '/sbin/ksrtp',
                *(at + '/share/man/man%s/%s' % (page[-1], page)
                  for page in PAGES),
                *(at + '/share/man/man3/%s.3' % name for name in functions),
                at + '/lib/libksrtp.a', at + '/lib/libksrtp.so',
                at + '/lib/libksrtp.so.0', at + '/lib/pkgconfig/libksrtp.pc',
                at + '/share/doc/libksrtp/examples/call.c',
                at + '/share/doc/libksrtp/examples/answer.c',
                at + '/include/libksrtp.h', at + '/include/linux/ksrtp.h',
                at + '/share/bash-completion/completions/ksrtp',
                at + '/lib/systemd/system/ksrtp.service',
                at + '/lib/systemd/system/ksrtp-monitor.service',
                at + '/lib/systemd/system/ksrtp-rtsp.service'},
                      'files of ' + prefix)
            for name, command in (
                    ('ksrtp', '-f -b /etc/ksrtp/ksrtp.conf'),
                    ('ksrtp-monitor', 'monitor alerts'),
                    ('ksrtp-rtsp', 'rtsp relay config %d/rtsp.conf '
                     'state %t/ksrtp-rtsp/sessions')):
                unit = open('%s/%s/lib/systemd/system/%s.service' %
                            (top, at, name)).read()
                tap.ok('ExecStart=%s/sbin/ksrtp %s\n' % (prefix, command) in unit
                       and '@' not in unit.replace('@system-service', ''),
                       name + '.service knows where they are', unit)
            pages = {open('%s/%s/share/man/man3/%s.3' % (top, at, name)).read()
                     for name in functions}
            tap.equal(pages, {'.so man3/libksrtp.3\n'},
                      "a function's page is that of the library")
            with open('%s/%s/include/libksrtp.h' % (top, at)) as header:
                tap.ok('@' not in header.read(), 'the header has its version')
            modes = [stat.S_IMODE(os.stat(os.path.join(top, name)).st_mode)
                     for name in ('etc/ksrtp', configuration, at + '/sbin/ksrtp')]
            tap.equal(modes, [0o700, 0o600, 0o755], 'the configuration is private')
            with open(os.path.join(top, configuration), 'a') as file:
                file.write('require add port 5000\n')
            make('install', 'PREFIX=' + prefix)
            tap.ok('require add port 5000\n' in
                   open(os.path.join(top, configuration)),
                   'a change in it survives another install')
            done = subprocess.run(
                ['cc', '-Wall', '-Wextra', '-Werror', '-I',
                 os.path.join(top, at, 'include'), '-o', os.devnull, os.path.join(
                     top, at, 'share/doc/libksrtp/examples/call.c'),
                 os.path.join(top, at, 'lib/libksrtp.a'), '-lmnl'],
                capture_output=True, text=True)
            tap.ok(not done.returncode, 'an example builds with what is there',
                   done)
            make('uninstall', 'PREFIX=' + prefix)
            tap.equal(files(top), {configuration}, 'it alone is left')
            tap.ok(not os.path.exists('%s/%s/share/doc/libksrtp' % (top, at)),
                   'and no folder of our own')
            make('install-agent', 'PREFIX=' + prefix)
            tap.equal(files(top) - {configuration}, {
                at + '/sbin/ksrtpd', at + '/share/man/man8/ksrtpd.8',
                at + '/lib/systemd/system/ksrtpd.service',
                at + '/lib/sysusers.d/ksrtpd.conf'}, 'files of the agent')
            unit = open('%s/%s/lib/systemd/system/ksrtpd.service' %
                        (top, at)).read()
            tap.ok('ExecStart=%s/sbin/ksrtpd config %%d/ksrtpd.conf\n' %
                   prefix in unit and
                   'ksrtpd.conf:/etc/ksrtp/ksrtpd.conf\n' in unit and
                   '@' not in unit.replace('@system-service', ''),
                   'its service knows where they are', unit)
            make('uninstall-agent', 'PREFIX=' + prefix)
            tap.equal(files(top), {configuration}, 'and it goes again')
            make('install-sync', 'PREFIX=' + prefix)
            tap.equal(files(top) - {configuration}, {
                at + '/sbin/ksrtp-sync', at + '/share/man/man8/ksrtp-sync.8',
                at + '/lib/systemd/system/ksrtp-sync.service',
                at + '/lib/sysusers.d/ksrtp-sync.conf'}, 'files of ksrtp-sync')
            make('uninstall-sync', 'PREFIX=' + prefix)
            tap.equal(files(top), {configuration}, 'which go as well')


def dkms(tap):
    """The module's source, with a version, and nothing that was built of it."""
    top = os.path.join(USERSPACE, '..')
    with tempfile.TemporaryDirectory() as there:
        def make(target):
            done = subprocess.run(['make', '-s', '-C', top, 'DESTDIR=' + there, target],
                                  capture_output=True, text=True)
            tap.ok(not done.returncode and not done.stderr, target, done)

        make('install-dkms')
        version = subprocess.run([os.path.join(BUILD, 'ksrtp'), '-V'], text=True,
                                 capture_output=True).stdout.split()[1]
        at = 'usr/src/ksrtp-%s/' % version
        tracked = {os.path.join(where, name) for where in ('kernel', 'uapi')
                   for name in files(os.path.join(top, where))
                   if name.endswith(('.c', '.h', '.sh'))}
        tap.equal(files(there), {at + name for name in
                                 {'Kbuild', 'dkms.conf', *tracked}}, 'its files')
        with open(os.path.join(there, at, 'dkms.conf')) as file:
            tap.ok('\nPACKAGE_VERSION="%s"\n' % version in file.read(),
                   'DKMS is told the version')
        make('uninstall-dkms')
        tap.equal(files(there), set(), 'nothing is left')


main(install, dkms)
