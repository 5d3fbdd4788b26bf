# SPDX-License-Identifier: AGPL-3.0-only
"""The figures of a report: checked by hand on small graphs, and by their sums on real ones."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from millpond.core.cred.compute import compute
from millpond.core.cred.explained import explained
from millpond.core.cred.model import Attribution, Instance, Period, Weeks, Zeroed
from millpond.core.cred.overview import PASSED_ON, Overview, gini, overview, person_of
from millpond.core.cred.parts import parts
from millpond.core.cred.periods import MOST_PERIODS, periods_of
from millpond.core.cred.scores import Scores
from millpond.core.cred.weights import Weights
from millpond.core.errors import CredError
from tests.core.cred.small import SUNDAY, at, edge, instance, node
from tests.core.cred.vectors import instance as real
from tests.sourcecred import INSTANCES as NAMES


@cache
def _scores(name: str) -> Scores:
    return compute(real(name))


@pytest.fixture
def pond() -> Instance:
    """Ada works in weeks 0 and 5, Bob in week 5 and Cyd in week 9; Dot never does."""
    works = {"a0": at(0), "a5": at(5), "b5": at(5), "c9": at(9)}
    people = {"a": "ada", "b": "bob", "c": "cyd"}
    edges = [(f"made {work}", people[work[0]], work, time) for work, time in works.items()]
    return instance(works, edges, ("ada", "bob", "cyd", "dot"), Weights({}, {edge(): (0, 1)}))


# --- parts ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["exact", "compatible"])
@pytest.mark.parametrize("name", NAMES)
def test_parts__real_instances__add_up_to_everybodys_cred(name: str, mode: str) -> None:
    scores = compute(real(name), mode=mode)
    found = parts(scores)
    sums = np.bincount(found.people, found.cred, len(scores.cred))
    assert sums == pytest.approx(scores.cred, rel=1e-9, abs=1e-12)
    assert (found.cred >= 0).all()


def test_parts__one_person__are_what_explain_lists() -> None:
    scores = _scores("metagov")
    found = parts(scores)
    number = int(np.argmax(scores.cred))
    person = scores.contributions.people[number]
    listed = sorted(piece.cred for piece in explained(scores, person.id).pieces)
    assert sorted(found.cred[found.people == number]) == pytest.approx(listed, rel=1e-9)


def test_parts__somebody_zeroed__has_none_and_the_others_have_grown(pond: Instance) -> None:
    scores = compute(replace(pond, zeroed=(Zeroed("bob", "a test account"),)))
    found = parts(scores)
    sums = np.bincount(found.people, found.cred, 4)
    assert sums == pytest.approx([8 / 3, 0, 4 / 3, 0], rel=1e-9)


def test_overview__cred_that_is_passed_on__is_a_source_of_its_own(pond: Instance) -> None:
    given = (Attribution("ada", "dot", (Period(SUNDAY, 1.0),)),)
    found = overview(compute(replace(pond, attributions=given)))
    assert PASSED_ON in found.sources
    [dot] = [each for each in found.people if each.person.id == "dot"]
    from_people = dot.by_source[found.sources.index(PASSED_ON)]
    assert from_people == pytest.approx(dot.cred, rel=1e-9)
    assert dot.since == ""


# --- overview -------------------------------------------------------------------------------------


def test_overview__people__by_cred_with_share_and_first_day(pond: Instance) -> None:
    found = overview(compute(pond))
    rows = [(each.person.name, each.since) for each in found.people]
    assert rows == [("ada", "2019-12-29"), ("bob", "2020-02-02"), ("cyd", "2020-03-01")]
    assert [each.cred for each in found.people] == pytest.approx([2, 1, 1])
    assert [each.share for each in found.people] == pytest.approx([0.5, 0.25, 0.25])
    assert (found.half, found.contributions, found.weeks) == (1, 4, 10)
    assert found.gini == pytest.approx(1 / 6)


def test_overview__newcomers__are_counted_in_the_week_of_their_first_work(pond: Instance) -> None:
    found = overview(compute(pond))
    assert [each.active for each in found.turnout] == [1, 0, 0, 0, 0, 2, 0, 0, 0, 1]
    assert [each.new for each in found.turnout] == [1, 0, 0, 0, 0, 1, 0, 0, 0, 1]
    assert found.turnout[0].new_share == pytest.approx(1, abs=0.01)
    assert 0.4 < found.turnout[5].new_share < 0.6


def test_overview__ties_that_carry_nothing__make_nobody_take_part(pond: Instance) -> None:
    [graph] = pond.graphs
    first = graph.edges.addresses[0]
    silent = Weights({}, {edge(): (0, 1), first: (0, 0)})
    found = overview(compute(replace(pond, weights=silent)))
    assert found.turnout[0].active == 0
    assert next(each for each in found.people if each.person.id == "ada").since == "2020-02-02"


def test_overview__maintainers__by_name_or_id_have_their_share(pond: Instance) -> None:
    found = overview(compute(pond), ["CYD", "bob"])
    assert found.maintainers_share == pytest.approx(0.5)
    assert {each.person.id for each in found.people if each.maintains} == {"bob", "cyd"}
    assert found.turnout[9].maintainers_share == pytest.approx(1, abs=0.01)
    with pytest.raises(CredError, match="nobody called 'eve'"):
        overview(compute(pond), ["eve"])


@pytest.mark.parametrize("name", NAMES)
def test_overview__real_instances__every_way_of_adding_up_gives_the_total(name: str) -> None:
    found: Overview = overview(_scores(name))
    total = found.total
    assert total == pytest.approx(found.minted, rel=1e-9)
    assert sum(each.cred for each in found.people) == pytest.approx(total, rel=1e-9)
    assert sum(found.source_cred) == pytest.approx(total, rel=1e-9)
    assert sum(map(sum, found.source_by_period)) == pytest.approx(total, rel=1e-9)
    assert sum(sum(each.by_period) for each in found.people) == pytest.approx(total, rel=1e-9)
    for each in found.people:
        assert sum(each.by_source) == pytest.approx(each.cred, rel=1e-9)
    began = sum(each.new for each in found.turnout)
    assert began >= sum(each.since != "" for each in found.people) > 1
    assert 0 < found.gini < 1
    assert list(found.source_cred) == sorted(found.source_cred, reverse=True)


@pytest.mark.parametrize(
    ("cred", "even"),
    [([], 0), ([5], 0), ([1, 1, 1], 0), ([0, 0, 0, 1], 0.75), ([1, 3], 0.25), ([3, 1], 0.25)],
)
def test_gini__known_figures(cred: list[float], even: float) -> None:
    assert gini(np.array(cred, dtype=float)) == pytest.approx(even)


# --- periods --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "noun", "first", "last"),
    [
        (1, "week", "2019-12-29", "2019-12-29"),
        (60, "week", "2019-12-29", "2021-02-14"),
        (61, "month", "2020-01", "2021-02"),
        (270, "quarter", "2020 Q1", "2025 Q1"),
        (900, "year", "2020", "2037"),
    ],
)
def test_periods_of__the_finest_of_which_there_are_not_too_many(
    count: int, noun: str, first: str, last: str
) -> None:
    found = periods_of(Weeks(SUNDAY, count))
    assert (found.noun, found.labels[0], found.labels[-1]) == (noun, first, last)
    assert len(found.labels) <= MOST_PERIODS
    assert len(found.of_week) == count
    weekly = np.arange(2.0 * count).reshape(2, count)
    by_hand = np.array([np.bincount(found.of_week, row, len(found.labels)) for row in weekly])
    assert found.summed(weekly) == pytest.approx(by_hand)


# --- who is meant ---------------------------------------------------------------------------------


def test_person_of__a_name_that_two_have__asks_for_the_id(pond: Instance) -> None:
    twins = [replace(person, name="Twin") for person in pond.people[:2]]
    with pytest.raises(CredError, match=r"2 people(?s:.*)ada, bob"):
        person_of(twins, "twin")
    assert person_of(twins, "bob") == twins[1]


def test_person_of__nearly_right__is_told_who_may_be_meant(pond: Instance) -> None:
    with pytest.raises(CredError, match=r"did you mean cyd\?"):
        person_of(pond.people, "cy")
    assert person_of(pond.people, node("ada")[2:-1]).id == "ada"
