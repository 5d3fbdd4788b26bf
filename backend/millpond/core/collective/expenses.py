# SPDX-License-Identifier: AGPL-3.0-only
"""What the service has of a plan, held against what the plan says and what we remember.

An expense names its leaf in the data that it carries, which whoever submits an expense can write
as she likes, and a payee can change later. So an expense counts for a leaf only if the amount and
the currency are the plan's and it is known to be ours: by its id, which we wrote down when we made
it, or by its payee. What was made once is remembered by its id, whatever its data say now.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from millpond.core.collective.payees import INVITED, Payee
from millpond.core.collective.plan import Plan, Planned
from millpond.core.subjects import Subject

WAITING = frozenset({"DRAFT", "UNVERIFIED", "PENDING", "INCOMPLETE"})
AGREED = frozenset({"APPROVED", "SCHEDULED_FOR_PAYMENT", "PROCESSING", "ERROR"})
PAID = "PAID"
DEAD = frozenset({"REJECTED", "SPAM", "CANCELED", "INVITE_DECLINED"})
STATES = WAITING | AGREED | DEAD | {PAID}
TO_APPROVE = "PENDING"
_UNTOLD = "nothing here tells that it is the one that was drafted"


@dataclass(frozen=True, slots=True)
class Expense:
    """One expense as the service shows it. `payee` is an account, `email` that of an invited one;
    while it is a draft, the payee is whoever drafted it, and only the draft says for whom."""

    id: str
    legacy_id: int
    status: str
    distribution: str
    period: str
    leaf: int | None
    cents: int
    currency: str
    payee: str
    email: str = ""

    @property
    def is_dead(self) -> bool:
        """Whether it will never be paid."""
        return self.status in DEAD


class Standing(StrEnum):
    """Where one payment stands at the service."""

    MISSING = "not there yet"
    THERE = "there"
    TWICE = "there more than once"
    ODD = "there, but not as planned"
    ENDED = "ended without payment"


@dataclass(frozen=True, slots=True)
class Found:
    """One payment, what was found of it, and what is odd about that."""

    payment: Planned
    standing: Standing
    expenses: tuple[Expense, ...] = ()
    odd: str = ""

    @property
    def expense(self) -> Expense | None:
        """The one expense that pays it, if there is exactly one."""
        return self.expenses[0] if self.standing is Standing.THERE else None


def reconciled(
    plan: Plan,
    seen: Iterable[Expense],
    made: Mapping[int, Collection[str]],
    payees: Mapping[Subject, Payee],
    again: Collection[int] = (),
) -> tuple[tuple[Found, ...], tuple[Expense, ...]]:
    """Where each payment stands, and the expenses that name a leaf which is not to be paid.

    `made` are the ids that we wrote down for each leaf; every one that still exists must be among
    `seen`. `again` names leaves whose ended expenses are to be followed by new ones.
    """
    by_leaf: dict[int, dict[str, Expense]] = defaultdict(dict)
    strange: dict[str, Expense] = {}
    leaf_of = {id_: leaf for leaf, ids in made.items() for id_ in ids}
    for each in seen:
        leaf = leaf_of.get(each.id, each.leaf)
        if leaf is None or plan.payment_of(leaf) is None:
            strange[each.id] = each
        else:
            by_leaf[leaf][each.id] = each
    found = tuple(
        _found(
            plan,
            payment,
            list(by_leaf[payment.leaf].values()),
            frozenset(made.get(payment.leaf, ())),
            payees.get(payment.subject),
            payment.leaf in again,
        )
        for payment in plan.payments
    )
    return found, tuple(strange.values())


def _found(
    plan: Plan,
    payment: Planned,
    seen: Sequence[Expense],
    made: Collection[str],
    payee: Payee | None,
    again: bool,
) -> Found:
    alive = [each for each in seen if not each.is_dead]
    for each in alive:
        odd = why_odd(plan, payment, each, made, payee)
        if odd:
            return Found(payment, Standing.ODD, (each,), odd)
    if len(alive) > 1:
        return Found(payment, Standing.TWICE, tuple(alive))
    if alive:
        return Found(payment, Standing.THERE, tuple(alive))
    # A stranger's that was rejected holds up nobody; one of which nobody can tell may be ours.
    ours = ("", _UNTOLD)
    ended = [
        each
        for each in seen
        if each.id in made or why_odd(plan, payment, each, made, payee) in ours
    ]
    gone = bool(set(made) - {each.id for each in seen})
    if (ended or gone) and not again:
        return Found(payment, Standing.ENDED, tuple(ended))
    return Found(payment, Standing.MISSING)


def why_odd(
    plan: Plan,
    payment: Planned,
    expense: Expense,
    made: Collection[str],
    payee: Payee | None,
) -> str:
    """Why an expense does not count as this payment; "" if it does."""
    differs = _differs(plan, payment, expense)
    if differs:
        return differs
    if payment.payee != INVITED:
        return "" if expense.payee == payment.payee else f"it pays {expense.payee!r}"
    if expense.id in made or (payee and expense.email and expense.email == payee.email.lower()):
        return ""
    return _UNTOLD


def _differs(plan: Plan, payment: Planned, expense: Expense) -> str:
    if expense.currency != plan.currency:
        return f"it is in {expense.currency}, not {plan.currency}"
    if expense.cents != payment.amount:
        return f"it is of {expense.cents} cents, not {payment.amount}"
    if expense.leaf == payment.leaf and expense.period != plan.period:
        return f"it is of the period {expense.period!r}, not {plan.period!r}"
    return ""
