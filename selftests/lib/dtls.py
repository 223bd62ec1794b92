# SPDX-License-Identifier: GPL-2.0
"""DTLS handshakes between OpenSSL and OpenSSL, for the keys that come of them."""

import os
import re
import socket
import subprocess
import tempfile
import time

# name for OpenSSL: name in IANA's registry, its number, suite
PROFILES = {
    'SRTP_AES128_CM_SHA1_80': ('SRTP_AES128_CM_HMAC_SHA1_80', 1,
                               'AES_CM_128_HMAC_SHA1_80'),
    'SRTP_AES128_CM_SHA1_32': ('SRTP_AES128_CM_HMAC_SHA1_32', 2,
                               'AES_CM_128_HMAC_SHA1_32'),
    'SRTP_AEAD_AES_128_GCM': ('SRTP_AEAD_AES_128_GCM', 7, 'AEAD_AES_128_GCM'),
    'SRTP_AEAD_AES_256_GCM': ('SRTP_AEAD_AES_256_GCM', 8, 'AEAD_AES_256_GCM'),
}


def _free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(('127.0.0.1', 0))
        return sock.getsockname()[1]


def _start(command, directory, name):
    out = open(os.path.join(directory, name), 'w+')
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=out,
                            stderr=subprocess.STDOUT), out


def _wait(out, pattern):
    for wait in range(300):
        out.seek(0)
        found = re.search(pattern, out.read())
        if found:
            return found[1]
        time.sleep(0.1)
    out.seek(0)
    raise RuntimeError('no %s: %s' % (pattern, out.read()))


def handshake(profile, length):
    """One over loopback: {role: (profile as it was negotiated, hex)}."""
    with tempfile.TemporaryDirectory() as directory:
        key, cert = (os.path.join(directory, name) for name in ('k', 'c'))
        subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt',
                        'ec_paramgen_curve:prime256v1', '-nodes', '-keyout',
                        key, '-out', cert, '-subj', '/CN=ksrtp'], check=True,
                       capture_output=True)
        port = str(_free_port())
        common = ['-dtls', '-use_srtp', profile, '-keymatexport',
                  'EXTRACTOR-dtls_srtp', '-keymatexportlen', str(length)]
        server, served = _start(['openssl', 's_server', '-accept',
                                 '127.0.0.1:' + port, '-cert', cert, '-key',
                                 key, *common], directory, 'server')
        client = None
        try:
            _wait(served, '(ACCEPT)')
            client, connected = _start(['openssl', 's_client', '-connect',
                                        '127.0.0.1:' + port, *common],
                                       directory, 'client')
            return {role: (_wait(out, r'negotiated, profile=(\w+)'),
                           _wait(out, r'Keying material: ([0-9A-F]+)\n'))
                    for role, out in (('client', connected),
                                      ('server', served))}
        finally:
            for process in (client, server):
                if process:
                    process.kill()
                    process.communicate()
