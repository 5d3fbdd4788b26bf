# SPDX-License-Identifier: AGPL-3.0-only
"""Figures on disk, and what has become worse since they were committed."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, PositiveInt, TypeAdapter, ValidationError

from bench.meter import Figure
from millpond.core.errors import BadInput

RESULTS = Path(__file__).resolve().parent / "results"
GAS, SPEED = RESULTS / "gas.json", RESULTS / "speed.json"
PER_MILLE = 5
"""How much a figure may rise, in thousandths, before the check fails."""


class Cost(BaseModel):
    """One operation in `gas.json`."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    gas: PositiveInt
    calldata: PositiveInt


Costs = Mapping[str, Cost]


@dataclass(frozen=True)
class Change:
    """What an operation cost when it was committed and what it costs now; None: not there."""

    operation: str
    before: int | None
    after: int | None

    @property
    def fails(self) -> bool:
        """Whether the check has to fail: a row vanished, or rose by more than is tolerated."""
        if self.before is None:
            return False
        if self.after is None:
            return True
        return self.after * 1_000 > self.before * (1_000 + PER_MILLE)

    @property
    def text(self) -> str:
        """In words."""
        if self.after is None:
            return f"{self.operation} is no longer measured; it was {self.before:,}"
        if self.before is None:
            return f"{self.operation} is new, at {self.after:,}"
        share = 100 * (self.after - self.before) / self.before
        return f"{self.operation} went from {self.before:,} to {self.after:,} ({share:+.2f} %)"


def costs(figures: Iterable[Figure]) -> dict[str, Cost]:
    """What is kept of the figures."""
    return {f.operation: Cost(gas=f.gas, calldata=f.calldata) for f in figures}


def changes(before: Costs, after: Costs) -> list[Change]:
    """Every operation whose gas is not what it was, by name."""
    found = [
        Change(name, before[name].gas if name in before else None,
               after[name].gas if name in after else None)
        for name in sorted(before.keys() | after.keys())
    ]  # fmt: skip
    return [change for change in found if change.before != change.after]


def read_costs(path: Path = GAS) -> dict[str, Cost]:
    """The committed figures; `BadInput` when there are none or they are damaged."""
    try:
        return TypeAdapter(dict[str, Cost]).validate_json(path.read_bytes())
    except OSError as error:
        raise BadInput(
            f"there are no figures at {path} ({type(error).__name__})", "measure first: make bench"
        ) from None
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise BadInput(
            f"{path}: {where}: {first['msg']}", "measure again instead of editing it: make bench"
        ) from None


def write_costs(found: Costs, path: Path = GAS) -> None:
    """Sorted, so that a change shows in a diff as what it is."""
    write_json({name: cost.model_dump() for name, cost in found.items()}, path)


def write_json(value: object, path: Path) -> None:
    """One results file, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".new")
    draft.write_text(json.dumps(value, indent=2, sort_keys=True) + "\n", "utf-8")
    draft.replace(path)
