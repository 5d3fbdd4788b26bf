# SPDX-License-Identifier: AGPL-3.0-only
"""What becomes of the frozen events in the mirror: tables and columns, for `generate_mirror.py`.

One table for each event; one more for each list in an event, its rows numbered by `position`. A
struct's members become columns, and so do the values of a packed word.
"""

import re
from dataclasses import dataclass

from millpond.chain import abi
from millpond.chain.abi import EventForm, Param

DEV = {"TestDollar"}
"""Frozen for dev chains, no part of a co-op."""
LEFT_OUT = {("ProposalCreated", "signatures")}
"""OpenZeppelin's event has them; ours are always empty."""
SMALL = frozenset(
    [
        *("epoch", "attempt", "seat", "times_joined", "earmark_id", "from_id", "to_id", "version"),
        *("needed", "closes_at", "deadline", "issued_at", "effective_at", "reason", "weight"),
        *("proposal_state", "vote_start", "vote_end", "delay", "period", "timelock", "expiry"),
        *("quorum_bps", "approval_bps", "joins_bps", "payout_bps", "signer_cap_bps", "sponsors"),
        *("leaf_count", "earmark", "maintainers_version", "pot_earmark", "income_earmark"),
        *("epoch_length", "claim_window", "epochs_left", "ready_at"),
        *("zero_out_bps", "restorers"),
        *("id", "rounds", "rule", "quorum", "casts", "ballots"),
    ]
)
"""Whole numbers that the contracts keep far below 2^63 (counts, times in seconds, shares, ids that
are counted up). All others are amounts or hashes and are kept as decimal text."""
ASSETS = {"asset", "policy_asset", "terms_asset", "parts_grain"}
"""Columns that name a token."""
PACKED = {
    ("pool_released_many_batch", "value"): (("to_account", "address"), ("amount", "uint96")),
    ("cred_distributor_paid_out_leaves", "payment"): (("payee", "address"), ("amount", "uint96")),
    ("cred_distributor_paid_out_leaves", "grain"): (("epoch", "uint160"), ("grain", "uint96")),
    ("cred_distributor_claimed_shares", "value"): (
        ("epoch", "uint32"),
        ("grain", "uint96"),
        ("amount", "uint128"),
    ),
}
"""Words of lists that hold several values side by side: by table and column, the column and type of
each, the lowest first."""
RESERVED = {"to": "to_account", "by": "by_account"}
"""Names that SQL keeps for itself."""
WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
"""Where one word of a name ends and the next begins; DAOURIUpdate has two."""


def snake(name: str) -> str:
    """castVote -> cast_vote, PoolCreated -> pool_created."""
    letters = WORDS.sub("_", name).lower()
    return RESERVED.get(letters, letters)


@dataclass(frozen=True)
class Column:
    """One elementary value of an event: its column, and how it is had."""

    name: str
    type: str
    field: str
    """The name of the field itself; `name` begins with the structs around it."""
    part: tuple[int, int] | None = None
    """Where it lies in a packed word: its lowest bit and how many; None for a word of its own."""

    @property
    def sql(self) -> str:
        """Its declaration."""
        whole = self.type == "bool" or (self.type.startswith("uint") and self.is_small)
        return f"{self.name} {'INTEGER' if whole else 'TEXT'} NOT NULL"

    @property
    def is_small(self) -> bool:
        """Whether an INTEGER column holds it."""
        return self.field in SMALL or self.type in {"uint8", "uint16", "uint32"}

    def of_word(self, word: str) -> str:
        """Python that makes it of a 32-byte word."""
        if self.part:
            return self.of_value(f"words.number({word})")
        if self.type == "address":
            return f"words.address({word})"
        if self.type == "bool":
            return f"words.boolean({word})"
        if self.type.startswith("bytes"):
            return f"words.fixed({word}, {self.type[5:]})"
        return f"words.{'small' if self.is_small else 'amount'}({word})"

    def of_value(self, value: str) -> str:
        """Python that makes it of a value that the ABI decoder returned."""
        if self.part:
            value = f"words.part({value}, {self.part[0]}, {self.part[1]})"
        if self.type == "address":
            return f"words.account({value})" if self.part else value
        if self.type == "bool":
            return f"int({value})"
        if self.type == "string":
            return f"words.readable({value})"
        if self.type.startswith("bytes"):
            return f"words.hexed({value})"
        return f"words.checked_small({value})" if self.is_small else f"str({value})"


def columns(param: Param, prefix: str = "") -> list[tuple[Column, str]]:
    """The columns of a static value or struct, each with its path (".a.b") below the parameter."""
    if param.type != "tuple":
        field = snake(param.name)
        return [(Column(prefix + field, param.type, field), "")]
    inner = f"{prefix}{snake(param.name)}_" if param.name else prefix
    return [
        (column, f".{part.name}{path}")
        for part in param.parts
        if not is_list(part)
        for column, path in columns(part, inner)
    ]


def parts(table: str, column: Column) -> list[Column]:
    """What a packed word of a list holds; a column that is none, as it is."""
    if (table, column.name) not in PACKED:
        return [column]
    found, at = [], 0
    for name, kind in PACKED[table, column.name]:
        bits = 160 if kind == "address" else int(kind.removeprefix("uint"))
        found.append(Column(name, kind, name, (at, bits)))
        at += bits
    return found


def is_list(param: Param) -> bool:
    """Whether it is a list, of fixed or free length."""
    return param.type.endswith("]")


def element(param: Param) -> Param:
    """What a list holds; an element that is no struct is called `value`."""
    inner = param.type[: param.type.rindex("[")]
    return Param("" if inner == "tuple" else "value", inner, param.parts, False)


@dataclass(frozen=True)
class ListTable:
    """The table of a list, and of the lists within its elements."""

    name: str
    path: str
    """Where the list is, seen from what holds it: ".shares", or "" for an event's own field."""
    param: Param
    depth: int = 1

    @property
    def keys(self) -> list[str]:
        """The numbers that tell an element's place."""
        return ["position", "position_within"][: self.depth]

    @property
    def columns(self) -> list[tuple[Column, str]]:
        """What one element holds, without the lists in it."""
        return [
            (part, path)
            for column, path in columns(element(self.param))
            for part in parts(self.name, column)
        ]

    @property
    def inner(self) -> list["ListTable"]:
        """The tables of the lists that each element holds."""
        return [
            ListTable(f"{self.name}_{snake(part.name)}", f".{part.name}", part, self.depth + 1)
            for part in self.param.parts
            if is_list(part)
        ]

    @property
    def all(self) -> list["ListTable"]:
        """This one and those within."""
        return [self] + [table for each in self.inner for table in each.all]


@dataclass(frozen=True)
class EventTable:
    """One event: its table, its columns, the tables of its lists."""

    contract: str
    form: EventForm

    @property
    def function(self) -> str:
        """The decoder's name in its file."""
        return snake(self.form.name)

    @property
    def name(self) -> str:
        """The table's name."""
        return f"{snake(self.contract)}_{self.function}"

    @property
    def fields(self) -> list[Param]:
        """What is kept."""
        return [p for p in self.form.inputs if (self.form.name, p.name) not in LEFT_OUT]

    @property
    def columns(self) -> list[Column]:
        """All elementary fields."""
        return [c for p in self.fields if not is_list(p) for c, _ in columns(p)]

    @property
    def lists(self) -> list[ListTable]:
        """A table for each list."""
        return [ListTable(f"{self.name}_{snake(p.name)}", "", p) for p in self.fields if is_list(p)]

    @property
    def is_nested(self) -> bool:
        """Whether the log's data holds lists within a list."""
        return any(outer.inner for outer in self.lists)


def events_of(contract: str) -> list[EventTable]:
    """All events of a contract, by name."""
    found = abi.load(contract).events
    return [EventTable(contract, found[name]) for name in sorted(found)]


def contracts() -> list[str]:
    """The contracts that are mirrored: those that say anything."""
    return [name for name in abi.names() if name not in DEV and abi.load(name).events]
