# SPDX-License-Identifier: GPL-2.0
"""What a set-up says: lines, one sentence at its end, and progress."""
import errno
import os
import sys
import threading

MEGA = 1000 * 1000
program = 'setup'
NO_PLACE = (errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EROFS)


class Stop(Exception):
    """The set-up can't go on; the text names the cause and the cure."""


def say(text):
    print(f'{program}: {text}', file=sys.stderr, flush=True)


def megabytes(size):
    return f'{max(1, round(size / MEGA))} MB'


class Progress:
    """Shows how much of TOTAL bytes there is, while a command makes them.

    measure() gives the bytes that are there. A terminal sees each step on one
    line, a log only each fifth.
    """

    def __init__(self, total, measure):
        self.total, self.measure = total, measure
        self.terminal = sys.stderr.isatty()
        self.shown = -1
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, kind, value, trace):
        self.over.set()
        self.thread.join()
        if kind is None:
            self._show()
        if self.terminal:
            sys.stderr.write('\r\x1b[K' if os.environ.get('TERM') != 'dumb' else '\n')

    def _run(self):
        while not self.over.wait(0.3):
            self._show()

    def _show(self):
        there = min(self.measure(), self.total)
        percent = 100 * there // self.total if self.total else 100
        step = percent if self.terminal else percent // 20
        if step == self.shown or (not self.terminal and not step):
            return
        self.shown = step
        text = f'{program}: {percent:3} %, {there / MEGA:.1f} of {self.total / MEGA:.1f} MB'
        sys.stderr.write(f'\r{text} ' if self.terminal else f'{text}\n')
        sys.stderr.flush()


def run_main(name, main):
    """The exit status of MAIN; what stops it is told in a sentence, not in a trace."""
    global program	# pylint: disable=global-statement
    program = name
    try:
        return main()
    except Stop as stop:
        say(f'error: {stop}')
    except KeyboardInterrupt:
        say('interrupted; what was downloaded is kept')
        return 130
    except OSError as error:
        if error.errno not in NO_PLACE:
            raise
        say(f'error: {error.strerror}: {error.filename or "the cache"};\n'
            '       MMLAB_CACHE names another directory')
    return 1
