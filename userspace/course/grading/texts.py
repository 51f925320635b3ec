# SPDX-License-Identifier: GPL-2.0
"""The heads of the exercises' texts, and texts without their solutions."""

from .build import TOP

TEXTS = TOP / 'Documentation/course'


def paths():
    return sorted(TEXTS.glob('[0-9]*.md'))


def head(path):
    """The lines between the dashes, as a dictionary."""
    parts = path.read_text(encoding='utf-8').split('---\n', 2)
    try:
        return dict(line.split(': ', 1) for line in parts[1].splitlines())
    except (IndexError, ValueError):
        raise ValueError(f'{path} does not begin with a head between lines of dashes') from None


def without_solution(text):
    return text.split('\n## Solution\n')[0] + '\n'
