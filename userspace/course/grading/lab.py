# SPDX-License-Identifier: GPL-2.0
"""The stage of a `write` in the VM: the module with a student's function in it."""

import fcntl
import subprocess
import tempfile
from pathlib import Path

from .failed import Failed, output
from .build import first_error
from .run import patience
from .say import _

TOP = Path(__file__).resolve().parents[3]
BUILD_MODULE = TOP / 'scripts/vm/build-module'
GUEST = Path(__file__).with_name('guest.sh')
BOOT_SECONDS = 40       # scripts/vm/boot allows more where it emulates
OPS = 2000              # of a random sequence: as on the host, but the VM may be emulated
BAD_ENDS = (123, 125)   # of scripts/vm/boot: the kernel complained, the VM was lost
WORDS = 150             # letters of a field

# each is a point of its own
STEPS = {
    'cases': _('its cases pass in the kernel as well'),
    'law': _('each frame of the lab is in one place: the conservation law'),
    'leaks': _('what was taken is given back'),
    'log': _('the kernel has nothing to complain of'),
}
POINTS = len(STEPS)


class Broken(Exception):
    """The module with the student's text can't be built; the message says why."""


class Lab:
    """Builds the module with another text for one of its files, and boots it."""

    def __init__(self, work):
        self.work = Path(work)
        output(TOP / 'scripts/setup')
        output(TOP / 'scripts/vm/build-programs', 'all')
        self.kdir = output(TOP / 'scripts/setup', '--print', 'KDIR')

    def check(self, path, text, cases, seed):
        """Which steps are met: by name, (True, '', '', '') or (False, WANTED, FOUND, TEXT)."""
        with open(self.work / 'vm.lock', 'w', encoding='utf-8') as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            return self.boot(self.build(path, text), cases, seed)

    def build(self, path, text):
        """The modules' directory."""
        message = self.make(path, text)
        # a tree that does not build without the student's text is not the student's fault
        if message and self.make(path, (TOP / path).read_text(encoding='utf-8')):
            raise Failed(_('the module does not build: {}').format(first_error(message)))
        if message:
            raise Broken(message)
        return Path(output(BUILD_MODULE, '--print-dir', self.kdir, 'BUILD=course/module'))

    def make(self, path, text):
        """Makes the modules. What was said if that fails, or nothing."""
        with tempfile.TemporaryDirectory(dir=self.work) as laid_over:
            source = Path(laid_over) / path
            source.parent.mkdir(parents=True)
            source.write_text(text, encoding='utf-8')
            done = subprocess.run(
                [BUILD_MODULE, '--with', laid_over, self.kdir, 'BUILD=course/module'],
                capture_output=True, text=True, errors='replace', check=False)
        if not done.returncode:
            return ''
        return done.stderr.strip() or done.stdout.strip() or first_error('')

    @staticmethod
    def boot(modules, cases, seed):
        done = subprocess.run(
            [TOP / 'scripts/vm/boot', '--name', 'course-write',
             '--timeout', str(BOOT_SECONDS * patience()),
             '--file', f'{modules}/mmlab.ko:/lib/modules/mmlab.ko',
             '--file', f'{modules}/mmlab_test.ko:/lib/modules/mmlab_test.ko',
             '--file', f'{TOP}/build/userspace/mmlab:/usr/bin/mmlab',
             '--file', f'{GUEST}:/opt/guest.sh',
             '--', 'sh', '/opt/guest.sh', str(seed), str(OPS), *cases],
            capture_output=True, text=True, errors='replace', check=False)
        return steps_of(done.stdout, done.stderr, done.returncode)


def last_words(text):
    """The line that says what became of the VM."""
    lines = [line.strip() for line in text.splitlines()]
    told = [line for line in lines if line and not line.startswith('vm: ')]
    return (told or lines or ['nothing'])[0][:150]


def steps_of(said, errors, status):
    """
    What scripts/vm/boot has printed, and its exit status, as steps. guest.sh begins with a line
    of its own: without it, there was no VM that a student's function could have ended.
    """
    found, began = {}, False
    for line in said.splitlines():
        fields = [field[:WORDS] for field in line.rstrip('\r').split('\t')]
        began |= fields == ['course', 'begin']
        if began and fields[0] == 'course' and len(fields) >= 3 and fields[1] in STEPS:
            want, got = (fields[3:] + ['', ''])[:2]
            if want and fields[1] == 'cases':
                want = _('a pass of {}').format(want)
            found[fields[1]] = (fields[2] == 'met', want, got, errors)
    if not began:
        raise Failed(_('the virtual machine did not start: {}').format(last_words(errors)))
    for name in ('cases', 'law', 'leaks'):
        found.setdefault(name, (False, _('an end of the test'), last_words(errors), errors))
    clean = status not in BAD_ENDS
    found['log'] = (clean, '', '', '') if clean else (False, _('a clean log'), last_words(errors), errors)
    return {name: found[name] for name in STEPS}
