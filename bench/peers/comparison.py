# SPDX-License-Identifier: AGPL-3.0-only
"""Our figures beside the peers' and beside the floor, and the sentences that honesty asks for.

`rows.toml` has each operation in words, which of our figures belongs to it, what makes the
comparison unfair in either direction, and, where a peer is cheaper, why.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from bench.floors import FLOORS, Floor, Several
from bench.peers.results import Found, Peers
from millpond.core.errors import BadInput

ROWS = Path(__file__).resolve().parent / "rows.toml"


class RowText(BaseModel):
    """One operation, as rows.toml has it."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    title: str
    ours: list[str] = []
    """The names of our figures, to be added up; none where we have no such operation."""
    fair: str
    """What the figures do not say: who does more, and who does less."""
    behind: str | None = None
    """Why a peer is cheaper; said only while one is."""


@dataclass(frozen=True)
class Comparison:
    """One operation with everybody's price."""

    operation: str
    text: RowText
    ours: int | None
    peers: tuple[Found, ...]
    floor: Floor | Several

    @property
    def best(self) -> Found | None:
        """The cheapest peer in its cheapest build."""
        return min(self.peers, key=lambda found: found.gas, default=None)

    @property
    def is_behind(self) -> bool:
        """Whether a peer is cheaper."""
        return self.ours is not None and self.best is not None and self.ours > self.best.gas

    @property
    def each_peer(self) -> list[Found]:
        """The best build of every peer, the cheapest first."""
        best: dict[str, Found] = {}
        for found in sorted(self.peers, key=lambda each: each.gas):
            best.setdefault(found.peer, found)
        return list(best.values())


@dataclass(frozen=True)
class Beside:
    """The whole comparison, and the sentences that are still owed or no longer needed."""

    rows: tuple[Comparison, ...]
    peers: Peers

    @property
    def owed(self) -> tuple[str, ...]:
        """Operations in which we are behind and nothing says why."""
        return tuple(
            row.operation
            for row in self.rows
            if row.is_behind and not (row.text.behind or "").strip()
        )

    @property
    def stale(self) -> tuple[str, ...]:
        """Operations that explain what is no longer so, as far as any peer was built."""
        return tuple(
            row.operation
            for row in self.rows
            if row.text.behind is not None and row.best is not None and not row.is_behind
        )


def compare(texts: Mapping[str, RowText], ours: Mapping[str, int], peers: Peers) -> Beside:
    """Every row. `BadInput` for a name that is not measured, or has no row or no floor."""
    nowhere = {found.operation for found in peers.figures} - set(texts)
    without_floor = set(texts) - set(FLOORS)
    unmeasured = {name for text in texts.values() for name in text.ours} - set(ours)
    for names, what in (
        (nowhere, "operations of peers have no row"),
        (without_floor, "rows have no floor"),
        (unmeasured, "rows name figures of ours that are not measured"),
    ):
        if names:
            raise BadInput(
                f"{what}: {', '.join(sorted(map(str, names)))}",
                f"write it into bench/peers/{ROWS.name} and bench/floors.py, or measure it",
            )
    rows = [
        Comparison(
            name,
            text,
            sum(ours[each] for each in text.ours) or None,
            tuple(found for found in peers.figures if found.operation == name),
            FLOORS[name],
        )
        for name, text in texts.items()
    ]
    return Beside(tuple(rows), peers)


def load_rows(path: Path = ROWS) -> dict[str, RowText]:
    """Read and check the rows, in their order."""
    try:
        return TypeAdapter(dict[str, RowText]).validate_python(
            tomllib.loads(path.read_text("utf-8"))
        )
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadInput(
            f"{path.name} cannot be read: {error}", "restore it from version control"
        ) from None
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise BadInput(f"{path.name}: {where}: {first['msg']}", "mend that field") from None
