# SPDX-License-Identifier: AGPL-3.0-only
"""Large distributions: time and memory of whole processes, and what a claim costs at each size.

    make bench-distribution                      every size, a million leaves last
    make bench-distribution ARGS="--sizes 100"   only these; the others keep their figures

Writes bench/results/distribution.json, docs/DISTRIBUTION-SPEED.md and docs/distribution-speed.svg.
The gas is that of the last `make bench`.
"""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click

from bench.cred import ROOT, watched
from bench.distribution_page import CLAIMS, PAGE, PLOT, page, plot
from bench.figures import GAS, RESULTS, read_costs, write_json
from bench.speed import machine

FILE = RESULTS / "distribution.json"
SIZES = (100, 10_000, 100_000, 1_000_000)


@click.command()
@click.option("--sizes", help="Only these, such as 100,10000.")
def main(sizes: str | None) -> None:
    """Measure, and write results, table and plot."""
    chosen = {int(each) for each in sizes.split(",")} if sizes else set(SIZES)
    for size in (each for each in SIZES if each in chosen):
        click.echo(f"{size:,} leaves ...", err=True)
        row = measured(size)
        write_json({"machine": machine(), "sizes": known() | {f"{size:07d}": row}}, FILE)
    gas = {size: read_costs(GAS)[name].gas for size, name in CLAIMS.items()}
    PLOT.write_text(plot(known()), "utf-8")
    PAGE.write_text(page(machine(), known(), gas), "utf-8")


def known() -> dict[str, Any]:
    """What was measured so far, by the number of leaves."""
    found: dict[str, Any] = json.loads(FILE.read_text()) if FILE.exists() else {}
    rows: dict[str, Any] = found.get("sizes", {})
    return rows


def measured(size: int) -> dict[str, Any]:
    """All figures of one size, each process by itself."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        child = [sys.executable, "-m", "bench.distribution_child"]
        millpond = str(Path(sys.executable).parent / "millpond")
        built, parts = watched([*child, "build", str(size), name], ROOT, {})
        verified, _ = watched([millpond, "verify", "distribution", name, "--json"], ROOT, {})
        _, served = watched([*child, "serve", str(size), name], ROOT, {})
        return {
            "document_bytes": (folder / "distribution.json").stat().st_size,
            "proofs_bytes": (folder / "distribution.proofs").stat().st_size,
            "build": asdict(built),
            "parts": _rounded(parts),
            "verify": asdict(verified),
            "serve": _rounded(served),
        }


def _rounded(said: bytes) -> dict[str, float]:
    return {name: round(figure, 3) for name, figure in json.loads(said).items()}


if __name__ == "__main__":
    main()
