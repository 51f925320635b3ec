# SPDX-License-Identifier: GPL-2.0
"""The operators: each finds the sites in a function where it can be applied.

A site exchanges one full expression, or one or two whole statements, so that a
mutant can be a switch in the source: see switch.py.
"""
import re

from csource import CLOSE, OPEN, Token, arguments, join, partner

ERRNOS = """EPERM ENOENT ESRCH EINTR EIO ENXIO E2BIG EBADF EAGAIN ENOMEM EACCES EFAULT
EBUSY EEXIST ENODEV EINVAL ENOSPC ERANGE EOVERFLOW EUCLEAN EOPNOTSUPP ENOTTY""".split()

# flags of the kernel: each stands for the one after it in its row
KERNEL_FLAGS = [row.split() for row in """VM_READ VM_WRITE VM_EXEC
VM_MAYREAD VM_MAYWRITE VM_MAYEXEC
VM_DONTEXPAND VM_DONTDUMP VM_DONTCOPY VM_MIXEDMAP
VM_FAULT_NOPAGE VM_FAULT_SIGBUS VM_FAULT_OOM VM_FAULT_LOCKED VM_FAULT_RETRY
FMODE_READ FMODE_WRITE
PROT_READ PROT_WRITE PROT_EXEC
SEEK_SET SEEK_CUR SEEK_END
KPF_MMAP KPF_ANON KPF_BUDDY KPF_SLAB KPF_PGTABLE KPF_RESERVED
KPF_LRU KPF_ACTIVE KPF_REFERENCED KPF_SWAPCACHE KPF_SWAPBACKED""".splitlines()]

ROUNDING = {"round_up": 0, "round_down": 0, "roundup": 0, "rounddown": 0, "ALIGN": 0,
            "ALIGN_DOWN": 0, "PAGE_ALIGN": 0, "PAGE_ALIGN_DOWN": 0, "PTR_ALIGN": 0}

# Without these the code does the same, or only the log has less: no mutants.
IDLE_CALLS = {"cond_resched", "might_sleep", "cpu_relax", "barrier", "prefetch", "pr_info",
              "pr_debug", "pr_warn", "pr_err", "pr_notice", "BUILD_BUG_ON", "WARN_ON",
              "WARN_ON_ONCE", "static_assert", "va_start", "va_end", "kfence", "memalloc",
              "LIST_HEAD"}
IDLE_PARTS = ("assert", "lockdep", "kasan", "kmemleak", "data_race", "annotate")

ORDER_PARTS = ("flush", "barrier", "smp_", "unlock", "thaw", "leave", "synchronize", "unmap",
               "zap", "cancel", "rcu_", "WRITE_ONCE", "release")
UNLOCK_PARTS = ("unlock", "thaw", "leave")
LOCK_PARTS = ("lock", "freeze", "enter")
UNDO_PARTS = ("free", "put", "del", "remove", "exit", "unregister", "release", "undo",
              "unmap", "unlink", "destroy", "drop", "cancel")

# Binary operators from the loosest to the tightest.
LEVELS = [{","}, {"=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>="},
          {"?", ":"}, {"||"}, {"&&"}, {"|"}, {"^"}, {"&"}, {"==", "!="},
          {"<", ">", "<=", ">="}, {"<<", ">>"}, {"+", "-"}, {"*", "/", "%"}]
LEVEL = {op: i for i, ops in enumerate(LEVELS) for op in ops}

OFF_BY_ONE = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
NEGATED = {"==": "!=", "!=": "=="}


class Site:
    """A place and what stands there then: @text instead of tokens first to end."""

    def __init__(self, function, operator, kind, first, end, text, at):
        self.function, self.operator, self.kind = function, operator, kind
        self.first, self.end, self.text = first, end, text
        tokens = function.tokens
        self.original = join(tokens[first:end])
        self.start, self.stop = tokens[first].start, tokens[end - 1].end
        self.line = function.text.count("\n", 0, tokens[at].start) + 1

    def change(self):
        """The change as a person reads it, and as the file classified has it."""
        return f"{self.original} => {self.text or '(nothing)'}"


def _is_binary(tokens, at, first):
    """Is the operator at @at one with a value on its left?"""
    if at == first:
        return False
    left = tokens[at - 1]
    return left.kind in ("name", "number", "string", "char") and \
        left.text not in ("return", "sizeof") or left.text in (")", "]", "++", "--")


def left_operand(tokens, at, first):
    """Index where the left operand of the operator at @at begins."""
    level, depth = LEVEL[tokens[at].text], 0
    for i in range(at - 1, first - 1, -1):
        text = tokens[i].text if tokens[i].kind == "op" else ""
        if text and text in CLOSE:
            depth += 1
        elif text and text in OPEN:
            if depth == 0:
                return i + 1
            depth -= 1
        elif depth == 0 and text in LEVEL and LEVEL[text] < level and \
                _is_binary(tokens, i, first):
            return i + 1
    return first


def right_operand(tokens, at, end):
    """Index where the right operand of the operator at @at ends."""
    level, depth = LEVEL[tokens[at].text], 0
    for i in range(at + 1, end):
        text = tokens[i].text if tokens[i].kind == "op" else ""
        if text and text in OPEN:
            depth += 1
        elif text and text in CLOSE:
            if depth == 0:
                return i
            depth -= 1
        elif depth == 0 and text == ";":
            return i
        elif depth == 0 and text in LEVEL and i > at + 1 and LEVEL[text] <= level and \
                _is_binary(tokens, i, at + 1):
            return i
    return end


class Finder:
    """All sites of a function; @families: flag → its neighbour, @types: parameters."""

    def __init__(self, function, families, types):
        self.f, self.families, self.types = function, families, types
        self.tokens = function.tokens
        self.sites = []
        for region in function.regions:
            if region.kind == "head":
                self.cpus(region)
            else:
                self.expression(region.kind, "value", region.first, region.end)
        for block in function.blocks:
            for i, statement in enumerate(block):
                if statement.kind != "expression":
                    continue
                if self.is_idle(statement):
                    continue
                self.expression("statement", "statement", statement.first, statement.end)
                self.call(block, i)

    def is_idle(self, statement):
        name = self.tokens[statement.first].text
        return name in IDLE_CALLS or any(part in name for part in IDLE_PARTS)

    def add(self, operator, kind, first, end, text, at=None):
        self.sites.append(Site(self.f, operator, kind, first, end, text,
                               first if at is None else at))

    def exchange(self, operator, kind, span, begin, stop, new, at=None):
        """Within the full expression @span, @new in the place of begin to stop."""
        first, end = span
        new = [new] if isinstance(new, Token) else new
        text = join(self.tokens[first:begin] + new + self.tokens[stop:end])
        self.add(operator, kind, first, end, text, begin if at is None else at)

    # ---- inside an expression ----

    def expression(self, context, kind, first, end):
        span = first, end
        if context == "if":
            self.add("negate", kind, first, end, f"!({join(self.tokens[first:end])})")
        for i in range(first, end):
            token = self.tokens[i]
            if token.kind == "op":
                self.operator(context, kind, span, i)
            elif token.kind == "name":
                self.name(kind, span, i)

    def operator(self, context, kind, span, i):
        first, end = span
        text = self.tokens[i].text
        if text in OFF_BY_ONE and _is_binary(self.tokens, i, first):
            self.exchange("compare", kind, span, i, i + 1, Token("op", OFF_BY_ONE[text], 0))
        elif text in NEGATED and context != "loop":
            self.exchange("compare", kind, span, i, i + 1, Token("op", NEGATED[text], 0))
        elif text in ("&&", "||"):
            left = left_operand(self.tokens, i, first)
            right = right_operand(self.tokens, i, end)
            # of a chain, the term before the operator and not the whole chain
            for j in range(i - 1, left - 1, -1):
                if self.tokens[j].text == text and self.depth(left, j) == 0:
                    left = j + 1
                    break
            self.exchange("term", kind, span, left, i + 1, [], left)
            self.exchange("term", kind, span, i, right, [], i)
        elif text in ("<<", ">>"):
            right = right_operand(self.tokens, i, end)
            self.exchange("shift", kind, span, i, right, [], i)
        elif text in ("<<=", ">>=") and kind == "statement":
            self.add("shift", kind, first, end, "", i)
        elif text == "&" and _is_binary(self.tokens, i, first) and \
                self.is_mask(i + 1):
            right = right_operand(self.tokens, i, end)
            self.exchange("rounding", kind, span, i, right, [], i)

    def is_mask(self, i):
        """PAGE_MASK, or ~(… - 1)"""
        if self.tokens[i].text == "~":
            return self.tokens[i + 1].text == "("
        return self.tokens[i].text == "PAGE_MASK"

    def depth(self, first, end):
        depth = 0
        for token in self.tokens[first:end]:
            if token.kind == "op":
                depth += (token.text in OPEN) - (token.text in CLOSE)
        return depth

    def name(self, kind, span, i):
        text = self.tokens[i].text
        called = i + 1 < span[1] and self.tokens[i + 1].text == "("
        if text in ROUNDING and called:
            close = partner(self.tokens, i + 1)
            part = arguments(self.tokens[i + 2:close])[ROUNDING[text]]
            new = [Token("op", "(", 0)] + part + [Token("op", ")", 0)]
            self.exchange("rounding", kind, span, i, close + 1, new)
        elif text == "DIV_ROUND_UP" and called:
            self.exchange("rounding", kind, span, i, i + 1, Token("name", "MUTANT_DIV", 0))
        elif text in ("num_possible_cpus", "num_online_cpus"):
            other = "num_online_cpus" if "possible" in text else "num_possible_cpus"
            self.exchange("cpus", kind, span, i, i + 1, Token("name", other, 0))
        elif text in ERRNOS and self.tokens[i - 1].text == "-":
            other = ERRNOS[(ERRNOS.index(text) + 1) % len(ERRNOS)]
            self.exchange("errno", kind, span, i, i + 1, Token("name", other, 0))
        elif text in self.families and not called:
            self.exchange("flag", kind, span, i, i + 1,
                          Token("name", self.families[text], 0))
        elif called:
            self.swap(kind, span, i)

    def swap(self, kind, span, i):
        """Two arguments of one type, side by side, in each other's place."""
        types = self.types.get(self.tokens[i].text, [])
        close = partner(self.tokens, i + 1)
        parts = arguments(self.tokens[i + 2:close])
        if len(parts) != len(types):
            return
        for k in range(len(parts) - 1):
            if types[k] != types[k + 1] or join(parts[k]) == join(parts[k + 1]):
                continue
            comma = [Token("op", ",", 0)]
            swapped = parts[:k] + [parts[k + 1], parts[k]] + parts[k + 2:]
            new = [t for n, part in enumerate(swapped) for t in (comma if n else []) + part]
            self.exchange("swap", kind, span, i + 2, close, new, i)

    def cpus(self, region):
        name = self.tokens[region.first].text
        if name not in ("for_each_possible_cpu", "for_each_online_cpu"):
            return
        cpu = join(self.tokens[region.first + 2:region.end - 1])
        other = "online" if "possible" in name else "possible"
        self.add("cpus", "head", region.first, region.end, f"for_each_{other}_cpu({cpu})")

    # ---- whole statements ----

    def call(self, block, i):
        """A call whose result is not used: dropped, or moved over its neighbour."""
        statement = block[i]
        name = self.called(statement)
        if not name:
            return
        unlocks = any(part in name for part in UNLOCK_PARTS)
        if not unlocks and any(part in name for part in LOCK_PARTS):
            if i + 1 < len(block):
                self.move(block, i, i + 1)
            return	# without it the first unlock says so
        if any(part in name for part in ORDER_PARTS):
            moved = self.move(block, i, i - 1)
            if unlocks:
                if moved:
                    return	# without it all stands still, which proves little
            elif i + 1 < len(block):
                self.move(block, i, i + 1)
        undoes = statement.undoes and any(part in name for part in UNDO_PARTS)
        operator = "undo" if undoes else \
            "order" if any(part in name for part in ORDER_PARTS) else "call"
        self.add(operator, "statement", statement.first, statement.end, "")

    def called(self, statement):
        """Name of the function, if the statement is a call and nothing else."""
        for i in range(statement.first, statement.end):
            text = self.tokens[i].text
            if text == "(":
                if i == statement.first or self.tokens[i - 1].kind != "name":
                    return None
                close = partner(self.tokens, i)
                return self.tokens[i - 1].text if close == statement.end - 2 else None
            if self.tokens[i].kind != "name" and text not in ("->", "."):
                return None
        return None

    def move(self, block, i, other):
        if other < 0:
            return False
        one, two = sorted((block[i], block[other]), key=lambda s: s.first)
        if one.jumps or two.jumps or block[other].kind == "jump" or two.first != one.end:
            return False
        text = join(self.tokens[two.first:two.end]) + " " + join(
            self.tokens[one.first:one.end])
        self.add("order", "statement", one.first, two.end, text, block[i].first)
        return True


def flag_families(texts):
    """Flag → neighbour, from the enumerations and groups of macros of the sources."""
    rows = list(KERNEL_FLAGS)
    for text in texts:
        text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
        for body in re.findall(r"\benum\b[^{;()]*\{(.*?)\}", text, re.S):
            names = re.findall(r"(?:^|,)\s*([A-Z][A-Z0-9_]+)\b", body)
            rows.append([name for name in names if not name.startswith(("NR_", "__"))])
        group = []
        for line in text.splitlines() + [""]:
            match = re.match(r"#define\s+([A-Z][A-Z0-9_]+)\s+\(?(?:BIT|1U? ?<<|0x|\d)", line)
            prefix = match and match.group(1).rsplit("_", 1)[0]
            if match and (not group or prefix == group[-1].rsplit("_", 1)[0]):
                group.append(match.group(1))
                continue
            rows.append(group)
            group = [match.group(1)] if match else []
    families = {}
    for row in rows:
        for i, name in enumerate(row):
            if len(row) > 1:
                families.setdefault(name, row[(i + 1) % len(row)])
    return families
