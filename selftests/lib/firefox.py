# SPDX-License-Identifier: GPL-2.0
"""Firefox without a window, told what to do by Marionette, its own protocol, which
Debian's package has; a driver is not packaged."""

import json
import os
import shutil
import socket
import subprocess
import tempfile
import time

from started import reap, started

PORT = 2828
# of its microphone, in Hz
TONE = 440

# a microphone and a camera are not asked for, sound needs no gesture, and addresses
# are what they are; nothing is fetched from anywhere
SETTINGS = {
    'marionette.port': PORT,
    'media.autoplay.default': 0,
    'media.autoplay.blocking_policy': 0,
    'media.cubeb.sandbox': False,
    'media.navigator.streams.fake': True,
    'media.navigator.audio.fake_frequency': TONE,
    'media.devices.insecure.enabled': True,
    'media.getusermedia.insecure.enabled': True,
    'media.navigator.permission.disabled': True,
    'media.peerconnection.ice.obfuscate_host_addresses': False,
    'media.peerconnection.ice.loopback': True,
    'media.gmp-manager.url': '',
    'media.gmp-provider.enabled': False,
    'network.captive-portal-service.enabled': False,
    'network.connectivity-service.enabled': False,
    'app.normandy.enabled': False,
    'app.update.enabled': False,
    'browser.shell.checkDefaultBrowser': False,
    'browser.startup.page': 0,
    'browser.startup.homepage_override.mstone': 'ignore',
    'browser.safebrowsing.malware.enabled': False,
    'browser.safebrowsing.phishing.enabled': False,
    'browser.backup.enabled': False,
    'browser.newtab.preload': False,
    'browser.newtabpage.enabled': False,
    'browser.sessionstore.resume_from_crash': False,
    'fission.autostart': False,
    'messaging-system.rsexperimentloader.enabled': False,
    'nimbus.rollouts.enabled': False,
    'toolkit.cosmeticAnimations.enabled': False,
    'datareporting.policy.dataSubmissionEnabled': False,
    'datareporting.healthreport.uploadEnabled': False,
    'dom.ipc.processCount': 1,
    'dom.ipc.processPrelaunch.enabled': False,
    'extensions.getAddons.cache.enabled': False,
    'extensions.update.enabled': False,
    'services.settings.server': '',
    'toolkit.telemetry.enabled': False,
    # what a test waits for is slow where a kernel watches itself
    'dom.max_script_run_time': 0,
}

# what keeps content in a process of its own from system calls is not for here
ENVIRONMENT = {'MOZ_DISABLE_CONTENT_SANDBOX': '1', 'MOZ_DISABLE_RDD_SANDBOX': '1',
               'MOZ_DISABLE_SOCKET_PROCESS_SANDBOX': '1',
               'MOZ_DISABLE_GMP_SANDBOX': '1', 'MOZ_HEADLESS': '1',
               'MOZ_CRASHREPORTER_DISABLE': '1', 'MOZ_WEBRENDER': '0'}


def available():
    return shutil.which('firefox-esr')


class Firefox:
    def __init__(self, host):
        self.host = host
        self.directory = tempfile.mkdtemp(prefix='firefox-')
        self.log = open(os.path.join(self.directory, 'log'), 'w+')
        with open(os.path.join(self.directory, 'user.js'), 'w') as file:
            for name, value in SETTINGS.items():
                file.write('user_pref(%s, %s);\n' % (
                    json.dumps(name), json.dumps(value)))
        self.process = host.start(
            'firefox-esr', '--headless', '--no-remote', '--marionette',
            '--profile', self.directory, 'about:blank',
            env={**os.environ, **ENVIRONMENT, 'HOME': self.directory},
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        started.append(self)
        self.number, self.unread = 0, b''
        self.sock = self.reach()
        self.read()
        self.version = self.ask('WebDriver:NewSession', capabilities={
            'alwaysMatch': {'timeouts': {'script': 600000}}})[
                'capabilities']['browserVersion']
        self.ask('WebDriver:SetTimeouts', script=600000)
        self.first = True

    def reach(self, patience=300):
        end = time.monotonic() + patience
        while time.monotonic() < end and self.process.poll() is None:
            with self.host.enter():
                sock = socket.socket()
            sock.settimeout(600)
            try:
                sock.connect(('127.0.0.1', PORT))
                return sock
            except OSError:
                sock.close()
                time.sleep(0.5)
        raise RuntimeError('firefox does not listen: ' + self.said())

    def said(self):
        self.log.seek(0)
        return self.log.read()[-4000:]

    def more(self):
        some = self.sock.recv(65536)
        if not some:
            raise RuntimeError('firefox has gone: ' + self.said())
        self.unread += some

    def read(self):
        """A message: its length, a colon, and JSON."""
        while b':' not in self.unread:
            self.more()
        length, _, self.unread = self.unread.partition(b':')
        while len(self.unread) < int(length):
            self.more()
        message = self.unread[:int(length)]
        self.unread = self.unread[int(length):]
        return json.loads(message)

    def ask(self, command, **params):
        self.number += 1
        text = json.dumps([0, self.number, command, params]).encode()
        self.sock.sendall(b'%d:%s' % (len(text), text))
        while True:
            kind, number, error, result = self.read()
            if (kind, number) != (1, self.number):
                continue
            if error:
                raise RuntimeError('%s: %s' % (command, error))
            return result

    def product(self):
        return 'Firefox/' + self.version

    def page(self, url):
        """A tab; the first one is there already."""
        if self.first:
            self.first = False
            handle = self.ask('WebDriver:GetWindowHandle')['value']
        else:
            handle = self.ask('WebDriver:NewWindow', type='tab')['handle']
        tab = Tab(self, handle)
        tab.ask('WebDriver:Navigate', url=url)
        return tab

    def close(self):
        self.sock.close()
        self.process.terminate()
        reap(self.process, 20)
        self.log.close()
        shutil.rmtree(self.directory, ignore_errors=True)


BROWSER = Firefox


class Tab:
    def __init__(self, browser, handle):
        self.browser, self.handle = browser, handle

    def ask(self, command, **params):
        self.browser.ask('WebDriver:SwitchToWindow', handle=self.handle,
                         focus=False)
        return self.browser.ask(command, **params)

    def reload(self):
        self.ask('WebDriver:Refresh')

    def run(self, script):
        """What an expression, or a promise of it, comes to."""
        answer = self.ask('WebDriver:ExecuteAsyncScript', sandbox=None,
                          args=[script], script='''
            const [text, done] = arguments;
            Promise.resolve().then(() => window.eval(text)).then(
                value => done([value === undefined ? null :
                               JSON.parse(JSON.stringify(value))]),
                error => done({ error: String(error) }));''')['value']
        if isinstance(answer, dict):
            raise RuntimeError(answer['error'])
        return answer[0]
