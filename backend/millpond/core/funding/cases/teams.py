# SPDX-License-Identifier: AGPL-3.0-only
"""Cases of teams: by our own rule, as Gittip did, as Gratipay did.

Our rule reads the cases of the others, too: what would each have got here?
"""

from millpond.core.funding import gittip, gratipay, takes, throttle
from millpond.core.funding.cases.reading import Case
from millpond.core.funding.cases.shapes import Answers, Shape, table
from millpond.core.funding.splits import Split

_ALWAYS = 100
"""What a take may always grow to, unless a case says otherwise."""


def _own(case: Case) -> Answers:
    income, wants = case.whole("income"), case.wholes("takes")
    split, contract = takes.paid(income, wants), takes.accrued(income, wants)
    waits = {} if contract == split else {"paid_by_contract": table(contract.paid)}
    return {"paid": table(split.paid), "left": split.left, **waits}


def _own_by_gratipay(case: Case) -> Answers:
    wants = dict(case.named_amounts("takes"))
    balance = case.whole("balance")
    split = takes.paid(min(case.whole("available"), balance), wants)
    return _to_owner(Split.of(balance, split.paid))


def _own_by_gittip(case: Case) -> Answers:
    has = case.whole("balance") + case.whole("receiving")
    wants = dict(case.named_amounts("takes_in_join_order"))
    return _to_team(takes.paid(max(0, has - case.whole("giving")), wants))


def _own_by_base(case: Case) -> Answers:
    split = takes.paid(case.whole("available"), case.wholes("base"))
    return {"result": table({who: each for who, each in split.paid.items() if each})}


def _own_by_tips(case: Case) -> Answers:
    """Whoever gives is not asked here: what a payday leaves stays for the next one."""
    tips, advance = case.wholes("tips"), case.wholes("advance")
    income = sum(min(tip, advance.get(who, 0)) for who, tip in tips.items())
    return {"paid": table(takes.paid(income, case.wholes("takes")).paid)}


def throttled(case: Case) -> Answers:
    """By a median that the case names."""
    always = case.whole("always", otherwise=_ALWAYS)
    middle, own = case.whole("median_nonzero_last"), case.whole("member_last")
    return {"max_this_week": throttle.highest(own, case.signed("leftover"), middle, always)}


def _own_throttle(case: Case) -> Answers:
    always = case.whole("always", otherwise=_ALWAYS)
    last, who = case.wholes("last_takes"), case.text("member")
    return {"max_take": throttle.limit(last, who, case.whole("left_over"), always)}


def _gittip(case: Case) -> Answers:
    balance, receiving = case.whole("balance"), case.whole("receiving")
    in_order = case.named_amounts("takes_in_join_order")
    return _to_team(gittip.paid(balance, receiving, case.whole("giving"), in_order))


def _gittip_throttle(case: Case) -> Answers:
    return {"max_this_week": gittip.most(case.whole("last_week"))}


def _gratipay(case: Case) -> Answers:
    available, balance = case.whole("available"), case.whole("balance")
    return _to_owner(gratipay.paid(available, balance, case.named_amounts("takes")))


def _upcharge(case: Case) -> Answers:
    gross, fee = gratipay.upcharge(case.whole("net"))
    return {"gross": gross, "fee": fee}


def _to_owner(split: Split) -> Answers:
    return {"paid": table(split.paid), "remainder_to_owner": split.left}


def _to_team(split: Split) -> Answers:
    return {"paid": table(split.paid), "left_to_team": split.left}


_GRATIPAY = ("available", "balance", "takes")
_GITTIP = ("balance", "receiving", "giving", "takes_in_join_order")
THROTTLE = ("member_last", "leftover", "median_nonzero_last")

TAKES = (
    Shape("payday", ("takes", "income"), _own),
    Shape("gratipay 2016", _GRATIPAY, _own_by_gratipay),
    Shape("gittip 2013", _GITTIP, _own_by_gittip),
    Shape("liberapay amounts", ("available", "base"), _own_by_base),
    Shape("liberapay payday", ("takes", "tips", "advance"), _own_by_tips),
    Shape("throttle", ("last_takes", "member", "left_over"), _own_throttle),
    Shape("liberapay throttle", THROTTLE, throttled),
)
GITTIP = (
    Shape("gittip 2013", _GITTIP, _gittip),
    Shape("gittip throttle", ("last_week",), _gittip_throttle),
)
GRATIPAY = (
    Shape("gratipay 2016", _GRATIPAY, _gratipay),
    Shape("charge", ("net",), _upcharge),
)
