# SPDX-License-Identifier: GPL-2.0
"""The directory of what was downloaded and unpacked. Several users may share one
that only its owner can write."""
import contextlib
import fcntl
import os
import pwd
import re
import shutil

from tell import Stop, megabytes, say

# kbuild can't work below other paths, and the headers lie in the cache
PLAIN = re.compile(r'[A-Za-z0-9/._+@~-]+')


def directory():
    home = os.environ.get('XDG_CACHE_HOME') or os.path.expanduser('~/.cache')
    path = os.environ.get('MMLAB_CACHE') or os.path.join(home, 'mmlab')
    path = os.path.abspath(path)
    if not PLAIN.fullmatch(path):
        raise Stop(f'the cache would be "{path}", and kernel headers do not work '
                   'below a path with such characters;\n       set MMLAB_CACHE to '
                   'a directory with a plain name, as /var/tmp/mmlab')
    return path


class Cache:
    def __init__(self):
        self.path = directory()

    def __truediv__(self, name):
        return os.path.join(self.path, name)

    def has(self, name):
        return os.path.isdir(self / name)

    def prepare(self, what):
        """Makes the directory, or says why that is impossible."""
        try:
            os.makedirs(self / 'debs', exist_ok=True)
            if os.access(self.path, os.W_OK):
                return
            reason = f'it belongs to {self._owner()}'
        except OSError as error:
            reason = f'{error.strerror}: {error.filename}'
        raise Stop(f'the cache {self.path} lacks {what}, and can\'t be written '
                   f'({reason}).\n       Its owner can run scripts/setup; or set '
                   'MMLAB_CACHE to a directory of your own')

    def _owner(self):
        uid = os.stat(self.path).st_uid
        try:
            return pwd.getpwuid(uid).pw_name
        except KeyError:
            return f'user {uid}'

    def need_space(self, size):
        free = shutil.disk_usage(self.path).free
        if free < size:
            raise Stop(f'{self.path} has {megabytes(free)} of free space, and '
                       f'{megabytes(size)} are needed;\n       MMLAB_CACHE names '
                       'another directory')

    @contextlib.contextmanager
    def lock(self, name, other):
        """One at a time; says OTHER when it has to wait."""
        with open(self / name, 'w', encoding='utf-8') as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                say(f'{other} is at work, waiting for it')
                fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def make(self, name, fill):
        """Makes the directory NAME by FILL(directory), whole or not at all.

        The lock's holder makes one at a time. What a killed one left has the
        same name, so that the next one removes it.
        """
        if self.has(name):
            return
        part = self / f'part-{name}'
        shutil.rmtree(part, ignore_errors=True)
        os.makedirs(part)
        try:
            fill(part)
            os.rename(part, self / name)
        except BaseException:
            shutil.rmtree(part, ignore_errors=True)
            raise

    def remove_parts(self, prefix='part-'):
        """What a killed set-up left: its newer version may have another name."""
        for name in os.listdir(self.path):
            if name.startswith(prefix):
                shutil.rmtree(self / name, ignore_errors=True)

    def write(self, name, text):
        part = self / f'{name}.part'
        with open(part, 'w', encoding='utf-8') as file:
            file.write(text)
        os.rename(part, self / name)

    def read(self, name):
        try:
            with open(self / name, encoding='utf-8') as file:
                return file.read()
        except OSError:
            return ''
