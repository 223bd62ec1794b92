#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Debian's browsers in a call with a program that speaks plain RTP."""

import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from ksrtpd import *
import browsers
from pagecall import *
from ksrtp_test import *


def begin(tap, kind):
    """A host with ksrtpd, and one with a browser."""
    a, b = hosts()
    agent, browser = Agent(a, addresses=[A4]), kind(b)
    tap.note(browser.product())
    return agent, browser


def audio(tap, kind):
    """One browser in two tabs: the page offers, and the page answers."""
    agent, browser = begin(tap, kind)
    offers = PageCall(agent, browser, 'the page offers', {'audio': 5004})
    offers.offered()
    offers.judge(tap)
    answers = PageCall(agent, browser, 'the page answers', {'audio': 5014})
    answers.answered()
    answers.judge(tap)
    answers.end(tap)

    # hold, resume, and ICE from the beginning
    page = offers.page
    page.run("web.getTransceivers()[0].direction = 'inactive'")
    plain = agent.offer(offers.name, page.run('offer()'), feedback=True)
    tap.ok('a=inactive' in plain, 'hold: the application is told', plain)
    tap.ok('a=inactive' in offers.again(plain), 'and so is the page')
    page.run("web.getTransceivers()[0].direction = 'sendrecv'")
    before = pairs_of(page)
    page.run('web.restartIce()')
    offers.again(agent.offer(offers.name, page.run('offer()'), feedback=True))
    tap.ok(eventually(True, lambda: bool(pairs_of(page) - before)),
           'ICE begins anew: the page has another pair',
           (before, page.run("stats('transport')")))
    offers.goes_on(tap, 'once more')
    offers.end(tap)


def pairs_of(page):
    """The pairs of candidates that have media."""
    return {one['selectedCandidatePairId'] for one in page.run("stats('transport')")
            if one.get('selectedCandidatePairId')}


def video(tap, kind):
    agent, browser = begin(tap, kind)
    kinds = {'audio': 5004, 'video': 5006}
    call = PageCall(agent, browser, 'audio and video', kinds)
    call.offered()
    call.judge(tap)
    call.end(tap)
    call = PageCall(agent, browser, 'audio and video of an application', kinds)
    call.answered()
    call.judge(tap)
    call.end(tap)


def one_port(tap, kind):
    """A page that wants all media at one port, and a program that has a port for each."""
    agent, browser = begin(tap, kind)
    kinds = {'audio': 5004, 'video': 5006}
    call = PageCall(agent, browser, 'one port', kinds, bundlePolicy='max-bundle')
    web = call.offered()
    tap.ok(len(set(ports_of(web))) == 1, 'audio and video have one port', web)
    call.judge(tap)
    tap.equal(len(call.page.run("stats('transport')")), 1, 'and one transport')
    tap.equal(len(agent.host.json('session', 'show')), 1, 'and one session')
    # in this offer nothing is bundle-only any more
    call.again(agent.offer(call.name, call.page.run('offer()'), feedback=True))
    call.goes_on(tap, 'after a new offer')
    call.returned(tap)
    call.end(tap)
    call = PageCall(agent, browser, 'one port of an application', kinds,
                    bundlePolicy='max-bundle')
    call.answered(bundle=True)
    call.judge(tap)
    call.end(tap)


def strangers(tap, kind):
    """Descriptions that were changed on their way."""
    agent, browser = begin(tap, kind)

    def other_print(sdp):
        return re.sub(r'(a=fingerprint:sha-256 )..', r'\g<1>00', sdp)

    def other_password(sdp):
        return re.sub(r'(a=ice-pwd:)....', r'\1abcd', sdp)
    one = PageCall(agent, browser, 'fingerprint', {'audio': 5004})
    one.offered(other_print)
    tap.ok(eventually(True, lambda: 'failed' in one.page.run('states')),
           'with wrong fingerprints the page has no connection',
           one.page.run('states'))
    two = PageCall(agent, browser, 'password', {'audio': 5014})
    two.offered(other_password)
    tap.ok(eventually(True, lambda: {'failed', 'disconnected'} & set(
        two.page.run('states'))),
        'with wrong passwords the page has no connection',
        two.page.run('states'))
    tap.equal(agent.media('password')[0]['state'], 'new',
              'and no handshake begins')
    tap.equal((one.echo.packets[5004], two.echo.packets[5014],
               agent.host.json('session', 'show')), ([], [], []),
              'nothing comes to the applications')


def moved(host, port, other):
    """A NAT gives the page another port."""
    host.run('nft', 'add table ip gate; '
             'add chain ip gate out { type filter hook postrouting priority 0; }; '
             'add chain ip gate in { type filter hook prerouting priority -300; }; '
             'add rule ip gate out udp sport %d udp sport set %d; '
             'add rule ip gate in udp dport %d udp dport set %d' % (
                 port, other, other, port))


def changes(tap, kind):
    """What happens to a call: another port, losses, a page that is loaded again."""
    agent, browser = begin(tap, kind)
    call = PageCall(agent, browser, 'the call', {'audio': 5004, 'video': 5006})
    call.offered()
    if not call.up(tap):
        return
    for n in range(2):
        peer = agent.media(call.name)[n]['peer']
        moved(browser.host, int(peer.rpartition(':')[2]), 40001 + n)
    for n in range(2):
        tap.equal(eventually('%s:%d' % (B4, 40001 + n), lambda: agent.media(
            call.name)[n].get('peer')), '%s:%d' % (B4, 40001 + n),
            'a NAT gives it another port: ksrtpd sends there')
    call.goes_on(tap, 'through it')
    call.returned(tap)

    agent.host.run('tc', 'qdisc', 'add', 'dev', 'wire', 'root', 'netem', 'loss', '5%')
    lost = call.lost()
    tap.ok(eventually(True, lambda: call.lost() > lost + 5),
           'every twentieth packet to the page is lost', call.received())
    tap.ok(eventually(True, lambda: any(rtpfb(packet) for packet in
                                        call.echo.packets[5007])),
           'the application hears of it', len(call.echo.packets[5007]))
    call.goes_on(tap, 'in spite of losses')
    tap.equal(call.states(), ['up', 'up'], 'the call goes on')
    agent.host.run('tc', 'qdisc', 'del', 'dev', 'wire', 'root')
    call.no_drops(tap)

    before = [medium['session'] for medium in agent.media(call.name)]
    call.page.reload()
    call.begin()
    call.again(agent.offer(call.name, call.page.run('offer()'), feedback=True))
    call.up(tap)
    tap.ok(not set(before) & {medium.get('session') for medium in
                              agent.media(call.name)},
           'the page is loaded again, and has other keys', before)
    call.goes_on(tap, 'after that')
    tap.equal(len(agent.host.json('session', 'show')), 2, 'nothing old is left')
    call.end(tap)


if not os.path.exists(KSRTPD) or not browsers.BROWSERS:
    print('1..0 # SKIP needs ksrtpd (make agent) and chromium or firefox-esr')
    sys.exit(KSFT_SKIP)
main(*browsers.each(audio, video, one_port, strangers, changes))
