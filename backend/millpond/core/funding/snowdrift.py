# SPDX-License-Identifier: AGPL-3.0-only
"""Snowdrift as it was: monthly events, arrears, card fees, and a drop of who ran short.

A unit is a tenth of a cent. At an event each active patron owes as many units as there are active
patrons; a pledge counts if it was made before the day of the event. A card is charged once 3,790
units are owed, when the fee falls below a tenth.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from millpond.core.units import whole

LEAST_CHARGE = 3_790
"""Units owed."""
_CENT = 10
"""Units."""
_DAY = 86_400
_LEVEL = 10
"""Thousandths of a dollar's cent (milray) that one level is worth for each patron."""


class What(StrEnum):
    """What can happen."""

    PLEDGE = "pledge"
    UNPLEDGE = "unpledge"
    EVENT = "event"


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened, in seconds since 1970. An event has no patron."""

    what: What
    at: int
    patron: str = ""


def owed(steps: Sequence[Step]) -> dict[str, int]:
    """Everybody's units after a history, in the order in which it happened."""
    since: dict[str, int] = {}
    units: dict[str, int] = {}
    for step in steps:
        if step.what is What.PLEDGE:
            since.setdefault(step.patron, step.at)
            units.setdefault(step.patron, 0)
        elif step.what is What.UNPLEDGE:
            since.pop(step.patron, None)
        else:
            midnight = step.at // _DAY * _DAY
            active = [patron for patron, at in since.items() if at < midnight]
            for patron in active:
                units[patron] += len(active)
    return units


@dataclass(frozen=True, slots=True)
class Charge:
    """A card payment in cents."""

    payable: int
    charged: int
    fee: int

    @property
    def low_fee(self) -> bool:
        """Whether the fee is less than a tenth of the charge."""
        return 10 * self.fee < self.charged


def charge(payable_units: int) -> Charge:
    """What is charged so that the project gets all whole cents of the arrears."""
    payable = whole(payable_units, "the units owed") // _CENT
    charged = _half_even((payable + 30) * 1_000, 971)
    return Charge(payable, charged, fee(charged))


def fee(charged: int) -> int:
    """What the processor keeps of so many cents: 2.9 % to the nearest cent, and 30 cents."""
    return _half_even(29 * whole(charged, "the charge"), 1_000) + 30


def months_until_charged(crowd: int) -> int:
    """At a crowd that stays the same."""
    return -(-LEAST_CHARGE // whole(crowd, "the crowd", 1))


@dataclass(frozen=True, slots=True)
class Patron:
    """Before 2016: money in an account, and a pledge of so many levels. In milray."""

    balance: int
    level: int


@dataclass(frozen=True, slots=True)
class Dropped:
    """Everybody's level after those who ran short went down, in how many rounds, and what a level
    costs."""

    levels: dict[str, int]
    rounds: int
    level_value: int


def drop_underfunded(patrons: Mapping[str, Patron]) -> Dropped:
    """While somebody cannot pay her level, those of them with the highest one go down by one.

    So each goes down to the highest level that she can pay, and a round serves all who pass the
    same level: the rounds are the levels that anybody passes.
    """
    value = _LEVEL * len(patrons)
    levels = {
        who: min(whole(each.level, "the level"), whole(each.balance, "the balance") // value)
        for who, each in patrons.items()
    }
    passed = [(levels[who], each.level) for who, each in patrons.items()]
    return Dropped(levels, _covered(passed), value)


def _covered(spans: Iterable[tuple[int, int]]) -> int:
    """How many whole numbers lie in at least one of these spans (from, to]."""
    total, reached = 0, 0
    for low, high in sorted(spans):
        total += max(0, high - max(low, reached))
        reached = max(reached, high)
    return total


def _half_even(part: int, whole_: int) -> int:
    """A quotient rounded to the nearest, ties to the even neighbour."""
    quotient, rest = divmod(part, whole_)
    return quotient + (2 * rest > whole_ or (2 * rest == whole_ and quotient % 2 == 1))
