# SPDX-License-Identifier: AGPL-3.0-only
"""Which test goes through which statement, so that a mutant meets the tests that can see it.

Before each statement the contracts look at the balance of an account that stands for it. That
changes nothing but gas, and the engine remembers every account that was looked at. Of a call that
was undone it remembers nothing: tests of refusals are found by the reason that they name.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from vyper.codegen import stmt  # type: ignore[import-untyped]
from vyper.codegen.ir_node import IRnode  # type: ignore[import-untyped]

from bench.mutants.making import Artifacts, whole
from tests.contracts.compiled import CONTRACTS
from tests.contracts.evm import Evm

FIRST = 0xC0DE_0000
SEEN = re.compile(rf"0x{'0' * 32}({FIRST >> 16:04x}[0-9a-f]{{4}}): Account")

Statement = tuple[str, int]
"""A file below contracts/ and a line in which a statement begins."""


class Marks:
    """The numbers of statements."""

    def __init__(self) -> None:
        self._numbers: dict[Statement, int] = {}

    def number(self, statement: Statement) -> int:
        """Of one, for as long as this is."""
        return self._numbers.setdefault(statement, FIRST + len(self._numbers))

    def marked(self, contracts: Sequence[str]) -> Artifacts:
        """Those contracts, with a mark at each statement."""
        with self._marking():
            return {name: whole(name, {}) for name in contracts}

    def seen(self, chain: Evm) -> set[Statement]:
        """The statements that a chain has gone through."""
        journal = chain._vm.journal_str  # noqa: SLF001  (only the engine itself knows)
        numbers = {int(each, 16) for each in SEEN.findall(journal)}
        return {statement for statement, number in self._numbers.items() if number in numbers}

    @contextmanager
    def _marking(self) -> Iterator[None]:
        plain = stmt.parse_stmt

        def marked(node: Any, context: Any) -> Any:
            code = plain(node, context)
            if node.parent is None or node.lineno is None:
                return code  # the compiler's own
            path = Path(node.module_node.resolved_path)
            if not path.is_relative_to(CONTRACTS):
                return code
            statement = str(path.relative_to(CONTRACTS)), node.lineno
            look = ["pop", ["balance", self.number(statement)]]
            return IRnode.from_list(["seq", look, code])

        stmt.parse_stmt = marked
        try:
            yield
        finally:
            stmt.parse_stmt = plain


class Watch:
    """The chains that are used in one process, and what they go through."""

    def __init__(self, marks: Marks) -> None:
        self._marks = marks
        self._used: dict[int, Evm] = {}
        self._kept: set[Statement] = set()

    @contextmanager
    def on(self) -> Iterator[None]:
        """For as long as this lasts every chain is watched."""
        create, call, restore = Evm.create, Evm.call, Evm.restore

        def created(chain: Evm, *args: Any) -> str:
            self._used[id(chain)] = chain
            return create(chain, *args)

        def called(chain: Evm, *args: Any, **named: Any) -> bytes:
            self._used[id(chain)] = chain
            return call(chain, *args, **named)

        def restored(chain: Evm, point: Any) -> None:
            self._kept |= self._marks.seen(chain)
            restore(chain, point)

        with pytest.MonkeyPatch.context() as patch:
            for name, watched in (("create", created), ("call", called), ("restore", restored)):
                patch.setattr(Evm, name, watched)
            yield

    def take(self) -> set[Statement]:
        """What was gone through since the last time; of a chain that is older, all."""
        found = self._kept.union(*(self._marks.seen(each) for each in self._used.values()))
        self._kept, self._used = set(), {}
        return found
