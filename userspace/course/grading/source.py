# SPDX-License-Identifier: GPL-2.0
"""Cuts a function out of a source of the core, and puts a student's in its place."""

import re
from collections import namedtuple

from .say import _

Function = namedtuple('Function', 'start end head body')

# what a body may do without, and a cheat can't
FORBIDDEN = (
    (re.compile(r'#|%:|\?\?='), _('a line of the preprocessor')),
    (re.compile(r'\b(_|__)?asm(__)?\b'), _('assembler')),
    (re.compile(r'\b__attribute(__)?\b'), _('an attribute')),
    (re.compile(r'\b_Pragma\b'), _('a pragma')),
)


def find(text, name):
    """The definition of a function: kernel style has its braces in the first column."""
    head = re.search(r'^(?:[a-z][\w \t]*[ \t*]\*?)?' + re.escape(name) + r'\([^;{}]*\)\n\{\n',
                     text, re.M)
    if not head:
        raise ValueError(f'there is no function {name}')
    end = text.index('\n}\n', head.end() - 1) + 3
    return Function(head.start(), end, text[head.start():head.end()], text[head.end():end - 2])


def default_body(head):
    """What a body returns that does nothing."""
    kind = head.split('(')[0]
    if '*' in kind:
        return '\treturn NULL;\n'
    if re.search(r'\bvoid\b', kind):
        return ''
    if re.search(r'\bbool\b', kind):
        return '\treturn false;\n'
    return '\treturn 0;\n'


def bare_code(text):
    """Without comments, strings and folded lines."""
    text = re.sub(r'\\[ \t\v\f]*\n', '', text)
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', ' ', text,
                  flags=re.S)


def forbidden(text):
    """What in a student's text has no place in a body, in words; or None."""
    code = bare_code(text)
    for pattern, what in FORBIDDEN:
        if pattern.search(code):
            return what
    return None


def splice(text, function, student, name, path):
    """The source with the student's text, so that messages name the lines of both."""
    before = text[:function.start]
    line = text[:function.end].count('\n') + 1
    return (f'{before}#line 1 "{name}"\n{student.rstrip()}\n'
            f'#line {line} "{path}"\n{text[function.end:]}')
