#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""The documents know every refusal, counter, alert and word that there is, and
tell of each in one place."""

import glob
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from fake_kernel import STATS, enum
from ksrtp_test import KSRTP, main

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../..')


def read(*names):
    return ''.join(open(path).read() for name in names
                   for path in sorted(glob.glob(os.path.join(TOP, name),
                                             recursive=True)))


def manual(*names):
    """Words of manual pages, as they are printed."""
    text = read(*('Documentation/' + name for name in names))
    return re.sub(r'\\f.|\\&', '', text).replace('\\-', '-')


def entries(text):
    """What a page explains: {word: its paragraph}, from lists of words."""
    found = {}
    for part in re.split(r'^\.(?:TP|PP|S[HS].*)\n', text, flags=re.M):
        head = re.match(r'\.(?:B|BR|BI) (.*)', part)
        for word in re.findall(r'[a-z][a-z:_-]+', head[1] if head else ''):
            found[word] = part
    return found


def refusals(tap):
    known = ' '.join(read('Documentation/netlink.rst').split())
    # those of a setting are said first and sent later: "setting: what is wrong"
    source = re.sub(r'/\*.*?\*/', '', read('kernel/**/*.c'), flags=re.S)
    found = {text for text in re.findall(
        r'"([^"]*)"', re.sub(r'"\s+"', '', source))
             if re.match(r'(?!pre:)[a-z]+(-[a-z]+)*: [a-z0-9]', text)}
    for call in re.findall(r'NL_SET_ERR_MSG(?:_ATTR)?\((.*?)\);', source, re.S):
        text = ''.join(re.findall(r'"([^"]*)"', call))
        if text:
            found.add(text)
    tap.ok(len(found) > 50, 'the kernel has refusals', found)
    tap.equal([text for text in sorted(found) if '``%s``' % text not in known],
              [], 'each is in netlink.rst')


def counters(tap):
    told = entries(manual('ksrtp.7'))
    tap.equal([name for name in STATS.values()
               if name != 'pad' and name not in told], [],
              'ksrtp(7) explains each counter')
    alerts = [name[len('KSRTP_ALERT_'):].lower().replace('_', '-')
              for name in enum('ksrtp_alert')]
    text = manual('ksrtp.8')
    tap.equal([name for name in alerts if name not in text], [],
              'ksrtp(8) has each alert')
    # and what troubleshooting.rst names is there
    named = set(re.findall(r'``(drop-[a-z-]+)``',
                           read('Documentation/troubleshooting.rst')))
    tap.equal(sorted(named - set(STATS.values())), [],
              'troubleshooting.rst has no other')


def module(tap):
    told = entries(manual('ksrtp.7'))
    defaults = {name: int(number) << (20 if shift else 0) for name, number, shift
                in re.findall(r'^static u\w+ (\w+_max) = (\d+)(UL << 20)?;',
                              read('kernel/**/*.c'), re.M)}
    names = re.findall(r'module_param\((\w+),', read('kernel/**/*.c'))
    tap.equal(sorted(defaults), sorted(names), 'the module has parameters')
    tap.equal([name for name, number in defaults.items() if not re.search(
        r'\b%d\b' % number, told.get(name, ''))], [],
              'ksrtp(7) has each, and its default')
    points = re.findall(r'(?:TRACE_EVENT\(|DEFINE_EVENT\(\w+, )(\w+)',
                        read('kernel/trace.h'))
    tap.ok(len(points) > 2, 'and tracepoints', points)
    tap.equal([name for name in points if 'ksrtp:' + name not in told], [],
              'ksrtp(7) has each')


def manuals(tap):
    there = {os.path.basename(path): manual(os.path.basename(path)) for path in
             glob.glob(os.path.join(TOP, 'Documentation/*.[1-9]'))}
    tap.ok(len(there) > 4, 'there are manual pages', sorted(there))
    counted = {name for name in STATS.values() if name.startswith('drop-')}
    tap.equal([(page, word) for page, text in sorted(there.items())
               if page != 'ksrtp.7' for word in entries(text)
               if word in counted], [], 'counters are explained in ksrtp(7) alone')
    # .BR name (8), in pages; name(8), in other documents
    ours = r'\b((?:lib)?ksrtp(?:d|-[a-z]+)?)%s\(([1-9])\)'
    found = [(page, '%s.%s' % name) for page, text in there.items()
             for name in re.findall(ours % ' ?', text)]
    found += [(os.path.basename(path), '%s.%s' % name) for path in glob.glob(
        os.path.join(TOP, 'Documentation/**/*.rst'), recursive=True)
              for name in re.findall(ours % '', open(path).read())]
    tap.ok(len(found) > 20, 'they are referred to')
    tap.equal([one for one in found if one[1] not in there], [],
              'each page that is referred to is there')
    tap.equal(sorted(set(there) - {name for page, name in found
                                   if name != page}), [],
              'each is referred to by another')


def words(tap):
    def told(*command):
        return subprocess.run([KSRTP, *command], capture_output=True,
                              text=True).stdout

    usage = told('help')
    objects = re.findall(r'[a-z]+', re.search(r'OBJECT := \{(.*?)\}', usage,
                                              re.S)[1])
    pages = {'session': 'ksrtp-session.8', 'stream': 'ksrtp-session.8',
             'key': 'ksrtp-session.8', 'sdp': 'ksrtp-sdp.8', 'mikey': 'ksrtp-sdp.8',
             'rtsp': 'ksrtp-rtsp.8',
             'dump': 'ksrtp-dump.8', 'restore': 'ksrtp-dump.8'}
    tap.ok(len(objects) > 10, 'the tool tells its objects', usage)
    for name in objects:
        page = pages.get(name, 'ksrtp.8')
        # sentences have none of these
        grammar = '\n'.join(line for line in told(name, 'help').splitlines()
                            if re.search(r'[][{}|]|:=|^[Usage: ]+ksrtp ', line))
        wanted = set(re.findall(r'(?<![\w-])[a-z][a-z-]*[a-z](?![\w-])', grammar))
        text = manual(page)
        tap.equal(sorted(word for word in wanted if not re.search(
            r'(?<![\w-])%s(?![\w-])' % re.escape(word), text)), [],
                  '%s has the words of %s' % (page, name))
    text = manual('ksrtp.8')
    options = re.findall(r'--[a-z]+', usage)
    tap.equal([word for word in options if word not in text], [],
              'ksrtp.8 has each option')


main(refusals, counters, module, manuals, words)
