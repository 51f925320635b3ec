# SPDX-License-Identifier: GPL-2.0
"""What a student has done in the lab: answers and commands, judged anew in a VM of their own."""

import json
import os
import re
import secrets
import subprocess
import tempfile
from collections import namedtuple
from pathlib import Path

from . import build, hunt, texts
from .failed import Failed, output
from .lab import last_words
from .run import patience
from .say import _

TOP = build.TOP
GUEST = Path(__file__).with_name('student.sh')
BOOT_SECONDS = 60       # scripts/vm/boot allows more where it emulates
JOB_SECONDS = 35        # student.sh ends one after 30
MAX_SEED = 2**64
MAX_WORDS = 4096        # letters of an answer

# A line of the file progress, whose form userspace/course/progress.h has
Line = namedtuple('Line', 'done round answer')
Grade = namedtuple('Grade', 'points most why')


def progress(text):
    """The seed, and the lines by exercise, of a student's file; what is no line is left out."""
    seed, lines = 1, {}
    for line in text.splitlines():
        words = line.split()
        if re.fullmatch(r'seed [0-9]{1,20}', line) and int(words[1]) < MAX_SEED:
            seed = int(words[1])
        elif len(words) >= 5 and re.fullmatch(r'[0-9]{1,6}', words[3]):
            answer = [w for w in words[5:] if w.isprintable() and
                      re.fullmatch(r'-?[0-9]+|[^-]\S*', w)]
            if len(' '.join(answer)) <= MAX_WORDS:
                lines[words[0]] = Line(words[1] == 'done', int(words[3]), answer)
    return seed, lines


def exercises():
    """The exercises that are done in the lab, or by an answer, with their heads."""
    heads = {path.stem: texts.head(path) for path in texts.paths()}
    return {name: head for name, head in heads.items() if head['kind'] != 'write'}


class Judge:
    """Judges students, one after the other."""

    def __init__(self):
        self.heads = exercises()
        output(TOP / 'scripts/build-lab', stderr=subprocess.DEVNULL)

    def grade(self, read, seed):
        """
        Each exercise's grade. @read gives the text of a file that was handed in, or None; @seed
        is the one that the student was given, or None: it is that of the file progress.
        """
        own, lines = progress(read('progress') or '')
        grades = {name: Grade(0, int(head['points']), _('nothing was handed in'))
                  for name, head in self.heads.items()}
        if seed is not None and seed != own:
            for name in grades.keys() & lines.keys():
                grades[name] = grades[name]._replace(why=_(
                    'the answer is to the numbers of seed {}; this student has seed {}').format(
                        own, seed))
            own, lines = seed, {}
        with tempfile.TemporaryDirectory(dir=TOP / 'build') as folder:
            jobs = list(self.jobs(Path(folder), read, own, lines))
            for name, text in self.verdicts(Path(folder), own, lines, jobs).items():
                grades[name] = grade_of(text, int(self.heads[name]['points']))
        return grades

    def jobs(self, folder, read, seed, lines):
        """Lines for the VM; the commands of experiments are put into the folder."""
        for name, head in self.heads.items():
            line = lines.get(name)
            if head['kind'] == 'experiment':
                commands = read(f'{name}.sh')
                if commands is not None:
                    (folder / f'{name}.sh').write_text(commands, encoding='utf-8')
                    yield f'{name} experiment {seed} 0'
            elif head['kind'] == 'predict' and line and line.done:
                yield f'{name} predict {seed} {line.round} {" ".join(line.answer)}'

    def verdicts(self, folder, seed, lines, jobs):
        """What `mmlab course check --json` says of each that was handed in."""
        found = {name: hunted(folder, name, seed, lines[name]) for name in hunt.FILES
                 if name in lines and lines[name].done}
        if not jobs:
            return found
        word = secrets.token_hex(16)
        (folder / 'jobs').write_text('\n'.join([word, *jobs]) + '\n', encoding='utf-8')
        seconds = (BOOT_SECONDS + JOB_SECONDS * len(jobs)) * patience()
        done = subprocess.run(
            [TOP / 'scripts/lab-vm', '--name', 'course-student',
             '--timeout', str(seconds), '--dir', f'{folder}:/opt/student',
             '--file', f'{GUEST}:/opt/student.sh', '--', 'sh', '/opt/student.sh'],
            capture_output=True, text=True, errors='replace', check=False)
        return found | said_in_vm(done.stdout, word, [job.split()[0] for job in jobs],
                                  done.stderr)

def said_in_vm(said, word, names, errors):
    """
    By name, what student.sh said in the VM; empty, of a job that it said nothing of. Its lines
    have @word, which it hides from the commands; the first line says that it began.
    """
    found, began = {name: '' for name in names}, False
    for line in said.splitlines():
        fields = line.split('\t')
        began |= fields == ['course', word, 'begin']
        if len(fields) == 4 and fields[:2] == ['course', word] and fields[2] in found:
            found[fields[2]] = fields[3]
    if not began:
        raise Failed(_('the virtual machine did not start: {}').format(last_words(errors)))
    return found


def grade_of(text, most):
    """A verdict of `mmlab course check --json`, if it is one, as a grade."""
    try:
        verdict = json.loads(text)
        points, blocked = verdict['points'], verdict['blocked']
        wrong = [_('{}: wanted {}, found {}').format(step['what'], step['want'], step['got'])
                 for step in verdict['steps'] if step['met'] is not True]
    except (ValueError, TypeError, KeyError, RecursionError):
        return Grade(0, most, _('its check came to no end'))
    if blocked is not None or wrong or type(points) is not int or not 0 <= points <= most:
        return Grade(0, most, str(blocked or '; '.join(wrong) or _('its check came to no end')))
    return Grade(points, most, _('right'))


def hunted(folder, name, seed, line):
    """The verdict on a hunt, which needs the sources and no lab."""
    work = folder / 'hunt'
    work.mkdir(exist_ok=True)
    (work / 'progress').write_text(f'seed {seed}\n{name} open 0 {line.round} 0\n')
    done = subprocess.run(
        [TOP / 'build/userspace/mmlab', 'course', 'check', '--json', name, '--', *line.answer],
        env={**os.environ, 'MMLAB_COURSE_WORK': str(work),
             'MMLAB_COURSE': str(TOP / 'Documentation/course'),
             'MMLAB_COURSE_GRADER': str(TOP / 'userspace/course/grader')},
        capture_output=True, text=True, errors='replace', check=False)
    if done.returncode not in (0, 1):
        raise Failed(f'{name}: {last_words(done.stdout + done.stderr)}')
    return done.stdout
