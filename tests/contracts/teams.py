# SPDX-License-Identifier: AGPL-3.0-only
"""What the tests of Team share: a pool whose door the test plays, an earmark that a team is paid
from, and a week after which there is a payday."""

from collections.abc import Sequence
from itertools import count
from typing import Any, NamedTuple

from eth_abi.abi import encode

from tests.contracts.coop import (
    CLASSES,
    DAY,
    PURPOSE,
    RULES,
    Action,
    Desk,
    Proposal,
    named,
    stricter,
)
from tests.contracts.evm import ETH, Actor, Contract, Evm, Log, Reverted, address_of

SCALE = 2**128
MOST_TAKE = 2**92 - 1
MOST_ADMITTED = 60
"""As many fit into a call of a proposal, which has 2,048 bytes."""
MONTH = 30 * DAY
QUICK = stricter(CLASSES, RULES, delay=0, period=3 * DAY, timelock=2 * DAY)
VOTE = 5 * DAY + 1
"""By these rules what is proposed is done so much later."""


class Terms(NamedTuple):
    """What an earmark of a team is opened with."""

    asset: str = ETH
    period: int = MONTH
    paydays: int = 12
    inviters: int = 2
    throttle: int = 0

    @property
    def encoded(self) -> bytes:
        """As the Pool hands it over."""
        return encode(["(address,uint256,uint256,uint256,uint256)"], [tuple(self)])


class Payday(NamedTuple):
    """What a payday has told."""

    period: int
    amount: int
    total: int
    left_over: int


class Crew(Desk):
    """A pool with a team on earmark 1, one second into its first month. The team is paid in dollars
    unless told; the earmark is for it alone if it is restricted. What is voted takes real votes of
    all members."""

    def __init__(
        self,
        evm: Evm,
        mates: int = 3,
        asset: Any = None,
        restricted: bool = False,
        deadline: int = 0,
        **terms: int,
    ) -> None:
        super().__init__(evm, QUICK)
        self.patron, self.dollar = evm.actor("patron"), evm.deploy("TestDollar")
        self.asset = self.dollar if asset is None else asset
        self.terms = Terms(address_of(self.asset), **terms)
        self.texts, self.names = count(), count()
        self.chair = evm.actor("chair")
        self.join(self.chair)
        self.team = self.installed()
        self.mates = self.members(mates)
        deadline = deadline and evm.now + VOTE + deadline
        groups = (
            self.mates[start : start + MOST_ADMITTED] for start in range(0, mates, MOST_ADMITTED)
        )
        putting = [self.putting(*group) for group in groups]
        self.decide(self.opening(restricted, deadline), *putting)
        self.opened_at = evm.now
        evm.warp(1)

    # --- setting up -----------------------------------------------------------------------

    def installed(self) -> Contract:
        """A team as the Hub makes it, with no earmark yet."""
        around = [self.hub, self.pool, self.governor, self.evm.actor("grain"), self.identity]
        team = self.evm.clone("Team", around)
        self.governor.add_hub_part(team, bytes(4), False, sender=self.hub)
        return team

    def opening(
        self,
        restricted: bool = False,
        deadline: int = 0,
        params: bytes | None = None,
        team: Contract | None = None,
    ) -> Action:
        """The call that opens the next earmark for the team."""
        expected = self.pool.earmark_count() + 1
        opened = (expected, *PURPOSE, team or self.team, restricted, deadline)
        params = self.terms.encoded if params is None else params
        return self.pool, 0, self.pool.calldata("open_earmark", *opened, params)

    # --- people ---------------------------------------------------------------------------

    def join(self, *people: Any) -> None:
        """Members of the pool from the next second on, who vote."""
        self.admit(*people)
        self.voters += people

    def members(self, many: int) -> list[Actor]:
        """So many new members of the pool, not on the team."""
        people = [self.evm.actor(f"mate {next(self.names)}") for _ in range(many)]
        self.join(*people)
        return people

    def gone(self, person: Any) -> None:
        """No member of the pool any more."""
        self.remove(person)
        self.voters.remove(person)

    def moved(self, old: Any, new: Any) -> None:
        """Her seat has another key."""
        self.rebind(old, new)
        self.voters[self.voters.index(old)] = new

    def seat(self, person: Any) -> int:
        """Her seat."""
        found: int = self.governor.member_words(person) % 2**32
        return found

    def roster(self) -> list[int]:
        """The seats of the team, by place; nobody stands behind the last."""
        many = self.team.head().members
        assert self.team.seat_at(0) == self.team.seat_at(many + 1) == 0
        return [self.team.seat_at(place) for place in range(1, many + 1)]

    # --- what is voted --------------------------------------------------------------------

    def ready(self, *actions: Action) -> Proposal:
        """Voted, from the next second on; it may be executed from now on."""
        self.evm.warp(1)
        return self.passed(*actions, text=f"decision {next(self.texts)}")

    def decide(self, *actions: Action) -> None:
        """Voted and done, five days and a second later."""
        self.execute(self.ready(*actions))

    def putting(self, *people: Any) -> Action:
        """The call that puts them on the team."""
        return self.team, 0, self.team.calldata("admit", people)

    def taking_off(self, person: Any) -> Action:
        """The call that takes her off the team."""
        return self.team, 0, self.team.calldata("remove", self.seat(person))

    # --- takes ----------------------------------------------------------------------------

    def take(self, *takes: int, people: Sequence[Any] = ()) -> None:
        """The first of these (of the team) take so much, each by her own call."""
        for person, take in zip(people or self.mates, takes, strict=False):
            self.team.set_take(take, sender=person)

    def may(self, person: Any, take: int) -> bool:
        """Whether she could set this take now. Nothing is changed."""
        point = self.evm.snapshot()
        try:
            self.team.set_take(take, sender=person)
        except Reverted as error:
            if error.reason != "team: grows too fast":
                raise
            return False
        finally:
            self.evm.restore(point)
        return True

    # --- money and time -------------------------------------------------------------------

    def give(self, amount: int, earmark: int = 1) -> None:
        """A gift of the patron."""
        if address_of(self.asset) == ETH:
            self.pool.give(earmark, ETH, amount, "", sender=self.patron, value=amount)
            return
        self.asset.mint(self.patron, amount, sender=self.patron)
        self.asset.approve(self.pool, amount, sender=self.patron)
        self.pool.give(earmark, self.asset, amount, "", sender=self.patron)

    def end_period(self, more: int = 0) -> None:
        """To the first second of the next period, or so many periods later."""
        passed = (self.evm.now - self.opened_at) // self.terms.period
        self.evm.warp_to(self.opened_at + (passed + 1 + more) * self.terms.period)

    def close(self) -> Payday:
        """The running period ends, and anyone holds the payday."""
        self.end_period()
        self.team.close_period(sender=self.relayer)
        return self.payday()

    def payday(self) -> Payday:
        """The one payday of the last call."""
        (log,) = named(self.evm, "PaydayClosed")
        return Payday(*log.args.values())

    def waiting(self, *people: Any) -> list[int]:
        """What waits for them (the team), in whole units."""
        return [self.team.waiting_of(person) for person in people or self.mates]

    def has(self, person: Any) -> int:
        """What she really has of the asset."""
        if address_of(self.asset) == ETH:
            return self.evm.balance(person)
        found: int = self.asset.balanceOf(person)
        return found

    def books(self) -> tuple[int, int]:
        """Of the team's earmark: what is unreserved, and what is reserved."""
        unreserved = self.pool.unreserved(1, self.asset)
        return unreserved, self.pool.reserved(1, self.asset)

    def own(self) -> list[Log]:
        """What the team itself has told in the last call."""
        return [log for log in self.evm.logs if log.address == self.team.address]
