# SPDX-License-Identifier: AGPL-3.0-only
"""Cases of goals: a crowd that nears one together, and buckets that are filled between two."""

from millpond.core.funding import goals
from millpond.core.funding.buckets import Answer, Bucket
from millpond.core.funding.cases.reading import Case
from millpond.core.funding.cases.shapes import Answers, Shape, table


def _same_pledges(case: Case) -> Answers:
    pledge, patrons = case.whole("pledge_cents"), case.whole("patrons")
    ratio = goals.ratio(pledge * patrons, case.whole("goal_cents", 1))
    return {
        "ratio": str(ratio),
        "donation_cents_each_exact": str(pledge * ratio),
        "total_cents_exact": str(pledge * patrons * ratio),
    }


def _pledges(case: Case) -> Answers:
    found = goals.collect(case.wholes("pledges"), case.whole("goal", 1))
    return {"ratio": str(found.ratio), "bills": table(found.bills), "collected": found.amount}


def _bucket(case: Case) -> Answers:
    bucket = Bucket(
        case.whole("goal_min"),
        case.whole("goal_max"),
        sum(case.list_of_wholes("contributions")),
        case.maybe("member_cap"),
    )
    if not case.has("try_"):
        accepted = "ok" if bucket.can_be_accepted else "refused: below minimum"
        return {"accept_funding": accepted}
    more = case.at("try_")
    found = bucket.contribute(more.whole("amount", 1), more.whole("given_before", otherwise=0))
    refused = found in {Answer.OVER_THE_CAP, Answer.OVER_THE_GOAL}
    return {"error" if refused else "result": str(found)}


GOAL = (
    Shape("same pledges", ("pledge_cents", "patrons", "goal_cents"), _same_pledges),
    Shape("pledges", ("goal", "pledges"), _pledges),
    Shape("bucket", ("goal_min", "goal_max", "contributions"), _bucket),
)
