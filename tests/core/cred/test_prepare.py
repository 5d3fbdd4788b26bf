# SPDX-License-Identifier: AGPL-3.0-only
"""From an instance to the graph that is scored: weeks, accounts, budgets, dependencies."""

from dataclasses import replace

import pytest

from millpond.core.cred.addresses import shown
from millpond.core.cred.model import Budget, Dependency, Instance, Period
from millpond.core.cred.prepare import in_force, prepared, with_bonuses
from millpond.core.cred.weights import Weights
from millpond.core.errors import ConfigFileError, CredError, IdentityClash
from millpond.core.weeks import WEEK_MS
from tests.core.cred.small import SUNDAY, at, edge, graph, instance, node, person

ONE = instance({"work": at(0)}, [("wrote", "ada", "work", at(0))], ["ada"])


@pytest.mark.parametrize(
    ("last", "count"),
    [(SUNDAY, 1), (SUNDAY + WEEK_MS - 1, 1), (SUNDAY + WEEK_MS, 2), (at(3), 4)],
)
def test_weeks__first_to_last_time__whole_weeks_from_sunday_midnight(last: int, count: int) -> None:
    found = prepared(instance({"a": SUNDAY + 5, "b": last}, [], ["ada"]))
    assert (found.weeks.first_ms, found.weeks.count) == (SUNDAY, count)
    assert found.weeks.end_ms == SUNDAY + count * WEEK_MS


def test_weeks__edges_to_nowhere__do_not_count() -> None:
    found = prepared(
        instance(
            {"work": at(1)},
            [("cites", "work", "gone", at(9)), ("wrote", "ada", "work", at(0))],
            ["ada"],
        )
    )
    assert (found.weeks.first_ms, found.weeks.count) == (SUNDAY, 2)
    assert (found.left_out, list(found.edge_addresses)) == (1, [edge("wrote")])


def test_contracted__accounts_of_one_person__are_one_node_even_without_an_entry() -> None:
    found = prepared(
        Instance(
            (
                graph(
                    {"work": at(0), "account": None},
                    [
                        ("wrote", "account", "work", at(0)),
                        ("more", "elsewhere", "work", at(0)),
                        ("self", "account", "elsewhere", at(0)),
                    ],
                ),
            ),
            (person("bob"), person("ada", "account", "elsewhere", "unheard of")),
        )
    )
    assert list(found.addresses) == [node("work")]
    assert sorted(zip(found.sources.tolist(), found.targets.tolist(), strict=True)) == [
        (2, 0),
        (2, 0),
        (2, 2),
    ]


def test_contracted__an_account_of_two_people__is_refused_with_both() -> None:
    clash = replace(ONE, people=(person("ada", "account"), person("bob", "account")))
    with pytest.raises(IdentityClash, match="N/account belongs to ada and to bob"):
        prepared(clash)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (replace(ONE, people=()), "the instance names no people"),
        (replace(ONE, people=(person("ada", "work"),)), "there are no contributions"),
        (instance({"work": None}, [], ["ada"]), "nothing in the graph has a time"),
    ],
)
def test_prepared__nothing_to_score__says_so(wrong: Instance, says: str) -> None:
    with pytest.raises(CredError, match=says):
        prepared(wrong)


def test_prepared__same_content_in_another_order__is_the_same() -> None:
    nodes = {"a": at(0), "b": at(1), "c": None}
    edges = [("1", "a", "b", at(0)), ("2", "b", "ada", at(1)), ("3", "c", "a", at(0))]
    one = prepared(instance(nodes, edges, ["ada"]))
    other = prepared(instance(dict(reversed(nodes.items())), edges[::-1], ["ada"]))
    assert one.addresses == other.addresses == [node("a"), node("b"), node("c")]
    assert one.edge_addresses == other.edge_addresses
    for name in ("times", "mint", "sources", "targets", "edge_times", "forwards", "backwards"):
        assert getattr(one, name).tolist() == getattr(other, name).tolist()


# --- budgets ------------------------------------------------------------------------------------


def budgeted(*budgets: Budget) -> list[float]:
    """What three nodes mint in two weeks, of which the first two weigh 4 and 2."""
    nodes = {"p": None, "p/1": at(0), "p/2": at(0), "p/3": at(1), "q": at(1)}
    start = instance(nodes, [], ["ada"], Weights({node("p/1"): 4, node("p/2"): 2}))
    return list(prepared(replace(start, budgets=budgets)).mint)


def test_budgets__a_week_above__shrinks_alike_and_one_below_stays() -> None:
    assert budgeted(Budget(node("p/1"), (Period(0, 3),))) == [1, 3, 2, 1, 1]
    assert budgeted(Budget(node("p/3"), (Period(0, 3),))) == [1, 4, 2, 1, 1]


def test_budgets__a_prefix_of_several__keeps_their_proportions() -> None:
    assert budgeted(Budget(node(), (Period(0, 3),))) == [1, 2, 1, 1, 1]


def test_budgets__before_their_first_period__limit_nothing() -> None:
    later = Budget(node(), (Period(SUNDAY + 1, 0),))
    assert budgeted(later) == [1, 4, 2, 0, 0]


def test_budgets__one_within_another__are_refused() -> None:
    with pytest.raises(ConfigFileError, match="the budget of N covers that of N/p"):
        budgeted(Budget(node("p"), ()), Budget(node(), ()))


def test_in_force__each_start__the_last_figure_at_or_before_it() -> None:
    weeks = prepared(instance({"a": at(0), "b": at(3)}, [], ["ada"])).weeks
    periods = (Period(SUNDAY + WEEK_MS, 2), Period(SUNDAY + 2 * WEEK_MS + 1, 5))
    assert in_force(periods, weeks.starts, 9).tolist() == [9, 2, 2, 5]


# --- dependencies -------------------------------------------------------------------------------


def test_bonuses__each_dated_week__mints_its_share_for_the_dependency() -> None:
    nodes = {"old": None, "work": at(0), "more": at(2)}
    start = instance(
        nodes, [("wrote", "ada", "work", at(0))], ["ada", "lib"], Weights({node("work"): 8})
    )
    periods = (Period(0, 0.25), Period(SUNDAY + WEEK_MS, 0.5))
    found = with_bonuses(prepared(start), [Dependency("lib", periods)])
    assert [shown(address) for address in found.addresses] == [
        "N/more",
        "N/old",
        f"N/sourcecred/core/BONUS/{SUNDAY}/lib",
        f"N/sourcecred/core/BONUS/{SUNDAY + 2 * WEEK_MS}/lib",
        "N/work",
    ]
    assert found.mint.tolist() == [1, 1, 2, 0.5, 8]
    assert found.times[2:4].tolist() == [SUNDAY, SUNDAY + 2 * WEEK_MS]
    assert found.descriptions[2:] == [
        f"bonus minting for lib starting {SUNDAY}",
        f"bonus minting for lib starting {SUNDAY + 2 * WEEK_MS}",
        "what work is",
    ]
    # Ada is node 5 now, and the library node 6.
    assert (found.sources.tolist(), found.targets.tolist()) == ([2, 3, 5], [6, 6, 4])
    assert found.edge_addresses[2] == edge("wrote")
    assert (found.forwards.tolist(), found.backwards.tolist()) == ([1, 1, 1], [0, 0, 1])


def test_bonuses__no_dependencies__change_nothing() -> None:
    found = prepared(ONE)
    assert with_bonuses(found, []).mint.tolist() == found.mint.tolist()
