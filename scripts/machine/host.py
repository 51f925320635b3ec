# SPDX-License-Identifier: GPL-2.0
"""This machine: its distribution, what it lacks for a verb, and how it gets that."""
import glob
import os
import platform
import re
import shutil
import subprocess
import sys

from needs import FAMILIES, NEEDS, NOT_THERE
from tell import Stop, say

TRIED = {'debian': ('12', '13', '')}  # '' is sid


class Host:
    def __init__(self):
        try:
            release = platform.freedesktop_os_release()
        except (OSError, AttributeError):
            release = {}
        self.id = release.get('ID', 'linux')
        self.version = release.get('VERSION_ID', '')
        self.name = release.get('PRETTY_NAME', 'this system')
        likes = [self.id, *release.get('ID_LIKE', '').split()]
        self.family = next((FAMILIES[like] for like in likes if like in FAMILIES), None)

    def refuse_unfit(self):
        """Before anything is installed: can the lab's VM be built here at all?"""
        machine = platform.machine()
        if machine != 'x86_64':
            raise Stop(f'the lab\'s VM is built for x86_64, this machine is {machine}')
        if self.family == 'debian' and self.version not in TRIED.get(self.id, ()):
            say(f'{self.name}: not tried; Debian 12, 13 and sid were')

    def lacks(self, verbs):
        return [need for need in NEEDS
                if need.verb in verbs and not any(map(_is_there, need.look_for))]

    # ---- by the system's own package manager

    def install(self, needs):
        if not needs:
            return
        if self.family != 'debian':
            raise Stop(self._elsewhere(needs))
        packages = self.package_names(needs)
        command = ['apt-get', 'install', '--no-install-recommends', *packages]
        say(f'this machine lacks: {" ".join(packages)}')
        self.may_become_root(command)
        if not _simulate(command):
            self.update()
            packages = self.package_names(needs)
            command[3:] = packages
        say(f'installing them: {_sizes(command) or "sizes are not known"}')
        if not self._apt(command):
            self.update()
            if not self._apt(command):
                raise Stop('the installation failed, see apt\'s message above;\n'
                           f'       when its cause is mended: {" ".join(command)}')
        self.refuse_lack(needs)

    def refuse_lack(self, needs):
        left = [need for need in needs if not any(map(_is_there, need.look_for))]
        if left:
            raise Stop('still missing after the installation: ' +
                       ', '.join(need.look_for[0] for need in left))

    def update(self):
        say('fetching the package lists (apt-get update)')
        if not self._apt(['apt-get', '-q=2', 'update']):
            raise Stop('apt-get update failed, see its message above; '
                       'packages can be installed when the network is back')

    def package_names(self, needs):
        """One name for each need: the first one that apt knows."""
        every = [name for need in needs for name in need.packages['debian']]
        policy = _output(['apt-cache', 'policy', *every])
        known = set(re.findall(r'^(\S+):\n.*\n  Candidate: [^(]', policy, re.MULTILINE))
        return list(dict.fromkeys(
            next((name for name in need.packages['debian'] if name in known),
                 need.packages['debian'][0]) for need in needs))

    @staticmethod
    def may_become_root(command):
        if os.geteuid() == 0:
            return
        line = ' '.join(command)
        if not shutil.which('sudo'):
            raise Stop(f'root is needed, and there is no sudo. Have it done:\n'
                       f'           {line}\n       and start again')
        if subprocess.run(['sudo', '-v'], check=False).returncode:
            raise Stop(f'you may not become root here. Ask the administrator for:\n'
                       f'           {line}\n       and start again')

    @staticmethod
    def _apt(command):
        options = ['-q', '-y', '-o', 'DPkg::Lock::Timeout=600', '-o', 'Dpkg::Use-Pty=0',
                   '-o', 'APT::Status-Fd=3']
        # a descriptor of its own: apt takes it away from the packages' scripts, and one
        # of those that can't write to their output fails; sudo lets no other one through
        line = ['env', 'DEBIAN_FRONTEND=noninteractive', 'sh', '-c', 'exec "$@" 3>&1', 'sh',
                command[0], *options, *command[1:]]
        if os.geteuid():
            line.insert(0, 'sudo')
        return _with_progress(line)

    def _elsewhere(self, needs):
        family = self.family
        if family is None:
            text = (f'{self.name} is not known here. It lacks (Debian\'s names): ' +
                    ' '.join(need.packages['debian'][0] for need in needs))
        else:
            names = [(need, need.packages.get(family, ())) for need in needs]
            known = [found[0] for _, found in names if found]
            unknown = [need.look_for[0] for need, found in names if not found]
            text = f'{self.name} lacks these packages: {" ".join(known) or "none known"}'
            if unknown:
                text += f'\n       and, in no package known here: {" ".join(unknown)}'
            text += f'\n       (names from {family}\'s package lists, not tried)'
            if family in NOT_THERE:
                text += f'\n       {NOT_THERE[family]}'
        return text + ('\n       Install them and start again, or use the container, which '
                       'needs nothing else:\n           podman build -t mmlab . && '
                       'podman run --rm -it mmlab')


def _is_there(what):
    if what.startswith('/'):
        return bool(glob.glob(what))
    return shutil.which(what) is not None


def _output(command):
    return subprocess.run(command, capture_output=True, text=True, check=False,
                          env=dict(os.environ, LC_ALL='C', LANGUAGE='C')).stdout


def _with_progress(command):
    """Runs apt; what it says is shown when it fails. Its percents go to the terminal."""
    said, step = [], ''
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, errors='replace') as apt:
        for line in apt.stdout:
            status = re.match(r'(dl|pm)status:[^:]*:([0-9]+)', line)
            if not status:
                if not line.startswith('pmerror:'):	# which apt says in words, too
                    said.append(line)
            elif sys.stderr.isatty() and status.group(0) != step:
                step = status.group(0)
                word = {'dl': 'loading', 'pm': 'installing'}[status.group(1)]
                sys.stderr.write(f'\rsetup: {word} {status.group(2):>3} % ')
    if step:
        sys.stderr.write('\n')
    if apt.returncode:
        sys.stderr.write(''.join(said[-20:]))
    return apt.returncode == 0


def _simulate(command):
    return subprocess.run([command[0], '-s', *command[1:]], check=False,
                          capture_output=True).returncode == 0


def _sizes(command):
    """apt's own two lines on bytes to load and disk space to use."""
    text = _output([command[0], '--assume-no', '-o', 'Debug::NoLocking=1', *command[1:]])
    load = re.search(r'^Need to get ([^/\n]*/)?(.*?) of archives', text, re.MULTILINE) \
        or re.search(r'Download size: (.*/ )?(.*)', text)
    disk = re.search(r'^After this operation, (.*) of additional', text, re.MULTILINE) \
        or re.search(r'Space needed: ([^/\n]*)', text)
    words = []
    if load:
        words.append(f'{load.group(2)} to load')
    if disk:
        words.append(f'{disk.group(1).strip()} on disk')
    return ', '.join(words)
