#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""
scripts/slides: for each chapter, in both languages, the page is HTML that loads nothing, has
the chapter's outputs unchanged, fits a slide, and has as many slides in one language as in the
other; with a record it has pictures.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from html.parser import HTMLParser
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
RECORD = TOP / 'selftests/programs/view/record'
LEAST = 5       # slides of a chapter
LINES = 26
# words of a figure that are there by the arguments of the chapter's command
PICTURED = {'02.html': '0x10001abc', '07.html': '0x10001abc', '10.html': 'kmalloc-128'}


class Page(HTMLParser):
    """What is on a page; ends that do not fit are faults."""

    EMPTY = {'meta', 'rect', 'line', 'path', 'polygon', 'circle'}

    def __init__(self, text):
        super().__init__()
        self.open, self.faults, self.slides, self.pictures = [], [], 0, 0
        self.outputs, self.texts, self.ids = [], [], set()
        self.feed(text)
        if self.open:
            self.faults.append(f'not ended: {self.open}')

    def handle_starttag(self, tag, attrs):
        self.slides += tag == 'section'
        self.pictures += tag == 'svg'
        if any(name in ('src', 'href') for name, _ in attrs):
            self.faults.append(f'<{tag}> loads something')
        self.faults += [f'two things are {v}' for n, v in attrs if n == 'id' and v in self.ids]
        self.ids |= {value for name, value in attrs if name == 'id'}
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
        else:
            self.texts.append(data)


def make(folder, lang, *more):
    subprocess.run([TOP / 'scripts/slides', '--lang', lang, '--to', folder / lang, *more],
                   check=True, capture_output=True)
    return {path.name: Page(path.read_text()) for path in sorted((folder / lang).iterdir())}


def outputs_of(chapter):
    return [line if len(line) < 120 else line[:110] for block in
            re.findall(r'^```\w*\n(.*?)^```$', chapter.read_text(), re.M | re.S)
            for line in block.splitlines()]


def broken(result):
    """What can't be made is said in a line, without a trace of Python."""
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name) / 'tree'
        for part in ('Documentation', 'scripts', 'userspace/course'):
            shutil.copytree(TOP / part, copy / part, symlinks=True)
        chapter, english = copy / 'Documentation/zh_CN/article/08-frames.md', ['08']
        exercise = copy / 'Documentation/course/08-dma.md'

        def says(word, words, about, *damaged):
            kept = [(path, path.read_bytes()) for path, _ in damaged]
            for path, change in damaged:
                path.write_text(change(path.read_text())) if change else path.unlink()
            done = subprocess.run([copy / 'scripts/slides', *words, '--to', Path(name) / 'made'],
                                  capture_output=True, text=True, check=False)
            for path, content in kept:
                path.write_bytes(content)
            result(done.returncode == 1 and word in done.stderr and done.stderr.count('\n') == 1,
                   about, done.stderr)

        says('no chapter 99', ['99'], 'no such chapter')
        says('build-programs', [*english, '--record', RECORD], 'no program to draw with')
        (copy / 'build/userspace').mkdir(parents=True)
        (copy / 'build/userspace/mmlab').symlink_to(TOP / 'build/userspace/mmlab')
        says('No such file', [*english, '--record', '/no/record'], 'no record')
        (copy / 'junk').write_text('{}\n')
        says('is no snapshot', [*english, '--record', copy / 'junk'], 'a record that is none')
        says('08-frames.md', ['--lang', 'zh', *english], 'a chapter without a translation', (chapter, None))
        says('more sections', ['--lang', 'zh', *english], 'a section too many',
             (chapter, lambda text: text + '\n## More\n'))
        says('has no end', ['--lang', 'zh', *english], 'a block without an end',
             (chapter, lambda text: text + '\n```\n'))
        says('08-dma.md', english, 'an exercise without a head', (exercise, lambda text: 'text\n'))


def main():
    passed = failed = 0

    def result(good, name, why=''):
        nonlocal passed, failed
        print(f"{'ok' if good else 'not ok'} - {name}{'' if good else f': {why}'}", flush=True)
        passed += bool(good)
        failed += not good

    subprocess.run([TOP / 'scripts/vm/build-programs', 'all'], check=True, capture_output=True)
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
    result(sum(page.pictures for page in drawn.values()) >= 13, 'a record gives pictures')
    result(drawn['06.html'].pictures == 1, 'the same figure at two moments is one of the record',
           drawn['06.html'].pictures)
    for number, words in PICTURED.items():
        result(drawn[number].pictures and any(words in text for text in drawn[number].texts),
               f'{number}: the figure of its own command', drawn[number].texts[:9])
    for lang, deck in decks.items():
        result(deck['16.html'].pictures == 1 and not any('![' in t for t in deck['16.html'].texts),
               f'16.html has its image, {lang}')
    broken(result)
    print(f'{passed} passed, {failed} failed, 0 skipped')
    sys.exit(1 if failed else 0)


main()
