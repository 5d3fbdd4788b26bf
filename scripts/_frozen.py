# SPDX-License-Identifier: AGPL-3.0-only
"""What is frozen of each deployable contract: its ABI and its storage layout, as text."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from millpond.chain.compiler import Slot, compile_contract, compiler

ROOT = Path(__file__).resolve().parents[1]
ABIS = ROOT / "backend" / "millpond" / "chain" / "abis"
LAYOUTS = ABIS.parent / "layouts"
DEV = ("TestDollar",)
"""Mocks that a dev chain needs as well."""


def frozen_text(abi: list[dict[str, Any]]) -> str:
    """The file's text: one entry a line, in an order that does not depend on the sources' order."""

    def key(entry: dict[str, Any]) -> tuple[str, str, int]:
        return entry["type"], entry.get("name", ""), len(entry.get("inputs", ()))

    lines = [json.dumps(e, sort_keys=True, separators=(",", ":")) for e in sorted(abi, key=key)]
    return "[\n" + ",\n".join(lines) + "\n]\n"


def layout_text(storage: Mapping[str, Slot]) -> str:
    """The file's text: one variable a line, by slot."""
    lines = [
        json.dumps({"name": name, "slot": place.slot, "type": place.type})
        for name, place in sorted(storage.items(), key=lambda item: item[1].slot)
    ]
    return "[\n" + ",\n".join(lines) + "\n]\n"


def contracts() -> list[str]:
    """Whatever has to be frozen."""
    names = sorted(path.stem for path in (ROOT / "contracts").glob("*.vy"))
    return names + [name for name in DEV if (ROOT / "contracts/mocks" / f"{name}.vy").exists()]


def differences() -> dict[Path, str]:
    """Files that are not what the compiler says, each with its right text; "" for a leftover."""
    vyper = compiler()
    wanted: dict[Path, str] = {}
    for name in contracts():
        compiled = compile_contract(name, ROOT, vyper)
        wanted[ABIS / f"{name}.json"] = frozen_text(compiled.abi)
        if compiled.storage and name not in DEV:
            wanted[LAYOUTS / f"{name}.json"] = layout_text(compiled.storage)
    frozen = [*ABIS.glob("*.json"), *LAYOUTS.glob("*.json")]
    leftover = {path: "" for path in frozen if path not in wanted}
    stale = {
        path: text
        for path, text in wanted.items()
        if not path.exists() or path.read_text("utf-8") != text
    }
    return stale | leftover
