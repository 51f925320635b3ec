# SPDX-License-Identifier: GPL-2.0
"""Mutants as switches: all of a sample are in one build, and a number chooses one.

The number stands in a cell of each module file, found by a mark, so that every way to
load the module loads the mutant; a program in userland takes it from the environment.
With the number REACH none is chosen, and a module of its own, which outlives those
under test, notes which switches are passed.
"""
import re
from pathlib import Path

MARK = b"mmlab-mutant-nr:"
VARIABLE = "MMLAB_MUTANT"
REACH = 0xffffffff
REACH_MODULE = "mmlab_reach"
MOST = 1000		# mutants; the note of one that is passed is a page at most

COMMON = """
#define MUTANT_DIV(n, d)	((n) / (d))
"""

KERNEL_HEADER = COMMON + """
extern struct mmlab_mutant_cell {
	char mark[16];
	unsigned int nr;
} mmlab_mutant;
extern char mmlab_reached[];

static inline int mmlab_mutant_is(unsigned int n)
{
	if (__builtin_expect(mmlab_mutant.nr == %#xU, 0))
		mmlab_reached[n] = '1';
	return mmlab_mutant.nr == n;
}
#define MUTANT(n)	__builtin_expect(mmlab_mutant_is(n), 0)

/*
 * The tests' kernel has no lockdep. That a lock is held at all is enough to see one that
 * is taken too late or dropped too early.
 */
#include <linux/lockdep.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>

static inline int mmlab_mutant_mutex(struct mutex *lock)
{
	return mutex_is_locked(lock);
}

static inline int mmlab_mutant_spinlock(spinlock_t *lock)
{
	return spin_is_locked(lock);
}

static inline int mmlab_mutant_other(const void *lock)
{
	return 1;
}

#undef lockdep_assert_held
#define lockdep_assert_held(l)	WARN_ON_ONCE(!_Generic((l), \
	struct mutex *: mmlab_mutant_mutex, \
	spinlock_t *: mmlab_mutant_spinlock, \
	default: mmlab_mutant_other)(l))
""" % REACH

# one digit for each number, which a test may set back to 0
REACH_SOURCE = """
#include <linux/module.h>

char mmlab_reached[%d] = { [0 ... %d] = '0' };
EXPORT_SYMBOL_GPL(mmlab_reached);
module_param_string(reached, mmlab_reached, sizeof(mmlab_reached), 0644);
MODULE_DESCRIPTION("notes which mutants are reached");
MODULE_LICENSE("GPL");
""" % (MOST + 1, MOST - 1)

KERNEL_CELL = """
struct mmlab_mutant_cell mmlab_mutant = { "%s", 0 };
""" % MARK.decode()

HOST_HEADER = COMMON + """
extern unsigned int mmlab_mutant_nr;
#define MUTANT(n)	(mmlab_mutant_nr == (n))
"""

HOST_CELL = """
#include <stdlib.h>
unsigned int mmlab_mutant_nr;
__attribute__((constructor)) static void mmlab_mutant_choose(void)
{
	const char *number = getenv("%s");

	mmlab_mutant_nr = number ? atoi(number) : 0;
}
""" % VARIABLE


def switched(text, mutants):
    """The source with a switch at each mutant's place; lines keep their numbers."""
    spans = {}
    for mutant in mutants:
        spans.setdefault((mutant.site.start, mutant.site.stop), []).append(mutant)
    for (start, stop), here in sorted(spans.items(), reverse=True):
        text = text[:start] + _switch(here, text[start:stop]) + text[stop:]
    return text


def _switch(mutants, original):
    kind = mutants[0].site.kind
    if kind == "head":
        mutant = mutants[0]
        cpu = original[original.index("(") + 1:original.rindex(")")]
        masks = ("cpu_online_mask", "cpu_possible_mask")
        if "online" in original:
            masks = masks[::-1]
        return f"for_each_cpu({cpu}, MUTANT({mutant.number}) ? {masks[0]} : {masks[1]})"
    if kind == "value":
        choices = "".join(f"MUTANT({m.number}) ? ({m.site.text}) : " for m in mutants)
        return f"({choices}({original}))"
    choices = "".join(f"if (MUTANT({m.number})) {{ {m.site.text} }} else " for m in mutants)
    return f"do {{ {choices}{{ {original} }} }} while (0);"


def write_tree(tree, mutants):
    """Puts switches and cells into @tree, which is a fresh copy of the sources."""
    by_file = {}
    for mutant in mutants:
        by_file.setdefault(mutant.file, []).append(mutant)
    for file, here in by_file.items():
        path = Path(tree, file)
        path.write_text(switched(path.read_text(), here))
    _before_end(Path(tree, "module/compat.h"), KERNEL_HEADER)
    _before_end(Path(tree, "selftests/host/shim/core_internal.h"), HOST_HEADER)
    _append(Path(tree, "selftests/host/env.c"), HOST_CELL)
    for path in Path(tree, "module").rglob("*.c"):
        if re.search(r"^module_init\(", path.read_text(), re.M):
            _append(path, KERNEL_CELL)
    Path(tree, "module/reach.c").write_text(REACH_SOURCE)
    _append(Path(tree, "Kbuild"), f"\nobj-m += {REACH_MODULE}.o\n"
                                  f"{REACH_MODULE}-y := module/reach.o\n")


def _before_end(header, text):
    whole = header.read_text()
    at = whole.rindex("#endif")
    header.write_text(whole[:at] + text + whole[at:])


def _append(path, text):
    path.write_text(path.read_text() + text)


def choose(module, number):
    """The bytes of a module file, with the mutant's number in its cell."""
    whole = Path(module).read_bytes()
    at = whole.find(MARK)
    if at < 0 or whole.count(MARK) != 1:
        raise ValueError(f"{module} has {whole.count(MARK)} cells for a mutant's number")
    at += len(MARK)
    return whole[:at] + number.to_bytes(4, "little") + whole[at + 4:]
