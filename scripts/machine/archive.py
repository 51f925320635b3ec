# SPDX-License-Identifier: GPL-2.0
"""Debian's archive, seen by an apt of its own: sources, lists and packages lie in
the cache, and the system's apt isn't touched. It works wherever apt and dpkg do."""
import glob
import os
import shutil
import subprocess
import time

from tell import Progress, Stop, megabytes, say

DEBIAN = os.environ.get('MMLAB_DEBIAN')  # an archive of Debian, for other systems
KEYRINGS = '/usr/share/keyrings/debian-archive-keyring.*'
SECURE = ('bullseye', 'bookworm', 'trixie')  # the stable ones have updates for security
BELOW = {'experimental': 'sid'}  # it has what differs from another suite


def listed_archive():
    """The first address of Debian in the files of apt; it has fetched no lists yet."""
    parts = '/etc/apt/sources.list.d'
    names = sorted(os.listdir(parts)) if os.path.isdir(parts) else []
    for name in ['/etc/apt/sources.list', *(f'{parts}/{name}' for name in names)]:
        if os.path.isfile(name):
            with open(name, encoding='utf-8', errors='replace') as sources:
                for line in sources:
                    for word in [] if line.startswith('#') else line.split():
                        if '://' in word and word.rstrip('/').endswith('/debian'):
                            return word
    return None


def system_archives():
    """The addresses (main, security) that this system's apt has for Debian."""
    main = security = None
    try:
        lines = subprocess.run(
            ['apt-get', 'indextargets', '--format', '$(ORIGIN)|$(REPO_URI)|$(RELEASE)',
             'Created-By: Packages', 'Component: main'],
            capture_output=True, text=True, check=False).stdout.splitlines()
    except OSError:
        lines = []
    for line in lines:
        origin, uri, release = line.split('|')
        if origin not in ('Debian', ''):
            continue
        if release.endswith('-security'):
            security = security or uri
        elif uri.rstrip('/').endswith('/debian') or origin:
            main = main or uri
    main = main or DEBIAN or listed_archive()
    if not main:
        raise Stop('this system has no archive of Debian, from which the kernel comes;\n'
                   '       name one: MMLAB_DEBIAN=ADDRESS scripts/setup')
    return main, security or f'{main.rstrip("/")}-security'


class Archive:
    """The suite SUITE with packages for the given machines (Debian's names)."""

    def __init__(self, cache, name, suite, architecture='amd64'):
        self.path = cache / f'apt-{name}'
        self.debs = cache / 'debs'
        self.suite, self.architecture = suite, architecture
        self.environment = dict(os.environ, LC_ALL='C', LANGUAGE='C',
                                APT_CONFIG=os.path.join(self.path, 'apt.conf'))

    def configure(self, updates=True):
        """UPDATES: with the suite's updates for security, if it has such."""
        keys = sorted(glob.glob(KEYRINGS))
        if not keys:
            raise Stop('the keys of Debian\'s archive are missing; install the '
                       'package debian-archive-keyring')
        main, security = system_archives()
        places = [(main, self.suite)]
        if updates and self.suite in SECURE:
            places.append((security, f'{self.suite}-security'))
        preferred = ''
        if self.suite in BELOW:
            places.append((main, BELOW[self.suite]))
            preferred = f'APT::Default-Release "{self.suite}";\n'
        for name in ('sources', 'lists/partial', 'cache/archives/partial'):
            os.makedirs(os.path.join(self.path, name), exist_ok=True)
        machines = sorted({'amd64', self.architecture})
        self._write('status', '')
        self._write('sources/debian.sources', '\n'.join(
            f'Types: deb\nURIs: {uri}\nSuites: {suite}\nComponents: main\n'
            f'Architectures: {" ".join(machines)}\nSigned-By: {keys[0]}\n'
            for uri, suite in places))
        user = subprocess.run(['id', '-un'], capture_output=True, text=True,
                              check=False).stdout.strip() or 'root'
        self._write('apt.conf', f'''\
Dir::Etc::SourceList "/dev/null";
Dir::Etc::SourceParts "{self.path}/sources";
Dir::State "{self.path}";
Dir::State::Status "{self.path}/status";
Dir::Cache "{self.path}/cache";
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
APT::Architecture "amd64";
#clear APT::Architectures;
APT::Architectures {{ {' '.join(f'"{machine}";' for machine in machines)} }};
APT::Sandbox::User "{user}";
APT::Get::List-Cleanup "false";
APT::Update::Error-Mode "any";
Acquire::GzipIndexes "true";
Acquire::Languages "none";
Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled "false";
Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
Acquire::Retries "3";
{preferred}''')

    def _write(self, name, text):
        with open(os.path.join(self.path, name), 'w', encoding='utf-8') as file:
            file.write(text)

    def update(self):
        self.configure()
        say(f'fetching the package lists of Debian ({self.suite})')
        said = self._fetch_lists()
        if said and self.suite in SECURE:
            # a mirror may keep the two archives in different states, or lack the second
            self.configure(updates=False)
            if not self._fetch_lists():
                say('the lists of Debian\'s security updates did not come; packages are '
                    f'those of {self.suite} without them:\n{indent(said)}')
                return
        if said:
            raise Stop(f'Debian\'s package lists did not come:\n{indent(said)}\n'
                       '       Once everything is downloaded, no network is needed; '
                       'until then it is')

    def _fetch_lists(self):
        """What apt said of a failure, or ''. A mirror that changes right now serves lists
        that don't fit together: they are asked for again."""
        waits = [10, 20]
        while True:
            # lists that can't be had are no more than a warning by themselves
            done = subprocess.run(
                ['apt-get', '-q=2', 'update'], env=self.environment, stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False)
            if done.returncode == 0:
                return ''
            if not waits or 'sync' not in done.stderr:
                return done.stderr or f'apt-get update ends with {done.returncode}'
            time.sleep(waits.pop(0))

    def show(self, *packages):
        """{package: {field: value}} of the newest versions that are known."""
        if not os.path.exists(self.environment['APT_CONFIG']):
            return {}	# apt would take the system's configuration
        text = subprocess.run(
            ['apt-cache', 'show', '--no-all-versions', *packages], env=self.environment,
            capture_output=True, text=True, check=False).stdout
        found = {}
        for paragraph in text.split('\n\n'):
            fields = dict(line.split(': ', 1) for line in paragraph.splitlines()
                          if ': ' in line and not line.startswith(' '))
            if 'Package' in fields:
                found.setdefault(fields['Package'], fields)
        return found

    def depends(self, package, prefix, fields=None):
        """The first dependency of a package whose name begins with PREFIX."""
        if fields is None:
            fields = self.show(package).get(package.split(':')[0], {})
        for item in fields.get('Depends', '').replace('|', ',').split(','):
            name = item.split('(')[0].strip().removesuffix(':any')
            if name.startswith(prefix):
                return name
        return None

    def file_of(self, fields):
        version = fields['Version'].replace(':', '%3a')
        return f'{fields["Package"]}_{version}_{fields["Architecture"]}.deb'

    def missing(self, packages):
        return [fields for fields in packages
                if not os.path.exists(os.path.join(self.debs, self.file_of(fields)))]

    def download(self, packages):
        """Fetches what isn't in the cache; a download that broke off goes on.

        Superseded versions vanish from the archive, therefore the files are kept.
        """
        todo = self.missing(packages)
        if not todo:
            return
        part = os.path.join(self.debs, 'partial')
        os.makedirs(part, exist_ok=True)
        total = sum(int(fields['Size']) for fields in todo)
        say(f'downloading {megabytes(total)}: '
            + ' '.join(fields['Package'] for fields in todo))
        names = [f'{fields["Package"]}:{fields["Architecture"]}={fields["Version"]}'
                 .replace(':all=', '=') for fields in todo]
        with Progress(total, lambda: _bytes_in(part)):
            done = subprocess.run(
                ['apt-get', '-q=2', 'download', *names], cwd=part, env=self.environment,
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE, text=True, check=False)
        for fields in todo:
            name = self.file_of(fields)
            arrived = os.path.join(part, name)
            if done.returncode or not os.path.exists(arrived):
                raise Stop('the download broke off:\n' + indent(done.stderr) +
                           '\n       Start again when the network is back: it goes on '
                           'where it was')
            os.rename(arrived, os.path.join(self.debs, name))
        shutil.rmtree(part)

    def unpack(self, fields, root, exclude=()):
        """One downloaded package into ROOT, but for what fits a glob of EXCLUDE."""
        file = os.path.join(self.debs, self.file_of(fields))
        with subprocess.Popen(['dpkg-deb', '--fsys-tarfile', file],
                              stdout=subprocess.PIPE) as packed:
            done = subprocess.run(
                ['tar', '-x', '--no-same-owner', '-C', root,
                 *(f'--exclude={glob_}' for glob_ in exclude)],
                stdin=packed.stdout, check=False)
        if packed.returncode or done.returncode:
            raise Stop(f'{file} could not be unpacked')


def indent(text):
    return '\n'.join(f'         {line}' for line in text.strip().splitlines()[-6:])


def _bytes_in(directory):
    try:
        with os.scandir(directory) as entries:
            return sum(entry.stat().st_size for entry in entries)
    except OSError:
        return 0
