# SPDX-License-Identifier: GPL-2.0
"""mmlab top on a terminal that this program is: pyte reads the screen, keys are typed, and
each end has to give the terminal back. TAP. Usage: screen.py MMLAB RECORD"""
import fcntl
import json
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import pyte                     # noqa: E402
from schema import unfold       # noqa: E402

MMLAB, RECORD = sys.argv[1:3]
PATIENCE = 10 * int(os.environ.get('MMLAB_PATIENCE', '1'))
LETTERS = {'free': '.', 'percpu': 'C', 'user': 'U', 'pgtable': 'P', 'slab': 'S', 'vmalloc': 'V',
           'block': 'B', 'reserved': 'R', 'quarantine': 'Q', 'bad': 'X', 'unknown': '?'}
END = b'\x1b[?1049l'
cases = 0


def result(good, name, *why):
    global cases
    cases += 1
    print('ok' if good else 'not ok', cases, '-', name, flush=True)
    for text in why if not good else ():
        print('\n'.join('# ' + line for line in str(text).split('\n')), flush=True)


class Top:
    """The program with a terminal of its own."""

    def __init__(self, columns=80, rows=24, term='xterm-256color', record=RECORD, **env):
        self.screen = pyte.Screen(columns, rows)
        self.stream = pyte.ByteStream(self.screen)
        self.raw = self.rest = self.last = b''
        self.master, self.slave = pty.openpty()
        self.resize(columns, rows)
        self.before = termios.tcgetattr(self.slave)
        environment = dict(os.environ, LC_ALL='C.UTF-8', TERM=term)
        environment.pop('NO_COLOR', None)
        environment.update(env)
        if not term:
            del environment['TERM']
        self.pid = os.fork()
        if not self.pid:
            os.setsid()
            fcntl.ioctl(self.slave, termios.TIOCSCTTY, 0)
            for fd in range(3):
                os.dup2(self.slave, fd)
            os.closerange(3, 64)
            os.execve(MMLAB, ['mmlab', 'top', '--from', record], environment)
        self.status = None

    def resize(self, columns, rows):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack('HHHH', rows, columns, 0, 0))
        self.screen.resize(rows, columns)

    def take(self, seconds):
        ready, _, _ = select.select([self.master], [], [], seconds)
        if not ready:
            return False
        try:
            data = os.read(self.master, 65536)
        except OSError:
            return False
        self.raw += data
        self.feed(data)
        return bool(data)

    def feed(self, data):
        """pyte does not know all that curses asks of a terminal."""
        data = self.rest + data
        begun = re.search(rb'(?s).?\x1b(?:\[[0-9;?<=>]*)?\Z', data)
        self.rest = data[begun.start():] if begun else b''
        data = data[:begun.start()] if begun else data
        data = re.sub(rb'\x1b\[[>=?][0-9;]*[mnu]', b'', data)
        data = re.sub(rb'(?s)(.?)\x1b\[(\d+)b',
                      lambda m: m[1] + (m[1] or self.last) * int(m[2]), data)
        self.last = data[-1:] or self.last
        self.stream.feed(data)

    def text(self):
        return '\n'.join(self.screen.display)

    def see(self, pattern, name):
        """Waits until the screen has it."""
        end = time.monotonic() + PATIENCE
        while not re.search(pattern, self.text(), re.M) and time.monotonic() < end:
            self.take(0.1)
        while self.take(0.02):
            pass
        result(re.search(pattern, self.text(), re.M), name, 'wanted: ' + pattern, self.text())

    def type(self, keys):
        os.write(self.master, keys.encode())

    def wait(self):
        end = time.monotonic() + PATIENCE
        while self.status is None and time.monotonic() < end:
            self.take(0.05)
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = status
        if self.status is None:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        while self.take(0.05):
            pass

    def ended(self, good, name):
        """It has ended so, and the terminal is what it was."""
        self.wait()
        after = termios.tcgetattr(self.slave)
        result(self.status is not None and good(self.status) and END in self.raw and
               after == self.before, name, f'status {self.status}', f'{self.before} {after}',
               self.raw[-200:])
        self.close()

    def close(self):
        os.close(self.master)
        os.close(self.slave)


def exits(code):
    return lambda status: os.WIFEXITED(status) and os.WEXITSTATUS(status) == code


def wanted_map():
    with open(RECORD, encoding='utf-8') as file:
        return ''.join(LETTERS[kind['use']] for kind in unfold(json.load(file)['frames']))


def map_rows(top):
    return re.findall(r'^ *(\d+) ([A-Za-z.·]{64})', top.text(), re.M)


def keys():
    top = Top()
    top.see(r'^q quit', 'it begins')
    rows = map_rows(top)
    result(len(rows) == 16 and rows[15][0] == '15360', '16 rows of 64 cells in 80 x 24', top.text())
    result(re.search(r'free \d+ .*user \d+ .*slab \d+', top.text()), 'and the legend', top.text())
    top.see(r'^frame 0: reserved', 'the cursor says what the frame is')
    top.type('\x1b[B' if os.environ.get('PLAIN_ARROWS') else '\x1bOB')
    top.see(r'^frame 1024: free, block of 1024', 'down')
    top.type('\x1bOC')
    top.see(r'^frame 1040:', 'right')
    top.type('\x1bOA\x1bOD')
    top.see(r'^frame 0:', 'up and left')
    top.type('/0x08048000\r')
    top.see(r'^frame \d+: user of process 14 \(example\); 0x08048000 of 14: r- A D',
            'a frame is found by an address, with its owner and its entry')
    result(map_rows(top)[1][0] == '15424', 'and shown one by one', top.text())
    top.type('/99999999\r')
    top.see(r"no frame has '99999999'", 'none is found')
    top.type('\x1b')
    top.see(r'^ *1024 ', 'Esc goes back')
    top.type('\t')
    top.see(r'^CACHE +ACTIVE', 'Tab shows the caches')
    first = re.search(r'^CACHE.*\n(\S+)', top.text(), re.M)[1]
    top.type('r')
    top.see(r'^CACHE.*\n(?!' + first + r' )\S+', 'r reverses their order')
    top.type('rs')
    top.see(r'^CACHE.*\n\S+', 's sorts by the next column')
    top.type('3')
    top.see(r'^AREA +SIZE', 'areas')
    top.type('4')
    top.see(r'^ *PID NAME', 'processes')
    top.type('5')
    top.see(r'^COUNTER +A SECOND', 'counters')
    top.type('h')
    top.see(r'^arrows, mouse', 'help')
    top.type('?')
    top.see(r'^COUNTER', 'and away again')
    top.type('p')
    top.type('+')
    top.see(r'a look each 500 ms', '+')
    top.type('--')
    top.see(r'a look each 2000 ms', '-')
    top.type('\x1b[<0;12;17M\x1b[<0;12;17m')
    top.see(r'^frame 15424:', 'a click moves the cursor')
    top.type('\x01\x02~%&\x1b[99~')
    top.type('1')
    top.see(r'^ZONE', 'keys that mean nothing do nothing')
    top.type('q')
    top.ended(exits(0), 'q ends it, and the terminal is as before')


def truth():
    want = wanted_map()
    top = Top()
    top.see(r'^q quit', 'the map, frame by frame')
    seen = ''
    for start in range(0, len(want), 1024):
        top.type(f'/{start}\r')
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and [r[0] for r in map_rows(top)][:2] != [str(start), str(start + 64)]:
            top.take(0.1)
        while top.take(0.02):
            pass
        seen += ''.join(row for _, row in map_rows(top)).replace('·', '.')
    result(seen == want, 'is what the snapshot says', len(seen))
    top.type('q')
    top.ended(exits(0), 'and ends')


def sizes():
    top = Top(record=RECORD)
    top.see(r'^ZONE', 'a list below the map in 80 x 24')
    top.resize(200, 60)
    top.see(r'^ +0 .{64} +ZONE', 'beside it in 200 x 60')
    top.resize(20, 5)
    top.see(r'20x5 is too small', 'a sentence in 20 x 5')
    top.resize(80, 24)
    top.see(r'^ZONE', 'and back')
    top.resize(1, 1)
    top.resize(500, 200)
    top.see(r'^ +0 .{64} +ZONE', 'from 1 x 1 to 500 x 200')
    top.type('q')
    top.ended(exits(0), 'and ends')


def signals():
    for name in 'SIGINT SIGTERM SIGHUP SIGQUIT SIGPIPE'.split():
        top = Top()
        top.see(r'^q quit', f'before {name}')
        os.kill(top.pid, getattr(signal, name))
        top.ended(exits(1), f'{name} ends it, and the terminal is as before')
    for name in 'SIGSEGV SIGBUS SIGABRT SIGFPE SIGILL'.split():
        top = Top()
        top.see(r'^q quit', f'before {name}')
        os.kill(top.pid, getattr(signal, name))
        top.ended(lambda status, name=name: os.WIFSIGNALED(status) and
                  os.WTERMSIG(status) == getattr(signal, name), f'{name} ends it as ever, and the same')


def terminals():
    for term in ('xterm-256color', 'xterm', 'linux', 'vt100', 'screen'):
        top = Top(term=term)
        top.see(r'^q quit', f'TERM={term}')
        result(re.search(rb'\x1b\[[0-9;]*[34][0-9]', top.raw) or term == 'vt100', 'with colours', top.raw[:500])
        top.type('q')
        top.wait()
        top.close()
    top = Top(NO_COLOR='1')
    top.see(r'^q quit', 'NO_COLOR')
    result(not re.search(rb'\x1b\[(?:[0-9;]*;)?[34][0-79][;m]', top.raw), 'has no colours', top.raw[:2000])
    top.type('q')
    top.ended(exits(0), 'and ends')
    top = Top(LC_ALL='C')
    top.see(r'^q quit', 'a locale without UTF-8')
    result(not re.search(rb'[\x80-\xff]', top.raw), 'has ASCII alone', top.raw[:2000])
    result(len(map_rows(top)) == 16, 'and the whole map', top.text())
    top.type('q')
    top.ended(exits(0), 'and ends')
    for term in ('', 'no-such-terminal'):
        top = Top(term=term)
        top.wait()
        result(exits(1)(top.status) and b'the terminal is unknown' in top.raw, f'TERM={term!r}: a sentence', top.raw)
        top.close()


def records():
    with open(RECORD, encoding='utf-8') as file:
        line = file.read()
    path = os.path.join(os.environ['work'], 'two')
    with open(path, 'w', encoding='utf-8') as file:
        file.write(line + line)
    top = Top(record=path)
    top.see(r'1 of 2', 'a record of two')
    top.type(' ')
    top.see(r'2 of 2', 'space shows the next')
    top.type(' ')
    top.type('\x7f')
    top.see(r'1 of 2', 'backspace the one before')
    with open(path, 'a', encoding='utf-8') as file:
        file.write('{"mmlab_snapshot": 9}\n')
    top.type('  ')
    top.ended(exits(1), 'a bad one ends it with a sentence')
    result(b"snapshot 3 can't be read" in top.raw or b'has version 9' in top.raw, 'which names it', top.raw[-300:])


for part in keys, truth, sizes, signals, terminals, records:
    part()
print(f'1..{cases}')
