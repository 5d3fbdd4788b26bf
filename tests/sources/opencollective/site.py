# SPDX-License-Identifier: AGPL-3.0-only
"""An Open Collective on loopback: a ledger and expenses, asked in GraphQL, with its own rules.

It executes what is asked: dates (an interval that includes its end, and one that does not), kinds,
pages, data that expenses carry, who may see them, how often somebody may be invited.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.sources.graphql_server import Plain, Refused, execute
from tests.sources.server import CUT, Asked, Reply, as_json

VECTORS = Path(__file__).parents[2] / "vectors" / "opencollective"
TOKEN = "canary-token-51f0c7"  # noqa: S105  (of nobody)
SLUG = "example-collective"
ADMIN = "maintainer-one"
Thing = dict[str, Any]
APART = 10.0
"""Seconds between two invitations of one person."""


def vector(name: str) -> Any:
    """A file of the recorded shapes."""
    return json.loads((VECTORS / f"{name}.json").read_text("utf-8"))


def recorded_rows() -> list[Thing]:
    """The month's rows, and the one at the first instant of the next month."""
    found: list[Thing] = vector("ledger_closed_interval_trap")["response"]["data"]["transactions"][
        "nodes"
    ]
    return [dict(each) for each in found]


def money(cents: int, currency: str = "USD") -> Thing:
    """An amount; `value` is there to be fallen for."""
    return {"valueInCents": cents, "currency": currency, "value": cents / 100}


def row(id_: str, kind: str, cents: int, **more: Any) -> Thing:
    """One more row of the ledger; its own fees and taxes in `within`."""
    within = more.pop("within", 0)
    return {
        "id": id_,
        "group": more.pop("group", id_),
        "type": "DEBIT" if cents < 0 else "CREDIT",
        "kind": kind,
        "createdAt": more.pop("at", "2019-09-15T12:00:00.000Z"),
        "isRefund": False,
        "isRefunded": False,
        "amountInHostCurrency": money(cents),
        "netAmountInHostCurrency": money(cents + within),
        "account": {"slug": SLUG},
        "expense": None,
        "order": {"id": "or_x"},
        **more,
    }


class No(Exception):
    """A refusal of the service."""

    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message)
        self.problem: Thing = {"message": message}
        if code:
            self.problem["extensions"] = {"code": code}


@dataclass
class Site:
    """All that is there, and how it answers."""

    now: Callable[[], float]
    rows: list[Thing] = field(default_factory=recorded_rows)
    currency: str = "USD"
    expenses: list[Thing] = field(default_factory=list)
    admins: dict[str, str] = field(default_factory=lambda: {TOKEN: ADMIN})
    """Tokens of people who administer the collective."""
    own: dict[str, list[str]] = field(default_factory=lambda: {"alice": ["po_1"]})
    """Accounts that the token's owner administers, and the ways to pay them."""
    policy: bool = False
    """Whether authors may not approve."""
    second_factor: bool = False
    invited_at: float | None = None
    cut_after: int | None = None
    """After so many questions every answer is cut off, though what was ordered is done."""
    dead_after: int | None = None
    """After so many questions nothing is done any more, and every answer is cut off."""
    questions: int = 0
    seen: list[str] = field(default_factory=list)
    """The names of what was asked, in order."""
    token: str = ""
    own_sum: int = 0
    """What the service's sum is off by, for reasons of its own."""

    def answer(self, asked: Asked) -> Reply:
        """To one question."""
        self.questions += 1
        if self.dead_after is not None and self.questions > self.dead_after:
            return CUT
        assert (asked.method, asked.path) == ("POST", "/graphql/v2")
        headers = {name.lower(): text for name, text in asked.headers.items()}
        self.token = headers.get("personal-token", "")
        body = json.loads(asked.body)
        try:
            data = execute(body["query"], body["variables"], self._root())
            reply = as_json({"data": data})
        except No as error:
            reply = as_json({"errors": [error.problem], "data": None})
        except Refused as error:
            reply = as_json({"errors": [{"message": str(error)}]}, 400)
        return CUT if self.cut_after is not None and self.questions > self.cut_after else reply

    @property
    def made(self) -> list[Thing]:
        """The data that its expenses carry, in the order in which they were made."""
        return [each["customData"] for each in self.expenses]

    def _root(self) -> Thing:
        calls: dict[str, Callable[..., Any]] = {
            "collective": self._collective,
            "transactions": self._transactions,
            "expenses": self._expenses,
            "expense": self._expense,
            "account": self._account,
            "createExpense": self._create,
            "draftExpenseAndInviteUser": self._invite,
            "processExpense": self._process,
        }
        return {"__typename": "Query"} | {
            name: self._heard(name, call) for name, call in calls.items()
        }

    def _heard(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def heard(**arguments: Any) -> Any:
            self.seen.append(name)
            return call(**arguments)

        return heard

    # --- the ledger ---------------------------------------------------------------------------

    def _collective(self, slug: str) -> Thing:
        if slug != SLUG:
            raise No(f"No collective found with slug {slug}", "NotFound")
        return {
            "slug": slug,
            "currency": self.currency,
            "stats": {"totalAmountReceived": self._received},
        }

    def _received(self, **given: Any) -> Thing:
        net, begin, end, kinds = _given(given, "net", "dateFrom", "dateTo", "kind")
        name = "netAmountInHostCurrency" if net == "true" else "amountInHostCurrency"
        total = sum(
            each[name]["valueInCents"]
            for each in self.rows
            if begin <= each["createdAt"] < end
            and each["kind"] in kinds
            and not each["isRefund"]
            and not each["isRefunded"]
            and (each["type"] == "CREDIT" or (net == "true" and _is_fee(each)))
        )
        return money(total + (self.own_sum if net == "true" else 0), self.currency)

    def _transactions(self, **given: Any) -> Thing:
        accounts, begin, end, limit, offset, order, debts = _given(
            given, "account", "dateFrom", "dateTo", "limit", "offset", "orderBy", "includeDebts"
        )
        assert order == {"field": "CREATED_AT", "direction": "ASC"}
        assert debts == "true"
        if accounts != [{"slug": SLUG}]:
            raise No("Account not found", "NotFound")
        return self.page(begin, end, limit, offset)

    def page(self, begin: str, end: str, limit: int, offset: int) -> Thing:
        """One page of the rows from an instant to another, which is within the interval."""
        found = [each for each in self.rows if begin <= each["createdAt"] <= end]
        found.sort(key=lambda each: (each["createdAt"], each["group"]))
        return {"totalCount": len(found), "nodes": found[offset : offset + limit]}

    # --- expenses -----------------------------------------------------------------------------

    def _require_admin(self, message: str) -> None:
        if self.token not in self.admins:
            raise No(message, "Unauthorized")

    def _expenses(self, **given: Any) -> Thing:
        account, data, status, limit, offset = _given(
            given, "account", "customData", "status", "limit", "offset"
        )
        assert account == {"slug": SLUG}
        self._require_admin("You need to be an admin of the account to filter by customData")
        found = [
            each
            for each in self.expenses
            if data.items() <= (each["customData"] or {}).items()
            and (each["status"] in status if status else each["status"] != "SPAM")
        ]
        page = [self._shown(each) for each in found[offset : offset + limit]]
        return {"totalCount": len(found), "nodes": page}

    def _expense(self, expense: Thing) -> Thing:
        return self._shown(self._kept(expense))

    def _kept(self, expense: Thing) -> Thing:
        found = [each for each in self.expenses if each["id"] == expense["id"]]
        if not found:
            raise No("Expense Not Found", "NotFound")
        return found[0]

    def _account(self, slug: str) -> Thing:
        if slug not in self.own:
            raise No(f"No account found with slug {slug}", "NotFound")
        methods = [{"publicId": id_, "type": "OTHER", "isSaved": True} for id_ in self.own[slug]]
        return {"slug": slug, "payoutMethods": methods}

    def _create(self, account: Thing, expense: Thing) -> Thing:
        self._require_admin("You need to be logged in")
        if expense["payee"]["slug"] not in self.own:
            problem = vector("errors")["own_expense_only"]["errors"][0]
            raise No(problem["message"], problem["extensions"]["code"])
        assert expense["payoutMethod"]["publicId"] in self.own[expense["payee"]["slug"]]
        assert all("incurredAt" in item for item in expense["items"])
        return self._new(account, expense, "PENDING", expense["payee"]["slug"], None)

    def _invite(self, **given: Any) -> Thing:
        account, expense, skip, locked = _given(
            given, "account", "expense", "skipInvite", "lockedFields"
        )
        self._require_admin("You need to be logged in")
        now = self.now()
        if self.invited_at is not None and now - self.invited_at < APART:
            problem = vector("errors")["draft_rate_limit"]["errors"][0]
            raise No(problem["message"], problem["extensions"]["code"])
        self.invited_at = now
        if expense["payee"].get("slug") == "nobody":
            raise No("The payee does not exist", "ValidationFailed")
        assert skip == "false"
        assert locked == ["AMOUNT", "PAYEE", "DESCRIPTION", "TYPE"]
        draft = {"payee": expense["payee"], "items": expense["items"]}
        return self._new(account, expense, "DRAFT", self.admins[self.token], draft)

    def _new(self, account: Thing, expense: Thing, status: str, payee: str, draft: Any) -> Thing:
        assert account == {"slug": SLUG}
        currencies = {item["amountV2"]["currency"] for item in expense["items"]}
        assert currencies == {expense["currency"]}
        number = len(self.expenses)
        new = {
            "id": f"ex_{number}",
            "legacyId": 1000 + number,
            "status": status,
            "customData": expense["customData"],
            "reference": expense["reference"],
            "description": expense["description"],
            "amountV2": money(
                sum(item["amountV2"]["valueInCents"] for item in expense["items"]),
                expense["currency"],
            ),
            "payee": {"slug": payee},
            "draft": draft,
            "author": self.admins[self.token],
        }
        self.expenses.append(new)
        return self._shown(new)

    def _shown(self, expense: Thing) -> Thing:
        """What it carries is shown to admins only."""
        data = expense["customData"] if self.token in self.admins else None
        return {**expense, "customData": Plain(data), "draft": Plain(expense["draft"])}

    def submit(self, at: int, payee: str) -> None:
        """The one who was invited completes her draft."""
        self.expenses[at] |= {"status": "PENDING", "payee": {"slug": payee}, "draft": None}

    def _process(self, expense: Thing, action: str) -> Thing:
        assert action == "APPROVE"
        self._require_admin("You need to be logged in")
        if self.second_factor:
            problem = vector("errors")["token_not_preauthorized"]["errors"][0]
            raise No(problem["message"])
        found = self._kept(expense)
        if self.policy and found["author"] == self.admins[self.token]:
            raise No("User cannot approve their own expenses", "Forbidden")
        if found["status"] != "PENDING":
            raise No("You don't have permission to approve this expense", "Forbidden")
        found["status"] = "APPROVED"
        return self._shown(found)


def _is_fee(each: Thing) -> bool:
    return each["kind"] in ("HOST_FEE", "PAYMENT_PROCESSOR_FEE") and each["expense"] is None


def _given(arguments: Thing, *names: str) -> list[Any]:
    """The arguments by these names, which are all that there may be."""
    assert set(arguments) == set(names)
    return [arguments[name] for name in names]
