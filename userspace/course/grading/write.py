# SPDX-License-Identifier: GPL-2.0
"""The exercises of kind write: their steps, the student's file, the verdict."""

import re
import secrets
import shutil
import tempfile
import threading
import time
from collections import namedtuple
from pathlib import Path

from . import build, lab, run, source
from .say import _

TOP = build.TOP
SPECS = TOP / 'userspace/course/write'
OPS = 20000     # of a random sequence
SCALE = {'vmalloc_random': 50}  # a case that makes so many times fewer
COMPILES = _('it compiles without a warning, and calls what the core may call')

BUILDS = _('the module builds with it')

Step = namedtuple('Step', 'points what cases random')
# What came of a step, in the words of the report
Result = namedtuple('Result', 'met what want got text')


class Spec:
    """
    A file of userspace/course/write: `file PATH` and `function NAME`, which is cut out; lines
    `skeleton CODE` in its place, or what does nothing; and in the order of teaching
    `step POINTS WHAT: CASE…` and `random POINTS WHAT: CASE…`.
    """

    def __init__(self, name):
        self.name = name
        self.steps = []
        skeleton = ''
        for line in (SPECS / name).read_text().splitlines():
            word, rest = line.split(' ', 1)
            if word == 'file':
                self.path = rest
            elif word == 'function':
                self.function = rest
            elif word == 'skeleton':
                skeleton += f'\t{rest}\n'
            elif word in ('step', 'random'):
                points, what, cases = re.fullmatch(r'(\d+) (.*): ([\w ]+)', rest).groups()
                self.steps.append(Step(int(points), _(what), cases.split(), word == 'random'))
        self.text = (TOP / self.path).read_text()
        self.cut = source.find(self.text, self.function)
        self.skeleton_body = skeleton or source.default_body(self.cut.head)

    @property
    def points(self):
        """Those of the steps, which need no VM."""
        return sum(step.points for step in self.steps)

    @property
    def all_points(self):
        return self.points + lab.POINTS

    @property
    def cases(self):
        """Those that are in the kernel's test module as well."""
        return [c for step in self.steps for c in step.cases if not c.startswith('course_')]

    def whole(self, text):
        """The file, with the student's text."""
        return source.splice(self.text, self.cut, text, f'{self.name}.c', self.path)

    def skeleton(self):
        return (f'/*\n * {self.name}: write the body of {self.function}(), which is in {self.path}.\n'
                f" * make course COURSE='check {self.name}'\n */\n"
                f'{self.cut.head}{self.skeleton_body}}}\n')

    def solution(self):
        return self.text[self.cut.start:self.cut.end]


def names():
    return sorted(p.name for p in SPECS.iterdir())


class Grader:
    """Judges students' files, one after the other."""

    def __init__(self, work):
        self.work = Path(work)
        self.work.mkdir(parents=True, exist_ok=True)
        self.builder = build.Builder(self.work)
        self.lab = None
        self.lock = threading.Lock()    # submissions are graded side by side

    def check_in_vm(self, spec, text, seed=None):
        """Judges in the VM what has passed all steps. Returns as check() does."""
        with self.lock:
            self.lab = self.lab or lab.Lab(self.work)
        try:
            found = self.lab.check(spec.path, spec.whole(text), spec.cases,
                                   seed or secrets.randbits(32))
        except lab.Broken as why:
            message = str(why)
            return 0, [Result(False, BUILDS, '', build.first_error(message), message)]
        results = [Result(met, lab.STEPS[name], want, got, more)
                   for name, (met, want, got, more) in found.items()]
        return sum(result.met for result in results), results

    def check(self, spec, text, seed=None):
        """Judges a student's file. Returns the points and what came of each step."""
        folder = Path(tempfile.mkdtemp(prefix='student.', dir=self.work))
        try:
            return self.check_in(folder, spec, text, seed or secrets.randbits(32))
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def check_in(self, folder, spec, text, seed):
        try:
            program = self.compile(folder, spec, text)
        except build.Broken as why:
            message = str(why)
            return 0, [Result(False, COMPILES, '', build.first_error(message), message)]
        points, results = 0, [Result(True, COMPILES, '', '', '')]
        for step in spec.steps:
            result = self.run_step(folder, program, step, seed)
            results.append(result)
            if not result.met:
                break
            points += step.points
        return points, results

    def compile(self, folder, spec, text):
        bad = source.forbidden(text)
        if bad:
            raise build.Broken(_('{}.c has {}, which no body needs').format(spec.name, bad))
        return self.builder.program(spec.path, spec.whole(text), folder)

    @staticmethod
    def run_step(folder, program, step, seed):
        for case in step.cases:
            outcome = run.one_case(program, case, seed, OPS * SCALE.get(case, 1), folder)
            if not outcome.passed:
                at = _('{}, seed {}').format(case, seed) if step.random else case
                return Result(False, step.what, outcome.want, _('{} (case {})').format(outcome.got, at),
                              outcome.text)
        return Result(True, step.what, '', '', '')


def start(spec, folder):
    """The student's file, if there is none yet."""
    path = Path(folder) / f'{spec.name}.c'
    if path.exists():
        print('\n' + _('Your file is {}.').format(path))
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(spec.skeleton())
    print('\n' + _('Write into {}. The rest of the file is {}.').format(path, spec.path))


def reset(spec, folder):
    """A new skeleton; the old file is laid aside."""
    path = Path(folder) / f'{spec.name}.c'
    if path.exists():
        path.rename(path.with_suffix(f'.{int(time.time())}.c'))
    start(spec, folder)
