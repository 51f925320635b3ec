# SPDX-License-Identifier: GPL-2.0
"""C sources as tokens, functions and statements.

It knows as much of C as kernel style needs: no declarators, no macros. What it does
not understand it leaves out, and no mutant is made there.
"""
import re

TOKEN = re.compile(r"""
    (?P<space>[ \t\r\f\v\n]+)
  | (?P<comment>/\*.*?\*/|//[^\n]*)
  | (?P<directive>^[ \t]*\#(?:[^\n\\]|\\\n|\\.)*)
  | (?P<string>L?"(?:[^"\\\n]|\\.)*")
  | (?P<char>'(?:[^'\\\n]|\\.)+')
  | (?P<number>\.?[0-9](?:[eEpP][+-]|[0-9A-Za-z_.])*)
  | (?P<name>[A-Za-z_]\w*)
  | (?P<op>\.\.\.|<<=|>>=|->|\+\+|--|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^]=|[][(){}.;,:?~!<>=+*/%&|^-])
""", re.X | re.S | re.M)

OPEN, CLOSE = "([{", ")]}"
TYPE_WORDS = {"const", "static", "struct", "enum", "union", "unsigned", "signed", "int",
              "long", "char", "void", "bool", "volatile", "register"}
FUNCTION_WORDS = {"if", "for", "while", "switch", "return", "do", "else"}


class Token:
    """A token that the compiler sees, and where it stands in the text."""
    __slots__ = ("kind", "text", "start", "end")

    def __init__(self, kind, text, start):
        self.kind, self.text, self.start = kind, text, start
        self.end = start + len(text)

    def __repr__(self):
        return self.text


def tokens_of(text):
    """All tokens but space, comments and directives; ValueError if one is unknown."""
    found, at = [], 0
    while at < len(text):
        match = TOKEN.match(text, at)
        if not match:
            raise ValueError(f"no token at {text[at:at + 20]!r}")
        if match.lastgroup not in ("space", "comment", "directive"):
            found.append(Token(match.lastgroup, match.group(), at))
        at = match.end()
    return found


def partner(tokens, at):
    """Index of the bracket that closes the one at @at."""
    depth = 0
    for i in range(at, len(tokens)):
        if tokens[i].text in OPEN and tokens[i].kind == "op":
            depth += 1
        elif tokens[i].text in CLOSE and tokens[i].kind == "op":
            depth -= 1
            if depth == 0:
                return i
    raise ValueError("a bracket is not closed")


def join(tokens):
    """Text of tokens on one line, as one would write it."""
    out = ""
    for i, token in enumerate(tokens):
        if i and not _sticks(tokens[i - 1], token, tokens[i - 2] if i > 1 else None):
            out += " "
        out += token.text
    return out


def _sticks(left, right, before):
    if left.text in ("(", "[", "!", "~", "->", ".") or right.text in (
            ")", "]", ";", ",", "->", ".", "["):
        return True
    if right.text == "(":
        return left.kind == "name" and left.text not in FUNCTION_WORDS or left.text == ")"
    if right.text in ("++", "--"):
        return left.kind in ("name", "number") or left.text in (")", "]")
    if left.text in ("++", "--"):
        return right.kind == "name"
    # a sign or a pointer's star, if no value stands before it
    unary = before is None or before.kind == "op" and before.text not in ")]"
    return left.text in ("-", "&", "*", "+") and unary


class Region:
    """A full expression that can be exchanged as a whole.

    kind: if, loop, value (of a return, an initializer) or head (of a for_each macro).
    """

    def __init__(self, kind, first, end):
        self.kind, self.first, self.end = kind, first, end


class Statement:
    """An expression statement, its place in its block, and what leaves it."""

    def __init__(self, kind, first, end, jumps=False):
        self.kind, self.first, self.end, self.jumps = kind, first, end, jumps
        self.undoes = False


class Function:
    """A function's name, tokens, regions, and blocks of statements."""

    def __init__(self, name, text, tokens, first, end):
        self.name, self.text, self.tokens = name, text, tokens
        self.first, self.end = first, end
        self.regions, self.blocks = [], []
        self._block(first)

    # ---- statements: each takes an index and returns the one after it ----

    def _text(self, at):
        return self.tokens[at].text

    def _semicolon(self, at):
        while self._text(at) != ";":
            at = partner(self.tokens, at) + 1 if self._text(at) in OPEN else at + 1
            if at >= self.end:
                raise ValueError("a statement has no end")
        return at

    def _block(self, at):
        statements, at = [], at + 1
        after_label = False
        while self._text(at) != "}":
            label = self._label(at)
            if label:
                after_label |= self._text(at) not in ("case", "default")
                at = label
                continue
            statement = self._statement(at)
            statement.undoes = after_label
            statements.append(statement)
            at = statement.end
        self._mark_error_exit(statements)
        self.blocks.append(statements)
        return at + 1

    def _mark_error_exit(self, statements):
        """What stands before a jump out of an inner block undoes something."""
        if not statements or statements[-1].kind != "jump":
            return
        words = {t.text for t in self.tokens[statements[-1].first:statements[-1].end]}
        if "goto" in words or "-" in words or words & {"err", "error", "NULL", "ret"}:
            if self.blocks or statements[0].first != self.first + 1:
                for statement in statements:
                    statement.undoes |= len(statements) < 5

    def _label(self, at):
        if self._text(at) == "case":
            while self._text(at) != ":":
                at += 1
            return at + 1
        if self.tokens[at].kind == "name" and self._text(at + 1) == ":" and \
                self._text(at) != "default" or self._text(at) == "default":
            return at + 2
        return None

    def _statement(self, at):
        word = self._text(at)
        first = at
        if word == "{":
            kind, end = "block", self._block(at)
        elif word == "if":
            kind, end = "if", self._if(at)
        elif word in ("while", "switch"):
            close = partner(self.tokens, at + 1)
            if word == "while":
                self.regions.append(Region("loop", at + 2, close))
            kind, end = "loop", self._body(close + 1)
        elif word == "do":
            end = self._body(at + 1)
            close = partner(self.tokens, end + 1)
            self.regions.append(Region("loop", end + 2, close))
            kind, end = "loop", close + 2
        elif word == "for":
            kind, end = "loop", self._for(at)
        elif "for_each" in word and self._text(at + 1) == "(":
            close = partner(self.tokens, at + 1)
            self.regions.append(Region("head", at, close + 1))
            kind, end = "loop", self._body(close + 1)
        elif word in ("return", "goto", "break", "continue"):
            end = self._semicolon(at) + 1
            if word == "return" and end - at > 2:
                self.regions.append(Region("value", at + 1, end - 1))
            kind = "jump"
        else:
            end = self._semicolon(at) + 1
            kind = self._simple(at, end)
        words = {t.text for t in self.tokens[first:end] if t.kind == "name"}
        jumps = kind == "declaration" or bool(
            words & {"return", "goto", "break", "continue", "case", "default"})
        return Statement(kind, first, end, jumps)

    def _if(self, at):
        close = partner(self.tokens, at + 1)
        self.regions.append(Region("if", at + 2, close))
        end = self._body(close + 1)
        if self._text(end) == "else":
            end = self._body(end + 1)
        return end

    def _body(self, at):
        """The statement that another one has; without braces it is a block of one."""
        statement = self._statement(at)
        if self._text(at) != "{":
            self.blocks.append([statement])
        return statement.end

    def _for(self, at):
        close = partner(self.tokens, at + 1)
        one = self._semicolon(at + 2)
        two = self._semicolon(one + 1)
        if two > one + 1:
            self.regions.append(Region("loop", one + 1, two))
        return self._body(close + 1)

    def _simple(self, at, end):
        """An expression or a declaration, whose initializers are regions."""
        if not self._declares(at):
            return "expression"
        if self._text(at) == "static":
            return "declaration"
        depth, begin = 0, None
        for i in range(at, end):
            text = self._text(i)
            if text in CLOSE and self.tokens[i].kind == "op":
                depth -= 1
            if depth == 0 and text == "=" and begin is None:
                begin = i + 1
            elif depth == 0 and text in (",", ";") and begin is not None:
                if self._text(begin) != "{":
                    self.regions.append(Region("value", begin, i))
                begin = None
            if text in OPEN and self.tokens[i].kind == "op":
                depth += 1
        return "declaration"

    def _declares(self, at):
        first, second, third = self.tokens[at:at + 3]
        if first.text in TYPE_WORDS:
            return True
        if first.kind != "name":
            return False
        return second.kind == "name" or second.text == "*" and third.kind == "name" and \
            self._text(at + 3) in ("=", ";", ",")


def functions_of(text):
    """The functions that a source defines, in order."""
    tokens = tokens_of(text)
    found, at = [], 0
    while at < len(tokens):
        if tokens[at].text != "{":
            at += 1
            continue
        end = partner(tokens, at)
        name = _function_name(tokens, at)
        if name:
            try:
                found.append(Function(name, text, tokens, at, end))
            except (ValueError, IndexError):
                pass	# more C than is known here
        at = end + 1
    return found


def _function_name(tokens, brace):
    """Of what is defined at @brace, None if that is no function."""
    at, depth = brace - 1, 0
    if at < 0 or tokens[at].text != ")":
        return None
    while at >= 0:
        if tokens[at].text == ")":
            depth += 1
        elif tokens[at].text == "(":
            depth -= 1
            if depth == 0:
                break
        at -= 1
    if at < 1 or tokens[at - 1].kind != "name":
        return None
    return tokens[at - 1].text


def parameter_types(text):
    """For each function that a source declares or defines: types of its parameters."""
    tokens = tokens_of(text)
    types, depth = {}, 0
    for i, token in enumerate(tokens):
        if token.kind == "op" and token.text == "{":
            depth += 1
        elif token.kind == "op" and token.text == "}":
            depth -= 1
        if depth or token.text != "(" or i < 2 or tokens[i - 1].kind != "name":
            continue
        if tokens[i - 2].kind != "name" and tokens[i - 2].text != "*":
            continue
        close = partner(tokens, i)
        if close + 1 < len(tokens) and tokens[close + 1].text in (";", "{"):
            types[tokens[i - 1].text] = [
                join(part[:-1]) for part in arguments(tokens[i + 1:close]) if len(part) > 1]
    return types


def arguments(tokens):
    """Splits the inside of brackets at its commas."""
    parts, depth = [[]], 0
    for token in tokens:
        if token.kind == "op" and token.text in OPEN:
            depth += 1
        elif token.kind == "op" and token.text in CLOSE:
            depth -= 1
        if depth == 0 and token.text == ",":
            parts.append([])
        else:
            parts[-1].append(token)
    return parts if parts != [[]] else []
