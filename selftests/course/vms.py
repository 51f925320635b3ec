#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""
The stage of the `write` exercises in the VM: the solution gets all its points, and an answer
that is right on the host and wrong in the kernel gets what its row of wrong-in-vm says. A row
is an exercise, a name, the steps that are met, and a sed script for the solution. Arguments:
only the rows with these names.
"""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
TOP = HERE.parents[1]
sys.path.insert(0, str(TOP / 'userspace/course'))

from grading import build, lab, write  # noqa: E402


def rows():
    for line in (HERE / 'wrong-in-vm').read_text().splitlines():
        exercise, name, steps, script = line.split('\t', 3)
        yield exercise, name, steps.split(), script


def judge(grader, exercise, steps, script):
    """What is wrong with the grader's verdict; empty: nothing."""
    spec = write.Spec(exercise)
    text = subprocess.run(['sed', script], input=spec.solution(), capture_output=True, text=True,
                          check=True).stdout
    if script and text == spec.solution():
        return 'its script changes nothing'
    points, results = grader.check(spec, text)
    if points != spec.points:
        return f'{points} points on the host: {results[-1].what}: {results[-1].got}'
    points, results = grader.check_in_vm(spec, text)
    if results[0].what == write.BUILDS and 'error: ' not in results[0].got:
        return f'no error is named: {results[0].got}'
    names = {what: name for name, what in lab.STEPS.items()}
    met = [names[r.what] for r in results if r.met]
    if met == steps and points == len(steps):
        return ''
    return f'met: {met}; ' + '; '.join(
        f'{r.what}: wanted {r.want}, found {r.got}\n{r.text}' for r in results if not r.met)


def main(argv):
    grader = write.Grader(build.TOP / 'build/course')
    passed = failed = 0
    for exercise, name, steps, script in rows():
        if argv and name not in argv:
            continue
        why = judge(grader, exercise, steps, script)
        print(f"{'not ok' if why else 'ok'} - {exercise}: {name}{why and ': ' + why}", flush=True)
        passed += not why
        failed += bool(why)
    print(f'{passed} passed, {failed} failed, 0 skipped')
    sys.exit(1 if failed or not passed else 0)


main(sys.argv[1:])
