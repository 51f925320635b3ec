# SPDX-License-Identifier: GPL-2.0
"""Compiles a student's function into the core, and refuses what the core may not call."""

import re
import shlex
import subprocess
from pathlib import Path

from .failed import output
from .run import patience
from .say import _

TOP = Path(__file__).resolve().parents[3]
HOST = TOP / 'selftests/host'
SECONDS = 60    # for the compiler: a net, not a judgement

SANITIZERS = ['-fsanitize=address,undefined', '-fno-sanitize-recover=all']
# what a compiler may make of a loop, and of a fortified call
COMPILERS = {'memset', 'memcpy', 'memmove', 'memcmp', '_GLOBAL_OFFSET_TABLE_',
             '__stack_chk_fail'}


class Broken(Exception):
    """The student's text can't be compiled in; the message says why."""


def make(objects, *goals):
    """The Makefile of the core's cases; pristine objects go to OBJDIR."""
    return output('make', '--no-print-directory', '-s', '-j2', '-C', HOST, f'OBJDIR={objects}',
                  *goals)


def first_error(message):
    """Of what a compiler says, the line that tells most."""
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    found = [line for line in lines if re.search(r'\b(error|warning): ', line)]
    return (found or lines or [_('nothing was said')])[0][:150]


class Builder:
    """Pristine objects of core and cases, and the programs that a student's file makes."""

    def __init__(self, work):
        self.objects = Path(work) / 'host'
        make(self.objects, 'objects')
        self.flags = shlex.split(make(self.objects, 'flags'))
        bare = self.objects / 'bare'
        self.all = sorted(bare.glob('module/*/*.o')) + sorted(
            bare / f'selftests/host/{name}.o'
            for name in ('env', 'one_case', 'course_cases', 'shim/custom', 'shim/dup_rbtree'))
        self.core = [o for o in self.all if o.parent.name == 'core']
        self.may_call = set(COMPILERS)
        for pristine in self.core:
            self.may_call |= symbols(pristine, '-u') | symbols(pristine, '--defined-only')

    def pristine(self, path):
        return self.objects / 'bare' / Path(path).with_suffix('.o')

    def program(self, path, text, folder):
        """The file PATH of the core is TEXT: the program that runs a case of it."""
        source = folder / Path(path).name
        source.write_text(text, encoding='utf-8')
        bare = folder / 'bare.o'
        # a skeleton uses less than the whole does
        self.compile(source, path, bare, '-O1', '-Wno-unused-function')
        self.inspect(path, bare)
        student = folder / 'student.o'
        self.compile(source, path, student, '-O1', '-w', *SANITIZERS)
        program = folder / 'one_case'
        others = [o for o in self.all if o != self.pristine(path)]
        run_compiler(['gcc', '-pthread', *SANITIZERS, '-o', program, student, *others])
        return program

    def link_cases(self, path, student, target):
        """The program of all cases, with another object in the place of one."""
        host = self.objects / 'bare/selftests/host'
        others = [o for o in self.all if o not in (self.pristine(path), host / 'one_case.o',
                                                   host / 'course_cases.o')]
        mains = [host / f'{name}.o' for name in ('cases_main', 'shim_cases', 'threads_cases',
                                                 'slab_threads_cases')]
        run_compiler(['gcc', '-pthread', '-o', target, student, *others, *mains])

    def compile(self, source, path, target, *flags):
        run_compiler(['gcc', *self.flags, '-iquote', TOP / Path(path).parent, *flags, '-c',
                      '-o', target, source])

    def inspect(self, path, student):
        """By its symbols, the object is as harmless as the one in whose place it stands."""
        calls = symbols(student, '-u') - self.may_call
        if calls:
            raise Broken(_('it calls what the core may not: {}').format(', '.join(sorted(calls))))
        new = (symbols(student, '-g', '--defined-only') -
               symbols(self.pristine(path), '-g', '--defined-only'))
        if new:
            raise Broken(_('it defines {}: make it static').format(', '.join(sorted(new))))


def run_compiler(command):
    try:
        done = subprocess.run(command, capture_output=True, text=True, errors='replace',
                              timeout=SECONDS * patience(), check=False)
    except subprocess.TimeoutExpired:
        raise Broken(_('the compiler does not come to an end')) from None
    if done.returncode:
        raise Broken(done.stderr.strip() or
                     _('the compiler ended with exit status {}').format(done.returncode))


def symbols(path, *flags):
    text = output('nm', *flags, path)
    return {re.split(r'\s+', line.strip())[-1] for line in text.splitlines() if line.strip()}
