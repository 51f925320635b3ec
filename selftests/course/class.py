#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""
`course grade --lab`: a student with right answers and commands gets their points; claims
without an answer, another student's numbers, and commands that do nothing, print a verdict or
never end get none. Commands that leave processes behind, which make others without end, take
nothing from the next exercise.
"""

import csv
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / 'userspace/course'))

from grading import classroom, texts  # noqa: E402

SECRET = 'lane'
EXPERIMENTS = ('00-fault', '12-half', '17-shared')
CHEATS = {
    '00-fault': 'expect() { report met; }\nholds() { report met; }\nreport met; echo "met\tx" >&3\n',
    '12-half': 'for word in "$(cat /opt/student/jobs)" "$(cat /tmp/jobs)"; do\n'
               'printf "course\\t%s\\t12-half\\t%s\\n" "$(echo "$word" | head -n 1)" '
               '\'{"points": 4, "blocked": null, "steps": []}\' > /dev/ttyS0\ndone\n',
    '17-shared': 'while :; do :; done\n',
}
LOOPS = {
    '00-fault': 'trap "" TERM\nbomb() { bomb | bomb & }\nsetsid sh -c "bomb() { bomb | bomb & }; bomb" &\nbomb\n'
                'while :; do :; done\n',
    '17-shared': 'setsid sh -c "while :; do :; done" > /dev/ttyS0 &\nwhile :; do :; done\n',
}


def course(work, *words):
    """What `mmlab course` prints, in a student's directory."""
    return subprocess.run(
        [TOP / 'build/userspace/mmlab', 'course', *words], capture_output=True, text=True,
        check=False, env={**os.environ, 'MMLAB_COURSE_WORK': str(work),
                          'MMLAB_COURSE': str(TOP / 'Documentation/course'),
                          'MMLAB_COURSE_GRADER': str(TOP / 'userspace/course/grader')}).stdout


def answer_to_round(work, seed):
    """That of 08-round: the order, and what is too many."""
    pages = int(re.search(r'needs (\d+)', course(work, '--seed', seed, 'start', '08-round')).group(1))
    order = (pages - 1).bit_length()
    return f'{order} {(1 << order) - pages}'


def hunted(work, seed):
    """The function with the fault: a wrong answer shows it."""
    verdict = json.loads(course(work, '--seed', seed, 'check', '--json', '08-hunt', 'none'))
    return verdict['steps'][0]['want']


def commands(work, seed, name):
    text = course(work, '--seed', seed, 'solution', name)
    return re.search(r'^```sh\n(.*?)^```$', text, re.M | re.S).group(1)


def hand_in(folder, name, seed, lines, files):
    place = folder / name
    place.mkdir()
    (place / 'progress').write_text(f'seed {seed}\n' + ''.join(f'{line}\n' for line in lines))
    for exercise, text in files.items():
        (place / f'{exercise}.sh').write_text(text)


def class_of(folder, work):
    """The submissions; and by name of each, the exercises that get all points."""
    seed = str(classroom.seed_of(SECRET, 'right'))
    lines = [f'08-round done 1 0 0 {answer_to_round(work / "a", seed)}',
             f'08-hunt done 3 0 0 {hunted(work / "b", seed)}']
    files = {name: commands(work / 'c', seed, name) for name in EXPERIMENTS}
    hand_in(folder, 'right', seed, lines, files)
    hand_in(folder, 'copies', seed, lines, files)
    own = classroom.seed_of(SECRET, 'claims')
    hand_in(folder, 'claims', own, ['08-round done 1 0 0 1 1', '08-hunt done 3 0 0 main',
                                    '12-half done 4 0 0', '08-buddy done 2 0 0'], CHEATS)
    hand_in(folder, 'loops', classroom.seed_of(SECRET, 'loops'), [],
            {**LOOPS, '12-half': commands(work / 'd', str(classroom.seed_of(SECRET, 'loops')), '12-half')})
    (folder / 'empty').mkdir()
    # the commands of 12-half do for any numbers
    return {'right': {'08-round', '08-hunt', *EXPERIMENTS}, 'copies': {'12-half'}, 'claims': set(),
            'loops': {'12-half'}, 'empty': set()}


def main():
    subprocess.run([TOP / 'scripts/vm/build-programs', 'all'], check=True, capture_output=True)
    passed = failed = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / 'class'
        folder.mkdir()
        wanted = class_of(folder, Path(name))
        table = Path(name) / 'grades.csv'
        subprocess.run([sys.executable, TOP / 'userspace/course/grader', 'grade', '--lab',
                        '--secret', SECRET, '--exercise', '12-unusable', '--csv', table,
                        *sorted(folder.iterdir())], check=True)
        with open(table, newline='', encoding='utf-8') as file:
            rows = {row['student']: row for row in csv.DictReader(file)}
    points = {path.stem: int(texts.head(path)['points']) for path in texts.paths()}
    for student, exercises in wanted.items():
        for exercise in ('08-round', '08-hunt', '08-buddy', *EXPERIMENTS):
            want = points[exercise] if exercise in exercises else 0
            got = int(rows[student][exercise])
            print(f"{'ok' if got == want else 'not ok'} - {student} gets {got} for {exercise}, "
                  f'wanted {want}', flush=True)
            passed += got == want
            failed += got != want
    print(f'{passed} passed, {failed} failed, 0 skipped')
    sys.exit(1 if failed else 0)


main()
