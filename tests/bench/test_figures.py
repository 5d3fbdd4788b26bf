# SPDX-License-Identifier: AGPL-3.0-only
"""What counts as a figure that has become worse, and how figures are kept."""

from pathlib import Path

import pytest

from bench.figures import GAS, Cost, changes, costs, read_costs, write_costs
from bench.meter import Figure
from millpond.core.errors import BadInput

REQUIRED = {
    *("create_pool", "join", "propose", "cast_vote_first", "cast_vote_later", "cast_vote_by_sig"),
    *("ballots_100", "execute_eth", "give_eth", "give_erc20", "post", "claim_first_100"),
    *("claim_later_100", "claim_12_epochs_100", "payday_100"),
}


def _costs(**gas: int) -> dict[str, Cost]:
    return {name: Cost(gas=each, calldata=68) for name, each in gas.items()}


def test_changes__nothing_changed__are_none() -> None:
    assert changes(_costs(post=200_000, join=1), _costs(post=200_000, join=1)) == []


def test_changes__half_a_per_cent_exactly__is_told_and_does_not_fail() -> None:
    [change] = changes(_costs(post=200_000), _costs(post=201_000))
    assert (change.before, change.after, change.fails) == (200_000, 201_000, False)
    assert change.text == "post went from 200,000 to 201,000 (+0.50 %)"


def test_changes__one_gas_over_half_a_per_cent__fails() -> None:
    [change] = changes(_costs(post=200_000), _costs(post=201_001))
    assert change.fails


def test_changes__a_figure_that_fell__does_not_fail() -> None:
    [change] = changes(_costs(post=200_000), _costs(post=100_000))
    assert not change.fails
    assert change.text == "post went from 200,000 to 100,000 (-50.00 %)"


def test_changes__a_row_that_vanished__fails() -> None:
    [change] = changes(_costs(join=5, post=200_000), _costs(join=5))
    assert change.fails
    assert change.text == "post is no longer measured; it was 200,000"


def test_changes__a_new_row__is_told_and_does_not_fail() -> None:
    [change] = changes(_costs(join=5), _costs(join=5, post=200_000))
    assert not change.fails
    assert change.text == "post is new, at 200,000"


def test_changes__several__come_by_name() -> None:
    found = changes(_costs(c=1, a=1, b=1), _costs(c=2, a=2, b=2))
    assert [change.operation for change in found] == ["a", "b", "c"]


def test_costs__of_figures__keep_gas_and_calldata_by_operation() -> None:
    figures = [Figure("post", "as it is", 200_000, 1_060)]
    assert costs(figures) == {"post": Cost(gas=200_000, calldata=1_060)}


def test_write_costs__read_again__are_the_same_and_sorted(tmp_path: Path) -> None:
    path = tmp_path / "results" / "gas.json"
    write_costs(_costs(post=2, join=1), path)
    assert read_costs(path) == _costs(post=2, join=1)
    assert path.read_text().index("join") < path.read_text().index("post")
    assert [each.name for each in path.parent.iterdir()] == ["gas.json"]


def test_read_costs__no_file__says_measure_first(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="there are no figures") as refused:
        read_costs(tmp_path / "gas.json")
    assert refused.value.next_step == "measure first: make bench"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"post": 5}',
        '{"post": {"gas": 0, "calldata": 5}}',
        '{"post": {"gas": -1, "calldata": 5}}',
        '{"post": {"gas": "5", "calldata": 5}}',
        '{"post": {"gas": true, "calldata": 5}}',
        '{"post": {"gas": 5.0, "calldata": 5}}',
        '{"post": {"gas": 5}}',
        '{"post": {"gas": 5, "calldata": 5, "time": 1}}',
    ],
)
def test_read_costs__a_damaged_file__is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "gas.json"
    path.write_text(text)
    with pytest.raises(BadInput, match=r"gas\.json"):
        read_costs(path)


def test_committed__gas__has_every_required_row_with_positive_integers() -> None:
    found = read_costs(GAS)
    assert REQUIRED - found.keys() == set()
    for name, cost in found.items():
        assert cost.gas >= 21_000, name
        assert cost.calldata >= 4, name
