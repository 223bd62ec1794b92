#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""The units of a gateway under systemd, set up as Documentation has it: what comes before
other programs, whose keys systemd has opened, and a daemon that dies.

With "look", what runs there and looks at the others."""

import json
import os
import re
import signal
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
import booted
from booted import OUT, TOP, unit
from ksrtp_sync import KEYS, STORE, wait
from ksrtp_test import CM, KSRTP, key, main, run
from programs import need_programs

SERVICES = 'store', 'ksrtp-sync', 'keepalived'

# Debian's own says no more of scheduling
STORE_UNIT = '''[Service]
Type=notify
ExecStart=@%s redis-server --port 6379 --save '' --supervised systemd
RestrictRealtime=true
NoNewPrivileges=true
''' % STORE

KEEPALIVED = '''global_defs {
    router_id one
    vrrp_version 3
    script_user root
    vrrp_rt_priority 10
    vrrp_rlimit_rttime 1000000
    vrrp_notify_fifo /run/keepalived-gateway
    vrrp_notify_fifo_script "/usr/bin/chrt -r 10 /usr/sbin/ksrtp-sync notify gateway 7"
}
vrrp_script able {
    script "/usr/sbin/ksrtp-sync able 7"
    interval 1
    timeout 5
    fall 2
    rise 1
}
vrrp_instance gateway {
    state BACKUP
    interface inside
    virtual_router_id 7
    priority 100
    advert_int 0.1
    track_script {
        able
    }
    virtual_ipaddress {
        10.0.0.1/24
    }
}
'''

SYNC_CONF = '''host one
group 7
store redis://127.0.0.1
cluster-key-file /run/credentials/ksrtp-sync.service/cluster
lease 1000
user ksrtp
'''


def show(service, what):
    return run('systemctl', 'show', '--value', '-p', what, service).stdout.strip()


def group():
    done = subprocess.run(['ksrtp-sync', 'status'], capture_output=True, text=True)
    return json.loads(done.stdout)['groups'][0] if done.returncode == 0 else {}


def processes():
    """{service: [[command, scheduler, priority, user]]}"""
    found = {}
    for service in SERVICES:
        found[service] = []
        with open('/sys/fs/cgroup%s/cgroup.procs' % show(service, 'ControlGroup')) as file:
            pids = list(map(int, file.read().split()))
        for pid in pids:
            with open('/proc/%d/cmdline' % pid) as file:
                words = file.read().split('\0')
            found[service].append([
                ' '.join([os.path.basename(words[0]), *words[1:]]).strip(),
                os.sched_getscheduler(pid), os.sched_getparam(pid).sched_priority,
                os.stat('/proc/%d' % pid).st_uid])
    return found


def look():
    wait(lambda: group().get('role') == 'active', 'a host at work', 120)
    found = {'before': processes()}
    run(KSRTP, 'session', 'add', 'local', '192.0.2.1:5004', 'remote', '192.0.2.2:5004',
        'lease', '7', 'send', 'suite', CM, 'insecure-key', key(CM).hex())
    wait(lambda: group().get('sessions') == 1, 'a session')
    # more often than systemd starts others
    for _ in range(7):
        pid = show('ksrtp-sync', 'MainPID')
        os.kill(int(pid), signal.SIGKILL)
        wait(lambda: show('ksrtp-sync', 'MainPID') not in ('0', pid), 'another daemon')
    wait(lambda: group().get('role') == 'active' and group()['sessions'] == 1, 'its work')
    found['after'] = processes()
    found['results'] = [show(service, 'Result') for service in SERVICES]
    return found


def tell():
    """What there is to see; or why there is not, and what systemd has to say."""
    try:
        found = look()
    except (OSError, TimeoutError) as error:
        found = {'error': '\n'.join([repr(error), str(group())] + [
            run('systemctl', 'status', '--no-pager', '-n', '0', service, check=False).stdout
            for service in SERVICES])}
    with open(OUT + '/found', 'w') as file:
        json.dump(found, file)


def first():
    """What the recipe says to have before other programs."""
    with open(TOP + '/Documentation/recipes/failover.rst') as page:
        return re.search(r'first\.conf``.*?::\n\n((?:    .*\n)+)', page.read(),
                         re.DOTALL).group(1)


def units(tap):
    run('ip', 'netns', 'add', 'gateway')
    for words in ('link set lo up', 'link add inside type veth peer beyond',
                  'link set beyond up', 'addr add 10.0.0.11/24 dev inside',
                  'link set inside up'):
        run('ip', '-n', 'gateway', *words.split())
    booted.install('install-sync')
    run('systemd-sysusers', '/usr/lib/sysusers.d/ksrtp-sync.conf')
    os.makedirs('/etc/keepalived', exist_ok=True)
    for path, text in (('/etc/keepalived/keepalived.conf', KEEPALIVED),
                       ('/etc/ksrtp/ksrtp-sync.conf', SYNC_CONF),
                       ('/etc/ksrtp/cluster.keys', KEYS)):
        with open(path, 'w') as file:
            file.write(text)
    unit('store.service', STORE_UNIT)
    for service in 'store', 'ksrtp-sync':
        unit(service + '.service.d/first.conf', first())
    for service in SERVICES:
        # there is no journal
        unit(service + '.service.d/output.conf',
             '[Service]\nEnvironment=DAEMON_ARGS=--log-console\n'
             'StandardOutput=append:%s/%s\nStandardError=inherit' % (OUT, service))
    unit('ksrtp-sync.service.d/keys.conf',
         '[Service]\nLoadCredential=cluster:/etc/ksrtp/cluster.keys')
    unit('look.service', '[Unit]\nDefaultDependencies=no\n[Service]\nType=oneshot\n'
         'Environment=KSRTP_BUILD=%s KSRTP_OUT=%s\nExecStart=%s %s look\n'
         'ExecStopPost=systemctl --force --force exit 0' % (
             os.environ['KSRTP_BUILD'], os.environ['KSRTP_OUT'], sys.executable,
             os.path.abspath(__file__)))
    unit('boot.target', '[Unit]\nDefaultDependencies=no\nRequires=look.service\nWants=' +
         ' '.join(service + '.service' for service in SERVICES))
    said = booted.boot(tap, 'nsenter', '--net=/run/netns/gateway')
    run('ip', 'netns', 'del', 'gateway')
    found = json.loads(said['found'])
    if 'error' in found:
        raise RuntimeError('\n'.join([found['error'], *map(said.get, SERVICES)]))
    tap.equal(found['results'], ['success'] * 3, 'all services run')
    for when in 'before', 'after':
        told = found[when]
        for service, word in (('store', 'redis-server'), ('ksrtp-sync', 'config'),
                              ('keepalived', 'keepalived'), ('keepalived', 'notify')):
            tap.ok([os.SCHED_RR, 10] in [
                one[1:3] for one in told[service] if word in one[0]],
                   '%s: %s comes before other programs' % (when, word), told)
    tap.ok(all(one[3] for one in found['after']['ksrtp-sync']), 'the daemon is not root',
           found)


if sys.argv[1:] == ['look']:
    tell()
else:
    need_programs('keepalived', 'systemctl', 'systemd-sysusers')
    main(units)
