# SPDX-License-Identifier: AGPL-3.0-only
"""Cred from files to scores: time and memory of whole processes, ours beside SourceCred's own.

    make bench-cred                                    ours, at every size but the largest
    make bench-cred ARGS=--largest                     and at the largest: 2 GB of graphs, minutes
    make bench-cred ARGS="--sourcecred FOLDER"         beside SourceCred 0.11.2, installed there

Writes bench/results/cred.json, docs/CRED-SPEED.md and docs/cred-speed.svg. A size that is not
measured this time keeps the figures of the run before. To install SourceCred somewhere outside the
project (475 MB): a package.json with "dependencies": {"sourcecred": "0.11.2"} and "overrides":
{"ethereumjs-abi": "0.6.8"}, then npm install --ignore-scripts.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click

from bench.cred_instance import Size, write_instance
from bench.cred_page import PAGE, PLOT, page, plot
from bench.figures import write_json
from bench.speed import machine
from millpond.core.errors import BadInput, BooksError
from millpond.sources.packed import unpacked

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "bench" / "results" / "cred.json"
SIZES = (
    Size(10_000, 500, 150),
    Size(34_000, 2_430, 270),
    Size(100_000, 1_000, 270),
    Size(500_000, 1_000, 270),
    Size(5_000_000, 20_000, 270),
)
KEPT = ("sourcecred", "ratio", "cpu_ratio", "agrees_within")
PEER_VERSION = "0.11.2"
_HEAP_MB = 14_000
_PEER_SECONDS = 3_600
_AGREE = 1e-9


@dataclass(frozen=True)
class Watched:
    """One process: how long it took and how much memory it had at most."""

    seconds: float
    cpu_seconds: float
    peak_mib: int


@click.command()
@click.option("--largest", is_flag=True, help="Measure the largest size, too.")
@click.option("--sizes", help="Only these, such as 34000,500000.")
@click.option("--sourcecred", type=click.Path(path_type=Path), help="Where npm installed it.")
@click.option("--peer-up-to", default=500_000, help="The largest size for SourceCred.")
def main(largest: bool, sizes: str | None, sourcecred: Path | None, peer_up_to: int) -> None:
    """Measure, and write results, table and plot."""
    if sourcecred is not None:
        _require_version(sourcecred)
    wanted = {int(each) for each in sizes.split(",")} if sizes else None
    for size in SIZES:
        chosen = size.contributions in wanted if wanted else largest or size is not SIZES[-1]
        if chosen:
            click.echo(f"{size.contributions:,} contributions ...", err=True)
            peer = sourcecred if size.contributions <= peer_up_to else None
            key = f"{size.contributions:09d}"
            row = _measured(size, peer, _known().get(key, {}))
            write_json({"machine": machine(), "sizes": _known() | {key: row}}, RESULTS)
    PLOT.write_text(plot(_known()), "utf-8")
    PAGE.write_text(page(machine(), _known()), "utf-8")


def _known() -> dict[str, Any]:
    """What was measured so far, by size."""
    found: dict[str, Any] = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    rows: dict[str, Any] = found.get("sizes", {})
    return rows


def _measured(size: Size, peer: Path | None, before: Mapping[str, Any]) -> dict[str, Any]:
    """The figures of one size; SourceCred's of another run are kept, with the ratio of that run."""
    with TemporaryDirectory() as name:
        folder = Path(name) / "instance"
        write_instance(folder, size)
        graphs = sum(path.stat().st_size for path in folder.rglob("graph.json"))
        row: dict[str, Any] = {
            "people": size.people,
            "weeks": size.weeks,
            "graph_bytes": graphs,
            "exact": _ours(folder, "exact"),
            "compatible": _ours(folder, "compatible"),
        }
        if peer is not None:
            row["sourcecred"] = _theirs(folder, peer)
            ours, theirs = row["compatible"], row["sourcecred"]
            row["ratio"] = round(theirs["seconds"] / ours["seconds"], 1)
            row["cpu_ratio"] = round(theirs["cpu_seconds"] / ours["cpu_seconds"], 1)
            row["agrees_within"] = _difference(folder)
        else:
            row |= {key: before[key] for key in KEPT if key in before}
        return row


def _ours(folder: Path, mode: str) -> dict[str, Any]:
    millpond = str(Path(sys.executable).parent / "millpond")
    out = str(folder / f"{mode}.json")
    command = [millpond, "cred", "compute", str(folder), "--mode", mode, "--json", out]
    return asdict(watched(command, ROOT, {})[0])


def _theirs(folder: Path, peer: Path) -> dict[str, Any]:
    program = str(peer / "node_modules" / "sourcecred" / "bin" / "sourcecred.js")
    more = {"TZ": "UTC", "NODE_OPTIONS": f"--max-old-space-size={_HEAP_MB}"}
    return asdict(watched(["node", program, "credrank"], folder, more)[0])


def watched(command: Sequence[str], place: Path, more: Mapping[str, str]) -> tuple[Watched, bytes]:
    """One program to its end, by `bench.watch`, and what it said."""
    own = {key: text for key, text in os.environ.items() if not key.startswith("MILLPOND_")}
    with TemporaryDirectory() as name:
        output = Path(name) / "output"
        run = subprocess.run(  # noqa: S603  (ours, and the peer that was named)
            [sys.executable, "-m", "bench.watch", str(output), *command],
            cwd=place,
            env={**own, **more, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            timeout=_PEER_SECONDS,
            check=False,
        )
        if run.returncode != 0:
            raise BooksError(
                f"{command[0]} ended with {run.returncode}: {output.read_text()[-300:]}",
                f"run it by hand in an instance: {' '.join(command)}",
            )
        told = json.loads(run.stdout)
        figures = Watched(
            round(told["seconds"], 2), round(told["cpu_seconds"], 2), told["peak_bytes"] // 2**20
        )
        return figures, output.read_bytes()


def _difference(folder: Path) -> float:
    """The largest relative difference of anybody's cred; `BooksError` if it is no rounding."""
    packed = folder / "output" / "credGrainView"
    view = json.loads(b"".join(unpacked(packed, packed.name)))
    theirs = {each["identity"]["id"]: each["cred"] for each in view["participants"]}
    ours = json.loads((folder / "compatible.json").read_text())["participants"]
    worst = max(abs(each["cred"] / theirs[each["id"]] - 1) for each in ours)
    if worst > _AGREE:
        raise BooksError(
            f"the two give cred that differs by {worst:.1e}", "find out which of them is wrong"
        )
    return float(f"{worst:.1e}")


def _require_version(peer: Path) -> None:
    about = peer / "node_modules" / "sourcecred" / "package.json"
    version = json.loads(about.read_text())["version"] if about.exists() else "none"
    if version != PEER_VERSION:
        raise BadInput(
            f"{peer} has SourceCred {version}, not {PEER_VERSION}",
            "install it there with npm; see the text at the top of bench/cred.py",
        )


if __name__ == "__main__":
    main()
