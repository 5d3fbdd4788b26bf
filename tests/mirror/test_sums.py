# SPDX-License-Identifier: AGPL-3.0-only
"""Sums over final blocks and the lines of later ones are what all lines are, wherever the end of
what is final stands and whatever was taken back; so it is with all that is settled when written."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from millpond.mirror.books import _SUMS
from millpond.mirror.folds import FOLDS, Fold
from millpond.mirror.reads.snapshot import Finality, Mirror, Snapshot
from millpond.mirror.store import SETTLED
from tests.mirror.digest import digest
from tests.mirror.histories import History
from tests.mirror.places import POSTGRESQL, SQLITE, database

STEPS = {SQLITE: 60, POSTGRESQL: 25}
SHOWN = {
    "account_sums": "accounts",
    "grain_sums": "grain_balances",
    "tally_sums": "(SELECT * FROM tally_sums UNION ALL SELECT * FROM late_tallies)",
    "gift_sums": "gift_totals",
}
"""What shows the sums together with the lines behind them."""
FINALITIES: tuple[Finality, ...] = ("latest", "safe", "finalized")
HOW: dict[str, Callable[[Iterable[Any]], Any]] = {
    "units_sum": lambda values: str(sum(map(int, values))),
    "sum": sum,
    "min": lambda values: min((each for each in values if each is not None), default=None),
    "max": max,
}


def plain(now: Snapshot, fold: Fold) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    """All lines added up here, without a database."""
    rows = now.rows(f"SELECT * FROM {fold.lines}")  # noqa: S608  a name of ours
    return _added(fold, rows)


def shown(now: Snapshot, fold: Fold) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    """What the mirror says. (Two parts of a tally are still to be added.)"""
    return _added(fold, now.rows(f"SELECT * FROM {SHOWN[fold.table]} AS shown"))  # noqa: S608  as above


def _added(fold: Fold, rows: list[Any]) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    by_key: dict[tuple[Any, ...], list[Any]] = defaultdict(list)
    for row in rows:
        by_key[tuple(row[key] for key in fold.keys)].append(row)
    return {
        key: tuple(HOW[how](row[name] for row in found) for name, how in fold.columns.items())
        for key, found in by_key.items()
    }


def check_settled(now: Snapshot) -> None:
    """Each settled table says what its view says of the events."""
    for table in SETTLED:
        kept, said = (
            sorted(map(tuple, now.rows(f"SELECT * FROM {name}")), key=repr)  # noqa: S608  as above
            for name in (table, f"settled_{table}")
        )
        assert kept == said, table


def check_books(now: Snapshot) -> None:
    """Each line of the books, with what stands in its account behind it."""
    stands: dict[tuple[Any, ...], Counter[str]] = defaultdict(Counter)
    lines, said = (
        now.rows(f"SELECT * FROM {table} ORDER BY block_number, log_index, line")  # noqa: S608  as above
        for table in ("ledger", "settled_ledger")
    )
    assert [tuple(row)[: len(said[0])] for row in lines] == list(map(tuple, said))
    for row in lines:
        account = stands[row["pool"], row["earmark_id"], row["asset"]]
        for name in _SUMS:
            account[name] += int(row[name])
            assert row[f"{name}_after"] == str(account[name])


@pytest.mark.parametrize("seed", range(3))
def test_fold__any_history_and_any_final_block__is_the_sum_of_all_lines(
    on_both: str, tmp_path: Path, seed: int
) -> None:
    history, mirror = History(database(tmp_path), seed), Mirror(database(tmp_path))
    done = Counter[str]()
    for _ in range(STEPS[on_both]):
        done[history.step()] += 1
        for finality in FINALITIES:
            if finality != "latest" and history.store.cursor().finalized_number < 4:
                continue  # no block of ours is as final as that
            with mirror.snapshot(finality) as now:
                for fold in FOLDS:
                    assert shown(now, fold) == plain(now, fold), (fold.table, finality)
        with mirror.snapshot() as now:
            check_settled(now)
            check_books(now)
    assert min(done.values()) > 0, done
    assert len(done) == 4
    with history.again(database(tmp_path, "again")) as again:
        assert again.cursor() == history.store.cursor()
    assert digest(database(tmp_path), ("blocks",)) == digest(
        database(tmp_path, "again"), ("blocks",)
    )
    history.store.close()


@pytest.mark.usefixtures("on_both")
def test_tally__a_seat_that_changes_its_mind__counts_once_by_its_last_word(tmp_path: Path) -> None:
    """Held against the ballots one by one, not against lines."""
    history, mirror = History(database(tmp_path), 7), Mirror(database(tmp_path))
    for _ in range(20):
        history.step()
        with mirror.snapshot() as now:
            last = {}
            for row in now.rows("SELECT * FROM cast_seats ORDER BY block_number, log_index"):
                last[row["governor"], row["proposal_id"], row["seat"]] = row["support"]
            counted = Counter((*key[:2], support) for key, support in last.items())
            fold = next(each for each in FOLDS if each.table == "tally_sums")
            for key, tally in shown(now, fold).items():
                assert tally[:3] == tuple(counted[(*key, support)] for support in range(3))
    history.store.close()
