# SPDX-License-Identifier: GPL-2.0
"""The files of a student, which may be anything."""

import os
import stat

MAX_BYTES = 64 << 10


def read(path):
    """
    The text of a regular file of a sane size, with ends of lines as Unix has them; of any
    other, None. It never waits.
    """
    try:
        file = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        about = os.fstat(file)
        if not stat.S_ISREG(about.st_mode) or about.st_size > MAX_BYTES:
            return None
        text = os.read(file, MAX_BYTES).decode(errors='replace')
        return text.replace('\r\n', '\n').replace('\r', '\n')
    finally:
        os.close(file)


def printable(text):
    """Without what a terminal or a table would take for a command."""
    text = os.fsencode(text).decode(errors='replace')
    return ''.join(c if c.isprintable() else '?' for c in text)
