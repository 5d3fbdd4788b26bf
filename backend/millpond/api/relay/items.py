# SPDX-License-Identifier: AGPL-3.0-only
"""What can be handed in, and the states it goes through.

    received -> ready -> sent -> done -> final       or refused, from anywhere before `done`

An item is known by the hash of its content, so that whoever hands it in twice finds the first one.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from millpond.chain.answers import Address
from millpond.core import canonical
from millpond.core.canonical import keccak256
from millpond.core.subjects import to_hex


class Kind(StrEnum):
    """What an item is."""

    BALLOT = "ballot"
    JOIN = "join"
    CLAIM = "claim"


class State(StrEnum):
    """Where an item stands."""

    RECEIVED = "received"
    """On the disk; the chain has not been asked yet, or it is not its turn."""
    READY = "ready"
    """Checked; it goes out with the next batch of its kind."""
    SENT = "sent"
    """In a transaction that is not mined yet."""
    DONE = "done"
    """On the chain, by us or by somebody else; the block may still be taken back."""
    FINAL = "final"
    """On the chain for good."""
    REFUSED = "refused"
    """It is not brought; the reason stands beside."""


LIVE = (State.RECEIVED, State.READY, State.SENT)
"""States in which there is still something to do."""


@dataclass(frozen=True)
class Item:
    """One thing that somebody handed in."""

    id: str
    kind: Kind
    pool: Address
    contract: Address
    """The Governor, the Admission or the distributor that it is for."""
    person: str
    """The voter's or candidate's account, the payee's subject."""
    about: str
    """A ballot's proposal, a claim's epochs; nothing for a join."""
    turn: int
    """How many casts a ballot follows."""
    deadline: int
    """The last second, since 1970, in which it can be brought."""
    document: str
    """What was handed in, in canonical JSON."""
    proved: bool
    """Whether a key's signature shows already that the person herself wants it."""

    @classmethod
    def of(  # noqa: PLR0913  (keyword-only: the fields)
        cls,
        kind: Kind,
        chain_id: int,
        *,
        pool: str,
        contract: str,
        person: str,
        about: str,
        turn: int,
        deadline: int,
        document: bytes,
        proved: bool,
    ) -> Self:
        """With its name: the hash of what it is, and of where it counts."""
        said = {
            "chainId": chain_id,
            "contract": contract,
            "document": document.decode(),
            "kind": str(kind),
        }
        return cls(
            id=to_hex(keccak256(canonical.encode(said))),
            kind=kind,
            pool=Address(pool),
            contract=Address(contract),
            person=person,
            about=about,
            turn=turn,
            deadline=deadline,
            document=document.decode(),
            proved=proved,
        )

    @property
    def rival(self) -> str:
        """Items of one rival go one after the other: each changes what the next one meets."""
        about = self.about if self.kind is Kind.BALLOT else ""
        return f"{self.kind}:{self.contract}:{self.person}:{about}"


@dataclass(frozen=True)
class Kept:
    """An item as the queue keeps it."""

    item: Item
    seq: int
    """Its place in the order of arrival."""
    state: State
    lane: str
    """Items of one lane can share a transaction."""
    due: int
    """The last second in which bringing it is of use."""
    reason: str | None
    next_step: str | None
    tries: int
    """How often it went out, or nearly, and came back."""
    received_at: int
    changed_at: int
    transaction_hash: str | None
    block_number: int | None


@dataclass(frozen=True)
class Verdict:
    """What is to become of an item, after a look at the chain."""

    state: State
    lane: str = ""
    due: int = 0
    reason: str | None = None
    next_step: str | None = None


def ready(lane: str, due: int) -> Verdict:
    """It can go out."""
    return Verdict(State.READY, lane, due)


def waits(reason: str) -> Verdict:
    """It cannot go out yet."""
    return Verdict(State.RECEIVED, reason=reason)


def done(reason: str) -> Verdict:
    """It stands on the chain already."""
    return Verdict(State.DONE, reason=reason)


def refused(reason: str, next_step: str) -> Verdict:
    """It will not be brought."""
    return Verdict(State.REFUSED, reason=reason, next_step=next_step)


REPLACED = refused(
    "a later ballot of hers took its place before it went out",
    "leave it: the later one is on its way",
)
"""What becomes of a ballot whose voter changed her mind in time."""
