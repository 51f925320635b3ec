# SPDX-License-Identifier: GPL-2.0
"""Builds a sample: a copy of the sources with all its switches, once."""
import os
import re
import subprocess
from pathlib import Path

import switch

# All that is used of the rest of the tree.
SETUP = "scripts/setup"
BUILD_MODULE = "scripts/vm/build-module"
BUILD_LAB = "scripts/build-lab"
LAB_VM = "scripts/lab-vm"
PROGRAM_TESTS = "selftests/programs"

ROUNDS = 8		# of building and discarding what doesn't compile
OF_OURS = re.compile(r"\b((?:core|mem|dev|proc)/[\w.]+):(\d+)(?::\d+)?:\s*(\w+)")


class BuildFailed(Exception):
    pass


class Build:
    def __init__(self, top):
        self.top = Path(top)
        self.work = self.top / "build/mutants"
        self.tree, self.fresh = self.work / "tree", self.work / "fresh"
        self.log = self.work / "build.log"
        self.work.mkdir(parents=True, exist_ok=True)

    def setup_value(self, key):
        return self._output([self.top / SETUP, "--print", key])

    @property
    def objects(self):
        """Where the module files are."""
        return Path(self._output([self.tree / BUILD_MODULE, "--print-dir",
                                  self.setup_value("KDIR")]))

    @property
    def host(self):
        return self.tree / "build/host"

    @property
    def bundle(self):
        return self.tree / "build/kselftest/bundle"

    def make(self, draw, say):
        """Builds what @draw has; discards and redraws what doesn't compile."""
        self.log.write_text("")
        draw.fill()
        for _ in range(ROUNDS):
            self._write(draw.taken)
            errors = self._compile()
            if errors is None:
                self._run([self.tree / BUILD_LAB, "--tests"], check=True)
                return
            broken = self._to_blame(draw.taken, errors)
            for mutant in broken:
                say(f"discarded, it doesn't compile as a switch: {mutant}")
            draw.discard(broken)
            draw.fill()
        raise BuildFailed(f"after {ROUNDS} rounds some mutants still don't compile")

    # Only files that differ are copied, so that make compiles no more than those.
    def _write(self, mutants):
        self._copy(self.top, self.fresh)
        switch.write_tree(self.fresh, mutants)
        self._copy(self.fresh, self.tree)

    def _copy(self, source, dest):
        dest.mkdir(exist_ok=True)
        self._run(["rsync", "-rlpc", "--delete", "--exclude=/build", "--exclude=/.git",
                   f"{source}/", f"{dest}/"], check=True)

    def _compile(self):
        """None, or the compilers' words if one of them failed."""
        host = [self.host / variant / "cases" for variant in ("bare", "asan")]
        sanitizers = "-fsanitize=address,undefined -fno-sanitize-recover=all"
        jobs = f"-j{os.cpu_count()}"
        results = [
            self._run(["make", "--no-print-directory", "-k", jobs,
                       "-C", self.tree / "selftests/host", f"OBJDIR={self.host}",
                       "FLAGS_bare=-O1 -w", f"FLAGS_asan=-O1 -w {sanitizers}", *host]),
            self._run([self.tree / BUILD_MODULE, self.setup_value("KDIR"), "-k"]),
        ]
        if all(result.returncode == 0 for result in results):
            return None
        return "".join(result.stdout for result in results)

    def _to_blame(self, mutants, errors):
        """Those on whose lines the compilers found errors."""
        for wanted in ("error", "note"):
            places = {(file, int(line)) for file, line, kind in OF_OURS.findall(errors)
                      if kind == wanted}
            broken = [m for m in mutants if any(
                m.file == f"module/{file}" and self._covers(m.site, line)
                for file, line in places)]
            if broken:
                return broken
        raise BuildFailed(f"the sample doesn't compile, for another reason: {self.log}")

    @staticmethod
    def _covers(site, line):
        text = site.function.text
        first = text.count("\n", 0, site.start) + 1
        return first <= line <= first + text.count("\n", site.start, site.stop)

    def _run(self, command, check=False):
        result = subprocess.run([str(word) for word in command], text=True,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, check=False, errors="replace")
        with self.log.open("a") as log:
            log.write(result.stdout)
        if check and result.returncode:
            raise BuildFailed(f"{command[0]} failed: see {self.log}")
        return result

    @staticmethod
    def _output(command):
        return subprocess.run([str(word) for word in command], text=True, check=True,
                              stdout=subprocess.PIPE).stdout.strip()
