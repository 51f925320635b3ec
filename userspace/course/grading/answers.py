# SPDX-License-Identifier: GPL-2.0
"""What a student has done in the lab: answers and commands, judged anew in a VM of their own."""

import json
import os
import re
import subprocess
import tempfile
from collections import namedtuple
from pathlib import Path

from . import build, hunt, texts
from .run import patience
from .say import _

TOP = build.TOP
GUEST = Path(__file__).with_name('student.sh')
BOOT_SECONDS = 120
MAX_SEED = 2**64

# A line of the file progress, whose form userspace/course/progress.h has
Line = namedtuple('Line', 'done round answer')
Grade = namedtuple('Grade', 'points most why')


def progress(text):
    """The seed, and the lines by exercise, of a student's file; what is no line is left out."""
    seed, lines = 1, {}
    for line in text.splitlines():
        words = line.split()
        if re.fullmatch(r'seed \d{1,20}', line) and int(words[1]) < MAX_SEED:
            seed = int(words[1])
        elif len(words) >= 5 and words[3].isdecimal() and int(words[3]) < 10**6:
            answer = [w for w in words[5:] if re.fullmatch(r'-?\d+|[^-\s]\S*', w)]
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
        subprocess.run([TOP / 'scripts/build-lab'], check=True, stderr=subprocess.DEVNULL)

    def grade(self, read, seed):
        """
        Each exercise's grade. @read gives the text of a file that was handed in, or None; @seed
        is the one that the student was given, or None: it is that of the file progress.
        """
        own, lines = progress(read('progress') or '')
        if seed is not None and seed != own:
            own, lines = seed, {}
        grades = {name: Grade(0, int(head['points']), _('nothing was handed in'))
                  for name, head in self.heads.items()}
        with tempfile.TemporaryDirectory(dir=TOP / 'build') as folder:
            jobs = list(self.jobs(Path(folder), read, own, lines))
            for name, text in self.verdicts(Path(folder), own, lines, jobs).items():
                grades[name] = self.grade_of(name, text)
        return grades

    def jobs(self, folder, read, seed, lines):
        """Lines for the VM; the commands of experiments are put into the folder."""
        for name, head in self.heads.items():
            line = lines.get(name)
            if head['kind'] == 'experiment':
                commands = read(f'{name}.sh')
                if commands is not None:
                    (folder / f'{name}.sh').write_text(commands)
                    yield f'{name} experiment {seed} 0'
            elif head['kind'] == 'predict' and line and line.done:
                yield f'{name} predict {seed} {line.round} {" ".join(line.answer)}'

    def verdicts(self, folder, seed, lines, jobs):
        """What `mmlab course check --json` says of each that was handed in."""
        found = {name: hunted(folder, name, seed, lines[name]) for name in hunt.FILES
                 if name in lines and lines[name].done}
        if not jobs:
            return found
        (folder / 'jobs').write_text('\n'.join(jobs) + '\n')
        done = subprocess.run(
            [TOP / 'scripts/lab-vm', '--name', 'course-student',
             '--timeout', str(BOOT_SECONDS * patience()), '--dir', f'{folder}:/opt/student',
             '--file', f'{GUEST}:/opt/student.sh', '--', 'sh', '/opt/student.sh'],
            capture_output=True, text=True, errors='replace', check=False)
        for job in jobs:
            found[job.split()[0]] = ''
        for line in done.stdout.splitlines():
            fields = line.split('\t')
            if len(fields) == 3 and fields[0] == 'course' and fields[1] in found:
                found[fields[1]] = fields[2]
        return found

    def grade_of(self, name, text):
        most = int(self.heads[name]['points'])
        try:
            verdict = json.loads(text)
        except ValueError:
            return Grade(0, most, _('its check came to no end'))
        wrong = [_('{}: wanted {}, found {}').format(step['what'], step['want'], step['got'])
                 for step in verdict['steps'] if not step['met']]
        return Grade(verdict['points'], most,
                     verdict['blocked'] or '; '.join(wrong) or _('right'))


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
        capture_output=True, text=True, check=False)
    return done.stdout
