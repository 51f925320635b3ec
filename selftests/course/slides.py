#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""
scripts/slides: for each chapter, in both languages, the page is HTML that loads nothing, has
the chapter's outputs unchanged, fits a slide, and has as many slides in one language as in the
other; with a record it has pictures.
"""

import re
import subprocess
import sys
import tempfile
from html.parser import HTMLParser
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
RECORD = TOP / 'selftests/programs/view/record'
LEAST = 5       # slides of a chapter
LINES = 26


class Page(HTMLParser):
    """What is on a page; ends that do not fit are faults."""

    EMPTY = {'meta', 'rect', 'line', 'path', 'polygon', 'circle'}

    def __init__(self, text):
        super().__init__()
        self.open, self.faults, self.slides, self.pictures, self.outputs = [], [], 0, 0, []
        self.feed(text)
        if self.open:
            self.faults.append(f'not ended: {self.open}')

    def handle_starttag(self, tag, attrs):
        self.slides += tag == 'section'
        self.pictures += tag == 'svg'
        if any(name in ('src', 'href') for name, _ in attrs):
            self.faults.append(f'<{tag}> loads something')
        if tag == 'pre':
            self.outputs.append('')
        if tag not in self.EMPTY:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        pass

    def handle_endtag(self, tag):
        if tag in self.EMPTY:
            return
        if not self.open or self.open.pop() != tag:
            self.faults.append(f'</{tag}> ends nothing')

    def handle_data(self, data):
        if 'pre' in self.open:
            self.outputs[-1] += data


def make(folder, lang, *more):
    subprocess.run([TOP / 'scripts/slides', '--lang', lang, '--to', folder / lang, *more],
                   check=True, capture_output=True)
    return {path.name: Page(path.read_text()) for path in sorted((folder / lang).iterdir())}


def outputs_of(chapter):
    return [line if len(line) < 120 else line[:110] for block in
            re.findall(r'^```\w*\n(.*?)^```$', chapter.read_text(), re.M | re.S)
            for line in block.splitlines()]


def main():
    passed = failed = 0

    def result(good, name, why=''):
        nonlocal passed, failed
        print(f"{'ok' if good else 'not ok'} - {name}{'' if good else f': {why}'}", flush=True)
        passed += bool(good)
        failed += not good

    with tempfile.TemporaryDirectory() as name:
        decks = {lang: make(Path(name), lang) for lang in ('en', 'zh')}
        drawn = make(Path(name) / 'drawn', 'zh', '--record', RECORD)
    for path in sorted((TOP / 'Documentation/article').glob('[0-9]*.md')):
        number = f'{path.name[:2]}.html'
        pages = [decks[lang][number] for lang in decks]
        faults = [fault for page in (*pages, drawn[number]) for fault in page.faults]
        result(not faults, f'{number} is HTML that loads nothing', faults[:3])
        result(pages[0].slides == pages[1].slides >= LEAST,
               f'{number} has as many slides in both languages', [p.slides for p in pages])
        told = '\n'.join(pages[0].outputs)
        lost = [line for line in outputs_of(path) if line not in told]
        result(not lost or number == '00.html', f'{number} has the outputs', lost[:3])
        result(all(o.count('\n') < LINES for o in pages[0].outputs), f'{number} fits')
    result(sum(page.pictures for page in drawn.values()) >= 15, 'a record gives pictures')
    done = subprocess.run([TOP / 'scripts/slides', '99'], capture_output=True, check=False)
    result(done.returncode == 1 and b'no chapter 99' in done.stderr, 'no such chapter')
    print(f'{passed} passed, {failed} failed, 0 skipped')
    sys.exit(1 if failed else 0)


main()
