# SPDX-License-Identifier: AGPL-3.0-only
"""Members as facts: who held which seat from when to when.

Everything about members follows from the stays. Somebody counted at a second if she had come before
it and had not gone before it; the electorate is how many such stays there are.
"""

from collections import Counter
from dataclasses import dataclass, field

from tests.properties.model import Model, Msg, Refused

ZERO = "0x" + "00" * 20
TURNS = 2
MOST_SEATS = 2**18


@dataclass
class Stay:
    """A seat taken in one second and given up in a later one, or not yet.

    `held` is since when by the account that holds it: a seat that was moved counts as ever, and its
    new account as a newcomer.
    """

    seat: int
    since: int
    held: int
    until: int | None = None

    def covers(self, second: int) -> bool:
        """Did it count as that second began?"""
        return self.since < second and not self.is_over(second)

    def is_over(self, second: int) -> bool:
        """Had it ended as that second began?"""
        return self.until is not None and self.until < second


@dataclass
class Membership:
    """Every stay there ever was, and whose the seats are."""

    stays: list[Stay] = field(default_factory=list)
    latest: dict[int, Stay] = field(default_factory=dict)  # the last stay on each seat
    seat_of: dict[str, int] = field(default_factory=dict)
    joinings: Counter[str] = field(default_factory=Counter)  # how often an account became a member
    moves: Counter[int] = field(default_factory=Counter)  # how often a seat got another account
    turns: dict[int, list[int]] = field(default_factory=dict)  # seat -> ends of its open proposals
    counted: dict[int, int] = field(default_factory=dict)  # second -> members after it

    def stay(self, account: str) -> Stay | None:
        """The latest stay on the account's seat."""
        return self.latest.get(self.seat_of.get(account, 0))

    def begin(self, seat: int, now: int) -> None:
        """Somebody takes a seat."""
        self.latest[seat] = Stay(seat, now, now)
        self.stays.append(self.latest[seat])

    def is_member(self, account: str) -> bool:
        """Now."""
        stay = self.stay(account)
        return stay is not None and stay.until is None

    def was_member(self, account: str, second: int) -> bool:
        """As that second began, by the latest stay alone and at this account."""
        stay = self.stay(account)
        return stay is not None and stay.held < second and not stay.is_over(second)

    def electorate(self, second: int) -> int:
        """How many counted as that second began."""
        return sum(stay.covers(second) for stay in self.stays)

    def members(self) -> list[str]:
        """Who is a member now."""
        return [account for account in self.seat_of if self.is_member(account)]

    def count(self) -> int:
        """How many members there are now."""
        return sum(stay.until is None for stay in self.latest.values())

    def seats(self) -> int:
        """How many seats were ever given; they are numbered from 1 and never given again."""
        return len(self.latest)

    def recount(self, now: int) -> None:
        """Somebody came or went in this second."""
        self.counted[now] = self.count()


class MembersModel(Model):
    """The Governor's members and what IVotes says of them."""

    def membership(self) -> Membership:
        """Where the facts are."""
        found: Membership = self.facts.membership
        return found

    # --- changes, by whoever may (see GovernorModel) -------------------------------------

    def seat(self, msg: Msg, accounts: list[str]) -> None:
        """Everybody on the list becomes a member; who was one before gets her old seat."""
        known = self.membership()
        for at, account in enumerate(accounts):
            msg.need(account != ZERO, "members: the zero address")
            already = known.is_member(account) or account in accounts[:at]
            msg.need(not already, "members: a member already")
        new = len(set(accounts) - known.seat_of.keys())
        msg.need(known.seats() + new <= MOST_SEATS, "members: too many seats")
        for account in accounts:
            if account not in known.seat_of:
                known.seat_of[account] = known.seats() + 1
            known.begin(known.seat_of[account], msg.now)
            known.joinings[account] += 1
            msg.emit(
                "MemberAdmitted",
                account=account,
                seat=known.seat_of[account],
                times_joined=known.joinings[account],
            )
        known.recount(msg.now)

    def unseat(self, msg: Msg, account: str) -> None:
        """A stay ends."""
        known = self.membership()
        stay = known.stay(account)
        if stay is None or stay.until is not None:
            raise Refused("members: not a member")
        msg.need(known.count() > 1, "members: the last one stays")
        stay.until = msg.now
        known.recount(msg.now)
        msg.emit("MemberRemoved", account=account, seat=stay.seat)

    def reseat(self, msg: Msg, old: str, new: str) -> None:
        """The seat with its ballots is another account's, who is as new as anybody who comes."""
        known = self.membership()
        msg.need(new != ZERO, "members: rebind to zero")
        msg.need(known.is_member(old), "members: nothing to rebind")
        msg.need(new not in known.seat_of, "members: new account has a seat")
        seat = known.seat_of.pop(old)
        known.seat_of[new] = seat
        known.latest[seat].held = msg.now
        known.moves[seat] += 1
        known.joinings[new] += 1
        msg.emit("MemberRebound", seat=seat, old=old, new=new)

    def take_turn(self, msg: Msg, until: int) -> None:
        """Who was a member before this second may have two votes of hers open at a time."""
        known = self.membership()
        account = msg.sender
        msg.need(known.is_member(account), "members: only members propose")
        msg.need(known.was_member(account, msg.now), "members: joined just now")
        places = known.turns.setdefault(known.seat_of[account], [0] * TURNS)
        free = [at for at, end in enumerate(places) if end < msg.now]
        msg.need(free, "members: two proposals open")
        places[free[0]] = until

    # --- views ----------------------------------------------------------------------------

    def is_member(self, _: Msg, account: str) -> bool:
        return self.membership().is_member(account)

    def member_count(self, _: Msg) -> int:
        return self.membership().count()

    def get_votes(self, _: Msg, account: str) -> int:
        return int(self.membership().is_member(account))

    def get_past_votes(self, msg: Msg, account: str, timepoint: int) -> int:
        msg.need(timepoint < msg.now, "members: not in the past yet")
        return int(self.membership().was_member(account, timepoint))

    def get_past_total_supply(self, msg: Msg, timepoint: int) -> int:
        msg.need(timepoint < msg.now, "members: not in the past yet")
        return self.membership().electorate(timepoint)

    def delegates(self, _: Msg, account: str) -> str:
        return account

    def clock(self, msg: Msg) -> int:
        return msg.now

    def clock_mode(self, _: Msg) -> str:
        return "mode=timestamp"
