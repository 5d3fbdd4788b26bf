# SPDX-License-Identifier: AGPL-3.0-only
"""Every small mistake that could be made in a source: one changed place each.

A mutant has a name that stays: its file, its function, its kind, and a hash of the line it is in
and of what the line becomes. Lines that move keep their mutants.
"""

import ast
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256

from bench.mutants import edits
from bench.mutants.edits import Edit
from bench.mutants.reading import PRAGMA, Reading

WHOLE_FILE = "-"


@dataclass(frozen=True)
class Mutant:
    """One changed source."""

    file: str  # below contracts/
    function: str
    kind: str
    line: int
    begin: int
    end: int
    new: str
    digest: str

    @property
    def id(self) -> str:
        """Its name, for good."""
        return f"{self.file}:{self.function}:{self.kind}:{self.digest}"

    @property
    def inside(self) -> bool:
        """Whether only the body of one function is another."""
        return self.function != WHOLE_FILE and self.kind != "decorator"

    def applied(self, text: str) -> str:
        """The source with the mistake."""
        return text[: self.begin] + self.new + text[self.end :]


def mutants(file: str, text: str) -> list[Mutant]:
    """All of them, in the order of the source."""
    reading = Reading(text)
    found: list[Mutant] = []
    seen: Counter[str] = Counter()
    for function, edit in _edits(reading):
        line, number = reading.line_of(edit.begin), reading.line_number(edit.begin)
        place = text.rfind("\n", 0, edit.begin) + 1
        before = text[place : edit.begin].strip()
        said = repr((function, edit.kind, line, before, edit.new))
        digest = sha256(said.encode()).hexdigest()[:8]
        seen[digest] += 1
        if seen[digest] > 1:
            digest = f"{digest}-{seen[digest]}"
        found.append(
            Mutant(file, function, edit.kind, number, edit.begin, edit.end, edit.new, digest)
        )
    return found


def _edits(reading: Reading) -> Iterator[tuple[str, Edit]]:
    for pragma in PRAGMA.finditer(reading.text):
        off = Edit("pragma", pragma.start(), pragma.end(), "# pragma nonreentrancy off")
        yield WHOLE_FILE, off
    for node in reading.tree.body:
        if isinstance(node, ast.AnnAssign) and node.value and _is_constant(node.annotation):
            for edit in _distinct(edits.of_constant(reading, node.value)):
                yield WHOLE_FILE, edit
        if isinstance(node, ast.FunctionDef):
            for edit in _distinct(edits.of_function(reading, node)):
                yield node.name, edit


def _is_constant(kind: ast.expr) -> bool:
    if isinstance(kind, ast.Call) and _named(kind) == "public":
        kind = kind.args[0]
    return isinstance(kind, ast.Call) and _named(kind) == "constant"


def _named(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _distinct(found: Iterable[Edit]) -> Iterator[Edit]:
    """By place; of two that say the same, the first."""
    seen = set()
    for edit in sorted(found, key=lambda each: (each.begin, each.end)):
        if edit[1:] not in seen:
            seen.add(edit[1:])
            yield edit
