#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""The units under systemd: rules before the network, and closed if they fail;
alerts where who enables them looks for them."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
import booted
from booted import OUT, UNITS, unit
from ksrtp_test import *

# A system that has ksrtp.service, a network, and a media server; it notes what
# there is at each of them, and ends.
BOOT = '''[Unit]
DefaultDependencies=no
Requires=last.service
Wants=ksrtp.service network.service media.service
'''
NOTE = '''[Unit]
DefaultDependencies=no
%s
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh -c '%s'
'''
# RTP of no session, until somebody tells of it
SEND = '''#!/bin/bash
for ((n = 0; n < 200; n++)); do
        [ ! -s %s/alerts ] || break
        printf '\\200\\0\\0\\1\\0\\0\\0\\1\\0\\0\\0\\1' >/dev/udp/127.0.0.1/5002
        sleep 0.2
done
'''
STATE = KSRTP + ' -j require show >%s/%s; ' + KSRTP + \
    ' -j session show >%s/%s-sessions'


def boot(tap, configuration):
    """Boot; what the network found, what the media server, and the unit's end."""
    with open('/etc/ksrtp/ksrtp.conf', 'w') as file:
        file.write(configuration)
    for name, order, command in (
            ('network', 'After=network-pre.target',
             STATE % (OUT, 'network', OUT, 'network')),
            ('media', 'Requires=ksrtp.service\nAfter=ksrtp.service',
             'touch %s/media' % OUT),
            ('last', 'After=ksrtp.service network.service media.service',
             'systemctl reload ksrtp.service 2>%s/reload; '
             'systemctl show -p ActiveState,Result ksrtp.service >%s/unit; '
             'systemctl start ksrtp-monitor.service; %s; '
             'systemctl show -p ActiveState,Result ksrtp-monitor.service '
             '>%s/monitor; '
             'systemctl stop ksrtp.service; %s; '
             'systemctl --force --force exit 0' %
             (OUT, OUT, UNITS + '/send', OUT,
              STATE % (OUT, 'stopped', OUT, 'stopped')))):
        unit(name + '.service', NOTE % (order, command))
    return booted.boot(tap)


def setup():
    run('ip', 'link', 'set', 'lo', 'up')
    booted.install('install')
    unit('boot.target', BOOT)
    unit('send', SEND % OUT)
    os.chmod(UNITS + '/send', 0o755)
    # there is no journal
    unit('ksrtp-monitor.service.d/output.conf',
         '[Service]\nStandardOutput=append:%s/alerts' % OUT)


def ports(text):
    return [rule.get('first-port') for rule in json.loads(text)]


def clear():
    for rule in json.loads(run(KSRTP, '-j', 'require', 'show').stdout):
        run(KSRTP, 'require', 'del', 'id', str(rule['id']))
    run(KSRTP, 'session', 'flush')


def good(tap):
    setup()
    found = boot(tap, 'require add dev lo port 5000-5999\n'
                 'session add local any:5000 rtcp-mux\n')
    tap.equal(ports(found['network']), [5000], 'rules are before the network')
    tap.equal(len(json.loads(found['network-sessions'])), 1, 'so are sessions')
    tap.ok('media' in found, 'then comes the media server')
    tap.equal(found['monitor'].split(), ['Result=success', 'ActiveState=active'],
              'the unit for alerts runs')
    tap.ok(found['alerts'].startswith('[ALERT] require ') and
           ' | cause: ' in found['alerts'] and ' | remedy: ' in found['alerts'] and
           '[NEW]' not in found['alerts'], 'and tells of them', found['alerts'])
    tap.equal(found['unit'].split(), ['Result=success', 'ActiveState=active'],
              'the unit has succeeded, and its reload')
    tap.equal((ports(found['stopped']), len(json.loads(
        found['stopped-sessions']))), ([5000], 1), 'a stop takes nothing away')
    clear()


def bad(tap):
    found = boot(tap, 'nonsense\nrequire add port 5000-5999\n')
    tap.equal(ports(found['network']), [5000],
              'a line that is wrong takes no rule away')
    tap.equal(found['unit'].split(), ['Result=exit-code', 'ActiveState=failed'],
              'the unit has failed')
    tap.ok('media' not in found, 'no media server that needs it was started')
    tap.equal(ports(found['stopped']), [5000], 'the rule stays')
    clear()


need_machine()
main(good, bad)
