# SPDX-License-Identifier: AGPL-3.0-only
"""What the mirror says, value by value, and where the chain says the same.

A value may be asked of a contract's getter, read from a proven word of its storage, or both. All
are compared as numbers: an address and a hash are numbers too, a flag is 0 or 1.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from millpond.chain import abi
from millpond.chain.layouts import Word
from millpond.core.subjects import checksum_address

_ADDRESS = 2 + 40
_HASH = 2 + 64

Step = int | str


@dataclass(frozen=True)
class Getter:
    """A call that changes nothing, and which part of its answer is meant."""

    kind: str
    address: str
    function: str
    args: tuple[object, ...] = ()
    part: tuple[Step, ...] = ()

    @cached_property
    def form(self) -> abi.Function:
        """The function, by the contract's frozen ABI."""
        return abi.load(self.kind).function(self.function, len(self.args))

    @cached_property
    def data(self) -> bytes:
        """The bytes of the call."""
        return self.form.encode(self.args)

    def __str__(self) -> str:
        """As a call is written."""
        args = ", ".join(f"0x{a.hex()}" if isinstance(a, bytes) else str(a) for a in self.args)
        return f"{self.kind}({self.address}).{self.function}({args})"


Apart = Callable[[int, int], Iterator[tuple[str, str, str]]]
"""(mirror's number, chain's number) -> (row, mirror's value, chain's value) of all that differs."""


@dataclass(frozen=True)
class Expected:
    """One value as the mirror has it: in which view, row and column, and where to ask for it."""

    view: str
    row: str
    field: str
    value: int | str | None
    getter: Getter | None = None
    words: tuple[Word, ...] = ()
    """The chain's value is the sum of these."""
    names: tuple[str, ...] = ()
    """Names of the numbers, where people know the value by a name."""
    apart: Apart | None = None
    """Takes a value apart that stands for many rows."""

    @property
    def number(self) -> int:
        """The value to compare."""
        if isinstance(self.value, str) and self.value in self.names:
            return self.names.index(self.value)
        return number(self.value)

    def shown(self, found: int) -> str:
        """A number of the chain in the form that the mirror has it."""
        if self.names:
            return self.names[found] if found < len(self.names) else str(found)
        if isinstance(self.value, str) and self.value[:2] == "0x":
            if len(self.value) == _ADDRESS and found < 1 << 160:
                return checksum_address(found.to_bytes(20))
            return f"{found:#0{len(self.value)}x}" if len(self.value) == _HASH else hex(found)
        return str(found)


def number(value: object) -> int:
    """A value of a database or an ABI as the number that it is on the chain; nothing is 0."""
    if value is None:
        return 0
    if isinstance(value, bytes):
        return int.from_bytes(value)
    if isinstance(value, int):
        return int(value)
    text = str(value)
    if text[:2] == "0x":
        return int(text, 16) if len(text) > len("0x") else 0
    return int(text)


@dataclass(frozen=True)
class Difference:
    """Where mirror and chain are not of one mind. `by` says how the chain's value is known."""

    view: str
    row: str
    field: str
    mirrored: str
    found: str
    by: str
    next_step: str

    def __str__(self) -> str:
        """In one line."""
        told = f"the mirror has {self.mirrored}, the chain {self.found} ({self.by})"
        return f"{self.view}, {self.row}: {self.field}: {told}"


REBUILD = "make the mirror again from a node that you trust: millpond sync --rebuild"
ANOTHER_NODE = "ask another node with --node; this one contradicts its own proof"
PROVE = "ask another node that also serves proofs: one of this node and the mirror is wrong"
"""What to do about a difference that only the node's word is behind."""
