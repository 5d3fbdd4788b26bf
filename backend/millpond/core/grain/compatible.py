# SPDX-License-Identifier: AGPL-3.0-only
"""Divides grain as SourceCred 0.11.2 does, to the last unit.

It divides with floating-point numbers, one person after the other, and each rounding depends on
those before it. So every sum here runs in its order: people as in the ledger, weeks oldest first.
What its way costs is said where `exact` differs. Nothing here is used unless somebody asks for it.
"""

import math
from collections.abc import Iterable, Sequence

from millpond.core.errors import GrainError
from millpond.core.grain.view import Person, View
from millpond.core.ledger.policies import Balanced, Immediate, Policy, Recent, kind_of
from millpond.core.units import Amount

Receipts = tuple[tuple[str, Amount], ...]
_RECOMPUTE = "wait until somebody active has cred in these weeks, or change the policy"


def check(view: View) -> None:
    """What SourceCred wants before it divides at all: `GrainError` if it would not."""
    if not view.active:
        raise GrainError(
            "nobody is active in the ledger, so nobody can get grain",
            "switch on the accounts of those who want to be paid",
        )
    if _sum(cred for person in view.people for cred in person.cred) < 1:
        raise GrainError("all cred together is less than 1", "compute cred again before dividing")


def receipts(policy: Policy, view: View, end_ms: int) -> Receipts:
    """What everybody active gets by one rule for the week that ended at `end_ms`."""
    people = view.active
    match policy:
        case Immediate():
            window = view.window(end_ms, policy.lookback)
            scores = [_sum(person.cred[window]) for person in people]
        case Recent():
            people = tuple(person for person in people if person.id not in policy.exclusions)
            window, kept = view.window(end_ms, 0), 1 - float(policy.discount)
            scores = [_faded(person.cred[window], kept) for person in people]
        case Balanced():
            window = view.window(end_ms, policy.lookback)
            scores = [float(under) for under in _underpaid(policy.budget, people, window)]
        case _:
            return special(policy.recipient, policy.budget, people)
    amounts = split(policy.budget, scores, kind_of(policy))
    return tuple(zip((person.id for person in people), amounts, strict=True))


def special(recipient: str, budget: Amount, people: Sequence[Person]) -> Receipts:
    """All to one; `GrainError` unless she is active."""
    if recipient not in {person.id for person in people}:
        raise GrainError(
            f"the account {recipient}, which a SPECIAL policy pays, is not active",
            "switch it on in the ledger, or take the policy out",
        )
    return ((recipient, budget),)


def split(budget: int, scores: Sequence[float], what: str = "the policy") -> list[Amount]:
    """A budget in proportion to scores, in their order; what is left over goes to the last.

    Each gets floor(what is left * (her score / the scores that are left)), computed in doubles, and
    scores are taken away one by one, so the scores that are left drift.
    """
    left, score_left = budget, _sum(scores)
    if not 0 < score_left < math.inf or min(scores) < 0:
        raise GrainError(f"{what} has nobody to pay: the scores add up to {score_left}", _RECOMPUTE)
    pieces = []
    for score in scores:
        if score == 0 or score_left == 0:  # the scores that are left can come to nothing too early
            pieces.append(Amount(0))
            continue
        piece = Amount(times(left, min(score / score_left, 1)))
        pieces.append(piece)
        left -= piece
        score_left -= score
    pieces[-1] = Amount(pieces[-1] + left)
    return pieces


def times(grain: int, factor: float) -> int:
    """Grain times a factor, as doubles multiply; exact only for 1."""
    if not math.isfinite(factor):
        raise GrainError("the active people have no cred in these weeks", _RECOMPUTE)
    return grain if factor == 1 else math.floor(float(grain) * factor)


def _underpaid(budget: int, people: Sequence[Person], window: slice) -> list[int]:
    cred = [_sum(person.cred[window]) for person in people]
    got = [sum(person.grain[window]) for person in people]
    whole = _sum(cred)
    per_cred = times(sum(got) + budget, 1 / whole if whole else math.inf)
    targets = (times(per_cred, each) for each in cred)
    return [max(target - earned, 0) for target, earned in zip(targets, got, strict=True)]


def _faded(weekly: Iterable[float], kept: float) -> float:
    score = float(0)
    for cred in weekly:
        score = score * kept + cred
    return score


def _sum(numbers: Iterable[float]) -> float:
    """From left to right: Python's own sum rounds otherwise from 3.12 on."""
    result = float(0)
    for number in numbers:
        result += number
    return result
