# SPDX-License-Identifier: AGPL-3.0-only
"""CredRank on small graphs: by hand, and beside the whole chain solved in one matrix."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from millpond.core.cred.compute import compute
from millpond.core.cred.model import Attribution, Instance, Period
from millpond.core.cred.prepare import prepared
from millpond.core.cred.weights import Weights
from millpond.core.errors import ConfigFileError, CredError
from tests.core.cred.dense import people_by_week
from tests.core.cred.small import SUNDAY, at, edge, instance, node


def test_credrank__one_author__gets_all_that_is_minted() -> None:
    found = compute(
        instance({"work": at(0)}, [("wrote", "ada", "work", at(0))], ["ada", "bob"]),
    )
    assert found.by_person() == pytest.approx({"ada": 1, "bob": 0}, rel=1e-14)


def test_credrank__two_authors_in_one_week__share_by_the_weights_of_their_edges() -> None:
    weights = Weights(
        edges={edge("wrote"): (0, 3), edge("reviewed"): (0, 1)}, nodes={node("work"): 8}
    )
    found = compute(
        instance(
            {"work": at(0)},
            [("wrote", "ada", "work", at(0)), ("reviewed", "bob", "work", at(0))],
            ["ada", "bob"],
            weights,
        )
    )
    assert found.by_person() == pytest.approx({"ada": 6, "bob": 2}, rel=1e-14)


def test_credrank__weeks_beside__get_a_part_of_what_a_week_earns() -> None:
    # A tenth of what passes a week goes to each neighbour, and at the ends it stays. So of three
    # weeks, of which the middle one earns, the first passes x0 = 0.1 * x1 + 0.1 * x0: 1 to 9.
    weights = Weights(edges={edge("wrote"): (0, 1)})
    found = compute(
        instance(
            {"early": at(0), "work": at(1), "late": at(2)},
            [("wrote", "ada", "work", at(1))],
            ["ada"],
            weights,
        )
    )
    assert found.weekly[0] == pytest.approx(np.array([1, 9, 1]) * 3 / 11, rel=1e-14)


def test_credrank__what_nobody_made__returns_to_the_seed_and_is_minted_again() -> None:
    found = compute(
        instance({"work": at(0), "orphan": at(0)}, [("wrote", "ada", "work", at(0))], ["ada"]),
    )
    assert found.by_person() == pytest.approx({"ada": 2}, rel=1e-14)


@pytest.mark.parametrize(("mode", "week"), [("exact", 1), ("compatible", 0)])
def test_credrank__edge_at_the_turn_of_a_week__counts_for_the_week_it_opens_unless_compatible(
    mode: str, week: int
) -> None:
    turn = at(1) - (at(0) - SUNDAY)
    weights = Weights(edges={edge("wrote"): (0, 1)})
    found = compute(
        instance(
            {"before": at(0), "work": turn}, [("wrote", "ada", "work", turn)], ["ada"], weights
        ),
        mode=mode,
    )
    assert int(np.argmax(found.weekly[0])) == week


def test_credrank__attribution__moves_its_share_of_the_pay_from_its_week_on() -> None:
    weights = Weights(edges={edge("wrote"): (0, 1)})
    start = instance(
        {"one": at(0), "two": at(1)},
        [("wrote", "ada", "one", at(0)), ("wrote2", "ada", "two", at(1))],
        ["ada", "bob"],
        weights,
    )
    given = Attribution("ada", "bob", (Period(SUNDAY + 1, 0.5),))
    found = compute(replace(start, attributions=(given,)))
    dense = people_by_week(prepared(start), {(0, 1, 1): 0.5})
    assert found.weekly == pytest.approx(dense, rel=1e-12)
    assert found.weekly.sum() == pytest.approx(2, rel=1e-14)
    assert found.weekly[1, 1] > found.weekly[1, 0] > 0


def test_credrank__attributions_of_more_than_all__are_refused() -> None:
    start = instance({"one": at(0)}, [("wrote", "ada", "one", at(0))], ["ada", "bob", "cy"])
    given = (
        Attribution("ada", "bob", (Period(0, 0.5),)),
        Attribution("ada", "cy", (Period(0, 0.6),)),
    )
    with pytest.raises(ConfigFileError, match="ada passes on more than all of the week of 2019-12"):
        compute(replace(start, attributions=given))


def test_credrank__nothing_mints__is_refused() -> None:
    start = instance(
        {"one": at(0)}, [("wrote", "ada", "one", at(0))], ["ada"], Weights(nodes={node(): 0})
    )
    with pytest.raises(CredError, match="every contribution has the weight 0"):
        compute(start)


def test_credrank__no_way_to_anybody__is_refused() -> None:
    start = instance({"one": at(0), "two": at(0)}, [("cites", "one", "two", at(0))], ["ada"])
    with pytest.raises(CredError, match="no cred reaches anybody"):
        compute(start)


WEEKS, NODES, PEOPLE = 6, 4, 3
ends = st.sampled_from([f"n{number}" for number in range(NODES)] + ["ada", "bob", "cy"])
carried = st.sampled_from([0, 0.25, 1, 3])


@st.composite
def instances(draw: st.DrawFn) -> tuple[Instance, dict[tuple[int, int, int], float]]:
    """A graph over six weeks, and perhaps an attribution from the second person to the third."""
    nodes = {f"n{number}": at(draw(st.integers(0, WEEKS - 1))) for number in range(NODES)}
    nodes |= {"first": at(0), "last": at(WEEKS - 1)}
    made = draw(st.lists(st.tuples(ends, ends, st.integers(0, WEEKS - 1)), max_size=8))
    edges = [(f"e{number}", one, other, at(week)) for number, (one, other, week) in enumerate(made)]
    edges.append(("sure", "first", "ada", at(2)))
    weights = Weights(
        nodes={node(name): draw(st.sampled_from([0, 1, 2.5])) for name in nodes if name != "first"},
        edges={edge(name): (draw(carried), draw(carried)) for name, *_ in edges if name != "sure"},
    )
    found = instance(nodes, edges, ["ada", "bob", "cy"], weights)
    start, share = draw(st.integers(0, WEEKS)), draw(st.sampled_from([0, 0.25, 1]))
    given = Attribution("bob", "cy", (Period(at(start) - 1, share),))
    passed = {(1, 2, week): share for week in range(start + 1, WEEKS) if share}
    return replace(found, attributions=(given,)), passed


@settings(max_examples=150)
@given(instances())
def test_credrank__any_small_graph__exact_is_the_whole_chain_solved_at_once(
    drawn: tuple[Instance, dict[tuple[int, int, int], float]],
) -> None:
    found, passed = drawn
    dense = people_by_week(prepared(found), passed)
    assert compute(found).weekly == pytest.approx(dense, rel=1e-9, abs=1e-12)


@settings(max_examples=50)
@given(instances())
def test_credrank__any_small_graph__compatible_stops_near_exact(
    drawn: tuple[Instance, dict[tuple[int, int, int], float]],
) -> None:
    found, _ = drawn
    near = compute(found, mode="compatible").cred
    assert near == pytest.approx(compute(found).cred, rel=1e-2, abs=1e-3)
