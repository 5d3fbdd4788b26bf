# SPDX-License-Identifier: AGPL-3.0-only
"""The expenses of a collective that pay one distribution: listed, drafted, submitted, approved.

Without a status the service lists drafts, too, but no spam; so it is asked a second time for that.
"""

from typing import Any

from millpond.core.collective.expenses import STATES, Expense
from millpond.core.collective.payees import Payee
from millpond.core.collective.plan import Plan, Planned
from millpond.core.errors import BadInput, BadSourceAnswer
from millpond.sources.opencollective import answers, queries
from millpond.sources.opencollective.answers import NEWER, converted
from millpond.sources.opencollective.api import Service
from millpond.sources.opencollective.refusals import NotThere

_PAGE = 100
_READINGS = 3
_DRAFT = "DRAFT"
_HIDDEN = (
    "use the token of an admin of the collective: only admins see what an expense is for, and "
    "without that nothing can be told apart"
)


class Expenses:
    """The expenses of one collective."""

    def __init__(self, service: Service, collective: str) -> None:
        self._service = service
        self._collective = collective

    def of(self, distribution: str) -> list[Expense]:
        """All that say they pay this distribution, in whatever state."""
        return [*self._listed(distribution, None), *self._listed(distribution, ["SPAM"])]

    def by_id(self, id_: str) -> Expense | None:
        """One expense; None if it is there no more."""
        try:
            data = self._service.ask(queries.EXPENSE, expense={"id": id_})
        except NotThere:
            return None
        if data.get("expense") is None:
            return None
        return _expense(converted(data["expense"], answers.Expense))

    def make(self, plan: Plan, payment: Planned, payee: Payee) -> Expense:
        """Draft one and invite its payee; or submit it whole, for an account of one's own."""
        account, expense = {"slug": plan.collective}, _input(plan, payment)
        if payee.own:
            method = self._payout_method(payee)
            expense |= {"payee": {"slug": payee.account}, "payoutMethod": {"publicId": method}}
            for item in expense["items"]:
                item["incurredAt"] = f"{plan.last_day}T00:00:00.000Z"
            data = self._service.order(queries.CREATE, account=account, expense=expense)
            return _expense(converted(data.get("createExpense"), answers.Expense))
        invited = {"name": payee.name, "email": payee.email, "isInvite": True}
        expense["payee"] = {"slug": payee.account} if payee.account else invited
        data = self._service.order(
            queries.INVITE, account=account, expense=expense, locked=queries.LOCKED
        )
        return _expense(converted(data.get("draftExpenseAndInviteUser"), answers.Expense))

    def approve(self, id_: str) -> Expense:
        """Approve one, as far as the collective's policy lets the token's owner do so."""
        data = self._service.order(queries.APPROVE, expense={"id": id_})
        return _expense(converted(data.get("processExpense"), answers.Expense))

    def _listed(self, distribution: str, status: list[str] | None) -> list[Expense]:
        for _ in range(_READINGS):
            found = self._pages(distribution, status)
            if found is not None:
                return list(found.values())
        raise BadSourceAnswer(
            "the list of expenses comes in pages that do not fit together",
            "try again later; nothing was drafted",
        )

    def _pages(self, distribution: str, status: list[str] | None) -> dict[str, Expense] | None:
        """All pages; None if they changed while they were read."""
        found: dict[str, Expense] = {}
        total: int | None = None
        while total is None or len(found) < total:
            data = self._service.ask(
                queries.EXPENSES,
                account={"slug": self._collective},
                data={"distribution": distribution},
                status=status,
                limit=_PAGE,
                offset=len(found),
            )
            page: answers.Expenses = converted(data.get("expenses"), answers.Expenses)
            new = {each.id: _expense(each) for each in page.nodes}
            same = total is None or page.total_count == total
            if not same or set(new) & set(found) or len(new) != len(page.nodes):
                return None
            total = page.total_count
            if not new and len(found) < total:
                return None
            found |= new
        odd = next((each for each in found.values() if each.distribution != distribution), None)
        if odd is not None:
            raise BadSourceAnswer(
                f"expense {odd.legacy_id} comes without the data that it was asked for by", _HIDDEN
            )
        return found

    def _payout_method(self, payee: Payee) -> str:
        data = self._service.ask(queries.PAYOUT_METHODS, slug=payee.account)
        if data.get("account") is None:
            raise NotThere(f"there is no account {payee.account!r}", "look at the file of payees")
        found: answers.Payee = converted(data["account"], answers.Payee)
        methods = [each.public_id for each in found.payout_methods or () if each.is_saved]
        if payee.payout in methods or (not payee.payout and len(methods) == 1):
            return payee.payout or methods[0]
        raise BadInput(
            f"{payee.account!r} has {len(methods)} ways to be paid"
            + (f", and none is {payee.payout!r}" if payee.payout else ""),
            f"write one as `payout` into the file of payees: {', '.join(methods) or 'none yet'}",
        )


def _input(plan: Plan, payment: Planned) -> dict[str, Any]:
    """What drafts and whole expenses share."""
    amount = {"valueInCents": payment.amount, "currency": plan.currency}
    return {
        "description": f"Contributor payout {plan.period}",
        "currency": plan.currency,
        "type": "INVOICE",
        "tags": ["payout"],
        "reference": f"{plan.period}/{payment.leaf}",
        "items": [{"description": f"Contributions of {plan.period}", "amountV2": amount}],
        "customData": {
            "distribution": plan.distribution,
            "period": plan.period,
            "leaf": payment.leaf,
        },
    }


def _expense(found: answers.Expense) -> Expense:
    if found.status not in STATES:
        raise BadSourceAnswer(
            f"expense {found.legacy_id} is in a state that nobody here knows, {found.status!r}",
            NEWER,
        )
    if found.amount_v2 is None:
        raise BadSourceAnswer(f"expense {found.legacy_id} has no amount", NEWER)
    data = found.custom_data if isinstance(found.custom_data, dict) else {}
    leaf = data.get("leaf")
    payee, email = found.payee.slug if found.payee else "", ""
    if found.status == _DRAFT:
        drafted = found.draft if isinstance(found.draft, dict) else {}
        to = drafted.get("payee") if isinstance(drafted.get("payee"), dict) else {}
        payee, email = str((to or {}).get("slug") or ""), str((to or {}).get("email") or "")
    return Expense(
        id=found.id,
        legacy_id=found.legacy_id,
        status=found.status,
        distribution=str(data.get("distribution", "")),
        period=str(data.get("period", "")),
        leaf=leaf if type(leaf) is int else None,
        cents=found.amount_v2.cents,
        currency=found.amount_v2.currency,
        payee=payee,
        email=email.lower(),
    )
