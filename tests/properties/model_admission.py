# SPDX-License-Identifier: AGPL-3.0-only
"""The Admission: offers, invitations, gates, and who may still join in a period."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from millpond.core import typed_data
from tests.contracts.coop import DAY, Ways
from tests.properties.chain import Handle
from tests.properties.model import Msg, Refused, signing_domain
from tests.properties.model_buy_ins import BuyInFacts, BuyIns
from tests.properties.model_governor import GovernorModel
from tests.properties.model_governor_members import ZERO, Stay
from tests.properties.model_rebinding import RebindFacts, Rebinding
from tests.properties.signing import message

SPONSOR_AGE = DAY
LONGEST = 366 * DAY
MOST_SPONSORS = 16


@dataclass
class Offer:
    """Made in one second, and good until another."""

    until: int
    made_at: int


@dataclass
class Period:
    """A time that lasts until nobody has joined for so long, and in which a share may."""

    last: int
    """The second in which somebody joined last."""
    members: int
    """How many there were when it began."""
    joined: int = 0


@dataclass
class AdmissionFacts:
    """All that an Admission knows."""

    ways: Ways | None = None
    offers: dict[str, Offer] = field(default_factory=dict)
    period: Period | None = None
    nullifiers: set[bytes] = field(default_factory=set)
    buy_ins: BuyInFacts = field(default_factory=BuyInFacts)
    rebinding: RebindFacts = field(default_factory=RebindFacts)


class AdmissionModel(BuyIns, Rebinding):
    """The ways in and out."""

    ours = True
    doors = frozenset()
    # whom they seat or unseat is known before the money says no
    composite = frozenset({"accept", "accept_for", "join", "join_by_gate", "leave"})
    facts: AdmissionFacts

    def __init__(self, me: Handle, hub: str, governor: GovernorModel) -> None:
        super().__init__(me, AdmissionFacts())
        self.hub_address, self.members = hub, governor

    @property
    def open_ways(self) -> Ways:
        """The ways in force."""
        assert self.facts.ways is not None, "the hub sets it up when it makes it"
        return self.facts.ways

    def joinings(self, account: str) -> int:
        """How often this account has become a member."""
        return self.members.membership().joinings[account]

    # --- candidates -----------------------------------------------------------------------

    def accept(self, msg: Msg) -> None:
        self._take_offer(msg, msg.sender)

    def accept_for(self, msg: Msg, candidate: str, deadline: int, signature: bytes) -> None:
        self._need_accepted(msg, candidate, deadline, signature)
        self._take_offer(msg, candidate)

    def join(
        self,
        msg: Msg,
        candidate: str,
        deadline: int,
        sponsors: Sequence[str],
        invitations: Sequence[bytes],
        acceptance: bytes,
    ) -> None:
        ways = self.open_ways
        msg.need(ways.by_invitation, "admission: invitations are switched off")
        msg.need(msg.now <= deadline, "admission: the invitations have expired")
        msg.need(deadline <= msg.now + LONGEST, "admission: an invitation of over a year")
        never = self.joinings(candidate) == 0
        msg.need(never, "admission: who was a member needs an offer")
        if msg.sender != candidate:
            self._need_accepted(msg, candidate, deadline, acceptance)
        self._need_invited(msg, candidate, deadline, sponsors, invitations)
        self._let_in(msg, candidate)
        msg.emit("JoinedByInvitation", candidate=candidate, sponsors=sponsors)

    def join_by_gate(
        self, msg: Msg, candidate: str, proof: bytes, deadline: int, acceptance: bytes
    ) -> None:
        gate = self.open_ways.gate
        msg.need(gate != ZERO, "admission: there is no gate")
        never = self.joinings(candidate) == 0
        msg.need(never, "admission: who was a member needs an offer")
        if msg.sender != candidate:
            self._need_accepted(msg, candidate, deadline, acceptance)
        nullifier = msg.call(gate, "check", candidate, self.me.address, proof)
        msg.need(any(nullifier), "admission: the gate answered nothing")
        fresh = nullifier not in self.facts.nullifiers
        msg.need(fresh, "admission: this proof was used")
        self.facts.nullifiers.add(nullifier)
        self._let_in(msg, candidate)
        msg.emit("JoinedByGate", candidate=candidate, gate=gate, nullifier=nullifier)

    def leave(self, msg: Msg) -> None:
        msg.call(self.members.me, "remove", msg.sender)
        msg.emit("MemberLeft", account=msg.sender)
        self.try_refund(msg, msg.sender, self.seat_of(msg.sender))

    def _take_offer(self, msg: Msg, candidate: str) -> None:
        msg.need(self.open_ways.by_offer, "admission: accepting is switched off")
        until = self.holds_until(candidate)
        msg.need(msg.now <= until, "admission: no offer to this account")
        self._let_in(msg, candidate)
        msg.emit("OfferAccepted", candidate=candidate)

    def _let_in(self, msg: Msg, candidate: str) -> None:
        """Whatever way she comes."""
        self.count_join(msg)
        seat_before = self.seat_of(candidate)
        msg.call(self.members.me, "admit", [candidate])
        self.take_buy_in(msg, candidate, seat_before)

    def count_join(self, msg: Msg) -> None:
        msg.need(self.places(msg.now), "admission: enough have joined in this period")
        period = self.period(msg.now)
        self.facts.period = Period(msg.now, period.members, period.joined + 1)

    def _need_accepted(self, msg: Msg, candidate: str, deadline: int, signature: bytes) -> None:
        msg.need(msg.now <= deadline, "admission: the acceptance has expired")
        values = {
            "candidate": candidate,
            "timesJoined": self.joinings(candidate),
            "deadline": deadline,
        }
        meant = message(typed_data.ACCEPTANCE, self.me, values)
        holds = msg.world.signatures.holds(candidate, meant, signature)
        msg.need(holds, "admission: not the candidate's signature")

    def _need_invited(
        self,
        msg: Msg,
        candidate: str,
        deadline: int,
        sponsors: Sequence[str],
        invitations: Sequence[bytes],
    ) -> None:
        same = len(invitations) == len(sponsors)
        msg.need(same, "admission: one signature for each sponsor")
        known = self.members.membership()
        needed = min(self.open_ways.sponsors, known.count())
        msg.need(len(sponsors) >= needed, "admission: too few sponsors")
        for at, (sponsor, invitation) in enumerate(zip(sponsors, invitations, strict=True)):
            self.need_sponsor(msg, sponsor, sponsors[at - 1] if at else ZERO)
            values = {
                "candidate": candidate,
                "timesJoined": self.joinings(candidate),
                "sponsor": sponsor,
                "deadline": deadline,
            }
            meant = message(typed_data.INVITATION, self.me, values)
            holds = msg.world.signatures.holds(sponsor, meant, invitation)
            msg.need(holds, "admission: not the sponsor's signature")

    def need_sponsor(self, msg: Msg, sponsor: str, last: str) -> Stay:
        rising = int(sponsor, 16) > int(last, 16)
        msg.need(rising, "admission: sponsors by ascending address")
        stay = self.members.membership().stay(sponsor)
        if stay is None or stay.until is not None:
            raise Refused("admission: a sponsor is not a member")
        settled = stay.held + SPONSOR_AGE <= msg.now
        msg.need(settled, "admission: a sponsor joined too lately")
        return stay

    # --- the hub, once; a proposal --------------------------------------------------------

    def setup(self, msg: Msg, ways: tuple[Any, ...]) -> None:
        msg.need(msg.sender == self.hub_address, "admission: only the hub sets it up")
        msg.need(self.facts.ways is None, "admission: set up already")
        self._open_ways(msg, ways)

    def set_ways(self, msg: Msg, ways: tuple[Any, ...]) -> None:
        self._need_governor(msg)
        self._open_ways(msg, ways)

    def offer(self, msg: Msg, candidates: Sequence[str], deadline: int) -> None:
        self._need_governor(msg)
        msg.need(self.open_ways.by_offer, "admission: offers are switched off")
        msg.need(candidates, "admission: nobody to offer to")
        msg.need(deadline > msg.now, "admission: the offer would be over")
        msg.need(deadline <= msg.now + LONGEST, "admission: an offer of over a year")
        for candidate in candidates:
            msg.need(candidate != ZERO, "admission: no offer to the zero address")
        for candidate in candidates:
            self.facts.offers[candidate] = Offer(deadline, msg.now)
            msg.emit("MembershipOffered", candidate=candidate, deadline=deadline)

    def _need_governor(self, msg: Msg) -> None:
        msg.need(msg.sender == self.members.me.address, "admission: by proposal only")

    def _open_ways(self, msg: Msg, values: tuple[Any, ...]) -> None:
        ways = Ways(*values)
        msg.need(1 <= ways.sponsors <= MOST_SPONSORS, "admission: 1 to 16 sponsors")
        share = 1 <= ways.joins_bps <= 10_000
        msg.need(share, "admission: joins_bps is 1 to 10,000")
        fits = DAY <= ways.period <= LONGEST
        msg.need(fits, "admission: a period of 1 to 366 days")
        gate = ways.gate == ZERO or ways.gate in msg.world.handles
        msg.need(gate, "admission: the gate is no contract")
        self.facts.ways = ways
        msg.emit("WaysSet", ways=values)

    # --- views ----------------------------------------------------------------------------

    def period(self, now: int) -> Period:
        """The one that runs; else one that would begin now, with today's members."""
        known = self.facts.period
        if known is not None and now < known.last + self.open_ways.period:
            return known
        return Period(now, self.members.membership().count())

    def joins_left(self, msg: Msg) -> int:
        """By the share that is in force now, whatever it was when the period began."""
        return self.places(msg.now)

    def places(self, now: int) -> int:
        """How many may still join."""
        period = self.period(now)
        share = max(1, period.members * self.open_ways.joins_bps // 10_000)
        return max(0, share - period.joined)

    def offered_until(self, _: Msg, candidate: str) -> int:
        return self.holds_until(candidate)

    def holds_until(self, candidate: str) -> int:
        """An offer counts for who was no member in its second or later, and while offers are on."""
        offer = self.facts.offers.get(candidate)
        if offer is None or not self.open_ways.by_offer:
            return 0
        stay = self.members.membership().stay(candidate)
        void = stay is not None and (stay.until is None or stay.until >= offer.made_at)
        return 0 if void else offer.until

    def nullifier_used(self, _: Msg, nullifier: bytes) -> bool:
        return nullifier in self.facts.nullifiers

    def ways(self, _: Msg) -> tuple[Any, ...]:
        return self.open_ways.values()

    def hub(self, _: Msg) -> str:
        return self.hub_address

    def governor(self, _: Msg) -> str:
        return self.members.me.address

    def pool(self, _: Msg) -> str:
        return self.members.pool_address

    def eip712_domain(self, msg: Msg) -> tuple[bytes, str, str, int, str, bytes, list[int]]:
        return signing_domain(msg)
