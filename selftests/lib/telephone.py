# SPDX-License-Identifier: GPL-2.0
"""baresip, a telephone that calls or answers by itself, plays a tone and writes what
it hears."""

import glob
import os
import signal
import subprocess
import tempfile

from ksrtp_test import eventually
from sound import heard, read_wav, write_tone
from started import reap, started

CONFIG = '''module_path /usr/lib/baresip/modules
module_app account.so
module_app menu.so
module g711.so
module aufile.so
module sndfile.so
{modules}snd_path {directory}
audio_source aufile,{directory}/tone.wav
ausrc_srate 8000
ausrc_channels 1
auplay_srate 8000
auplay_channels 1
rtp_ports 16384-16399
rtcp_mux {mux}
sip_listen {address}:{port}
'''


class Baresip:
    """One on a host, that has G.711 alone. @keys is what its account says of keys and
    the module that has them; with a number to @dial it calls that."""

    def __init__(self, host, address, port, tone, keys=(), mux=False, dial=None):
        self.directory = tempfile.TemporaryDirectory(prefix='baresip-')
        write_tone(self.path('tone.wav'), tone, 8000, 120)
        with open(self.path('config'), 'w') as file:
            file.write(CONFIG.format(
                modules='module %s.so\n' % keys[1] if keys else '',
                directory=self.directory.name, mux='yes' if mux else 'no',
                address=address, port=port))
        with open(self.path('accounts'), 'w') as file:
            file.write('<sip:phone@%s:%d>;regint=0;answermode=auto%s\n' % (
                address, port, ';mediaenc=%s' % keys[0] if keys else ''))
        self.log = open(self.path('log'), 'a+')
        self.process = host.start(
            'baresip', '-f', self.directory.name,
            *(['-e', '/dial ' + dial] if dial else []),
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=subprocess.STDOUT)
        started.append(self)
        eventually(True, lambda: ':%d ' % port in host.run('ss', '-lun').stdout)

    def path(self, name):
        return os.path.join(self.directory.name, name)

    def heard(self, tone):
        """Seconds of a tone that it has heard."""
        found = glob.glob(self.path('dump-*-dec.wav'))
        return heard(read_wav(found[0])[0], tone) if found else 0

    def said(self):
        self.log.seek(0)
        return self.log.read()

    def close(self):
        """Let it say goodbye; returns what it has said."""
        self.process.send_signal(signal.SIGINT)
        reap(self.process, 10)
        said = self.said()
        self.log.close()
        self.directory.cleanup()
        if self in started:
            started.remove(self)
        return said
