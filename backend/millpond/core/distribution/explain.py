# SPDX-License-Identifier: AGPL-3.0-only
"""Why did I get this amount? One person's arithmetic, step by step, as data for people to read."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from millpond.core.distribution.model import Distribution
from millpond.core.distribution.payouts import Payout, payouts
from millpond.core.errors import SubjectError
from millpond.core.subjects import Subject
from millpond.core.units import floor_share
from millpond.core.weeks import iso_date

Unit = Literal["cred", "asset", "grain", "bps"]
Status = Literal["paid", "carried", "zeroed", "excluded", "no leaf"]


@dataclass(frozen=True, slots=True)
class Step:
    """One line of arithmetic: `result = formula`, with the value of every name in the formula.

    Units: "cred" is micro-cred, "asset" and "grain" their smallest units, "bps" basis points.
    """

    name: str
    formula: str
    values: tuple[tuple[str, int, Unit], ...]
    result: int
    unit: Unit


@dataclass(frozen=True, slots=True)
class Explanation:
    """Who, what became of it and why, and the steps that lead there."""

    subject: Subject
    identity: str | None
    status: Status
    reason: str
    steps: tuple[Step, ...]
    amount: int = 0
    """What she gets of the pot, after the cap."""
    capped: int = 0
    """What the cap took, which is carried to the next pot."""
    dropped: tuple[int, int] = (0, 1)
    """The part of a smallest unit that rounding down leaves in the pot: numerator, denominator."""


def explain(
    distribution: Distribution,
    subject: bytes,
    pot: int,
    grain_pot: int,
    minimum: int,
    excluded: Collection[bytes] = (),
    why_zeroed: str = "struck out by maintainers in the review",
    capped: int | None = None,
) -> Explanation:
    """Explain one subject's amount; `SubjectError` if the document does not know the subject.

    Arguments as in `payouts`, whose result is the last "amount" and the "grain" step. `capped` is
    what the cap took when she was paid: of several leaves of one maintainer it takes from those
    that are paid last, and until then they are taken in the order of the document.
    """
    person = distribution.person(subject)
    if person is None:
        raise SubjectError(
            f"0x{subject.hex()} has no cred in {distribution.label}",
            "check the identity's spelling, or look at another epoch",
        )
    steps = _cred_steps(distribution, person.subject)
    status, reason = _without_money(distribution, person.subject, excluded, why_zeroed)
    if status is not None:
        return Explanation(person.subject, person.identity, status, reason, tuple(steps))
    result = payouts(distribution, pot, grain_pot, minimum, excluded)
    row = next(row for row in result.rows if row.subject == subject)
    due = row.amount + row.capped
    taken = row.capped if capped is None else capped
    steps += _money_steps(distribution, row, pot, grain_pot, result.shared_cred, taken)
    steps.append(Step("minimum", "minimum", (), minimum, "asset"))
    reached = due - taken >= minimum
    return Explanation(
        subject=person.subject,
        identity=person.identity,
        status="paid" if reached else "carried",
        reason=f"{'at least' if reached else 'under'} the minimum payout",
        steps=tuple(steps),
        amount=due - taken,
        capped=taken,
        dropped=(pot * row.cred % result.shared_cred, result.shared_cred),
    )


@dataclass(frozen=True, slots=True)
class Due:
    """What somebody's share of a pot was made of, and what she gets of it, after the cap."""

    pot: int
    cred: int
    shared: int
    amount: int


@dataclass(frozen=True, slots=True)
class Because:
    """Why an amount is another than in the epoch before; the four add up to the difference.

    The pot is changed first, then her own cred, then that of all others; then comes the cap.
    """

    pot: int
    own_cred: int
    others_cred: int
    cap: int

    @property
    def difference(self) -> int:
        """The amount now less the amount before."""
        return self.pot + self.own_cred + self.others_cred + self.cap


def because(before: Due, after: Due) -> Because:
    """The difference between two epochs in one asset, taken apart."""
    was = floor_share(before.pot, before.cred, before.shared)
    by_pot = floor_share(after.pot, before.cred, before.shared)
    shared = before.shared - before.cred + after.cred
    by_own = floor_share(after.pot, after.cred, shared) if shared else by_pot
    now = floor_share(after.pot, after.cred, after.shared)
    cap = (after.amount - now) - (before.amount - was)
    return Because(by_pot - was, by_own - by_pot, now - by_own, cap)


def _without_money(
    distribution: Distribution, subject: Subject, excluded: Collection[bytes], why: str
) -> tuple[Status | None, str]:
    for exclusion in distribution.exclusions:
        if exclusion.subject == subject:
            return "excluded", exclusion.reason
    for without in distribution.no_leaf:
        if without.subject == subject:
            return "no leaf", without.reason
    if subject in excluded:
        return "zeroed", why
    return None, ""


def _cred_steps(distribution: Distribution, subject: Subject) -> list[Step]:
    person = distribution.person(subject)
    weekly = person.weekly if person else ()
    names = [f"week of {iso_date(week.start_ms)}" for week in distribution.weeks]
    values = tuple((name, int(cred), _CRED) for name, cred in zip(names, weekly, strict=True))
    steps = [Step("cred", " + ".join(names), values, sum(weekly), "cred")]
    score = dict(distribution.leaves).get(subject)
    if score is not None and score != sum(weekly):
        steps.append(
            Step(
                "score",
                f"{distribution.policy}(cred)",
                (("cred", sum(weekly), _CRED),),
                score,
                "cred",
            )
        )
    return steps


_CRED: Unit = "cred"
_ASSET: Unit = "asset"
_GRAIN: Unit = "grain"


def _money_steps(
    distribution: Distribution, row: Payout, pot: int, grain_pot: int, shared: int, capped: int
) -> list[Step]:
    own: tuple[str, int, Unit] = ("cred", row.cred, _CRED)
    zeroed = distribution.total - shared
    totals: tuple[tuple[str, int, Unit], ...] = (
        ("total", distribution.total, _CRED),
        ("zeroed", zeroed, _CRED),
    )
    all_: tuple[str, int, Unit] = ("shared", shared, _CRED)
    due = row.amount + row.capped
    steps = [
        Step("shared", "total - zeroed", totals, shared, _CRED),
        Step(
            "amount", "floor(pot * cred / shared)", (("pot", pot, _ASSET), own, all_), due, _ASSET
        ),
    ]
    if capped:
        parts = (("amount", int(due), _ASSET), ("over the signer's cap", capped, _ASSET))
        steps.append(Step("amount", "amount - over the signer's cap", parts, due - capped, _ASSET))
    steps.append(
        Step(
            "grain",
            "floor(grain pot * cred / shared)",
            (("grain pot", grain_pot, _GRAIN), own, all_),
            row.grain,
            _GRAIN,
        )
    )
    return steps
