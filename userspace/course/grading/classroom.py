# SPDX-License-Identifier: GPL-2.0
"""For teachers: directories for a class, and the grades of its submissions."""

import argparse
import base64
import csv
import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from . import answers, build, handed_in, texts, write
from .say import _
from .students import names, seed_of

MAX_TEXT = 2000         # letters of what a compiler said

def export(argv):
    """A directory for each student of a list, and the texts without solutions."""
    parser = argparse.ArgumentParser(prog='course export', description=export.__doc__)
    parser.add_argument('students', help='a file with a name a line')
    parser.add_argument('directory', help='where the directories go; it is made')
    parser.add_argument('--secret', required=True, help='a word from which the seeds follow')
    options = parser.parse_args(argv)
    students = names(options.students)
    top = Path(options.directory)
    (top / 'texts').mkdir(parents=True, exist_ok=True)
    for path in texts.paths():
        (top / 'texts' / path.name).write_text(texts.without_solution(path.read_text()))
    for name in students:
        folder = top / name
        folder.mkdir(exist_ok=True)
        (folder / 'progress').write_text(f'seed {seed_of(options.secret, name)}\n')
        for exercise in write.names():
            (folder / f'{exercise}.c').write_text(write.Spec(exercise).skeleton())
    print(f'{len(students)} students, {len(write.names())} skeletons each, and the texts: {top}')


def why(result):
    """What a result says of an answer that is not right; all of it, of one that is no C."""
    if result.met:
        return ''
    text = _('{}: wanted {}, found {}').format(result.what, result.want, result.got)
    if result.what in (write.COMPILES, write.BUILDS):
        text += f'\n{result.text[:MAX_TEXT]}\n'
    return text


class Submission:
    """The directory of a student. Only files named after exercises are looked at."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.name = handed_in.printable(self.folder.resolve().name)
        self.tests = []

    def grade_lab(self, judge, secret):
        """What was done in the lab."""
        seed = None if secret is None else seed_of(secret, self.name)
        grades = judge.grade(lambda name: handed_in.read(self.folder / name), seed)
        for exercise, grade in grades.items():
            self.add(exercise, grade.points, grade.most, grade.why)

    def grade(self, grader, exercises, in_vm):
        for exercise in exercises:
            spec = write.Spec(exercise)
            most = spec.all_points if in_vm else spec.points
            text = handed_in.read(self.folder / f'{exercise}.c')
            if text is None:
                self.add(exercise, 0, most, _('no such file was handed in'))
                continue
            points, results = grader.check(spec, text)
            if in_vm and points == spec.points:
                more, results = grader.check_in_vm(spec, text)
                points += more
            self.add(exercise, points, most, '; '.join(filter(None, map(why, results))) or _('right'))

    def add(self, name, points, most, text):
        self.tests.append({'name': name, 'score': points, 'max_score': most, 'output': text})

    @property
    def points(self):
        return sum(t['score'] for t in self.tests)

    @property
    def most(self):
        return sum(t['max_score'] for t in self.tests)

    def gradescope(self):
        return {'score': self.points, 'tests': self.tests}

    def classroom(self):
        """What GitHub Classroom's grading reporter reads, in base64."""
        tests = [{'name': t['name'], 'score': t['score'], 'message': t['output'],
                  'status': 'pass' if t['score'] == t['max_score'] else 'fail'}
                 for t in self.tests]
        result = {'version': 1, 'max_score': self.most, 'tests': tests,
                  'status': 'pass' if self.points == self.most else 'fail'}
        return base64.b64encode(json.dumps(result).encode()).decode()


def write_csv(file, submissions):
    out = csv.writer(file)
    out.writerow(['student', *(t['name'] for t in submissions[0].tests), 'points', 'of'])
    for s in submissions:
        out.writerow([s.name, *(t['score'] for t in s.tests), s.points, s.most])


def grade(argv):
    """Grades the exercises of submissions, side by side: the `write` ones, and with --lab all."""
    parser = argparse.ArgumentParser(prog='course grade', description=grade.__doc__)
    parser.add_argument('submissions', nargs='+', metavar='DIR', help='a student\'s directory')
    parser.add_argument('--exercise', action='append', metavar='ID', choices=write.names(),
                        help='only this one; may be given again')
    parser.add_argument('--vm', action='store_true', help='what is right so far in the VM as well: '
                        'a minute more for each file')
    parser.add_argument('--lab', action='store_true', help='the others as well: the answers in '
                        'the file progress, the commands of experiments in files named ID.sh; '
                        'in a VM for each student, which takes minutes')
    parser.add_argument('--secret', help='the word of `course export`: answers to another '
                        'student\'s numbers count for nothing')
    parser.add_argument('--csv', metavar='FILE', help='a row for each student (standard output)')
    parser.add_argument('--gradescope', metavar='FILE', help='results.json of the one submission')
    parser.add_argument('--classroom', action='store_true',
                        help='the line "result=…" of GitHub Classroom, of the one submission')
    options = parser.parse_args(argv)
    exercises = options.exercise or write.names()
    grader = write.Grader(build.TOP / 'build/course')
    submissions = [Submission(folder) for folder in options.submissions]
    if len(submissions) > 1 and (options.gradescope or options.classroom):
        parser.error('--gradescope and --classroom are for one submission')
    judge = answers.Judge() if options.lab else None
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(lambda s: s.grade(grader, exercises, options.vm), submissions))
    for submission in submissions:
        if judge:
            submission.grade_lab(judge, options.secret)
        print(f'{submission.name}: {submission.points} of {submission.most} points',
              file=sys.stderr)
    if options.gradescope:
        Path(options.gradescope).write_text(json.dumps(submissions[0].gradescope(), indent=1))
    if options.classroom:
        print(f'result={submissions[0].classroom()}')
    if options.csv:
        with open(options.csv, 'w', newline='', encoding='utf-8') as file:
            write_csv(file, submissions)
    elif not options.gradescope and not options.classroom:
        write_csv(sys.stdout, submissions)
