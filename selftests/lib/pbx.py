# SPDX-License-Identifier: GPL-2.0
"""Asterisk, as recipes/fetch-asterisk has left it."""

import os
import subprocess
import tempfile
import time

from ksrtp_test import BUILD, run
from sound import heard, read_wav
from started import started

ROOT = os.path.join(BUILD, 'asterisk')
# of the tone that its extension 600 plays
MILLIWATT = 1004
# emulated machines need minutes for what takes seconds elsewhere
PATIENCE = int(os.environ.get('KSRTP_PATIENCE', 600))

MODULES = '''res_sorcery_config res_sorcery_memory res_sorcery_astdb
res_timing_timerfd res_pjproject res_pjsip res_pjsip_session res_pjsip_sdp_rtp
res_pjsip_pubsub res_rtp_asterisk chan_pjsip codec_ulaw pbx_config'''.split()


def available():
    return os.path.exists(os.path.join(ROOT, 'usr/sbin/asterisk'))


def modules(*more):
    return '[modules]\nautoload=no\n' + ''.join(
        'load=%s.so\n' % name for name in (*MODULES, *more))


def transport(address, port):
    return '[udp]\ntype=transport\nprotocol=udp\nbind=%s:%d\n' % (address, port)


def endpoint(name, *words):
    """One that is known by its name, and whose media pass Asterisk."""
    return '[%s]\ntype=endpoint\ncontext=inside\ndisallow=all\nallow=ulaw\n' \
        'direct_media=no\n%s' % (name, ''.join(word + '\n' for word in words))


def player(address, port, *endpoints):
    """Files of one with an extension 600, which plays a tone and records."""
    return {
        'modules.conf': modules(
            'res_pjsip_endpoint_identifier_user', 'res_clioriginate', 'res_srtp',
            'format_wav', 'func_cut', 'func_groupcount', 'func_uri', 'app_chanspy',
            'func_periodic_hook', 'app_milliwatt', 'app_mixmonitor'),
        'pjsip.conf': transport(address, port) + ''.join(endpoints),
        'extensions.conf': '[inside]\n'
                           'exten => 600,1,Answer()\n'
                           ' same => n,MixMonitor(/tmp/both.wav,r(/tmp/heard.wav))\n'
                           ' same => n,Milliwatt()\n',
        'rtp.conf': '[general]\nrtpstart=10000\nrtpend=10999\n',
    }


class Asterisk:
    """One on a host, with these files."""

    recorded = os.path.join(ROOT, 'tmp/heard.wav')

    def __init__(self, host, files):
        self.host = host
        for name, text in files.items():
            with open(os.path.join(ROOT, 'etc/asterisk', name), 'w') as file:
                file.write(text)
        for name in ('dev', 'proc'):
            run('mount', '--bind', '/' + name, os.path.join(ROOT, name))
        self.log = tempfile.TemporaryFile('w+')
        self.process = host.start('chroot', ROOT, 'asterisk', '-f',
                                  stdin=subprocess.DEVNULL, stdout=self.log,
                                  stderr=self.log)
        started.append(self)

    def ask(self, words, **options):
        return self.host.run('chroot', ROOT, 'asterisk', '-rx', words,
                             **options).stdout

    def ready(self):
        """Its version, once it is there."""
        end = time.monotonic() + PATIENCE
        while 'fully booted' not in self.ask('core waitfullybooted', check=False) and \
                time.monotonic() < end:
            time.sleep(0.2)
        return self.ask('core show version').split(' built')[0]

    def calls(self, endpoint, address):
        """Let it call from its extension."""
        self.ask('channel originate PJSIP/%s/%s extension 600@inside' % (
            endpoint, address))

    def heard(self, tone):
        """Seconds of a tone that its extension has heard."""
        return heard(read_wav(self.recorded)[0], tone) if \
            os.path.exists(self.recorded) else 0

    def forget(self):
        """Forget what it has heard."""
        if os.path.exists(self.recorded):
            os.remove(self.recorded)

    def said(self):
        self.log.seek(0)
        return self.log.read()[-2000:]

    def close(self):
        self.process.terminate()
        self.process.wait()
        for name in ('proc', 'dev'):
            run('umount', os.path.join(ROOT, name), check=False)
        self.log.close()
        if self in started:
            started.remove(self)
