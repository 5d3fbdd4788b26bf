# SPDX-License-Identifier: AGPL-3.0-only
"""Our figures beside the peers': who is cheaper, and who owes a sentence."""

from pathlib import Path

import pytest

from bench.budgets import load_budgets, rows
from bench.figures import read_costs
from bench.floors import FLOORS
from bench.meter import Figure
from bench.peers.comparison import Beside, RowText, compare, load_rows
from bench.peers.results import Found, Peers, read_peers
from millpond.core.errors import BadInput

REQUIRED = {
    *("create_1", "create_3", "create_treasury_3", "add_member", "propose_eth", "queue"),
    *("vote_first", "vote_later", "vote_by_sig_first", "vote_by_sig", "votes_by_sig_100"),
    *(
        "execute_eth",
        "execute_erc20",
        "whole_payment",
        "multisig_eth_1",
        "multisig_eth_3",
        "deposit_eth",
    ),
    *(
        "deposit_erc20",
        "erc20_transfer",
        "erc20_permit",
        "claim_100",
        "claim_12",
        "claim_10k",
        "claim_1m",
    ),
    *(f"payday_{count}" for count in (10, 100, 500)),
    *(f"payday_eth_{count}" for count in (10, 100, 500)),
}


def _found(operation: str, peer: str, gas: int, build: str = "one") -> Found:
    return Found(
        operation=operation, peer=peer, build=build, gas=gas, transactions=1, note="as it is"
    )


def _beside(
    *figures: Found, ours: int = 100, behind: str | None = None, named: tuple[str, ...] = ("vote",)
) -> Beside:
    text = RowText(title="a vote", ours=list(named), fair="Alike.", behind=behind)
    peers = Peers(packages={}, figures=figures, absent=())
    return compare({"vote_later": text}, {"vote": ours}, peers)


def test_best__several_peers_and_builds__is_the_cheapest() -> None:
    beside = _beside(
        _found("vote_later", "a", 90, "slow"),
        _found("vote_later", "b", 80),
        _found("vote_later", "a", 70, "fast"),
    )
    best = beside.rows[0].best
    assert best is not None
    assert (best.peer, best.build, best.gas) == ("a", "fast", 70)
    assert [(each.peer, each.gas) for each in beside.rows[0].each_peer] == [("a", 70), ("b", 80)]


@pytest.mark.parametrize(("ours", "behind"), [(99, False), (100, False), (101, True)])
def test_is_behind__at_the_edge__is_exact(ours: int, behind: bool) -> None:
    assert _beside(_found("vote_later", "a", 100), ours=ours).rows[0].is_behind is behind


def test_owed__behind_without_a_sentence__is_named() -> None:
    dearer = _found("vote_later", "a", 50)
    assert _beside(dearer).owed == ("vote_later",)
    assert _beside(dearer, behind="  ").owed == ("vote_later",)
    assert _beside(dearer, behind="we store more.").owed == ()


def test_stale__a_sentence_that_is_no_longer_so__is_named() -> None:
    assert _beside(_found("vote_later", "a", 500), behind="we store more.").stale == ("vote_later",)
    assert _beside(_found("vote_later", "a", 50), behind="we store more.").stale == ()


def test_compare__no_peer_was_built__knows_no_best_and_owes_nothing() -> None:
    beside = _beside(behind="we store more.")
    assert beside.rows[0].best is None
    assert (beside.rows[0].is_behind, beside.owed, beside.stale) == (False, (), ())


def test_compare__several_figures_of_ours__are_added_up() -> None:
    beside = _beside(_found("vote_later", "a", 150), named=("vote", "vote"))
    assert (beside.rows[0].ours, beside.rows[0].is_behind) == (200, True)


def test_compare__no_operation_of_ours__is_never_behind() -> None:
    beside = _beside(_found("vote_later", "a", 1), named=())
    assert (beside.rows[0].ours, beside.rows[0].is_behind) == (None, False)


def test_compare__a_peer_s_operation_without_a_row__is_refused() -> None:
    with pytest.raises(BadInput, match="operations of peers have no row: fly"):
        _beside(_found("fly", "a", 1))


def test_compare__a_figure_of_ours_that_is_not_measured__is_refused() -> None:
    with pytest.raises(BadInput, match="not measured: swim"):
        _beside(named=("swim",))


def test_compare__a_row_without_a_floor__is_refused() -> None:
    texts = {"fly": RowText(title="fly", fair="Alike.")}
    with pytest.raises(BadInput, match="rows have no floor: fly"):
        compare(texts, {}, Peers(packages={}, figures=(), absent=()))


@pytest.mark.parametrize("text", ["[x]\ntitle = 5", "[x]\ntitle = 'x'", "[x", "x = 1"])
def test_load_rows__damaged__is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "rows.toml"
    path.write_text(text)
    with pytest.raises(BadInput, match=r"rows\.toml"):
        load_rows(path)


# --- what is committed --------------------------------------------------------------------------


def _committed() -> Beside:
    figures = [Figure(name, "", cost.gas, cost.calldata) for name, cost in read_costs().items()]
    ours = {row.operation: row.gas for row in rows(figures, load_budgets())}
    return compare(load_rows(), ours, read_peers())


def test_committed__peers__are_all_there_for_every_operation() -> None:
    beside = _committed()
    assert {row.operation for row in beside.rows if row.peers} >= REQUIRED
    assert beside.peers.absent == ()


def test_committed__every_row__has_a_floor_below_everybody() -> None:
    for row in _committed().rows:
        prices = [found.gas for found in row.peers] + [row.ours] * (row.ours is not None)
        assert prices, row.operation
        assert all(price > row.floor.gas for price in prices if price), row.operation


def test_committed__wherever_a_peer_is_cheaper__a_sentence_says_why() -> None:
    assert _committed().owed == ()


def test_rows__all__are_the_floors_and_say_something_fair() -> None:
    texts = load_rows()
    assert set(texts) == set(FLOORS)
    assert all(text.fair.strip().endswith(".") for text in texts.values())
