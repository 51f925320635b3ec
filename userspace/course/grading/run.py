# SPDX-License-Identifier: GPL-2.0
"""Runs one case in a process of its own, which may crash, hang and fill memory."""

import math
import os
import re
import secrets
import signal
import subprocess
from collections import namedtuple

from .say import _

CPU_SECONDS = 4         # of one case; a sound one takes less than one
WALL_SECONDS = 120      # a net for what sleeps
OUTPUT_BYTES = 1 << 20

LIMITS = ('--fsize={}'.format(OUTPUT_BYTES), '--core=0', '--stack={}'.format(8 << 20))

# passed, and else: what was wanted and found, and all that was printed
Outcome = namedtuple('Outcome', 'passed want got text')

ENVIRONMENT = {
    'PATH': '/usr/bin:/bin',
    'ASAN_OPTIONS': 'hard_rss_limit_mb=1024:detect_leaks=0:detect_stack_use_after_return=0',
    'UBSAN_OPTIONS': 'print_stacktrace=0',
}


def patience():
    """A factor for limits: MMLAB_PATIENCE, or how busy this machine is, as for the VMs."""
    given = os.environ.get('MMLAB_PATIENCE', '')
    if re.fullmatch('[1-9][0-9]{0,3}', given):
        return int(given)
    return max(1, math.ceil(os.getloadavg()[0] / os.cpu_count()))


def limited(*command):
    """The command, with limits for a case. Python may not set them between fork and exec: the
    submissions of a class are threads."""
    seconds = CPU_SECONDS * patience()
    return ['prlimit', f'--cpu={seconds}:{seconds + 1}', *LIMITS, *command]


def kill_group(process):
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()


def one_case(program, name, seed, ops, folder):
    """Runs a case; what it prints can't make it pass."""
    word = secrets.token_hex(16)
    reader, writer = os.pipe()
    log = folder / 'log'
    with open(log, 'wb') as out, subprocess.Popen(
            limited(program, name, str(seed), str(ops), str(writer)), stdin=subprocess.PIPE,
            stdout=out, stderr=out, pass_fds=[writer], start_new_session=True,
            env=ENVIRONMENT, cwd=folder) as process:
        os.close(writer)
        hung = False
        try:
            process.communicate(f'{word}\n'.encode(), timeout=WALL_SECONDS * patience())
        except subprocess.TimeoutExpired:
            hung = True
        kill_group(process)
    os.set_blocking(reader, False)
    try:
        report = os.read(reader, 200).decode(errors='replace')
    except BlockingIOError:
        report = ''
    os.close(reader)
    text = log.read_bytes()[-8000:].decode(errors='replace')
    return judge(report.split() == [word, '1', '0', '0'], report, process.returncode, hung, text)


def judge(passed, report, status, hung, text):
    if passed and status == 0:
        return Outcome(True, '', '', text)
    if hung or status in (-signal.SIGXCPU, -signal.SIGKILL) and 'rss limit' not in text:
        return Outcome(False, _('an end'), _('a loop that does not end'), text)
    if 'hard rss limit' in text:
        return Outcome(False, _('memory for what is needed'), _('more than 1 GiB'), text)
    fault = re.search(r'ERROR: AddressSanitizer: (\S+)|runtime error: (.*)', text)
    if fault:
        return Outcome(False, _('no crash'), fault.group(1) or fault.group(2), text)
    if not report:
        why = _('signal {}').format(-status) if status < 0 else \
            _('it ended with exit status {}').format(status)
        return Outcome(False, _('a verdict'), why, text)
    wrong = re.search(r'^# ([^\n]*?): want (\S+).*?, got (\S+)', text, re.M)
    if wrong:
        return Outcome(False, f'{wrong.group(1)}: {wrong.group(2)}', wrong.group(3), text)
    return Outcome(False, _('a pass'), _('a warning of the core'), text)
