#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""The sampler's own tests: operators on small texts, the draw, switches, classes."""
import fnmatch
import itertools
import tempfile
import unittest
from pathlib import Path

import classify
import judge
import switch
from csource import functions_of, parameter_types
from draw import FOLDERS, Draw, Mutant, Sources, overlaps
from operators import Finder, flag_families

TOP = Path(__file__).resolve().parent.parent.parent


def sites(body, types="", families=None):
    text = f"int f(int a, int b)\n{{\n{body}\n}}\n"
    function, = functions_of(text)
    return Finder(function, families or {}, parameter_types(types)).sites


def changes(body, operator, **more):
    return [s.change() for s in sites(body, **more) if s.operator == operator]


class Operators(unittest.TestCase):
    def test_compare(self):
        self.assertEqual(["a < b => a <= b"], changes("return a < b;", "compare"))
        self.assertEqual(["a == b => a != b"], changes("return a == b;", "compare"))

    def test_a_loop_is_not_negated(self):
        self.assertEqual([], changes("while (a != b) g();", "compare"))
        self.assertEqual([], changes("while (a) g();", "negate"))

    def test_negate(self):
        self.assertEqual(["a || b => !(a || b)"], changes("if (a || b) g();", "negate"))

    def test_terms_of_a_chain(self):
        self.assertEqual(
            ["a && b && c => b && c", "a && b && c => a && c",
             "a && b && c => a && c", "a && b && c => a && b"],
            changes("if (a && b && c) g();", "term"))

    def test_terms_in_brackets(self):
        self.assertEqual(["(a || b) && c => c", "(a || b) && c => (a || b)"],
                         [c for c in changes("return (a || b) && c;", "term")
                          if "||" not in c.split("=>")[1] or "&&" not in c.split("=>")[1]
                          ][-2:])

    def test_shift(self):
        self.assertEqual(["x = a << 2 + b; => x = a;"], changes("x = a << 2 + b;", "shift"))
        self.assertEqual(["a <<= 1; => (nothing)"], changes("a <<= 1;", "shift"))

    def test_rounding(self):
        self.assertEqual(["round_up(a + 1, 8) => (a + 1)"],
                         changes("return round_up(a + 1, 8);", "rounding"))
        self.assertEqual(["a & PAGE_MASK => a"], changes("return a & PAGE_MASK;", "rounding"))
        self.assertEqual([], changes("return a & ~b;", "rounding"))

    def test_errno_and_flag(self):
        self.assertEqual(["-ENOMEM => -EACCES"], changes("return -ENOMEM;", "errno"))
        families = flag_families(["enum e { A_ONE, A_TWO, NR_A };"])
        self.assertEqual(["a == A_TWO => a == A_ONE"],
                         changes("return a == A_TWO;", "flag", families=families))

    def test_flags_of_macros(self):
        families = flag_families(["#define X_A (1U << 0)\n#define X_B (1U << 1)\n#define Y 1\n"])
        self.assertEqual("X_B", families["X_A"])
        self.assertNotIn("Y", families)

    def test_cpus(self):
        self.assertEqual(["for_each_possible_cpu(cpu) => for_each_online_cpu(cpu)"],
                         changes("for_each_possible_cpu(cpu) g(cpu);", "cpus"))

    def test_swap_of_one_type_only(self):
        types = "void g(int x, int y, char *z);"
        self.assertEqual(["g(a, b, c); => g(b, a, c);"],
                         changes("g(a, b, c);", "swap", types=types))
        self.assertEqual([], changes("g(a, a, c);", "swap", types=types))

    def test_calls(self):
        self.assertEqual(["g(a); => (nothing)"], changes("g(a);", "call"))
        self.assertEqual([], changes("a = g(a);", "call"))
        self.assertEqual([], changes("lockdep_assert_held(a);", "call"))

    def test_undo(self):
        body = "if (a)\n goto out;\nreturn 0;\nout:\nput_it(a);\nreturn b;"
        self.assertEqual(["put_it(a); => (nothing)"], changes(body, "undo"))

    def test_an_unlock_moves(self):
        self.assertEqual(["x = a; unlock(b); => unlock(b); x = a;"],
                         changes("x = a;\nunlock(b);", "order"))
        self.assertEqual([], changes("return a;\nunlock(b);", "order")[1:])

    def test_a_lock_is_not_dropped(self):
        self.assertEqual(["mutex_lock(a); x = b; => x = b; mutex_lock(a);"],
                         changes("mutex_lock(a);\nx = b;", "order"))

    def test_declarations_stay(self):
        self.assertEqual(["a < b => a <= b"],
                         [s.change() for s in sites("int x = a < b, y;\nreturn 0;")
                          if s.operator == "compare"])
        self.assertEqual([], sites("static const int x[] = { 1 << 2 };\nreturn 0;"))


class Drawing(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.sources = Sources(TOP)

    def keys(self, seed, count=24):
        return [m.key for m in Draw(self.sources, seed, count).fill()]

    def test_it_follows_from_the_seed(self):
        self.assertEqual(self.keys("7"), self.keys("7"))
        self.assertNotEqual(self.keys("7"), self.keys("8"))

    def test_equal_shares(self):
        drawn = Draw(self.sources, "3", 24).fill()
        self.assertEqual([6] * 4, [sum(m.folder == f for m in drawn) for f in FOLDERS])

    def test_no_two_in_one_place(self):
        drawn = Draw(self.sources, "1", 200).fill()
        for one, other in itertools.combinations(drawn, 2):
            self.assertFalse(one.file == other.file and overlaps(one.site, other.site))

    def test_what_is_discarded_is_replaced(self):
        draw = Draw(self.sources, "5", 8)
        first = draw.fill()
        draw.discard(first[:2])
        self.assertEqual(2, len(draw.fill()))
        self.assertEqual(8, len(draw.taken))

    def test_every_function_is_understood(self):
        for path in TOP.glob("module/*/*.c"):
            text = path.read_text()
            self.assertEqual(text.count("\n{\n"), len(functions_of(text)), path)


class Switches(unittest.TestCase):
    def switched(self, body, operator):
        text = f"int f(int a, int b)\n{{\n{body}\n}}\n"
        function, = functions_of(text)
        found = [s for s in Finder(function, {}, {}).sites if s.operator == operator]
        return switch.switched(text, [Mutant(17, "x.c", found[0])]), text

    def test_value(self):
        self.assertIn("return (MUTANT(17) ? (a <= b) : (a < b));",
                      self.switched("return a < b;", "compare")[0])

    def test_statement(self):
        self.assertIn("if (a) do { if (MUTANT(17)) {  } else { g(b); } } while (0); else",
                      self.switched("if (a) g(b); else h(a);", "call")[0])

    def test_cpus(self):
        self.assertIn("for_each_cpu(i, MUTANT(17) ? cpu_online_mask : cpu_possible_mask)",
                      self.switched("for_each_possible_cpu(i) g(i);", "cpus")[0])

    def test_lines_stay(self):
        new, old = self.switched("if (a &&\n    b)\n\tg(a);", "term")
        self.assertEqual(old.count("\n"), new.count("\n"))

    def test_the_number_is_put_into_a_module(self):
        with tempfile.NamedTemporaryFile() as file:
            file.write(b"ELF" + switch.MARK + bytes(4) + b"end")
            file.flush()
            self.assertEqual(b"ELF" + switch.MARK + b"\x11\x01\0\0end",
                             switch.choose(file.name, 0x111))

    def test_what_is_reached_fits_into_the_note_of_it(self):
        self.assertLess(switch.MOST, 4096)
        self.assertIn(f"mmlab_reached[{switch.MOST + 1}]", switch.REACH_SOURCE)

    def test_a_module_without_a_cell(self):
        with tempfile.NamedTemporaryFile() as file:
            self.assertRaises(ValueError, switch.choose, file.name, 1)


class Classes(unittest.TestCase):
    def test_row(self):
        row = classify.Row("f.c | f | term | a | b => a | weak | speed only", 1)
        self.assertEqual(("f.c", "f", "term", "a | b => a"), row.key)
        self.assertEqual(("weak", "speed only"), (row.kind, row.reason))

    def test_wrong_rows(self):
        self.assertRaises(ValueError, classify.Row, "f.c | f | term", 1)
        self.assertRaises(ValueError, classify.Row, "f | f | o | c | good | reason", 1)

    def test_a_row_that_matches_nothing(self):
        row = classify.Row("module/core/buddy.c | nothing | call | x => y | weak | z", 1)
        self.assertEqual([row], classify.stale([row], Sources(TOP)))

    def test_the_file_itself(self):
        rows = classify.read_rows(Path(__file__).parent / "classified")
        self.assertEqual([], [row.line for row in classify.stale(rows, Sources(TOP))])


class Order(unittest.TestCase):
    def test_own_tests_first_then_the_quick_ones(self):
        table = [("module/core/*", ["slow"]), ("module/mem/*", ["other"])]
        self.assertEqual(["slow", "quick", "other"], judge.test_order(
            table, "module/core/x.c", ["other", "slow", "quick"],
            {"slow": 9, "quick": 1, "other": 2}))

    def test_only_what_reaches_it(self):
        one = judge.Judge.__new__(judge.Judge)
        one.tests, one.times, one.table = ["a", "b", "c"], {"a": 2, "b": 1, "c": 3}, []
        one.note("a 0010")
        one.note("b 0100")
        one.note("c 0110")
        self.assertEqual(["a", "c"], one.tests_for(Mutant(2, "module/core/x.c", None)))
        self.assertEqual([], one.tests_for(Mutant(3, "module/core/x.c", None)))

    def test_each_pattern_of_the_table_matches_a_file(self):
        files = [str(p.relative_to(TOP)) for p in TOP.glob("module/*/*.[ch]")]
        for pattern, tests in judge.read_table(Path(__file__).parent / "order"):
            self.assertTrue(fnmatch.filter(files, pattern), pattern)
            for test in tests:
                self.assertTrue(test in judge.OWN_TESTS or list(
                    (TOP / "selftests/mmlab").glob(f"{test.removesuffix('.sh')}.*")), test)


if __name__ == "__main__":
    unittest.main(verbosity=0)
