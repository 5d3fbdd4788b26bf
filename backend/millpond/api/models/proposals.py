# SPDX-License-Identifier: AGPL-3.0-only
"""Proposals and ballots."""

from typing import Literal

from pydantic import AliasChoices, Field, JsonValue

from millpond.api.models.base import (
    Address,
    Digits,
    Hash,
    Hex,
    Model,
    Money,
    Page,
    Placed,
    Reply,
    Seconds,
)
from millpond.api.models.pools import ClassName, ClassRules, PolicyTerms

State = Literal[
    "pending", "active", "canceled", "defeated", "succeeded", "queued", "expired", "executed"
]
Support = Literal["against", "for", "abstain"]


class Tally(Model):
    """Ballots, one for each seat that has one."""

    against: int
    in_favour: int = Field(
        validation_alias=AliasChoices("in_favour", "for"), serialization_alias="for"
    )
    abstain: int


class Proposal(Placed):
    """One proposal, in short."""

    id: Digits
    """OpenZeppelin's id: the hash of its whole content."""
    proposer: Address
    raised_by: str | None
    """The kind of contract that raised it, where no member did."""
    class_name: ClassName
    state: State
    description: str
    """Written by the proposer; trust nothing in it."""
    created_at: Seconds
    opens_at: Seconds
    closes_at: Seconds
    eta: Seconds
    """From when on it may be executed, if it passes."""
    expires_at: Seconds
    executed_at: Seconds | None
    canceled_at: Seconds | None
    electorate: int
    """How many may vote: the members of the moment of proposing."""
    tally: Tally
    rules: ClassRules
    """Those it was made under; they never change for it."""
    quorum: int
    """How many must take part (For or Abstain); in the consent class: how many must object."""
    counted: int
    """How many count towards the quorum so far."""
    passing: bool
    """Whether it passes if nobody casts another ballot."""
    transaction_hash: Hash


class Argument(Model):
    """One argument of a call."""

    name: str
    type: str
    value: JsonValue
    """Whole numbers as decimal digits, bytes as 0x-hex, a struct by its members."""
    money: Money | None
    """Where it is an amount of an asset that the call names."""


class Call(Model):
    """A call that could be decoded."""

    contract: str
    """Its kind, such as Pool."""
    function: str
    signature: str
    arguments: tuple[Argument, ...]
    policy: PolicyTerms | None
    """The payout policy that the call carries, if it carries one."""


class Action(Model):
    """One call that a proposal would make."""

    position: int
    sentence: str
    """In words. The bytes are what counts."""
    notes: tuple[str, ...]
    """What the names in the sentence stand for."""
    warnings: tuple[str, ...]
    """What a member should see before she votes."""
    target: Address
    target_kind: str | None
    """The kind of contract that stands there, if the mirror knows it."""
    target_pool: Address | None
    """The pool it belongs to."""
    value: Money
    """ETH that goes along."""
    class_name: ClassName
    """The class of vote that this call takes."""
    class_reason: str
    calldata: Hex
    call: Call | None
    undecoded: str | None
    """Why there is no `call`: then read the bytes before you vote."""


class Step(Placed):
    """Something that happened to a proposal."""

    what: Literal["proposed", "closed", "extended", "executed", "canceled"]
    at: Seconds
    transaction_hash: Hash


class ProposalInFull(Model):
    """A proposal with what it would do and what happened to it."""

    proposal: Proposal
    actions: tuple[Action, ...]
    history: tuple[Step, ...]


class Ballot(Placed):
    """The last word of a seat on a proposal."""

    seat: int
    voter: Address
    support: Support
    reason: str | None
    """null where only its hash is on the chain, or where none was given."""
    reason_hash: Hash | None
    casts: int
    """How often this seat has cast; the last counts."""
    cast_at: Seconds
    transaction_hash: Hash


class Elector(Model):
    """A seat of the electorate of a proposal, and how it has voted so far."""

    seat: int
    account: Address
    """Who holds the seat now, or held it last."""
    may_vote: bool
    """Who has left since still counts in the electorate, but can vote no more; nor can an account
    to which the seat was moved since."""
    support: Support | None
    """null: not yet."""


class ProposalPage(Page[Proposal]):
    """Some proposals."""


class ProposalReply(Reply[ProposalInFull]):
    """One proposal."""


class BallotPage(Page[Ballot]):
    """Some ballots."""


class ElectorPage(Page[Elector]):
    """Some seats of an electorate."""
