# SPDX-License-Identifier: AGPL-3.0-only
"""Where a proposal stands: its content, its rules, its ballots and its times, read from the chain.

found = find(coop, "3")             the third proposal, or one by its id
standing = stand(coop, found)       everything that `ape run pool show` tells
"""

from dataclasses import dataclass

from millpond.chain.abi import Event, Value
from millpond.chain.answers import Address
from millpond.chain.coop import Coop
from millpond.chain.governance import Draft, State
from millpond.chain.members import all_members
from millpond.chain.wording import CLASSES
from millpond.core.errors import BadInput
from millpond.core.units import BPS_ALL

_CONSENT = 3
_LARGEST_NUMBER = 2**64
"""What is larger is an id: the hash of a content."""

# The proposal word of contracts/modules/proposals.vy, from bit 160 on.
_ELECTORATE, _VERSION, _CLASS = (196, 2**19 - 1), (215, 2**14 - 1), (229, 3)


@dataclass(frozen=True)
class Found:
    """One proposal: its number in the order of the chain, and the event that tells all of it."""

    number: int
    event: Event

    @property
    def id(self) -> int:
        """The hash of its content."""
        return int(self.event.args["proposalId"])

    @property
    def proposer(self) -> Address:
        """A member, or the contract that raised it."""
        return Address(self.event.args["proposer"])

    @property
    def draft(self) -> Draft:
        """Its content."""
        return Draft.from_event(self.event)

    @property
    def title(self) -> str:
        """The first line of its text."""
        return str((self.event.args["description"].splitlines() or [""])[0])


@dataclass(frozen=True)
class Standing:
    """Everything about a proposal at one moment."""

    found: Found
    state: State
    kind: str
    """Its class."""
    against: int
    in_favour: int
    abstain: int
    electorate: int
    quorum: int
    """For and Abstain that are needed; of a consent proposal, the objections that stop it."""
    approval_bps: int
    early: bool
    created_at: int
    opens_at: int
    closes_at: int
    eta: int
    expires_at: int

    @property
    def is_consent(self) -> bool:
        """Whether it passes unless enough object."""
        return self.kind == CLASSES[_CONSENT]


def all_proposals(coop: Coop) -> list[Found]:
    """In the order in which they were made, numbered from 1."""
    events = coop.governor.past_events("ProposalCreated", coop.since)
    return [Found(number, event) for number, event in enumerate(events, 1)]


def find(coop: Coop, text: str) -> Found:
    """By its number in the list or by its id, in decimals or as 0x-hex."""
    try:
        wanted = int(text, 16 if text[:2] == "0x" else 10)
    except ValueError:
        raise BadInput(
            f"{text!r} names no proposal", "give its number or its id: ape run pool list"
        ) from None
    for found in all_proposals(coop):
        if wanted == (found.number if wanted < _LARGEST_NUMBER else found.id):
            return found
    raise BadInput(
        f"nobody has proposed {text} in {coop.name}",
        "check the number and the network: ape run pool list",
    )


def stand(coop: Coop, found: Found) -> Standing:
    """Where it stands now."""
    governor, number = coop.governor, found.id
    word = int(governor.proposal_words(number))
    kind, version = _part(word, _CLASS), _part(word, _VERSION)
    rule = rules_of(coop, version)[kind]
    against, in_favour, abstain = governor.proposalVotes(number)
    electorate, eta = _part(word, _ELECTORATE), int(governor.proposalEta(number))
    return Standing(
        found=found,
        state=State(governor.state(number)),
        kind=CLASSES[kind],
        against=against,
        in_favour=in_favour,
        abstain=abstain,
        electorate=electorate,
        quorum=-(-rule.quorum_bps * electorate // BPS_ALL),
        approval_bps=rule.approval_bps,
        early=rule.early,
        created_at=int(governor.proposalSnapshot(number)),
        opens_at=int(found.event.args["voteStart"]),
        closes_at=int(governor.proposalDeadline(number)),
        eta=eta,
        expires_at=eta + rule.expiry,
    )


def rules_of(coop: Coop, version: int) -> Value:
    """All four classes of one version of the rules."""
    topic = version.to_bytes(32, "big")
    (event,) = coop.governor.past_events("RulesSet", coop.since, indexed=(topic,))
    return event.args["rules"]


def not_voted(coop: Coop, standing: Standing) -> list[Address]:
    """The members who may still vote for the first time."""
    cast = coop.governor.past_events("VoteCast", standing.found.event.log.block_number)
    voted = {e.args["voter"] for e in cast if e.args["proposalId"] == standing.found.id}
    return [
        member.account
        for member in all_members(coop)
        if member.joined_at < standing.created_at and member.account not in voted
    ]


def _part(word: int, place: tuple[int, int]) -> int:
    shift, mask = place
    return word >> shift & mask
