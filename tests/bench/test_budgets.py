# SPDX-License-Identifier: AGPL-3.0-only
"""Figures beside budgets: what is met, what is missed, and who owes a sentence."""

from pathlib import Path

import pytest

from bench.budgets import (
    Budget,
    Budgets,
    Derived,
    Remarks,
    Row,
    Verdict,
    load_budgets,
    load_remarks,
    rows,
)
from bench.figures import read_costs
from bench.meter import Figure
from millpond.core.errors import BadInput

BUDGET = Budget(must=100, aim=80, source="a peer: 120")


def _row(gas: int, budget: Budget | None = BUDGET, name: str = "post") -> Row:
    return Row(name, gas, 68, "as it is", budget)


def _figure(name: str, gas: int) -> Figure:
    return Figure(name, f"the set-up of {name}", gas, 68)


@pytest.mark.parametrize(
    ("gas", "verdict"),
    [(80, Verdict.AIM), (81, Verdict.MUST), (100, Verdict.MUST), (101, Verdict.ABOVE)],
)
def test_verdict__at_the_edges__is_exact(gas: int, verdict: Verdict) -> None:
    assert _row(gas).verdict is verdict


def test_verdict__no_aim__is_must_at_best() -> None:
    assert _row(1, Budget(must=100, source="none")).verdict is Verdict.MUST


def test_verdict__no_budget__is_none() -> None:
    assert _row(10**9, None).verdict is Verdict.NONE


def test_derived__a_share__is_rounded_up() -> None:
    assert Derived(of="many", by=100, set_up="each").gas({"many": 101}) == 2
    assert Derived(of="many", by=100, set_up="each").gas({"many": 100}) == 1


def test_derived__less_another__takes_it_off_first() -> None:
    further = Derived(of="twelve", less="one", by=11, set_up="each")
    assert further.gas({"twelve": 320, "one": 100}) == 20


def test_rows__measured_and_derived__come_in_the_order_of_measuring() -> None:
    known = Budgets(
        budgets={"each": BUDGET, "join": BUDGET},
        derived={"each": Derived(of="payday", by=10, set_up="payday / 10")},
    )
    table = rows([_figure("payday", 995), _figure("join", 90)], known)
    assert [(row.operation, row.gas, row.calldata) for row in table] == [
        ("payday", 995, 68),
        ("each", 100, None),
        ("join", 90, 68),
    ]
    assert [row.budget for row in table] == [None, BUDGET, BUDGET]
    assert [row.set_up for row in table][:2] == ["the set-up of payday", "payday / 10"]


@pytest.mark.parametrize(
    "known",
    [
        Budgets(budgets={"gone": BUDGET}, derived={}),
        Budgets(budgets={}, derived={"each": Derived(of="gone", by=2, set_up="")}),
        Budgets(budgets={}, derived={"each": Derived(of="join", less="gone", by=2, set_up="")}),
    ],
    ids=["budget", "whole", "less"],
)
def test_rows__a_name_that_is_not_measured__is_refused(known: Budgets) -> None:
    with pytest.raises(BadInput, match="what is not measured: gone"):
        rows([_figure("join", 90)], known)


def test_remarks__above_must__need_a_sentence_each() -> None:
    table = [_row(101, name="post"), _row(101, name="join"), _row(100, name="give_eth")]
    remarks = Remarks.of(table, {"post": "because of the calldata."})
    assert remarks.missing == ("join",)
    assert remarks.stale == ()


def test_remarks__an_empty_sentence__is_none() -> None:
    assert Remarks.of([_row(101)], {"post": "  "}).missing == ("post",)


def test_remarks__a_figure_that_meets_its_must_or_is_gone__makes_them_stale() -> None:
    written = {"post": "because.", "gone": "because."}
    remarks = Remarks.of([_row(100)], written)
    assert remarks.missing == ()
    assert remarks.stale == ("gone", "post")


def test_load_budgets__an_unknown_field__is_refused(tmp_path: Path) -> None:
    path = tmp_path / "budgets.toml"
    path.write_text('[budgets.post]\nmust = 5\nsource = "x"\nwish = 1\n[derived]\n')
    with pytest.raises(BadInput, match=r"budgets\.post\.wish"):
        load_budgets(path)


def test_load_budgets__no_toml__is_refused(tmp_path: Path) -> None:
    path = tmp_path / "budgets.toml"
    path.write_text("[budgets")
    with pytest.raises(BadInput, match="cannot be read"):
        load_budgets(path)


def test_load_remarks__no_sentence__is_refused(tmp_path: Path) -> None:
    path = tmp_path / "remarks.toml"
    path.write_text("post = 5\n")
    with pytest.raises(BadInput, match="post is no sentence"):
        load_remarks(path)


def test_committed__budgets_and_remarks__fit_the_committed_figures() -> None:
    figures = [_figure(name, cost.gas) for name, cost in read_costs().items()]
    table = rows(figures, load_budgets())
    remarks = Remarks.of(table, load_remarks())
    assert (remarks.missing, remarks.stale) == ((), ())
    assert all(row.budget.source for row in table if row.budget)
