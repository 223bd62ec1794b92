# SPDX-License-Identifier: GPL-2.0
"""Chromium without a window, told what to do by its debugging pipe."""

import json
import os
import select
import shutil
import subprocess
import tempfile
import time

from started import reap, started

# what a page needs to be heard: a camera and a microphone of Chromium's own, a clock
# in place of a loudspeaker, in a process that is there anyway, and addresses as they
# are (not names of mDNS, which nobody here would look up)
OPTIONS = ('--headless=new', '--no-sandbox', '--disable-gpu',
           '--disable-dev-shm-usage', '--no-first-run', '--disable-extensions',
           '--disable-background-networking', '--disable-sync',
           '--disable-component-update', '--disable-default-apps',
           '--mute-audio', '--disable-audio-output',
           '--autoplay-policy=no-user-gesture-required',
           '--use-fake-device-for-media-stream',
           '--use-fake-ui-for-media-stream', '--no-zygote',
           '--disable-features=WebRtcHideLocalIpsWithMdns,'
           'AudioServiceOutOfProcess,AudioServiceSandbox')


def available():
    return shutil.which('chromium')


class Chromium:
    def __init__(self, host, *options):
        self.host = host
        self.directory = tempfile.mkdtemp(prefix='chromium-')
        self.log = open(os.path.join(self.directory, 'log'), 'w+')
        command_read, self.command = os.pipe()
        self.answers, answer_write = os.pipe()

        def pipes():
            # Chromium reads 3 and writes 4; both may be in the way of the other
            reader, writer = os.dup(command_read), os.dup(answer_write)
            high = os.dup2(reader, 100), os.dup2(writer, 101)
            os.dup2(high[0], 3)
            os.dup2(high[1], 4)
        self.process = host.start(
            'chromium', *OPTIONS, '--remote-debugging-pipe',
            '--user-data-dir=' + self.directory, *options, 'about:blank',
            preexec_fn=pipes, close_fds=False, stdin=subprocess.DEVNULL,
            stdout=self.log, stderr=self.log)
        os.close(command_read)
        os.close(answer_write)
        started.append(self)
        self.unread, self.number = b'', 0

    def product(self):
        return self.ask('Browser.getVersion')['product']

    def said(self):
        self.log.seek(0)
        return self.log.read()[-4000:]

    def read(self, patience):
        end = time.monotonic() + patience
        while b'\0' not in self.unread:
            if time.monotonic() > end or self.process.poll() is not None:
                raise RuntimeError('chromium does not answer: ' + self.said())
            if select.select([self.answers], [], [], 1)[0]:
                more = os.read(self.answers, 65536)
                if not more:
                    raise RuntimeError('chromium has gone: ' + self.said())
                self.unread += more
        message, _, self.unread = self.unread.partition(b'\0')
        return json.loads(message)

    def ask(self, method, session=None, patience=180, **params):
        self.number += 1
        message = {'id': self.number, 'method': method, 'params': params}
        if session:
            message['sessionId'] = session
        os.write(self.command, json.dumps(message).encode() + b'\0')
        while True:
            answer = self.read(patience)
            if answer.get('id') != self.number:
                continue
            if 'error' in answer:
                raise RuntimeError('%s: %s' % (method, answer['error']))
            return answer['result']

    def page(self, url):
        target = self.ask('Target.createTarget', url=url)['targetId']
        tab = Tab(self, self.ask('Target.attachToTarget', targetId=target,
                                 flatten=True)['sessionId'])
        tab.wait('location.href == ' + json.dumps(url))
        return tab

    def close(self):
        self.process.terminate()
        reap(self.process, 20)
        for end in (self.command, self.answers):
            os.close(end)
        self.log.close()
        shutil.rmtree(self.directory, ignore_errors=True)


BROWSER = Chromium


class Tab:
    def __init__(self, browser, session):
        self.browser, self.session = browser, session

    def wait(self, condition):
        """Until the page is loaded, of which this is true."""
        for wait in range(600):
            try:
                if self.run("%s && document.readyState == 'complete'" % condition):
                    return
            except RuntimeError:
                # the one before is about to go
                pass
            time.sleep(0.1)
        raise RuntimeError('the page is not loaded')

    def reload(self):
        self.run('window.before = true')
        self.browser.ask('Page.reload', self.session)
        self.wait('!window.before')

    def run(self, script, patience=180):
        """What an expression, or a promise of it, comes to."""
        result = self.browser.ask('Runtime.evaluate', self.session, patience,
                                  expression=script, awaitPromise=True,
                                  returnByValue=True)
        if 'exceptionDetails' in result:
            raise RuntimeError(json.dumps(result['exceptionDetails'])[:2000])
        return result['result'].get('value')
