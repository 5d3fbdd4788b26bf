# SPDX-License-Identifier: AGPL-3.0-only
"""A backup holds all there is, goes back as it was, and nothing is touched for a damaged one."""

import io
import json
import tarfile
from pathlib import Path

import pytest

from millpond.core.errors import ToolMissing
from millpond.mirror import backups, backups_postgresql
from millpond.mirror.backups import Backup, BadBackup, NotEmpty
from millpond.mirror.store import Batch, Cursor, NotMirrored, Store, Subject
from millpond.mirror.stores import Place, connect, keeping
from millpond.mirror.stores.errors import AlreadyWritten, MirrorError
from tests.mirror.digest import digest
from tests.mirror.feed import hash_of
from tests.mirror.made import Event, together
from tests.mirror.places import POSTGRESQL, SQLITE, database
from tests.mirror.test_store import HUB, IDENTITY, at, everything, header

pytestmark = pytest.mark.usefixtures("on_both")
KEEP = 100


def _reasons(place: Place) -> list[tuple[str, str]]:
    with keeping(place) as kept:
        query = "SELECT hash, text FROM relay_reasons ORDER BY hash"
        return [(row["hash"], row["text"]) for row in kept.execute(query)]


def _said_in(block: int) -> list[Event]:
    """One of every event in the first block, gifts and votes in the others."""
    found = everything(block)
    return found if block == 5 else [m for m in found if m.event in {"Given", "VoteCast"}]


def _go_on(place: Place, block: int) -> None:
    """One more block of events, and one more reason that was handed in."""
    with Store(place) as store:
        was = store.cursor()
        store.apply(Batch([header(block)], together(_said_in(block))), was, at(block), KEEP)
    with keeping(place) as kept:
        kept.insert("relay_reasons", [(hash_of(block), f"reason {block}")])


@pytest.fixture
def place(on_both: str, tmp_path: Path) -> Place:
    """A mirror of two blocks of events, and a queue beside it."""
    assert on_both
    found = database(tmp_path)
    with Store(found) as store:
        store.begin(Subject(1337, hash_of(0), HUB, IDENTITY, 5), header(4))
    for block in (5, 6):
        _go_on(found, block)
    return found


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where a backup goes."""
    (tmp_path / "backups").mkdir()
    return tmp_path / "backups" / "mirror.tar"


def _gone(place: Place) -> None:
    """As on another machine."""
    if isinstance(place, Path):
        for path in place.parent.glob("mirror.*"):
            path.unlink()
        return
    with keeping(place) as db:
        for schema in backups_postgresql.schemas(place):
            db.execute(f'DROP SCHEMA "{schema}" CASCADE')


def test_restore__of_a_backup__brings_back_every_row(place: Place, file: Path) -> None:
    before, reasons = digest(place), _reasons(place)
    about = backups.write(place, file)
    _gone(place)
    assert backups.restore(file, place) == about == backups.read(file)
    assert digest(place) == before
    assert _reasons(place) == reasons == sorted((hash_of(n), f"reason {n}") for n in (5, 6))
    assert (about.block_number, about.block_hash) == (6, hash_of(6))
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_restore__afterwards__the_writer_goes_on_and_can_take_back(
    place: Place, file: Path
) -> None:
    backups.write(place, file)
    _go_on(place, 7)
    longer = digest(place)
    with Store(place) as store:
        store.roll_back(at(7), at(5), KEEP)
    shorter = digest(place)
    backups.restore(file, place, replace=True)
    with Store(place) as store:
        store.apply(Batch([header(7)], together(_said_in(7))), at(6), at(7), KEEP)
    assert digest(place) == longer
    with Store(place) as store:
        store.roll_back(at(7), at(5), KEEP)
    assert digest(place) == shorter


def test_backup__while_a_writer_is_in_the_middle__has_what_was_committed(
    place: Place, file: Path
) -> None:
    before = digest(place)
    with connect(place, writes=True) as db, db.transaction():
        db.insert("blocks", [tuple(vars(header(7)).values())])
        about = backups.write(place, file)
    assert about.block_number == 6
    backups.restore(file, place, replace=True)
    assert digest(place) == before


def test_restore__where_a_database_is__is_refused_unless_it_may_be_replaced(
    place: Place, file: Path
) -> None:
    backups.write(place, file)
    _go_on(place, 7)
    now, reasons = digest(place), _reasons(place)
    with pytest.raises(NotEmpty, match="there is a database"):
        backups.restore(file, place)
    assert (digest(place), _reasons(place)) == (now, reasons)
    backups.restore(file, place, replace=True)
    assert (digest(place), _reasons(place)) != (now, reasons)


def test_restore__while_a_writer_is_there__is_refused(place: Place, file: Path) -> None:
    backups.write(place, file)
    now = digest(place)
    with Store(place) as store, store.alone(), pytest.raises(AlreadyWritten):
        backups.restore(file, place, replace=True)
    assert digest(place) == now


def _changed(file: Path, name: str, data: bytes | None) -> None:
    """The same archive with another content for one member, or without it."""
    with tarfile.open(file) as old:
        held = {m.name: (f.read() if (f := old.extractfile(m)) else b"") for m in old.getmembers()}
    if data is None:
        del held[name]
    else:
        held[name] = data
    with tarfile.open(file, "w") as new:
        for each, content in held.items():
            entry = tarfile.TarInfo(each)
            entry.size = len(content)
            new.addfile(entry, io.BytesIO(content))


BAD = ("damaged", "missing", "foreign", "cut", "older", "outside")


def test_restore__of_a_bad_file__changes_nothing(place: Place, file: Path) -> None:
    about = backups.write(place, file)
    whole = file.read_bytes()
    for how in BAD:
        file.write_bytes(whole)
        _spoil(file, about, how)
        now = digest(place)
        with pytest.raises(NotMirrored if how == "older" else BadBackup):
            backups.restore(file, place, replace=True)
        assert digest(place) == now, how


def _spoil(file: Path, about: Backup, how: str) -> None:
    first = max(about.files)
    said = {**vars(about), "files": dict(about.files)}
    if how == "damaged":
        _changed(file, first, b"something else")
    elif how == "missing":
        _changed(file, first, None)
    elif how == "foreign":
        _changed(file, "backup.json", b"{}")
    elif how == "cut":
        file.write_bytes(file.read_bytes()[:1_000])
    elif how == "older":
        _changed(file, "backup.json", json.dumps(said | {"schema": "0" * 16}).encode())
    else:
        said["files"]["../../evil"] = "0" * 64
        _changed(file, "backup.json", json.dumps(said).encode())


def test_restore__into_the_other_store__is_refused(
    place: Place, file: Path, tmp_path: Path, every_store: tuple[str, ...]
) -> None:
    if len(every_store) == 1:
        pytest.skip("there is one store here")
    backups.write(place, file)
    other = database(tmp_path, "other", POSTGRESQL if isinstance(place, Path) else SQLITE)
    with pytest.raises(BadBackup, match="is of a mirror in"):
        backups.restore(file, other)


def test_backup__of_nothing__is_refused_and_leaves_no_file(
    on_both: str, tmp_path: Path, file: Path
) -> None:
    assert on_both
    with pytest.raises(NotMirrored):
        backups.write(database(tmp_path, "nothing"), file)
    assert list(file.parent.iterdir()) == []


def test_backup__of_a_mirror_without_a_queue__has_the_mirror_alone(
    on_both: str, tmp_path: Path, file: Path
) -> None:
    place = database(tmp_path, "alone")
    with Store(place) as store:
        store.begin(Subject(1337, hash_of(0), HUB, IDENTITY, 5), header(4))
    before = digest(place)
    about = backups.write(place, file)
    assert list(about.files) == (["mirror.db"] if on_both == SQLITE else ["mirror.dump"])
    backups.restore(file, place, replace=True)
    assert digest(place) == before
    with Store(place) as store:
        assert store.cursor() == Cursor(4, hash_of(4), 1_004, 0, 0)


def test_backup__without_the_client_programs__says_what_to_install(
    place: Place, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    if isinstance(place, Path):
        backups.write(place, file)
        return
    with pytest.raises(ToolMissing, match="pg_dump"):
        backups.write(place, file)


def test_restore__that_fails_in_the_middle__leaves_what_was_there(
    place: Place, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL's own program fails: the schemas that were set aside come back."""
    if isinstance(place, Path):
        pytest.skip("a file is put in place as a whole")
    backups.write(place, file)
    now, reasons = digest(place), _reasons(place)
    monkeypatch.setattr(backups_postgresql, "_name", lambda _: "no_such_database")
    with pytest.raises(MirrorError, match="pg_restore failed"):
        backups.restore(file, place, replace=True)
    assert (digest(place), _reasons(place)) == (now, reasons)
