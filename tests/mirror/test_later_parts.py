# SPDX-License-Identifier: AGPL-3.0-only
"""What a pool installs after it was made is followed like the rest, from its first event on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from millpond.chain import dev_time
from millpond.chain.answers import Address
from millpond.chain.client import connect
from millpond.chain.coop import KINDS, kind_of
from millpond.chain.governance import Action
from millpond.core.allocation_words import pack, unpack
from millpond.core.canonical import keccak256
from millpond.mirror import store as stores
from millpond.mirror.completeness import parts_in
from millpond.mirror.store import Store
from millpond.mirror.sync import open_mirror
from scripts._local_chain import find_anvil, local_chain
from tests.chain.coop import DAY, DOLLAR, FOUNDERS, MAINTAINERS, PATRONS, STRANGER, Coop
from tests.chain.nodes import CHAIN_ID
from tests.mirror.digest import digest

KIND = b"cred-distributor".ljust(32, b"\0")


@pytest.fixture(scope="module")
def coop() -> Iterator[tuple[Coop, Address]]:
    """A co-op that has installed a second distributor by vote, and where it is."""
    if find_anvil() is None:
        pytest.skip(
            "anvil is not installed: the chain in Python is too slow for this (install Node)"
        )
    with local_chain() as url:
        made = Coop.make(connect(url, CHAIN_ID))
        people: list[tuple[str, list[bytes]]] = [(who.address, []) for who in MAINTAINERS]
        setup = made.distributor.encode("setup", people, 2, 5)
        second = made.hub.next_install(made.pool.address, KIND, setup)
        install = Action.of(made.hub.install, KIND, setup)
        mint = Action.of(made.grain.set_minter, second, True)
        made.carry([install, mint], "A second distributor")
        made.give(PATRONS[0], 0, DOLLAR)
        candidate = STRANGER
        allocation = made.open_round(1, made.dollar.address)
        about = ("https://credsperiment.example/about", keccak256(b"about"))
        allocation.nominate.send(FOUNDERS[0], candidate.address, *about)
        allocation.stand.send(candidate)
        made.give(PATRONS[0], 1, DOLLAR)
        dev_time.advance(made.client, 1)
        allocation.cast.send(FOUNDERS[1], pack({1: 10_000}))
        dev_time.advance(made.client, 30 * DAY)
        allocation.close_period.send(candidate)
        allocation.pay.send(candidate, [1])
        yield made, second


def mirrored(coop: Coop, path: Path) -> str:
    """The digest of a mirror made from nothing."""
    with Store(path) as store:
        open_mirror(store, coop.client, coop.hub.address, 0).catch_up()
    return digest(path, without=("blocks",))


def test_catch_up__a_part_made_later__all_its_events_are_there(
    coop: tuple[Coop, Address], tmp_path: Path
) -> None:
    made, second = coop
    path = tmp_path / "mirror.db"
    mirrored(made, path)
    with stores.connect(path, writes=False) as db:
        row = db.execute("SELECT * FROM contracts WHERE address = ?", (second,)).fetchone()
        assert (row["contract"], row["pool"]) == ("CredDistributor", made.pool.address)
        logs = made.client.logs(second, [], 0)
        count = db.execute("SELECT count(*) FROM events WHERE address = ?", (second,)).fetchone()
        assert count[0] == len(logs) > 1
        seasons = db.execute(
            "SELECT * FROM cred_distributor_season_set WHERE address = ?", (second,)
        ).fetchall()
        assert len(seasons) == 1
        # the first is told apart from it
        assert len(db.execute("SELECT * FROM cred_distributor_season_set").fetchall()) == 2
        told = db.execute("SELECT * FROM hub_part_made").fetchone()
        assert (told["pool"], told["part"]) == (made.pool.address, second)


def test_catch_up__a_round__each_of_its_events_is_in_its_table(
    coop: tuple[Coop, Address], tmp_path: Path
) -> None:
    made, path = coop[0], tmp_path / "mirror.db"
    mirrored(made, path)
    with stores.connect(path, writes=False) as db:
        found = db.execute("SELECT * FROM contracts WHERE contract = 'Allocation'").fetchall()
        ((allocation, _, pool),) = found
        assert pool == made.pool.address
        opened = db.execute("SELECT * FROM allocation_round_opened").fetchone()
        assert (opened["address"], opened["earmark_id"], opened["terms_rounds"]) == (
            allocation, 1, 12,
        )  # fmt: skip
        stood = db.execute("SELECT * FROM allocation_stood").fetchone()
        assert (stood["candidate"], stood["id"]) == (STRANGER.address, 1)
        cast = db.execute("SELECT * FROM allocation_allocation_cast").fetchone()
        assert unpack(int(cast["choices"])) == {1: 10_000}
        closed = db.execute("SELECT * FROM allocation_period_closed").fetchone()
        paid = db.execute("SELECT * FROM allocation_allocation_paid").fetchone()
        assert (closed["amount"], paid["amount"]) == (str(DOLLAR), str(DOLLAR))
        count = db.execute("SELECT count(*) FROM events WHERE address = ?", (allocation,))
        assert count.fetchone()[0] == len(made.client.logs(Address(allocation), [], 0)) == 6


def test_kinds__of_the_views__are_what_the_package_reads(
    coop: tuple[Coop, Address], tmp_path: Path
) -> None:
    path = tmp_path / "mirror.db"
    mirrored(coop[0], path)
    with stores.connect(path, writes=False) as db:
        rows = db.execute("SELECT kind, contract FROM kinds").fetchall()
    assert {bytes.fromhex(kind[2:]): contract for kind, contract in rows} == KINDS


def test_parts_in__a_kind_that_these_sources_do_not_have__is_left_out(
    coop: tuple[Coop, Address],
) -> None:
    """A later release of the Hub may make others; their events are none that could be read."""
    hub = coop[0].hub
    logs = hub.client.logs(hub.address, [hub.abi.event("PartMade").topic], 0)
    parts = parts_in(logs, hub.address)
    assert sorted(parts.values()) == ["Allocation", "CredDistributor"]
    (first, *_) = logs
    strange = first._replace(data=kind_of("tontine"))
    assert parts_in([strange], hub.address) == {}


@pytest.mark.parametrize("size", [1, 3, 10_000])
def test_catch_up__by_ranges__finds_what_was_made_within_one(
    coop: tuple[Coop, Address], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    """Its events may come in the very range, or block, that tells of it."""
    blocks = mirrored(coop[0], tmp_path / "blocks.db")
    monkeypatch.setattr("millpond.mirror.sync.KEEP", 1)
    monkeypatch.setattr("millpond.mirror.sync._RANGE_BLOCKS", size)
    assert mirrored(coop[0], tmp_path / "ranges.db") == blocks
