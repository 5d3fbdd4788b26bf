# SPDX-License-Identifier: AGPL-3.0-only
"""Cases of Liberapay: how it divides an amount, holds a team's payday, throttles a take."""

from millpond.core.errors import FundingError
from millpond.core.funding.cases.reading import Case
from millpond.core.funding.cases.shapes import Answers, Shape, table
from millpond.core.funding.cases.teams import THROTTLE, throttled
from millpond.core.funding.liberapay import Wanted, resolved
from millpond.core.funding.liberapay_payday import Take, Tip, payday

_MOST_WEEKS = 1_000


def _amounts(case: Case) -> Answers:
    wanted = Wanted(
        case.wholes("base"),
        case.wholes("conv"),
        case.wholes("maxi"),
        case.maybe("minimum"),
        case.whole("payday", otherwise=1),
    )
    return {"result": table(resolved(case.whole("available"), wanted).paid)}


def _takes(case: Case) -> list[Take]:
    return [Take(who, wants) for who, wants in case.wholes("takes").items()]


def _one_income(case: Case) -> Answers:
    income = case.whole("income")
    found = payday(_takes(case), [Tip("everybody", income, income)])
    return {"paid": table(found.paid.paid)}


def _automatic(case: Case) -> Answers:
    income = case.whole("income")
    members = [Take(who, None, got) for who, got in case.wholes("advance").items()]
    first = payday(members, [Tip("everybody", income, 2 * income)])
    second = payday(first.takes, first.tips, 2)
    return {"paid": table(first.paid.paid), "next_week_paid": table(second.paid.paid)}


def _tips(case: Case) -> list[Tip]:
    given, advance = case.wholes("tips"), case.wholes("advance")
    if given.keys() != advance.keys() or not all(given.values()):
        raise FundingError(
            "tips and advance do not name the same donors, or a tip is nothing",
            "write for each donor a weekly tip above zero and what she paid in advance",
        )
    return [Tip(who, tip, advance[who]) for who, tip in given.items()]


def _one_payday(case: Case) -> Answers:
    found = payday(_takes(case), _tips(case), case.whole("payday", otherwise=1))
    after = {tip.donor: tip.advance for tip in found.tips}
    return {"paid": table(found.paid.paid), "advance_after": table(after)}


def _weeks(case: Case) -> Answers:
    wanted, joins = case.list_of_wholes("weeks"), case.wholes("joins")
    if not wanted or max(wanted) > _MOST_WEEKS:
        raise FundingError(
            f"the weeks to be told are {wanted}", f"name some from 1 to {_MOST_WEEKS}"
        )
    waiting, takes, tips = _tips(case), tuple(_takes(case)), tuple[Tip, ...]()
    answers: Answers = {}
    for week in range(1, max(wanted) + 1):
        tips += tuple(tip for tip in waiting if joins.get(tip.donor, 1) == week)
        held = payday(takes, tips, week)
        takes, tips = held.takes, held.tips
        if week in wanted:
            answers[f"after_{week}_weeks"] = table({tip.donor: tip.advance for tip in tips})
    return answers


LIBERAPAY = (
    Shape("amounts", ("available", "base"), _amounts),
    Shape("throttle", THROTTLE, throttled),
    Shape("weeks", ("takes", "tips", "advance", "weeks"), _weeks),
    Shape("payday", ("takes", "tips", "advance"), _one_payday),
    Shape("one income", ("takes", "income"), _one_income),
    Shape("automatic takes", ("income", "advance"), _automatic),
)
