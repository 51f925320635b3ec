#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""
The grader of the `write` exercises, tried: an unchanged skeleton gets nothing, the solution
gets all, and each wrong answer of wrong/EXERCISE what its row says. A row is a name, points
and a sed script for the solution. Arguments: only these exercises. --record writes the points
that were found into the rows; a reader then has to agree with them.
"""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
TOP = HERE.parents[1]
sys.path.insert(0, str(TOP / 'userspace/course'))

from grading import build, texts, write  # noqa: E402

ENOUGH = 8      # wrong answers of an exercise


def changed(text, script):
    return subprocess.run(['sed', script], input=text, capture_output=True, text=True,
                          check=True).stdout


class Tally:
    def __init__(self):
        self.passed = self.failed = 0

    def result(self, good, name, why=''):
        print(f"{'ok' if good else 'not ok'} - {name}{'' if good else ': ' + why}", flush=True)
        if good:
            self.passed += 1
        else:
            self.failed += 1


def rows(path):
    return [line.split('\t', 2) for line in path.read_text().splitlines()]


def students(spec):
    """Name, text and points of each answer that is tried."""
    yield 'the skeleton', spec.skeleton(), 0
    yield 'the solution', spec.solution(), spec.points
    for name, points, script in rows(HERE / 'wrong' / spec.name):
        text = changed(spec.solution(), script)
        yield name, text, None if text == spec.solution() else int(points.replace('?', '-1'))


def judge(grader, tally, spec, student):
    name, text, wanted = student
    if wanted is None:
        tally.result(False, f'{spec.name}: {name}', 'its script changes nothing')
        return name, 0
    points, results = grader.check(spec, text, seed=1)
    last = results[-1]
    tally.result(points == wanted, f'{spec.name}: {name} gets {points} of {spec.points}',
                 f'{wanted} wanted; {last.what}; wanted {last.want}, found {last.got}')
    if name == 'the skeleton':
        tally.result(results[0].met, f'{spec.name}: the skeleton compiles', results[0].text)
    return name, points


def record(spec, found):
    path = HERE / 'wrong' / spec.name
    path.write_text(''.join(f'{n}\t{found.get(n, p)}\t{s}\n' for n, p, s in rows(path)))


def main(argv):
    recording = '--record' in argv
    names = [a for a in argv if a != '--record'] or write.names()
    grader, tally = write.Grader(build.TOP / 'build/course'), Tally()
    for name in names:
        spec = write.Spec(name)
        head = texts.TEXTS / f'{name}.md'
        tally.result(head.exists() and int(texts.head(head)['points']) == spec.all_points,
                     f'{name}: its text has the points of its steps', str(spec.all_points))
        tally.result(len(rows(HERE / 'wrong' / name)) >= ENOUGH, f'{name}: wrong answers', 'too few')
        with ThreadPoolExecutor(max_workers=2) as pool:
            found = dict(pool.map(lambda s: judge(grader, tally, spec, s), students(spec)))
        if recording:
            record(spec, found)
    print(f'{tally.passed} passed, {tally.failed} failed, 0 skipped')
    sys.exit(1 if tally.failed or not tally.passed else 0)


main(sys.argv[1:])
