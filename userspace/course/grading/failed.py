# SPDX-License-Identifier: GPL-2.0
"""What the grader needs and does not get. That is no verdict on a student."""

import subprocess

from .say import _


class Failed(Exception):
    """The grader can't judge; the message says why."""


def output(*command, **more):
    """What a command of the grader's own prints. Its errors go where the grader's go."""
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, errors='replace',
                              check=False, **more)
    except OSError as why:
        raise Failed(f'{command[0]}: {why.strerror}') from None
    if done.returncode:
        raise Failed(_('{} failed: exit status {}').format(command[0], done.returncode))
    return done.stdout.strip()
