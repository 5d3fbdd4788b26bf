# SPDX-License-Identifier: AGPL-3.0-only
"""Who could take part in reviews, and who did: from the Governor's events alone.

A ballot is a seat's, and its last one counts. The electorate of a proposal are the members as the
second of its making began (contracts/modules/members.vy).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from millpond.chain.abi import Event
from millpond.chain.answers import Address
from millpond.chain.governance import Support

MADE, CLOSED, EXTENDED = "ProposalCreated", "ProposalClosed", "ConsentExtended"


@dataclass
class Vote:
    """One proposal: until when it is voted on, and each seat's last ballot."""

    made_at: int
    closes_at: int
    electorate: int
    ballots: dict[int, Support] = field(default_factory=dict)

    def seats(self, support: Support) -> frozenset[int]:
        """Those whose last ballot says this."""
        return frozenset(seat for seat, said in self.ballots.items() if said is support)


@dataclass
class Votes:
    """All proposals of a Governor, after the events that it was given in order."""

    found: dict[int, Vote] = field(default_factory=dict)
    """Proposal -> its vote."""
    seats: dict[Address, int] = field(default_factory=dict)
    """Account -> the seat that it has or had last."""
    _changes: list[tuple[int, int]] = field(default_factory=list)
    """When somebody joined (+1) or left (-1)."""

    @classmethod
    def of(cls, events: Iterable[tuple[int, Event]]) -> "Votes":
        """From events and the times of their blocks."""
        found = cls()
        for at, event in events:
            found.add(at, event)
        return found

    def members(self, before: int | None = None) -> int:
        """How many members there were as a second began; now, without one."""
        return sum(by for at, by in self._changes if before is None or at < before)

    def add(self, at: int, event: Event) -> None:
        """Take one event."""
        args = event.args
        if event.name == "MemberAdmitted":
            self.seats[args["account"]] = args["seat"]
            self._changes.append((at, 1))
        elif event.name == "MemberRemoved":
            self._changes.append((at, -1))
        elif event.name == "MemberRebound":
            self.seats[args["new"]] = args["seat"]
        elif event.name == MADE:
            self.found[args["proposalId"]] = Vote(at, args["voteEnd"], self.members(at))
        elif event.name in (CLOSED, EXTENDED):
            self.found[args["proposalId"]].closes_at = args["closes_at"]
        elif event.name == "VoteCast":
            seat = self.seats[args["voter"]]
            self.found[args["proposalId"]].ballots[seat] = Support(args["support"])
