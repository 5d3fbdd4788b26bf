# SPDX-License-Identifier: AGPL-3.0-only
"""How others divided money, read from tests/vectors/funding (its SOURCE.md says whose it is)."""

import csv
import json
from functools import cache
from pathlib import Path
from typing import Any

VECTORS = Path(__file__).parents[2] / "vectors" / "funding"
ROUNDS = VECTORS.parent / "rounds"


@cache
def vectors(name: str) -> Any:
    """A file of cases."""
    return json.loads((VECTORS / f"{name}.json").read_text("utf-8"))


def fil_retropgf() -> list[dict[str, str]]:
    """Each project of FIL RetroPGF 1."""
    with (VECTORS / "fil_retropgf1.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def clrfund_round(address: str) -> Any:
    """A round of clr.fund."""
    return json.loads((ROUNDS / f"clrfund_{address}.json").read_text("utf-8"))
