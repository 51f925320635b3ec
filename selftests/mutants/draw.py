# SPDX-License-Identifier: GPL-2.0
"""The draw: which mutants a seed gives, from which sources."""
import random
from pathlib import Path

from csource import functions_of, parameter_types
from operators import Finder, flag_families

FOLDERS = ("core", "mem", "dev", "proc")


class Mutant:
    """One site, drawn; its number is its place in the sample."""

    def __init__(self, number, file, site):
        self.number, self.file, self.site = number, file, site

    @property
    def folder(self):
        return self.file.split("/")[1]

    @property
    def key(self):
        """What names it for good, without a line's number."""
        return (self.file, self.site.function.name, self.site.operator, self.site.change())

    def __str__(self):
        return f"{self.file}:{self.site.line} {self.site.function.name}() " \
            f"[{self.site.operator}] {self.site.change()}"


class Sources:
    """All functions of the four folders, and their sites."""

    def __init__(self, top):
        texts = {str(path.relative_to(top)): path.read_text()
                 for path in sorted(Path(top, "module").rglob("*.[ch]"))}
        families = flag_families(texts.values())
        types = {}
        for text in texts.values():
            types.update(parameter_types(text))
        self.functions = {folder: [] for folder in FOLDERS}
        for file, text in texts.items():
            folder = file.split("/")[1]
            if folder not in FOLDERS:
                continue
            for function in functions_of(text):
                sites = Finder(function, families, types).sites
                self.functions[folder].append((file, function, sites))

    def sites_of(self, file, name):
        return [site for functions in self.functions.values()
                for in_file, function, sites in functions
                if in_file == file and function.name == name for site in sites]


def stream(sources, folder, seed):
    """Endless draws of one folder: a function, one of its operators, one site."""
    chance = random.Random(f"{seed} {folder}")
    while True:
        round_of = [entry for entry in sources.functions[folder] if entry[2]]
        if not round_of:
            return
        chance.shuffle(round_of)
        for file, _, sites in round_of:
            operator = chance.choice(sorted({site.operator for site in sites}))
            site = chance.choice([s for s in sites if s.operator == operator])
            yield file, site


def overlaps(one, other):
    """Two sites that can't both be switches of one source; equal spans can."""
    if (one.start, one.stop) == (other.start, other.stop):
        return one.kind != other.kind
    return one.start < other.stop and other.start < one.stop


class Draw:
    """Takes from the streams in turn, an equal share for each folder."""

    def __init__(self, sources, seed, count):
        self.streams = {f: stream(sources, f, seed) for f in FOLDERS}
        self.taken, self.next_number = [], 1
        self.wanted = {f: count // len(FOLDERS) + (i < count % len(FOLDERS))
                       for i, f in enumerate(FOLDERS)}

    def fill(self):
        """Draws until each folder has its share, and returns what is new."""
        new = []
        for folder in FOLDERS:
            have = sum(m.folder == folder for m in self.taken)
            for _ in range(20 * self.wanted[folder]):
                if have == self.wanted[folder]:
                    break
                drawn = next(self.streams[folder], None)
                if drawn is None:
                    break
                if self._clashes(*drawn):
                    continue
                new.append(Mutant(self.next_number, *drawn))
                self.taken.append(new[-1])
                self.next_number += 1
                have += 1
        return new

    def discard(self, mutants):
        self.taken = [m for m in self.taken if m not in mutants]

    def _clashes(self, file, site):
        return any(m.file == file and (m.key[1:] == (site.function.name, site.operator,
                                                     site.change())
                                       or overlaps(m.site, site)) for m in self.taken)
