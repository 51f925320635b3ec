#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""
The grader, given what a student may hand in and a virtual machine may say: lines that are
forged, bytes that are no text, numbers that are too large, names that are odd. It gives no
point for them, and does not end. What the grader itself lacks is no verdict.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / 'userspace/course'))

from grading import answers, build, handed_in, lab, run, source, students  # noqa: E402
from grading.failed import Failed  # noqa: E402

WORD = 'f' * 32
GOOD = '{"points": 3, "blocked": null, "steps": [{"what": "a", "met": true, "want": "1", "got": "1"}]}'
# no verdict of an exercise of 3 points
FORGED = {
    'empty': '', 'no JSON': 'right', 'a list': '[1]', 'a number': '3', 'null': 'null',
    'no steps': '{"points": 3, "blocked": null}',
    'steps that are none': '{"points": 3, "blocked": null, "steps": 5}',
    'a step that is none': '{"points": 3, "blocked": null, "steps": [7]}',
    'a step without words': '{"points": 3, "blocked": null, "steps": [{"met": false}]}',
    'a step that is not met': GOOD.replace('true', 'false'),
    'a step that is almost met': GOOD.replace('true', '"true"'),
    'points as text': GOOD.replace('3', '"3"'), 'half a point': GOOD.replace('3', '2.5'),
    'infinite points': GOOD.replace('3', '1e999'), 'no number': GOOD.replace('3', 'NaN'),
    'true points': GOOD.replace('3', 'true'), 'negative points': GOOD.replace('3', '-1'),
    'too many points': GOOD.replace('3', '4'), 'very many points': GOOD.replace('3', '9' * 5000),
    'deep': '[' * 100000, 'blocked': GOOD.replace('null', '"why"'),
}
ODD_NAMES = {
    'a slash': b'a/b', 'up': b'..', 'hidden': b'.ssh', 'an escape': b'a\x1b[2Jb', 'a zero': b'a\0b',
    'a tab': b'a\tb', 'no text': b'\xff\xfe', 'too long': b'x' * 201, 'the texts': b'texts',
    'twice': b'ann\nbob\nann', 'in two cases': b'Ann\nann', 'none': b'\n\n', 'a line end': 'a\u2028b'.encode(),
}


class Tally:
    passed = failed = 0

    def result(self, good, name, why=''):
        print(f"{'ok' if good else 'not ok'} - {name}{'' if good else f': {why!r}'}", flush=True)
        self.passed += bool(good)
        self.failed += not good

    def raises(self, kind, name, call, *words):
        """Something that ends by an exception of that kind."""
        try:
            found = call(*words)
        except kind as why:
            self.result(str(why), f'{name} ({why})')
        else:
            self.result(False, name, found)


def verdicts(tally):
    right = answers.grade_of(GOOD, 3)
    tally.result(right.points == 3 and right.most == 3, 'a verdict', right)
    for name, text in FORGED.items():
        grade = answers.grade_of(text, 3)
        tally.result(grade.points == 0 and grade.most == 3 and grade.why, f'a verdict: {name}', grade)


def virtual_machine(tally):
    """What student.sh and guest.sh print, and what others print beside them."""
    begin = f'course\t{WORD}\tbegin\n'
    said = (f'course\t00-fault\t{GOOD}\ncourse\t{"0" * 32}\t00-fault\t{GOOD}\n{begin}'
            f'course\t{WORD}\t99-more\t{GOOD}\ncourse\t{WORD}\t12-half\t{GOOD}\r\n\0\ncourse\n')
    found = answers.said_in_vm(said, WORD, ['00-fault', '12-half'], '')
    tally.result(found == {'00-fault': '', '12-half': GOOD}, "lines without the VM's word", found)
    tally.raises(Failed, 'no VM for a student', answers.said_in_vm, 'course\tx\tbegin\n', WORD, [],
                 'vm: error: no such kernel\n')
    began = 'course\tbegin\n'
    steps = lab.steps_of(f'{began}course\tcases\tmet\r\ncourse\tlaw\tunmet\tok\tBROKEN\n', '', 0)
    tally.result([steps[s][0] for s in lab.STEPS] == [True, False, False, True], 'the steps of a VM', steps)
    steps = lab.steps_of(f'{began}course\tcourse\tmet\ncourse\tcases\ncourse\tlaw\tmeet\n\tcourse\tleaks\tmet\n', '', 125)
    tally.result(not any(steps[s][0] for s in lab.STEPS), 'lines that are no steps', steps)
    steps = lab.steps_of(f'{began}course\tleaks\tunmet\t{"x" * 5000}\t1\n', '', 0)
    tally.result(len(steps['leaks'][1]) < 200, 'a field that is too long')
    for status in (0, 2, 123, 125):
        tally.raises(Failed, f'no VM for a write, status {status}', lab.steps_of,
                     'course\tlaw\tmet\n', 'vm: error: no such kernel\n', status)


def handed(tally, folder):
    """The file progress, and files that are none."""
    seed, lines = answers.progress(
        'seed 7\n00-sum done 1 0 0 1 -2 x\n01-limit done 1 1000000 0 1\nseed 18446744073709551616\n'
        '02-split done 1 ٣ 0 1\n04-hole done 1 -1 0 1\n06-again done\n06-stride done 1 2 0 a\0b -x ok\n'
        f'07-most done 1 0 0 {"9" * 9999}\nseed ７\n')
    tally.result(seed == 7, 'the seed', seed)
    tally.result(set(lines) == {'00-sum', '06-stride'}, 'lines of progress', lines)
    tally.result('01-limit' not in lines and '02-split' not in lines and '04-hole' not in lines,
                 'rounds that are too large, or no number', lines)
    tally.result('07-most' not in lines, 'an answer that is too long')
    tally.result(lines['00-sum'].answer == ['1', '-2', 'x'], 'an answer', lines['00-sum'])
    tally.result(lines['06-stride'].answer == ['ok'], 'words that are none', lines['06-stride'])
    path = folder / 'file'
    path.write_bytes(b'a\0\xff\r\n')
    tally.result(handed_in.read(path) == 'a\0\ufffd\n', 'bytes that are no text')
    path.write_bytes(b'x' * (handed_in.MAX_BYTES + 1))
    tally.result(handed_in.read(path) is None, 'a file that is too large')
    os.mkfifo(folder / 'fifo')
    (folder / 'link').symlink_to('/etc/passwd')
    tally.result(not any(handed_in.read(p) for p in (folder / 'fifo', folder / 'link', folder, folder / 'no')),
                 'files that are none')
    tally.result(handed_in.printable(os.fsdecode(b'a\x1b[2J\xff')) == 'a?[2J\ufffd', 'a name that is no text')


class Handed:
    """A student's directory in memory."""

    def __init__(self, **files):
        self.files = files

    def read(self, name):
        return self.files.get(name)


def seeds(tally):
    """Answers to another student's numbers count for nothing, and it is said why."""
    judge = answers.Judge.__new__(answers.Judge)
    judge.heads = {'00-sum': {'kind': 'predict', 'points': '3'}, '04-hole': {'kind': 'predict', 'points': '2'}}
    grades = judge.grade(Handed(progress='seed 7\n00-sum done 1 0 0 5\n').read, 8)
    tally.result(grades['00-sum'].points == 0 and 'seed 7' in grades['00-sum'].why and
                 'seed 8' in grades['00-sum'].why, "another student's numbers", grades)
    tally.result('seed' not in grades['04-hole'].why, 'what was not handed in', grades)


def export(tally, folder):
    path = folder / 'class.txt'
    for name, text in ODD_NAMES.items():
        path.write_bytes(text + b'\n')
        tally.raises(SystemExit, f'a name: {name}', students.names, path)
    tally.raises(SystemExit, 'no list', students.names, folder / 'none')
    path.write_text('Ann B\n  Özgür \n\n王芳\r\n', encoding='utf-8')
    tally.result(students.names(path) == ['Ann B', 'Özgür', '王芳'], 'names')
    path.write_text('ok\n../up\n', encoding='utf-8')
    done = subprocess.run([sys.executable, TOP / 'userspace/course/grader', 'export', path,
                           folder / 'handout', '--secret', 'x'], capture_output=True, check=False)
    tally.result(done.returncode == 1 and b'class.txt:2' in done.stderr and
                 not (folder / 'handout').exists(), 'an odd name, and nothing is made', done)


def sources(tally):
    for text in ('as\\\nm("")', 'as\\ \t\nm("")', '__asm__ ("")', ' # define A', '%: define A',
                 '_Pragma("once")', '__attribute__((constructor))'):
        tally.result(source.forbidden(text), f'what no body needs: {text!r}')
    tally.result(source.forbidden('/* # asm */ f("#asm", \'#\'); // _Pragma\n') is None,
                 'comments and strings')


def compilers(tally):
    said = "x.c: In function 'f':\nx.c:3:2: error: expected ';'\n  3 | }\n"
    tally.result(build.first_error(said) == "x.c:3:2: error: expected ';'", 'the line with the error')
    tally.result(build.first_error(' \n') and build.first_error('killed\n') == 'killed', 'no such line')
    try:
        build.run_compiler(['false'])
    except build.Broken as why:
        tally.result(str(why), 'a compiler that says nothing')
    build.SECONDS = 0.2
    tally.raises(build.Broken, 'a compiler without an end', build.run_compiler, ['sleep', '60'])


def limits(tally):
    os.environ['MMLAB_PATIENCE'] = '7'
    tally.result(run.patience() == 7 and f'--cpu={7 * run.CPU_SECONDS}' in run.limited('true')[1],
                 'the patience that is given')
    for given in ('', '0', '-1', 'x', '1' * 20):
        os.environ['MMLAB_PATIENCE'] = given
        least = run.patience()
        tally.result(1 <= least < 1000, f"the patience '{given}'", least)
    text = subprocess.run(run.limited('sh', '-c', 'ulimit -c; ulimit -f; ulimit -t; ulimit -s'),
                          capture_output=True, text=True, check=True).stdout.split()
    tally.result(text == ['0', str(run.OUTPUT_BYTES // 512), str(run.CPU_SECONDS * least), '8192'],
                 'the limits of a case', text)
    tally.raises(Failed, 'a command that there is not', build.output, '/no/such/command')
    tally.raises(Failed, 'a command that fails', build.output, 'false')


def main():
    tally = Tally()
    with tempfile.TemporaryDirectory() as name:
        verdicts(tally)
        virtual_machine(tally)
        handed(tally, Path(name))
        seeds(tally)
        export(tally, Path(name))
        sources(tally)
        compilers(tally)
        limits(tally)
    print(f'{tally.passed} passed, {tally.failed} failed, 0 skipped')
    sys.exit(1 if tally.failed else 0)


main()
