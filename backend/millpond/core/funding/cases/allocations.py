# SPDX-License-Identifier: AGPL-3.0-only
"""Cases in which many say where money goes: by points as they are, and by roots."""

from fractions import Fraction
from math import isqrt

from millpond.core.errors import FundingError
from millpond.core.funding import clrfund, drips, fundoss, retropgf
from millpond.core.funding.allocation import allocate
from millpond.core.funding.ballots import Rule, tallies
from millpond.core.funding.cases.matching import whole_gifts
from millpond.core.funding.cases.reading import Case, Value
from millpond.core.funding.cases.shapes import Answers, Shape, table

_PLACES = 6
_FINE = 10**12


def _ballots(case: Case, rule: Rule) -> Answers:
    standing = case.at("ballots")
    cast = [standing.wholes(member) for member in standing.fields]
    found = tallies(cast, rule)
    given = allocate(case.whole("amount"), found)
    return {
        "tallies": table(found),
        "paid": table(given.paid),
        "promised": given.promised,
        "left": given.left,
    }


def _linear(case: Case) -> Answers:
    return _ballots(case, Rule.LINEAR)


def _root(case: Case) -> Answers:
    return _ballots(case, Rule.ROOT)


def _retropgf(case: Case) -> Answers:
    rows = list(case.each("projects"))
    scored = [
        retropgf.Scored(
            str(row.fields.get("Project Name", at)), row.whole("Ballots"), row.exact("Score")
        )
        for at, row in enumerate(rows)
    ]
    quorum = case.whole("quorum", otherwise=retropgf.QUORUM)
    found = retropgf.divide(case.whole("pot"), scored, quorum)
    filled: list[Value] = [
        {**row.fields, "Quorum reached": each.quorum, "FIL Allocated": each.amount}
        for row, each in zip(rows, found, strict=True)
    ]
    return {"projects": filled}


def _drips(case: Case) -> Answers:
    amount = case.whole("amount")
    paid = drips.split(amount, case.list_of_wholes("weights"), case.whole("total_weight", 1))
    return {"paid": list(paid), "kept_by_splitter": amount - sum(paid)}


def _clrfund(case: Case) -> Answers:
    head, rows = case.at("round"), list(case.each("projects"))
    if head.flag("isCancelled"):
        raise FundingError(
            "this round was cancelled", "its contributions went back; give a finished round"
        )
    tally = clrfund.Tally(
        tuple(row.whole("tallyResult") for row in rows),
        tuple(row.whole("spentVoiceCredits") for row in rows),
        head.whole("voiceCreditFactor", 1),
    )
    declared = head.whole("matchingPoolSize")
    unspent = case.whole("unspent_added_to_pool", otherwise=0)
    said = case.at("expected") if case.has("expected") else case
    pool = said.whole("effective_pool", otherwise=declared + unspent)
    found = clrfund.by_roots(tally, pool)
    filled: list[Value] = [
        {**row.fields, "allocatedAmount": str(amount)}
        for row, amount in zip(rows, found.allocated, strict=True)
    ]
    return {
        "projects": filled,
        "sum_votes": str(sum(tally.votes)),
        "declared_pool": str(declared),
        "effective_pool": str(pool),
        "unspent_added_to_pool": str(pool - declared),
        "contributions": str(tally.contributions),
        "total_allocated": str(sum(found.allocated)),
        "dust": str(found.dust),
    }


def _fundoss(case: Case) -> Answers:
    gifts = whole_gifts(case)
    shares: dict[str, Value] = dict(fundoss.shares(gifts))
    if not case.has("pot"):
        return {"sum_of_roots_share": shares}
    split = fundoss.match(case.whole("pot"), gifts)
    return {"sum_of_roots_share": shares, "matched": table(split.paid), "undistributed": split.left}


def _guild(case: Case) -> Answers:
    weights = []
    for member in case.each("members"):
        counted = member.whole("months_active") * member.exact("full_or_part")
        weights.append(isqrt(int(counted * _FINE**2)))
    everything = sum(weights) or 1
    return {
        "time_weight": [_rounded(Fraction(weight, _FINE)) for weight in weights],
        "split_percent": [_rounded(Fraction(100 * weight, everything)) for weight in weights],
    }


def _rounded(value: Fraction) -> str:
    """Six decimals, ties to the even neighbour."""
    high, low = divmod(round(value * 10**_PLACES), 10**_PLACES)
    return f"{high}.{low:0{_PLACES}d}"


LINEAR = (
    Shape("ballots", ("ballots", "amount"), _linear),
    Shape("fil retropgf", ("projects", "pot"), _retropgf),
    Shape("drips split", ("amount", "weights", "total_weight"), _drips),
)
ROOT = (
    Shape("ballots", ("ballots", "amount"), _root),
    Shape("clr.fund round", ("round", "projects"), _clrfund),
    Shape("fundoss", ("donations",), _fundoss),
    Shape("protocol guild", ("members",), _guild),
)
