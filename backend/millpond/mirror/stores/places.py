# SPDX-License-Identifier: AGPL-3.0-only
"""Where a mirror's database is: a file of SQLite, or a schema in a PostgreSQL server."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias
from urllib.parse import urlsplit, urlunsplit

_SCHEMES = ("postgresql://", "postgres://")


@dataclass(frozen=True)
class Url:
    """A PostgreSQL server's address, as libpq reads it; shown without its password.

    Its tables are in the schema `millpond`, or in the first one of a search_path that the address
    itself sets: postgresql://host/name?options=-csearch_path%3Dother
    """

    text: str = field(repr=False)

    def __str__(self) -> str:
        parts = urlsplit(self.text)
        who, at, where = parts.netloc.rpartition("@")
        user = who.partition(":")[0]
        return urlunsplit(parts._replace(netloc=f"{user}{at}{where}", query="", fragment=""))


Place: TypeAlias = Path | Url


def place_of(text: str) -> Place:
    """What somebody wrote: postgresql://..., or else the path of a file."""
    return Url(text) if text.startswith(_SCHEMES) else Path(text)
