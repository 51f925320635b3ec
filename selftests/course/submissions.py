#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""
A class of 30, graded in one run: solutions, skeletons, wrong answers and cheats. Each gets
what it deserves, and the host has no process and no file more afterwards.
"""

import csv
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
TOP = HERE.parents[1]
sys.path.insert(0, str(TOP / 'userspace/course'))

from grading import write  # noqa: E402

EXERCISE = '12-unusable'
BROKEN = 0

# what a student may try who has not solved it; {head} is the function's first lines
CHEATS = {
    'prints-ok': '{head}\tputs("ok 1 course_index_all");\n\treturn 0;\n}}\n',
    'exits': '{head}\t_exit(0);\n}}\n',
    'forks': '{head}\tfor (;;)\n\t\tfork();\n}}\n',
    'writes-the-verdict': '{head}\twrite(4, "1 0 0", 5);\n\treturn 0;\n}}\n',
    'reads-a-file': '#include "/etc/passwd"\n{head}\treturn 0;\n}}\n',
    'endless-include': '#include "/dev/zero"\n{head}\treturn 0;\n}}\n',
    'assembler': '{head}\tasm("syscall");\n\treturn 0;\n}}\n',
    'folded-assembler': '{head}\tas\\\nm("syscall");\n\treturn 0;\n}}\n',
    'folded-with-a-blank': '{head}\tas\\ \nm("syscall");\n\treturn 0;\n}}\n',
    'macro': '#define EXPECT(a, b)\n{head}\treturn 0;\n}}\n',
    'digraph': '%:define mmlab_test_fail\n{head}\treturn 0;\n}}\n',
    'constructor': '__attribute__((constructor)) static void f(void) {{ }}\n{head}\treturn 0;\n}}\n',
    'own-judge': 'void mmlab_test_fail(void);\nvoid mmlab_test_fail(void)\n{{\n}}\n{head}\treturn 0;\n}}\n',
    'own-puts': 'int puts(const char *s);\nint puts(const char *s)\n{{\n\treturn 0;\n}}\n{head}\treturn 0;\n}}\n',
    'calls-the-oracle': 'void mmlab_test_seed(void *r, u64 s);\n{head}\tmmlab_test_seed(0, 1);\n\treturn 0;\n}}\n',
    'loops': '{head}\tfor (;;)\n\t\tREAD_ONCE(order);\n}}\n',
    'recurses': '{head}\treturn mmlab_buddy_unusable_index(s, order + 1) + (int)order;\n}}\n',
    'null': '{head}\treturn *(volatile int *)NULL;\n}}\n',
    'large': 'static char x[1UL << 46];\n{head}\treturn x[order];\n}}\n',
    'nothing': '',
    'not-c': 'please give me points\n',
    'binary': '\0\1\2' * 1000,
    'deep': '{head}\treturn ' + '(' * 60000 + '0;\n}}\n',
}


def class_of(folder, spec):
    """The submissions: name and points that each deserves."""
    wanted = {}

    def hand_in(name, text, points):
        place = folder / name
        place.mkdir()
        (place / f'{EXERCISE}.c').write_text(text)
        wanted[name] = points

    for name, text in CHEATS.items():
        hand_in(name, text.format(head=spec.cut.head) if '{' in text else text, BROKEN)
    hand_in('skeleton', spec.skeleton(), 0)
    hand_in('solution', spec.solution(), spec.points)
    hand_in('with-comment', '/* puts(), fork() */\n' + spec.solution(), spec.points)
    helper = 'static u32 helper(u32 x)\n{\n\treturn x;\n}\n'
    hand_in('with-helper', helper + spec.solution().replace('!s->nr_free', '!helper(s->nr_free)'),
            spec.points)
    hand_in('edits-the-tests', spec.skeleton(), 0)
    tests = folder / 'edits-the-tests/selftests/host'
    tests.mkdir(parents=True)
    (tests / 'course_cases.c').write_text('int main(void) { return 0; }\n')
    (folder / 'edits-the-tests/Makefile').write_text('all:\n\ttouch ../harm\n')
    (folder / 'a-link').mkdir()
    (folder / f'a-link/{EXERCISE}.c').symlink_to(folder / f'solution/{EXERCISE}.c')
    wanted['a-link'] = 0
    (folder / 'a-pipe').mkdir()
    os.mkfifo(folder / f'a-pipe/{EXERCISE}.c')
    wanted['a-pipe'] = 0
    (folder / 'a-directory').mkdir()
    (folder / f'a-directory/{EXERCISE}.c').mkdir()
    wanted['a-directory'] = 0
    odd = folder / os.fsdecode(b'odd\x1b[2J\xff\n')
    odd.mkdir()
    (odd / f'{EXERCISE}.c').write_text(spec.solution().replace('\n', '\r\n'), newline='')
    wanted['odd?[2J\ufffd?'] = spec.points
    (folder / 'empty').mkdir()
    wanted['empty'] = 0
    hand_in('huge', '/*' + 'x' * (1 << 20) + '*/\n' + spec.solution(), 0)
    return wanted


def processes():
    """Those of the grader's programs, by their command."""
    found = 0
    for command in Path('/proc').glob('[0-9]*/cmdline'):
        try:
            found += b'/one_case' in command.read_bytes()
        except OSError:
            pass
    return found


class Tally:
    passed = failed = 0

    def result(self, good, name):
        print(f"{'ok' if good else 'not ok'} - {name}", flush=True)
        self.passed += bool(good)
        self.failed += not good


def main():
    spec, tally = write.Spec(EXERCISE), Tally()
    before = processes()
    grader = [sys.executable, TOP / 'userspace/course/grader', 'grade', '--exercise', EXERCISE]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        wanted = class_of(folder / 'class', spec) if (folder / 'class').mkdir() is None else {}
        table = folder / 'grades.csv'
        subprocess.run([*grader, '--csv', table, *sorted((folder / 'class').iterdir())],
                       check=True, capture_output=True)
        with open(table, newline='', encoding='utf-8') as file:
            got = {row['student']: int(row['points']) for row in csv.DictReader(file)}
        tally.result(len(wanted) >= 30, f'a class of {len(wanted)}')
        for student, points in sorted(wanted.items()):
            tally.result(got.get(student) == points,
                         f'{student} gets {got.get(student)} of {spec.points}, wanted {points}')
        tally.result(not (folder / 'harm').exists() and not (folder / 'class/harm').exists(),
                     'no program of a submission ran')
        tally.result(processes() <= before, 'no process is left')
        results = folder / 'results.json'
        done = subprocess.run([*grader, '--gradescope', results, '--classroom',
                               folder / 'class/solution'], check=True, capture_output=True)
        score = json.loads(results.read_text())
        tally.result(score['score'] == spec.points and score['tests'][0]['name'] == EXERCISE,
                     "Gradescope's results.json")
        tally.result(done.stdout.startswith(b'result='), "GitHub Classroom's result")
        subprocess.run([*grader, '--gradescope', results, folder / 'class/not-c'], check=True,
                       capture_output=True)
        said = json.loads(results.read_text())['tests'][0]['output']
        tally.result(f'{EXERCISE}.c:1:' in said and 'error: ' in said, "a build's error is shown")
        done = subprocess.run([*grader, '--csv', '-', folder / 'class/solution'], check=False,
                              capture_output=True, env={**os.environ, 'PATH': '/nowhere'})
        tally.result(done.returncode == 1 and b'the grader failed' in done.stderr and
                     b'Traceback' not in done.stderr, 'without a compiler, no student is graded')
    print(f'{tally.passed} passed, {tally.failed} failed, 0 skipped')
    sys.exit(1 if tally.failed else 0)


main()
