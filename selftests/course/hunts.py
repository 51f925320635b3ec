#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""
The hunts: for each of them and two seeds, the program that a student gets is noticed by its
cases, the function that has the fault is the right answer, and another one is not. Arguments:
only these hunts.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / 'userspace/course'))

from grading import hunt  # noqa: E402

ENOUGH = 20     # faults to choose from
SECONDS = 120   # a fault may be a loop


def is_noticed(program):
    try:
        done = subprocess.run([program, 'ops=20000', 'first'], capture_output=True, check=False,
                              timeout=SECONDS)
    except subprocess.TimeoutExpired:
        return True
    return done.returncode != 0


def main(names):
    passed = failed = 0

    def result(good, name):
        nonlocal passed, failed
        print(f"{'ok' if good else 'not ok'} - {name}", flush=True)
        passed += good
        failed += not good

    with tempfile.TemporaryDirectory() as folder:
        for name in names or sorted(hunt.FILES):
            result(len(list(hunt.faults(hunt.FILES[name]))) >= ENOUGH, f'{name}: faults')
            for row in ('3', '1234'):
                os.environ['ROW'] = row
                hunt.start(name, folder)
                result(is_noticed(Path(folder) / f'{name}-lab'), f'{name}, {row}: its cases notice it')
                function = hunt.chosen(name).function
                result(hunt.check(name, f'{function}()')[0] and hunt.check(name, function)[0],
                       f'{name}, {row}: the right function')
                result(not hunt.check(name, 'schedule')[0], f'{name}, {row}: another one')
    print(f'{passed} passed, {failed} failed, 0 skipped')
    sys.exit(1 if failed or not passed else 0)


main(sys.argv[1:])
