# SPDX-License-Identifier: GPL-2.0
"""The file classified: survivors that a person has judged, each with the reason.

A row is: file | function | operator | change | equivalent or weak | reason.
Equivalent: no caller can see a difference. Weak: there is one, which nothing promises.
"""
from pathlib import Path

KINDS = ("equivalent", "weak")
SEPARATOR = " | "


class Row:
    def __init__(self, line, number):
        parts = line.split(SEPARATOR)
        if len(parts) < 6:
            raise ValueError(f"classified, line {number}: it wants six fields")
        self.number, self.line = number, line
        # an operator of C with spaces around it may look like the separator
        self.key = (parts[0], parts[1], parts[2], SEPARATOR.join(parts[3:-2]))
        self.kind, self.reason = parts[-2:]
        if self.kind not in KINDS:
            raise ValueError(f"classified, line {number}: {self.kind} is no class")


def read_rows(path):
    return [Row(line, i) for i, line in enumerate(Path(path).read_text().splitlines(), 1)
            if line and not line.startswith("#")]


def stale(rows, sources):
    """Rows that match no site of the sources any more."""
    return [row for row in rows if not any(
        (row.key[0], row.key[1], site.operator, site.change()) == row.key
        for site in sources.sites_of(row.key[0], row.key[1]))]
