# SPDX-License-Identifier: AGPL-3.0-only
"""A Vyper source as a tree of Python's own syntax, in which every place is exact.

What Python does not know is replaced by something of the same length that it does know, so a node
of the tree stands where its text stands in the source. (The compiler's own tree is not exact about
what comes after `staticcall`.)
"""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

# Same length, and Python: a declaration becomes a class, a call of another contract an `await`.
WORDS = {
    "event": "class",
    "struct": "class ",
    "interface": "class    ",
    "flag": "if  ",
    "log": "not",
    "extcall": "await  ",
    "staticcall": "await     ",
}
OPENS = ("event", "struct", "interface", "flag")
LAYOUT = (tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.NL, tokenize.COMMENT)
PRAGMA = re.compile(r"^# pragma nonreentrancy on$", re.MULTILINE)


@dataclass(frozen=True)
class Function:
    """One function of a source."""

    name: str
    node: ast.FunctionDef


@dataclass(frozen=True)
class Reading:
    """One source text and its tree."""

    text: str

    @cached_property
    def tokens(self) -> list[tokenize.TokenInfo]:
        """What Python's tokenizer makes of it."""
        return list(tokenize.generate_tokens(io.StringIO(self.text).readline))

    @cached_property
    def tree(self) -> ast.Module:
        """The whole, with places that fit the source."""
        return ast.parse(self._in_python())

    @cached_property
    def _lines(self) -> list[int]:
        """Where each line begins."""
        begins = [0]
        for line in self.text.splitlines(keepends=True):
            begins.append(begins[-1] + len(line))
        return begins

    def at(self, line: int, column: int) -> int:
        """A place as a number of characters from the beginning."""
        return self._lines[line - 1] + column

    def span(self, node: ast.AST) -> tuple[int, int]:
        """From where to where a node stands."""
        found = node.lineno, node.col_offset, node.end_lineno, node.end_col_offset  # type: ignore[attr-defined]  # all that we ask for have them
        return self.at(*found[:2]), self.at(*found[2:])

    def said(self, node: ast.AST) -> str:
        """The text of a node."""
        begin, end = self.span(node)
        return self.text[begin:end]

    def line_of(self, place: int) -> str:
        """The text of the line that a place is in, without its indentation."""
        begin = self.text.rfind("\n", 0, place) + 1
        return self.text[begin:].split("\n", 1)[0].strip()

    def line_number(self, place: int) -> int:
        """The number of that line, from 1."""
        return self.text.count("\n", 0, place) + 1

    def operator(self, begin: int, end: int) -> tuple[int, int]:
        """The operator between two operands: all but brackets and remarks."""
        found = [
            (self.at(*token.start), self.at(*token.end))
            for token in self.tokens
            if token.type in (tokenize.OP, tokenize.NAME)
            and token.string not in "()"
            and begin <= self.at(*token.start)
            and self.at(*token.end) <= end
        ]
        return found[0][0], found[-1][1]

    def functions(self) -> Iterator[Function]:
        """All functions, in order."""
        for node in self.tree.body:
            if isinstance(node, ast.FunctionDef):
                yield Function(node.name, node)

    def _in_python(self) -> str:
        text = list(self.text)
        before = tokenize.NEWLINE
        for number, token in enumerate(self.tokens):
            if token.type == tokenize.NAME and self._is_word(token, number, before):
                begin = self.at(*token.start)
                text[begin : begin + len(token.string)] = WORDS[token.string]
            if token.string == "for" and before in LAYOUT:
                self._blank_type(text, number)
            before = token.type
        return "".join(text)

    def _is_word(self, token: tokenize.TokenInfo, number: int, before: int) -> bool:
        """Whether a name is a word of Vyper here: two of them may be names elsewhere."""
        if token.string not in WORDS:
            return False
        following = self.tokens[number + 1]
        if token.string in ("extcall", "staticcall"):
            return following.type == tokenize.NAME
        return before in LAYOUT and following.type == tokenize.NAME

    def _blank_type(self, text: list[str], number: int) -> None:
        """`for i: uint256 in` without the type."""
        colon = self.at(*self.tokens[number + 2].start)
        word = next(t for t in self.tokens[number:] if t.string == "in" and t.type == tokenize.NAME)
        end = self.at(*word.start)
        text[colon:end] = " " * (end - colon)


class Lines:
    """Which statement a line is in. The lines of a function's head are in its first one."""

    def __init__(self, reading: Reading) -> None:
        self.begin: dict[int, int] = {}  # of the innermost statement, for each line
        self.whole: dict[int, tuple[int, int]] = {}  # from where to where one stands
        self._functions: list[range] = []  # the lines of each
        for function in reading.functions():
            node, body = function.node, function.node.body
            if isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
                body = body[1:]  # NatSpec
            head = node.decorator_list[0].lineno if node.decorator_list else node.lineno
            self._functions.append(range(head, (node.end_lineno or head) + 1))
            self.begin.update(dict.fromkeys(range(head, body[0].lineno), body[0].lineno))
            self._enter(body)

    def of_function(self, line: int) -> set[int]:
        """Where the statements begin of the function that a line is in; none outside of all."""
        return {
            self.begin[each]
            for lines in self._functions
            if line in lines
            for each in lines
            if each in self.begin
        }

    def _enter(self, body: list[ast.stmt]) -> None:
        for each in body:
            end = each.end_lineno or each.lineno
            self.whole[each.lineno] = each.lineno, end
            self.begin.update(dict.fromkeys(range(each.lineno, end + 1), each.lineno))
            for inner in ("body", "orelse"):
                self._enter(getattr(each, inner, []))
