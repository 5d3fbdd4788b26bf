# SPDX-License-Identifier: AGPL-3.0-only
"""What both comparisons share: one call on one side, raw, and what was seen of all of them."""

from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from millpond.core.canonical import keccak256
from tests.contracts.compiled import artifact
from tests.contracts.evm import ERROR_STRING, GAS_LIMIT, OUTPUT, Contract
from tests.properties.chain import Chain, Outcome

REMEMBERED = 25
REFUSED = b"refused"

Event = tuple[tuple[bytes, ...], bytes]
"""Topics and data."""


class Divergence(AssertionError):
    """The two sides parted where no listed reason says so, or otherwise than it says."""


class Answer(NamedTuple):
    """What a call did: what came back and what was logged, or why it was refused."""

    ok: bool
    data: bytes
    reason: str
    events: tuple[Event, ...]

    @property
    def seen(self) -> tuple[bool, bytes, tuple[Event, ...]]:
        """What both sides must have in common; reasons have each their own words."""
        return self.ok, self.data, self.events


class Ground(Chain):
    """The chain under both. A refusal that is no text is told whole, for it names an error."""

    def _reason(self, error: str) -> str:
        output = OUTPUT.match(error)
        named = output is not None and not output.group(1).startswith(ERROR_STRING.hex())
        return output.group(1) if output is not None and named else super()._reason(error)


class Side:
    """One of the two contracts, driven by raw calls; in what it says its own address is none."""

    def __init__(self, chain: Chain, contract: Contract) -> None:
        self.chain, self.handle = chain, chain.handle(contract)
        self.address = self.handle.address
        self._word = bytes.fromhex(self.address[2:]).rjust(32, b"\0")
        self._errors = _errors(contract)

    def raw(self, sender: str, data: bytes, value: int = 0, gas: int = GAS_LIMIT) -> Answer:
        """One transaction with these bytes."""
        return self._read(self.chain.send(sender, self.address, data, value, gas=gas))

    def call(self, sender: str, function: str, *args: Any) -> Answer:
        """One transaction."""
        return self.raw(sender, self.handle.functions[function].calldata(args))

    def ask(self, function: str, *args: Any) -> bytes:
        """What a view answers, or that it refuses to."""
        data = self.handle.functions[function].calldata(args)
        found = self.chain.send(NOBODY, self.address, data, 0, True)
        return self._nameless(found.data) if found.ok else REFUSED

    def number(self, function: str, *args: Any) -> int:
        """A view's answer of one word."""
        return int.from_bytes(self.ask(function, *args))

    def _read(self, found: Outcome) -> Answer:
        events = tuple((topics, self._nameless(data)) for _, topics, data in found.logs)
        events = tuple((tuple(map(self._nameless, topics)), data) for topics, data in events)
        return Answer(found.ok, found.data, self._told(found.reason), events)

    def _nameless(self, data: bytes) -> bytes:
        return data.replace(self._word, SELF) if self._word in data else data

    def _told(self, reason: str) -> str:
        """The name of a custom error; a text as it is."""
        return self._errors.get(reason[:8], reason)


NOBODY = "0x" + "00" * 19 + "99"
SELF = b"this contract".rjust(32, b"\0")
PANIC = "4e487b71"


def _errors(contract: Contract) -> dict[str, str]:
    """The first eight hex digits of each custom error, and its name."""
    found = {PANIC: "panic"}
    for entry in artifact(contract.contract_name).abi:
        if entry["type"] == "error":
            kinds = ",".join(str(item["type"]) for item in entry["inputs"])
            found[keccak256(f"{entry['name']}({kinds})".encode())[:4].hex()] = entry["name"]
    return found


@dataclass
class Seen:
    """What was done and how often, on both sides alike or not."""

    operations: int = 0
    succeeded: int = 0
    views: int = 0
    done: Counter[str] = field(default_factory=Counter)  # "transfer done", "transfer refused"
    divergences: Counter[str] = field(default_factory=Counter)
    reasons: Counter[tuple[str, str]] = field(default_factory=Counter)

    def join(self, other: "Seen") -> None:
        """What others have seen."""
        self.operations += other.operations
        self.succeeded += other.succeeded
        self.views += other.views
        self.done.update(other.done)
        self.divergences.update(other.divergences)
        self.reasons.update(other.reasons)

    def count(self, operation: str, ok: bool) -> None:
        """One operation that came out alike."""
        self.operations += 1
        self.succeeded += ok
        self.done[f"{operation} {'done' if ok else 'refused'}"] += 1

    @property
    def share(self) -> float:
        """How many of the operations succeeded."""
        return self.succeeded / self.operations if self.operations else 0.0


class Log:
    """The last operations, for when something goes wrong."""

    def __init__(self) -> None:
        self._last: deque[str] = deque(maxlen=REMEMBERED)

    def add(self, line: str) -> None:
        """One more."""
        self._last.append(line)

    def fail(self, why: str, *found: object) -> Divergence:
        """The error that says what was done last."""
        lines = [why, *(f"  {each}" for each in found), "the last operations:", *self._last]
        return Divergence("\n".join(lines))


def numbers(data: bytes) -> Sequence[int]:
    """An answer of plain words."""
    return [int.from_bytes(data[at : at + 32]) for at in range(0, len(data), 32)]
