# SPDX-License-Identifier: AGPL-3.0-only
"""`pg_dump` and `pg_restore`, which come with PostgreSQL's client programs.

They are told where the server is by variables, not by arguments, which every user of the machine
can read: the address may hold a password.
"""

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from millpond.core.errors import ToolMissing
from millpond.mirror.stores import Database, connect
from millpond.mirror.stores.database import WRITER
from millpond.mirror.stores.errors import MirrorError
from millpond.mirror.stores.places import Url

_ASIDE = "_before"
_VARIABLES = {
    "host": "PGHOST",
    "hostaddr": "PGHOSTADDR",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "passfile": "PGPASSFILE",
    "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
}


def dump(place: Url, db: Database, path: Path) -> Path:
    """The mirror's schema and the one that is kept beside it, exactly as `db` sees them in the
    transaction that it is in; the file."""
    moment = db.execute("SELECT pg_export_snapshot()").fetchone()[0]
    wanted = [f"--schema={schema}" for schema in schemas(place)]
    options = ["--format=custom", "--no-owner", f"--snapshot={moment}", f"--file={path}"]
    _run(place, "pg_dump", [*options, *wanted])
    return path


def load(path: Path, place: Url) -> None:
    """Both schemas as they were. What was there is set aside, and gone only when all is back."""
    with connect(place, writes=True) as db, db.alone(WRITER):
        there = [schema for schema in schemas(place) if _has(db, schema)]
        for schema in there:
            db.execute(f'ALTER SCHEMA "{schema}" RENAME TO "{schema}{_ASIDE}"')
        try:
            options = ["--single-transaction", "--exit-on-error", "--no-owner"]
            _run(place, "pg_restore", [*options, f"--dbname={_name(place)}", str(path)])
        except BaseException:
            for schema in there:
                db.execute(f'ALTER SCHEMA "{schema}{_ASIDE}" RENAME TO "{schema}"')
            raise
        for schema in there:
            db.execute(f'DROP SCHEMA "{schema}{_ASIDE}" CASCADE')


def _has(db: Database, schema: str) -> bool:
    query = "SELECT 1 FROM pg_namespace WHERE nspname = ?"
    return db.execute(query, (schema,)).fetchone() is not None


def schemas(place: Url) -> tuple[str, str]:
    """The mirror's, and the one that is kept beside it."""
    from millpond.mirror.stores.postgresql import schema_of  # noqa: PLC0415  0.2 s that few need

    name = schema_of(place)
    return name, f"{name}_kept"


def _name(place: Url) -> str:
    return _settings(place).get("PGDATABASE", "postgres")


def _settings(place: Url) -> dict[str, str]:
    from psycopg.conninfo import conninfo_to_dict  # noqa: PLC0415  as above

    said = conninfo_to_dict(place.text)
    return {_VARIABLES[key]: str(value) for key, value in said.items() if key in _VARIABLES}


def _run(place: Url, program: str, options: Sequence[str]) -> None:
    found = shutil.which(program)
    if found is None:
        raise ToolMissing(
            f"the program {program} is not installed",
            "install PostgreSQL's client programs (Debian and Ubuntu: postgresql-client)",
        )
    run = subprocess.run(  # noqa: S603  PostgreSQL's own
        [found, *options],
        env={"LC_ALL": "C", "PATH": str(Path(found).parent), **_settings(place)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode != 0:
        said = run.stderr.strip().splitlines() or ["it said nothing"]
        raise MirrorError(
            f"{program} failed: {said[0][:300]}",
            f"mend what it says; {program} must be at least as new as the server",
        )
