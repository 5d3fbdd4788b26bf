# SPDX-License-Identifier: AGPL-3.0-only
"""The mirror on a real node: a whole month, reorgs, damaged answers, and what it refuses."""

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from millpond.chain.client import Client, connect
from millpond.core.errors import NodeDown
from millpond.core.subjects import to_hex
from millpond.mirror import store as stores
from millpond.mirror.follow import Pace, follow
from millpond.mirror.source import Source
from millpond.mirror.store import Cursor, CursorMoved, NotMirrored, Store
from millpond.mirror.sync import KEEP, ReorgTooDeep, Sync, open_mirror
from scripts._local_chain import find_anvil, local_chain
from tests.chain.conftest import long, paid
from tests.chain.coop import DOLLAR, PATRONS, Coop, Story
from tests.chain.nodes import CHAIN_ID
from tests.mirror.digest import digest

__all__ = ["long", "paid"]


@dataclass
class Living:
    """A co-op on a node of its own, with a mirror that can be told to look."""

    client: Client
    coop: Coop
    folder: Path

    def mirror(self, name: str = "mirror") -> Sync:
        """The mirror of that name, opened anew."""
        return open_mirror(Store(self.folder / f"{name}.db"), self.client, self.coop.hub.address, 0)

    def fresh(self) -> str:
        """The digest of a mirror made from nothing."""
        path = self.folder / "fresh.db"
        stores.remove(path)
        with Store(path) as store:
            open_mirror(store, self.client, self.coop.hub.address, 0).catch_up()
        return digest(path)

    def give(self, amount: int) -> None:
        """One more event, in a block of its own."""
        self.coop.give(PATRONS[0], 0, amount)

    def ask(self, method: str, *params: Any) -> object:
        """A request of the test node's own."""
        return self.client.rpc.ask(method, params)


@pytest.fixture
def living(tmp_path: Path) -> Iterator[Living]:
    """On anvil, which alone can take blocks back."""
    if find_anvil() is None:
        pytest.skip("anvil is not installed: only it can reorganise a chain (install Node)")
    with local_chain() as url:
        client = connect(url, CHAIN_ID)
        yield Living(client, Coop.make(client), tmp_path)


def mirrored(story: Story, path: Path) -> Cursor:
    """The mirror of a story, from nothing."""
    with Store(path) as store:
        return open_mirror(store, story.coop.client, story.coop.hub.address, 0).catch_up()


# --- a whole month --------------------------------------------------------------------------------


def test_catch_up__a_paid_month__every_event_of_every_part(paid: Story, tmp_path: Path) -> None:
    path = tmp_path / "mirror.db"
    cursor = mirrored(paid, path)
    head = paid.coop.client.block()
    assert (cursor.block_number, cursor.block_hash) == (head.number, to_hex(head.hash))
    with stores.connect(path, writes=False) as db:
        for row in db.execute("SELECT address FROM contracts"):
            logs = paid.coop.client.logs(row["address"], [], 0)
            query = "SELECT count(*) FROM events WHERE address = ?"
            assert db.execute(query, (row["address"],)).fetchone()[0] == len(logs)
        assert db.execute("SELECT count(*) FROM claims").fetchone()[0] == 2


def test_catch_up__a_cap_a_void_and_a_second_epoch__as_the_chain_says(
    long: Story, tmp_path: Path
) -> None:
    path, coop = tmp_path / "mirror.db", long.coop
    mirrored(long, path)
    with stores.connect(path, writes=False) as db:
        posted = [dict(r) for r in db.execute("SELECT * FROM distributions ORDER BY block_number")]
        assert [(p["epoch"], p["attempt"], p["state"]) for p in posted] == [
            (1, 1, "void"), (1, 2, "final"), (2, 1, "review"),
        ]  # fmt: skip
        final = posted[1]
        distributor = coop.distributor
        assert final["epoch_hash"] == to_hex(distributor.epoch_hash_of(1))
        assert int(posted[2]["pot"]) == distributor.open_distribution().pot
        for claim in db.execute("SELECT * FROM claims"):
            assert distributor.is_claimed(bytes.fromhex(claim["subject"][2:]), 1)
        carry = db.execute("SELECT carry FROM cred_distributor_carry_changed").fetchall()
        assert int(carry[-1]["carry"]) == distributor.carry_of(coop.dollar.address)


def test_catch_up__by_ranges_of_any_size__the_same_database(
    paid: Story, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Far behind the head it goes by ranges; near it block by block. Nothing may differ."""
    mirrored(paid, tmp_path / "blocks.db")
    monkeypatch.setattr("millpond.mirror.sync.KEEP", 3)
    found = []
    for size in (1, 4, 10_000):
        monkeypatch.setattr("millpond.mirror.sync._RANGE_BLOCKS", size)
        mirrored(paid, tmp_path / f"{size}.db")
        found.append(digest(tmp_path / f"{size}.db"))
    assert len(set(found)) == 1
    blocks, ranges = (
        digest(tmp_path / f"{name}.db", without=("blocks",)) for name in ("blocks", "4")
    )
    assert blocks == ranges


def test_catch_up__nothing_new__writes_nothing(paid: Story, tmp_path: Path) -> None:
    path = tmp_path / "mirror.db"
    mirrored(paid, path)
    before = digest(path)
    with Store(path) as store:
        assert not open_mirror(store, paid.coop.client, paid.coop.hub.address, 0).step()
    assert digest(path) == before


# --- the chain takes blocks back ------------------------------------------------------------------


def test_reorg__again_and_again__as_a_fresh_index(
    living: Living, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With few headers kept, so that blocks without events are dropped on the way."""
    monkeypatch.setattr("millpond.mirror.sync.KEEP", 12)
    sync = living.mirror()
    for depth in (1, 8, 2, 7, 3, 6, 4, 5):
        for amount in range(1, 4):
            living.give(amount * DOLLAR)
        sync.step()
        living.ask("anvil_reorg", depth, [])
        living.give(depth * DOLLAR)
        sync.catch_up()
        assert digest(living.folder / "mirror.db") == living.fresh()


def test_reorg__while_the_mirror_was_down__as_a_fresh_index(living: Living) -> None:
    living.give(DOLLAR)
    with living.mirror().store as store:
        open_mirror(store, living.client, living.coop.hub.address, 0).catch_up()
    living.ask("anvil_reorg", 2, [])
    living.give(2 * DOLLAR)
    living.mirror().catch_up()
    assert digest(living.folder / "mirror.db") == living.fresh()


def test_reorg__that_unmakes_the_pool__forgets_it(living: Living) -> None:
    """Its five contracts go with the block in which they were made."""
    sync = living.mirror()
    sync.catch_up()
    made = living.coop.made.block_number
    depth = living.client.block().number - made + 1
    living.ask("anvil_reorg", depth, [])
    sync.catch_up()
    assert list(sync.store.contracts().values()) == ["Hub", "Identity"]
    assert digest(living.folder / "mirror.db") == living.fresh()


def test_reorg__to_a_shorter_chain__waits_on_its_head(living: Living) -> None:
    living.give(DOLLAR)
    point = living.ask("evm_snapshot")
    for amount in (2, 3, 4):
        living.give(amount * DOLLAR)
    sync = living.mirror()
    sync.catch_up()
    living.ask("evm_revert", point)
    sync.catch_up()
    assert sync.store.cursor().block_number == living.client.block().number
    assert digest(living.folder / "mirror.db") == living.fresh()


def test_reorg__deeper_than_can_be_undone__stops_with_the_reason(
    living: Living, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("millpond.mirror.sync.KEEP", 3)
    for amount in range(1, 7):
        living.give(amount * DOLLAR)
    sync = living.mirror()
    sync.catch_up()
    before = digest(living.folder / "mirror.db")
    living.ask("anvil_reorg", 5, [])
    with pytest.raises(ReorgTooDeep, match="nor any of the last 3 before it"):
        sync.catch_up()
    assert digest(living.folder / "mirror.db") == before


def test_reorg__past_what_was_final__stops(living: Living) -> None:
    living.give(DOLLAR)
    sync = living.mirror()
    cursor = sync.catch_up()
    final = replace(cursor, finalized_number=cursor.block_number)
    sync.store.apply(stores.Batch(()), cursor, final, KEEP)
    living.ask("anvil_reorg", 1, [])
    living.give(2 * DOLLAR)
    with pytest.raises(ReorgTooDeep):
        sync.step()


# --- what it refuses ------------------------------------------------------------------------------


def test_begin__another_hub__refused(paid: Story, tmp_path: Path) -> None:
    path = tmp_path / "mirror.db"
    mirrored(paid, path)
    with Store(path) as store, pytest.raises(NotMirrored, match="not what was asked for"):
        open_mirror(store, paid.coop.client, paid.coop.hub.address, 3)


def test_begin__tables_of_another_version__refused(paid: Story, tmp_path: Path) -> None:
    path = tmp_path / "mirror.db"
    mirrored(paid, path)
    with sqlite3.connect(path) as db:
        db.execute("UPDATE mirror SET schema = 'older'")
    db.close()
    with Store(path) as store, pytest.raises(NotMirrored, match="another version"):
        open_mirror(store, paid.coop.client, paid.coop.hub.address, 0)


def test_apply__two_writers__the_slower_one_is_refused(living: Living) -> None:
    living.give(DOLLAR)
    one, two = living.mirror(), living.mirror()
    stale = two.store.cursor()
    one.catch_up()
    source = two.providers.standings[0].source
    look = source.look(stale.block_number, 64)
    with pytest.raises(CursorMoved):
        two._advance(source, stale, look)  # noqa: SLF001  as it would, had it read before the other wrote
    assert digest(living.folder / "mirror.db") == living.fresh()


def test_remove__a_file_that_is_no_mirror__left_alone(tmp_path: Path) -> None:
    path = tmp_path / "letters.txt"
    path.write_text("dear all,\n" * 100)
    with pytest.raises(NotMirrored, match="left alone"):
        stores.remove(path)
    assert path.exists()


# --- following ------------------------------------------------------------------------------------


class Ended(Exception):
    """The test has seen enough."""


def test_follow__node_down_and_back__noted_then_forgotten(
    paid: Story, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "mirror.db"
    with Store(path) as store:
        sync = open_mirror(store, paid.coop.client, paid.coop.hub.address, 0)
        answers: list[Callable[[], bool]] = [sync.step, _down, _down, sync.step, _end]

        def answer() -> bool:
            return answers.pop(0)()

        monkeypatch.setattr(sync, "step", answer)
        noted: list[tuple[object, ...]] = []
        pauses: list[float] = []

        def sleep(seconds: float) -> None:
            pauses.append(seconds)
            with stores.connect(path, writes=False) as db:
                noted.append(tuple(db.execute("SELECT problem, next_step FROM worker").fetchone()))

        with pytest.raises(Ended):
            follow(sync, Pace(1.0, sleep, lambda: 5.0), lambda _, __: None, lambda _: None)
    assert pauses == [2.0, 4.0, 1.0]
    assert noted == [("the node is gone", "start it")] * 2 + [(None, None)]
    with stores.connect(path, writes=False) as db:
        row = db.execute("SELECT * FROM worker").fetchone()
        assert (row["problem"], row["checked_at"]) == (None, 5)
        assert row["node_head"] == paid.coop.client.block().number


def test_follow__a_reorg_too_deep__noted_and_raised(
    paid: Story, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "mirror.db"
    with Store(path) as store:
        sync = open_mirror(store, paid.coop.client, paid.coop.hub.address, 0)

        def too_deep() -> bool:
            raise ReorgTooDeep("too deep", "make it again")

        monkeypatch.setattr(sync, "step", too_deep)
        with pytest.raises(ReorgTooDeep):
            follow(sync, Pace(), lambda _, __: None, lambda _: None)
    with stores.connect(path, writes=False) as db:
        assert db.execute("SELECT problem FROM worker").fetchone()[0] == "too deep"


def _down() -> bool:
    raise NodeDown("the node is gone", "start it")


def _end() -> bool:
    raise Ended


# --- what tokens say of themselves ----------------------------------------------------------------


def test_asset__as_the_token_says__eth_is_known(paid: Story) -> None:
    source, coop = Source(paid.coop.client), paid.coop
    dollar = source.asset(coop.dollar.address, 7)
    assert (dollar.decimals, dollar.symbol) == (coop.dollar.decimals(), coop.dollar.symbol())
    assert source.asset("0x" + "00" * 20, 7).symbol == "ETH"


def test_asset__something_that_is_no_token__says_nothing(paid: Story) -> None:
    source = Source(paid.coop.client)
    for other in (paid.coop.hub.address, PATRONS[0].address):
        asset = source.asset(other, 7)
        assert (asset.symbol, asset.decimals) == (None, None)
