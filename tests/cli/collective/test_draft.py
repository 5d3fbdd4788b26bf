# SPDX-License-Identifier: AGPL-3.0-only
"""`millpond collective draft` and `status`: each payment once, and settled on the chain first."""

from pathlib import Path

import pytest

from millpond.core.collective.plan import Plan
from tests.cli.collective.people import Chain, Run, draft
from tests.sources.opencollective.site import SLUG, Site
from tests.sources.server import Place


@pytest.mark.usefixtures("token")
def test_draft__settled_on_the_chain__is_shown_then_sent_then_done(
    millpond: Run, plan: Path, payees: Path, place: Place, site: Site, chain: Chain
) -> None:
    chain.settle(Plan.from_json(plan.read_bytes()))
    shown = draft(millpond, plan, payees, place)
    assert shown.status == 1
    assert shown.out.count("not there yet") == 2
    assert site.expenses == []
    sent = draft(millpond, plan, payees, place, "--send", "--json")
    assert sent.status == 0, sent.out + sent.err
    assert len(sent.json["made"]) == len(site.expenses) == 2
    again = draft(millpond, plan, payees, place, "--send")
    assert (again.status, len(site.expenses)) == (0, 2)
    assert "0 drafts made" in again.out
    approved = draft(millpond, plan, payees, place, "--send", "--approve", "--json")
    assert len(approved.json["approved"]) == 1
    status = millpond("collective", "status", plan, "--api", place.url)
    assert status.status == 0, status.out + status.err
    assert "APPROVED" in status.out
    assert " to alice: " in status.out
    assert " by invitation: " in status.out
    assert "to by" not in status.out
    assert chain.asked[0][1:] == ("pond", None, None, 12)


@pytest.mark.usefixtures("token")
@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("open", "not settled on the chain yet"),
        ("claimed", "claimed on the chain: it must not be paid again"),
        ("otherwise", "settled on the chain under another reference"),
    ],
)
def test_draft__of_a_leaf_that_is_not_settled__is_refused_and_named(
    millpond: Run,
    plan: Path,
    payees: Path,
    place: Place,
    site: Site,
    chain: Chain,
    state: str,
    said: str,
) -> None:
    read = Plan.from_json(plan.read_bytes())
    chain.settle(read)
    one, other = read.payments
    if state == "otherwise":
        chain.references[one.subject] = read.reference_hash(other)
    else:
        del chain.references[one.subject]
    if state == "open":
        chain.claimed.remove(one.subject)
    ran = draft(millpond, plan, payees, place, "--send")
    assert ran.status == 1
    assert said in ran.out
    assert [each["leaf"] for each in site.made] == [other.leaf]


@pytest.mark.usefixtures("token", "chain")
def test_draft__without_a_pool__is_wrong_usage(
    millpond: Run, plan: Path, payees: Path, place: Place
) -> None:
    asked = ("--payees", payees, "--api", place.url, "--send")
    ran = millpond("collective", "draft", plan, *asked)
    assert ran.status == 2
    assert "--pool" in ran.err
    assert place.asked == []


@pytest.mark.usefixtures("token")
def test_draft__of_a_plan_that_was_changed__is_refused(
    millpond: Run, plan: Path, payees: Path, place: Place, chain: Chain
) -> None:
    chain.settle(Plan.from_json(plan.read_bytes()))
    plan.write_bytes(plan.read_bytes().replace(b'"alice"', b'"mallo"'))
    ran = draft(millpond, plan, payees, place, "--send")
    assert ran.status == 3
    assert "changed by hand" in ran.err
    assert place.asked == []


@pytest.mark.usefixtures("token")
def test_draft__again_for_a_leaf_that_is_not_paid__is_refused(
    millpond: Run, plan: Path, payees: Path, place: Place, chain: Chain
) -> None:
    chain.settle(Plan.from_json(plan.read_bytes()))
    ran = draft(millpond, plan, payees, place, "--send", "--again", "9999")
    assert ran.status == 3
    assert "pays no leaf 9999" in ran.err


@pytest.mark.usefixtures("token")
def test_draft__a_payee_whom_the_service_refuses__is_named_with_what_to_do(
    millpond: Run, plan: Path, payees: Path, place: Place, site: Site, chain: Chain
) -> None:
    chain.settle(Plan.from_json(plan.read_bytes()))
    site.own.clear()
    ran = draft(millpond, plan, payees, place, "--send")
    assert ran.status == 1
    assert "No account found" in ran.out
    assert "Next: look at the names" in ran.out
    asked = draft(millpond, plan, payees, place, "--send", "--json").json
    assert [each["refused"]["error"] for each in asked["payments"] if each["refused"]] == [
        "NotThere"
    ]


@pytest.mark.usefixtures("token")
def test_status__a_strangers_expense__ends_with_1(
    millpond: Run, plan: Path, place: Place, site: Site
) -> None:
    read = Plan.from_json(plan.read_bytes())
    data = {"distribution": read.distribution, "period": read.period, "leaf": 999}
    site.expenses.append(
        {
            "id": "ex", "legacyId": 77, "status": "PENDING", "customData": data,
            "amountV2": {"valueInCents": 5, "currency": "USD"}, "payee": {"slug": "mallory"},
            "draft": None,
        }
    )  # fmt: skip
    ran = millpond("collective", "status", plan, "--api", place.url)
    assert ran.status == 1
    assert "expense 77 says it pays this, and nothing here does" in ran.out


def test_plan__another_one_once_something_was_drafted__is_refused(
    millpond: Run, plan: Path, published_month: Path, payees: Path
) -> None:
    plan.with_name("plan.record.jsonl").write_bytes(b"{}\n")
    before = plan.read_bytes()
    pot = ("--currency", "USD", "--payees", payees, "--out", plan)
    asked = (published_month, "--collective", SLUG, *pot)
    assert millpond("collective", "plan", *asked, "--pot", "3161.24").status == 0
    ran = millpond("collective", "plan", *asked, "--pot", "3161.25")
    assert ran.status == 3
    assert "payments were drafted by the plan" in ran.err
    assert plan.read_bytes() == before
