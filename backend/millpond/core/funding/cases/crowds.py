# SPDX-License-Identifier: AGPL-3.0-only
"""Cases of crowdmatching: by patrons, by shares, on a ladder of caps, and as Snowdrift had it."""

from datetime import UTC, datetime
from itertools import pairwise

from millpond.core.errors import FundingError
from millpond.core.funding import crowdmatch, equilibrium, ladder, snowdrift
from millpond.core.funding.cases.reading import Case
from millpond.core.funding.cases.shapes import Answers, Shape, table
from millpond.core.funding.roots import ONE

_TENTH_OF_A_CENT = ONE // 10
"""In 10^-18 of a cent."""


def _units(case: Case) -> Answers:
    patrons = case.whole("patrons")
    each = crowdmatch.unit_value(1, patrons)
    return {"each_units": each, "total_units": each * patrons}


def _shares(case: Case) -> Answers:
    groups = [(each.whole("patrons"), each.whole("shares", 1)) for each in case.each("groups")]
    weights = sum(patrons * crowdmatch.weight(shares) for patrons, shares in groups)
    shares = sum(patrons * each for patrons, each in groups)
    return {
        "patrons": sum(patrons for patrons, _ in groups),
        "shares": shares,
        "sum_1_plus_lg_e18": str(weights),
        "share_value_cents_e18": str(crowdmatch.value(_TENTH_OF_A_CENT, weights)),
        "total_cents_e18": str(_TENTH_OF_A_CENT * weights * shares // ONE),
    }


def _ladder(case: Case) -> Answers:
    rate, caps = case.whole("rate"), case.list_of_wholes("caps")
    ladder.check_caps(caps)
    rows = case.at("pledges")
    pledges = {who: _pledge(rows.at(who), caps) for who in rows.fields}
    cleared = ladder.cleared(rate, caps, list(pledges.values()))
    bills = {who: cleared.bill(pledge) for who, pledge in pledges.items()}
    answers: Answers = {
        "value": cleared.value,
        "lowest_level": None if cleared.lowest == ladder.NOBODY else cleared.lowest,
        "bills": table(bills),
        "collected": sum(bills.values()),
        "sit_out": [who for who, pledge in pledges.items() if pledge.level < cleared.lowest],
    }
    if case.has("periods"):
        periods = case.whole("periods", 1)
        escrows = {who: ladder.escrow(each, caps, periods) for who, each in pledges.items()}
        answers["escrows"] = table(escrows)
    if case.has("new"):
        own = _pledge(case.at("new"), caps)
        found = ladder.effect(rate, caps, list(pledges.values()), own)
        answers["effect"] = {
            "value_before": found.value_before,
            "value_after": found.value_after,
            "own_bill": found.own,
            "others_add": found.others,
            "others_sit_out": found.sit_out,
        }
    return answers


def _pledge(case: Case, caps: list[int]) -> ladder.Pledge:
    cap = case.whole("cap")
    if cap not in caps:
        raise FundingError(f"{cap} is no cap of the ladder", f"choose one of {caps}")
    return ladder.Pledge(case.whole("shares", 1), caps.index(cap))


def _budgets(case: Case) -> Answers:
    budgets = case.list_of_wholes("budgets_units")
    active = equilibrium.largest_crowd(budgets)
    return {"active": active, "check": equilibrium.stays(budgets, 1, active)}


def _card(case: Case) -> Answers:
    found = snowdrift.charge(case.whole("payable_units"))
    return {
        "payable_cents": found.payable,
        "charged_cents": found.charged,
        "fee_cents": found.fee,
        "net_cents": found.charged - found.fee,
        "fee_below_10_percent": found.low_fee,
    }


def _months(case: Case) -> Answers:
    return {"months": snowdrift.months_until_charged(case.whole("crowd", 1))}


def _underfunded(case: Case) -> Answers:
    rows = case.at("patrons")
    patrons = {}
    for who in rows.fields:
        row = rows.at(who)
        patrons[who] = snowdrift.Patron(row.whole("balance_milray"), row.whole("pledge_level"))
    found = snowdrift.drop_underfunded(patrons)
    return {
        "result_levels": table(found.levels),
        "rounds_of_dropping": found.rounds,
        "level_value_milray": found.level_value,
    }


def _history(case: Case) -> Answers:
    steps = [_step(each) for each in case.each("steps")]
    if any(one.at > other.at for one, other in pairwise(steps)):
        raise FundingError("the steps are not in the order of time", "sort them by 'at'")
    owed = snowdrift.owed(steps)
    units = {f"{who}_units": each for who, each in owed.items()}
    return {**units, "receivable_units": sum(owed.values())}


def _step(case: Case) -> snowdrift.Step:
    what = case.text("what")
    if what not in list(snowdrift.What):
        raise FundingError(f"nothing is called {what!r}", f"write {', '.join(snowdrift.What)}")
    patron = "" if what == snowdrift.What.EVENT else case.text("patron")
    return snowdrift.Step(snowdrift.What(what), _second(case.text("at")), patron)


def _second(text: str) -> int:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise FundingError(
            f"{text!r} is no time", "write it as 2017-10-31 or 2017-10-31T12:00:00, in UTC"
        ) from None
    return int(found.replace(tzinfo=found.tzinfo or UTC).timestamp())


CROWDMATCH = (
    Shape("by patrons", ("patrons",), _units, (("patrons", int),)),
    Shape("by shares", ("groups",), _shares),
    Shape("ladder of caps", ("rate", "caps", "pledges"), _ladder),
    Shape("equal budgets", ("budgets_units",), _budgets),
    Shape("snowdrift history", ("steps",), _history),
    Shape("snowdrift card charge", ("payable_units",), _card),
    Shape("snowdrift months", ("crowd",), _months),
    Shape("snowdrift underfunded", ("patrons",), _underfunded, (("patrons", dict),)),
)
