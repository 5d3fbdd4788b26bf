# SPDX-License-Identifier: AGPL-3.0-only
"""A payee signs on a real chain that she is paid elsewhere; then she has one expense, and no more.

The month is that of the commands (`ape run epoch ...`), the service a recorded one on loopback.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from millpond.core.collective.plan import Plan
from millpond.core.subjects import of_identity, to_hex
from scripts import _demo_story as story
from scripts._stage import POOL
from tests.cli.collective.people import Run
from tests.cli.conftest import Ran
from tests.scripts.conftest import month, month_end, settings_read_once
from tests.scripts.epochs import Month
from tests.scripts.test_epoch_payday import pay
from tests.sources.opencollective.site import SLUG, Site
from tests.sources.server import Place

__all__ = ["month", "month_end", "settings_read_once"]

pytestmark = [
    pytest.mark.usefixtures("token"),
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
    pytest.mark.filterwarnings(
        "ignore:Exception ignored in. <socket:pytest.PytestUnraisableExceptionWarning"
    ),
]
ALICE, BEANOW = (f"sourcecred:sourcecred/identity/{name}" for name in ("decentralion", "Beanow"))


@dataclass(frozen=True)
class Drafting:
    """The two sides of it: a month on a chain, and a plan at a service."""

    month: Month
    millpond: Run
    plan: Path
    payees: Path
    place: Place

    @property
    def at(self) -> tuple[str, ...]:
        """Where the pool is."""
        return "--pool", POOL, "--rpc", self.month.stage.url, "--hub", self.month.coop.hub.address

    def draft(self) -> Ran:
        """Draft whatever may be drafted."""
        asked = (self.plan, "--payees", self.payees, "--api", self.place.url, *self.at)
        return self.millpond("collective", "draft", *asked, "--confirmations", "0", "--send")

    def settle(self, who: str, by: int) -> dict[str, Any]:
        """By the plan's reference."""
        which = ("--identity", who, "--epoch", "1", "--plan", str(self.plan))
        return self.month.act("settle", *which, by=by)

    def books(self, what: str, *more: str) -> Ran:
        """Of the pool."""
        return self.millpond("books", what, *more, *self.at)


@pytest.fixture
def final(month: Month) -> Month:
    """A month of which everything was voted and nothing paid; both payees have an account."""
    month.pass_epoch()
    month.link([ALICE, BEANOW])
    return month


@pytest.fixture
def drafted(final: Month, millpond: Run, payees: Path, place: Place, tmp_path: Path) -> Drafting:
    """That month's plan, and the command that drafts by it."""
    path = tmp_path / "plan.json"
    pot = ("--pot", "3161.24", "--currency", "USD", "--payees", payees, "--out", path)
    folder = final.files().folder
    made = millpond("collective", "plan", folder, "--collective", SLUG, *pot)
    assert made.status == 0, made.err
    return Drafting(final, millpond, path, payees, place)


def test_draft__after_the_payee_has_signed__is_one_expense_and_one_payment_of_the_books(
    drafted: Drafting, site: Site
) -> None:
    month = drafted.month
    payee = story.account_of(month.stage, ALICE)
    plan = Plan.from_json(drafted.plan.read_bytes())
    [planned] = [each for each in plan.payments if each.payee == "alice"]
    before = drafted.draft()
    assert (before.status, before.out.count("not settled on the chain yet")) == (1, 2)
    assert site.expenses == []
    assert drafted.settle(ALICE, payee)["sent"] is True
    for _ in range(2):
        ran = drafted.draft()
        assert (ran.status, ran.out.count("not settled on the chain yet")) == (1, 1)
        assert [each["leaf"] for each in site.made] == [planned.leaf]
    [expense] = site.expenses
    assert expense["amountV2"]["valueInCents"] == planned.amount
    pay(month)
    claimed = drafted.draft()
    assert claimed.out.count("claimed on the chain: it must not be paid again") == 1
    assert len(site.expenses) == 1
    payments = drafted.books("payees", "--json").json["payments"]
    whose = {each["subject"]: each["how"] for each in payments}
    assert len(payments) == len(whose) == 2
    assert whose == {to_hex(of_identity(ALICE)): "fiat", to_hex(of_identity(BEANOW)): "payday"}
    [fiat] = [each for each in payments if each["how"] == "fiat"]
    [event] = month.coop.distributor.past_events("SettledOffChain", 0)
    assert event.args["reference"] == plan.reference_hash(planned)
    assert (fiat["payee"], fiat["amount"]) == (month.address(payee), str(event.args["amount"]))
    assert month.dollar.balanceOf(month.address(payee)) == 0
    assert drafted.books("check").status == 0


def test_draft__of_what_was_paid_on_the_chain__can_neither_be_settled_nor_drafted(
    drafted: Drafting, site: Site
) -> None:
    month = drafted.month
    pay(month)
    payee = story.account_of(month.stage, ALICE)
    again = drafted.settle(ALICE, payee)
    assert again["sent"] is False
    assert month.coop.distributor.past_events("SettledOffChain", 0) == []
    ran = drafted.draft()
    assert ran.status == 1
    assert ran.out.count("claimed on the chain: it must not be paid again") == 2
    assert site.expenses == []


def test_draft__settled_under_another_reference__is_refused_though_she_signed(
    drafted: Drafting, site: Site
) -> None:
    month, payee = drafted.month, story.account_of(drafted.month.stage, ALICE)
    which = ("--identity", ALICE, "--epoch", "1", "--reference", "oc/812")
    assert month.act("settle", *which, by=payee)["sent"] is True
    ran = drafted.draft()
    assert ran.status == 1
    assert ran.out.count("settled on the chain under another reference") == 1
    assert site.expenses == []
