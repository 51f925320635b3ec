# SPDX-License-Identifier: GPL-2.0
"""Mutants by sampling: do the tests notice what nobody thought of?"""
import argparse
import queue
import signal
import sys
import threading
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from build import Build, BuildFailed	# noqa: E402
from classify import read_rows, stale	# noqa: E402
from draw import FOLDERS, Draw, Sources	# noqa: E402
from judge import HERE, Judge, Verdict	# noqa: E402

TOP = HERE.parent.parent


def options():
    parser = argparse.ArgumentParser(prog="selftests/mutants", description=__doc__)
    parser.add_argument("--seed", default="1", help="what is drawn follows from it")
    parser.add_argument("--count", type=int, default=40, help="mutants (default 40)")
    parser.add_argument("--jobs", type=int, default=2, help="VMs at once (default 2)")
    parser.add_argument("--within", type=float, metavar="S",
                        help="leave out tests that took longer in the last baseline")
    parser.add_argument("--list", action="store_true", help="print the draw, try nothing")
    parser.add_argument("number", type=int, nargs="*", help="only these of the sample")
    return parser.parse_args()


def say(text):
    print(text, flush=True)


class Run:
    """A sample and what became of it."""

    def __init__(self, wanted):
        self.wanted = wanted
        self.sources = Sources(TOP)
        self.rows = read_rows(HERE / "classified")
        self.classes = {row.key: row for row in self.rows}
        self.draw = Draw(self.sources, wanted.seed, wanted.count)
        self.passed = self.failed = 0
        self.results = {folder: Counter() for folder in FOLDERS}
        self.lock = threading.Lock()

    def case(self, good, text):
        say(f"{'ok' if good else 'not ok'} - {text}")
        self.passed += good
        self.failed += not good

    def result(self, mutant, verdict):
        row = self.classes.get(mutant.key)
        kind = verdict.kind
        if kind == "survived" and row:
            kind = row.kind
        text = f"{mutant.number} {mutant}: {kind}"
        text += f" by {verdict.by}" if kind == "caught" else f" {verdict.by}".rstrip()
        if row and kind == row.kind:
            text += f", {row.reason}"
        with self.lock:
            self.results[mutant.folder][kind] += 1
            self.case(kind in ("caught", "equivalent", "weak"),
                      f"{text} ({verdict.seconds:.0f} s)")

    def run(self):
        for row in stale(self.rows, self.sources):
            self.case(False, f"classified, line {row.number}: it matches nothing any more")
        build = Build(TOP)
        start = time.monotonic()
        build.make(self.draw, say)
        say(f"# built with {len(self.draw.taken)} mutants in "
            f"{time.monotonic() - start:.0f} s")
        judge = Judge(build)
        left_out = judge.leave_out(self.wanted.within)
        if left_out:
            say(f"# without {' '.join(left_out)}: what survives isn't judged yet")
        signal.signal(signal.SIGTERM, lambda *_: judge.stop())
        start = time.monotonic()
        wrong = judge.baseline()
        for test, why in wrong.items():
            self.case(False, f"without a mutant {test} is red: {why}")
        if not wrong:
            self.case(True, "all tests are green without a mutant "
                      f"({time.monotonic() - start:.0f} s)")
        if not wrong.keys() & {"host", "the VM"}:
            self.try_all(judge)

    def try_all(self, judge):
        waiting = queue.Queue()
        for mutant in self.draw.taken:
            if not self.wanted.number or mutant.number in self.wanted.number:
                waiting.put(mutant)
        workers = [threading.Thread(target=self.work, args=(judge, waiting, i))
                   for i in range(self.wanted.jobs)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        self.score()

    def work(self, judge, waiting, worker):
        while not judge.stopped.is_set():
            try:
                mutant = waiting.get_nowait()
            except queue.Empty:
                return
            if mutant.key in self.classes:
                self.result(mutant, Verdict("survived"))
            else:
                self.result(mutant, judge.try_one(mutant, worker))

    def score(self):
        say("# folder  caught  survived  weak  equivalent  caught of those not equivalent")
        for folder in FOLDERS:
            n = self.results[folder]
            real = n["caught"] + n["survived"] + n["weak"]
            share = f"{100 * n['caught'] / real:.0f} %" if real else "-"
            say(f"# {folder:6} {n['caught']:7} {n['survived']:9} {n['weak']:5} "
                f"{n['equivalent']:11}  {share}")


def main():
    wanted = options()
    run = Run(wanted)
    start = time.monotonic()
    say(f"# seed {wanted.seed}, {wanted.count} mutants")
    if wanted.list:
        for mutant in run.draw.fill():
            say(f"{mutant.number} {mutant}")
        return 0
    try:
        run.run()
    except BuildFailed as error:
        run.case(False, f"the sample builds: {error}")
    say(f"# {time.monotonic() - start:.0f} s")
    say(f"{run.passed} passed, {run.failed} failed, 0 skipped")
    return run.failed != 0


sys.exit(main())
