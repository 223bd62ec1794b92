#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Many sessions, made readable: filters, order, brief lines, a live view."""

import ipaddress
import json
import os
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from fake_kernel import (DIRECTION, SESSION, STATS, SUITE_ID, FakeKernel, enum,
                         number_of)
from genl import attr, nest
from ksrtp_test import CM, GCM, main
from terminal import in_terminal

STATE = enum('ksrtp_state')


def direction(name, suite, **stats):
    return nest(
        number_of(SESSION, name),
        *([attr(number_of(DIRECTION, 'suite'), SUITE_ID[suite])]
          if suite else []),
        attr(number_of(DIRECTION, 'state'),
             STATE['KSRTP_STATE_KEYED' if suite else 'KSRTP_STATE_PENDING']),
        nest(number_of(DIRECTION, 'stats'),
             *(attr(number_of(STATS, counter.replace('_', '-')),
                    struct.pack('=Q', value))
               for counter, value in stats.items())))


def session(number, suite=CM, sent=0, received=0, bad=0, flags=(), streams=2,
            address='10.0.0.%d', recv_suite=None):
    local = ipaddress.ip_address(address % number if '%' in address else address)
    out = [attr(number_of(SESSION, 'id'), number),
           attr(number_of(SESSION, 'family'), struct.pack(
               '=H', 2 if local.version == 4 else 10)),
           attr(number_of(SESSION, 'local-address'), local.packed),
           attr(number_of(SESSION, 'local-port'), struct.pack('>H', 5004)),
           attr(number_of(SESSION, 'streams'), streams)]
    out += [attr(number_of(SESSION, flag)) for flag in flags]
    out += [direction('send', suite, rtp_packets=sent, rtcp_packets=1),
            direction('recv', recv_suite or suite, rtp_packets=received,
                      drop_bad_tag=bad, drop_replayed=bad)]
    return b''.join(out)


MANY = [session(2, sent=50, received=5), session(10, GCM, 7, 80, streams=9),
        session(1, sent=7, received=7, bad=4, flags=('owned',)),
        # an orphan is owned all the same, as the kernel tells it
        session(3, None, flags=('owned', 'orphaned')),
        session(4, recv_suite=GCM, sent=1, received=1)]


def ids(fake, *words):
    done = fake.ksrtp('-j', 'session', 'show', *words)
    return [one['id'] for one in json.loads(done.stdout)]


def chosen(tap):
    fake = FakeKernel()
    fake.sessions = [MANY]
    for words, wanted in (
            ('', [1, 2, 3, 4, 10]),
            ('suite ' + GCM, [4, 10]),
            ('suite ' + CM.lower(), [1, 2, 4]),
            ('owned', [1, 3]),
            ('orphaned', [3]),
            ('pending', [3]),
            ('dropping', [1]),
            ('owned dropping', [1]),
            ('owned orphaned', [3]),
            ('sort id reverse', [10, 4, 3, 2, 1]),
            ('sort local', [1, 2, 3, 4, 10]),
            ('sort remote', [1, 2, 3, 4, 10]),
            ('sort streams', [10, 1, 2, 3, 4]),
            ('sort sent', [2, 1, 10, 4, 3]),
            ('sort received', [10, 1, 2, 4, 3]),
            ('sort packets', [10, 2, 1, 4, 3]),
            ('sort dropped first 2', [1, 2]),
            ('first 3', [1, 2, 3]),
            ('sort sent reverse first 2', [3, 4])):
        tap.equal(ids(fake, *words.split()), wanted,
                  'session show ' + words)
    text = fake.ksrtp('session', 'show', 'sort', 'streams', 'first', '1').stdout
    tap.ok(text.startswith('10: local 10.0.0.10:5004 streams 9/'),
           'and in words', text)
    for words, why in (
            ('suite AES', "unknown suite 'AES'"),
            ('sort', 'sort: value missing'),
            ('sort age', "sort: 'age' is none of id, local"),
            ('first 0', 'first: 0 is not within 1'),
            ('first x', "first: 'x' is not a number"),
            ('owned owned', 'owned: given twice'),
            ('sort id sort id', 'sort: given twice'),
            ('interval 3', "unknown word 'interval'")):
        done = fake.ksrtp('session', 'show', *words.split())
        tap.ok(done.returncode == 2 and not done.stdout and why in done.stderr
               and done.stderr.count('\n') == 1, 'refused: ' + words, done)
    done = fake.ksrtp('session', 'del', 'id', '1', 'dropping')
    tap.ok(done.returncode == 2 and not fake.asked, 'only show takes them', done)
    fake.close()


def brief(tap):
    fake = FakeKernel()
    fake.sessions = [MANY]
    done = fake.ksrtp('-B', 'session', 'show')
    tap.equal([line.split() for line in done.stdout.splitlines()], [
        ['ID', 'LOCAL', 'REMOTE', 'SUITE', 'STATE', 'STREAMS', 'SENT',
         'RECEIVED', 'DROPPED'],
        ['1', '10.0.0.1:5004', 'any', CM, '2', '8', '7', '8'],
        ['2', '10.0.0.2:5004', 'any', CM, '2', '51', '5', '0'],
        ['3', '10.0.0.3:5004', 'any', 'orphaned', '2', '1', '0', '0'],
        ['4', '10.0.0.4:5004', 'any', CM + '/' + GCM, '2', '2', '1', '0'],
        ['10', '10.0.0.10:5004', 'any', GCM, '9', '8', '80', '0']],
              'in brief, without a terminal')
    lines = done.stdout.splitlines()
    tap.ok(len({len(line) for line in lines}) == 1 and
           not [line for line in lines if line.endswith(' ')],
           'in columns', lines)
    tap.equal(fake.ksrtp('--brief', 'session', 'list').stdout, done.stdout,
              'by its long name')
    tap.equal(fake.ksrtp('-B').stdout, done.stdout, 'without a word more')
    for columns in (70, 90, 200):
        text = in_terminal(fake, columns, '-B', 'session', 'show', NO_COLOR='1')
        tap.ok(max(map(len, text.splitlines())) <= columns and
               all('10.0.0.%d:5004' % n in text for n in (1, 10)) and
               (columns < 90 or CM in text or columns == 90),
               'fits in %d columns' % columns, text)
    fake.sessions = [[session(n, address='fd00:1234:5678:9abc:def0:1234:5678:'
                                         '%x', sent=10 ** 15)
                      for n in (1, 2)]]
    text = in_terminal(fake, 80, '-B', 'session', 'show')
    tap.ok('[fd00:1234:5678:9abc:def0:1234:5678:2]:5004' in text and
           'SUITE' not in text and 'SENT' in text and 'DROPPED' in text,
           'addresses are never cut', text)
    fake.sessions = [[session(1, bad=1)]]
    tap.ok('\033[31m2\033[0m' in in_terminal(fake, 80, '-B', 'session'),
           'drops are red')
    fake.sessions = [[]]
    tap.equal(fake.ksrtp('-B').stdout, '', 'of nothing, nothing')
    for words, why in ((('-B', '-j', 'session'), '-B: cannot be combined with -j'),
                       (('-B', 'stat'), '-B and -t are options of session show'),
                       (('-t', 'session', 'flush'), '-B and -t are options of'),
                       (('-t', '-b', '-'), '-t: cannot be combined'),
                       (('-j', '--top'), '-t: cannot be combined'),
                       (('--brie',), None), (('--nonsense',), 'unknown option')):
        done = fake.ksrtp(*words)
        tap.ok(why is None and not done.returncode or done.returncode == 2 and
               done.stderr.count('\n') == 1 and why in done.stderr and
               not done.stdout, 'refused, or not: ' + ' '.join(words), done)
    fake.close()


def top(tap):
    fake = FakeKernel()
    # session 5 comes, session 4 begins anew, session 6 goes
    fake.sessions = [
        [session(4, sent=10 ** 6), session(6), session(1), session(2)],
        [session(1, received=60), session(2, sent=10 ** 4, bad=10 ** 3),
         session(4, sent=10), session(5, sent=10 ** 5)]]
    done = fake.ksrtp('-t', 'session', 'show', 'interval', '1', 'count', '2')
    rounds = done.stdout.split('\n\n')
    tap.ok(not done.returncode and not done.stderr and len(rounds) == 3 and
           not rounds[2], 'two rounds', done)
    lines = [line.split() for line in rounds[0].splitlines()]
    tap.equal(lines[0][1:], ['sessions', '4,', 'shown', '4'], 'the clock, and '
              'how many there are')
    tap.equal(lines[2], ['ID', 'LOCAL', 'REMOTE', 'SUITE', 'STREAMS', 'SENT/s',
                         'RECEIVED/s', 'DROPPED/s'], 'columns')
    tap.equal([line[0] for line in lines[3:]], ['5', '2', '1', '4'],
              'those that do most come first')
    rates = {line[0]: [int(n) for n in line[-3:]] for line in lines[3:]}
    # the interval may have been longer, for all of them
    unit = rates['5'][0] / 10 ** 5
    wanted = {'5': (10 ** 5, 0, 0), '2': (10 ** 4, 0, 2 * 10 ** 3),
              '1': (0, 60, 0), '4': (11, 0, 0)}
    tap.ok(0 < unit <= 1 and
           all(abs(one - unit * other) <= 1 for number in wanted
               for one, other in zip(rates[number], wanted[number])),
           'rates, of new sessions and of those begun anew too', rates)
    tap.ok(lines[1][0::2] == ['sent/s', 'received/s', 'dropped/s'] and
           all(abs(int(word) - sum(column)) <= 4 for word, column in
               zip(lines[1][1::2], zip(*rates.values()))), 'their sum', lines[1])
    tap.equal([line.split()[-3:] for line in rounds[1].splitlines()[3:]],
              [['0'] * 3] * 4, 'nothing happened then')
    fake.asked.clear()
    text = in_terminal(fake, 100, '--top', 'session', 'show', 'sort', 'dropped',
                       'first', '2', 'interval', '1', 'count', '1')
    tap.ok(text.startswith('\033[H\033[2J') and
           [line.split()[0] for line in text.splitlines()[3:]] == ['2', '1'] and
           '\033[31m' in text, 'on a terminal, with an order', text)
    fake.sessions = [[session(n % 250 + 1) for n in range(100)]]
    text = in_terminal(fake, 100, '-t', 'session', 'show', 'interval', '1',
                       'count', '1')
    tap.equal((len(text.splitlines()), text.splitlines()[0].split()[1:]),
              (24, ['sessions', '100,', 'shown', '21']),
              'no more lines than the terminal has')
    for words in (('interval', '0'), ('count', '0'), ('count',),
                  ('interval', '1', 'interval', '1')):
        done = fake.ksrtp('-t', 'session', 'show', *words)
        tap.ok(done.returncode == 2 and done.stderr.count('\n') == 1,
               'refused: ' + ' '.join(words), done)
    fake.close()


HOST = 10000


def host():
    """Ten thousand sessions, in no order: what tests know of them, and they."""
    known = [{'id': n, 'sent': n * 7919 % 10007, 'received': n * 104729 % 9973,
              'bad': n * 31 % 50 // 49, 'streams': n * 17 % 61,
              'suite': None if not n % 100 else GCM if n % 7 == 0 else CM,
              'flags': ('owned', 'orphaned') if n % 500 == 3 else
              ('owned',) if not n % 3 else (),
              'address': '10.1.%d.%d' % divmod(n * 37 % 12289, 256)}
             for n in range(1, HOST + 1)]
    known.sort(key=lambda one: one['sent'])
    return known, [session(one['id'], **{name: value for name, value in
                                         one.items() if name != 'id'})
                   for one in known]


def crowd(tap):
    """All of it with as many as a host may have: no more requests for them, and
    not a line more than was asked for."""
    fake = FakeKernel()
    known, kernel = host()
    fake.sessions = [kernel]
    orders = {'id': lambda one: one['id'],
              'local': lambda one: ipaddress.ip_address(one['address']),
              'streams': lambda one: -one['streams'],
              'sent': lambda one: -one['sent'],
              'received': lambda one: -one['received'],
              'packets': lambda one: -one['sent'] - one['received'],
              'dropped': lambda one: -one['bad']}
    filters = {'': lambda one: True,
               'suite ' + GCM: lambda one: one['suite'] == GCM,
               'owned': lambda one: 'owned' in one['flags'],
               'orphaned': lambda one: 'orphaned' in one['flags'],
               'pending': lambda one: not one['suite'],
               'dropping owned': lambda one: one['bad'] and one['flags']}
    # the family, the suites, the sessions
    requests = []
    for words, chosen_by in filters.items():
        got = ids(fake, *words.split())
        requests.append(fake.requests)
        tap.equal(got, sorted(one['id'] for one in known if chosen_by(one)),
                  '%d sessions %s' % (len(got), words))
    for name, order in orders.items():
        wanted = [one['id'] for one in sorted(
            known, key=lambda one: (order(one), one['id']))]
        tap.equal(ids(fake, 'sort', name), wanted, 'sort ' + name)
        requests.append(fake.requests)
    wanted = [one['id'] for one in sorted(known, key=lambda one: (
        one['sent'], one['id'])) if one['bad']][:20]
    tap.equal(ids(fake, 'dropping', 'sort', 'sent', 'reverse', 'first', '20'),
              wanted, 'the first of them')

    for words, lines in (('-B', HOST + 1), ('-B session show first 20', 21),
                         ('-B session show orphaned', 21),
                         ('-B session show pending first 7', 8)):
        done = fake.ksrtp(*words.split())
        requests.append(fake.requests)
        rows = done.stdout.splitlines()
        tap.equal((len(rows), len({len(row) for row in rows})), (lines, 1),
                  words + ': a line each, in columns')
    text = in_terminal(fake, 80, '-B', 'session', 'show', 'first', '50')
    tap.equal((len(text.splitlines()), max(map(len, text.splitlines())) <= 80),
              (51, True), 'on a terminal too')
    tap.equal(set(requests), {3}, 'one list is asked for, whatever is wanted')
    fake.close()


def screen(tap):
    """The live view stays on its screen, whatever size that has."""
    fake = FakeKernel()
    kernel = host()[1]
    fake.sessions = [kernel]
    for lines, columns, rows in ((25, 100, 21), (60, 100, 56), (5, 100, 1),
                                 (4, 100, 1), (2, 100, 1)):
        fake.requests = 0
        text = in_terminal(fake, columns, '-t', 'session', 'show', 'interval',
                           '1', 'count', '1', lines=lines)
        tap.equal((len(text.splitlines()), text.splitlines()[0].split()[1:],
                   fake.requests),
                  (3 + rows, ['sessions', str(HOST) + ',', 'shown', str(rows)],
                   4), 'with %d lines, of %d sessions' % (lines, HOST))
    # addresses are not cut, so that a line may take two
    fake.sessions = [[session(n, address='fd00:1234:5678:9abc:def0:1234:5678:'
                                         '%x' % n) for n in range(4000, 5000)]]
    text = in_terminal(fake, 60, '-t', 'session', 'show', 'interval', '1',
                       'count', '1', NO_COLOR='1')
    shown = text.replace('\033[H\033[2J', '').splitlines()
    taken = sum(-(-len(line) // 60) for line in shown)
    tap.ok(20 <= taken <= 24 and len(shown) > 6,
           'with lines that do not fit (%d take %d)' % (len(shown), taken), text)
    fake.sessions = [kernel]
    done = fake.ksrtp('-t', 'session', 'show', 'first', '20', 'interval', '1',
                      'count', '2')
    tap.equal((len(done.stdout.splitlines()), fake.requests), (2 * 24, 5),
              'without a terminal, first has the say')
    fake.close()


if __name__ == '__main__':
    main(chosen, brief, top, crowd, screen)
