# SPDX-License-Identifier: AGPL-3.0-only
"""Why a mutant may live: survivors.toml says it, one entry each, and is held to what was run."""

import tomllib
from collections.abc import Mapping
from pathlib import Path

EXPLANATIONS = Path(__file__).parent / "survivors.toml"
FIELDS = {"line", "becomes", "why"}


def explanations(path: Path = EXPLANATIONS) -> dict[str, str]:
    """The reasons, by mutant."""
    entries = tomllib.loads(path.read_text("utf-8"))
    for name, entry in entries.items():
        if set(entry) != FIELDS or not all(entry.values()):
            raise ValueError(f"{path.name}: {name} needs {', '.join(sorted(FIELDS))}")
    return {name: entry["why"] for name, entry in entries.items()}


def mistakes(
    explained: Mapping[str, str], existing: set[str], ends: Mapping[str, bool]
) -> list[str]:
    """What is wrong with the explanations: `ends` says of each mutant that was run if it lives."""
    gone = [
        f"{name} is explained, but there is no such mutant" for name in explained.keys() - existing
    ]
    dead = [
        f"{name} is explained, but it does not live"
        for name in explained
        if name in ends and not ends[name]
    ]
    return sorted(gone) + sorted(dead)
