# SPDX-License-Identifier: GPL-2.0
"""The heads of the exercises' texts, and texts without their solutions."""

from .build import TOP

TEXTS = TOP / 'Documentation/course'


def paths():
    return sorted(TEXTS.glob('[0-9]*.md'))


def head(path):
    """The lines between the dashes, as a dictionary."""
    lines = path.read_text().split('---\n')[1].splitlines()
    return dict(line.split(': ', 1) for line in lines)


def without_solution(text):
    return text.split('\n## Solution\n')[0] + '\n'
