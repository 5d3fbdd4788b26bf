# SPDX-License-Identifier: AGPL-3.0-only
"""A pool whose facts a test writes down, and calls with any arguments for it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from millpond.chain import abi
from millpond.chain.abi import Function, Param
from millpond.chain.answers import NO_ADDRESS, Address
from millpond.chain.governance import Action
from millpond.chain.wording import Earmark, Here, Told, told
from millpond.core.figures import Asset
from millpond.core.subjects import checksum_address


def account(number: int) -> str:
    """An address of its own for each number."""
    return checksum_address(number.to_bytes(20))


POOL, GOVERNOR, ADMISSION, GRAIN, DISTRIBUTOR, HUB, IDENTITY = map(account, range(0xA1, 0xA8))
CLERK = account(0xA8)
DOLLAR, PINS, BADGES, OTHER_POOL, ALLOCATION, TEAM, MATCHING, CROWDMATCH = map(
    account, range(0xB1, 0xB9)
)
ALICE, BOB = account(0xC1), account(0xC2)
HERE = Here(POOL, GOVERNOR, ADMISSION, GRAIN, DISTRIBUTOR, HUB, IDENTITY, CLERK)
AT = HERE.kinds | {
    PINS: "Pins",
    BADGES: "Badges",
    DOLLAR: "TestDollar",
    ALLOCATION: "Allocation",
    TEAM: "Team",
    MATCHING: "Matching",
    CROWDMATCH: "Crowdmatch",
}


@dataclass
class Facts:
    """`wording.Known`, written down."""

    here: Here = HERE
    kinds: dict[str, tuple[str, str | None]] = field(default_factory=dict)
    assets: dict[str, Asset] = field(
        default_factory=lambda: {
            NO_ADDRESS: Asset(NO_ADDRESS, "ETH", 18),
            DOLLAR: Asset(DOLLAR, "TUSD", 6),
            GRAIN: Asset(GRAIN, "MILL", 18),
        }
    )
    tokens: set[str] = field(default_factory=lambda: {DOLLAR})
    parts: dict[str, bytes] = field(
        default_factory=lambda: {
            ADMISSION: bytes(4),
            GRAIN: bytes(4),
            DISTRIBUTOR: abi.load("CredDistributor").function("finalise", 2).selector,
        }
    )
    code: dict[str, bool] = field(default_factory=dict)
    earmarks: dict[int, Earmark] = field(
        default_factory=lambda: {0: Earmark(None, None, False, None)}
    )
    buy_in: str | None = DOLLAR
    coming: dict[bytes, str] = field(default_factory=dict)

    def kind_of(self, address: str) -> tuple[str | None, str | None]:
        """This pool's own, and what was written down."""
        if address in self.kinds:
            return self.kinds[address]
        kind = HERE.kinds.get(address)
        return kind, None if kind is None or address in HERE.shared else POOL

    def asset(self, address: str) -> Asset:
        """Nothing is known of others."""
        return self.assets.get(address, Asset(address, None, None))

    def is_token(self, address: str) -> bool:
        """Those the pool has held."""
        return address in self.tokens

    def consent_selector(self, address: str) -> bytes | None:
        """Of the installed parts."""
        return self.parts.get(address)

    def has_code(self, address: str) -> bool | None:
        """Where it was written down."""
        return self.code.get(address)

    def earmark(self, number: int) -> Earmark | None:
        """Those that were opened."""
        return self.earmarks.get(number)

    def buy_in_asset(self) -> str | None:
        """The one written down."""
        return self.buy_in

    def next_install(self, kind: bytes, setup_call: bytes) -> str | None:
        """Where it was written down."""
        del setup_call
        return self.coming.get(kind)


def call(target: str, kind: str, function: str, *args: object, value: int = 0) -> Action:
    """A call of one of our contracts."""
    data = abi.load(kind).function(function, len(args)).encode(args)
    return Action(Address(target), value, data)


def one(action: Action, known: Facts | None = None) -> Told:
    """The only call of a proposal."""
    [found] = told([action], known or Facts())
    return found


def words(found: Told) -> str:
    """All that a member reads of a call."""
    return "\n".join([found.sentence, *found.notes, *found.warnings])


# --- any arguments --------------------------------------------------------------------------------

_KNOWN = sorted({NO_ADDRESS, *AT, ALICE, BOB})


def arguments(function: Function) -> st.SearchStrategy[tuple[Any, ...]]:
    """Any arguments of a function."""
    return st.tuples(*map(values_of, function.inputs))


def values_of(param: Param) -> st.SearchStrategy[Any]:
    """Any value of a type."""
    kind = param.type
    if kind.endswith("]"):
        inner = Param(param.name, kind[: kind.rindex("[")], param.parts, False)
        size = kind[kind.rindex("[") + 1 : -1]
        least, most = (int(size), int(size)) if size else (0, 3)
        return st.lists(values_of(inner), min_size=least, max_size=most)
    if kind == "tuple":
        return st.tuples(*map(values_of, param.parts))
    return _single(kind)


def _single(kind: str) -> st.SearchStrategy[Any]:
    simple: dict[str, st.SearchStrategy[Any]] = {
        "address": st.sampled_from(_KNOWN)
        | st.binary(min_size=20, max_size=20).map(checksum_address),
        "bool": st.booleans(),
        "string": st.text(max_size=40),
    }
    if kind in simple:
        return simple[kind]
    if kind.startswith("bytes"):
        size = int(kind[5:] or 0)
        return st.binary(min_size=size, max_size=size or 90)
    whole = st.integers(0, 2 ** int(kind[4:]) - 1)
    return st.integers(0, 3) | whole if kind != "uint8" else whole


def one_change(param: Param, value: Any) -> Iterator[Any]:
    """The value with one thing in it changed, for every thing in it."""
    kind = param.type
    if kind.endswith("]"):
        inner = Param(param.name, kind[: kind.rindex("[")], param.parts, False)
        for at, each in enumerate(value):
            yield from ([*value[:at], new, *value[at + 1 :]] for new in one_change(inner, each))
        if kind.endswith("[]") and value:
            yield value[:-1]
    elif kind == "tuple":
        for at, (part, each) in enumerate(zip(param.parts, value, strict=True)):
            yield from ((*value[:at], new, *value[at + 1 :]) for new in one_change(part, each))
    elif kind == "bool":
        yield not value
    elif kind == "string":
        yield f"{value}x"
    elif kind == "address":
        yield ALICE if value != ALICE else BOB
    elif kind.startswith("bytes"):
        yield bytes([value[0] ^ 1]) + value[1:] if value else b"x"
    else:
        yield value ^ 1
