# SPDX-License-Identifier: AGPL-3.0-only
"""Divides grain in integers: the same rules as SourceCred's, without what its doubles cost.

Cred comes in as micro-cred, each week rounded by itself. A budget is divided by largest remainder,
so that it is paid to the last unit, whoever has a score of zero gets nothing, and no order matters:
a tie goes to the lower id. If nobody has a score, nobody is paid.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TypeVar

from millpond.core.errors import GrainError
from millpond.core.grain.compatible import Receipts, special
from millpond.core.grain.view import Person, View
from millpond.core.ledger.policies import Balanced, Immediate, Policy, Recent
from millpond.core.units import Amount, micro_cred

_Id = TypeVar("_Id")


def receipts(policy: Policy, view: View, end_ms: int) -> Receipts:
    """What people get by one rule for the week that ended at `end_ms`, by their ids."""
    people = view.active
    match policy:
        case Immediate():
            window = view.window(end_ms, policy.lookback)
            scores = {person.id: sum(_micro(person, window)) for person in people}
        case Recent():
            window = view.window(end_ms, 0)
            scores = {
                person.id: faded(_micro(person, window), Fraction(policy.discount))
                for person in people
                if person.id not in policy.exclusions
            }
        case Balanced():
            window = view.window(end_ms, policy.lookback)
            cred = {person.id: sum(_micro(person, window)) for person in people}
            got = {person.id: sum(person.grain[window]) for person in people}
            scores = underpaid(policy.budget, cred, got)
        case _:
            return special(policy.recipient, policy.budget, people)
    if not any(scores.values()):
        return ()
    return tuple(sorted(split(policy.budget, scores).items()))


def split(budget: int, scores: Mapping[str, int]) -> dict[str, Amount]:
    """A budget by largest remainder: floor each share, then one more unit to the largest rests.

    The amounts add up to the budget; whoever gets nothing is left out. `GrainError` for a negative
    score or budget, or if all scores are zero.
    """
    whole = sum(scores.values())
    if budget < 0 or not whole or min(scores.values()) < 0:
        raise GrainError(
            f"{budget} cannot be divided by scores that add up to {whole}",
            "give scores of zero or more, at least one of them above it",
        )
    shares = {id_: divmod(budget * score, whole) for id_, score in scores.items()}
    left = budget - sum(share for share, _ in shares.values())
    # There are more rests than units left, so none of these has a rest of zero.
    first = sorted(shares, key=lambda id_: (-shares[id_][1], id_))[:left]
    got = {id_: share for id_, (share, _) in shares.items()}
    got |= {id_: got[id_] + 1 for id_ in first}
    return {id_: Amount(amount) for id_, amount in got.items() if amount}


def faded(weekly: Sequence[int], discount: Fraction) -> int:
    """All weeks, each on taking away a share of those before; times the same for all people.

    The factor is the denominator of what is kept, to the power of the weeks less one.
    """
    kept, score = 1 - discount, 0
    for number, cred in enumerate(weekly):
        score = score * kept.numerator + cred * kept.denominator**number
    return score


def underpaid(budget: int, cred: Mapping[_Id, int], got: Mapping[_Id, int]) -> dict[_Id, int]:
    """How much less each got than her part of all grain with this budget, times all cred."""
    whole, grain = sum(cred.values()), sum(got.values()) + budget
    return {id_: max(grain * cred[id_] - got[id_] * whole, 0) for id_ in cred}


def _micro(person: Person, window: slice) -> list[int]:
    return [micro_cred(cred) for cred in person.cred[window]]
