# SPDX-License-Identifier: AGPL-3.0-only
"""What the tests of Crowdmatch share: a pool with the escrow on earmark 1, a second into the first
period, and patrons who pledge. What is collected goes to the general fund unless told."""

from collections.abc import Sequence
from itertools import count
from typing import Any, NamedTuple

from eth_abi.abi import encode

from tests.contracts.coop import DAY, PURPOSE, ZERO, Action, Desk, named
from tests.contracts.evm import ETH, Actor, Contract, Evm
from tests.contracts.teams import QUICK

SHARE, GOAL, NOBODY = 1, 2, 255
WEEK = 7 * DAY
RATE = 1_000
FIELDS = "(address,uint256,uint256,uint256,uint256,uint256,uint256,uint256,uint256,bool,uint256)"


class Terms(NamedTuple):
    """What the earmark of the escrow is opened with."""

    asset: str = ETH
    form: int = SHARE
    period: int = WEEK
    rounds: int = 100
    rate: int = RATE
    most: int = 1_000
    first_cap: int = 1_000
    step_bps: int = 2_500
    levels: int = 64
    members_only: bool = False
    target: int = 0

    @property
    def encoded(self) -> bytes:
        """As the Pool hands it over."""
        return encode([FIELDS], [tuple(self)])


def goal_terms(goal: int, most: int = 2**64, **terms: Any) -> Terms:
    """Of the goal form."""
    return Terms(form=GOAL, rate=goal, most=most, first_cap=1, step_bps=0, levels=1, **terms)


class Outcome(NamedTuple):
    """What a settlement has told."""

    period: int
    value: int
    lowest: int
    amount: int
    collected: int


class Crowd(Desk):
    """A pool with a crowdmatch. Its chair alone votes."""

    def __init__(self, evm: Evm, terms: Terms | None = None, opened: bool = True) -> None:
        super().__init__(evm, QUICK)
        self.chair = evm.actor("chair")
        self.admit(self.chair)
        self.voters.append(self.chair)
        evm.warp(1)
        self.terms, self.names = terms or Terms(), count()
        self.relayer = evm.actor("relayer")
        self.match = self.installed()
        for _ in range(self.terms.target):
            self.earmark(ZERO)
        self.number = self.pool.earmark_count() + 1
        if opened:
            self.begin()

    def begin(self) -> None:
        """The first period begins."""
        self.earmark(self.match, self.terms.encoded)
        self.opened_at = self.evm.now
        self.evm.warp(1)
        self.ladder: list[int] = list(self.match.caps())

    def installed(self) -> Contract:
        """One as the Hub makes it, with no earmark yet."""
        around = [self.hub, self.pool, self.governor, self.evm.actor("grain"), self.identity]
        made = self.evm.clone("Crowdmatch", around)
        self.governor.add_hub_part(made, bytes(4), False, sender=self.hub)
        return made

    def earmark(
        self, spender: Any, params: bytes = b"", restricted: bool = False, deadline: int = 0
    ) -> None:
        """The next earmark, voted by the chair."""
        self.enact(self.opening(spender, params, restricted, deadline), text=f"{next(self.names)}")

    def opening(
        self, spender: Any, params: bytes = b"", restricted: bool = False, deadline: int = 0
    ) -> Action:
        """The call that opens it."""
        expected = self.pool.earmark_count() + 1
        opened = (expected, *PURPOSE, spender, restricted, deadline, params)
        return self.pool, 0, self.pool.calldata("open_earmark", *opened)

    def refuses(self, reason: str, params: bytes, spender: Any = None, **terms: Any) -> None:
        """Voted, and refused when it is done; all as before afterwards."""
        point = self.evm.snapshot()
        action = self.opening(spender or self.match, params, **terms)
        proposal = self.passed(action, text=f"{next(self.names)}")
        with self.evm.reverts(reason):
            self.execute(proposal)
        self.evm.restore(point)

    # --- patrons --------------------------------------------------------------------------

    def patrons(self, many: int) -> list[Actor]:
        """So many new ones."""
        return [self.evm.actor(f"patron {next(self.names)}") for _ in range(many)]

    def level(self, value: int) -> int:
        """The lowest level that goes along with this value."""
        return next(place for place, cap in enumerate(self.ladder) if cap >= value)

    def pledge(
        self, by: Any, amount: int = 1, level: int = 63, periods: int = 1, put_in: int | None = None
    ) -> int:
        """What she has put in: all that it can cost, unless told. A token is printed before."""
        if put_in is None:
            cap = 1 if self.terms.form == GOAL else self.ladder[level]
            put_in = amount * cap * periods
        value = put_in
        if self.terms.asset != ETH:
            value = 0
            self.token().mint(by, put_in, sender=by)
            self.token().approve(self.match, put_in, sender=by)
        self.match.pledge(amount, level, periods, put_in, sender=by, value=value)
        return put_in

    def token(self) -> Contract:
        """The asset, if it is a token that anyone may print."""
        return self.evm.at("TestDollar", self.terms.asset)

    def has(self, account: Any) -> int:
        """What somebody has of the asset."""
        if self.terms.asset == ETH:
            return self.evm.balance(account)
        found: int = self.token().balanceOf(account)
        return found

    def withdraw(self, by: Any, to: Any = None) -> int:
        """What came back."""
        to = to or self.evm.actor("purse")
        before = self.has(to)
        self.match.withdraw(to, sender=by)
        return self.has(to) - before

    def purse(self, patron: Any) -> tuple[int, int, int]:
        """Her escrow as written, what she is to be billed, and what is free."""
        found, due, free = self.match.patron_of(patron)
        return found.escrow, due, free

    # --- periods --------------------------------------------------------------------------

    def end(self, period: int) -> None:
        """In the first second after it."""
        self.evm.warp_to(self.opened_at + period * self.terms.period)

    def settle(self) -> Outcome:
        """The oldest period that is not, over by now if it was not: what was told of it."""
        period = self.match.clock().settled + 1
        if self.evm.now < self.opened_at + period * self.terms.period:
            self.end(period)
        self.match.settle(sender=self.relayer)
        return self.told()

    def told(self) -> Outcome:
        """What the last call has settled."""
        (log,) = named(self.evm, "Settled")
        return Outcome(**log.args)

    # --- money ----------------------------------------------------------------------------

    def books(self) -> tuple[int, int, int]:
        """Promised and free of the escrow, and what the target has."""
        asset, pool = self.terms.asset, self.pool
        target = pool.balance_of(self.terms.target, asset)
        return pool.reserved(self.number, asset), pool.unreserved(self.number, asset), target

    def check(self, patrons: Sequence[Any]) -> None:
        """What is promised covers all that is not billed, and nothing stays here."""
        owed = sum(escrow - due for escrow, due, _ in map(self.purse, patrons))
        assert self.books()[0] >= owed
        assert self.has(self.match) == 0
