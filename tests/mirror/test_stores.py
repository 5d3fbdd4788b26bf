# SPDX-License-Identifier: AGPL-3.0-only
"""The two databases: the same answers, one writer, what is kept, what each says when it fails."""

import re
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from millpond.mirror.reads.refusals import NothingFinal
from millpond.mirror.reads.snapshot import Mirror
from millpond.mirror.store import Batch, Store, Subject
from millpond.mirror.stores import Place, Url, connect, dialect, keeping, place_of, remove
from millpond.mirror.stores.errors import AlreadyWritten, MirrorError, NotMirrored
from millpond.mirror.stores.kept import Migration, bring_up, migrations
from tests.mirror.feed import hash_of
from tests.mirror.made import together
from tests.mirror.places import POSTGRESQL, database, written
from tests.mirror.tables import TABLES, VIEWS
from tests.mirror.test_store import HUB, IDENTITY, at, everything, header

ODD = ["", "a", "B", "é", "\U0001f33e", "0x", "10", "9", "a b", "'", "?1", "%s", "\\", "\t\n"]
"""Texts that an order by language, a format or a COPY could get wrong."""


@pytest.fixture
def place(on_both: str, tmp_path: Path) -> Place:
    """A mirror that stands on block 5, with one of every event."""
    assert on_both
    found = database(tmp_path)
    with Store(found) as store:
        store.begin(Subject(1337, hash_of(0), HUB, IDENTITY, 5), header(4))
        store.apply(Batch([header(5)], together(everything(5))), at(4), at(5), 10)
    return found


def test_place_of__a_path_or_an_address__is_told_apart() -> None:
    assert place_of("mirror.db") == Path("mirror.db")
    for text in ("postgresql://host/name", "postgres://host/name"):
        assert place_of(text) == Url(text)


def test_url__with_a_password__is_never_shown() -> None:
    url = Url("postgresql://mill:se%23cret@host:5432/pond?sslpassword=hidden")
    assert str(url) == "postgresql://mill@host:5432/pond"
    assert "cret" not in repr(url)
    assert "hidden" not in f"{url} {url!r}"


def test_question__marks_in_texts_and_comments__are_left_alone() -> None:
    said = dialect.question("SELECT '?', ?, ?3, units_sum(a.b), ? -- ? why\n")
    cast = "CAST(sum(CAST(a.b AS numeric)) AS text)"
    assert said == f"SELECT '?', $1, $3, {cast}, $4 -- ? why\n"


def test_clustered__a_key_of_several_columns__is_the_order_of_the_table() -> None:
    one = "CREATE TABLE one (\n    a INTEGER NOT NULL PRIMARY KEY\n);\n"
    two = "CREATE TABLE two (\n    a INTEGER NOT NULL,\n    PRIMARY KEY (a, b)\n);\n"
    assert dialect.clustered(one + two) == one + two[:-2] + " WITHOUT ROWID;\n"


def test_taking_back__the_schema__names_every_table_that_hangs_on_a_block(on_both: str) -> None:
    """By their foreign keys: without one, rows of a lost block would stay for ever."""
    from millpond.mirror.store import schema  # noqa: PLC0415  read at this moment

    assert on_both
    named = set(re.findall(r"DELETE FROM (\w+)", dialect.taking_back(schema())))
    sums = {name for name in TABLES if name.endswith("_sums")}
    assert named == set(TABLES) - sums - {"mirror", "worker", "outbox"}


def test_views__each__can_be_asked(place: Place) -> None:
    with connect(place, writes=False) as db:
        for view in VIEWS:
            db.execute(f"SELECT * FROM {view}").fetchall()  # noqa: S608  our own views


def test_insert__odd_texts_and_large_numbers__come_back_in_the_order_of_bytes(place: Place) -> None:
    rows = [(number, text, text) for number, text in enumerate(ODD, 1)]
    with connect(place, writes=True) as db:
        db.create("CREATE TABLE odd (number INTEGER NOT NULL, one TEXT NOT NULL, two TEXT);\n")
        db.insert("odd", [*rows, (2**63 - 1, "z", None)])
        kept = [tuple(row) for row in db.execute("SELECT * FROM odd ORDER BY number")]
        assert kept == [*rows, (2**63 - 1, "z", None)]
        found = [row["one"] for row in db.execute("SELECT one FROM odd ORDER BY one")]
        assert found == sorted([*ODD, "z"], key=lambda text: text.encode())
        for text in ODD:
            [row] = db.execute("SELECT number FROM odd WHERE one = ?1 AND two = ?1", (text,))
            assert row["number"] == ODD.index(text) + 1
        assert db.execute("SELECT 1 FROM odd WHERE one = ?", ("\0",)).fetchone() is None
        assert [*db.execute("SELECT one = 'a' AS is_a FROM odd WHERE number = 2").fetchone()] == [1]


def test_snapshot__what_is_written_meanwhile__is_not_seen(place: Place) -> None:
    mirror = Mirror(place)
    with mirror.snapshot() as now, Store(place) as store:
        one = [each for each in everything(6) if each.event == "Lapsed"]
        store.apply(Batch([header(6)], together(one)), at(5), at(6), 10)
        assert now.row("SELECT max(block_number) AS n FROM events")["n"] == 5  # type: ignore[index]
    with mirror.snapshot() as later:
        assert later.row("SELECT max(block_number) AS n FROM events")["n"] == 6  # type: ignore[index]


def test_snapshot__the_mirror_is_made_again__the_same_reader_sees_the_new_one(place: Place) -> None:
    """By a reader that is only shown what is final, too: it must never see more than that."""
    mirror = Mirror(place)
    with mirror.snapshot() as now:
        assert now.as_of.block_number == 5
    with pytest.raises(NothingFinal), mirror.snapshot("finalized"):
        pass
    remove(place)
    with pytest.raises(NotMirrored), mirror.snapshot():
        pass
    with pytest.raises(MirrorError), mirror.snapshot("finalized"):
        pass
    with Store(place) as store:
        store.begin(Subject(1337, hash_of(0), HUB, IDENTITY, 9), header(8))
    with mirror.snapshot() as now:
        assert now.as_of.block_number == 8
    with pytest.raises(NothingFinal), mirror.snapshot("finalized"):
        pass


def test_mirror__without_a_server__is_one_named_error() -> None:
    nowhere = Url("postgresql://nobody:secret@127.0.0.1:1/none")
    with pytest.raises(MirrorError, match=r"nobody@127\.0\.0\.1:1/none cannot be used") as refused:
        Mirror(nowhere).snapshot().__enter__()
    assert "secret" not in str(refused.value)


def test_remove__what_is_no_mirror__is_left_alone(on_both: str, tmp_path: Path) -> None:
    place = database(tmp_path)
    with connect(place, writes=True) as db:
        if on_both == POSTGRESQL:
            db.execute(f"CREATE SCHEMA {db.home}")
        db.create("CREATE TABLE precious (number INTEGER NOT NULL);\n")
    with pytest.raises(NotMirrored, match="left alone"):
        remove(place)
    with connect(place, writes=False) as db:
        assert db.has("precious")


# --- one writer -----------------------------------------------------------------------------------


def test_alone__a_second_writer__is_refused_until_the_first_has_ended(place: Place) -> None:
    with Store(place) as one, Store(place) as two:
        with one.alone():
            with pytest.raises(AlreadyWritten, match="another program holds"), two.alone():
                pass
            with pytest.raises(AlreadyWritten):
                remove(place)
            assert two.cursor() == at(5)
        with two.alone():
            pass
    remove(place)


def test_alone__a_writer_that_was_killed__holds_nothing(place: Place) -> None:
    code = (
        "import os, sys; from millpond.mirror.store import Store;"
        "from millpond.mirror.stores import place_of; store = Store(place_of(sys.argv[1]));"
        "held = store.alone(); held.__enter__(); print('held', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", code, written(place)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, **pipes) as process, Store(place) as store:  # type: ignore[call-overload]  # noqa: S603  our own program
        assert process.stdout.readline() == b"held\n"
        with pytest.raises(AlreadyWritten), store.alone():
            pass
        process.kill()
        process.wait()
        with store._db.alone("writer", patient=True):  # noqa: SLF001  the server may take a moment
            pass


# --- what is kept ---------------------------------------------------------------------------------


def test_keeping__the_mirror_is_made_again__what_is_kept_stays(place: Place) -> None:
    with keeping(place) as kept:
        assert [row["number"] for row in kept.execute("SELECT * FROM migrations")] == [
            each.number for each in migrations()
        ]
        kept.create("CREATE TABLE precious (number INTEGER NOT NULL);\n")
        with kept.transaction():
            kept.insert("precious", [(7,)])
        with suppress(RuntimeError), kept.transaction():
            kept.insert("precious", [(8,)])
            raise RuntimeError
    remove(place)
    with keeping(place) as kept:
        assert [tuple(row) for row in kept.execute("SELECT * FROM precious")] == [(7,)]


def test_migrations__each_number__is_there_once() -> None:
    numbers = [each.number for each in migrations()]
    assert numbers == list(range(1, len(numbers) + 1))


def test_bring_up__the_next_migration__runs_once_and_alone(place: Place) -> None:
    made = Migration(1, "0001_a.sql", "CREATE TABLE a (number INTEGER NOT NULL);\n")
    more = Migration(2, "0002_b.sql", "CREATE TABLE b (number INTEGER NOT NULL);\n")
    with connect(place, writes=True) as db:
        bring_up(db, [made])
        assert (db.has("a"), db.has("b")) == (True, False)
        db.insert("a", [(1,)])
        bring_up(db, [made, more])
        bring_up(db, [made, more])
        assert db.execute("SELECT count(*) FROM a").fetchone()[0] == 1
        assert db.has("b")


def test_bring_up__a_migration_that_fails__leaves_nothing_of_itself(place: Place) -> None:
    broken = Migration(
        1, "0001_a.sql", "CREATE TABLE a (n INTEGER);\nCREATE TABLE a (n INTEGER);\n"
    )
    with connect(place, writes=True) as db:
        with pytest.raises(db.failures):
            bring_up(db, [broken])
        assert not db.has("a")
        assert db.execute("SELECT count(*) FROM migrations").fetchone()[0] == 0


@pytest.mark.parametrize("known", [[], [Migration(1, "0001_a.sql", "-- other\n")]])
def test_bring_up__what_another_version_has_made__is_refused(
    place: Place, known: list[Migration]
) -> None:
    made = Migration(1, "0001_a.sql", "CREATE TABLE a (number INTEGER NOT NULL);\n")
    with connect(place, writes=True) as db:
        bring_up(db, [made])
        with pytest.raises(MirrorError, match=r"0001_a\.sql"):
            bring_up(db, known)
