# SPDX-License-Identifier: GPL-2.0
"""Tries one mutant: the core's cases in userland first, then the VM's tests.

A test that is red has caught it, and so has a hang or a panic.
"""
import fnmatch
import json
import os
import queue
import re
import shutil
import signal
import subprocess
import threading
import time
from pathlib import Path

import switch
from build import LAB_VM, PROGRAM_TESTS

HERE = Path(__file__).resolve().parent
BASELINE = switch.REACH
MODULES = ("mmlab", "mmlab_test", "mmlab_mem_test", "mmlab_bench")
OWN_TESTS = ("@unit", "@memory", "@programs", "tables_test", "rules_test",
             "reports_test", "hostways_test")
# shorter than in the lanes: what only chance and time find isn't looked for here
ENVIRONMENT = ("MMLAB_RACE_SECONDS=2", "MMLAB_CYCLES=2")
BOOT_SECONDS = 240	# without a word; a busy machine takes long
HOST_SECONDS = 40
# words of tests that damage something on purpose, in the log
EXPECTED = ("mmlab: BUG inject-[a-z-]+[0-9-]*: ", "MCE: Killing",
            "mmlab: corruption in the (page tables|processes|direct map|vmalloc( region)?|swap"
            "|frames): ")


class Verdict:
    """kind: caught, survived or lost (the VM gave no verdict, twice)."""

    def __init__(self, kind, by="", seconds=0.0):
        self.kind, self.by, self.seconds = kind, by, seconds


def test_order(table, file, tests, times):
    """What the table names for @file first, then the others, the quick ones first."""
    own = [test for pattern, names in table if fnmatch.fnmatch(file, pattern)
           for test in names if test in tests]
    rest = sorted(tests, key=lambda test: (times.get(test, 0), test))
    return list(dict.fromkeys(own + rest))


def read_table(path):
    rows = [line.split("#")[0].split() for line in Path(path).read_text().splitlines()]
    return [(row[0], row[1:]) for row in rows if row]


class Judge:
    reached = {}	# by test, the numbers of the mutants that it passes

    def __init__(self, build):
        self.build = build
        self.table = read_table(HERE / "order")
        self.times_file = build.work / "times.json"
        self.times = json.loads(self.times_file.read_text()) if self.times_file.exists() else {}
        self.stopped = threading.Event()
        listed = (build.bundle / "kselftest-list.txt").read_text().split()
        self.tests = [line.split(":")[1] for line in listed] + list(OWN_TESTS)

    def stop(self):
        self.stopped.set()

    def leave_out(self, seconds):
        """Tests that took longer than @seconds the last time; returns their names."""
        slow = [test for test in self.tests if seconds and self.times.get(test, 0) > seconds]
        self.tests = [test for test in self.tests if test not in slow]
        return slow

    def baseline(self):
        """All tests without a mutant; one that is red is no judge, and is left out.

        Learns how long each takes and which mutants it reaches. Returns what is wrong,
        by test.
        """
        wrong = {}
        verdict = self._in_userland(0)
        if verdict.kind != "survived":
            return {"host": verdict.by}
        verdict = self._in_vm(BASELINE, self.tests, "baseline", red=wrong)
        if not wrong and verdict.kind != "survived":
            return {"the VM": verdict.by}
        self.times_file.write_text(json.dumps(self.times))
        self.tests = [test for test in self.tests if test not in wrong]
        return wrong

    def try_one(self, mutant, worker):
        start = time.monotonic()
        verdict = Verdict("survived")
        if mutant.folder == "core":
            verdict = self._in_userland(mutant.number)
        if verdict.kind == "survived":
            tests = self.tests_for(mutant)
            verdict = self._in_vm(mutant.number, tests, f"mutant-{worker}") if tests else \
                Verdict("survived", "as no test in the VM reaches it")
            if verdict.kind == "lost" and not self.stopped.is_set():
                verdict = self._in_vm(mutant.number, tests, f"mutant-{worker}")
        verdict.seconds = time.monotonic() - start
        return verdict

    # ---- userland ----

    def _in_userland(self, number):
        environment = dict(os.environ, **{switch.VARIABLE: str(number)})
        for variant, ops in (("bare", 200000), ("asan", 20000)):
            try:
                result = subprocess.run(
                    [self.build.host / variant / "cases", "first", f"ops={ops}"],
                    env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT, text=True, errors="replace", check=False,
                    timeout=HOST_SECONDS)
            except subprocess.TimeoutExpired:
                return Verdict("caught", f"host {variant}: it hung")
            if result.returncode:
                return Verdict("caught", f"host {variant}: {self._reason(result)}")
        return Verdict("survived")

    @staticmethod
    def _reason(result):
        match = re.search(r"^not ok \d* *-* *(\S+)", result.stdout, re.M) or \
            re.search(r"((?:runtime error|AddressSanitizer|[Aa]ssert).*)", result.stdout)
        return match.group(1) if match else f"exit status {result.returncode}"

    # ---- the VM ----

    def tests_for(self, mutant):
        """Those that reach it; what passes it by can't notice."""
        tests = [test for test in self.tests if mutant.number in self.reached[test]]
        return test_order(self.table, mutant.file, tests, self.times)

    def note(self, words):
        """What the guest says that a test reached: its name, and a digit for each number."""
        test, digits = words.split()
        self.reached[test] = {i for i, digit in enumerate(digits) if digit == "1"}

    def _limit(self, test):
        return int(15 + 4 * self.times.get(test, 60))

    def _in_vm(self, number, tests, name, red=None):
        files = self.build.work / name
        shutil.rmtree(files, ignore_errors=True)
        files.mkdir()
        command = [self.build.tree / LAB_VM, "--name", name,
                   "--timeout", "1000", *(word for text in EXPECTED
                                          for word in ("--expect", text)),
                   "--dir", f"{self.build.bundle}/mmlab:/opt/mmlab/selftests",
                   "--dir", f"{self.build.tree}/{PROGRAM_TESTS}:/opt/mmlab/tests",
                   "--file", f"{HERE}/guest.sh:/opt/mutant.sh"]
        for module in MODULES:
            source = self.build.objects / f"{module}.ko"
            (files / source.name).write_bytes(switch.choose(source, number))
            command += ["--file", f"{files}/{source.name}:/lib/modules/{source.name}"]
        reach = self.build.objects / f"{switch.REACH_MODULE}.ko"
        command += ["--file", f"{reach}:/lib/modules/{reach.name}"]
        for module in ("brd", "crc32c_generic", "ext4"):
            command += ["--module", module]
        command += ["--", "env", *ENVIRONMENT, "sh", "/opt/mutant.sh"]
        command += ["--all"] if red is not None else []
        command += [f"{test}={self._limit(test)}" for test in tests]
        return self._watch([str(word) for word in command], red)

    def _watch(self, command, all_red):
        """Follows the VM's lines; one that falls silent for too long is ended.

        With a dictionary in @all_red, that gets each red test, and how long each test
        takes and what it reaches is learned.
        """
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, text=True,
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                   errors="replace", start_new_session=True)
        lines = queue.Queue()
        reader = threading.Thread(target=self._read, args=(process, lines), daemon=True)
        reader.start()
        try:
            return self._follow(process, lines, all_red)
        finally:
            if process.poll() is None:
                self._end(process)

    @staticmethod
    def _read(process, lines):
        for line in process.stdout:
            lines.put(line.rstrip())
        lines.put(None)

    @staticmethod
    def _end(process):
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def _follow(self, process, lines, all_red):
        running, green, begun, red, words = "", False, False, None, []
        deadline = time.monotonic() + BOOT_SECONDS
        while not self.stopped.is_set():
            try:
                line = lines.get(timeout=1)
            except queue.Empty:
                if time.monotonic() < deadline:
                    continue
                return Verdict("caught", f"{running}: the VM hung") if begun else \
                    Verdict("lost", "the VM didn't begin")
            if line is None:
                break
            words.append(line)
            if not line.startswith("mutant: "):
                continue
            verb, *rest = line.split(maxsplit=2)[1:]
            begun = True
            if verb == "run":
                running, limit = rest[0].split()
                deadline = time.monotonic() + int(limit) + 30
            elif verb == "took" and all_red is not None:
                name, start, end = rest[0].split()
                self.times[name] = round(float(end) - float(start), 2)
            elif verb == "reached" and all_red is not None:
                self.note(rest[0])
            elif verb == "red" and all_red is not None:
                name, why = rest[0].split(": ", 1)
                all_red[name] = why
            elif verb == "red":
                red = rest[0]
                break
            elif verb == "green":
                green = True
                deadline = time.monotonic() + 60
        if red:
            return Verdict("caught", red)
        if self.stopped.is_set():
            return Verdict("lost", "interrupted")
        process.wait()
        return self._at_the_end(process.returncode, begun, green, running, words)

    @staticmethod
    def _at_the_end(status, begun, green, running, words):
        if green and status == 0:
            return Verdict("survived")
        complaint = next((word for word in words if re.match(r" +\d+:", word)), "")
        complaint = re.sub(r"^ +\d+:(\[[^]]*\])?", "", complaint).strip()
        if not begun or "soft lockup" in complaint and green:
            return Verdict("lost", complaint or (words or ["not a word"])[-1])
        what = complaint or ("the kernel complained" if green else "the VM ended")
        return Verdict("caught", f"{running}: {what}")
