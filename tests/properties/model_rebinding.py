# SPDX-License-Identifier: AGPL-3.0-only
"""Rebinding in words: who asks for another key, who can object, and for how long it stands."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from millpond.core import typed_data
from tests.contracts.coop import DAY, Ways
from tests.properties.model import Model, Msg
from tests.properties.model_governor import GovernorModel
from tests.properties.model_governor_members import ZERO, Stay
from tests.properties.signing import message

WEEK, OPEN_FOR, YEAR = 7 * DAY, 60 * DAY, 366 * DAY


@dataclass
class Request:
    """Made during one stay of the account that is to lose its seat."""

    new: str
    ready_at: int
    joinings: int
    by_sponsors: bool


@dataclass
class RebindFacts:
    """What is asked for, and what sponsors have ever asked for."""

    requests: dict[str, Request] = field(default_factory=dict)
    asked: set[tuple[str, str, int]] = field(default_factory=set)
    # where the seat of an account's so-manieth membership went
    moved: dict[tuple[str, int], str] = field(default_factory=dict)


class Rebinding(Model, ABC):
    """The Admission's side of it."""

    members: GovernorModel
    facts: Any

    @property
    @abstractmethod
    def open_ways(self) -> Ways:
        """The ways in force, of which sponsors are one."""

    @property
    def rebinding(self) -> RebindFacts:
        """Where the facts are."""
        found: RebindFacts = self.facts.rebinding
        return found

    def standing(self, old: str, now: int) -> Request | None:
        """What is asked for a member who has not left since, and is not forgotten."""
        known, request = self.members.membership(), self.rebinding.requests.get(old)
        if request is None or now > request.ready_at + OPEN_FOR:
            return None
        same = known.is_member(old) and known.joinings[old] == request.joinings
        return request if same else None

    @abstractmethod
    def count_join(self, msg: Msg) -> None:
        """One more of those who may join in this period."""

    @abstractmethod
    def need_sponsor(self, msg: Msg, sponsor: str, last: str) -> Stay:
        """Of whom there is one after the other, each a member for a day."""

    # --- who asks -------------------------------------------------------------------------

    def rebind(self, msg: Msg, old: str, new: str) -> None:
        msg.need(msg.sender == self.members.me.address, "admission: by proposal only")
        self._ask(msg, old, new, [])

    def rebind_by_sponsors(
        self,
        msg: Msg,
        old: str,
        new: str,
        deadline: int,
        sponsors: Sequence[str],
        rebindings: Sequence[bytes],
        acceptance: bytes,
    ) -> None:
        msg.need(msg.now <= deadline, "admission: the rebindings have expired")
        msg.need(deadline <= msg.now + YEAR, "admission: a rebinding of over a year")
        free = self.standing(old, msg.now) is None
        msg.need(free, "admission: a rebind is asked for already")
        once = (old, new, deadline)
        fresh = once not in self.rebinding.asked
        msg.need(fresh, "admission: this rebind was asked for before")
        self._need_taken(msg, old, new, deadline, acceptance)
        self._need_sponsored(msg, once, sponsors, rebindings)
        self._ask(msg, old, new, sponsors)
        self.rebinding.asked.add(once)

    def _ask(self, msg: Msg, old: str, new: str, sponsors: Sequence[str]) -> None:
        known = self.members.membership()
        msg.need(known.is_member(old), "admission: only a member's seat moves")
        msg.need(new != ZERO, "admission: no new key")
        self._need_unseated(msg, new)
        ready_at = msg.now + WEEK
        self.rebinding.requests[old] = Request(new, ready_at, known.joinings[old], bool(sponsors))
        who = {"old": old, "new": new}
        msg.emit("RebindAsked", **who, ready_at=ready_at, sponsors=sponsors)

    def _need_unseated(self, msg: Msg, new: str) -> None:
        never = self.members.membership().joinings[new] == 0
        msg.need(never, "admission: the new key had a seat")

    def _need_taken(self, msg: Msg, old: str, new: str, deadline: int, acceptance: bytes) -> None:
        if msg.sender == new:
            return
        msg.need(msg.now <= deadline, "admission: the new key's word has expired")
        values = {"old": old, "new": new, "deadline": deadline}
        meant = message(typed_data.REBIND_ACCEPTANCE, self.me, values)
        holds = msg.world.signatures.holds(new, meant, acceptance)
        msg.need(holds, "admission: not the new key's signature")

    def _need_sponsored(
        self,
        msg: Msg,
        once: tuple[str, str, int],
        sponsors: Sequence[str],
        rebindings: Sequence[bytes],
    ) -> None:
        same = len(rebindings) == len(sponsors)
        msg.need(same, "admission: one signature for each sponsor")
        others = self.members.membership().count() - 1
        needed = max(1, min(max(2, self.open_ways.sponsors), others))
        msg.need(len(sponsors) >= needed, "admission: too few sponsors")
        old, new, deadline = once
        for at, (sponsor, rebinding) in enumerate(zip(sponsors, rebindings, strict=True)):
            msg.need(sponsor != old, "admission: the old key cannot sponsor")
            self.need_sponsor(msg, sponsor, sponsors[at - 1] if at else ZERO)
            values = {"old": old, "new": new, "sponsor": sponsor, "deadline": deadline}
            meant = message(typed_data.REBINDING, self.me, values)
            holds = msg.world.signatures.holds(sponsor, meant, rebinding)
            msg.need(holds, "admission: not the sponsor's signature")

    # --- out ------------------------------------------------------------------------------

    def expel(self, msg: Msg, account: str, times: int) -> None:
        """Whoever has the seat of that membership now is removed."""
        msg.need(msg.sender == self.members.me.address, "admission: by proposal only")
        known, moved = self.members.membership(), self.rebinding.moved
        msg.need(known.joinings[account] == times, "admission: not that membership")
        while not known.is_member(account) and (account, times) in moved:
            account, times = moved[account, times], 1  # the seat was the new key's first
            msg.need(known.joinings[account] == times, "admission: not that membership")
        msg.call(self.members.me, "remove", account)

    # --- the two keys ---------------------------------------------------------------------

    def object_to_rebind(self, msg: Msg) -> None:
        request = self.standing(msg.sender, msg.now)
        msg.need(request, "admission: no rebind to object to")
        found = self.rebinding.requests.pop(msg.sender)
        msg.emit("RebindObjected", old=msg.sender, new=found.new)

    def complete_rebind(self, msg: Msg, old: str, deadline: int, acceptance: bytes) -> None:
        msg.need(self.standing(old, msg.now), "admission: no rebind to complete")
        request = self.rebinding.requests[old]
        ready = msg.now >= request.ready_at
        msg.need(ready, "admission: the old key may still object")
        self._need_taken(msg, old, request.new, deadline, acceptance)
        self._need_unseated(msg, request.new)
        if request.by_sponsors:
            self.count_join(msg)
        msg.emit("RebindCompleted", old=old, new=request.new)
        msg.call(self.members.me, "rebind", old, request.new)
        self.rebinding.moved[old, request.joinings] = request.new
        del self.rebinding.requests[old]
        self.facts.offers.pop(old, None)

    # --- views ----------------------------------------------------------------------------

    def pending_rebind(self, msg: Msg, old: str) -> tuple[str, int]:
        request = self.standing(old, msg.now)
        return (request.new, request.ready_at) if request else (ZERO, 0)
