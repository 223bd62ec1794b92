#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Completion in bash offers what the tool's own help knows, where it fits."""

import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from ksrtp_test import BUILD, KSRTP, main

FILE = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                    '../../userspace/ksrtp.bash')

# what the help has choices for
CHOICES = ('family', 'judge', 'unencrypted-srtp', 'cryptex', 'rcc-mode',
           'counters', 'public', 'dtls', 'zrtp', 'cipher', 'auth-tag', 'sort')
# what is written in the place of an address, a list, or before a description
PARTS = {'any', 'none', 'user', 'logon'}


def complete(*words):
    """The words offered for the last one."""
    done = subprocess.run(
        ['bash', '-c', 'source "$0"; COMP_WORDS=(ksrtp "$@"); '
         'COMP_CWORD=$(($#)); _ksrtp; printf "%s\\n" "${COMPREPLY[@]}"',
         FILE, *words], capture_output=True, text=True, cwd='/',
        env=dict(os.environ, PATH=BUILD + ':' + os.environ['PATH']))
    assert not done.stderr, done.stderr
    return set(done.stdout.split())


def help_of(*words):
    return subprocess.run([KSRTP, *words], capture_output=True,
                          text=True).stdout


def words(tap):
    text = help_of('help')
    objects = re.search(r'OBJECT := \{(.*?)\}', text, re.S)[1]
    objects = set(re.findall(r'[a-z]+', objects))
    tap.equal(complete(''), objects | {'help'}, 'objects')
    options = re.findall(r'^ +(-.), (--[a-z]+) ', text, re.M)
    tap.equal(complete('-'), {word for pair in options for word in pair},
              'options')
    tap.equal(complete('-j', '-n', 'x', ''), objects | {'help'},
              'objects behind options')
    for name in sorted(objects):
        text = help_of(name, 'help')
        commands = {match for match in re.findall(
            r'ksrtp %s \[? ?([a-z]+)' % name, text)} | {'help'}
        # words of which each may be the first
        for row in re.findall(r'ksrtp %s((?: \[ [a-z]+ \])+)' % name, text):
            commands |= set(re.findall('[a-z]+', row))
        offered = {word for word in complete(name, '')
                   if word in commands or not os.path.exists('/' + word)}
        tap.equal(offered, commands, name + ': commands')
        if name in ('dump', 'restore'):
            continue
        # sentences have none of these
        grammar = ' '.join(line for line in text.splitlines()
                           if re.search(r'[][{}|]|:=|^[Usage: ]+ksrtp ', line))
        keywords = set(re.findall(r'(?<![\w-])[a-z][a-z-]*[a-z](?![\w-])',
                                  grammar)) - {'ksrtp', name} - commands - PARTS
        if name in ('session', 'sdp', 'mikey'):
            # for a batch, which others cannot see
            keywords -= {'key', 'ekt-key', 'sdes', 'psk', 'mikey'}
        known = set()
        # what follows a keyword in a command's place is a value
        for command in commands - {'help', 'prometheus', 'dev'}:
            known |= complete(name, command, '')
        values = {value for word in CHOICES for value in
                  complete(name, 'add', word, '')}
        tap.ok(keywords <= known | values, name + ': each keyword is offered',
               keywords - known - values)
        strange = {word for word in known
                   if not re.search(r'\b%s\b' % re.escape(word), text)}
        tap.ok(not strange, name + ': nothing is offered that help does not know',
               strange)


def places(tap):
    for line, wanted in (
            ('session add local ', set()),
            ('session add fam', {'family'}),
            ('session add family ', {'inet', 'inet6'}),
            ('session add rtcp-mux send un', {
                'unencrypted-srtp', 'unencrypted-srtcp', 'unauthenticated-srtp',
                'unused-key'}),
            ('session add send short-srtcp-tag ', {'on', 'off'}),
            ('session add recv kdf-aes-256 ', {'on', 'off'}),
            ('session add send ekt', {
                'ekt-spi', 'ekt-key-file', 'ekt-key-ring', 'ekt-interval',
                'ekt-rate', 'ekt-off'}),
            ('session add send counters ', {'continue', 'restart', 'peer'}),
            ('session add send cryptex ', {'off', 'on', 'accept'}),
            ('session del i', {'id'}),
            ('session show sort re', {'remote', 'received'}),
            ('session show first ', set()),
            ('--netns x sess', {'session'}),
            ('--batch /et', {'/etc'}),
            ('stream show session ', set()),
            ('stream show session 5 se', {'session', 'send'}),
            ('require add po', {'port'}),
            ('require add port ', set()),
            ('require add except-remote-port ', set()),
            ('attach d', {'dev', 'del'}),
            ('attach del d', {'dev'}),
            ('require add judge ', {'version', 'header', 'profile'}),
            ('-b /et', {'/etc'}),
            ('session add send suite X key-file /et', {'/etc'}),
            ('sdp add local /et', {'/etc'}),
            ('sdp set old-', {'old-local', 'old-remote'}),
            ('sdp del remote-address ', {'any'}),
            ('sdp local /et', {'/etc'}),
            ('sdp local x rem', {'remote', 'remote-address'}),
            ('sdp --local /et', {'/etc'}),
            ('sdp --local x --rem', {'--remote', '--remote-address'}),
            ('sdp --d', {'--del', '--dev', '--dry-run'}),
            ('sdp --set --local x old-', {'old-local', 'old-remote'}),
            ('call offer file /et', {'/etc'}),
            ('call offer file x c', {'call', 'control'}),
            ('call del call ', set()),
            ('rtsp relay trust /et', {'/etc'}),
            ('rtsp relay config /et', {'/etc'}),
            ('rtsp relay camera ', set()),
            ('rtsp relay camera a rtsps://h/a pi', {'pin'}),
            ('session add --fam', {'--family'}),
            ('session add --family ', {'inet', 'inet6'}),
            ('restore jump ', set()),
            ('monitor alerts ', {'alerts', 'time'}),
            ('restore jump 5 /et', {'/etc'}),
            ('dump /et', {'/etc'})):
        tap.equal(complete(*line.split(' ')), wanted, repr(line))


main(words, places)
