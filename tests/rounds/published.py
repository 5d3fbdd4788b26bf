# SPDX-License-Identifier: AGPL-3.0-only
"""Rounds that others have paid, read from tests/vectors/rounds (its SOURCE.md says whose they are).

A round is the amount of each address in the asset's smallest unit; rows of one address are merged
first, and rows of zero stay, because they have no leaf and the document says so.
"""

import csv
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

VECTORS = Path(__file__).parents[1] / "vectors" / "rounds"


@dataclass(frozen=True)
class Round:
    """What one round published: how many rows, and what each address was to get."""

    name: str
    rows: int
    amounts: dict[str, int]

    @property
    def total(self) -> int:
        """The exact sum of the published amounts."""
        return sum(self.amounts.values())


def merged(name: str, rows: Iterable[tuple[str, int]]) -> Round:
    """A round of (address, amount) rows; an address in two spellings is one."""
    amounts: Counter[str] = Counter()
    count = 0
    for address, amount in rows:
        amounts[address.lower()] += amount
        count += 1
    return Round(name, count, dict(amounts))


def grants_stack(round_id: str) -> Round:
    """A round of Gitcoin's Grants Stack."""
    with (VECTORS / "grants_stack.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["RoundId"] == round_id]
    return merged(
        f"grants stack {round_id[:10]}",
        [(row["ProjectPayoutAddress"], int(row["MatchAmountInToken"])) for row in rows],
    )


def clrfund_file(address: str) -> dict[str, Any]:
    """A round of clr.fund as its file has it: amounts as decimal texts."""
    found: dict[str, Any] = json.loads((VECTORS / f"clrfund_{address}.json").read_text("utf-8"))
    return found


def clrfund(address: str) -> Round:
    """A round of clr.fund. A cancelled one has allocated nothing to anybody."""
    projects = clrfund_file(address)["projects"]
    rows = [(each["recipientAddress"], int(each.get("allocatedAmount", 0))) for each in projects]
    return merged(f"clr.fund {address}", rows)


def guild_teams() -> list[dict[str, Any]]:
    """The teams of Protocol Guild: each member's weight and the total that was declared."""
    found: list[dict[str, Any]] = json.loads((VECTORS / "guild_weights.json").read_text("utf-8"))[
        "teams"
    ]
    return found
