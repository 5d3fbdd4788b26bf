# SPDX-License-Identifier: AGPL-3.0-only
"""Methods and modes, zeroing, comparison of weights, cred in integers, flows."""

from dataclasses import replace
from math import fsum, isclose

import numpy as np
import pytest

from millpond.core.cred.addresses import NODE, joined
from millpond.core.cred.compute import compute, cred_with, without
from millpond.core.cred.flows import contributions_of, flows
from millpond.core.cred.model import Zeroed
from millpond.core.cred.weights import Weights
from millpond.core.errors import BadInput, CredError
from millpond.core.units import micro_cred
from millpond.core.weeks import week_span
from tests.core.cred.small import SUNDAY, at, edge, instance, node
from tests.core.cred.vectors import instance as vector

TWO = instance(
    {"work": at(0), "more": at(1)},
    [
        ("wrote", "ada", "work", at(0)),
        ("made", "bob", "more", at(1)),
        ("saw", "bob", "work", at(0)),
    ],
    ["ada", "bob", "cy"],
    Weights({node("work"): 3, node("more"): 1}, {edge(): (0, 1)}),
)


@pytest.mark.parametrize(("method", "mode"), [("pagerank", "exact"), ("credrank", "near")])
def test_compute__unknown_method_or_mode__is_refused(method: str, mode: str) -> None:
    with pytest.raises(BadInput, match="there is no method"):
        compute(TWO, method, mode)


@pytest.mark.parametrize("method", ["credrank", "timeline"])
def test_compute__exact__shares_out_all_that_is_minted(method: str) -> None:
    for name in ("kurafire", "synthetic-2k"):
        found = compute(vector(name), method, "exact")
        assert isclose(found.weekly.sum(), found.total_mint, rel_tol=1e-12)
        assert found.weekly.min() >= 0


def test_timeline__exact__is_near_compatible_and_does_not_move_any_more() -> None:
    exact = compute(vector("kurafire"), "timeline", "exact")
    near = compute(vector("kurafire"), "timeline", "compatible")
    assert exact.cred == pytest.approx(near.cred, abs=1e-4)
    assert exact.total_mint == pytest.approx(near.total_mint, rel=1e-12)
    assert exact.rounds > near.rounds


# --- zeroing ------------------------------------------------------------------------------------


def test_without__somebody__gets_none_and_the_others_keep_their_proportions() -> None:
    before = compute(vector("synthetic-2k"))
    first = before.contributions.people[0].id
    after = compute(replace(vector("synthetic-2k"), zeroed=(Zeroed(first, "two accounts"),)))
    assert after.by_person()[first] == 0
    assert isclose(after.weekly.sum(), before.total_mint, rel_tol=1e-12)
    grown = before.total_mint / (before.total_mint - before.by_person()[first])
    assert after.weekly[1:] == pytest.approx(before.weekly[1:] * grown, rel=1e-12)
    assert after.zeroed[0].reason == "two accounts"


def test_without__everybody__is_refused() -> None:
    with pytest.raises(CredError, match="nobody is left who has cred"):
        without(compute(TWO), (Zeroed("ada", "x"), Zeroed("bob", "y")))


def test_without__no_reason__is_refused() -> None:
    with pytest.raises(BadInput, match="ada is to get no cred, without a reason"):
        without(compute(TWO), (Zeroed("ada", " "),))


# --- comparison, integers -----------------------------------------------------------------------


def test_cred_with__other_weights__is_what_they_would_give() -> None:
    other = Weights({node("work"): 1, node("more"): 1}, {edge(): (0, 1)})
    assert cred_with(TWO, other) == pytest.approx({"ada": 0.5, "bob": 1.5, "cy": 0})
    assert cred_with(TWO, TWO.weights) == compute(TWO).by_person()


def test_history__weeks_of_the_graph__in_integers_by_identity() -> None:
    found = compute(TWO)
    history = found.history(week_span(SUNDAY, found.contributions.weeks.end_ms))
    by_name = {each.identity: each.weekly for each in history.people}
    assert by_name == {
        "sourcecred:ada": tuple(map(micro_cred, found.weekly[0].tolist())),
        "sourcecred:bob": tuple(map(micro_cred, found.weekly[1].tolist())),
    }


def test_history__one_week_of_two__has_that_column_alone() -> None:
    found = compute(TWO)
    second = week_span(SUNDAY, found.contributions.weeks.end_ms)[1:]
    (ada, bob) = sorted(found.history(second).people, key=lambda each: str(each.identity))
    assert [ada.weekly, bob.weekly] == [(micro_cred(row),) for row in found.weekly[:2, 1].tolist()]


def test_history__weeks_beyond_the_graph__are_refused() -> None:
    found = compute(TWO)
    with pytest.raises(CredError, match="it has 2019-12-29 to 2020-01-12"):
        found.history(week_span(SUNDAY, found.contributions.weeks.end_ms + 7 * 86_400_000))
    with pytest.raises(CredError, match="does not span these weeks"):
        found.history(())


# --- flows --------------------------------------------------------------------------------------


def test_contributions_of__each_person__add_up_to_her_cred() -> None:
    found = compute(vector("synthetic-2k"))
    for person, cred in zip(found.contributions.people, found.cred, strict=True):
        made_of = contributions_of(found, person.id)
        assert isclose(fsum(each.cred for each in made_of), cred, rel_tol=1e-11, abs_tol=1e-12)
        assert [each.cred for each in made_of] == sorted(
            (each.cred for each in made_of), reverse=True
        )


def test_contributions_of__a_small_graph__names_edge_and_contribution() -> None:
    made_of = contributions_of(compute(TWO), "bob")
    assert [(each.address, each.edge) for each in made_of] == [
        (node("work"), edge("saw")),
        (node("more"), edge("made")),
    ]
    assert [each.cred for each in made_of] == pytest.approx([1.5, 1])
    assert contributions_of(compute(TWO), "cy") == ()


def test_flows__each_contribution__as_much_goes_out_as_came_in() -> None:
    found = compute(vector("synthetic-2k"))
    for at_, address in enumerate(found.contributions.addresses[::40]):
        flow = flows(found, address)
        assert isclose(flow.score, found.nodes[at_ * 40], rel_tol=1e-11)
        entered = flow.minted + fsum(each.cred for each in flow.ins)
        left = flow.returned + flow.paid + fsum(each.cred for each in flow.outs)
        assert isclose(entered, flow.score, rel_tol=1e-11)
        assert isclose(left, flow.score, rel_tol=1e-11)
        assert flow.paid == 0
        assert flow.returned >= 0.1 * flow.score * (1 - 1e-11)


def test_flows__a_person__is_paid_her_cred_and_returns_what_nobody_gets() -> None:
    found = compute(vector("synthetic-2k"))
    for person, cred in zip(found.contributions.people, found.cred, strict=True):
        flow = flows(found, person.address)
        assert isclose(flow.paid, cred, rel_tol=1e-11, abs_tol=1e-12)
        assert flow.minted == 0
        assert flow.returned >= -1e-11 * flow.score


def test_flows__a_dependency__gets_it_from_what_is_minted_for_her() -> None:
    found = compute(vector("synthetic-2k"))
    lib = next(each for each in found.contributions.people if each.name == "upstream-lib")
    flow = flows(found, lib.address)
    bonus = joined(NODE, ("sourcecred", "core", "BONUS"))
    assert all(each.address.startswith(bonus) for each in flow.ins)
    assert len(flow.ins) == 29


def test_flows__somebody_whom_no_edge_reaches__none() -> None:
    flow = flows(compute(TWO), node("cy"))
    assert (flow.score, flow.paid, flow.minted, flow.ins, flow.outs) == (0, 0, 0, (), ())


def test_flows__unknown_or_of_timeline__are_refused() -> None:
    with pytest.raises(CredError, match="there is no node"):
        flows(compute(TWO), node("nothing"))
    with pytest.raises(CredError, match="there is nobody with the id"):
        contributions_of(compute(TWO), "eve")
    with pytest.raises(CredError, match="the flows of timeline are not kept"):
        flows(compute(TWO, "timeline"), node("work"))


def test_scores__attributions__show_as_flows_without_an_edge() -> None:
    found = compute(vector("synthetic-2k"))
    by_name = {each.name: each for each in found.contributions.people}
    given = [each for each in flows(found, by_name["user0"].address).outs if not each.edge]
    assert {each.address for each in given} == {
        by_name["user4"].address,
        by_name["user5"].address,
    }
    assert np.all([each.cred > 0 for each in given])
