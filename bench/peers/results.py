# SPDX-License-Identifier: AGPL-3.0-only
"""What a run found of the peers, and bench/results/peers.json, which keeps it."""

from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, PositiveInt, ValidationError

from bench.figures import RESULTS, write_json
from bench.peers.notebook import PeerFigure
from millpond.core.errors import BadInput

PEERS = RESULTS / "peers.json"


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Found(_Model):
    """A peer's figure as it is kept."""

    operation: str
    peer: str
    build: str
    gas: PositiveInt
    transactions: PositiveInt
    note: str


class Absent(_Model):
    """A peer that could not be built or did not do what it should, and why."""

    peer: str
    build: str
    why: str


class Peers(_Model):
    """The whole run."""

    packages: dict[str, str]
    figures: tuple[Found, ...]
    absent: tuple[Absent, ...]

    @classmethod
    def of(
        cls, packages: dict[str, str], figures: Sequence[PeerFigure], absent: Sequence[Absent]
    ) -> "Peers":
        """In the order of measuring."""
        kept = [
            Found(
                operation=each.operation,
                peer=each.peer,
                build=each.build,
                gas=each.gas,
                transactions=each.transactions,
                note=each.note,
            )
            for each in figures
        ]
        return cls(packages=packages, figures=tuple(kept), absent=tuple(absent))


def write_peers(peers: Peers, path: Path = PEERS) -> None:
    """Whole or not at all."""
    write_json(peers.model_dump(mode="json"), path)


def read_peers(path: Path = PEERS) -> Peers:
    """The committed figures; `BadInput` when there are none or they are damaged."""
    try:
        return Peers.model_validate_json(path.read_bytes())
    except OSError as error:
        raise BadInput(
            f"there are no peers' figures at {path} ({type(error).__name__})",
            "measure first: make bench",
        ) from None
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise BadInput(
            f"{path}: {where}: {first['msg']}", "measure again instead of editing it: make bench"
        ) from None
