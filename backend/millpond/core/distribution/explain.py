# SPDX-License-Identifier: AGPL-3.0-only
"""Why did I get this amount? One person's arithmetic, step by step, as data for people to read."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from millpond.core.distribution.model import Distribution
from millpond.core.distribution.payouts import Payout, payouts
from millpond.core.errors import SubjectError
from millpond.core.subjects import Subject
from millpond.core.weeks import iso_date

Unit = Literal["cred", "asset", "grain"]
Status = Literal["paid", "carried", "zeroed", "excluded", "no leaf"]


@dataclass(frozen=True, slots=True)
class Step:
    """One line of arithmetic: `result = formula`, with the value of every name in the formula.

    Units: "cred" is micro-cred, "asset" and "grain" their smallest units.
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


def explain(
    distribution: Distribution,
    subject: bytes,
    pot: int,
    grain_pot: int,
    minimum: int,
    excluded: Collection[bytes] = (),
) -> Explanation:
    """Explain one subject's amount; `SubjectError` if the document does not know the subject.

    Arguments as in `payouts`, whose result is the last "amount" and the "grain" step.
    """
    person = distribution.person(subject)
    if person is None:
        raise SubjectError(
            f"0x{subject.hex()} has no cred in {distribution.label}",
            "check the identity's spelling, or look at another epoch",
        )
    steps = _cred_steps(distribution, person.subject)
    status, reason = _without_money(distribution, person.subject, excluded)
    if status is None:
        result = payouts(distribution, pot, grain_pot, minimum, excluded)
        row = next(row for row in result.rows if row.subject == subject)
        steps += _money_steps(distribution, row, pot, grain_pot, result.shared_cred)
        status = "paid" if row.above_minimum else "carried"
        reason = "at least the minimum payout" if row.above_minimum else "under the minimum payout"
        steps.append(Step("minimum", "minimum", (), minimum, "asset"))
    return Explanation(person.subject, person.identity, status, reason, tuple(steps))


def _without_money(
    distribution: Distribution, subject: Subject, excluded: Collection[bytes]
) -> tuple[Status | None, str]:
    for exclusion in distribution.exclusions:
        if exclusion.subject == subject:
            return "excluded", exclusion.reason
    for without in distribution.no_leaf:
        if without.subject == subject:
            return "no leaf", without.reason
    if subject in excluded:
        return "zeroed", "zeroed by maintainers during the review; their reason is in the event"
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
    distribution: Distribution, row: Payout, pot: int, grain_pot: int, shared: int
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
    if row.capped:
        parts = (("amount", int(due), _ASSET), ("over the signer's cap", int(row.capped), _ASSET))
        steps.append(Step("amount", "amount - over the signer's cap", parts, row.amount, _ASSET))
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
