# SPDX-License-Identifier: GPL-2.0
"""The list of a class, and each student's seed."""

import hashlib

from .handed_in import printable
from .say import _

MAX_NAME_BYTES = 200    # of a directory; 255 at most


def seed_of(secret, name):
    """A student's seed: the same each time, and not to be guessed without the secret."""
    return int.from_bytes(hashlib.sha256(f'{secret}/{name}'.encode()).digest()[:4], 'big')


def fault_of(name, seen):
    """Why a name can't be that of a directory of the class, or None."""
    if '/' in name or name.startswith('.'):
        return _('a name has no slash, and no point in front')
    if not name.isprintable():
        return _('a name has letters, digits, blanks and signs')
    if len(name.encode()) > MAX_NAME_BYTES:
        return _('a name has {} bytes at most').format(MAX_NAME_BYTES)
    if name.casefold() == 'texts':
        return _('this directory has the texts')
    if name.casefold() in seen:
        return _('a name is there once')
    return None


def names(path):
    """The names of a file, one a line. Ends the program at the first that is none."""
    try:
        with open(path, 'rb') as file:
            lines = file.read().decode().split('\n')
    except (OSError, UnicodeDecodeError) as why:
        raise SystemExit(f'course export: {path}: {getattr(why, "strerror", None) or why}') from None
    found = []
    for number, line in enumerate(lines, 1):
        name = line.strip(' \t\r')
        why = fault_of(name, {n.casefold() for n in found}) if name else None
        if why:
            raise SystemExit(f"course export: {path}:{number}: '{printable(name)}': {why}")
        found += [name] if name else []
    if not found:
        raise SystemExit(_('course export: {} has no name').format(path))
    return found
