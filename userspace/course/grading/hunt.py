# SPDX-License-Identifier: GPL-2.0
"""The exercises of kind hunt: a core with one fault of selftests/mutations, to be found."""

import os
import re
import subprocess
import tempfile
from collections import namedtuple
from pathlib import Path

from . import build
from .say import _

TOP = build.TOP
FILES = {'04-hunt': 'module/core/vma.c', '08-hunt': 'module/core/buddy.c',
         '10-hunt': 'module/core/slab.c', '07-hunt': 'module/core/pgtable.c'}

Fault = namedtuple('Fault', 'path text function')


def function_at(text, line):
    """The function that a line is in, or None."""
    found = None
    for number, content in enumerate(text.splitlines(), 1):
        if number > line:
            break
        head = re.match(r'(?:[a-z][\w \t*]*[ \t*])(\w+)\(', content)
        if head:
            found = head.group(1)
        elif content == '}' and number < line:
            found = None
    return found


def first_change(old, new):
    for number, (a, b) in enumerate(zip(old.splitlines(), new.splitlines()), 1):
        if a != b:
            return number
    return 0


def faults(path):
    """The rows of the table for a file whose fault the cases notice, each in a function."""
    text = (TOP / path).read_text()
    for table in sorted((TOP / 'selftests/mutations').iterdir()):
        for line in table.read_text().splitlines():
            row = re.split(r'\t+', line, maxsplit=3)
            if len(row) != 4 or row[1] != path or row[2] != 'host':
                continue
            changed = subprocess.run(['sed', row[3]], input=text, capture_output=True, text=True,
                                     check=True).stdout
            function = function_at(text, first_change(text, changed))
            # the validators are what finds faults: one there would be found by none
            if changed != text and function and 'valid' not in function:
                yield Fault(path, changed, function)


def chosen(name):
    """The fault of this student and this round: ROW is drawn from the seed."""
    all_of = list(faults(FILES[name]))
    return all_of[int(os.environ['ROW']) % len(all_of)]


def start(name, folder):
    """Builds the program of the core's cases, with the fault in it."""
    fault = chosen(name)
    builder = build.Builder(TOP / 'build/course')
    target = Path(folder) / f'{name}-lab'
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=TOP / 'build/course') as place:
        source = Path(place) / Path(fault.path).name
        source.write_text(fault.text, encoding='utf-8')
        student = Path(place) / 'faulty.o'
        builder.compile(source, fault.path, student, '-O0', '-w')
        builder.link_cases(fault.path, student, target)
    print('\n' + _('The program is {}. It runs the cases of the core; only=NAME runs some, '
                   'list names them.\nThe sound source is {}.').format(target, fault.path))


def check(name, answer):
    """Whether the answer names the function; and the function."""
    function = chosen(name).function
    return answer.strip().rstrip('()') == function, function
