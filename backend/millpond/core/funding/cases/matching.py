# SPDX-License-Identifier: AGPL-3.0-only
"""Cases of matching: quadratic, by alpha, bounded by pairs, by clusters.

Gifts of `donations` may have decimals; their ideal matches are told with as many as 18. What is
divided is in whole units: those of the case, or 10^-6 of them where a case says `integer_usdc`.
"""

from collections.abc import Mapping
from fractions import Fraction

from millpond.core.errors import FundingError
from millpond.core.funding import alpha_rule, clrfund, cocm, matching_pool, pairwise
from millpond.core.funding.cases.reading import Case, Value
from millpond.core.funding.cases.shapes import Answers, Shape, table
from millpond.core.funding.matching import ideals, sums_of
from millpond.core.funding.passports import coefficient
from millpond.core.funding.roots import ONE
from millpond.core.funding.splits import Split, pro_rata

_USDC = 10**6
_HALF_AT, _ALL_AT = 15, 25
_IN_MILLIONTHS = ("integer_usdc", "integer_usdc_cap")
_BOUNDS = {
    "pairwise_M25": Fraction(25),
    "pairwise_M0_01": Fraction(1, 100),
    "gitcoin_production_thr25_trust1": Fraction(25),
}

Named = dict[str, dict[str, int]]


def _gifts(case: Case, scale: int) -> Named:
    found: Named = {}
    for project, donors in case.matrix("donations").items():
        scaled = {donor: gift * scale for donor, gift in donors.items()}
        if any(gift.denominator != 1 for gift in scaled.values()):
            raise FundingError(
                f"a gift to {project!r} has too many decimals", f"give parts of 1 / {scale:,}"
            )
        found[project] = {donor: int(gift) for donor, gift in scaled.items()}
    return found


def whole_gifts(case: Case) -> Named:
    """What each donor gave to each project, in the smallest unit."""
    return _gifts(case, 1)


def _decimals(matches: Mapping[str, int]) -> dict[str, Value]:
    return {project: Fraction(match, ONE) for project, match in matches.items()}


def _divided(case: Case, raw: dict[str, int]) -> Answers:
    split = matching_pool.divide(case.whole("pot"), raw, case.maybe("cap"), case.flag("scale_up"))
    return {"raw": table(raw), "raw_sum": sum(raw.values()), **_matched(split)}


def _matched(split: Split) -> Answers:
    return {"matched": table(split.paid), "undistributed": split.left}


def _quadratic(case: Case) -> Answers:
    standard = ideals(sums_of(_gifts(case, ONE)))
    answers: Answers = {
        "standard": _decimals(standard),
        "standard_sum": Fraction(sum(standard.values()), ONE),
    }
    if len(standard) == 1:
        answers["match"] = Fraction(next(iter(standard.values())), ONE)
    for name in filter(case.has, _IN_MILLIONTHS):
        inner = case.at(name)
        raw = ideals(sums_of(_gifts(case, _USDC)))
        answers[name] = {**inner.fields, **_divided(inner, raw)}
    if case.has("pot"):
        answers |= _divided(case, ideals(sums_of(whole_gifts(case))))
    return answers


def _alpha(case: Case) -> Answers:
    gifts = whole_gifts(case)
    credit = case.maybe("credit")
    raw = ideals(sums_of(gifts)) if credit is None else alpha_rule.ideals(gifts, credit)
    pot, cap, up = case.whole("pot"), case.maybe("cap"), case.flag("scale_up")
    alpha = alpha_rule.alpha_of(matching_pool.water_level(pot, raw, cap, up))
    split = alpha_rule.divide(pot, raw, cap, up)
    return {"raw": table(raw), "alpha": str(alpha), **_matched(split)}


def _clrfund_alpha(case: Case) -> Answers:
    tally = clrfund.Tally(
        tuple(case.list_of_wholes("source_tally")),
        tuple(case.list_of_wholes("spent")),
        case.whole("voice_credit_factor", 1),
    )
    pot = case.whole("matching_pool")
    found = clrfund.by_alpha(tally, pot)
    return {
        "total_spent": str(sum(tally.credits)),
        "budget": str(pot + tally.contributions),
        "alpha_precision": str(ONE),
        "sum_votes_squared": str(clrfund.votes_squared(tally)),
        "alpha": str(clrfund.alpha_of(tally, pot)),
        "allocated": [str(each) for each in found.allocated],
        "dust": str(found.dust),
    }


def _from_pot(case: Case, matches: Mapping[str, int]) -> Answers:
    """A pot is used whole, in proportion to the matches."""
    return _matched(pro_rata(case.whole("pot"), matches)) if case.has("pot") else {}


def _pairwise(case: Case) -> Answers:
    gifts = _gifts_as_they_are(case)
    if case.has("bound"):
        found = pairwise.matches(gifts, case.exact("bound") * ONE)
        return {"pairwise": _small(found), **_from_pot(case, found)}
    return {name: _small(pairwise.matches(gifts, bound * ONE)) for name, bound in _BOUNDS.items()}


def _cocm(case: Case) -> Answers:
    clusters = case.at("clusters")
    named = {who: clusters.wholes(who) for who in clusters.fields}
    found = cocm.matches(_gifts_as_they_are(case), named)
    return {"cocm_markov_harsh": _small(found), **_from_pot(case, found)}


def _gifts_as_they_are(case: Case) -> Named:
    """In 10^-18 of the case's unit."""
    return _gifts(case, ONE)


def _small(matches: Mapping[str, int]) -> dict[str, Value]:
    """Matches of such gifts have 36 decimals."""
    return {project: Fraction(match, ONE * ONE) for project, match in matches.items()}


def _passport(case: Case) -> Answers:
    half, all_ = case.whole("half_at", otherwise=_HALF_AT), case.whole("all_at", otherwise=_ALL_AT)
    return {"coefficient": coefficient(case.exact("score"), half, all_)}


QUADRATIC = (
    Shape("donations", ("donations",), _quadratic),
    Shape("passport score", ("score",), _passport),
)
ALPHA = (
    Shape("donations", ("donations", "pot"), _alpha),
    Shape(
        "clr.fund tally",
        ("source_tally", "spent", "voice_credit_factor", "matching_pool"),
        _clrfund_alpha,
    ),
)
PAIRWISE = (Shape("donations", ("donations",), _pairwise),)
COCM = (Shape("donations", ("donations", "clusters"), _cocm),)
