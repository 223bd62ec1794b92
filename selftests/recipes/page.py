# SPDX-License-Identifier: GPL-2.0
"""A page of Documentation/recipes as a program: its blocks of shell commands are
run as they stand there, in one shell, section by section."""

import os
import select
import shutil
import signal
import stat
import subprocess
import tempfile

PAGES = os.path.join(os.path.dirname(__file__), '../../Documentation/recipes')
# emulated machines need minutes for what takes seconds elsewhere
PATIENCE = int(os.environ.get('KSRTP_PATIENCE', 600))


def sections(text):
    """Pairs of a title and the commands below it, in the order of the page."""
    found = []
    lines = text.splitlines()
    inside = False
    for at, line in enumerate(lines):
        below = lines[at + 1] if at + 1 < len(lines) else ''
        if inside and line and not line.startswith('    '):
            inside = False
        if inside:
            found[-1][1].append(line[4:])
        elif line.strip() == '.. code-block:: sh':
            inside = True
        elif line and below in ('=' * len(line), '-' * len(line)):
            found.append((line, []))
    return [(title, '\n'.join(commands).strip('\n') + '\n')
            for title, commands in found if commands]


def not_copied(path):
    mode = os.lstat(path).st_mode
    return stat.S_ISSOCK(mode) or stat.S_ISFIFO(mode)


class Page:
    """A page in the hands of a reader with a shell, in an empty directory."""

    def __init__(self, name):
        with open(os.path.join(PAGES, name + '.rst')) as file:
            self.sections = sections(file.read())
        # what lies beside the pages is what they tell to copy
        self.folder = tempfile.mkdtemp(prefix='ksrtp-recipe-')
        for name in os.listdir(PAGES):
            if not name.endswith('.rst'):
                shutil.copy(os.path.join(PAGES, name), self.folder)
        self.left = [title for title, commands in self.sections]
        self.failures = []
        self.before = self.hosts()
        self.log = open(os.path.join(self.folder, '.log'), 'w+')
        self.told, tell = os.pipe()
        self.shell = subprocess.Popen(
            ['bash', '--norc', '--noprofile'], cwd=self.folder,
            stdin=subprocess.PIPE, stdout=self.log, stderr=self.log, text=True,
            pass_fds=[tell], start_new_session=True)
        # what fails is told, and does not keep later commands from running
        self.say('set -E -o pipefail; exec 9>&%d %d>&-' % (tell, tell))
        self.say("trap 'echo \"failed $? $BASH_COMMAND\" | tr \"\\n\" \" \" >&9; "
                 "echo >&9' ERR")
        os.close(tell)
        self.unread = b''

    @staticmethod
    def hosts():
        shown = subprocess.run(['ip', 'netns', 'list'], capture_output=True,
                               text=True).stdout
        return {line.split()[0] for line in shown.splitlines() if line.strip()}

    def say(self, line):
        self.shell.stdin.write(line + '\n')
        self.shell.stdin.flush()

    def path(self, name):
        return os.path.join(self.folder, name)

    def run(self, title):
        """Run the next section, which has to have this title."""
        if not self.left or self.left[0] != title:
            raise RuntimeError('the next section is %r' % self.left[:1])
        self.left.pop(0)
        self.do(dict(self.sections)[title], title)

    def do(self, commands, title='more'):
        """Run other commands in the same shell, which knows the page's functions."""
        name = self.path('.section')
        with open(name, 'w') as file:
            file.write(commands + '\n')
        # programs in the background know nothing of the pipe that tells
        self.say('. ./.section </dev/null; echo done >&9')
        while True:
            line = self.next()
            if line == 'done':
                return
            self.failures.append('%s: %s' % (title, line))
            if line == 'nothing':
                raise RuntimeError('%s\n%s' % (self.failures,
                                               self.output()[-6000:]))

    def next(self):
        while b'\n' not in self.unread:
            if not select.select([self.told], [], [], PATIENCE)[0]:
                return 'nothing'
            got = os.read(self.told, 4096)
            if not got:
                return 'nothing'
            self.unread += got
        line, _, self.unread = self.unread.partition(b'\n')
        return line.decode()

    def output(self):
        """What the commands have printed."""
        self.log.flush()
        with open(self.log.name, errors='replace') as file:
            return file.read()

    def judge(self, tap):
        """All commands were run, and each did what it was told to do."""
        tap.ok(not self.failures and not self.left,
               'each command of the page succeeds',
               '\n'.join(self.failures + self.left) + '\n' +
               self.output()[-6000:])

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        """End what is left of it, and of its hosts."""
        for host in self.hosts() - self.before:
            pids = subprocess.run(['ip', 'netns', 'pids', host],
                                  capture_output=True, text=True).stdout.split()
            for pid in pids:
                if int(pid) != os.getpid():
                    os.kill(int(pid), signal.SIGKILL)
            subprocess.run(['ip', 'netns', 'del', host])
        self.shell.stdin.close()
        try:
            os.killpg(self.shell.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.shell.wait()
        self.log.close()
        os.close(self.told)
        keep = os.environ.get('KSRTP_OUT')
        if keep:
            name = os.path.join(keep, 'pages', os.path.basename(self.folder))
            shutil.copytree(self.folder, name, symlinks=True,
                            ignore=lambda top, names: [
                                n for n in names if not_copied(os.path.join(top, n))])
        shutil.rmtree(self.folder)
