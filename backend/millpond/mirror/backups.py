# SPDX-License-Identifier: AGPL-3.0-only
"""A backup of a mirror and of what is kept beside it, in one file, while it is written to.

The mirror itself can always be made again from the chain; what is kept beside it, the relay's
queue, cannot. The file is a tar archive: `backup.json`, which says what is inside with its hashes,
and for SQLite one whole file for each database, for PostgreSQL what `pg_dump` writes. It goes back
only into the kind of store that it came from.
"""

import io
import json
import os
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from hashlib import file_digest
from pathlib import Path

from millpond.core.errors import MillpondError
from millpond.mirror.backups_postgresql import dump, load
from millpond.mirror.store import require_schema
from millpond.mirror.stores import Database, Place, Row, connect, remove
from millpond.mirror.stores.errors import MirrorError, NotMirrored
from millpond.mirror.stores.kept import file_beside

SQLITE, POSTGRESQL = "sqlite", "postgresql"
_FORM = 1
_ABOUT, _MIRROR, _KEPT, _DUMP = "backup.json", "mirror.db", "kept.db", "mirror.dump"
_PIECE = 1 << 20
_MOST_ABOUT = 1 << 16
_ANOTHER = "take another backup; a mirror can also be made again: millpond sync --rebuild"


class BadBackup(MirrorError):
    """A file that is no backup of ours, or a damaged one."""


class NotEmpty(MirrorError):
    """There is a database already where the backup should go."""


@dataclass(frozen=True)
class Backup:
    """What a backup is of."""

    form: int
    store: str
    schema: str
    chain_id: int
    hub: str
    block_number: int
    block_hash: str
    files: Mapping[str, str]
    """Name of each file in it, and its sha256."""


def write(place: Place, path: Path) -> Backup:
    """Back up the mirror at `place` into the file: the whole file or none."""
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".backup-") as name:
        folder = Path(name)
        if isinstance(place, Path):
            found = _copied(place, folder)
            with connect(folder / _MIRROR, writes=False) as copy:
                row = _standing(copy)
        else:
            with connect(place, writes=False) as db, db.snapshot():
                row = _standing(db)
                found = [dump(place, db, folder / _DUMP)]
        about = Backup(
            form=_FORM,
            store=SQLITE if isinstance(place, Path) else POSTGRESQL,
            schema=row["schema"],
            chain_id=row["chain_id"],
            hub=row["hub"],
            block_number=row["block_number"],
            block_hash=row["block_hash"],
            files={each.name: _digest(each) for each in found},
        )
        draft = folder / "draft.tar"
        with tarfile.open(draft, "w") as archive:
            _add_about(archive, about)
            for each in found:
                archive.add(each, each.name)
        with draft.open("rb") as written:
            os.fsync(written.fileno())
        draft.replace(path)
    return about


def _standing(db: Database) -> Row:
    """What a mirror is of, and how far it has come."""
    row: Row | None = db.execute("SELECT * FROM mirror").fetchone() if db.has("mirror") else None
    if row is None:
        raise NotMirrored(f"{db.place} holds no mirror", "fill it with: millpond sync")
    return row


def read(path: Path) -> Backup:
    """What a backup says of itself; `BadBackup`."""
    with _opened(path) as archive:
        return _about(archive, path)


def restore(path: Path, place: Place, *, replace: bool = False) -> Backup:
    """Put a backup back, every byte of it checked before anything is touched.

    `NotEmpty` where there is a database already, unless it may be replaced.
    """
    with tempfile.TemporaryDirectory(dir=_beside(path, place), prefix=".restore-") as name:
        folder = Path(name)
        with _opened(path) as archive:
            about = _about(archive, path)
            for file, digest in about.files.items():
                _take(archive, file, folder / file, digest, path)
        if (about.store == SQLITE) != isinstance(place, Path):
            raise BadBackup(
                f"{path} is of a mirror in {about.store}, and {place} is none",
                f"name a database of {about.store}, or make a mirror from the chain: millpond sync",
            )
        require_schema(about.schema, path)
        if isinstance(place, Path):
            _put(folder, place, replace=replace)
        else:
            if not replace and _is_there(place):
                raise _not_empty(place)
            load(folder / _DUMP, place)
    return about


# --- SQLite ---------------------------------------------------------------------------------------


def _copied(place: Path, folder: Path) -> list[Path]:
    """Both files as they are at one moment each; who writes goes on meanwhile."""
    connect(place, writes=False).close()  # `NotMirrored` where there is none
    found = [(place, folder / _MIRROR)]
    if file_beside(place).exists():
        found.append((file_beside(place), folder / _KEPT))
    for source, target in found:
        try:
            with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
                old.backup(new)
                new.execute("PRAGMA journal_mode = DELETE")
        except sqlite3.Error as error:
            raise MirrorError(
                f"{source} cannot be copied ({error})", "check the disk and the rights"
            ) from error
    return [target for _, target in found]


def _put(folder: Path, place: Path, *, replace: bool) -> None:
    """The kept file first: without a mirror it harms nobody."""
    places = {folder / _KEPT: file_beside(place), folder / _MIRROR: place}
    there = [target for target in places.values() if target.exists()]
    if there and not replace:
        raise _not_empty(there[0])
    place.parent.mkdir(parents=True, exist_ok=True)
    if place.exists():
        remove(place)
    for source, target in places.items():
        if source.exists():
            for end in ("-wal", "-shm"):  # of a file that is replaced, and would be read with it
                target.with_name(target.name + end).unlink(missing_ok=True)
            source.replace(target)


# --- the archive ----------------------------------------------------------------------------------


@contextmanager
def _opened(path: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(path, "r:") as archive:
            yield archive
    except (OSError, tarfile.TarError, EOFError) as error:
        raise BadBackup(f"{path} cannot be read ({error})", _ANOTHER) from error


def _add_about(archive: tarfile.TarFile, about: Backup) -> None:
    text = json.dumps(asdict(about), indent=2, sort_keys=True).encode()
    entry = tarfile.TarInfo(_ABOUT)
    entry.size = len(text)
    archive.addfile(entry, io.BytesIO(text))


def _about(archive: tarfile.TarFile, path: Path) -> Backup:
    try:
        file = archive.extractfile(_ABOUT)
        said = json.loads(file.read(_MOST_ABOUT)) if file is not None else {}
        found = Backup(**said)
    except (KeyError, TypeError, ValueError) as error:
        raise BadBackup(f"{path} is no backup of a mirror", _ANOTHER) from error
    known = {SQLITE: {_MIRROR, _KEPT}, POSTGRESQL: {_DUMP}}
    if found.form != _FORM or not set(found.files) <= known.get(found.store, set()):
        raise BadBackup(f"{path} has a form that this version does not know", _ANOTHER)
    return found


def _take(archive: tarfile.TarFile, name: str, target: Path, digest: str, path: Path) -> None:
    """One file out of the archive, if it is the one that was put in."""
    try:
        source = archive.extractfile(name)
    except KeyError:
        source = None
    if source is None:
        raise BadBackup(f"{path} has no {name}", _ANOTHER)
    with target.open("wb") as file:
        while piece := source.read(_PIECE):
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    if _digest(target) != digest:
        raise BadBackup(f"{name} in {path} is not what was backed up", _ANOTHER)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _beside(path: Path, place: Place) -> Path:
    """Where drafts can lie: on the disk where they will stay."""
    if not isinstance(place, Path):
        return path.parent
    place.parent.mkdir(parents=True, exist_ok=True)
    return place.parent


def _is_there(place: Place) -> bool:
    try:
        with connect(place, writes=False) as found:
            return found.has("mirror")
    except MillpondError:
        return False


def _not_empty(place: Place) -> NotEmpty:
    return NotEmpty(
        f"there is a database at {place} already",
        "name another place with --database, or say --replace: what is there is lost then",
    )
