# SPDX-License-Identifier: AGPL-3.0-only
"""Figures beside their budgets, and the sentence that a figure above its budget needs."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from pydantic import BaseModel, ConfigDict, PositiveInt, ValidationError

from bench.meter import Figure
from millpond.core.errors import BadInput

FOLDER = Path(__file__).resolve().parent
BUDGETS, REMARKS = FOLDER / "budgets.toml", FOLDER / "remarks.toml"


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Budget(_Model):
    """What an operation has to reach, what would be something to be proud of, and why so much."""

    must: PositiveInt
    aim: PositiveInt | None = None
    source: str


class Derived(_Model):
    """A figure that is a share of measured ones: (of - less) / by, rounded up."""

    of: str
    less: str | None = None
    by: PositiveInt
    set_up: str

    def gas(self, measured: Mapping[str, int]) -> int:
        """Out of the measured figures."""
        whole = measured[self.of] - (measured[self.less] if self.less else 0)
        return -(-whole // self.by)


class Budgets(_Model):
    """The whole file."""

    budgets: dict[str, Budget]
    derived: dict[str, Derived]


class Verdict(Enum):
    """How a figure stands to its budget."""

    AIM = "aim met"
    MUST = "must met"
    ABOVE = "ABOVE MUST"
    NONE = ""


@dataclass(frozen=True)
class Row:
    """One line of the table; a derived figure has no calldata of its own."""

    operation: str
    gas: int
    calldata: int | None
    set_up: str
    budget: Budget | None

    @property
    def verdict(self) -> Verdict:
        """Met or missed."""
        if self.budget is None:
            return Verdict.NONE
        if self.budget.aim is not None and self.gas <= self.budget.aim:
            return Verdict.AIM
        return Verdict.MUST if self.gas <= self.budget.must else Verdict.ABOVE


def rows(figures: Sequence[Figure], known: Budgets) -> list[Row]:
    """In the order of measuring, each derived figure behind what it is derived from."""
    measured = {figure.operation: figure.gas for figure in figures}
    needed = set(known.budgets) | {name for d in known.derived.values() for name in (d.of, d.less)}
    missing = needed - {None} - set(measured) - set(known.derived)
    if missing:
        raise BadInput(
            f"budgets name what is not measured: {', '.join(sorted(map(str, missing)))}",
            f"measure it in bench/operations, or take it out of {BUDGETS.name}",
        )
    table = []
    for figure in figures:
        name = figure.operation
        table.append(Row(name, figure.gas, figure.calldata, figure.set_up, known.budgets.get(name)))
        table += [
            Row(label, derived.gas(measured), None, derived.set_up, known.budgets.get(label))
            for label, derived in known.derived.items()
            if derived.of == name
        ]
    return table


@dataclass(frozen=True)
class Remarks:
    """The remarks beside a table: what it still needs, and what it no longer needs."""

    by_operation: Mapping[str, str]
    missing: tuple[str, ...]
    stale: tuple[str, ...]

    @classmethod
    def of(cls, table: Iterable[Row], written: Mapping[str, str]) -> "Remarks":
        """Every figure above its must has one; no other figure has."""
        above = [row.operation for row in table if row.verdict is Verdict.ABOVE]
        missing = tuple(name for name in above if not written.get(name, "").strip())
        return cls(written, missing, tuple(sorted(set(written) - set(above))))


def load_budgets(path: Path = BUDGETS) -> Budgets:
    """Read and check the budgets."""
    try:
        return Budgets.model_validate(_toml(path))
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise BadInput(f"{path.name}: {where}: {first['msg']}", "mend that field") from None


def load_remarks(path: Path = REMARKS) -> dict[str, str]:
    """Sentences by operation."""
    found = _toml(path)
    wrong = sorted(name for name, text in found.items() if not isinstance(text, str))
    if wrong:
        raise BadInput(f"{path.name}: {wrong[0]} is no sentence", 'write operation = "sentence"')
    return {name: str(text) for name, text in found.items()}


def _toml(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadInput(
            f"{path.name} cannot be read: {error}", "restore it from version control"
        ) from None
