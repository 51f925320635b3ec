# SPDX-License-Identifier: GPL-2.0
"""The stage of a `write` in the VM: the module with a student's function in it."""

import fcntl
import subprocess
from pathlib import Path

from .run import patience
from .say import _

TOP = Path(__file__).resolve().parents[3]
GUEST = Path(__file__).with_name('guest.sh')
BOOT_SECONDS = 40       # scripts/vm/boot allows more where it emulates
OPS = 2000              # of a random sequence: as on the host, but the VM may be emulated
BAD_ENDS = (123, 125)   # of scripts/vm/boot: the kernel complained, the VM was lost

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


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


class Lab:
    """Builds the module with another text for one of its files, and boots it."""

    def __init__(self, work):
        self.work = Path(work)
        subprocess.run([TOP / 'scripts/setup'], check=True, stdout=subprocess.DEVNULL)
        subprocess.run([TOP / 'scripts/vm/build-programs', 'all'], check=True,
                       stdout=subprocess.DEVNULL)
        self.kdir = output(TOP / 'scripts/setup', '--print', 'KDIR')

    def check(self, path, text, cases, seed):
        """Which steps are met: by name, (True, '', '', '') or (False, WANTED, FOUND, TEXT)."""
        with open(self.work / 'vm.lock', 'w', encoding='utf-8') as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            return self.boot(self.build(path, text), cases, seed)

    def build(self, path, text):
        """The modules' directory."""
        laid_over = self.work / 'over'
        source = laid_over / path
        source.parent.mkdir(parents=True, exist_ok=True)
        source.write_text(text)
        script = [TOP / 'scripts/vm/build-module']
        try:
            done = subprocess.run([*script, '--with', laid_over, self.kdir, 'BUILD=course/module'],
                                  capture_output=True, text=True, check=False)
        finally:
            source.unlink()
        if done.returncode:
            raise Broken(done.stderr.strip() or done.stdout.strip())
        return Path(output(*script, '--print-dir', self.kdir, 'BUILD=course/module'))

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
    """What scripts/vm/boot has printed, and its exit status, as steps."""
    found = {}
    for line in said.splitlines():
        fields = line.rstrip('\r').split('\t')
        if fields[0] == 'course' and len(fields) >= 3 and fields[1] in STEPS:
            want, got = (fields[3:] + ['', ''])[:2]
            if want and fields[1] == 'cases':
                want = _('a pass of {}').format(want)
            found[fields[1]] = (fields[2] == 'met', want, got, errors)
    for name in ('cases', 'law', 'leaks'):
        found.setdefault(name, (False, _('an end of the test'), last_words(errors), errors))
    clean = status not in BAD_ENDS
    found['log'] = (clean, '', '', '') if clean else (False, _('a clean log'), last_words(errors), errors)
    return {name: found[name] for name in STEPS}
