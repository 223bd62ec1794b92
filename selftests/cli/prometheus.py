#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What Prometheus is told: its format, its conventions, and what is made of it."""

import json
import os
import re
import subprocess
import sys
import tempfile

import yaml

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
# Debian's packages, also for a Python that is not Debian's
sys.path.append('/usr/lib/python3/dist-packages')
from prometheus_client.parser import text_string_to_metric_families
from fake_kernel import (DIRECTION, SESSION, STAT, STATS, FakeKernel, enum,
                         number_of)
from genl import attr, nest
from ksrtp_test import BUILD, main

DOCUMENTS = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                         '../../Documentation/prometheus')
STATE = enum('ksrtp_state')
COUNTERS = {name: number for number, name in STATS.items() if name != 'pad'}
# counters have values that differ, also beyond 32 bits
BASE = {'send': 1 << 40, 'recv': 1 << 41}


def counter(direction, name):
    return BASE[direction] + COUNTERS[name]


def session(send, recv, *flags):
    return b''.join(
        [nest(number_of(SESSION, name), attr(
            number_of(DIRECTION, 'state'), STATE['KSRTP_STATE_' + state.upper()]))
         for name, state in (('send', send), ('recv', recv))] +
        [attr(number_of(SESSION, flag)) for flag in flags])


def told():
    """(finished process, {family: family}) of a kernel with all counters."""
    fake = FakeKernel()
    fake.stat = b''.join(
        [attr(number_of(STAT, 'sessions'), 3),
         attr(number_of(STAT, 'streams'), 4),
         attr(number_of(STAT, 'stream-memory'), (5000).to_bytes(8, 'little')),
         attr(number_of(STAT, 'requires'), 6),
         attr(number_of(STAT, 'require-drops'), (7).to_bytes(8, 'little'))] +
        [nest(number_of(STAT, direction), *(
            attr(number, counter(direction, name).to_bytes(8, 'little'))
            for name, number in COUNTERS.items())) for direction in BASE])
    fake.sessions = [[session('keyed', 'keyed'), session('pending', 'keyed'),
                      session('keyed', 'pending'),
                      session('pending', 'pending', 'orphaned')]]
    done = fake.ksrtp('stat', 'prometheus')
    refused = fake.ksrtp('-j', 'stat', 'prometheus')
    fake.close()
    return done, refused, list(text_string_to_metric_families(done.stdout))


def form(tap):
    done, refused, families = told()
    tap.ok(not done.returncode and not done.stderr, 'the tool answers', done)
    tap.ok(refused.returncode == 2 and not refused.stdout and
           'combined with -j' in refused.stderr, 'it is no JSON', refused)
    names = [family.name for family in families]
    tap.equal(len(set(names)), len(names), 'a family is in one place')
    samples = [sample for family in families for sample in family.samples]
    series = [(one.name, tuple(sorted(one.labels.items()))) for one in samples]
    tap.equal(len(set(series)), len(series), 'no series is there twice')
    tap.ok(all(family.documentation for family in families), 'all have a help')
    tap.ok(all(family.type in ('gauge', 'counter') for family in families),
           'all have a type')
    tap.ok(all(re.fullmatch('ksrtp_[a-z_]+', one.name) for one in samples),
           'names are words of ours')
    # of the text, since the parser mends names of counters
    types = dict(re.findall(r'^# TYPE (\S+) (\S+)$', done.stdout, re.M))
    tap.ok(all(name.endswith('_total') == (kind == 'counter')
               for name, kind in types.items()),
           'counters, and they alone, end in _total', types)
    tap.equal(set(re.findall(r'^(\w+)', done.stdout, re.M)), set(types),
              'samples have the names of their families')
    tap.ok(not [one.name for one in samples if re.search(
        '_(count|sum|bucket|info_total)$|kilo|mega|_kb|_ms', one.name)],
           'units are bytes, names are not those of histograms')
    labels = {key: {one.labels[key] for one in samples if key in one.labels}
              for one in samples for key in one.labels}
    reasons = {name[5:] for name in COUNTERS if name.startswith('drop-')}
    labels.pop('version')
    # the module's, where there is one
    labels.pop('module', None)
    tap.equal(labels, {'direction': {'send', 'recv'},
                       'protocol': {'rtp', 'rtcp'}, 'reason': reasons,
                       'state': {'keyed', 'pending', 'orphaned'}},
              'labels are few, and known ahead')


def values(tap):
    done, refused, families = told()
    got = {(one.name, one.labels.get('direction'), one.labels.get('reason') or
            one.labels.get('protocol')): one.value
           for family in families for one in family.samples}
    for name, count in (('keyed', 1), ('pending', 2), ('orphaned', 1)):
        tap.equal([one.value for family in families for one in family.samples
                   if one.labels.get('state') == name], [count],
                  'sessions that are ' + name)
    got.pop(('ksrtp_sessions_by_state', None, None))
    wanted = {('ksrtp_sessions', None, None): 3,
              ('ksrtp_streams', None, None): 4,
              ('ksrtp_stream_memory_bytes', None, None): 5000,
              ('ksrtp_require_rules', None, None): 6,
              ('ksrtp_require_dropped_packets_total', None, None): 7,
              ('ksrtp_build_info', None, None): 1}
    for direction in BASE:
        for name in COUNTERS:
            words = name.split('-')
            if words[0] == 'drop':
                key = ('dropped_packets', direction, name[5:])
            elif words[0] in ('rtp', 'rtcp'):
                key = ({'packets': 'packets', 'bytes': 'payload_bytes'}[words[1]],
                       direction, words[0])
            elif name == 'passed':
                key = ('passed_packets', direction, None)
            else:
                key = (name.replace('-', '_'), direction, None)
            wanted[('ksrtp_%s_total' % key[0], *key[1:])] = counter(direction,
                                                                    name)
    for name in ('ksrtp_sessions_limit', 'ksrtp_stream_memory_limit_bytes'):
        # the module's, where there is one
        got.pop((name, None, None), None)
    tap.equal(got, wanted, 'every counter of the kernel is there, as it is')


def documents(tap):
    """The dashboard and the alerts ask for nothing that is not told."""
    done, refused, families = told()
    known = {one.name: one for family in families for one in family.samples}
    known.update(ksrtp_sessions_limit=None,
                 ksrtp_stream_memory_limit_bytes=None)
    reasons = {one.labels['reason'] for family in families
               for one in family.samples if 'reason' in one.labels}
    text = open(DOCUMENTS + '/ksrtp-dashboard.json').read()
    board = json.loads(text)
    rules = yaml.safe_load(open(DOCUMENTS + '/ksrtp-alerts.yml'))
    asked = [target['expr'] for panel in board['panels']
             for target in panel['targets']]
    alerts = [rule for group in rules['groups'] for rule in group['rules']]
    tap.equal(len({panel['id'] for panel in board['panels']}),
              len(board['panels']), 'panels are told apart')
    tap.ok(alerts and all(set(rule) <= {'alert', 'expr', 'for', 'labels',
                                        'annotations'} and
                          set(rule['annotations']) == {'summary', 'description'}
                          for rule in alerts), 'alerts have a form')
    for where, exprs in (('dashboard', asked),
                         ('alerts', [rule['expr'] for rule in alerts])):
        names = set(re.findall(r'ksrtp_\w+', ' '.join(exprs)))
        tap.ok(exprs and names <= set(known), where + ': names are told',
               names - set(known))
        causes = set('|'.join(re.findall(r'reason=~?"([^"]*)"',
                                         ' '.join(exprs))).split('|'))
        tap.ok(causes <= reasons, where + ': causes are told', causes - reasons)
        tap.ok(all(e.count(a) == e.count(b) for e in exprs
                   for a, b in ('()', '[]', '{}')), where + ': brackets close')


def many(tap):
    """More sessions than are looked at are not asked for."""
    fake = FakeKernel()
    for count, asked in ((10000, 1), (10001, 0)):
        fake.stat = attr(number_of(STAT, 'sessions'), count)
        done = fake.ksrtp('stat', 'prometheus')
        tap.equal((done.returncode,
                   sum(command == 'session-get' for command, _ in fake.asked),
                   done.stdout.count('sessions_by_state{')),
                  (0, asked, 3 * asked), 'of %d sessions' % count)
    fake.close()


def losses(tap):
    """Protection that is gone alerts, and a stray packet does not."""
    rules = {rule['alert']: rule for group in yaml.safe_load(
        open(DOCUMENTS + '/ksrtp-alerts.yml'))['groups']
             for rule in group['rules']}
    for name in ('KsrtpPlaintextReceived', 'KsrtpRequireDrops'):
        rule = rules[name]
        tap.ok(rule['expr'].startswith('rate(') and
               not re.search(r'> 0\b', rule['expr']) and 'for' in rule and
               rule['labels']['severity'] == 'warning',
               name + ' takes more than a packet', rule)
    for words in ('absent(ksrtp_build_info)', 'node_textfile_mtime_seconds',
                  'ksrtp_require_rules == 0', 'name="ksrtp.service"',
                  'state="orphaned"'):
        tap.ok(any(words in rule['expr'] and 'for' in rule
                   for rule in rules.values()), 'an alert on ' + words)
    page = open(os.path.join(DOCUMENTS, '../operations.rst')).read()
    line = re.search(r"ExecStart=/bin/sh -c '(.*stat prometheus.*)'", page)[1]
    fake = FakeKernel()
    with tempfile.TemporaryDirectory() as top:
        def run():
            done = subprocess.run(
                ['/bin/sh', '-c', line], cwd=top, capture_output=True, text=True,
                env=dict(os.environ, LD_PRELOAD=fake.shim,
                         KSRTP_FAKE_KERNEL=fake.path,
                         PATH=BUILD + ':' + os.environ['PATH']))
            return not done.returncode, os.listdir(top)
        tap.equal(run(), (True, ['ksrtp.prom']), 'the unit writes its file')
        fake.denied = {'stat-get': 12}
        tap.equal(run(), (False, []), 'which is gone if the tool fails')
    fake.close()


main(form, values, many, documents, losses)
