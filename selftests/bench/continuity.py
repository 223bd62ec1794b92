# SPDX-License-Identifier: GPL-2.0
"""ksrtp-sync with many sessions: two gateways in one machine, a peer, and a store."""

import os
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from ksrtp_sync import Store, Sync, wait

GROUP, LEASE, REPORT, RATE = 7, 5000, 250, 50
TICKS = os.sysconf('SC_CLK_TCK')


def sh(*args, **kw):
    return subprocess.run(list(map(str, args)), check=True, text=True, **kw)


def within(name, *words, **kw):
    """Start a program in a namespace; it has the process's number."""
    return subprocess.Popen(['ip', 'netns', 'exec', name, *map(str, words)], **kw)


def lay_out():
    """Gateways a and s, and what is beyond them."""
    for name in 'a', 's', 'peer':
        sh('ip', 'netns', 'add', name)
        sh('ip', '-n', name, 'link', 'set', 'lo', 'up')
    sh('ip', 'link', 'add', 'wire', 'netns', 'a', 'type', 'veth', 'peer', 'name', 'wire',
       'netns', 'peer')
    for name, address in ('a', '192.0.2.1/24'), ('peer', '192.0.2.2/24'):
        sh('ip', '-n', name, 'addr', 'add', address, 'dev', 'wire')
        sh('ip', '-n', name, 'link', 'set', 'wire', 'up')
    sh('ip', '-n', 'peer', 'addr', 'add', '10.255.255.254/32', 'dev', 'lo')
    sh('ip', '-n', 'peer', 'route', 'add', '10.0.0.0/9', 'via', '192.0.2.1', 'src',
       '10.255.255.254')
    sh('ip', '-n', 'a', 'route', 'add', '10.255.255.254', 'via', '192.0.2.2')
    # all phones are at the gateway
    sh('ip', '-n', 'a', 'route', 'add', 'local', '10.0.0.0/9', 'dev', 'lo')


def take_down():
    for name in 'a', 's', 'peer':
        sh('ip', 'netns', 'del', name)


def used(process):
    """Processor time of a process, in seconds."""
    with open('/proc/%d/stat' % process.pid) as file:
        fields = file.read().rsplit(')', 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


class Watch:
    """Processor time of processes, and time, since it was made."""

    def __init__(self, **processes):
        self.processes = processes
        self.start = time.monotonic()
        self.before = {name: used(one) for name, one in processes.items()}

    def took(self):
        return time.monotonic() - self.start

    def cores(self):
        """Per cent of a core."""
        took = self.took()
        return {name: 100 * (used(one) - self.before[name]) / took
                for name, one in self.processes.items()}

    def seconds(self):
        return {name: used(one) - self.before[name]
                for name, one in self.processes.items()}


class Cluster:
    def __init__(self, plan, of, count):
        self.plan, self.of, self.count, self.found = plan, of, count, {}
        self.sent = 0
        lay_out()
        self.store = Store()
        # each packet is reported, and stands for as many as a report comes after
        words = ('lease', LEASE, 'report', 1)
        self.one, self.two = (
            Sync(name, None, self.store, *words,
                 start=lambda *args, name=name, **kw: within(name, *args, **kw))
            for name in 'as')
        self.echo = within('peer', plan['sync'], 'echo')

    def close(self):
        for one in self.echo, self.one.process, self.two.process:
            one.kill()
            one.wait()
        self.one.close()
        self.two.close()
        self.store.close()
        take_down()

    def written(self):
        return self.store.ask('HLEN', 'ksrtp:{%d}:records' % GROUP)

    def cold_start(self):
        """A gateway with sessions, a store without any, and a standby without any."""
        self.two.kill()
        self.one.end()
        sh('ip', 'netns', 'exec', 'a', self.plan['add'], self.count, self.of['id'],
           self.of['key'], self.of['salt'], GROUP, stdout=subprocess.DEVNULL)
        self.one.start()
        watch = Watch(daemon=self.one.process, store=self.store.process)
        self.one.take()
        self.one.until(role='active', sessions=self.count, behind=0)
        # and one that counts them
        wait(lambda: self.written() == self.count + 1, 'records')
        self.found['stored'] = {'seconds': watch.took(), 'cpu': watch.seconds()}
        self.two.start()
        watch = Watch(daemon=self.two.process, store=self.store.process)
        self.two.until(role='standby', sessions=self.count, refused=0)
        self.found['followed'] = {'seconds': watch.took(), 'cpu': watch.seconds()}

    def talk(self, rate, seconds):
        out = sh('ip', 'netns', 'exec', 'a', self.plan['sync'], 'calls', self.count, rate,
                 REPORT, seconds, self.sent, stdout=subprocess.PIPE).stdout
        sent, back = map(int, out.split())
        self.sent += sent
        return sent, back

    def steady(self):
        rate = self.count * RATE // REPORT
        # streams begin
        self.talk(rate, REPORT // RATE + 1)
        self.one.until(behind=0, streams=2 * self.count)
        self.two.until(streams=2 * self.count)
        before = self.one.group()['written']
        watch = Watch(active=self.one.process, standby=self.two.process,
                      store=self.store.process)
        sent, back = self.talk(rate, self.plan['steady'])
        cores, took = watch.cores(), watch.took()
        if back < 0.99 * sent:
            sh('ip', 'netns', 'exec', 'a', self.plan['tool'], '-s', 'stat', stdout=sys.stderr)
            sys.exit('%d packets of %d have not come back' % (sent - back, sent))
        self.one.until(behind=0)
        self.found['steady'] = {
            'cores': cores, 'reports': (sent + back) / took,
            'written': (self.one.group()['written'] - before) / took,
            'gaps': self.one.group()['gaps'] + self.two.group()['gaps']}

    def takeover(self):
        """Given way, and after a death."""
        self.one.until(behind=0)
        start = time.monotonic()
        self.two.take()
        self.two.until(role='active')
        self.found['given'] = time.monotonic() - start
        self.one.until(role='standby', sessions=self.count, streams=2 * self.count)
        self.two.until(behind=0)
        # until what it has written anew is there
        applied = -1
        while applied != self.one.group()['applied']:
            applied = self.one.group()['applied']
            time.sleep(1)
        start = time.monotonic()
        self.two.kill()
        self.one.take()
        self.one.until(role='active')
        self.found['died'] = time.monotonic() - start


def many(plan, of, count):
    """What so many sessions cost."""
    cluster = Cluster(plan, of, count)
    try:
        cluster.cold_start()
        cluster.steady()
        cluster.takeover()
        return dict(cluster.found, lease=LEASE)
    finally:
        cluster.close()
