# SPDX-License-Identifier: AGPL-3.0-only
"""The database: every event has its table, a batch is all or nothing, one DELETE undoes a block."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from millpond.chain.answers import Address, Log
from millpond.mirror import store as stores
from millpond.mirror.decoders import BY_TOPIC
from millpond.mirror.reads.snapshot import Mirror
from millpond.mirror.store import (
    Asset,
    Batch,
    Cursor,
    CursorMoved,
    Header,
    MirrorError,
    NotMirrored,
    Store,
    Subject,
)
from millpond.mirror.stores import Place
from tests.mirror.digest import digest
from tests.mirror.feed import hash_of
from tests.mirror.made import Event, rows_of, together
from tests.mirror.places import database
from tests.mirror.tables import TABLES
from tests.mirror.test_decoders import EVENTS, SOMEBODY, Dice, log_of

pytestmark = pytest.mark.usefixtures("on_both")
HUB, IDENTITY = "0x" + "22" * 20, "0x" + "33" * 20
ETH = "0x" + "00" * 20


def header(number: int) -> Header:
    """A made-up block."""
    return Header(number, hash_of(number), hash_of(number - 1), 1_000 + number)


def at(number: int) -> Cursor:
    """Standing on it."""
    return Cursor(number, hash_of(number), 1_000 + number, 0, 0)


def said(block: int, index: int) -> Log:
    """Where a log stands."""
    return Log(
        Address(SOMEBODY), (), b"", block, bytes.fromhex(hash_of(block)[2:]), index, bytes(32)
    )


def everything(block: int) -> list[Event]:
    """One of every event, with random values, all in one block."""
    found = []
    for index, (contract, form) in enumerate(EVENTS):
        dice = Dice(index, form.name)
        log = log_of(form, {param.name: dice.value(param) for param in form.inputs})
        decoder = BY_TOPIC[contract, form.topic]
        found.append(Event(said(block, index), contract, form.name, rows_of(decoder, log)))
    return found


@pytest.fixture
def place(on_both: str, tmp_path: Path) -> Place:
    """Where the database is."""
    assert on_both
    return database(tmp_path)


@pytest.fixture
def store(place: Place) -> Iterator[Store]:
    """Begun, standing on block 4."""
    with Store(place) as made:
        made.begin(Subject(1337, hash_of(0), HUB, IDENTITY, 5), header(4))
        yield made


def test_apply__one_of_every_event__each_in_its_table(store: Store, place: Place) -> None:
    mined = everything(5)
    store.apply(Batch([header(5)], together(mined)), at(4), at(5), 10)
    with stores.connect(place, writes=False) as db:
        for each in mined:
            for table, values in each.rows:
                key = (5, each.log.index)
                query = f"SELECT * FROM {table} WHERE block_number = ? AND log_index = ?"  # noqa: S608
                own = (SOMEBODY,) if table == each.rows[0][0] else ()
                kept = [tuple(row) for row in db.execute(query, key)]
                assert (*key, *own, *values) in kept
        names = {row["event"] for row in db.execute("SELECT event FROM events")}
        assert names == {form.name for _, form in EVENTS}


def test_roll_back__a_block_with_every_event__nothing_of_it_is_left(
    store: Store, place: Place
) -> None:
    before = digest(place)
    asset = Asset(ETH, 5, "ETH", 18)
    store.apply(Batch([header(5)], together(everything(5)), [asset]), at(4), at(5), 10)
    assert digest(place) != before
    store.roll_back(at(5), at(4), 10)
    assert digest(place) == before


def test_roll_back__by_the_store__leaves_no_row_of_any_table(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The store takes the rows of all tables along, so none can be forgotten."""
    store.apply(Batch([header(5)], together(everything(5))), at(4), at(5), 10)
    db, taken = store._db, list[int]()  # noqa: SLF001  to see what is asked of the database
    take_back = db.take_back

    def noted(above: int) -> None:
        taken.append(above)
        take_back(above)

    monkeypatch.setattr(db, "take_back", noted)
    store.roll_back(at(5), at(4), 10)
    assert taken == [4]
    for table in TABLES:
        rows = db.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608  our own tables
        assert bool(rows) == (table in {"blocks", "mirror", "worker", "outbox"}), table


def test_apply__a_row_that_does_not_fit__leaves_all_as_it_was(store: Store, place: Place) -> None:
    before = digest(place)
    mined = everything(5)
    broken = Event(said(5, 99), "Pool", "Given", [("pool_given", ("too", "few"))])
    with pytest.raises(MirrorError):
        store.apply(Batch([header(5)], together([*mined, broken])), at(4), at(5), 10)
    assert digest(place) == before
    assert store.cursor() == at(4)


def test_apply__from_another_cursor__refused(store: Store, place: Place) -> None:
    before = digest(place)
    for stale in (at(3), Cursor(4, hash_of(99), 1_004, 0, 0)):
        with pytest.raises(CursorMoved, match="another program writes"):
            store.apply(Batch([header(5)]), stale, at(5), 10)
    assert digest(place) == before


def test_apply__many_blocks__keeps_the_last_and_those_with_events(store: Store) -> None:
    mined = [m for m in everything(7) if m.event == "Lapsed"]
    headers = [header(n) for n in range(5, 21)]
    store.apply(Batch(headers, together(mined)), at(4), at(20), 5)
    assert [h.number for h in store.headers(20)] == [20, 19, 18, 17, 16, 7]
    assert [h.number for h in store.headers(16)] == [16, 7]


def test_begin__again__goes_on_where_it_stood(store: Store, place: Place) -> None:
    store.apply(Batch([header(5)]), at(4), at(5), 10)
    with Store(place) as again:
        again.begin(Subject(1337, hash_of(0), HUB, IDENTITY, 5), header(4))
        assert again.cursor() == at(5)


@pytest.mark.parametrize(
    "other",
    [
        Subject(1, hash_of(0), HUB, IDENTITY, 5),
        Subject(1337, hash_of(1), HUB, IDENTITY, 5),
        Subject(1337, hash_of(0), IDENTITY, IDENTITY, 5),
        Subject(1337, hash_of(0), HUB, HUB, 5),
        Subject(1337, hash_of(0), HUB, IDENTITY, 6),
    ],
)
def test_begin__of_something_else__refused(store: Store, place: Place, other: Subject) -> None:
    assert store.cursor() == at(4)
    with Store(place) as again, pytest.raises(NotMirrored, match="mirrors the Hub"):
        again.begin(other, header(4))


def test_connect__to_read_where_there_is_none__refused(tmp_path: Path) -> None:
    with pytest.raises(NotMirrored, match="millpond sync"), Mirror(database(tmp_path)).snapshot():
        pass
    assert not (tmp_path / "mirror.db").exists()


def test_connect__to_read__cannot_write(store: Store, place: Place) -> None:
    assert store.cursor() == at(4)
    with (
        stores.connect(place, writes=False) as db,
        pytest.raises(db.failures, match=r"read-?only"),
    ):
        db.execute("DELETE FROM blocks")


def test_units_sum__any_length_and_sign__exact(store: Store, place: Place) -> None:
    assert store.cursor() == at(4)
    query = "SELECT units_sum(x) FROM (SELECT {} AS x UNION ALL SELECT {} UNION ALL SELECT NULL) n"
    with stores.connect(place, writes=False) as db:
        for one, two in ((2**256 - 1, 2**256 - 1), (10**77, -(10**77) + 1), (0, 0), (-5, 2)):
            found = db.execute(query.format(f"'{one}'", f"'{two}'")).fetchone()
            assert found[0] == str(one + two)
        assert db.execute("SELECT units_sum(symbol) FROM assets").fetchone()[0] is None
        assert db.execute(query.format("NULL", "NULL")).fetchone()[0] is None


def test_say__a_problem_and_none__for_readers(store: Store, place: Place) -> None:
    store.say(9, 77, NotMirrored("it hurts", "rest"))
    with stores.connect(place, writes=False) as db:
        query = "SELECT node_head, checked_at, problem, next_step FROM worker"
        assert tuple(db.execute(query).fetchone()) == (9, 77, "it hurts", "rest")
        store.say(10, 78, None)
        assert tuple(db.execute(query).fetchone()) == (10, 78, None, None)
