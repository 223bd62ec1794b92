# SPDX-License-Identifier: GPL-2.0
"""Linphone, a telephone that calls or answers by itself, plays a tone and writes what
it hears."""

import os
import signal
import struct
import subprocess
import tempfile

from ksrtp_test import eventually
from sound import heard, write_tone
from started import reap, started

CONFIG = '''[sip]
sip_port={port}
sip_tcp_port=0
sip_tls_port=0
default_proxy=-1
contact=sip:phone@{address}
guess_hostname=0
media_encryption={keys}
media_encryption_mandatory=1
[rtp]
rtcp_mux={mux:d}
audio_rtp_port=7078
[sound]
echocancellation=0
remote_ring=/none
local_ring=/none
'''
# of the file that it writes, whose header comes at the end
HEADER = 44


class Linphone:
    """One on a host. @keys is what it calls the way that keys come, "srtp" for those of
    descriptions; with an address to @dial it calls that."""

    def __init__(self, host, address, port, tone, keys, mux=False, dial=None):
        self.directory = tempfile.TemporaryDirectory(prefix='linphone-')
        write_tone(self.path('tone.wav'), tone, 8000, 120)
        # where it has its database
        os.makedirs(self.path('.local/share/linphone'))
        with open(self.path('config'), 'w') as file:
            file.write(CONFIG.format(address=address, port=port, keys=keys, mux=mux))
        self.log = open(self.path('log'), 'a+')
        self.process = host.start(
            'linphonec', '-a', '-c', self.path('config'), stdin=subprocess.PIPE,
            stdout=self.log, stderr=subprocess.STDOUT,
            env={**os.environ, 'HOME': self.directory.name})
        started.append(self)
        eventually(True, lambda: ':%d ' % port in host.run('ss', '-lun').stdout)
        self.tell('soundcard use files', 'play ' + self.path('tone.wav'),
                  'record ' + self.path('heard.wav'))
        if dial:
            self.tell('call ' + dial)

    def tell(self, *lines):
        self.process.stdin.write(''.join(line + '\n' for line in lines).encode())
        self.process.stdin.flush()

    def path(self, name):
        return os.path.join(self.directory.name, name)

    def heard(self, tone):
        """Seconds of a tone that it has heard."""
        path = self.path('heard.wav')
        data = open(path, 'rb').read()[HEADER:] if os.path.exists(path) else b''
        return heard(struct.unpack('<%dh' % (len(data) // 2), data[:len(data) // 2 * 2]),
                     tone)

    def said(self):
        self.log.seek(0)
        return self.log.read()

    def close(self):
        self.process.send_signal(signal.SIGTERM)
        reap(self.process, 10)
        self.log.close()
        self.directory.cleanup()
        if self in started:
            started.remove(self)
