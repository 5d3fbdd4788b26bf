# SPDX-License-Identifier: AGPL-3.0-only
"""Liberapay's payday of a team: donors who paid in advance, members who got money in advance.

The income is what each donor gives a week, as far as her advance goes. A take is a maximum, and no
more than the member got in advance; an automatic one is what manual takes leave, in equal parts,
rounded up. If the takes are less than the income, every donor gives less. Whoever has given for
fewer weeks gives more of it until all have given for as many. One currency, in cents.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil

from millpond.core.funding.liberapay import Wanted, resolved
from millpond.core.funding.splits import Split
from millpond.core.units import MAX_UINT256

_CATCHING_UP = Fraction(1, 10)


@dataclass(frozen=True, slots=True)
class Take:
    """What a member wants from a payday; None: an automatic take."""

    member: str
    wants: int | None
    advance: int = MAX_UINT256
    """What she got that no payday has counted yet."""


@dataclass(frozen=True, slots=True)
class Tip:
    """What a donor gives a week."""

    donor: str
    amount: int
    advance: int
    """What she has paid that no payday has counted yet."""
    given: int = 0
    """What paydays have counted."""

    @property
    def funded(self) -> int:
        """What this payday can have."""
        return min(self.amount, self.advance)

    @property
    def weeks(self) -> Fraction:
        """For how many weeks she has given, in hundredths, rounded up."""
        return Fraction(ceil(Fraction(100 * self.given, self.amount)), 100)

    def less(self, amount: int) -> "Tip":
        """Once it gave this."""
        return replace(self, advance=self.advance - amount, given=self.given + amount)


@dataclass(frozen=True, slots=True)
class Payday:
    """What each member gets, and members and donors as they are afterwards, in the same order."""

    paid: Split
    takes: tuple[Take, ...]
    tips: tuple[Tip, ...]


def payday(takes: Sequence[Take], tips: Sequence[Tip], number: int = 1) -> Payday:
    """Hold one. `number` is that of the payday, by which a rest goes round."""
    income = sum(tip.funded for tip in tips)
    due = _due(takes, income, number)
    offers = _offers(tips, sum(due.values()), income)
    paid, given = dict.fromkeys(due, 0), dict.fromkeys((tip.donor for tip in tips), 0)
    for donor in offers:
        for member, wanted in due.items():
            amount = min(offers[donor] - given[donor], wanted - paid[member])
            # A donor on the team gives to the others.
            if donor != member:
                paid[member] += amount
                given[donor] += amount
    return Payday(
        Split.of(income, paid),
        tuple(replace(each, advance=each.advance - paid.get(each.member, 0)) for each in takes),
        tuple(tip.less(given[tip.donor]) for tip in tips),
    )


def _due(takes: Sequence[Take], income: int, number: int) -> dict[str, int]:
    """What each take comes to."""
    counted = [take for take in takes if take.wants != 0 and take.advance > 0]
    manual = sum(take.wants for take in counted if take.wants is not None)
    automatic = sum(take.wants is None for take in counted)
    left = max(0, -(-(income - manual) // automatic)) if manual and automatic else income
    wants = {take.member: left if take.wants is None else take.wants for take in counted}
    most = {
        take.member: take.advance if take.wants is None else min(take.wants, take.advance)
        for take in counted
    }
    found = resolved(income, Wanted(wants, most=most, payday=number))
    return {member: found.paid[member] for member in wants if found.paid.get(member)}


def _offers(tips: Sequence[Tip], total: int, income: int) -> dict[str, int]:
    """What each donor gives at most, in the order in which they are asked."""
    if not income:
        return {}
    ratio = min(Fraction(total, income), Fraction(1))
    even = {tip.donor: min(ceil(tip.funded * ratio), tip.funded) for tip in tips}
    behind = _behind(tips)
    if ratio == 1 or not any(behind.values()):
        return even
    return _uneven(tips, total, ratio * _CATCHING_UP, behind) or even


def _behind(tips: Sequence[Tip]) -> dict[str, Fraction]:
    """By how many weeks each is behind who has given the longest."""
    longest = max((tip.weeks for tip in tips), default=Fraction(0))
    return {tip.donor: longest - tip.weeks for tip in tips}


def _uneven(
    tips: Sequence[Tip], total: int, lowest: Fraction, behind: dict[str, Fraction]
) -> dict[str, int]:
    """At least a tenth of the even part, more for whoever is behind, and then as much up or down as
    makes the total. Nothing where no such step is needed or possible: then all give evenly."""
    ratios = {tip.donor: min(lowest + behind[tip.donor], Fraction(1)) for tip in tips}
    amounts = {tip.donor: ceil(tip.funded * ratios[tip.donor]) for tip in tips}
    missing = total - sum(amounts.values())
    room = {
        tip.donor: (tip.funded if missing > 0 else ceil(tip.funded * lowest)) - amounts[tip.donor]
        for tip in tips
    }
    space = sum(room.values())
    if not missing or not space:
        return {}
    part = min(Fraction(missing, space), Fraction(1))
    order = sorted(tips, key=lambda tip: -behind[tip.donor])
    return {
        tip.donor: min(ceil(amounts[tip.donor] + room[tip.donor] * part), tip.funded)
        for tip in order
    }
