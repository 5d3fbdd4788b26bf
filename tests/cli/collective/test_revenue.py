# SPDX-License-Identifier: AGPL-3.0-only
"""`millpond collective revenue` and `plan`."""

import json
from pathlib import Path
from typing import Any

import pytest

from millpond.core.collective.plan import Plan
from tests.cli.collective.people import CSV, MONTH, Run
from tests.sources.opencollective.site import SLUG, Site, row
from tests.sources.server import Place


def test_revenue__by_the_interface__both_sums_in_words_and_json(
    millpond: Run, place: Place
) -> None:
    ran = millpond("collective", *MONTH, "--api", place.url)
    assert ran.status == 0, ran.err
    lines = [line.strip() for line in ran.out.splitlines()]
    assert any(line.startswith("revenue R") and line.endswith("3,161.24") for line in lines)
    assert any(
        line.startswith("the service itself") and line.endswith("3,161.24") for line in lines
    )
    said = millpond("collective", *MONTH, "--api", place.url, "--json").json
    assert (said["gross"], said["fees"], said["revenue"]) == (355_000, -38_876, 316_124)
    assert said["added_funds_count"] is True
    assert said["own_sum"]["net"] == 316_124
    assert "Personal-Token" not in place.asked[0].headers


def test_revenue__by_a_table__is_the_same_and_asks_nobody(
    millpond: Run, tmp_path: Path, place: Place
) -> None:
    out = tmp_path / "2019-09.json"
    ran = millpond("collective", *MONTH, "--csv", CSV, "--out", out, "--json")
    assert ran.status == 0, ran.err
    assert (ran.json["revenue"], ran.json["source"], ran.json["own_sum"]) == (
        316_124,
        "table",
        None,
    )
    assert json.loads(out.read_bytes())["revenue"] == "316124"
    assert place.asked == []


def test_revenue__with_a_difference_that_is_explained__says_why(
    millpond: Run, place: Place, site: Site
) -> None:
    site.rows += [
        row("t1", "CONTRIBUTION", 12_100, group="taxed"),
        row("t2", "TAX", -2_100, group="taxed"),
    ]
    ran = millpond("collective", *MONTH, "--api", place.url)
    assert ran.status == 0
    assert "21.00: rows of tax" in ran.out
    assert "the difference is explained" in ran.out


def test_revenue__with_a_difference_that_is_not__ends_with_1(
    millpond: Run, place: Place, site: Site
) -> None:
    site.own_sum = 7
    ran = millpond("collective", *MONTH, "--api", place.url)
    assert ran.status == 1
    assert "not explained: 0.07 net, 0.00 gross" in ran.out


def test_revenue__without_added_funds__needs_the_word_and_writes_it_down(
    millpond: Run, place: Place
) -> None:
    assert millpond("collective", "revenue", SLUG, "--month", "2019-09").status == 2
    asked = ("--month", "2019-09", "--added-funds", "leave", "--api", place.url, "--json")
    said = millpond("collective", "revenue", SLUG, *asked).json
    assert (said["added_funds_count"], said["revenue"]) == (False, 316_124 - 225_000)


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("No Name", "--month", "2019-09"), "not the name of a collective"),
        ((SLUG, "--month", "2019"), "is not a month"),
        ((SLUG, "--month", "2199-01"), "is not over"),
        ((SLUG, "--month", "2019-09", "--csv", "nowhere.csv"), "cannot be read"),
        ((SLUG, "--month", "2020-01", "--csv", CSV), "no movements"),
    ],
)
def test_revenue__that_cannot_be_read__says_what_to_do(
    millpond: Run, args: tuple[Any, ...], said: str
) -> None:
    ran = millpond("collective", "revenue", *args, "--added-funds", "count")
    assert ran.status == 3
    assert said in ran.err
    assert "Next: " in ran.err


def test_plan__of_a_statement__shares_what_was_voted(
    millpond: Run, published_month: Path, payees: Path, tmp_path: Path
) -> None:
    statement, out = tmp_path / "2019-09.json", tmp_path / "plan.json"
    millpond("collective", *MONTH, "--csv", CSV, "--out", statement)
    asked = ("--collective", SLUG, "--revenue", statement, "--share", "50", "--payees", payees)
    ran = millpond("collective", "plan", published_month, *asked, "--out", out, "--json")
    assert ran.status == 0, ran.err
    assert (ran.json["pot"], ran.json["currency"]) == ("158062", "USD")
    parts = ("drafted", "kept", "capped", "dust")
    assert sum(int(ran.json[part]) for part in parts) == 158_062
    assert Plan.from_json(out.read_bytes()).pot == 158_062


def test_plan__in_words__names_payees_dust_and_who_stays(
    millpond: Run, plan: Path, published_month: Path, payees: Path
) -> None:
    pot = ("--pot", "3161.24", "--currency", "USD", "--payees", payees, "--out", plan)
    ran = millpond("collective", "plan", published_month, "--collective", SLUG, *pot)
    for text in ("alice", "by invitation", "not in the file of payees", "dust of rounding"):
        assert text in ran.out
    assert "example.org" not in ran.out + plan.read_text()
    assert "ape run epoch settle --epoch 1" in ran.out


@pytest.mark.parametrize(
    ("change", "status", "said"),
    [
        (("--pot", "1"), 2, "--pot and --currency"),
        (("--revenue", "x", "--share", "50", "--pot", "1"), 2, "--pot and --currency"),
        (("--pot", "1", "--currency", "usd"), 3, "is no currency"),
        (("--pot", "1.005", "--currency", "USD"), 3, "3 decimals"),
        (("--pot", "0", "--currency", "USD"), 3, "the pot"),
        (("--pot", "0.01", "--currency", "USD"), 3, "nobody in the file of payees"),
        (("--pot", "9", "--currency", "USD", "--zeroed", "github:1"), 3, "has no leaf"),
        (("--pot", "9", "--currency", "USD", "--minimum", "-1"), 3, "plain decimal"),
        (("--revenue", "nowhere", "--share", "50"), 3, "cannot be read"),
    ],
)
def test_plan__asked_wrongly__is_refused(
    millpond: Run,
    published_month: Path,
    payees: Path,
    tmp_path: Path,
    change: tuple[str, ...],
    status: int,
    said: str,
) -> None:
    out = tmp_path / "plan.json"
    asked = ("--collective", SLUG, "--payees", payees, "--out", out, *change)
    ran = millpond("collective", "plan", published_month, *asked)
    assert ran.status == status
    assert said in ran.err
    assert not out.exists()
