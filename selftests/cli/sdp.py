#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Offers and answers, without a kernel: what products write becomes sessions, and
what is wrong is refused with file and line."""

import base64
import os
import re
import shutil
import socket
import struct
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from ksrtp_test import CM, GCM, SUITES, main
from fake_kernel import DIRECTION, KEY, SESSION, FakeKernel, attr, number_of
from genl import nest

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'sdp')
ADDRESS = ('local-address', 'remote-address')
PORT = ('local-port', 'remote-port', 'local-rtcp-port', 'remote-rtcp-port')


class Files:
    """Descriptions, which only their owner may read."""

    def __init__(self):
        self.dir = tempfile.mkdtemp(prefix='ksrtp-')
        for name in os.listdir(HERE):
            self.write(name[:-4], open(os.path.join(HERE, name),
                                       newline='').read())

    def path(self, name):
        return os.path.join(self.dir, name + '.sdp')

    def write(self, name, text):
        with open(self.path(name), 'w', newline='') as file:
            os.chmod(file.name, 0o600)
            file.write(text)

    def text(self, name):
        return open(self.path(name), newline='').read()

    def words(self, command, local, remote, *old):
        words = ['sdp', command, 'local', self.path(local), 'remote',
                 self.path(remote)]
        if old:
            words += ['old-local', self.path(old[0]), 'old-remote',
                      self.path(old[1])]
        return words

    def keys(self, name, tag):
        """Keys of the crypto lines of this tag, section by section."""
        return [base64.b64decode(text) for text in
                re.findall(r'a=crypto:%d \S+ inline:([A-Za-z0-9+/=]+)' % tag,
                           self.text(name))]


def files_key(files, name):
    """The key of the first crypto line, as text."""
    return re.search(r'inline:([A-Za-z0-9+/=]+)', files.text(name))[1]


def flow(told):
    """What a session is found by, as text."""
    out = {}
    for name, value in told.items():
        if name in ADDRESS:
            family = socket.AF_INET if len(value) == 4 else socket.AF_INET6
            out[name] = socket.inet_ntop(family, value)
        elif name in PORT:
            out[name] = struct.unpack('!H', value)[0]
        elif name == 'rtcp-mux':
            out[name] = True
    return out


def ends(local, remote, **more):
    named = dict(zip(('local-address', 'local-port'), local))
    named.update(zip(('remote-address', 'remote-port'), remote))
    named.update({name.replace('_', '-'): value for name, value in
                  more.items()})
    return named


PRODUCTS = (
    ('asterisk', 'linphone', CM, 1,
     ends(('192.0.2.10', 12034), ('192.0.2.20', 7078))),
    ('linphone', 'asterisk', CM, 1,
     ends(('192.0.2.20', 7078), ('192.0.2.10', 12034))),
    ('freeswitch', 'polycom', CM, 4,
     ends(('198.51.100.7', 23456), ('198.51.100.99', 2224))),
    ('polycom', 'freeswitch', CM, 4,
     ends(('198.51.100.99', 2224), ('198.51.100.7', 23456))),
    ('cisco', 'gstreamer', GCM, 2,
     ends(('2001:db8::10', 20864), ('2001:db8::20', 40000),
          remote_rtcp_port=40009)),
    ('rtpengine', 'baresip', CM, 1,
     ends(('203.0.113.5', 30010), ('203.0.113.77', 10000), rtcp_mux=True)),
    ('baresip', 'rtpengine', CM, 1,
     ends(('203.0.113.77', 10000), ('203.0.113.5', 30010), rtcp_mux=True)),
    ('chrome', 'gateway', CM, 1,
     ends(('198.51.100.30', 52110), ('198.51.100.31', 16500), rtcp_mux=True)),
    ('gateway', 'chrome', CM, 1,
     ends(('198.51.100.31', 16500), ('198.51.100.30', 52110), rtcp_mux=True)),
    ('lync', 'mediation', CM, 2,
     ends(('203.0.113.40', 50022), ('203.0.113.41', 51200))),
    ('pjsua', 'pjsip', CM, 3,
     ends(('203.0.113.51', 4010), ('203.0.113.50', 4000))),
    ('asterisk-inactive', 'linphone-inactive', CM, 1,
     {'local-address': '192.0.2.10', 'local-port': 12034}),
    ('linphone-hold', 'asterisk-hold', CM, 1,
     {'local-address': '192.0.2.20', 'local-port': 7078}),
)


def products(tap):
    fake, files = FakeKernel(), Files()
    for local, remote, suite, tag, wanted in PRODUCTS:
        what = '%s and %s' % (local, remote)
        done = fake.ksrtp(*files.words('add', local, remote))
        tap.equal((done.returncode, done.stdout, done.stderr,
                   [command for command, _ in fake.asked]),
                  (0, '', '', ['session-new']), what + ': one session')
        told = fake.asked[0][1]
        tap.equal(flow(told), wanted, what + ': addresses and ports')
        size = SUITES[suite][0]
        for direction, name in (('send', local), ('recv', remote)):
            one = files.keys(name, tag)[0]
            tap.equal((told[direction]['master-key'],
                       told[direction]['master-salt']),
                      (one[:size], one[size:]),
                      '%s: key for %s' % (what, direction))
        done = fake.ksrtp(*files.words('add', local, remote), 'dry-run')
        secrets = re.findall(r'inline:([A-Za-z0-9+/=]{8})',
                             files.text(local) + files.text(remote))
        tap.ok(done.returncode == 0 and not fake.asked and
               done.stdout.startswith('ksrtp session add local ') and
               done.stdout.count('\n') == 1 and
               done.stdout.count('inline:...') == 2 and
               not any(secret in done.stdout for secret in secrets),
               what + ': dry-run shows neither keys nor asks the kernel', done)
    files.write('lf', files.text('asterisk').replace('\r', ''))
    done = fake.ksrtp(*files.words('add', 'lf', 'linphone'))
    tap.equal(done.returncode, 0, 'lines may end without CR')
    many = ''.join('a=ssrc:%d cname:x\r\n' % n for n in range(100))
    files.write('many', files.text('asterisk') + many)
    fake.ksrtp(*files.words('add', 'many', 'linphone'))
    tap.equal(int.from_bytes(fake.asked[0][1]['max-streams'], sys.byteorder),
              100, 'a session holds as many SSRCs as are announced')
    fake.close()
    shutil.rmtree(files.dir)


def two(files, name, port, key=None):
    """The first section once more, on another port, and with a key of its own."""
    text = files.text(name)
    section = text[text.index('m='):]
    first = re.match(r'm=audio \d+', section)[0]
    files.write(name + '2', text + section.replace(
        first, 'm=audio %d' % port).replace(
            files_key(files, name), key or base64.b64encode(
                b'%-30d' % port).decode()))


def whole(tap):
    fake, files = FakeKernel(), Files()
    two(files, 'asterisk', 12036)
    two(files, 'linphone', 7080)
    words = files.words('add', 'asterisk2', 'linphone2')
    done = fake.ksrtp(*words)
    tap.equal((done.returncode, [flow(told)['local-port'] for _, told in
                                 fake.asked]), (0, [12034, 12036]),
              'a session for each section')
    fake.refuse = {'session-new': 2}
    done = fake.ksrtp(*words)
    line = [number for number, text in
            enumerate(files.text('asterisk2').splitlines(), 1)
            if text.startswith('m=')][1]
    tap.ok(done.returncode == 1 and done.stderr.count('\n') == 1 and
           done.stderr.startswith('ksrtp: %s:%d: ' % (files.path('asterisk2'),
                                                      line)),
           'a refusal by the kernel names the section', done)
    tap.equal([command for command, _ in fake.asked],
              ['session-new', 'session-new', 'session-del'],
              'and what was made before is deleted')
    # by whatever number
    fake.refuse = {'session-new': (1, 22), 'session-get': (1, 22)}
    for command, old in (('add', ()), ('del', ()),
                         ('set', ('asterisk2', 'linphone2'))):
        done = fake.ksrtp(*files.words(command, 'asterisk2', 'linphone2', *old))
        tap.ok(done.returncode == 1 and 'Invalid argument' in done.stderr,
               'and is not taken for something wrong in a file: ' + command,
               done)
    fake.refuse = {}
    done = fake.ksrtp('-b', '-', input='%s\nfrob\n' % ' '.join(
        files.words('add', 'asterisk', 'linphone')))
    tap.ok('ksrtp: stdin:2: ' in done.stderr,
           'behind it, a batch tells its own lines again', done.stderr)
    done = fake.ksrtp('-b', '-', input='%s\n%s\n' % (
        ' '.join(files.words('add', 'asterisk', 'linphone')),
        ' '.join(files.words('add', 'freeswitch', 'polycom'))))
    tap.equal((done.returncode, len(fake.asked)), (0, 2),
              'two calls in a batch')
    fake.close()
    shutil.rmtree(files.dir)


FOUND_BY = {'family': struct.pack('=H', socket.AF_INET),
            'local-port': struct.pack('!H', 12034)}


def changes(tap):
    fake, files = FakeKernel(), Files()
    before = ('asterisk', 'linphone')

    def answer(address='192.0.2.20', port=7078):
        fake.session = [
            attr(number_of(SESSION, 'remote-address'),
                 socket.inet_aton(address)),
            attr(number_of(SESSION, 'remote-port'), struct.pack('!H', port)),
            attr(number_of(SESSION, 'remote-rtcp-port'),
                 struct.pack('!H', port + 1)),
        ]

    def change(local, remote, *old):
        done = fake.ksrtp(*files.words('set', local, remote, *(old or before)))
        return done, [command for command, _ in fake.asked]
    answer()
    done, asked = change(*before)
    tap.equal((done.returncode, asked), (0, ['session-get']),
              'the same again changes nothing')
    tap.equal(fake.asked[0][1], FOUND_BY,
              'a session is looked for on our own port')
    for pair in (('asterisk-hold', 'linphone-hold'),
                 ('asterisk-inactive', 'linphone-inactive')):
        done, asked = change(*pair)
        tap.equal((done.returncode, asked), (0, ['session-get']),
                  pair[0] + ': what is held stays as it is')
        done, asked = change(*before, *pair)
        tap.equal((done.returncode, asked), (0, ['session-get']),
                  pair[0] + ': and goes on as it was')
    done, asked = change('asterisk-rekey', 'linphone-rekey')
    told = fake.asked[-1][1]
    tap.equal((done.returncode, asked, sorted(told)),
              (0, ['session-get', 'session-set'], ['id', 'recv', 'send']),
              'new keys are given to the session that is there')
    tap.equal([told[way]['master-key'] for way in ('send', 'recv')],
              [files.keys('asterisk-rekey', 1)[0][:16],
               files.keys('linphone-rekey', 1)[0][:16]], 'the right ones')
    tap.ok('overlap' in told['recv'] and 'overlap' not in told['send'],
           'what was sent with the old one is still taken', told)
    done, asked = change('asterisk-rekey', 'linphone')
    tap.equal((asked, sorted(fake.asked[-1][1])),
              (['session-get', 'session-set'], ['id', 'send']),
              'a direction whose key stays is left alone')
    done, asked = change('asterisk-rekey', 'linphone-moved')
    told = fake.asked[1][1]
    tap.equal((done.returncode, asked, sorted(told),
               'restart-counters' in told['send'], 'counters' in told['send']),
              (0, ['session-get', 'session-set'],
               ['id', 'linger', 'move', 'recv', 'send'], True, False),
              'where addresses change the session moves, and counters of a new '
              'key begin anew, this once')
    done, asked = change('asterisk', 'linphone-moved')
    tap.equal((done.returncode, asked, sorted(fake.asked[-1][1])),
              (0, ['session-get', 'session-set'],
               ['id', 'linger', 'move', 'recv']),
              'but not those of a key that stays')
    fake.refuse = {'session-set': (1, 129)}
    done, asked = change('asterisk-rekey', 'linphone-moved')
    tap.ok(done.returncode == 1 and asked == ['session-get', 'session-set'],
           'if that is refused, nothing else is done', done)
    fake.refuse = {}
    crypto = re.compile('(a=crypto:1 .*)\r')
    for behind, same in ((' WSH=64', False), ('|2^48', True), (' ', True)):
        files.write('other', crypto.sub(r'\1%s\r' % behind,
                                        files.text('asterisk')))
        done, asked = change('other', 'linphone-moved')
        told = fake.asked[-1][1]
        tap.equal((done.returncode, asked, sorted(told)),
                  (0, ['session-get', 'session-set'],
                   ['id', 'linger', 'move', 'recv'] +
                   ([] if same else ['send'])),
                  'also if its line has %r behind it' % behind)
        done, asked = change('other', 'linphone')
        tap.equal((done.returncode, asked),
                  (0, ['session-get'] + ([] if same else ['session-set'])),
                  'with %r, is the line another?' % behind)
    for name, padding in (('padded', '='), ('bare', '')):
        files.write(name, files.text('asterisk').replace(
            CM + ' inline:', 'AES_256_CM_HMAC_SHA1_80 inline:').replace(
                files_key(files, 'asterisk'),
                base64.b64encode(bytes(range(46))).decode().rstrip('=') +
                2 * padding))
    for name in ('linphone', 'linphone-moved'):
        files.write(name + '-256', files.text(name).replace(
            CM + ' inline:', 'AES_256_CM_HMAC_SHA1_80 inline:').replace(
                files_key(files, name),
                base64.b64encode(bytes([len(name)]) * 46).decode()))
    done, asked = change('bare', 'linphone-moved-256', 'padded', 'linphone-256')
    tap.equal((done.returncode, asked, sorted(fake.asked[-1][1])),
              (0, ['session-get', 'session-set'],
               ['id', 'linger', 'move', 'recv']), 'or no padding')
    for name in before:
        files.write(name + '-mux', files.text(name) + 'a=rtcp-mux\r\n')
    done, asked = change('asterisk-mux', 'linphone-mux')
    tap.equal((done.returncode, asked, flow(fake.asked[-1][1]['move'])),
              (0, ['session-get', 'session-set'],
               ends(('192.0.2.10', 12034), ('192.0.2.20', 7078),
                    rtcp_mux=True)), "or where only RTCP's ports change")
    for name in before:
        files.write(name + '-end', re.sub(r'm=audio \d+', 'm=audio 0',
                                          files.text(name)))
    done, asked = change('asterisk', 'linphone-end')
    tap.equal((done.returncode, asked), (0, ['session-get', 'session-del']),
              'a section that ends is deleted')
    for pair in (('asterisk', 'linphone'), ('asterisk-rekey', 'linphone'),
                 ('asterisk', 'linphone-rekey')):
        done, asked = change(*pair, 'asterisk', 'linphone-end')
        tap.ok(done.returncode == 2 and not asked and
               'used twice' in done.stderr,
               '%s, %s: it does not come again with a key that was used' % pair,
               done)
    done, asked = change('asterisk-rekey', 'linphone-rekey', 'asterisk',
                         'linphone-end')
    tap.equal((done.returncode, asked), (0, ['session-new']),
              'and is made when it comes with new ones')
    done = fake.ksrtp(*files.words('del', *before))
    tap.equal((done.returncode, [command for command, _ in fake.asked]),
              (0, ['session-get', 'session-del']), 'a call ends')
    done = fake.ksrtp(*files.words('del', *before), 'dry-run')
    tap.equal((done.stdout, len(fake.asked)), ('ksrtp session del id 7\n', 1),
              'dry-run of it only looks')
    fake.close()
    shutil.rmtree(files.dir)


# one side is moved, that has a new key: what is written for what of a description
MOVES = (
    ('the peer has another address', {'remote': ('IP4 192.0.2.20',
                                                 'IP4 192.0.2.30')},
     ends(('192.0.2.10', 12034), ('192.0.2.30', 7078))),
    ('another port', {'remote': ('m=audio 7078', 'm=audio 7090')},
     ends(('192.0.2.10', 12034), ('192.0.2.20', 7090))),
    ('both', {'remote': ('m=audio 7078', 'm=audio 7090', 'IP4 192.0.2.20',
                         'IP4 192.0.2.30')},
     ends(('192.0.2.10', 12034), ('192.0.2.30', 7090))),
    ('ours has another address', {'local': ('IP4 192.0.2.10',
                                            'IP4 192.0.2.11')},
     ends(('192.0.2.11', 12034), ('192.0.2.20', 7078))),
    ('another port', {'local': ('m=audio 12034', 'm=audio 12044')},
     ends(('192.0.2.10', 12044), ('192.0.2.20', 7078))),
    ('both sides have others', {'local': ('m=audio 12034', 'm=audio 12044'),
                                'remote': ('IP4 192.0.2.20',
                                           'IP4 192.0.2.30')},
     ends(('192.0.2.10', 12044), ('192.0.2.30', 7078))),
    ('RTCP has another port', {'remote': ('a=rtpmap', 'a=rtcp:9\r\na=rtpmap')},
     ends(('192.0.2.10', 12034), ('192.0.2.20', 7078), remote_rtcp_port=9)),
    ("RTCP has RTP's port", {'local': ('a=rtpmap', 'a=rtcp-mux\r\na=rtpmap'),
                             'remote': ('a=rtpmap', 'a=rtcp-mux\r\na=rtpmap')},
     ends(('192.0.2.10', 12034), ('192.0.2.20', 7078), rtcp_mux=True)),
    ('another family', {'local': ('IP4 192.0.2.10', 'IP6 2001:db8::1'),
                        'remote': ('IP4 192.0.2.20', 'IP6 2001:db8::2')},
     ends(('2001:db8::1', 12034), ('2001:db8::2', 7078))),
)


def moving(tap):
    """One side moves: its session moves, and the key that stays goes on."""
    fake, files = FakeKernel(), Files()
    both = {'local': 'asterisk', 'remote': 'linphone'}
    fresh = {'local': 'asterisk-rekey', 'remote': 'linphone-rekey'}
    for what, edits, wanted in MOVES:
        for keys in ((), ('local',), ('remote',)):
            now = {}
            for side, name in both.items():
                model = fresh[side] if side in keys else name
                text = files.text(model)
                pairs = edits.get(side, ())
                for old, new in zip(pairs[::2], pairs[1::2]):
                    if old not in text:
                        raise RuntimeError('%s has no %r' % (model, old))
                    text = text.replace(old, new)
                now[side] = side
                files.write(side, text)
            fake.session = [
                attr(number_of(SESSION, 'local-address'),
                     socket.inet_aton('192.0.2.10')),
                attr(number_of(SESSION, 'remote-address'),
                     socket.inet_aton('192.0.2.20')),
                attr(number_of(SESSION, 'remote-port'),
                     struct.pack('!H', 7078))]
            done = fake.ksrtp(*files.words('set', 'local', 'remote',
                                           *both.values()))
            told = fake.asked[1][1]
            anew = 'local' in keys and not what.startswith('RTCP')
            tap.equal((done.returncode, done.stderr,
                       [name for name, _ in fake.asked],
                       flow(told.get('move', {})), sorted(told)),
                      (0, '', ['session-get', 'session-set'], wanted,
                       sorted(['id', 'linger', 'move'] +
                              (['send'] if 'local' in keys else []) +
                              (['recv'] if 'remote' in keys else []))),
                      '%s, new keys of %s' % (what, list(keys)))
            tap.equal(('restart-counters' in told.get('send', {}),
                       told.get('send', {}).get('counters')),
                      (anew, None), 'do counters begin anew?')
        done = fake.ksrtp(*files.words('set', 'local', 'remote',
                                       *both.values()), 'dry-run')
        tap.ok(' move local ' in done.stdout and
               done.stdout.endswith(' linger 5000 recv sdes \'a=crypto:1 %s '
                                    "inline:...' unused-key overlap 5000\n" % CM),
               'dry-run shows it', done)
    # what stays need not be said twice, and how long it lingers may be
    files.write('remote', files.text('linphone-rekey').replace(
        'm=audio 7078', 'm=audio 7090'))
    done = fake.ksrtp('sdp', 'set', 'local', files.path('asterisk'), 'remote',
                      files.path('remote'), 'old-remote',
                      files.path('linphone'), 'linger', '9')
    tap.equal((done.returncode, fake.asked[-1][1].get('linger')),
              (0, struct.pack('=I', 9)), 'old-local may be left out')
    files.write('local', files.text('asterisk').replace('m=audio 12034',
                                                        'm=audio 12044'))
    done = fake.ksrtp('sdp', 'set', 'local', files.path('local'), 'remote',
                      files.path('linphone'), 'old-local',
                      files.path('asterisk'))
    tap.equal((done.returncode, 'move' in fake.asked[-1][1]), (0, True),
              'and so may old-remote')
    fake.close()
    shutil.rmtree(files.dir)


def forked(tap):
    """Several answers to one offer: our key stays, and so does its session."""
    fake, files = FakeKernel(), Files()
    fake.kept = {}
    branch = {}
    for n in range(3):
        text = files.text('linphone').replace('IP4 192.0.2.20',
                                              'IP4 192.0.2.%d' % (50 + n))
        branch[n] = 'branch%d' % n
        files.write(branch[n], text.replace(
            files_key(files, 'linphone'),
            base64.b64encode(b'%-30d' % n).decode()))
    fake.ksrtp(*files.words('add', 'asterisk', branch[0]))
    was = 0
    for now in (1, 2, 1, 0):
        done = fake.ksrtp('sdp', 'set', 'local', files.path('asterisk'),
                          'remote', files.path(branch[now]), 'old-remote',
                          files.path(branch[was]))
        told = fake.asked[-1][1]
        tap.equal((done.returncode, [name for name, _ in fake.asked],
                   sorted(told), told['recv']['master-key'],
                   list(fake.kept)),
                  (0, ['session-get', 'session-set'],
                   ['id', 'linger', 'move', 'recv'],
                   files.keys(branch[now], 1)[0][:16], [1]),
                  'an answer of branch %d after one of %d' % (now, was))
        tap.equal(socket.inet_ntoa(fake.kept[1]['remote-address']),
                  '192.0.2.%d' % (50 + now), 'its address')
        was = now
    done = fake.ksrtp(*files.words('del', 'asterisk', branch[0]))
    tap.equal((done.returncode, fake.kept), (0, {}), 'the call ends')
    fake.close()
    shutil.rmtree(files.dir)


def faxes(tap):
    """Speech that becomes a fax, and speech again: the session waits meanwhile."""
    fake, files = FakeKernel(), Files()
    both = ('asterisk', 'linphone')
    for name in both:
        files.write(name + '-fax', re.sub('a=crypto.*\r\n', '',
                                          files.text(name)).replace(
            'm=audio', 'm=image').replace('RTP/SAVP 0', 'udptl t38'))
        files.write(name + '-none', re.sub(r'm=audio \d+', 'm=audio 0',
                                           files.text(name)))
        files.write(name + '-gone', re.sub(r'm=image \d+', 'm=image 0',
                                           files.text(name + '-fax')))
    fax, gone = ('asterisk-fax', 'linphone-fax'), ('asterisk-gone',
                                                   'linphone-gone')

    def run(*words):
        done = fake.ksrtp(*files.words(*words))
        return done.returncode, done.stderr, [
            name for name, _ in fake.asked if name != 'session-get']
    for again in (both, ('asterisk-rekey', 'linphone-rekey'),
                  ('asterisk', 'linphone-moved')):
        fake.kept = {}
        run('add', *both)
        tap.equal((run('set', *fax, *both), sorted(fake.asked[-1][1])),
                  ((0, '', ['session-set']), ['id', 'parked']),
                  'a fax: its session is parked')
        tap.equal(run('set', *fax, *fax), (0, '', []), 'and stays so')
        tap.equal((run('set', *again, *fax), sorted(fake.asked[-1][1])),
                  ((0, '', ['session-set']),
                   ['id', 'linger', 'move', 'recv', 'send']),
                  '%s again: it goes on' % again[1])
        tap.ok('parked' not in fake.kept[1], 'and is found')
        tap.equal(run('del', *again), (0, '', ['session-del']), 'and ends')
    for last in (fax, both):
        fake.kept = {}
        run('add', *both)
        run('set', *fax, *both)
        tap.equal((run('del', *last), fake.kept),
                  ((0, '', ['session-del']), {}),
                  'what is parked is deleted by %s' % last[0])
    run('add', *both)
    run('set', *fax, *both)
    tap.equal(run('set', *gone, *fax), (0, '', ['session-del']),
              'and when the fax has ended')
    # elsewhere: a session waits where the fax is
    ports = {'asterisk': 'm=image 12034', 'linphone': 'm=image 7078'}
    for side, other in zip(both, reversed(both)):
        for n, port in enumerate((4000, 65535)):
            files.write('%s-away%d' % (side, n), files.text(
                side + '-fax').replace(ports[side], 'm=image %d' % port))

        def pair(n):
            return [side + '-away%d' % n if name == side else name + '-fax'
                    for name in both]
        for last, again in ((pair(0), both), (pair(1), both),
                            (pair(1), ('asterisk-rekey', 'linphone-rekey')),
                            (pair(1), ('asterisk', 'linphone-moved'))):
            fake.kept = {}
            run('add', *both)
            done = fake.ksrtp(*files.words('set', *pair(0), *both), 'dry-run')
            tap.ok(done.stdout.endswith(' rtcp-mux parked\n'),
                   'dry-run tells of a move', done)
            tap.equal((run('set', *pair(0), *both), sorted(fake.asked[-1][1])),
                      ((0, '', ['session-set']), ['id', 'move', 'parked']),
                      'a fax on another port of %s: its session is parked' %
                      side)
            if last != pair(0):
                tap.equal((run('set', *last, *pair(0)),
                           sorted(fake.asked[-1][1])),
                          ((0, '', ['session-set']), ['id', 'move', 'parked']),
                          'and goes where the fax goes')
            tap.equal((run('set', *again, *last), sorted(fake.asked[-1][1])),
                      ((0, '', ['session-set']),
                       ['id', 'linger', 'move', 'recv', 'send']),
                      '%s again: it goes on' % again[1])
            told = fake.asked[-1][1]
            tap.equal([word in told[way] for way, word in (
                ('send', 'unused-key'), ('send', 'restart-counters'),
                ('recv', 'unused-key'))], [True] * 3,
                      'with keys that are new or its own')
            tap.equal(run('del', *again), (0, '', ['session-del']), 'and ends')
        for end in ('del',), ('set', *gone):
            fake.kept = {}
            run('add', *both)
            run('set', *pair(0), *both)
            tap.equal((run(*end, *pair(0)), fake.kept),
                      ((0, '', ['session-del']), {}),
                      'what is parked elsewhere is deleted by %s' % end[0])
    # another's session on that port is not parked, and left alone
    fake.kept = {}
    run('add', *both)
    tap.equal((run('del', *fax), list(fake.kept)), ((0, '', []), [1]),
              'what is not parked is not of a fax')
    done = fake.ksrtp(*files.words('set', *both, *fax), 'dry-run')
    tap.ok('session add' in done.stdout, 'speech that was a fax from the first',
           done)
    fake.close()
    shutil.rmtree(files.dir)


def settings(tap):
    """What a session has beside its description."""
    fake, files = FakeKernel(), Files()
    both = ('asterisk', 'linphone')
    words = ('owned', 'max-streams', '9', 'stream-timeout', '60', 'dev', 'lo',
             'send', 'initial-roc', '7', 'recv', 'replay-window', '256',
             'roc-search', '8', 'soft-limit', '50', 'encrypted-extensions',
             '1,4-6', 'overlap', '70')
    done = fake.ksrtp(*files.words('add', *both), *words)
    told = fake.asked[0][1]

    def number(value):
        return int.from_bytes(value, sys.byteorder)
    tap.equal((done.returncode, done.stderr, 'owned' in told,
               number(told['max-streams']), number(told['stream-timeout']),
               number(told['ifindex']), number(told['send']['initial-roc']),
               number(told['recv']['replay-window']),
               number(told['recv']['roc-search']),
               number(told['recv']['soft-limit']),
               told['recv']['encrypted-extensions']),
              (0, '', True, 9, 60, socket.if_nametoindex('lo'), 7, 256, 8, 50,
               bytes((1, 4, 5, 6))), 'a new session has them')
    done = fake.ksrtp(*files.words('add', *both), *words, 'dry-run')
    printed = done.stdout.strip()
    for part in ('dev lo', 'owned max-streams 9 stream-timeout 60',
                 "inline:...' unused-key initial-roc 7 recv",
                 "inline:...' unused-key replay-window 256 roc-search 8 soft-limit 50 "
                 'encrypted-extensions 1,4-6 overlap 70'):
        tap.ok(part in printed, 'dry-run: ' + part, printed)
    fake.session = [attr(number_of(SESSION, 'remote-address'),
                         socket.inet_aton('192.0.2.20')),
                    attr(number_of(SESSION, 'remote-port'),
                         struct.pack('!H', 7078))]
    # what is there has them, too, but for what goes with a key
    done = fake.ksrtp(*files.words('set', *both, *both), *words)
    told = fake.asked[-1][1]
    tap.equal((done.returncode, [name for name, _ in fake.asked], sorted(told),
               sorted(told['send']), sorted(told['recv'])),
              (0, ['session-get', 'session-set'],
               ['id', 'max-streams', 'recv', 'send', 'stream-timeout'],
               ['initial-roc'], ['encrypted-extensions', 'replay-window',
                                 'roc-search']),
              'set gives them to one that is there')
    done = fake.ksrtp(*files.words('set', *both, *both), 'recv', 'overlap', '9')
    tap.equal((done.returncode, len(fake.asked)), (0, 1),
              'what goes with a key alone changes nothing')
    done = fake.ksrtp(*files.words('set', 'asterisk', 'linphone-rekey', *both),
                      'recv', 'overlap', '9')
    tap.equal(number(fake.asked[-1][1]['recv']['overlap']), 9,
              'but with a new one')
    done = fake.ksrtp(*files.words('set', 'asterisk', 'linphone-rekey', *both),
                      'recv', 'overlap', '9', 'dry-run')
    tap.ok(done.stdout.endswith("inline:...' unused-key overlap 9\n"),
           'dry-run, too',
           done)
    # what becomes of counters may be said, and is as it was where it is not
    rekey = ('asterisk-rekey', 'linphone-rekey')
    for name in both:
        files.write(name + '-there', files.text(name + '-rekey').replace(
            'IP4 192.0.2.', 'IP4 192.0.3.'))
    for word, value in (('continue', 1), ('restart', 2), ('peer', 3)):
        done = fake.ksrtp(*files.words('set', 'asterisk-there',
                                       'linphone-there', *both), 'send',
                          'counters', word)
        told = fake.asked[-1][1]['send']
        tap.equal((done.returncode, [name for name, _ in fake.asked],
                   number(told['counters']), 'restart-counters' in told),
                  (0, ['session-get', 'session-set'], value, value == 2),
                  'counters ' + word)
    done = fake.ksrtp(*files.words('set', 'asterisk-there', 'linphone-there',
                                   *both), 'dry-run')
    tap.ok("inline:...' unused-key restart-counters recv" in done.stdout and
           done.stdout.count('\n') == 1, 'dry-run tells of it', done)
    has = list(fake.session)
    for value in 1, 2, 3:
        fake.session = has + [nest(number_of(SESSION, 'send'), attr(
            number_of(DIRECTION, 'counters'), value))]
        for to, restarts in (('there', True), ('rekey', value == 2)):
            done = fake.ksrtp(*files.words('set', 'asterisk-' + to,
                                           'linphone-' + to, *both))
            told = fake.asked[-1][1]['send']
            tap.equal(([name for name, _ in fake.asked], 'counters' in told,
                       'restart-counters' in told),
                      (['session-get', 'session-set'], False, restarts),
                      'what was said before stays: %d, %s' % (value, to))
    fake.session = has
    done = fake.ksrtp(*files.words('set', *both, *both), 'recv', 'counters',
                      'restart', 'send', 'repeat', '1024')
    told = fake.asked[-1][1]
    tap.equal((number(told['recv']['counters']),
               number(told['send']['repeat'])), (2, 1024),
              'of what is received, too; and what may be repeated')
    fake.ksrtp(*files.words('add', *both))
    told = fake.asked[0][1]
    tap.equal([way for way in ('send', 'recv') if 'unused-key' in told[way]],
              ['send', 'recv'],
              'a session that is made takes no key that was used')
    for old in (), both:
        fake.ksrtp(*files.words('set' if old else 'add', 'asterisk-rekey',
                                'linphone-rekey', *old), 'recv', 'used-key')
        told = fake.asked[-1][1]
        tap.equal([way for way in ('send', 'recv') if 'unused-key' in told[way]],
                  ['send'], "but one of the peer's, if that is said")
    fake.refuse = {'session-set': (1, 129)}
    done = fake.ksrtp(*files.words('set', *rekey, *both))
    tap.ok(done.returncode == 1, 'one that is changed may be refused', done)
    fake.refuse = {'session-new': (1, 129)}
    done = fake.ksrtp(*files.words('add', *both))
    tap.ok(done.returncode == 1, 'as one that is made', done)
    fake.refuse = {}
    done = fake.ksrtp('sdp', 'max-streams', '7', *files.words(
        'add', *both)[2:])
    tap.equal((done.returncode, number(fake.asked[-1][1]['max-streams'])),
              (0, 7), 'without the word add')
    fake.close()
    shutil.rmtree(files.dir)


def identified(tap):
    """Keys with identifiers: new ones take the place of those before, too."""
    fake, files = FakeKernel(), Files()
    fake.session = [shown(7, '192.0.2.20', 7078)]

    def write(name, model, *keys):
        text = files.text(model)
        files.write(name, text.replace('inline:' + files_key(files, model), ';'
                    .join('inline:%s|2^31|%d:1' % (base64.b64encode(
                        b'%30d' % key).decode(), mki) for mki, key in keys)))

    def change(ours, theirs, *has):
        write('ours', 'asterisk', *ours)
        write('theirs', 'linphone', *theirs)
        fake.keys = [attr(number_of(KEY, 'mki'), bytes([mki])) for mki in has]
        done = fake.ksrtp(*files.words('set', 'ours', 'theirs', 'was-ours',
                                       'was-theirs'))
        return done, [(name,) + ((told['direction'][0], told['mki'][0])
                                 if name in ('key-new', 'key-del') else ())
                      for name, told in fake.asked
                      if name not in ('session-get', 'key-get')]
    write('was-ours', 'asterisk', (1, 1), (2, 2))
    write('was-theirs', 'linphone', (1, 11))
    done, asked = change(((1, 1), (2, 2)), ((1, 11),))
    tap.equal((done.returncode, asked), (0, []), 'the same, with identifiers')
    send, recv = 1, 2
    for ours, theirs, has, wanted in (
            # one that has its identifier is replaced by the kernel
            (((1, 3),), ((1, 13),), (1,), []),
            # a sender would keep others on standby, until it has 16
            (((3, 3),), ((3, 13),), (1, 2, 3), [('key-del', send, 1),
                                               ('key-del', send, 2)]),
            (((1, 1), (2, 2)), ((3, 13),), (1, 3), []),
            # of a list the kernel replaces the first
            (((1, 1), (2, 2)), ((2, 12), (1, 11)), (1, 2),
             [('key-del', recv, 1), ('key-new', recv, 1)]),
            (((1, 1), (2, 2)), tuple((mki, mki) for mki in range(21, 30)),
             (*range(1, 10), 21), [('key-del', recv, 1), ('key-del', recv, 2)] +
             [('key-new', recv, mki) for mki in range(22, 30)]),
            (((3, 3), (2, 2)), ((1, 11),), (1, 2, 3),
             [('key-del', send, 1), ('key-del', send, 2),
              ('key-new', send, 2)])):
        done, asked = change(ours, theirs, *has)
        tap.equal((done.returncode, done.stderr, asked),
                  (0, '', [('session-set',)] + wanted),
                  'keys of %s, %s' % ([mki for mki, _ in ours],
                                      [mki for mki, _ in theirs]))
        told = next(told for name, told in fake.asked if name == 'session-set')
        tap.equal([told[way].get('overlap') for way in ('send', 'recv')
                   if way in told],
                  ([None] if 'send' in told else []) +
                  ([struct.pack('=I', 5000)] if 'recv' in told else []),
                  'what was sent with the old ones is still taken')
    fake.refuse = {'key-del': (1, 2)}
    done, asked = change(((3, 3),), ((1, 11),), 1, 2, 3)
    tap.equal(done.returncode, 0, 'an old key may be gone')
    fake.refuse = {'key-del': (2, 1)}
    done, asked = change(((3, 3),), ((1, 11),), 1, 2, 3)
    tap.ok(done.returncode == 1 and 'not permitted' in done.stderr,
           'but not stay', done)
    fake.close()
    shutil.rmtree(files.dir)


def shown(ident, address=None, port=0):
    """A session as the kernel tells it, with this peer or any."""
    return attr(number_of(SESSION, 'id'), ident) + (attr(
        number_of(SESSION, 'remote-address'), socket.inet_aton(address)) + attr(
            number_of(SESSION, 'remote-port'), struct.pack('!H', port))
        if address else b'')


def found(tap):
    """Which session it is, that it may be gone, and what cannot be deleted."""
    fake, files = FakeKernel(), Files()
    both = ('asterisk', 'linphone')
    peer, other = shown(3, '192.0.2.20', 7078), shown(4, '192.0.2.99', 7078)

    def told(command, *names, have=()):
        fake.sessions = [list(one) for one in have]
        done = fake.ksrtp(*files.words(command, *names))
        return done, [name if name not in ('session-set', 'session-del') else
                      (name, told['id'][0]) for name, told in fake.asked
                      if name != 'session-get']
    rekey = ('asterisk-rekey', 'linphone-rekey')
    for have in ((other, peer), (peer, other), (shown(5), peer)):
        tap.equal(told('set', *rekey, *both, have=[have])[1],
                  [('session-set', 3)], 'of several, the one with the peer')
        tap.equal(told('del', *both, have=[have])[1], [('session-del', 3)],
                  'which is deleted')
    tap.equal(told('del', *both, have=[(other, shown(5))])[1],
              [('session-del', 5)], 'or the one that takes any peer')
    done, asked = told('del', *both, have=[(other,)])
    tap.equal((done.returncode, asked), (0, []),
              "another call's session is left alone")
    held = ('asterisk-inactive', 'linphone-inactive')
    done, asked = told('del', *held, have=[(other, peer)])
    tap.ok(done.returncode == 1 and not asked and
           'several sessions' in done.stderr,
           'what is held does not tell which of several it is', done)
    tap.equal(told('set', *rekey, *held, have=[(other, peer)])[1],
              [('session-set', 3)], 'but what comes behind it does')
    # held when it was made, so that any peer is taken
    done, asked = told('set', *both, *held, have=[(shown(5),)])
    tap.equal((done.returncode, asked), (0, []),
              'held first, a session goes on with the peer that comes')
    for name in both:
        files.write(name + '-v6', re.sub(r'c=IN IP4 \S+', 'c=IN IP6 ::',
                                         files.text(name)))
    told('del', 'asterisk-v6', 'linphone-v6', have=[(shown(5),)])
    tap.equal(fake.asked[0][1], {'family': struct.pack('=H', socket.AF_INET6),
                                 'local-port': struct.pack('!H', 12034)},
              'without an address, it is found by family and port')
    told('add', 'asterisk-v6', 'linphone-v6')
    tap.equal(fake.asked[0][1].get('family'),
              struct.pack('=H', socket.AF_INET6), 'which it is made with')
    done = fake.ksrtp(*files.words('add', 'asterisk-v6', 'linphone-v6'),
                      'dry-run')
    tap.ok(' local any:12034 family inet6 ' in done.stdout, 'dry-run, too', done)

    done, asked = told('set', *rekey, *both, have=[()])
    tap.equal((done.returncode, asked), (0, ['session-new']),
              'a session that is gone is made again with new keys')
    for pair in (both, ('asterisk', 'linphone-rekey')):
        done, asked = told('set', *pair, *both, have=[()])
        tap.ok(done.returncode == 2 and not asked and
               'is gone' in done.stderr and 'with new keys' in done.stderr,
               'but not with one that was used', done)
    two(files, 'asterisk', 12036)
    two(files, 'linphone', 7080)
    calls = ('asterisk2', 'linphone2')
    mine = [(shown(3, '192.0.2.20', 7078),), (shown(4, '192.0.2.20', 7080),)]
    for have, wanted in (([(), mine[1]], [4]), ([mine[0], ()], [3]),
                         ([(), ()], [])):
        done, asked = told('del', *calls, have=have)
        tap.equal((done.returncode, asked),
                  (0, [('session-del', ident) for ident in wanted]),
                  'of a call, what is left is deleted: %s' % wanted)
    fake.refuse = {'session-del': (1, 2)}
    done, asked = told('del', *calls, have=mine)
    tap.equal((done.returncode, len(asked)), (0, 2),
              'what is gone by then is no error')
    fake.refuse = {'session-del': (1, 1)}
    done, asked = told('del', *calls, have=mine)
    tap.ok(done.returncode == 1 and asked == [('session-del', 3),
                                              ('session-del', 4)] and
           'asterisk2.sdp:6: Operation not permitted' in done.stderr,
           'what the kernel does not delete is told, and the rest deleted',
           done)
    fake.refuse = {}
    # which is deleted last, though it is in the first section
    for name, port in ('asterisk-rekey', 12036), ('linphone-rekey', 7080):
        two(files, name, port, base64.b64encode(b'%30d' % port).decode())
    files.write('end2', files.text('linphone-rekey2').replace('audio 7078',
                                                              'audio 0'))
    fake.sessions = [list(mine[1]), list(mine[0])]
    done = fake.ksrtp(*files.words('set', 'asterisk-rekey2', 'end2', *calls),
                      'dry-run')
    shows = re.findall(r'session (\w+) id (\d)', done.stdout)
    done = fake.ksrtp(*files.words('set', 'asterisk-rekey2', 'end2', *calls))
    does = [(name[8:], str(told['id'][0])) for name, told in fake.asked
            if name != 'session-get']
    tap.equal((shows, does), ([('set', '4'), ('del', '3')],) * 2,
              'dry-run tells them in the order that they have')
    for name in rekey:
        files.write(name + '-mux', files.text(name) + 'a=rtcp-mux\r\n')
    done, asked = told('set', 'asterisk-rekey-mux', 'linphone-rekey-mux', *both,
                       have=[(peer,)])
    tap.equal((done.returncode, asked, sorted(fake.asked[-1][1])),
              (0, [('session-set', 3)],
               ['id', 'linger', 'move', 'recv', 'send']),
              'where only RTCP is elsewhere, it moves, and all keys are new')
    fake.close()
    shutil.rmtree(files.dir)


def held_first(tap):
    """A session that was made while its own end was held has no address."""
    fake, files = FakeKernel(), Files()
    for name in 'asterisk', 'linphone':
        files.write(name + '-held', re.sub(r'c=IN IP4 \S+', 'c=IN IP4 0.0.0.0',
                                           files.text(name)))
    both = ('asterisk', 'linphone')
    rekey = ('asterisk-rekey', 'linphone-rekey')
    for first in (('asterisk-held', 'linphone'),
                  ('asterisk-held', 'linphone-held')):
        fake.kept = {}

        def run(*words):
            done = fake.ksrtp(*files.words(*words))
            return done.returncode, done.stderr, [
                name for name, _ in fake.asked if name != 'session-get']
        what = ' and '.join(first)
        run('add', *first)
        tap.equal([flow(one).get('local-address', 'any') for one in
                   fake.kept.values()], ['any'], what + ': a session of any')
        for old, new, wanted in ((first, both, []), (both, both, []),
                                 (both, first, []), (first, both, []),
                                 (both, rekey, ['session-set'])):
            tap.equal(run('set', *new, *old), (0, '', wanted),
                      '%s goes on from %s' % (new[0], old[0]))
        # others on this port, which are looked at as well
        fake.kept[8] = dict(fake.kept[1], **{
            'local-address': bytes((192, 0, 2, 99)),
            'remote-address': bytes((192, 0, 2, 20)),
            'remote-port': struct.pack('!H', 7078)})
        theirs = {8: fake.kept[8]}
        tap.equal((run('del', *rekey), fake.kept),
                  ((0, '', ['session-del']), theirs),
                  'and is deleted, while that of another address is not')
        exact = dict(theirs[8], **{'local-address': bytes((192, 0, 2, 10))})
        fake.kept = {1: dict(exact), 2: dict(exact)}
        del fake.kept[1]['local-address']
        tap.equal((run('del', *both)[0], list(fake.kept)), (0, [1]),
                  'of both, the one with the address')
    # the peer's, which takes any of RTCP's ports as well
    peers = ('linphone-held', 'linphone', 'linphone-moved')
    for name, port in zip(peers, (7090, 7090, 9100)):
        files.write(name, files.text(name) + 'a=rtcp:%d\r\n' % port)
    fake.kept = {}
    fake.ksrtp(*files.words('add', 'asterisk', peers[0]))
    for old, new in zip(peers, peers[1:]):
        done = fake.ksrtp(*files.words('set', 'asterisk', new, 'asterisk', old))
        tap.equal((done.returncode, done.stderr, list(fake.kept)), (0, '', [1]),
                  'a session of any peer goes on with %s' % new)
    # but not with others of ours
    files.write('ours', files.text('asterisk') + 'a=rtcp:9100\r\n')
    done = fake.ksrtp(*files.words('set', 'ours', peers[2], 'asterisk',
                                   peers[2]))
    tap.equal((done.returncode, [name for name, _ in fake.asked],
               flow(fake.asked[-1][1].get('move', {}))),
              (0, ['session-get', 'session-set'],
               ends(('192.0.2.10', 12034), ('192.0.2.21', 7080),
                    local_rtcp_port=9100, remote_rtcp_port=9100)),
              "unless RTCP's port is new on our side, where it moves")
    fake.close()
    shutil.rmtree(files.dir)


def held_elsewhere(tap):
    """Our end moves while it is held, which only the description behind it tells."""
    fake, files = FakeKernel(), Files()
    fake.kept = {}
    files.write('held', re.sub(r'c=IN IP4 \S+', 'c=IN IP4 0.0.0.0',
                               files.text('asterisk')))
    files.write('elsewhere', files.text('asterisk').replace(
        'c=IN IP4 192.0.2.10', 'c=IN IP4 192.0.2.11'))
    fake.ksrtp(*files.words('add', 'asterisk', 'linphone'))
    for old, new, ours in (('asterisk', 'held', '192.0.2.10'),
                           ('held', 'elsewhere', '192.0.2.11'),
                           ('elsewhere', 'held', '192.0.2.11'),
                           ('held', 'asterisk', '192.0.2.10')):
        done = fake.ksrtp(*files.words('set', new, 'linphone', old, 'linphone'))
        tap.equal((done.returncode, done.stderr,
                   [flow(one)['local-address'] for one in fake.kept.values()]),
                  (0, '', [ours]), 'from %s to %s it is at %s' % (old, new, ours))
    done = fake.ksrtp(*files.words('del', 'asterisk', 'linphone'))
    tap.equal((done.returncode, done.stderr, fake.kept), (0, '', {}),
              'and its end is found there')
    # the peer's RTCP, whose port is told only while it is not held
    for name, port in ('rtcp', 9001), ('rtcp-elsewhere', 9003):
        files.write(name, files.text('linphone') + 'a=rtcp:%d\r\n' % port)
    files.write('peer-held', re.sub(r'c=IN IP4 \S+', 'c=IN IP4 0.0.0.0',
                                    files.text('rtcp-elsewhere')))
    fake.ksrtp(*files.words('add', 'asterisk', 'rtcp'))
    for old, new, port, asked in (
            ('rtcp', 'peer-held', 9001, ['session-get']),
            ('peer-held', 'rtcp', 9001, ['session-get']),
            ('peer-held', 'rtcp-elsewhere', 9003,
             ['session-get', 'session-set'])):
        done = fake.ksrtp(*files.words('set', 'asterisk', new, 'asterisk', old))
        tap.equal((done.returncode, done.stderr,
                   [name for name, _ in fake.asked],
                   [flow(one)['remote-rtcp-port'] for one in
                    fake.kept.values()]),
                  (0, '', asked, [port]),
                  'from %s to %s its RTCP is at %d' % (old, new, port))
    fake.close()
    shutil.rmtree(files.dir)


def passing(tap):
    """Sections whose addresses and ports are those of another before."""
    fake, files = FakeKernel(), Files()
    old = ('baresip', 'rtpengine')
    fake.sessions = [[shown(3, '203.0.113.5', 30010)]]
    for name in old:
        text = files.text(name)
        files.write(name + '-rest', re.sub(
            'm=video [0-9]+', re.search(r'm=audio (\d+)', text)[0].replace(
                'audio', 'video'), text.replace('BUNDLE 0 1', 'BUNDLE 1'),
            count=1).replace('m=audio %s' % re.search(r'm=audio (\d+)',
                                                      text)[1], 'm=audio 0'))
    # one side's second section has a key of its own, the other's has the same
    done = fake.ksrtp(*files.words('set', 'baresip-rest', 'rtpengine-rest',
                                   *old))
    tap.equal((done.returncode, done.stderr, [name for name, _ in fake.asked],
               sorted(fake.asked[-1][1])),
              (0, '', ['session-get', 'session-set'], ['id', 'recv']),
              "a bundle's ports pass to its second section, with its keys")
    two(files, 'asterisk', 12036)
    two(files, 'linphone', 7080)
    swapped = []
    for name, ports in ('asterisk2', (12034, 12036)), ('linphone2',
                                                       (7078, 7080)):
        text = files.text(name)
        for one, at in zip(ports, 'xy'):
            text = text.replace('audio %d' % one, 'audio ' + at)
        for one, at in zip(ports, 'yx'):
            text = text.replace('audio ' + at, 'audio %d' % one)
        files.write(name + '-swapped', text)
        swapped.append(name + '-swapped')
    fake.sessions = [[shown(3, '192.0.2.20', 7080)],
                     [shown(4, '192.0.2.20', 7078)]]
    done = fake.ksrtp(*files.words('set', *swapped, 'asterisk2', 'linphone2'))
    tap.ok(done.returncode == 2 and 'used twice' in done.stderr and
           {name for name, _ in fake.asked} == {'session-get'},
           'no session gets a key that was of another', done)
    fake.close()
    shutil.rmtree(files.dir)


def bundles(tap):
    """Several groups: each has a session, that of its first section."""
    fake, files = FakeKernel(), Files()
    offer, answer = files.text('endpoint'), files.text('bridge')

    def made(*names):
        done = fake.ksrtp(*files.words('add', *names))
        return done, [(flow(told), {way: told[way]['master-key'] for way in
                                    ('send', 'recv')})
                      for _, told in fake.asked]
    ours, theirs = files.keys('endpoint', 2), files.keys('bridge', 2)
    wanted = [
        (ends(('198.51.100.60', 51000), ('198.51.100.61', 42000),
              rtcp_mux=True), {'send': ours[0][:16], 'recv': theirs[0][:16]}),
        (ends(('198.51.100.60', 51006), ('198.51.100.61', 42010),
              rtcp_mux=True), {'send': ours[2][:16], 'recv': theirs[1][:16]})]
    # whose groups have another order, and sections another one in them
    first = offer.replace('BUNDLE a1 v1', 'BUNDLE v1 a1')
    for name, text, result in (
            ('offered', offer, wanted),
            ('first', first, [wanted[0], (
                dict(wanted[1][0], **{'local-port': 51004}),
                dict(wanted[1][1], send=ours[1][:16]))])):
        files.write('one', text)
        done, told = made('one', 'bridge')
        tap.equal((done.returncode, done.stderr, told), (0, '', result),
                  name + ': a session for each of two groups')
    mirrored = [({name.replace('local', '@').replace('remote', 'local')
                  .replace('@', 'remote'): value for name, value in
                  one.items()}, {'send': keys['recv'], 'recv': keys['send']})
                for one, keys in wanted]
    done, told = made('bridge', 'endpoint')
    tap.equal((done.returncode, sorted(flow['local-port'] for flow, _ in told),
               [one in told for one in mirrored]),
              (0, [42000, 42010], [True, True]), 'and on the other side')

    # what rides on another section's session takes nothing with it
    fake.sessions = [[shown(3, '198.51.100.61', 42000)],
                     [shown(4, '198.51.100.61', 42010)]]
    files.write('less', re.sub(r'm=audio 42010', 'm=audio 0', answer).replace(
        'BUNDLE a1 v1', 'BUNDLE v1'))
    files.write('as-first', first)
    done = fake.ksrtp(*files.words('set', 'as-first', 'less', 'as-first',
                                   'bridge'))
    tap.equal((done.returncode, done.stderr, [name for name, _ in fake.asked]),
              (0, '', ['session-get'] * 2), 'a section behind the first ends')
    done = fake.ksrtp(*files.words('del', 'endpoint', 'bridge'))
    tap.equal([(name, told.get('id', [0])[0]) for name, told in fake.asked],
              [('session-get', 0)] * 2 + [('session-del', 3),
                                          ('session-del', 4)],
              'a call of groups ends')

    def line_of(text, start):
        return next(n for n, line in enumerate(text.split('\r\n'), 1)
                    if line.startswith(start))
    for name, text, where, what in (
            ('bridge', answer.replace('BUNDLE a1 v1\r\na=group:BUNDLE a0 v0',
                                      'BUNDLE a0 v0 v1 a1'),
             ('one', 'm=video 51004'), 'merged'),
            ('bridge', answer.replace('BUNDLE a1 v1', 'BUNDLE a1').replace(
                'BUNDLE a0 v0', 'BUNDLE a0 v0\r\na=group:BUNDLE v1'),
             ('two', 'm=audio 42010'), 'split'),
            ('bridge', answer.replace('BUNDLE a1 v1', 'BUNDLE a1 v0').replace(
                'BUNDLE a0 v0', 'BUNDLE a0 v1'), ('two', 'm=video 42000'),
             'crossed')):
        files.write('one', offer)
        files.write('two', text)
        done, told = made('one', 'two')
        line = line_of(files.text(where[0]), where[1])
        tap.ok(done.returncode == 2 and not told and
               '/%s.sdp:%d: BUNDLE: in another group' % (where[0], line) in
               done.stderr, 'groups that are %s by an answer are refused' % what,
               done)
    files.write('two', answer.replace('a=group:BUNDLE a1 v1\r\n', ''))
    done, told = made('one', 'two')
    tap.ok(done.returncode == 2 and not told and
           re.search('a key of the section of line', done.stderr),
           'sections that one side alone bundles are not', done)
    fake.close()
    shutil.rmtree(files.dir)


# Words for addresses, and what becomes of Asterisk's call with Linphone.
US, THEM = ('192.0.2.10', 12034), ('192.0.2.20', 7078)
TRANSLATED = (
    ('local-address 10.0.0.5', ends(('10.0.0.5', 12034), THEM)),
    ('local-address 192.0.2.10=10.0.0.5', ends(('10.0.0.5', 12034), THEM)),
    ('local-address 192.0.2.11=10.0.0.5', ends(US, THEM)),
    ('local-address fd00::5', ends(US, THEM)),
    ('local-address fd00::5 local-address 10.0.0.5',
     ends(('10.0.0.5', 12034), THEM)),
    ('local-address 10.0.0.9 local-address 192.0.2.10=10.0.0.5',
     ends(('10.0.0.5', 12034), THEM)),
    ('local-address 192.0.2.10=10.0.0.5 local-address any',
     ends(('10.0.0.5', 12034), THEM)),
    ('local-address any', {'local-port': 12034, 'remote-address': THEM[0],
                           'remote-port': THEM[1]}),
    ('remote-address 198.51.100.9', ends(US, ('198.51.100.9', 7078))),
    ('remote-address any', {'local-address': US[0], 'local-port': US[1]}),
    ('remote-address 192.0.2.20=any', {'local-address': US[0],
                                       'local-port': US[1]}),
    ('remote-address 192.0.2.21=any', ends(US, THEM)),
    ('local-address * remote-address any', {'local-port': 12034}),
    ('local-address 192.0.2.10=fd00::5 remote-address 192.0.2.20=fd00::6',
     ends(('fd00::5', 12034), ('fd00::6', 7078))),
)


def translated(tap):
    """Addresses that packets have, where SDP says others."""
    fake, files = FakeKernel(), Files()
    both = ('asterisk', 'linphone')
    for words, wanted in TRANSLATED:
        done = fake.ksrtp(*files.words('add', *both), *words.split())
        tap.equal((done.returncode, done.stderr, len(fake.asked),
                   flow(fake.asked[0][1])), (0, '', 1, wanted), words)
    tap.equal(fake.ksrtp(*files.words('add', *both), *'local-address any '
                         'remote-address any dry-run'.split()).stdout.split()[3:7],
              ['local', 'any:12034', 'family', 'inet'], 'dry-run tells of it')
    for words, message in (
            ('local-address', 'local-address: value missing'),
            ('local-address 10.0.0.5:9', "local-address: '10.0.0.5:9' is not an "
             'address (ports are those of SDP)'),
            ('remote-address any:any', 'ports are those of SDP'),
            ('remote-address x=10.0.0.5', "remote-address: 'x' is not an address"),
            ('remote-address any=10.0.0.5', "'any' is not an address"),
            ('local-address 10.0.0.5=', "'' is not an address"),
            ('local-address 0.0.0.0', 'is a held address'),
            ('local-address ::=10.0.0.5', 'is a held address'),
            ('remote-address 224.0.0.1', 'multicast'),
            ('remote-address ' + 99 * '1', 'too long'),
            ('local-address 10.0.0.5 local-address 10.0.0.6',
             "'10.0.0.6' is for the same address as an earlier one"),
            ('local-address 10.0.0.5 local-address any', 'as an earlier one'),
            ('local-address 10.0.0.5=any local-address 10.0.0.5=10.0.0.6',
             'as an earlier one'),
            (' '.join('local-address 10.0.0.%d=10.1.0.1' % n
                      for n in range(1, 18)), 'local-address: more than 16'),
            ('local-address 192.0.2.10=fd00::5', 'not of the same family')):
        done = fake.ksrtp(*files.words('add', *both), *words.split())
        tap.ok(done.returncode == 2 and message in done.stderr and
               done.stderr.count('\n') == 1 and not fake.asked,
               'refused: ' + words[:70], done)

    # RTCP that SDP has elsewhere is not, as packets go
    done = fake.ksrtp(*files.words('add', 'trunk', 'stun-phone'))
    tap.ok(done.returncode == 2 and not fake.asked and
           "/stun-phone.sdp:7: a=rtcp: IN IP4 203.0.113.81 is not RTP's IN IP4 "
           '203.0.113.80; a session has' in done.stderr,
           'RTCP at an address of its own is refused', done)
    for words, remote in (
            ('remote-address any', {}),
            ('remote-address 203.0.113.81=203.0.113.80',
             ends((), ('203.0.113.80', 62110), remote_rtcp_port=41873))):
        done = fake.ksrtp(*files.words('add', 'trunk', 'stun-phone'),
                          *words.split())
        tap.equal((done.returncode, done.stderr, flow(fake.asked[0][1])),
                  (0, '', dict(ends(('198.51.100.5', 20010), ()), **remote)),
                  'but not with ' + words)
    for name in 'trunk', 'stun-phone':
        files.write(name + '-mux', files.text(name) + 'a=rtcp-mux\r\n')
    done = fake.ksrtp(*files.words('add', 'trunk-mux', 'stun-phone-mux'))
    tap.equal((done.returncode, flow(fake.asked[0][1])),
              (0, ends(('198.51.100.5', 20010), ('203.0.113.80', 62110),
                       rtcp_mux=True)), 'nor muxed')
    files.write('rtcp', files.text('linphone') +
                'a=rtcp:7500 IN IP4 198.51.100.9\r\n')
    for text, message in (
            ('IN IP6 2001:db8::1', 'is not RTP'), ('IN IP4 0.0.0.0', 'is not RTP'),
            ('IN IP4 phone.example', 'names are not looked up'),
            ('IN IP4', 'address is not IN IP4 ADDRESS')):
        files.write('odd', files.text('linphone') + 'a=rtcp:9 %s\r\n' % text)
        done = fake.ksrtp(*files.words('add', 'asterisk', 'odd'))
        tap.ok(done.returncode == 2 and message in done.stderr and
               not fake.asked, 'refused: a=rtcp:9 ' + text, done)
    for words, port in (
            ('remote-address 198.51.100.9', 7500),
            ('remote-address 192.0.2.20=10.1.1.1 '
             'remote-address 198.51.100.9=10.1.1.1', 7500),
            ('remote-address any', None), ('local-address any', 'refused'),
            ('remote-address 192.0.2.20=198.51.100.7', 'refused')):
        done = fake.ksrtp(*files.words('add', 'asterisk', 'rtcp'),
                          *words.split())
        tap.ok('not RTP' in done.stderr and not fake.asked
               if port == 'refused' else
               flow(fake.asked[0][1]).get('remote-rtcp-port') == port,
               'RTCP elsewhere, %s: %s' % (words, port), done)

    # changes, by what the kernel has
    local = attr(number_of(SESSION, 'local-address'),
                 socket.inet_aton('10.0.0.5'))
    away = attr(number_of(SESSION, 'local-address'),
                socket.inet_aton('192.0.2.10')) + shown(5, *THEM)
    peer, anyone = shown(3, '192.0.2.20', 7078), shown(4)

    def told(words, command, *names, have=()):
        fake.sessions = [list(have)]
        done = fake.ksrtp(*files.words(command, *names), *words.split())
        return done.returncode, [
            name if name not in ('session-set', 'session-del') else
            (name, told['id'][0]) for name, told in fake.asked
            if name != 'session-get']
    rekey = ('asterisk-rekey', 'linphone-rekey')
    moved = ('asterisk', 'linphone-moved')
    held = ('asterisk-inactive', 'linphone-inactive')
    nat = 'local-address 10.0.0.5'
    tap.equal((told(nat, 'set', *rekey, *both, have=[peer]),
               told(nat, 'set', *rekey, *both, have=[local + peer, away])),
              ((0, [('session-set', 3)]),) * 2,
              'a session is found by the address that packets have')
    tap.equal(told(nat, 'del', *both, have=[peer]), (0, [('session-del', 3)]),
              'and deleted')
    for pair in (rekey, both, held):
        for have in ((peer, anyone), (anyone, peer)):
            tap.equal(told('remote-address any', 'set', *rekey, *pair,
                           have=have),
                      (0, [('session-set', 4)] if pair != rekey else []),
                      'any peer: of several, the session without one')
            tap.equal(told('remote-address any', 'del', *pair, have=have),
                      (0, [('session-del', 4)]), 'which is deleted')
    tap.equal(told('remote-address any', 'del', *both, have=[peer]), (0, []),
              'one with a peer is left alone')
    tap.equal(told('remote-address any', 'set', *moved, *both, have=[anyone]),
              (0, [('session-set', 4)]), 'a peer that moves keeps its session')
    tap.equal(sorted(fake.asked[-1][1]), ['id', 'recv'], 'and our key')
    tap.equal((told('', 'set', *moved, *both, have=[peer]),
               'move' in fake.asked[-1][1]), ((0, [('session-set', 3)]), True),
              'and moves where addresses count')
    for pair in (both, held):
        tap.equal((told('local-address any', 'set', *rekey, *pair,
                        have=[local + peer, peer]), fake.asked[0][1]),
                  ((0, [('session-set', 3)]), FOUND_BY),
                  'any address of ours: found by family and port')
        tap.equal(told('local-address any', 'del', *pair,
                       have=[local + peer]), (0, []),
                  'and what has an address is another')
    # a stable mapping, while SDP names one address after the other
    files.write('other', files.text('asterisk-rekey').replace(
        'IP4 192.0.2.10', 'IP4 192.0.2.11'))
    several = 'local-address 192.0.2.10=10.0.0.5 local-address 192.0.2.11='
    tap.equal(told(several + '10.0.0.5', 'set', 'other', rekey[1], *both,
                   have=[peer]), (0, [('session-set', 3)]),
              'two names for one address')
    tap.equal(told(several + '10.0.0.6', 'set', 'other', rekey[1], *both,
                   have=[peer]), (0, [('session-set', 3)]),
              'and for two')
    two(files, 'asterisk', 12034)
    two(files, 'linphone', 7080)
    done = fake.ksrtp(*files.words('add', 'asterisk2', 'linphone2'),
                      'remote-address', 'any')
    tap.ok(done.returncode == 2 and 'same addresses and ports' in done.stderr,
           'two sections that only the peer told apart are refused', done)
    fake.close()
    shutil.rmtree(files.dir)


# What is changed in which file of Asterisk and Linphone, and what is said.
WRONG = (
    ('asterisk', 'v=0', 'v=1', 1, 'v=0 must be the first line'),
    ('asterisk', 't=0 0', 'q=0 0', 5, 'no line of a session description'),
    ('asterisk', 't=0 0', '', 5, 'no line of a session description'),
    ('asterisk', 't=0 0', 'v=0', 5, 'and no other'),
    ('asterisk', 't=0 0', 't=\x1b[2J', 5, 'not printable: character 3'),
    ('asterisk', 't=0 0', 'a=crypto:1 X', 5, 'belongs to a media section'),
    ('asterisk', 't=0 0', 'a=group:BUNDLE 1 2\r\na=group:BUNDLE 3 1', 6,
     "BUNDLE has '1', which is in line 5, too"),
    ('asterisk', 't=0 0', 'a=group:BUNDLE 1 2 1', 5,
     "BUNDLE has '1', which is in line 5, too"),
    ('asterisk', 't=0 0', '\r\n'.join(33 * ['a=group:BUNDLE']), 37,
     'more than 32 BUNDLE'),
    ('asterisk', 't=0 0', 'a=rtcp:9', 5, 'a=rtcp: belongs to a media section'),
    ('asterisk', 'IN IP4 192.0.2.10\r\nt', 'IN IP4 example.net\r\nt', 4,
     'names are not looked up'),
    ('asterisk', 'c=IN IP4 192.0.2.10', 'c=IN IP4 224.2.1.1/127', 4,
     'multicast'),
    ('asterisk', 'c=IN IP4 192.0.2.10', 'c=IN IP4 192.0.2.10/127', 4,
     "address: '192.0.2.10' has '/127' behind it, as only a multicast group may"),
    ('asterisk', 'c=IN IP4', 'c=IN IP5', 4, 'neither IP4 nor IP6'),
    ('asterisk', 'c=IN IP4', 'c=ATM IP4', 4, 'address is not IN IP4'),
    ('asterisk', 'c=IN IP4 192.0.2.10\r\n', '', 5, 'no c= line'),
    ('linphone', 'c=IN IP4 192.0.2.20', 'c=IN IP6 ::1', 7,
     'not of the same family'),
    ('asterisk', 'm=audio 12034', 'm=audio 12034/2', 6,
     'two streams of RTP, unless a=rtcp:12035'),
    ('asterisk', 'm=audio 12034', 'm=audio 12034/3', 6,
     '3 ports mean as many RTP streams; give each a section'),
    ('asterisk', 'm=audio 12034', 'm=audio 12034/0', 6, "behind '/'"),
    ('asterisk', 'm=audio 12034', 'm=audio 12034/x', 6, "behind '/'"),
    ('asterisk', 'm=audio 12034', 'm=audio 12034/', 6, "behind '/'"),
    ('asterisk', 'm=audio 12034', 'm=audio x', 6, 'port is not a number'),
    ('asterisk', 'm=audio 12034', 'm=audio 65536', 6, 'port'),
    ('asterisk', ' RTP/SAVP 0 8 101', ' RTP/SAVP', 6,
     'm= is not MEDIA PORT PROTOCOL FORMATS'),
    ('linphone', 'RTP/SAVP', 'RTP/AVPF', 7, 'the section is RTP/SAVP in'),
    ('both', 'RTP/SAVP', 'TCP/RTP/SAVP', 6, 'unsupported protocol'),
    ('asterisk', 'c=IN IP4 192.0.2.10', 'c=IN IP4 224.0.0.1', 4, 'multicast'),
    ('linphone', 'c=IN IP4 192.0.2.20', 'c=IN IP4 239.255.255.255', 4,
     'multicast'),
    ('linphone', 'c=IN IP4 192.0.2.20', 'c=IN IP6 ff02::1', 4, 'multicast'),
    ('asterisk', 'c=IN IP4 192.0.2.10', 'c=IN IP4 ' + 125 * 'x', 4, 'too long'),
    ('asterisk', 'a=ptime:20', '', 12, 'no line of a media section'),
    ('both', 'RTP/SAVP', 'UDP/TLS/RTP/SAVP', 6, 'keys come from DTLS'),
    ('both', 'RTP/SAVP', 'UDP/TLS/RTP/SAVPF', 6, 'keys come from DTLS'),
    ('both', 'RTP/SAVP', 'udp/tls/rtp/savp', 6, 'keys come from DTLS'),
    ('both', 'RTP/SAVP', 'RTP/XYZ', 6, 'unsupported protocol'),
    ('both', 'RTP/SAVP', 'srtp', 6, 'unsupported protocol'),
    ('both', 'RTP/SAVP', 'UDP/RTP/AVP', 6, 'unsupported protocol'),
    ('both', 'RTP/SAVP', 'TCP/RTP/AVP', 6, 'unsupported protocol'),
    ('both', 'RTP/SAVP', 'udptl', 6, 'udptl: crypto lines without RTP'),
    ('both', ' RTP/SAVP', '  RTP/SAVP', 6, 'm= is not MEDIA PORT PROTOCOL'),
    ('linphone', 'a=crypto:1', 'a=x-crypto:1', 7, 'no crypto line'),
    ('linphone', 'a=crypto:1', 'a=crypto:2', 9,
     "other side has no line with this tag"),
    ('asterisk', 'a=crypto:1', 'a=crypto:01', 7, 'tag is not a number'),
    ('asterisk', 'a=crypto:1', 'a=crypto:1 X\r\na=crypto:1', 8,
     'tag 1 is that of line 7'),
    ('asterisk', 'a=crypto:1', 'a=crypto:1\tX\r\na=crypto:1', 8,
     'tag 1 is that of line 7'),
    ('both', 'a=crypto:1', 'a=crypto:2 X\r\na=crypto:1', 10,
     'several lines here'),
    ('asterisk', 'inline:', 'outline:', 7, 'does not begin with inline:'),
    ('linphone', '_80 inline:', '_32 inline:', 9, 'both directions must have the same'),
    ('asterisk', 'a=ptime:20', 'a=ptime:20\r\na=recvonly', 15,
     'a=recvonly is given'),
    ('asterisk', 'a=ptime:20', 'a=rtcp:12034', 12, 'same port as RTP'),
    ('asterisk', 'a=ptime:20', 'a=rtcp:x', 12, 'port is not a number'),
    ('asterisk', 'a=ptime:20', 'a=rtcp:1\r\na=rtcp:1', 13, 'given twice'),
    ('asterisk', 'a=ptime:20', 'a=rtcp:9 IN IP4 192.0.2.11', 12,
     "a=rtcp: IN IP4 192.0.2.11 is not RTP's IN IP4 192.0.2.10; a session has "
     'one address for both; use a=rtcp-mux on both sides'),
    ('asterisk', 'a=ptime:20', 'a=ssrc:x', 12, 'a=ssrc: not a number'),
    ('linphone', 'm=audio', 'm=audio 0 RTP/SAVP 0\r\nm=audio', 8,
     '2 media sections, and 1 in'),
)


# What of a side does not keep it from having its session: replaced by what.
RIGHT = (
    ('asterisk', 'm=audio 12034', 'm=audio 12034/1', 'one port, and said so'),
    ('linphone', 'm=audio 7078', 'm=audio 7078/1', "likewise the peer's"),
    ('asterisk', 'm=audio 12034 RTP/SAVP 0 8 101\r\n',
     'm=audio 12034/2 RTP/SAVP 0 8 101\r\na=rtcp:12035\r\n',
     'two ports, of which the second is for RTCP'),
    ('asterisk', 'a=sendrecv\r\n', 'a=sendrecv\r\n\r\n', 'an empty line behind'),
    ('asterisk', 'a=sendrecv\r\n', 'a=sendrecv\n \t\r\n\r\n', 'and several'),
    ('linphone', '192.0.2.20\r\nt', '192.0.2.20 \r\nt', 'a blank behind c='),
    ('linphone', 'a=sendrecv', 'a=sendrecv \t', 'and behind an attribute'),
    ('linphone', 'RTP/SAVP', 'RTP/SAVPF', 'an answer without feedback'),
    ('asterisk', 'a=sendrecv\r\n', 'a=sendrecv\r\n'
     'm=video 0 RTP/SAVP 0\r\nc=IN IP4 host.example\r\n',
     'a name in a section that is refused'),
    ('asterisk', 'a=sendrecv\r\n', 'a=sendrecv\r\n'
     'm=text 5000/2 TCP/MSRP *\r\nc=IN IP4 224.2.1.1/127\r\n',
     'several ports of what is not RTP'),
    ('linphone', 'RTP/SAVP', 'rtp/savp', 'a protocol in other letters'),
    ('linphone', 'crypto:1 ', 'crypto:1\t', 'a tab behind a tag'),
)


def tolerated(tap):
    """What matters to nobody, and BUNDLE's order."""
    fake, files = FakeKernel(), Files()
    for name, old, new, what in RIGHT:
        text = files.text(name)
        if old not in text:
            raise RuntimeError('%s has no %r' % (name, old))
        both = {'asterisk': 'asterisk', 'linphone': 'linphone', name: 'changed'}
        files.write('changed', text.replace(old, new))
        files.write('other', files.text('linphone') +
                    ''.join(line + '\r\n' for line in new.splitlines()
                            if line.startswith('m=')))
        if new.count('m=') > old.count('m='):
            both['linphone'] = 'other'
        done = fake.ksrtp(*files.words('add', *both.values()))
        tap.equal((done.returncode, done.stderr,
                   [flow(told) for _, told in fake.asked]),
                  (0, '', [PRODUCTS[0][-1]]), what)
    # the port that RTCP has anyway
    for name, old in ('linphone', '7078'), ('asterisk', '12034'):
        files.write(name + '-rtcp', files.text(name) +
                    'a=rtcp:%d\r\n' % (int(old) + 1))
    said = ('asterisk-rtcp', 'linphone-rtcp')
    done = fake.ksrtp(*files.words('add', *said))
    tap.equal([flow(told) for _, told in fake.asked], [PRODUCTS[0][-1]],
              'a=rtcp of the port above RTP says nothing new')
    fake.session = [shown(7, '192.0.2.20', 7078)]
    for new, old in ((said, PRODUCTS[0][:2]), (PRODUCTS[0][:2], said)):
        done = fake.ksrtp(*files.words('set', *new, *old))
        tap.equal((done.returncode, done.stderr, len(fake.asked)), (0, '', 1),
                  'nor does it change anything')
    # held of old, and where RTCP was
    files.write('held', files.text('linphone-inactive') +
                'a=rtcp:7099 IN IP4 192.0.2.20\r\n')
    done = fake.ksrtp(*files.words('add', 'asterisk-inactive', 'held'))
    tap.equal((done.returncode, done.stderr, len(fake.asked)), (0, '', 1),
              'RTCP of what is held may have an address')
    done = fake.ksrtp(*files.words('add', 'held', 'asterisk-inactive'))
    tap.equal((done.returncode, flow(fake.asked[0][1]).get('local-rtcp-port')),
              (0, 7099), 'on our side, too')
    done = fake.ksrtp(*files.words('add', 'chrome-dtls', 'chrome-dtls'))
    tap.ok(done.returncode == 2 and not fake.asked and
           'keys come from DTLS' in done.stderr,
           'DTLS-SRTP of a browser is not passed over', done)
    for name in 'baresip', 'rtpengine':
        files.write(name, files.text(name).replace('BUNDLE 0 1', 'BUNDLE 1 0'))
    done = fake.ksrtp(*files.words('add', 'baresip', 'rtpengine'))
    told = fake.asked[0][1]
    tap.equal((len(fake.asked), flow(told)['remote-port'],
               told['recv']['master-key']),
              (1, 30030, files.keys('rtpengine', 1)[1][:16]),
              "a bundle is where its group's first section is")
    files.write('baresip', files.text('baresip').replace('mid:1', 'mid:0'))
    done = fake.ksrtp(*files.words('add', 'baresip', 'rtpengine'))
    tap.ok(done.returncode == 2 and 'a=mid' in done.stderr,
           'sections of one mid are refused', done)
    fake.close()
    shutil.rmtree(files.dir)


def errors(tap):
    fake, files = FakeKernel(), Files()
    texts = {name: files.text(name) for name in ('asterisk', 'linphone')}
    for name, old, new, line, message in WRONG:
        wrong = dict(texts)
        for one in texts if name == 'both' else (name,):
            if old not in texts[one]:
                raise RuntimeError('%s has no %s' % (one, old))
            wrong[one] = texts[one].replace(old, new, 1) \
                if old != 'c=IN IP4 192.0.2.10' else \
                texts[one].replace(old, new)
        for one, text in wrong.items():
            files.write(one, text)
        done = fake.ksrtp(*files.words('add', 'asterisk', 'linphone'))
        where = re.match(r'ksrtp: .*/(\w+)\.sdp:(\d+): ', done.stderr)
        tap.ok(done.returncode == 2 and message in done.stderr and where and
               (where[1] == name or name == 'both') and
               int(where[2]) == line and done.stderr.count('\n') == 1 and
               not fake.asked and not done.stdout,
               'refused: %r for %r' % (new, old), done)
    for one, text in texts.items():
        files.write(one, text)
        files.write(one + '-plain', re.sub('a=crypto.*\r\n', '', text).replace(
            'RTP/SAVP', 'RTP/AVP'))
        files.write(one + '-maybe', text.replace('RTP/SAVP', 'RTP/AVP'))
        files.write(one + '-fax', re.sub('a=crypto.*\r\n', '', text).replace(
            'RTP/SAVP 0', 'udptl t38'))
    done = fake.ksrtp(*files.words('add', 'asterisk-plain', 'linphone-plain'))
    tap.ok(done.returncode == 2 and 'not protected' in done.stderr,
           'plain RTP is no SRTP', done)
    done = fake.ksrtp(*files.words('add', 'asterisk-maybe', 'linphone-maybe'))
    tap.equal((done.returncode, len(fake.asked)), (0, 1),
              'RTP/AVP with crypto lines is')
    done = fake.ksrtp(*files.words('add', 'asterisk-fax', 'linphone-fax'))
    nothing = ('ksrtp: warning: %s has no media section that needs a session\n' %
               files.path('asterisk-fax'))
    tap.equal((done.returncode, len(fake.asked), done.stderr),
              (0, 0, nothing), 'what is not RTP is left alone, and not silently')
    files.write('linphone-fax', files.text('linphone').replace(
        'RTP/SAVP 0', 'udptl t38'))
    done = fake.ksrtp(*files.words('add', 'asterisk-fax', 'linphone-fax'))
    tap.ok(done.returncode == 2 and
           '/linphone-fax.sdp:7: udptl: crypto lines' in done.stderr,
           'unless one of both has crypto lines', done)
    two(files, 'asterisk', 12034)
    two(files, 'linphone', 7078)
    done = fake.ksrtp(*files.words('add', 'asterisk2', 'linphone2'))
    tap.ok(done.returncode == 2 and 'without BUNDLE' in done.stderr,
           'two sections on the same ports need BUNDLE', done)
    for key in files_key(files, 'asterisk'), files_key(files, 'linphone'):
        two(files, 'asterisk', 12036, key)
        two(files, 'linphone', 7080)
        done = fake.ksrtp(*files.words('add', 'asterisk2', 'linphone2'))
        tap.ok(done.returncode == 2 and 'a key of the section of line 6' in
               done.stderr, 'a key is of one section', done)
    bundle = files.text('rtpengine')
    files.write('rtpengine', bundle.replace('a=rtcp-mux\r\n', ''))
    done = fake.ksrtp(*files.words('add', 'baresip', 'rtpengine'))
    tap.ok(done.returncode == 2, 'BUNDLE needs rtcp-mux', done)
    files.write('rtpengine', re.sub(r'(mid:1\r\n(.*\r\n)*?)((a=crypto.*\r\n)+)',
                                    r'\1', bundle))
    done = fake.ksrtp(*files.words('add', 'baresip', 'rtpengine'))
    tap.equal((done.returncode, len(fake.asked)), (0, 1),
              'only the first of a bundle needs crypto lines')
    for words, message in (
            ('sdp', 'command missing'), ('sdp frob', "unknown command 'frob'"),
            ('sdp add', 'needs local and remote'),
            ('sdp add local /dev/null', 'needs local and remote'),
            ('sdp add local a local b', 'local: given twice'),
            ('sdp add local', 'local: value missing'),
            ('sdp add dry-run dry-run', 'dry-run: given twice'),
            ('sdp add local /dev/null remote /dev/null', 'empty'),
            ('sdp add local /dev/zero remote /dev/null', 'longer than'),
            ('sdp add local /no/such remote /dev/null', 'No such file'),
            ('sdp add old-local x', "unknown word 'old-local'"),
            ('sdp set local a remote b', 'needs old-local or old-remote'),
            ('sdp set local a remote b old-local c old-local d',
             'old-local: given twice'),
            ('sdp local a remote b max-streams 0', 'max-streams: 0 is not'),
            ('sdp local a remote b stream-timeout x', "'x' is not a number"),
            ('sdp local a remote b owned owned', 'owned: given twice'),
            ('sdp local a remote b dev nosuch0', "no interface 'nosuch0'"),
            ('sdp local a remote b dev lo dev lo', 'dev: given twice'),
            ('sdp local a remote b linger 5', "unknown word 'linger'"),
            ('sdp local a remote b replay-window 64',
             "unknown word 'replay-window'"),
            ('sdp local a remote b send replay-window 1', 'replay-window: 1 is'),
            ('sdp local a remote b send send', 'send: given twice'),
            ('sdp local a remote b send suite X', "unknown word 'suite'"),
            ('sdp local a remote b send kdr 4', "unknown word 'kdr'"),
            ('sdp local a remote b send overlap 4', 'overlap: is for recv'),
            ('sdp local a remote b send used-key', 'used-key: is for recv'),
            ('sdp local a remote b recv used-key used-key',
             'used-key: given twice'),
            ('sdp local a remote b send repeat 40000', 'repeat: 40000 is'),
            ('sdp local a remote b recv rcc-mode 7', "'7' is none of"),
            ('sdp del local a remote b max-streams 5',
             "unknown word 'max-streams'"),
            ('sdp del local a remote b frob', "unknown word 'frob'")):
        done = fake.ksrtp(*words.split())
        tap.ok(done.returncode == 2 and message in done.stderr and
               done.stderr.count('\n') == 1, 'refused: ' + words, done)
    os.chmod(files.path('asterisk'), 0o644)
    done = fake.ksrtp(*files.words('add', 'asterisk', 'linphone'))
    tap.ok('can be read by others' in done.stderr,
           'a file that others can read is warned of', done)
    fake.close()
    shutil.rmtree(files.dir)


main(products, whole, changes, moving, forked, faxes, settings, identified, found, held_first,
     held_elsewhere, passing, bundles,
     translated, tolerated, errors)
