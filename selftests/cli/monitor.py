#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""ksrtp monitor: an alert is one line that tells what happened and what to do."""

import datetime
import json
import os
import re
import shlex
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from fake_kernel import (SESSION, STATS, FakeKernel, attributes, enum,
                         number_of)
from genl import attr
from ksrtp_test import CM, KSRTP, main
from show import direction, session

ALERT = attributes('alert')
TYPES = {name[len('KSRTP_ALERT_'):].lower().replace('_', '-'): number
         for name, number in enum('ksrtp_alert').items()}
IDS = enum('ksrtp_direction_id')
TIME = r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d'


def alert(kind, **words):
    """An alert as the kernel tells it."""
    out = attr(number_of(ALERT, 'type'), TYPES.get(kind, kind))
    for name, value in words.items():
        name = name.replace('_', '-')
        if name == 'direction':
            value = IDS['KSRTP_DIRECTION_' + value.upper()]
        elif name == 'count':
            value = value.to_bytes(8, sys.byteorder)
        out += attr(number_of(ALERT, name), value)
    return 'alert-ntf', out


END = 'session-del-ntf', attr(number_of(SESSION, 'id'), 99)


def told(fake, events, *words, stop='[DEL]', journal=False, **environment):
    """The lines that monitor prints of these events, up to one with @stop."""
    fake.asked.clear()
    fake.events = [*events, END]
    ours, theirs = os.pipe()
    if journal:
        stat = os.fstat(theirs)
        environment['JOURNAL_STREAM'] = '%d:%d' % (stat.st_dev, stat.st_ino)
    lines = []
    with subprocess.Popen(
            [KSRTP, *words], stdout=theirs,
            env=dict(os.environ, LD_PRELOAD=fake.shim,
                     KSRTP_FAKE_KERNEL=fake.path, **environment)) as process:
        os.close(theirs)
        with open(ours) as output:
            for line in output:
                if stop in line:
                    break
                lines.append(line.rstrip('\n'))
        process.terminate()
    return lines


def parts(line):
    """What happened, cause and remedy."""
    found = re.fullmatch(r'\[ALERT\] (.*?) \| cause: (.*?) \| remedy: (.*)', line)
    return found.groups() if found else (line, '', '')


def causes(tap):
    """Each alert names cause and remedy, and nothing that there is not."""
    fake = FakeKernel()
    fake.sessions = [[session(7)]]
    # of which there was none when the tool was built
    lines = told(fake, [alert(kind, session_id=7, direction='recv', count=5)
                        for kind in TYPES] + [alert(77, session_id=7)],
                 'monitor')
    tap.equal(len(lines), len(TYPES) + 1, 'each alert is a line')
    for kind, line in zip(TYPES, lines):
        what, cause, remedy = parts(line)
        tap.ok(what == kind + ' session 7 recv count 5 local 10.0.0.7:5004' and
               len(cause) > 20 and len(remedy) > 20 and '@' not in line and
               len(line) < 500, kind + ' has cause and remedy', line)
        for command in re.findall(r'ksrtp(?: -[a-zB])* ([a-z]+)', remedy):
            tap.ok(command in ('session', 'key', 'stream', 'stat', 'require',
                               'lease'),
                   kind + ': "ksrtp %s" is there' % command, remedy)
    tap.equal(lines[-1], '[ALERT] unknown session 7 local 10.0.0.7:5004',
              'one that is not known has none')
    # by what the session has counted
    for kind, counts, wanted in (
            ('auth-failures', {'drop_plaintext': 3}, ['plain RTP']),
            ('auth-failures', {'drop_bad_tag': 2}, ['key, suite or rollover']),
            ('auth-failures', {'drop_tag_length': 2}, ['tag of the other length']),
            ('auth-failures', {'drop_bad_ekt': 2}, ['a field of EKT']),
            ('auth-failures', {'drop_unknown_spi': 2}, ['may have changed it']),
            ('auth-failures', {'drop_plaintext': 3, 'drop_bad_tag': 2},
             ['plain RTP', 'key, suite or rollover']),
            ('auth-failures', {'rtp_packets': 9}, ['plain RTP or has another']),
            ('replays', {'drop_replayed': 1}, ['packets came twice']),
            ('replays', {'drop_too_old': 4}, ['came later than'])):
        fake.sessions = [[attr(number_of(SESSION, 'id'), 7) +
                          direction('recv', CM, **counts)]]
        what, cause, remedy = parts(told(fake, [alert(
            kind, session_id=7, direction='recv', count=5)], 'monitor')[0])
        tap.ok(all(text in cause for text in wanted) and
               cause.count(';') == remedy.count('; ') - remedy.count('twice; ')
               == len(wanted) - 1 and
               all('%s %d: ' % (name.replace('_', '-'), count) in cause
                   for name, count in counts.items() if 'drop' in name),
               '%s by %s' % (kind, ', '.join(counts)), (cause, remedy))
    fake.sessions = [[]]
    fake.denied = {'session-get': 2}
    what, cause, remedy = parts(told(fake, [alert(
        'auth-failures', session_id=7, direction='recv', count=5)],
                                     'monitor')[0])
    tap.ok(what == 'auth-failures session 7 recv count 5' and cause and remedy,
           'of a session that is gone', (what, cause, remedy))
    source = open(os.path.join(os.path.dirname(os.path.abspath(__file__)),
                               '../../userspace/cmd/advice.c')).read()
    named = set(re.findall(r'"(drop-[a-z-]+)"', source))
    tap.ok(named and named <= set(STATS.values()), 'counters are the kernel\'s',
           named)
    fake.close()


def remedies(tap):
    """What a remedy tells to type, the tool takes; placeholders are filled in."""
    fake = FakeKernel()
    fake.sessions = [[attr(number_of(SESSION, 'id'), 7) + direction(
        'recv', CM, drop_plaintext=1, drop_bad_tag=1, drop_replayed=1,
        drop_too_old=1)]]
    events = [alert(kind, session_id=7, direction='recv', count=5)
              for kind in TYPES]
    events += [('session-set-ntf', session(7, flags=('owned', 'orphaned')))]
    lines = told(fake, events, 'monitor')
    fake.denied = {'session-get': 2}
    lines += told(fake, events, 'monitor')
    fake.denied = {}
    commands = set()
    for line in lines:
        commands |= set(re.findall(r'ksrtp ([^,;|]*?(?=[,;]| has | who |$))',
                                   parts(line)[2]))
    tap.ok(len(commands) > 8, 'remedies are commands', commands)
    for command in sorted(commands):
        words = [{'N': '100', 'SECONDS': '60'}.get(word, word)
                 for word in shlex.split(command)]
        done = fake.ksrtp(*words)
        tap.ok(not done.returncode and not done.stderr, 'ksrtp ' + command, done)
    fake.close()


def orphans(tap):
    fake = FakeKernel()
    fake.sessions = [[session(7)]]
    change = [('session-new-ntf', session(5)), ('session-set-ntf', session(5)),
              ('session-set-ntf', session(7, flags=('owned', 'orphaned'))),
              alert('require', require_id=3, direction='send', count=1)]
    lines = told(fake, change, 'monitor')
    tags = [line.split()[0] for line in lines if line.startswith('[')]
    tap.equal(tags, ['[NEW]', '[SET]', '[SET]', '[ALERT]', '[ALERT]'],
              'protection that is gone is an alert, too')
    found = [parts(line) for line in lines if line.startswith('[ALERT]')]
    tap.ok(found[0][0] == 'orphaned session 7 local 10.0.0.7:5004' and
           'program that owned' in found[0][1] and
           'session del id 7' in found[0][2], 'with cause and remedy', found[0])
    tap.equal(found[1][0], 'require send require 3 count 1', 'a rule')
    tap.equal(sum(command == 'session-get' for command, _ in fake.asked), 0,
              'of both, nobody is asked for more')
    few = [line for line in told(fake, [*change, alert('replays')], 'monitor',
                                 'alerts', stop='replays')]
    tap.equal(few, [line for line in lines if line.startswith('[ALERT]')],
              'alerts alone')
    objects = [json.loads(line) for line in told(fake, change, '-j', 'monitor',
                                                 stop='session-del')]
    tap.equal([(one['event'], one.get('type'), 'cause' in one, 'remedy' in one)
               for one in objects],
              [('session-new', None, False, False),
               ('session-set', None, False, False),
               ('session-set', None, True, True),
               ('alert', 'require', True, True)], 'in JSON')
    tap.equal((objects[2]['id'], objects[2]['orphaned'],
               objects[3]['require-id'], objects[3]['count']),
              (7, True, 3, 1), 'with all that there was')
    objects = [json.loads(line) for line in told(
        fake, [*change, alert('replays')], '-j', 'monitor', 'alerts',
        stop='replays')]
    tap.equal([one['event'] for one in objects], ['session-set', 'alert'],
              'and alerts alone')
    fake.close()


def times(tap):
    fake = FakeKernel()
    fake.sessions = [[session(7)]]
    events = [alert('replays', session_id=7, direction='recv'),
              ('session-new-ntf', session(5))]
    before = datetime.datetime.now().astimezone().replace(microsecond=0)
    lines = told(fake, events, 'monitor', 'time', TZ='Asia/Kolkata')
    found = [re.match('(%s) (\\[[A-Z]+\\]) ' % TIME, line)
             for line in lines if '[' in line[:30]]
    tap.ok(len(found) == 2 and all(found) and
           [one[2] for one in found] == ['[ALERT]', '[NEW]'],
           'lines begin with a time', lines)
    at = [datetime.datetime.fromisoformat(one[1]) for one in found]
    tap.ok(all(one >= before and one.utcoffset() == datetime.timedelta(
        hours=5, minutes=30) for one in at), 'of here and now', at)
    objects = [json.loads(line) for line in told(
        fake, events, '-j', 'monitor', 'time', stop='session-del')]
    tap.ok(len(objects) == 2 and all(re.fullmatch(TIME, one['time'])
                                     for one in objects), 'in JSON', objects)
    lines = told(fake, events, 'monitor', journal=True)
    tap.ok(lines[0].startswith('<4>[ALERT] replays') and
           lines[1].startswith('[NEW]'),
           'the journal gets priorities, and has times itself', lines)
    lines = told(fake, events, 'monitor', JOURNAL_STREAM='1:1')
    tap.ok(lines[0].startswith('[ALERT]'), 'what is not the journal does not',
           lines)
    for words, why in (('alerts alerts', 'alerts: given twice'),
                       ('time time', 'time: given twice'),
                       ('alerts 3', "unknown word '3'")):
        done = fake.ksrtp('monitor', *words.split())
        tap.ok(done.returncode == 2 and why in done.stderr and
               not fake.asked, 'refused: monitor ' + words, done)
    fake.close()


def farewell(tap):
    """A module that goes takes its events along, and says nothing of it."""
    fake = FakeKernel()
    fake.events = [('session-new-ntf', session(5)), ('farewell', b'')]
    done = fake.ksrtp('monitor', timeout=60)
    tap.ok(done.returncode == 1 and done.stdout.startswith('[NEW] 5:') and
           'module was unloaded' in done.stderr and
           done.stderr.count('\n') == 1, 'that is the end', done)
    fake.close()


main(causes, remedies, orphans, times, farewell)
