# SPDX-License-Identifier: AGPL-3.0-only
"""Freeze the ABIs and storage layouts of all deployable contracts into backend/millpond/chain.

    python scripts/freeze_abis.py           write what the compiler says
    python scripts/freeze_abis.py --check   change nothing; exit 1 where a frozen file differs

The package and the API read these files, so that a checkout needs no compiler to talk to a pool or
to prove a word of its storage. abis/ has a file for each contract, layouts/ one for each that keeps
anything.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from millpond.chain.compiler import Slot, compile_contract, compiler
from millpond.core.errors import MillpondError

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


@click.command(help=__doc__)
@click.option("--check", is_flag=True, help="Only compare.")
def cli(check: bool) -> None:
    """Write or compare."""
    try:
        found = differences()
    except MillpondError as error:
        raise click.ClickException(str(error)) from None
    for path, text in found.items():
        named = path.relative_to(ABIS.parent)
        click.echo(f"{named}: {'differs' if check else 'written' if text else 'removed'}")
        if check:
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        if text:
            path.write_text(text, "utf-8")
        else:
            path.unlink()
    if check and found:
        raise SystemExit(1)
    click.echo(f"{len(contracts())} contracts, {len(found)} files differ" if check else "frozen")


if __name__ == "__main__":
    cli()
